/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/looks.h"

#include "tap.h"

static const struct {
	const char *text;
	const char *section; /* NULL: nothing known */
} rows[] = {
	{ "", NULL },
	{ "It was a dark and stormy night.\n", NULL },
	{ "Started GET \"/\" for ::1 at 2021-04-05 10:00:00\n", "RAILS" },
	{ "Completed 200 OK in 5ms (ActiveRecord: 1.0ms)\n", "RAILS" },
	{ "[debug] QUERY OK source=\"users\" db=0.5ms\nSELECT 1\n", "ECTO" },
	{ "DEBUG jdbc.sqlonly - 1. select 1\n", "JAVA" },
	{ "DEBUG org.hibernate.SQL - select 1\n", "JAVA" },
	{ "DEBUG django.db.backends (0.001) SELECT 1\n", "DJANGO" },
	{ "[1.2ms] [rows:1] SELECT 1\n", "GO" },
	{ "# Query_time: 1.0  Lock_time: 0\nSELECT 1;\n", "MYSQL" },
	{ "2026-11-21T20:00:00Z\t12 Query\tSELECT 1\n", "MYSQL" },
	{ "UTC [1] LOG:  statement: SELECT 1\n", "POSTGRESQL" },
	{ "UTC [1] LOG:  duration: 1 ms  execute x: SELECT 1\n", "POSTGRESQL" },
	{ "UTC [1] LOG:  checkpoint starting: time\n", "POSTGRESQL" },
	{ "[2026-11-21] production.INFO: hello {\"a\":1}\n", "LARAVEL" },
	{ "::1 - - [x] \"GET / HTTP/1.1\" 200 1\n", "THE HOOK" },
	{ "{\"level\":\"info\",\"msg\":\"x\"}\n", "GO" },
	{ "x\n{\"level\":\"info\"}\n", "GO" },
	{ "a{\"b\n", NULL },
	{ "and then: SELECT 1\n", "POSTGRESQL" },
};

static void
signs(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct looks *looks = looks_like(slice_str(rows[i].text));

		if (!CHECK_STR(looks == NULL ? NULL : looks->section,
			rows[i].section))
			printf("# of %s", rows[i].text);
	}
}

static void
bytes(void)
{
	static const char text[] = "a\0b Started GET \"/\"";

	CHECK(looks_like(slice_make(text, sizeof(text) - 1)) != NULL);
	CHECK(looks_like(slice_make(text, 10)) == NULL);
}

static const struct tap_test tests[] = {
	{ "a log is known by the words that only such logs have", signs },
	{ "a sample is bytes, and ends where it ends", bytes },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
