/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/locate.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>

#include "record/dwarf.h"
#include "record/module.h"

#include "tap.h"

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* Files that are there by name alone. */
static const void *__attribute__((noinline)) here(void);
static const void *near_call(void);
static const void *inlined_call(void);
static const void *absolute_call(void);
static unsigned near_line;

/* clang-format off */
static const void *__attribute__((noinline))
here(void)
{
	return __builtin_return_address(0);
}

static const void *__attribute__((noinline))
near_call(void)
{
	const void *address;

	near_line = __LINE__ + 1;
	address = here();
	__asm__ volatile("" : "+r"(address));
	return address;
}

#line 10 "pretend/outer.c"
static inline const void *__attribute__((always_inline)) inner(void);

static const void *__attribute__((noinline))
inlined_call(void)
{
	return inner();
}

#line 20 "pretend/inner.h"
static inline const void *__attribute__((always_inline))
inner(void)
{
	const void *address = here(); /* line 23 */

	__asm__ volatile("" : "+r"(address));
	return address;
}

#line 30 "/srv/app/lib/absolute.c"
static const void *__attribute__((noinline))
absolute_call(void)
{
	const void *address = here(); /* line 33 */

	/* Else it is the same as inlined_call(), and they become one. */
	__asm__ volatile("nop" : "+r"(address));
	return address;
}

#line 73 "tests/unit/locate.c"
/* clang-format on */
static struct module
this_module(void)
{
	struct link_map *map = NULL;
	Dl_info info;

	(void)dladdr1(__ehdr_start, &info, (void **)&map, RTLD_DL_LINKMAP);
	return (struct module){
		.path = "/srv/bin/app",
		.base = map == NULL ? 0 : map->l_addr,
		.begin = (uintptr_t)__ehdr_start,
		.kind = MODULE_OWN,
		.is_program = true,
	};
}

static struct counts_place
place(const struct module *module, const void *address)
{
	return (
	    struct counts_place){ module, (uintptr_t)address - module->base };
}

/* A locator with the patterns; the file that it finds is copied. */
struct found {
	char file[256];
	unsigned line;
	char function[64];
};

static struct found
find(const char *skipped, const char *root, const struct counts_place *places,
    size_t count)
{
	struct skip skip;
	struct locate *locate;
	struct located located;
	struct found found;

	CHECK_INT(skip_init(&skip, skipped, NULL, root), 0);
	locate = locate_new(&skip);
	locate_use(locate, &tallyman_dwarf);
	located = locate_site(locate, places, count);
	(void)snprintf(found.file, sizeof(found.file), "%.*s",
	    SLICE_ARG(located.file));
	(void)snprintf(found.function, sizeof(found.function), "%.*s",
	    SLICE_ARG(located.function));
	found.line = located.line;
	locate_free(locate);
	free(skip.texts);
	free(skip.skipped);
	free(skip.owned);
	return found;
}

/* Whether this program was compiled with debug information. */
static bool
has_lines(void)
{
	struct module module = this_module();
	struct counts_place at = place(&module, near_call());

	return find(NULL, NULL, &at, 1).line != 0;
}

static void
line_of_call(void)
{
	struct module module = this_module();
	struct counts_place at = place(&module, near_call());
	struct found found;

	if (!has_lines())
		SKIP("no debug information");
	found = find(NULL, NULL, &at, 1);
	CHECK(strstr(found.file, "unit/locate.c") != NULL);
	CHECK_INT(found.line, near_line);
	CHECK_STR(found.function, "near_call");
}

static void
inlined(void)
{
	struct module module = this_module();
	struct counts_place at = place(&module, inlined_call());
	struct found found;

	if (!has_lines())
		SKIP("no debug information");
	found = find(NULL, NULL, &at, 1);
	CHECK_STR(found.file, "pretend/inner.h");
	CHECK_INT(found.line, 23);
	CHECK_STR(found.function, "inner");
	found = find("inner.h", NULL, &at, 1);
	CHECK_STR(found.file, "pretend/outer.c");
	CHECK_INT(found.line, 15);
	CHECK_STR(found.function, "inlined_call");
	found = find("pretend/*", NULL, &at, 1);
	CHECK_STR(found.file, "pretend/inner.h");
}

static void
several(void)
{
	struct module module = this_module();
	struct counts_place at[] = { place(&module, inlined_call()),
		place(&module, absolute_call()) };

	if (!has_lines())
		SKIP("no debug information");
	CHECK_STR(find("x", NULL, at, 2).file, "pretend/inner.h");
	CHECK_STR(find("inner.h", NULL, at, 2).file, "pretend/outer.c");
	CHECK_STR(find("pretend/*", NULL, at, 2).file,
	    "/srv/app/lib/absolute.c");
	CHECK_STR(find("pretend/*:absolute.c", NULL, at, 2).file,
	    "pretend/inner.h");
}

