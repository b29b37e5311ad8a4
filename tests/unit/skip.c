/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/skip.h"

#include "tap.h"

static struct skip
make(const char *skipped, const char *owned, const char *root)
{
	struct skip skip;

	CHECK_INT(skip_init(&skip, skipped, owned, root), 0);
	return skip;
}

static void
drop(struct skip *skip)
{
	free(skip->texts);
	free(skip->skipped);
	free(skip->owned);
}

static void
default_modules(void)
{
	struct skip skip = make(NULL, NULL, NULL);

	CHECK(skip_module(&skip, "/usr/lib/x86_64-linux-gnu/libpq.so.5"));
	CHECK(skip_module(&skip, "/lib64/ld-linux-x86-64.so.2"));
	CHECK(skip_module(&skip, "/usr/local/lib/libfoo.so"));
	CHECK(skip_module(&skip, "/usr/libexec/git-core/git"));
	CHECK(!skip_program(&skip, "/usr/libexec/git-core/git"));
	CHECK(!skip_module(&skip, "/usr/bin/app"));
	CHECK(!skip_module(&skip, "/srv/usr/lib/app.so"));
	CHECK(!skip_module(&skip, "/usr/library/app.so"));
	CHECK(!skip_module(&skip, "/srv/site-packages/app.so"));
	CHECK(!skip.has_patterns);
	drop(&skip);
}

static void
default_sources(void)
{
	struct skip skip = make(NULL, NULL, NULL);

	CHECK(skip_source(&skip, "/venv/lib/python3.11/site-packages/a/b.py"));
	CHECK(skip_source(&skip, "/usr/lib/python3/dist-packages/psycopg2.py"));
	CHECK(
	    skip_source(&skip, "/home/me/v/3.9.18/lib/python3.9/json/main.py"));
	CHECK(skip_source(&skip, "<frozen importlib._bootstrap>"));
	CHECK(skip_source(&skip, "/usr/include/c++/12/bits/invoke.h"));
	CHECK(!skip_source(&skip, "/srv/app/models.py"));
	CHECK(!skip_source(&skip, "/srv/lib/python.py"));
	CHECK(!skip_source(&skip, "<string>"));
	CHECK(!skip_source(&skip, "src/db.c"));
	CHECK(!skip_source(&skip, "/usr/lib/app/main.c"));
	drop(&skip);
}

static void
pattern_forms(void)
{
	struct skip skip = make("db.c:/srv/app/orm/*:lib[ab].so*", NULL, "");

	CHECK(skip.has_patterns);
	CHECK(skip_source(&skip, "/srv/app/src/db.c"));
	CHECK(skip_source(&skip, "db.c"));
	CHECK(!skip_source(&skip, "/srv/app/src/xdb.c"));
	CHECK(!skip_source(&skip, "/srv/db.c/main.c"));
	CHECK(skip_source(&skip, "/srv/app/orm/deep/x.py"));
	CHECK(!skip_source(&skip, "/srv/app/orm.py"));
	CHECK(skip_module(&skip, "/opt/liba.so.1"));
	CHECK(!skip_module(&skip, "/opt/libc.so.1"));
	drop(&skip);
}

static void
own_wins(void)
{
	struct skip skip = make("/srv/*", "/srv/app/*:libmine.so:/usr/lib/my/*",
	    NULL);

	CHECK(skip_module(&skip, "/srv/other"));
	CHECK(skip_program(&skip, "/srv/other"));
	CHECK(!skip_program(&skip, "/srv/app/bin/app"));
	CHECK(!skip_module(&skip, "/srv/app/bin/app"));
	CHECK(!skip_module(&skip, "/usr/lib/libmine.so"));
	CHECK(!skip_module(&skip, "/usr/lib/my/app"));
	CHECK(!skip_source(&skip, "/srv/app/site-packages/x.py"));
	CHECK(skip_source(&skip, "/srv/x.py"));
	drop(&skip);
}

static void
empty_patterns(void)
{
	struct skip skip = make("::", ":", "/");

	CHECK(!skip.has_patterns);
	CHECK(!skip_source(&skip, "/srv/app/x.py"));
	CHECK(skip_module(&skip, "/usr/lib/x.so"));
	CHECK_INT(skip.root.len, 0);
	drop(&skip);
	skip = make(":a.c::b.c:", NULL, NULL);
	CHECK(skip.has_patterns);
	CHECK(skip_source(&skip, "a.c"));
	CHECK(skip_source(&skip, "x/b.c"));
	drop(&skip);
}

static void
shortens(void)
{
	struct skip skip = make(NULL, NULL, "/srv/app//");

	CHECK_SLICE(skip_shorten(&skip, slice_str("/srv/app/src/db.c")),
	    "src/db.c");
	CHECK_SLICE(skip_shorten(&skip, slice_str("/srv/application/db.c")),
	    "/srv/application/db.c");
	CHECK_SLICE(skip_shorten(&skip, slice_str("/srv/app/")), "/srv/app/");
	CHECK_SLICE(skip_shorten(&skip, slice_str("/srv/app")), "/srv/app");
	CHECK_SLICE(skip_shorten(&skip, slice_str("src/db.c")), "src/db.c");
	drop(&skip);
	skip = make(NULL, NULL, NULL);
	CHECK_SLICE(skip_shorten(&skip, slice_str("/srv/a.c")), "/srv/a.c");
	drop(&skip);
}

static void
both_forms(void)
{
	struct skip skip = make("vendor/*:/srv/app/src/sql.c", "vendor/my.c",
	    "/srv/app");

	CHECK(skip_source(&skip, "/srv/app/vendor/x.c"));
	CHECK(!skip_source(&skip, "/srv/app/vendor/my.c"));
	CHECK(!skip_source(&skip, "/srv/vendor/x.c"));
	CHECK(skip_written(&skip, "/srv/app/src/sql.c", "sql.c"));
	CHECK(skip_written(&skip, "/b/vendor/x.c", "vendor/x.c"));
	CHECK(!skip_written(&skip, "/b/vendor/my.c", "vendor/my.c"));
	CHECK(!skip_written(&skip, "/b/src/x.c", "src/x.c"));
	drop(&skip);
}

static const struct tap_test tests[] = {
	{ "modules in the system's folders are skipped", default_modules },
	{ "sources of Python's and the system's own are", default_sources },
	{ "a pattern with / is for paths, another for names", pattern_forms },
	{ "what is named as own is own", own_wins },
	{ "an empty pattern is none", empty_patterns },
	{ "a path is written down from below the root", shortens },
	{ "a pattern sees a path whole and as written", both_forms },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
