/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "readcheck.h"

static const char preset_sql[] = "reader = tags\n";
static const char preset_pgstat[] = "reader = tags\nweight = leading\n";

#define AT " @2026-11-21 20:00:00\n"

static void
one_line(void)
{
	readcheck(preset_sql,
	    "2026-11-21 20:00:00 [main] DEBUG - SELECT * FROM a /*x.py:1*/\n"
	    "  User Load (0.3ms)  SELECT \"b\".* FROM \"b\" /*x.py:2*/\n"
	    "\033[36mSELECT 1 FROM c /*x.py:3*/\033[0m\n"
	    "/*x.py:4*/ insert into d values (1)\n"
	    "sql=\"UPDATE e SET f = 'can''t' /*x.py:5*/\" took=3ms\n"
	    "2026-11-20 20:00:00 delete from g -- file: /x.php, line: 6;\n"
	    "/* a.Dao.save(Dao.java:54) */ update users set x=1\n"
	    "2026-11-21 20:00:00 update your app /*x.py:7*/\n",
	    "x.py:1 -- a.select" AT "x.py:2 -- b.select" AT
	    "x.py:3 -- c.select" AT "x.py:4 -- d.insert" AT
	    "x.py:5 -- e.update" AT
	    "/x.php:6 -- g.delete @2026-11-20 20:00:00\n"
	    "Dao.java:54 in a.Dao.save -- users.update @2026-11-20 20:00:00\n");
}

static void
stamp_of_head(void)
{
	readcheck(preset_sql,
	    "INSERT INTO a VALUES ('1999-01-01 00:00:00') /*x.py:1*/\n"
	    "2026-11-21 20:00:00 nothing\n"
	    "INSERT INTO a VALUES ('1999-01-01 00:00:00') /*x.py:1*/\n",
	    "x.py:1 -- a.insert\n"
	    "x.py:1 -- a.insert" AT);
}

static void
several_lines(void)
{
	readcheck(preset_sql,
	    "2026-11-21 20:00:00 SELECT *\n"
	    "  FROM a\n"
	    "  JOIN ( -- of\n"
	    "SELECT 1 FROM b) x\n"
	    "  UNION\n"
	    "SELECT 2 FROM c\n"
	    "  FOR UPDATE OF a /*x.py:1*/\n"
	    "INSERT INTO d\n"
	    "SELECT * FROM a /*x.py:2*/\n"
	    "WITH w AS (SELECT 1 FROM a)\n"
	    "DELETE FROM e /*x.py:3*/\n"
	    "/*x.py:4*/ UPDATE f\n"
	    "SET g = 1\n"
	    "\n"
	    "WHERE h = 1\n",
	    "x.py:1 -- a.select" AT "x.py:2 -- d.insert" AT
	    "x.py:3 -- e.delete" AT "x.py:4 -- f.update" AT);
}

static void
ends(void)
{
	readcheck(preset_sql,
	    "SELECT 1 FROM a\n"
	    "SELECT 2 FROM b /*x.py:2*/\n"
	    "SELECT 3 FROM c\n"
	    "2026-11-21 20:00:00 /*x.py:9*/\n"
	    "SELECT 4 FROM d;\n"
	    "/*x.py:9*/\n"
	    "INSERT INTO e VALUES (1)\n"
	    "SELECT 5 FROM f /*x.py:5*/\n",
	    "no caller: SELECT 1 FROM a\n"
	    "x.py:2 -- b.select\n"
	    "no caller: SELECT 3 FROM c\n"
	    "no caller: SELECT 4 FROM d;\n"
	    "no caller: INSERT INTO e VALUES (1)\n"
	    "x.py:5 -- f.select" AT);
}

static void
no_sql(void)
{
	readcheck(preset_sql,
	    "3041: activity_summary.py:312 -- UserData.put\n"
	    "cities.select and /select/x.py:1 and update the cache /*x.py:2*/\n"
	    "Update, create, begin with this /*x.py:3*/\n"
	    "/* x.py:4 */ int main(void);\n"
	    "\n",
	    "");
}

