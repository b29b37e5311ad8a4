/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "readcheck.h"

static const char preset_slow[] = "reader = mysql\nform = slow\n";
static const char preset_general[] = "reader = mysql\nform = general\n";

#define BANNER                                                             \
	"/usr/sbin/mysqld, Version: 5.6.12-log (MySQL Community Server). " \
	"started with:\n"                                                  \
	"Tcp port: 3306  Unix socket: /run/mysqld/mysqld.sock\n"           \
	"Time                 Id Command    Argument\n"

static void
slow_old(void)
{
	readcheck(preset_slow,
	    BANNER "# Time: 130612  5:00:00\n"
		   "# User@Host: root[root] @ localhost []  Id:     1\n"
		   "# Query_time: 0.000500  Lock_time: 0.000000 Rows_sent: 1  "
		   "Rows_examined: 0\n"
		   "use shop;\n"
		   "SET timestamp=1371013200;\n"
		   "SELECT * FROM a /*x.py:1*/;\n"
		   "# User@Host: root[root] @ localhost []  Id:     1\n"
		   "# Query_time: 2.500000  Lock_time: 0.000000 Rows_sent: 1  "
		   "Rows_examined: 0\n"
		   "SET last_insert_id=3,insert_id=4,timestamp=1371013200;\n"
		   "INSERT INTO b\n"
		   "# a comment of the client's;\n"
		   "VALUES (';\n"
		   "') /*x.py:2*/;\n"
		   "# User@Host: root[root] @ localhost []  Id:     1\n"
		   "# Query_time: 0.000100  Lock_time: 0.000000 Rows_sent: 0  "
		   "Rows_examined: 0\n"
		   "# administrator command: Quit;\n" BANNER
		   "# Time: 130613  6:00:00\n"
		   "# User@Host: root[root] @ localhost []  Id:     1\n"
		   "# Query_time: 0.000100  Lock_time: 0.000000 Rows_sent: 0  "
		   "Rows_examined: 0\n"
		   "SET timestamp=1371103200;\n"
		   "DELETE FROM c;\n",
	    "duration: 0.5\nx.py:1 -- a.select @2013-06-12 05:00:00\n"
	    "duration: 2500\nx.py:2 -- b.insert @2013-06-12 05:00:00\n"
	    "duration: 0.1\nno caller: DELETE FROM c;\n");
}

static void
slow_new(void)
{
	readcheck(preset_slow,
	    "# Time: 2026-11-21T20:00:00.123456Z\n"
	    "# User@Host: app[app] @  [10.0.0.1]  Id:     8\n"
	    "# Schema: shop  Last_errno: 0  Killed: 0\n"
	    "# Query_time: 0.001000  Lock_time: 0.000000  Rows_sent: 1\n"
	    "# Bytes_sent: 67  Tmp_tables: 0\n"
	    "SET timestamp=1795291200;\n"
	    "/*x.py:1*/ UPDATE a\n"
	    "SET b = 1;\n"
	    "# Time: 2026-11-21T20:01:00.123456Z\n"
	    "# User@Host: app[app] @  [10.0.0.1]  Id:     8\n"
	    "# Thread_id: 31  Schema: shop  QC_hit: No\n"
	    "# Query_time: 0.000201  Lock_time: 0.000068  Rows_sent: 1\n"
	    "# Rows_affected: 0  Bytes_sent: 67\n"
	    "# explain: id   select_type     table   type\n"
	    "#\n"
	    "use `my shop`;\n"
	    "SET timestamp=1795291260;\n"
	    "SELECT 1 FROM c /*x.py:2*/",
	    "duration: 1\nx.py:1 -- a.update @2026-11-21 20:00:00 +0000\n"
	    "duration: 0.201\nx.py:2 -- c.select @2026-11-21 20:01:00 +0000\n");
}

static void
slow_without_time(void)
{
	readcheck(preset_slow,
	    "# User@Host: root[root] @ localhost []\n"
	    "# Query_time: 1  Lock_time: 0  Rows_sent: 1  Rows_examined: 0\n"
	    "SET timestamp=1371013443;\n"
	    "SELECT * FROM a /*x.py:1*/;\n"
	    "# Query_time: -1.5  Lock_time: 0  Rows_sent: 1\n"
	    "SELECT * FROM b /*x.py:2*/;\n",
	    "duration: 1000\n"
	    "x.py:1 -- a.select @2013-06-12 05:04:03 +0000\n"
	    "duration: 0\n"
	    "x.py:2 -- b.select\n");
}

