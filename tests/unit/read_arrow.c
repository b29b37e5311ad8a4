/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "readagain.h"
#include "readcheck.h"

static const char preset_rails[] = "reader = arrow\nform = rails\n";
static const char preset_ecto[] = "reader = arrow\nform = ecto\n";

#define A "  \xe2\x86\xb3 " /* the arrow */
#define AT " @2021-04-05 10:00:00 -0700\n"
#define STARTED "Started GET \"/\" for ::1 at 2021-04-05 10:00:00 -0700\n"
#define CITY                                          \
	"  \033[1m\033[36mCity Load (0.2ms)\033[0m  " \
	"\033[1m\033[34mSELECT \"cities\".* FROM \"cities\"\033[0m\n"
#define IDS                                                            \
	"  \033[1m\033[35m (0.3ms)\033[0m  \033[1m\033[34mSELECT "     \
	"\"r\".\"id\" FROM \"r\" WHERE \"r\".\"city_id\" = ?\033[0m  " \
	"[[\"city_id\", 1]]\n"

static const char rails[] = STARTED
    "Processing by CitiesController#index as */*\n" CITY A
    "app/c.rb:4:in `index'\n" IDS A "app/c.rb:4:in `index'\n"
    "  City Load (0.5ms)  SELECT 1 FROM \"cities\"\r\n" A "app/c.rb:5\r\n"
    "  CACHE City Load (0.0ms)  SELECT \"cities\".* FROM \"cities\"\n" A
    "app/c.rb:5\n"
    "  CACHE (0.0ms)  SELECT \"r\".\"id\" FROM \"r\"\n" A "app/c.rb:5\n"
    "  TRANSACTION (0.1ms)  begin transaction\n" A "app/c.rb:12:in `create'\n"
    "  City Create (0.4ms)  INSERT INTO \"cities\" (\"name\")\n"
    "                     VALUES (?)  [[\"name\", \"a\n"
    "b\"]]\n" A "app/c.rb:12:in `create'\n"
    "   (0.3ms)  SELECT COUNT(*) FROM \"cities\"\n" A
    "(byebug):1:in `index'\n" A "app/lonely.rb:3\n"
    "[ActiveJob] [f00]   City Update All (0.4ms)  UPDATE \"c\" SET a = 1\n"
    "  City Load (0.5ms)  SELECT \"cities\".* FROM \"cities\"\n"
    "[ActiveJob] [f00] " A "app/jobs/mailer.rb:8:in `perform'\n" A
    "app/models/city.rb:7:in `all'\n"
    "  City Load (0.5ms)  SELECT 1 FROM \"c\" /*line:/app/c.rb:4:in `all'*/\n" A
    "app/c.rb:4:in `all'\n"
    "  City Load (0.5ms)  SELECT 1 FROM \"c\" /*line:/app/c.rb:9:in `all'*/\n"
    "  Disk Storage (15.6ms)  Uploaded file to key: x\n" A "nonsense\n"
    "Completed 200 OK in 12ms (Views: 10.1ms | ActiveRecord: 1.1ms)\n"
    "\n" STARTED CITY "\n" CITY A "app/c.rb:4:in `index'\n" IDS A
    "app/c.rb:4:in `index'\n"
    "D, [2021-04-06T10:00:00.1 #12] DEBUG -- :   City Load (0.5ms)  SELECT 1\n"
    "D, [2021-04-06T10:00:00.1 #12] DEBUG -- : " A "app/c.rb:4:in `index'\n";