static void
bounded(void)
{
	struct buf log = { 0 };
	struct buf told = { 0 };
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_sql), &err);

	if (!CHECK(preset != NULL))
		return;
	buf_add_str(&log, "SELECT 1\n");
	for (int i = 0; i < 1000; i++)
		buf_add_str(&log, "  , 2\n");
	buf_add_str(&log, "FROM a /*x.py:1*/\nSELECT 1 FROM b /*x.py:2*/\n");
	reading_add(&told, preset, NULL, &reading_options, buf_slice(&log));
	CHECK(slice_starts(buf_slice(&told), "no caller: SELECT 1\n  , 2\n"));
	CHECK(slice_ends(buf_slice(&told), "\nx.py:2 -- b.select\n"));
	CHECK(slice_find(buf_slice(&told), "x.py:1") == NULL);
	buf_release(&log);
	buf_release(&told);
	preset_free(preset);
}

static void
snapshot(void)
{
	readcheck(preset_pgstat,
	    " calls |                query\n"
	    "-------+--------------------------------------\n"
	    " 46642 | SELECT * FROM a LIMIT $4 /*line:/app/r.rb:55:in `b'*/\n"
	    "    12 | SELECT *                        +\n"
	    "       | FROM b                          +\n"
	    "       | WHERE c = $1 /*x.py:2*/\n"
	    "     3 | SELECT $1\n"
	    "18446744073709551616 | SELECT 1 FROM d /*x.py:3*/\n"
	    "SELECT 1 FROM e /*x.py:4*/\n"
	    "(4 rows)\n"
	    "\n"
	    "7,\"SELECT 1 FROM f /*x.py:5*/\"\n"
	    "8\tDELETE FROM g /*x.py:6*/\n",
	    "/app/r.rb:55 in b -- a.select *46642\n"
	    "x.py:2 -- b.select *12\n"
	    "no caller:      3 | SELECT $1\n"
	    "malformed: a count beyond 2^64-1\n"
	    "x.py:5 -- f.select *7\n"
	    "x.py:6 -- g.delete *8\n");
}

static void
verbs(void)
{
	readcheck(preset_sql,
	    "a */select 1 from a /*x.py:1*/\n"
	    "a /* select 1 */ /*x.py:2*/ select 1 from b\n"
	    "a /*x.py:3*/ /*b*/select 1 from c\n"
	    "a /*x.py:4*/b/**/ select 1 from d\n"
	    "a //*x.py:5*/select 1 from e\n"
	    "a /*select 1 from f\n"
	    "a selects, preselect, re-select, select.x\n"
	    "Begin /*x.py:6*/\n"
	    "BEGIN/*x.py:7*/\n",
	    "x.py:2 -- b.select\nx.py:3 -- c.select\n"
	    "no caller: a /*x.py:4*/b/**/ select 1 from d\n"
	    "x.py:5 -- e.select\nx.py:7 -- transaction.begin\n");
}

static void
carried(void)
{
	readcheck(preset_sql,
	    "2026-11-20 20:00:00 nothing\n"
	    "\033[1m2026-11-21\033[0m 20:00:00 nothing\n"
	    "nothing\n"
	    "SELECT 1 FROM a /*x.py:1*/\n"
	    "20:00:01 nothing\n"
	    "SELECT 1\n"
	    "  FROM b /*x.py:2*/\n",
	    "x.py:1 -- a.select" AT
	    "x.py:2 -- b.select @2026-11-21 20:00:01\n");
}

static void
bad_weight(void)
{
	const char text[] = "reader = tags\nweight = heavy\n";
	struct err err = { "" };

	CHECK(preset_new("test", "test", slice_str(text), &err) == NULL);
	CHECK(strstr(err.text, "weight 'heavy' is not leading") != NULL);
}

static const struct tap_test tests[] = {
	{ "a statement with a tag is an entry, whatever is around it",
	    one_line },
	{ "a stamp inside the statement is not the line's", stamp_of_head },
	{ "a verb stands alone, and comments right before it are its own",
	    verbs },
	{ "lines without SQL carry their stamps on", carried },
	{ "a statement goes on over lines", several_lines },
	{ "a stamp, a verb, a ';' and a blank line end it", ends },
	{ "what only looks like SQL is nothing", no_sql },
	{ "a statement of very many lines is not waited for", bounded },
	{ "a snapshot of pg_stat_statements carries weights", snapshot },
	{ "an unknown weight is refused", bad_weight },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