static void
root(void)
{
	struct module module = this_module();
	struct counts_place at[] = { place(&module, absolute_call()),
		place(&module, near_call()) };

	if (!has_lines())
		SKIP("no debug information");
	CHECK_STR(find(NULL, NULL, at, 1).file, "/srv/app/lib/absolute.c");
	CHECK_INT(find(NULL, NULL, at, 1).line, 33);
	CHECK_STR(find(NULL, "/srv/app", at, 1).file, "lib/absolute.c");
	CHECK_STR(find(NULL, "/srv", at, 1).file, "app/lib/absolute.c");
	CHECK(strstr(find("lib/*", "/srv/app", at, 2).file, "unit/locate.c") !=
	    NULL);
	CHECK(strstr(find("/srv/app/lib/*", "/srv/app", at, 2).file,
		  "unit/locate.c") != NULL);
}

static void
unresolved(void)
{
	static const char *const paths[] = { "/no/app", "/dev/null", "/bin/sh",
		"/etc/passwd", NULL };
	struct module module = this_module();
	struct counts_place at = { &module, 0x1a2b };
	char name[64];

	module.begin = 0;
	module.is_program = false;
	for (size_t i = 0; paths[i] != NULL; i++) {
		struct found found;

		module.path = paths[i];
		found = find(NULL, NULL, &at, 1);
		(void)snprintf(name, sizeof(name), "(%s+0x1a2b)",
		    strrchr(paths[i], '/') + 1);
		CHECK_STR(found.file, name);
		CHECK_INT(found.line, 0);
	}
}

static void
library(void)
{
	struct module module = this_module();
	struct counts_place at = place(&module, near_call());

	module.kind = MODULE_LIBRARY;
	CHECK(find(NULL, NULL, &at, 1).file[0] == '(');
	CHECK_STR(find(NULL, NULL, &at, 1).function, "");
}

/* In front of the code of this program stands the build id of another. */
static void
replaced(void)
{
	static struct {
		ElfW(Ehdr) elf;
		ElfW(Phdr) header;
		ElfW(Nhdr) note;
		char rest[24];
	} image = {
		.elf = { .e_ident = ELFMAG,
		    .e_phoff = sizeof(ElfW(Ehdr)),
		    .e_phnum = 1 },
		.header = { .p_type = PT_NOTE, .p_memsz = 36 },
		.note = { 4, 20, NT_GNU_BUILD_ID },
		.rest = "GNU",
	};
	struct module module = this_module();
	struct counts_place at = place(&module, near_call());

	if (!has_lines())
		SKIP("no debug information");
	module.begin = (uintptr_t)&image;
	image.header.p_vaddr = (uintptr_t)&image.note - module.base;
	CHECK(find(NULL, NULL, &at, 1).file[0] == '(');
	image.note.n_type = NT_GNU_ABI_TAG;
	CHECK_INT(find(NULL, NULL, &at, 1).line, near_line);
}

static void
kept(void)
{
	struct module module = this_module();
	struct counts_place at = place(&module, near_call());
	struct skip skip;
	struct locate *locate;
	struct located first;

	CHECK_INT(skip_init(&skip, NULL, NULL, NULL), 0);
	locate = locate_new(&skip);
	locate_use(locate, &tallyman_dwarf);
	first = locate_site(locate, &at, 1);
	CHECK(locate_site(locate, &at, 1).file.ptr == first.file.ptr);
	at.offset++;
	CHECK(locate_site(locate, &at, 1).file.ptr != first.file.ptr);
	locate_free(locate);
	free(skip.texts);
	free(skip.skipped);
	free(skip.owned);
}

/* A test lies in a folder without a dwarf.so. */
static void
without(void)
{
	struct module module = this_module();
	struct counts_place at = { &module, 0x1a2b };
	struct skip skip;
	struct locate *locate;

	CHECK_INT(skip_init(&skip, NULL, NULL, NULL), 0);
	locate = locate_new(&skip);
	CHECK_SLICE(locate_site(locate, &at, 1).file, "(app+0x1a2b)");
	locate_free(locate);
	free(skip.texts);
	free(skip.skipped);
	free(skip.owned);
}

static const struct tap_test tests[] = {
	{ "a call is found by its line", line_of_call },
	{ "of functions that were inlined the nearest is taken", inlined },
	{ "a frame that is skipped makes way for the next", several },
	{ "a path is written from below the root", root },
	{ "what can't be resolved is named by its module", unresolved },
	{ "libraries are not resolved", library },
	{ "a file with another build id is not believed", replaced },
	{ "answers are kept", kept },
	{ "without dwarf.so nothing is resolved", without },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