static void
general_new(void)
{
	readcheck(preset_general,
	    BANNER
	    "2026-11-21T20:00:00.123456Z\t   12 Connect\tapp@localhost on shop "
	    "using Socket\n"
	    "2026-11-21T20:00:00.123456Z\t   12 Query\tSELECT *\n"
	    "FROM a\n"
	    "\n"
	    "WHERE b = 1 /*x.py:1*/\n"
	    "2026-11-21T20:00:01.123456Z\t   12 Prepare\tSELECT * FROM a WHERE "
	    "b = ? /*x.py:2*/\n"
	    "2026-11-21T20:00:02.123456Z\t   12 Execute\tSELECT * FROM a WHERE "
	    "b = 1 /*x.py:2*/\n"
	    "2026-11-21T20:00:02.123456Z\t   12 Close stmt\t\n"
	    "2026-11-21T20:00:03.123456Z\t    7 Init DB\tshop\n"
	    "2026-11-21T20:00:03.123456Z\t    7 Query\tSET NAMES utf8mb4\n"
	    "2026-11-21T20:00:04.123456Z\t12 Quit\t\n"
	    "and more of nothing\n",
	    "duration: 0\nx.py:1 -- a.select @2026-11-21 20:00:00 +0000\n"
	    "repeat\n"
	    "duration: 0\nx.py:2 -- a.select @2026-11-21 20:00:02 +0000\n"
	    "duration: 0\nno caller: 2026-11-21T20:00:03.123456Z\t    7 Query\t"
	    "SET NAMES utf8mb4\n");
}

static void
general_old(void)
{
	readcheck(preset_general,
	    "130612  5:00:00\t   12 Query\tSELECT 1 FROM a /*x.py:1*/\n"
	    "\t\t   12 Query\tSELECT 2,\n"
	    "\t\t'   12 Query' FROM b /*x.py:2*/\n"
	    "130612  6:00:00\t  112 Query\tSELECT 3 FROM c /*x.py:3*/\n"
	    "\t\t  112 Quit\t\n" BANNER
	    "\t\t  113 Query\tSELECT 4 FROM d\n" BANNER,
	    "duration: 0\nx.py:1 -- a.select @2013-06-12 05:00:00\n"
	    "duration: 0\nx.py:2 -- b.select @2013-06-12 05:00:00\n"
	    "duration: 0\nx.py:3 -- c.select @2013-06-12 06:00:00\n"
	    "duration: 0\nno caller: \t\t  113 Query\tSELECT 4 FROM d\n");
}

static void
too_long(void)
{
	const struct reader_options options = { .max_line = 100 };
	struct buf log = { 0 };
	struct buf told = { 0 };
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_general), &err);

	if (!CHECK(preset != NULL))
		return;
	buf_add_str(&log, "130612  5:00:00\t   12 Query\tSELECT 1\n");
	for (int i = 0; i < 100; i++)
		buf_add_str(&log, ", 2\n");
	buf_add_str(&log, "\t\t   12 Query\tSELECT 1 FROM a /*x.py:1*/\n");
	reading_add(&told, preset, NULL, &options, buf_slice(&log));
	CHECK_SLICE(told,
	    "given up: a statement that is too long\n"
	    "duration: 0\nx.py:1 -- a.select @2013-06-12 05:00:00\n");
	buf_release(&log);
	buf_release(&told);
	preset_free(preset);
}

static void
bad_form(void)
{
	const char text[] = "reader = mysql\nform = error\n";
	struct err err = { "" };

	CHECK(preset_new("test", "test", slice_str(text), &err) == NULL);
	CHECK(
	    strstr(err.text, "form 'error' is none of slow, general") != NULL);
}

static const struct tap_test tests[] = {
	{ "slow log of MySQL 5.6: a time only where it changed", slow_old },
	{ "slow log of MySQL 8, Percona Server and MariaDB", slow_new },
	{ "slow log without any time: that of SET timestamp",
	    slow_without_time },
	{ "general log of MySQL 5.7 and later", general_new },
	{ "general log of MySQL 5.6: a time only where it changed",
	    general_old },
	{ "a statement that is too long is given up on", too_long },
	{ "an unknown form is refused", bad_form },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