/* Statements of few shapes, and lines that say nothing between them. */
static const char shapes[] = STARTED
    "[x] [y]   City Load (0.2ms)  SELECT \"a\" FROM \"c\" WHERE a = 5\n"
    "[x] [y] " A "app/c.rb:4\n"
    "[x] [y]   City Load (1.4ms)  SELECT \"a\" FROM \"c\" WHERE a = 6\n"
    "[x] [y] " A "app/c.rb:4\n"
    "[x]   City Load (1.4ms)  SELECT \"a\" FROM \"c\" WHERE a = 6\n" A
    "app/c.rb:4\n" IDS IDS A "app/c.rb:4\n"
    "  TRANSACTION (0.1ms)  begin transaction\n"
    "  TRANSACTION (10.1ms)  begin transaction\n" A "app/c.rb:12\n"
    "  TRANSACTION (2ms)  rollback transaction\n" A "app/c.rb:12\n"
    "   (0.3ms)  SELECT \"a\" FROM \"r\" WHERE \"r\".\"b\" = 1\n" A
    "app/c.rb:5\n"
    "   (0.3ms)  SELECT \"a\" FROM \"r\" WHERE \"r\".\"b\" = 21\n" A
    "app/c.rb:5\n"
    "   (0.3ms)  SELECT \"a\" FROM \"r\" LIMIT 1 /*line:app/d.rb:3*/\n"
    "   (0.3ms)  SELECT 1 FROM \"r\"\n"
    "and what follows, (0.3ms) or not\n\n"
    "Processing by CitiesController#index as */*\n"
    "Rendered a.erb (0.3ms)  SELECT 1\n" A "app/c.rb:6\n"
    "Rendered a.erb (Duration: 0.3ms)\n"
    "app/c.rb:4:in `index' (0.3\033[0mms)  SELECT 1\n"
    "  app/c.rb:4:in `index'\n" A "app/c.rb:7\n"
    "Started GET \"/\" for ::1 at 2021-04-05 23:59:59 -0700\n" CITY A
    "app/c.rb:4\n"
    "Started GET \"/\" for ::1 at 2021-04-05 24:00:00 -0700\n" CITY A
    "app/c.rb:4\n"
    "Started GET \"/\" for ::1 at 2021-04-06 00:00:00 -0700\n" CITY
    "I, [2021-04-07T10:00:00.1 #12] INFO -- : Started POST \"/\" for ::1 at "
    "2021-04-06 00:00:01 -0700\n" CITY A "app/c.rb:4\n";

static void
statement_and_arrow(void)
{
	readcheck(preset_rails,
	    STARTED CITY A "app/c.rb:4:in `index'\n" IDS A
			   "app/c.rb:4:in `index'\n" CITY A
			   "app/c.rb:4:in `index'\n",
	    "app/c.rb:4 in index -- City.load" AT
	    "app/c.rb:4 in index -- r.select" AT
	    "app/c.rb:4 in index -- City.load" AT);
}

static void
counted_again(void)
{
	readagain_all(preset_rails, rails, " \t\r\n\033[]()m\"'/-#*;SFf.0");
}

static void
shapes_counted_again(void)
{
	readagain_all(preset_rails, shapes, " \t\r\n\033[]()m\"'/-#*;SFf.0");
}

/* What an arrow is told to be behind one or two requests at these times. */
static void
tell_arrow_at(struct buf *told, const struct preset *preset, const char *first,
    const char *second)
{
	struct buf log = { 0 };

	buf_clear(told);
	buf_add_format(&log, "Started at %s\n", first);
	if (second != NULL)
		buf_add_format(&log, "Started at %s\n", second);
	buf_add_str(&log, A "x.rb:1\n");
	reading_add(told, preset, NULL, &reading_options, buf_slice(&log));
	buf_release(&log);
}

/* Behind two it is as behind the second alone, where that is a time. */
static void
clocks(void)
{
	static const char *const times[] = { "2021-04-05 23:59:59 -0700",
		"2021-04-05 00:00:00 -0700", "2021-04-05 00:00:60 -0700",
		"2021-04-05 24:00:00 -0700", "2021-04-05 10:00:00 +0000",
		"2021-04-06 10:00:00 +0000", "2021-04-06 10:00:0x +0000",
		"2021-04-06T10:00:00 +0000", "2021-04-06T11:00:00 +0000",
		"Tue Apr 06 10:00:00 2021", "Tue Apr 06 11:00:00 2021" };
	const size_t count = sizeof(times) / sizeof(*times);
	struct err err = { "" };
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_rails), &err);
	struct buf one = { 0 };
	struct buf two = { 0 };

	for (size_t i = 0; i < count * count; i++) {
		tell_arrow_at(&two, preset, times[i / count], times[i % count]);
		tell_arrow_at(&one, preset, times[i % count], NULL);
		if (slice_chr(buf_slice(&one), '@') == NULL)
			tell_arrow_at(&one, preset, times[i / count], NULL);
		CHECK_BYTES(two.ptr, two.len, one.ptr, one.len);
	}
	buf_release(&one);
	buf_release(&two);
	preset_free(preset);
}

