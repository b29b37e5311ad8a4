/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/caller.h"

#include "record/module.h"
#include "record/python.h"

#include "tap.h"

/*
 * The stack is this program's own, and what it says is pretended: a letter
 * for each frame, the caller first, tells the kind of its module. So what
 * caller.c asks is defined here, and record/module.c and python.c are not
 * linked.
 */
enum { FRAMES = 32 };

static struct {
	const char *kinds;
	size_t asked; /* frames */
	struct module modules[FRAMES];
	const char *python; /* what Python says; NULL: nothing */
	size_t python_len;
	unsigned python_asked;
	const void *return_address;
} stack;

static struct caller caller;

static struct module *
frame(size_t i)
{
	static const char letters[] = "olcpeh";
	static const enum module_kind kinds[] = { MODULE_OWN, MODULE_LIBRARY,
		MODULE_CLIENT, MODULE_PYTHON, MODULE_EXTENSION,
		MODULE_RECORDER };
	const char *letter;

	if (i >= strlen(stack.kinds) || stack.kinds[i] == ' ')
		return NULL;
	letter = strchr(letters, stack.kinds[i]);
	stack.modules[i].kind = kinds[letter - letters];
	return &stack.modules[i];
}

struct module *
module_of(const void *address)
{
	if (stack.asked == 0)
		CHECK(address == stack.return_address);
	return frame(stack.asked++);
}

size_t
python_caller(const struct skip *skip, char *room, size_t size)
{
	(void)skip;
	stack.python_asked++;
	if (stack.python == NULL)
		return 0;
	CHECK(size >= stack.python_len);
	memcpy(room, stack.python, stack.python_len);
	return stack.python_len;
}

/* Stands where a wrapper of a client library does. */
static __attribute__((noinline)) bool
wrapper(void)
{
	struct call call = { .module = frame(0),
		.return_address = __builtin_return_address(0),
		.frame = __builtin_frame_address(0),
		.counts = true };

	stack.return_address = call.return_address;
	return caller_find(&caller, &call);
}

static __attribute__((noinline)) bool
deep(unsigned depth)
{
	bool found = depth == 0 ? wrapper() : deep(depth - 1);

	__asm__ volatile("" : "+r"(found));
	return found;
}

static bool
find(const char *skipped, const char *kinds, const char *python)
{
	static struct skip skip;
	bool found;

	CHECK_INT(skip_init(&skip, skipped, NULL, NULL), 0);
	caller_init(&skip);
	stack.kinds = kinds;
	stack.asked = 0;
	stack.python_asked = 0;
	stack.python = python;
	stack.python_len = python == NULL ? 0 : strlen(python);
	found = deep(FRAMES);
	free(skip.texts);
	free(skip.skipped);
	free(skip.owned);
	return found;
}

/* Checks that the caller is these frames, given by their numbers. */
static void
check_places(const char *frames)
{
	size_t count = strlen(frames);

	CHECK_INT(caller.kind, COUNTS_PLACES);
	CHECK(caller.site.ptr == (const char *)caller.places);
	CHECK_INT(caller.site.len, count * sizeof(caller.places[0]));
	for (size_t i = 0; i < count; i++)
		CHECK_INT(caller.places[i].module - stack.modules,
		    frames[i] - '0');
}

static void
own_caller(void)
{
	CHECK(find(NULL, "olo", NULL));
	check_places("0");
	CHECK_INT(stack.asked, 0);
	CHECK(caller.places[0].offset == (uintptr_t)stack.return_address);
}

static void
offsets(void)
{
	stack.modules[0].base = 16;
	CHECK(find(NULL, "o", NULL));
	CHECK_INT(caller.places[0].offset,
	    (uintptr_t)stack.return_address - 16);
	stack.modules[0].base = 0;
}

static void
through_libraries(void)
{
	CHECK(find(NULL, "llolo", NULL));
	check_places("2");
	CHECK(find(NULL, "l  clo", NULL));
	check_places("5");
	CHECK(find(NULL, " o", NULL));
	check_places("1");
}

static void
no_own(void)
{
	CHECK(find(NULL, "hcl l", NULL));
	check_places("2");
	CHECK(!find(NULL, "chc", NULL));
	CHECK(!find(NULL, "", NULL));
}

static void
with_patterns(void)
{
	CHECK(find("x", "oloo", NULL));
	check_places("023");
	CHECK(find("x", "oooooooooooooooooooo", NULL));
	CHECK_INT(caller.site.len, CALLER_MOST * sizeof(caller.places[0]));
	CHECK(find("x", "l", NULL));
	check_places("0");
}

static void
python(void)
{
	CHECK(find(NULL, "epo", "app.py"));
	CHECK_INT(caller.kind, COUNTS_NAMED);
	CHECK_SLICE(caller.site, "app.py");
	CHECK_INT(stack.asked, 0);
	CHECK(find(NULL, "llepo", "app.py"));
	CHECK_SLICE(caller.site, "app.py");
	CHECK_INT(stack.python_asked, 1);
	CHECK(find(NULL, "lop", "app.py"));
	check_places("1");
	CHECK_INT(stack.python_asked, 0);
	CHECK(find("x", "olope", "app.py"));
	check_places("02");
	CHECK_INT(stack.python_asked, 0);
}

static void
no_python(void)
{
	CHECK(find(NULL, "eplo", NULL));
	check_places("3");
	CHECK_INT(stack.python_asked, 1);
	CHECK(find(NULL, "lpepo", NULL));
	check_places("4");
	CHECK_INT(stack.python_asked, 1);
	CHECK(find(NULL, "cep", NULL));
	check_places("1");
}

static const struct tap_test tests[] = {
	{ "an own function that calls is the place", own_caller },
	{ "a place is told from the module's base", offsets },
	{ "the nearest own frame is sought behind libraries",
	    through_libraries },
	{ "without an own frame the nearest is taken", no_own },
	{ "for patterns all own frames are kept, up to some", with_patterns },
	{ "a Python frame is asked for if no own one is nearer", python },
	{ "where Python says nothing, the walk goes on", no_python },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
