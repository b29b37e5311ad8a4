/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/python.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/pylayout.h"
#include "record/pyown.h"
#include "record/pywalk.h"

#include "tap.h"

/* More is tried inside interpreters: tests/cmd/python-frames.t. */

/* For the process; never released. */
static struct skip skip;

static void
finds_layouts(void)
{
	static const char *const versions[] = { "3.9.2 (default, Feb)",
		"3.10.13 (main", "3.11.2 (main", "3.12.1 (main", "3.13.0 (" };

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		const struct pylayout *layout = pylayout_find(versions[i]);

		if (CHECK(layout != NULL))
			CHECK(slice_starts(slice_str(versions[i]),
			    layout->version));
	}
}

static void
finds_no_other_layout(void)
{
	CHECK(pylayout_find("2.7.18 (default") == NULL);
	CHECK(pylayout_find("3.8.18 (main") == NULL);
	CHECK(pylayout_find("3.14.0 (main") == NULL);
	CHECK(pylayout_find("3.1.5 (r") == NULL);
	CHECK(pylayout_find("3.90.0 (main") == NULL);
	CHECK(pylayout_find("3.13.0 experimental free-threading build (main") ==
	    NULL);
	CHECK(pylayout_find("") == NULL);
}

static void
put_is(uint32_t c, const char *want)
{
	char room[8] = "";
	size_t len = 0;

	CHECK(pywalk_put(c, room, sizeof(room), &len));
	CHECK_BYTES(room, len, want, strlen(want));
}

static void
encodes(void)
{
	put_is('a', "a");
	put_is(0x7f, "\x7f");
	put_is(0x80, "\xc2\x80");
	put_is(0x7ff, "\xdf\xbf");
	put_is(0x800, "\xe0\xa0\x80");
	put_is(0xffff, "\xef\xbf\xbf");
	put_is(0x10000, "\xf0\x90\x80\x80");
	put_is(0x10ffff, "\xf4\x8f\xbf\xbf");
	put_is(0xdc80, "\x80");
	put_is(0xdcff, "\xff");
	put_is(0xdc7f, "?");
	put_is(0xd800, "?");
	put_is(0x110000, "?");
}

static void
cuts_between_characters(void)
{
	char room[4];
	size_t len = 1;

	CHECK(!pywalk_put(0x20ac, room, sizeof(room), &len));
	CHECK_INT(len, 1);
	CHECK(pywalk_put(0xe9, room, sizeof(room), &len));
	CHECK_INT(len, 3);
	CHECK(!pywalk_put('a', room, sizeof(room), &len));
}

/* More paths than are remembered, and longer ones, twice each. */
static void
remembers_files(void)
{
	char path[600];
	int wrong = 0;

	for (int i = 0; i < 10000; i++) {
		bool own = i / 2 % 2 == 0;
		int len = snprintf(path, sizeof(path), "/srv/%0*d/%s.py",
		    i / 2 % 7 == 0 ? 400 : 1, i / 2, own ? "own" : "skipped");
		struct slice file = slice_make(path, (size_t)len);

		wrong += pyown_file(&skip, file) != own;
	}
	CHECK_INT(wrong, 0);
}

static void
tells_nothing_without_an_interpreter(void)
{
	char room[256];

	errno = EXDEV;
	CHECK(!python_is_there());
	CHECK_INT(python_caller(&skip, room, sizeof(room)), 0);
	CHECK_INT(errno, EXDEV);
}

/* An interpreter of any version, as a plugin of ours: its names are no global
 * symbols. */
static void *
load_interpreter(void)
{
	static const char *const names[] = { "libpython3.11.so.1.0",
		"libpython3.9.so.1.0", "libpython3.10.so.1.0",
		"libpython3.12.so.1.0", "libpython3.13.so.1.0" };
	void *handle = NULL;

	for (size_t i = 0;
	     i < sizeof(names) / sizeof(names[0]) && handle == NULL; i++)
		handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return handle;
}

/* Python's PyMethodDef, for a function that Python code calls. */
struct method {
	const char *name;
	void *(*function)(void *self, void *arguments);
	int flags;
	const char *doc;
};

static struct {
	char site[256];
	size_t len;
	void (*keep)(void *object);
} heard;

/* The interpreter lock is held in here. */
static void *
hear(void *self, void *text)
{
	(void)self;
	heard.keep(text);
	heard.len = python_caller(&skip, heard.site, sizeof(heard.site));
	return text;
}

struct interpreter {
	void (*initialize)(int signals);
	void *(*add_module)(const char *name);
	void *(*new_function)(struct method *, void *, void *);
	int (*set)(void *object, const char *name, void *value);
	int (*run)(const char *text);
};

static bool
find(void *handle, const char *name, void *function)
{
	void *found = dlsym(handle, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

static bool
find_all(void *handle, struct interpreter *python)
{
	return find(handle, "Py_InitializeEx", &python->initialize) &&
	    find(handle, "PyImport_AddModule", &python->add_module) &&
	    find(handle, "PyCFunction_New", &python->new_function) &&
	    find(handle, "PyObject_SetAttrString", &python->set) &&
	    find(handle, "PyRun_SimpleString", &python->run) &&
	    find(handle, "Py_IncRef", &heard.keep);
}

static void
ask_plugin(void *handle)
{
	static const char site[] = "<string>\0below\0"
				   "3";
	/* METH_O */
	static struct method method = { "hear", hear, 8, NULL };
	struct interpreter python;

	if (!CHECK(find_all(handle, &python)))
		return;
	CHECK(python_is_there());
	CHECK_INT(python_caller(&skip, heard.site, 256), 0);
	python.initialize(0);
	CHECK_INT(python.set(python.add_module("__main__"), "hear",
		      python.new_function(&method, NULL, NULL)),
	    0);
	CHECK_INT(python.run("\ndef below():\n  hear(None)\nbelow()\n"), 0);
	CHECK_BYTES(heard.site, heard.len, site, sizeof(site) - 1);
	CHECK_INT(python_caller(&skip, heard.site, 256), 0);
}

/* In a child: an interpreter leaves memory behind. */
static void
tells_where_it_is_a_plugin(void)
{
	void *handle;
	pid_t child;
	int status = -1;

	(void)fflush(stdout);
	child = fork();
	if (!CHECK(child >= 0))
		return;
	if (child == 0) {
		handle = load_interpreter();
		if (handle != NULL)
			ask_plugin(handle);
		(void)fflush(stdout);
		_exit(handle == NULL ? 77 : tap.failed ? 1 : 0);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		SKIP("no libpython3 is installed");
	CHECK_INT(WEXITSTATUS(status), 0);
}

static const struct tap_test tests[] = {
	{ "each version from 3.9 to 3.13 has its layout", finds_layouts },
	{ "other versions and builds have none", finds_no_other_layout },
	{ "characters become UTF-8, and bytes that were none again", encodes },
	{ "a text is cut between characters", cuts_between_characters },
	{ "files are told right, remembered or not", remembers_files },
	{ "without an interpreter nothing is told",
	    tells_nothing_without_an_interpreter },
	{ "an interpreter that is a plugin is found, and tells",
	    tells_where_it_is_a_plugin },
	{ 0 },
};

int
main(void)
{
	if (skip_init(&skip, "skipped*", NULL, NULL) != 0)
		return EXIT_FAILURE;
	return tap_run(tests);
}