/* What must not be taken for these, behind them. */
#define KNOWN                                                                \
	CITY A "x.rb:1\n" IDS A "x.rb:1\n"                                   \
	       "  Started Load (0.3ms)  SELECT 1\n" A "x.rb:1\n"             \
	       "[x]City Load (0.3ms)  SELECT 1\n" A "x.rb:1\n"               \
	       "  Disk Storage (0.3ms)  SELECT 1 FROM \"s\"\n" A "x.rb:1\n"  \
	       "  Disk Storage (0.3ms)  SELECT \"a\" FROM \"r\" WHERE a\n" A \
	       "x.rb:1\n[x] City Load (0.3ms)  SELECT 1\n[x] " A "x.rb:1\n"

static void
unusual_statements(void)
{
	static const char *const statements[] = {
		"   (0.3ms)  SELECT \"a\".\"b\" FROM \"r\" . \"u\"\n",
		"   (0.3ms)  SELECT \"a\" FROM \"r\"\033[0m.\"u\"\n",
		"   (0.3ms)  SELECT \"a\" FROM \"r\"\033[0m  [[\"x\", 1]]\n",
		"   (0.3ms)  SELECT 1 IS DISTINCT FROM \"a\" FROM \"r\"\n",
		"   (0.3ms)  SELECT \"a FROM \"r\" FROM \"u\"\n",
		"   (0.3ms)  SELECT (SELECT 1 FROM \"r\") FROM \"u\"\n",
		"   (0.3ms)  SELECT EXTRACT(a FROM \"r\") FROM \"u\"\n",
		"   (0.3ms)  SELECT a JOIN \"r\" FROM \"u\"\n",
		"   (0.3ms)  SELECT \"a\" FROM \"r\"\"u\" WHERE 1\n",
		"   (0.3ms)  SELECT \"a\" FROM \"r\" -- line: x.rb:1\n",
		"   (0.3ms)  SELECT \"a\" FROM \"r\" -\033[0m- line:x.rb:1\n",
		"   (0.3ms)  SELECT \"a\" FROM \"r\" /*line:x.rb:1*/\n",
		"  City Load (0.3ms)  SELECT 1 /\033[0m*line:x.rb:1*/\n",
		"  City Load (0.3ms)  nothing\n",
		"  City\033[0m Load (0.3ms)  SELECT 1\n",
		"  \033(City Load (0.3ms)  SELECT 1\n",
		"  City Load (0.3ms | 2 rows)  SELECT 1\n",
		"  City Load (3ms)  SELECT 1\n",
		"  City Load (x) (3.0ms)  SELECT 1\n",
		"  Started Load (0.3ms)  SELECT 1 at 2021-04-05 10:00:00\n",
		"  \xe2\x86\xb3 x.rb:1 (0.3ms)  SELECT 1\n",
		"  [x] City Load (0.3ms)  SELECT 1\n",
		"[x]City Load (0.3ms)  SELECT [a] FROM b\n",
		"[x] City Load (0.3ms)  SELECT 1, 2\n",
		"[x] City Load (0.3ms)  SELECT 1 -- line: x.rb:1\n",
		"[x] [y City Load (0.3ms)  SELECT 1\n",
		"[x] [y City Load (0.3ms)  SELECT [[1]] \n",
		"  Disk Storage (0.3ms)  SELECT \"a\" FROM \"r\" WHERE b = 2\n",
		"  Disk Storage (0.3ms)  SELECT \"a\" FROM \"r\" , \"b\"\n",
		"  City Load (0.3ms)  SELECT 1\033[0m -\033[1m- line: x.rb:1\n",
		"  Disk Storage (0.3ms)  SELECT \"a\" FROM \"r\"\n",
		"  Disk Storage (0.3ms)  SELECT \"a\" FROM \"u\"\n",
	};
	static const char *const arrows[] = { A "x.rb:1\n", A "x.rb:1\r\n",
		"\033[0m" A "x.rb:1\n", A "\033[1mx.rb:1\n", A "nowhere\n",
		A "\n", "[x] " A "x.rb:1\n", A "x.rb:1" };
	struct err err = { "" };
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_rails), &err);
	struct buf log = { 0 };
	size_t again = 0;

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		for (size_t j = 0; j < sizeof(arrows) / sizeof(*arrows); j++) {
			buf_clear(&log);
			buf_add_str(&log, KNOWN);
			buf_add_str(&log, statements[i]);
			buf_add_str(&log, arrows[j]);
			(void)readagain(preset, buf_slice(&log), log.len,
			    &again);
		}
	}
	CHECK(again > 0);
	buf_release(&log);
	preset_free(preset);
}

