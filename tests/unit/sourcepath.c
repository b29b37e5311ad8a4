/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sourcepath.h"

#include "tap.h"

/* The whole path, and behind it what is below the directory. */
static void
check(const char *directory, const char *file, const char *whole,
    const char *below)
{
	struct buf path = { 0 };
	size_t at = sourcepath_join(&path, directory, file);

	CHECK_SLICE(path, whole);
	CHECK_STR(path.ptr, whole);
	CHECK_STR(path.ptr + at, below);
	buf_release(&path);
}

static void
joins(void)
{
	check("/srv/app", "src/db.c", "/srv/app/src/db.c", "src/db.c");
	check("/srv/app/", "db.c", "/srv/app/db.c", "db.c");
	check("/srv/app", "/srv/app/db.c", "/srv/app/db.c", "db.c");
	check(NULL, "src/db.c", "src/db.c", "src/db.c");
	check(NULL, "/srv/db.c", "/srv/db.c", "/srv/db.c");
}

static void
not_below(void)
{
	check("/srv/app", "/usr/include/x.h", "/usr/include/x.h",
	    "/usr/include/x.h");
	check("/srv/app", "/srv/application/x.h", "/srv/application/x.h",
	    "/srv/application/x.h");
	check("/srv/app/build", "../src/db.c", "/srv/app/src/db.c",
	    "/srv/app/src/db.c");
	check("/srv/app", "/srv/app", "/srv/app", "/srv/app");
}

static void
plain(void)
{
	check("/srv/app", "./src//db.c", "/srv/app/src/db.c", "src/db.c");
	check("/srv/app", "a/../src/./db.c", "/srv/app/src/db.c", "src/db.c");
	check("/srv/./x/../app", "db.c", "/srv/app/db.c", "db.c");
	check("/srv/app", "../app/db.c", "/srv/app/db.c", "db.c");
	check("/", "../../db.c", "/db.c", "db.c");
	check("/a", "../../../db.c", "/db.c", "/db.c");
}

/* As -ffile-prefix-map makes them. */
static void
relative(void)
{
	check(".", "src/db.c", "src/db.c", "src/db.c");
	check("app", "src/db.c", "app/src/db.c", "src/db.c");
	check("app", "../../db.c", "../db.c", "../db.c");
	check(NULL, "../../db.c", "../../db.c", "../../db.c");
	check(NULL, "../../../db.c", "../../../db.c", "../../../db.c");
	check("", "", "", "");
}

static const struct tap_test tests[] = {
	{ "a file is seen from where it was compiled", joins },
	{ "a file that lies elsewhere has its whole path", not_below },
	{ "dots and slashes too many are taken out", plain },
	{ "directories may be relative", relative },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