#define LONG "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14"
#define COLUMNS "\"a\", \"bcdefghijklmnopqrst\", \"c\""

/* A statement, and one that begins alike. */
static const char *const alike[][2] = {
	{ "  City Load (0.3ms)  SELECT " LONG,
	    "  City Load (0.4ms)  SELECT " LONG " -- line:x.rb:1" },
	{ "  City Load (0.3ms)  SELECT " LONG,
	    "  City Load (0.4ms)  SELECT " LONG
	    " [\"x\"] and far more of them, "
	    "so that it is long enough for all /*line:x.rb:1*/" },
	{ "   (0.3ms)  SELECT " COLUMNS " FROM \"r\" WHERE 1",
	    "   (0.4ms)  SELECT " COLUMNS " FROM \"r\".\"u\" WHERE 1" },
	{ "   (0.3ms)  SELECT " COLUMNS " FROM \"r\" WHERE 1",
	    "   (0.4ms)  SELECT " COLUMNS " FROM \"r\" LIMIT 1" },
	{ "   (0.3ms)  SELECT " LONG " FROM \"r\"",
	    "   (0.4ms)  SELECT " LONG " FROM \"r\".\"u\"" },
	{ "[x] [y Load (0.3ms)  SELECT " LONG,
	    "[x] [y Load (0.4ms)  SELECT " LONG " [[1]] z" },
	{ "  Started Load (0.3ms)  SELECT " LONG,
	    "  Started Load (0.4ms)  SELECT " LONG " at 2021-04-05 10:00:00" },
	{ "  \033]x (0.3ms)  SELECT " LONG "\007 (0.3ms)  SELECT 1",
	    "  \033]x (0.4ms)  SELECT " LONG "\007 (0.3ms)  SELECT 2" },
};

/* What is known of the one, read first, changes nothing about the other. */
static void
statements_alike(void)
{
	static const char *const arrows[] = { A "x.rb:1\n", "[x] " A "x.rb:1\n",
		A "nowhere\n", "\n" };
	static const char end[] = "[x] " A "x.rb:2\n" A "x.rb:2\n\n";
	struct err err = { "" };
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_rails), &err);
	const size_t count = sizeof(alike) / sizeof(*alike);
	size_t again = 0;

	for (size_t i = 0; i < (size_t)16 * count; i++) {
		struct buf one = { 0 };
		struct buf two = { 0 };
		struct buf log = { 0 };
		size_t first;

		buf_add_format(&log, "%s\n%s%s", alike[i / 16][0],
		    arrows[i / 4 % 4], end);
		first = log.len;
		buf_add_format(&log, "%s\n%s%s", alike[i / 16][1],
		    arrows[i % 4], end);
		reading_add(&one, preset, NULL, &reading_options,
		    buf_slice(&log));
		reading_add(&two, preset, NULL, &reading_options,
		    slice_head(buf_slice(&log), first));
		reading_add(&two, preset, NULL, &reading_options,
		    slice_from(buf_slice(&log), first));
		CHECK_BYTES(one.ptr, one.len, two.ptr, two.len);
		(void)readagain(preset, buf_slice(&log), log.len, &again);
		buf_release(&one);
		buf_release(&two);
		buf_release(&log);
	}
	preset_free(preset);
}

static void
lines_between(void)
{
	readcheck(preset_rails,
	    "Rendered (Duration: 3ms)\nProcessing (0.3\033[0mms)  SELECT 1\n"
	    "Completed (x)\n\nRendered (0.3ms)  SELECT 2\n"
	    "and (more)\n    of it\n\nRedirected (0.4ms)\nand (no more)\n",
	    "no caller: SELECT 1\nCompleted (x)\n"
	    "no caller: SELECT 2\nand (more)\nof it\n");
}

/* Seventeen tags: the first statement is given up for the last. */
static void
many_tags(void)
{
	struct buf log = { 0 };
	struct buf told = { 0 };

	for (int i = 0; i < 17; i++)
		buf_add_format(&log,
		    "[t%d]   City Load (0.5ms)  SELECT %d FROM \"c\"\n", i, i);
	buf_add_str(&told, "no caller: SELECT 0 FROM \"c\"\n");
	for (int i = 16; i >= 0; i--) {
		buf_add_format(&log, "[t%d] " A "x.rb:%d\n", i, i + 1);
		buf_add_format(&told, "x.rb:%d%s\n", i + 1,
		    i == 0 ? "" : " -- City.load");
	}
	buf_add_char(&told, '\0');
	readcheck_text(preset_rails, buf_slice(&log), told.ptr);
	buf_release(&log);
	buf_release(&told);
}

#define ECTO(time, sql, place)                                                 \
	"2021-04-05 " time " [debug] QUERY OK source=\"users\" db=0.5ms\n" sql \
	"\n" place "\n"

static const char ecto[] = ECTO("10:00:00.1",
    "SELECT u0.\"id\" FROM \"users\" AS u0 []",
    "\xe2\x86\xb3 Demo.A.index/2, at: lib/a.ex:8")
    ECTO("10:00:01.1", "INSERT INTO \"users\" (\"name\")\nVALUES ($1) [\"x\"]",
	"\xe2\x86\xb3 Demo.A.create/2, at: lib/a.ex:12")
	ECTO("10:00:02.1", "DELETE FROM \"a\"; SELECT 1 FROM \"b\" []",
	    "\xe2\x86\xb3 anonymous fn/1 in Demo.S.run/0, at: lib/s.ex:3")
	    ECTO("10:00:03.1", "DELETE FROM \"a\"",
		"") "2021-04-05 10:00:03.123 [debug] QUERY ERROR db=0.5ms\n"
		    "SELECT 1 []\n"
		    "2021-04-05 10:00:03.123 [info] Sent 200 in 4ms\n"
		    "\xe2\x86\xb3 nowhere at all\n"
		    "\xe2\x86\xb3 Demo.A.index/2, at: lib/a.ex:8\n";

static void
ecto_is_read(void)
{
	readcheck(preset_ecto, ecto,
	    "lib/a.ex:8 in Demo.A.index/2 -- users.select "
	    "@2021-04-05 10:00:00\n"
	    "lib/a.ex:12 in Demo.A.create/2 -- users.insert "
	    "@2021-04-05 10:00:01\n"
	    "lib/s.ex:3 in anonymous fn/1 in Demo.S.run/0 -- a.delete, "
	    "b.select @2021-04-05 10:00:02\n"
	    "no caller: DELETE FROM \"a\"\n"
	    "malformed: an arrow without file and line behind it\n"
	    "lib/a.ex:8 in Demo.A.index/2 -- sql.select "
	    "@2021-04-05 10:00:03\n");
}

static void
ecto_counted_again(void)
{
	readagain_all(preset_ecto, ecto, " \r\n\033[m\"'/-#;Q,.0\xe2");
}

static const struct tap_test tests[] = {
	{ "an arrow names the caller of the statement above it",
	    statement_and_arrow },
	{ "entries counted again are those that were made", counted_again },
	{ "statements of a shape are counted again, with tags or not",
	    shapes_counted_again },
	{ "a clock is read as on the day of the request before", clocks },
	{ "what is unusual is read in full", unusual_statements },
	{ "statements that begin alike are told apart", statements_alike },
	{ "a statement goes on to the next blank line", lines_between },
	{ "sixteen tags wait side by side", many_tags },
	{ "Ecto's arrows name function and file", ecto_is_read },
	{ "Ecto's entries are counted again as they were made",
	    ecto_counted_again },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
