/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>

#include "base/alloc.h"

#include "reading.h"
#include "tap.h"

/*
 * A reading of a PostgreSQL log that stops behind any line and is taken up by
 * another reader, from what the first saved, tells what an unbroken one does.
 */

static const char preset_stderr[] = "reader = postgres\n";
static const char preset_csv[] = "reader = postgres\nform = csvlog\n";
static const char preset_json[] = "reader = postgres\nform = jsonlog\n";
static const char preset_syslog[] = "reader = postgres\nform = syslog\n";

#define X "SELECT * FROM a /*x.py:1*/"
#define XX "SELECT * FROM a; SELECT * FROM b /*x.py:2*/"
#define Y "SELECT * FROM b /*x.py:3*/"

static const char log_stderr[] =
    /* lines that go on, and others in between */
    "\tthe end of something\n"
    "2026-11-21 20:00:00 [12] LOG:  statement: SELECT *\n"
    "\tFROM a,\n"
    "  b\n"
    "\n"
    "\t/*x.py:1*/\n"
    "2026-11-21 20:00:01 [12] somebody else's line\n"
    "\tFROM c\n"
    "2026-11-21 20:00:02 [13] LOG:  execute S_1: " X "\n"
    "2026-11-21 20:00:02 [13] DETAIL:  parameters: $1 = '/*x.py:9*/',\n"
    "\t$2 = '1'\n"
    /* steps, and a duration of its own line */
    "2026-11-21 20:00:03 [14] LOG:  duration: 9 ms  parse <unnamed>: " Y "\n"
    "2026-11-21 20:00:03 [14] LOG:  duration: 9 ms  bind S_1/C_1: " Y "\n"
    "2026-11-21 20:00:03 [14] LOG:  execute S_1/C_1: " Y "\n"
    "2026-11-21 20:00:04 [14] LOG:  duration: 12.345 ms\n"
    "2026-11-21 20:00:05 [14] ERROR:  no\n"
    "2026-11-21 20:00:05 [14] STATEMENT:  " Y "\n"
    /* fails while it runs, in another session than what goes between */
    "2026-11-21 20:00:06 [13] ERROR:  division by zero\n"
    "2026-11-21 20:00:06 [13] CONTEXT:  of two\n"
    "\tlines\n"
    "2026-11-21 20:00:06 [13] STATEMENT:  SELECT *\n"
    "\tFROM a /*x.py:1*/\n"
    "2026-11-21 20:00:07 [15] DETAIL:  of what is lost\n"
    "2026-11-21 20:00:07 [15] STATEMENT:  " X "\n"
    /* plans before, behind and alone, in JSON too, and two of one text */
    "2026-11-21 20:00:08 [16] LOG:  duration: 1.5 ms  plan:\n"
    "\tQuery Text: " X "\n"
    "\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
    "2026-11-21 20:00:09 [17] LOG:  duration: 3.5 ms  plan:\n"
    "\t{\n"
    "\t  \"Query Text\": \"SELECT *\\nFROM \\\"c\\\" /*x.py:4*/\",\n"
    "\t  \"Plan\": {\n"
    "\t  }\n"
    "\t}\n"
    "2026-11-21 20:00:10 [16] LOG:  duration: 1.25 ms  statement: " X "\n"
    "2026-11-21 20:00:11 [17] LOG:  duration: 2 ms  statement: " XX "\n"
    "2026-11-21 20:00:12 [17] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: " XX "\n"
    "\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
    "2026-11-21 20:00:12 [17] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: " XX "\n"
    "\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
    "2026-11-21 20:00:13 [17] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: " XX "\n"
    "\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
    "2026-11-21 20:00:14 [18] LOG:  waits\n"
    "2026-11-21 20:00:14 [18] STATEMENT:  " X "\n"
    "2026-11-21 20:00:15 [19] LOG:  waits\n"
    "2026-11-21 20:00:15 [19] STATEMENT:  " Y "\n"
    "2026-11-21 20:00:16 [18] LOG:  acquired\n"
    "2026-11-21 20:00:16 [18] STATEMENT:  " X "\n"
    "2026-11-21 20:00:17 [18] LOG:  duration: 1500.5 ms  statement: " X "\n"
    /* beyond what is remembered of a session */
    "2026-11-21 20:00:18 [20] LOG:  duration: 1 ms  statement: " X "\n"
    "2026-11-21 20:00:18 [20] LOG:  duration: 1 ms  statement: " Y "\n"
    "2026-11-21 20:00:18 [20] LOG:  duration: 1 ms  statement: " XX "\n"
    "20:00:18 [20] LOG:  duration: 1 ms  statement: SELECT 4 /*x.py:4*/\n"
    "20:00:18 [20] LOG:  duration: 1 ms  statement: SELECT 5 /*x.py:5*/\n"
    "20:00:18 [20] LOG:  duration: 1 ms  statement: SELECT 6 /*x.py:6*/\n"
    "2026-11-21 20:00:19 [20] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: " X "\n"
    "\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
    "2026-11-21 20:00:19 [20] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: SELECT 4 /*x.py:4*/\n"
    "\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
    "2026-11-21 20:00:19 [20] LOG:  duration: 1 ms  plan:\n"
    "\tQuery Text: " XX "\n"
    "\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
    "LOG:  statement: PREPARE p AS " X "\n"
    "LOG:  statement: EXECUTE p\n"
    "DETAIL:  prepare: PREPARE p AS " X "\n";

#define FORTY "0123456789012345678901234567890123456789"
#define FULL \
	FORTY FORTY FORTY FORTY FORTY FORTY FORTY FORTY FORTY FORTY FORTY FORTY

static const char log_syslog[] =
    "\tnothing to go on\n"
    "Nov 21 20:00:00 a postgres[1]: [5-1] ERROR:  no\n"
    "Nov 21 20:00:01 a postgres[2]: [9-1] LOG:  statement: SELECT\n"
    "Nov 21 20:00:02 b postgres[1]: [5-1] LOG:  statement: " Y "\n"
    "Nov 21 20:00:03 a postgres[1]: [5-2] DETAIL:  of\n"
    "Nov 21 20:00:04 a postgres[2]: [9-2] #011a, 'b#012c',\n"
    "Nov 21 20:00:05 a postgres[1]: [5-3] #011two\n"
    "Nov 21 20:00:05 a postgres[7]: [5-3] #011without its beginning\n"
    "Nov 21 20:00:06 a postgres[2]: [9-3] #011d FROM a /*x.py:1*/\n"
    "Nov 21 20:00:07 a postgres[1]: [5-4] HINT:  h\n"
    "Nov 21 20:00:08 a postgres[1]: [5-5] STATEMENT:  SELECT\n"
    "Nov 21 20:00:09 a postgres[1]: [5-6]  * FROM a /*x.py:1*/\n"
    "Nov 21 20:00:09 a postgres[1]: [8-7] #011of another\n"
    /* a full chunk ends within a line */
    "Nov 21 20:00:10 a postgres[3]: [1-1] LOG:  statement: SELECT -- " FULL "\n"
    "Nov 21 20:00:10 a postgres[4]: [1-1] LOG:  statement: SELECT --\n"
    "Nov 21 20:00:11 a postgres[3]: [1-2]  * FROM a /*x.py:1*/\n"
    "Nov 21 20:00:11 a postgres[4]: [1-2]  * FROM a /*x.py:1*/\n"
    /* the last is given, so a line without a head is nobody's */
    "Nov 21 20:00:12 a postgres[6]: [1-1] LOG:  statement: SELECT\n"
    "Nov 21 20:00:12 a postgres[5]: [1-1] LOG:  statement: " X "\n"
    "Nov 21 20:00:13 a postgres[5]: no message\n"
    "\t/*x.py:2*/\n"
    "Nov 21 20:00:14 a postgres[8]: [1-1] LOG:  statement: SELECT\n"
    "\t* FROM c /*x.py:3*/\n"
    "2026-11-21T20:00:15Z b postgres[9]: [1] LOG:  statement: SELECT\n"
    "2026-11-21T20:00:16Z b postgres[9]: [2] #0119 /*x.py:9*/\n";

static const char log_csv[] =
    "2026-11-21 20:00:00,u,d,12,,,,,,,,LOG,0,\"statement: SELECT *\n"
    "\n"
    "\tFROM \"\"a\"\" /*x.py:1*/\n"
    "\",,,,,,,,,x\n"
    "2026-11-21 20:00:01,u,d,13,,,,,,,,ERROR,0,\"no\",,,,,,\"SELECT *\n"
    "FROM b /*x.py:2*/\",,,\"\"\n"
    "2026-11-21 20:00:02,u,d,12,,,,,,,,ERROR,0,\"no\",,,,,,\"SELECT *\n"
    "\tFROM \"\"a\"\" /*x.py:1*/\",,,\"\"\n"
    /* a CR, so not plain: from its beginning, in the middle, at the end */
    "2026-11-21 20:00:03,u,d,14,,,,,,,,LOG\r,0,\"statement: SELECT *\n"
    "\tFROM c /*x.py:3*/\n"
    "\",,,,,,,,,x\n"
    "2026-11-21 20:00:04,u,d,14,,,,,,,,LOG,0,\"statement: SELECT *\n"
    "\tFROM d\n"
    "/*x.py:4*/\"\r,\"d\n"
    "e\"\r,,,,,,,,\"\"\n"
    "\r\r\n"
    /* damaged */
    "2026-11-21 20:00:05,u,d,15,,,,,,,,LOG,0,\"cut in the mid\n"
    "of it\n"
    "2026-11-21 20:00:06,u,d,16,,,,,,,,LOG,0,\"statement: " X "\",,,,,,,,,x\n"
    "2026-11-21 20:00:07,u,d,17,,,,,,,,LOG,0,\"b\" and more\n"
    "of \"that\n"
    "2026-11-21 20:00:08,u,d,18,,,,,,,,LOG,0,\"statement: " Y "\",,,,,,,,,x\n"
    "2026-11-21 20:00:09,u,d,16,,,,,,,,LOG,0,\"duration: 1 ms\",,,,,,,,,x\n"
    "2026-11-21 20:00:10,u,d,19,,,,,,,,LOG\r,0,\"never\n"
    "ends\n";

static const char log_json[] =
    "{\"timestamp\":\"2026-11-21 20:00:00 UTC\",\"pid\":12,"
    "\"error_severity\":\"LOG\","
    "\"message\":\"statement: SELECT *\\nFROM a /*x.py:1*/\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:01 UTC\",\"pid\":13,"
    "\"error_severity\":\"LOG\","
    "\"message\":\"duration: 1 ms  plan:\\nQuery Text: " X "\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:02 UTC\",\"pid\":12,"
    "\"error_severity\":\"ERROR\",\"message\":\"no\",\"statement\":\"" X "\"}\n"
    "{\"logging_pod\":\"pod-2\",\"record\":{"
    "\"process_id\":\"13\","
    "\"error_severity\":\"LOG\",\"message\":\"waits\",\"query\":\"" X "\"}}\n"
    "{\"level\":\"info\",\"logging_pod\":\"pod-1\",\"record\":{"
    "\"pid\":\"13\","
    "\"error_severity\":\"LOG\",\"message\":\"statement: " Y "\"}}\n"
    "{\"timestamp\":\"2026-11-21 20:00:03 UTC\",\"pid\":13,"
    "\"error_severity\":\"LOG\","
    "\"message\":\"duration: 1 ms  statement: " X "\"}\n"
    "{\"timestamp\":\"2026-11-21 20:00:04 UTC\",\"pid\":13,"
    "\"error_severity\":\"LOG\",\"message\":\"breaks o\n"
    "{\"timestamp\":\"2026-11-21 20:00:05 UTC\",\"pid\":14,"
    "\"error_severity\":\"LOG\",\"message\":\"waits\",\"statement\":\"" X
    "\"}\n";

static const struct log {
	const char *preset;
	const char *text;
} logs[] = {
	{ preset_stderr, log_stderr },
	{ preset_syslog, log_syslog },
	{ preset_csv, log_csv },
	{ preset_json, log_json },
};

enum { LOGS = sizeof(logs) / sizeof(logs[0]) };

/* One log, which is read by several readers that tell the same buf. */
struct resume {
	struct preset *preset;
	struct reader_options options;
	struct reader_events events;
	struct reader *reader;
	struct buf told;
	struct buf saved;
};

static void
tell_line(void *told, struct slice line)
{
	buf_add_format(told, "\tof %.*s\n", SLICE_ARG(line));
}

static void
tell_entry(void *told, const struct entry *entry)
{
	reading_entry(told, entry);
	tell_line(told, entry->text);
}

static void
tell_malformed(void *told, struct slice line, const char *reason)
{
	reading_malformed(told, line, reason);
	tell_line(told, line);
}

static void
tell_repeat(void *told, struct slice line)
{
	reading_repeat(told, line);
	tell_line(told, line);
}

static void
tell_given_up(void *told, struct slice line, const char *reason)
{
	reading_given_up(told, line, reason);
	tell_line(told, line);
}

static void
tell_duration(void *told, double milliseconds)
{
	CHECK(milliseconds >= 0 && isfinite(milliseconds));
	reading_duration(told, milliseconds);
}

static bool
begin(struct resume *self, const char *preset_text, size_t max_line)
{
	struct err err = { "" };

	*self = (struct resume){
		.preset = preset_new("test", "test", slice_str(preset_text),
		    &err),
		.options = reading_options,
		.events = {
			.context = &self->told,
			.entry = tell_entry,
			.no_caller = reading_no_caller,
			.malformed = tell_malformed,
			.repeat = tell_repeat,
			.given_up = tell_given_up,
			.duration = tell_duration,
		},
	};
	self->options.max_line = max_line;
	return CHECK(self->preset != NULL);
}

static void
end(struct resume *self)
{
	preset_free(self->preset);
	buf_release(&self->told);
	buf_release(&self->saved);
}

/* A new reader, which knows what the one before saved if it did, and keeps
 * nothing of those bytes. */
static bool
take_up(struct resume *self, struct slice saved)
{
	char *bytes = xmalloc(saved.len);
	bool is_taken;

	memcpy(bytes, saved.ptr == NULL ? "" : saved.ptr, saved.len);
	self->reader = self->preset->reader->new (self->preset, &self->options,
	    &self->events);
	is_taken = saved.len == 0 ||
	    reader_load(self->reader, slice_make(bytes, saved.len));
	memset(bytes, 'x', saved.len);
	free(bytes);
	return is_taken;
}

static void
leave(struct resume *self)
{
	buf_clear(&self->saved);
	reader_save(self->reader, &self->saved);
	reader_free(self->reader);
}

static void
finish(struct resume *self, struct slice text)
{
	reader_read(self->reader, text);
	reader_end(self->reader);
	reader_free(self->reader);
}

/* How long the text is up to the end of its n-th line, or all of it. */
static size_t
lines_length(struct slice text, size_t n)
{
	struct slice rest = text;
	struct slice line;

	while (n-- > 0 && lines_next(&rest, &line))
		continue;
	return text.len - rest.len;
}

/* Reads the first n lines, and leaves. */
static struct slice
read_lines(struct resume *self, struct slice text, size_t n)
{
	size_t len = lines_length(text, n);

	buf_clear(&self->told);
	(void)take_up(self, (struct slice){ 0 });
	reader_read(self->reader, slice_head(text, len));
	leave(self);
	return slice_from(text, len);
}

/* What an unbroken reading tells. */
static struct buf
tell_unbroken(struct resume *self, struct slice text)
{
	struct buf told;

	(void)take_up(self, (struct slice){ 0 });
	finish(self, text);
	told = self->told;
	self->told = (struct buf){ 0 };
	return told;
}

static bool
check_told(const struct resume *self, const struct buf *expected, size_t n)
{
	bool is_same = CHECK_BYTES(self->told.ptr, self->told.len,
	    expected->ptr, expected->len);

	if (!is_same)
		printf("#   left behind line %zu\n", n);
	return is_same;
}

/* Leaves once, behind each line in turn. */
static void
check_once(struct resume *self, struct slice text, const struct buf *expected)
{
	struct slice rest = text;
	struct buf again = { 0 };

	for (size_t n = 0; rest.len > 0; n++) {
		rest = read_lines(self, text, n);
		if (!CHECK(take_up(self, buf_slice(&self->saved))))
			printf("#   left behind line %zu\n", n);
		buf_clear(&again);
		reader_save(self->reader, &again);
		CHECK_BYTES(again.ptr, again.len, self->saved.ptr,
		    self->saved.len);
		finish(self, rest);
		if (!check_told(self, expected, n))
			break;
	}
	buf_release(&again);
}

/* Leaves behind every line. */
static void
check_always(struct resume *self, struct slice text, const struct buf *expected)
{
	struct slice rest = read_lines(self, text, 1);

	while (rest.len > 0) {
		size_t len = lines_length(rest, 1);

		CHECK(take_up(self, buf_slice(&self->saved)));
		reader_read(self->reader, slice_head(rest, len));
		leave(self);
		rest = slice_from(rest, len);
	}
	CHECK(take_up(self, buf_slice(&self->saved)));
	finish(self, rest);
	check_told(self, expected, 0);
}

static void
check_log(const struct log *log, size_t max_line)
{
	struct slice text = slice_str(log->text);
	struct resume resume;
	struct buf expected;

	if (!begin(&resume, log->preset, max_line))
		return;
	expected = tell_unbroken(&resume, text);
	check_once(&resume, text, &expected);
	check_always(&resume, text, &expected);
	buf_release(&expected);
	end(&resume);
}

static void
of_stderr(void)
{
	check_log(&logs[0], reading_options.max_line);
}

static void
of_syslog(void)
{
	check_log(&logs[1], reading_options.max_line);
}

static void
of_csvlog(void)
{
	check_log(&logs[2], reading_options.max_line);
}

static void
of_jsonlog(void)
{
	check_log(&logs[3], reading_options.max_line);
}

static void
too_long(void)
{
	for (size_t i = 0; i < LOGS; i++)
		for (size_t max_line = 30; max_line < 300; max_line += 40)
			check_log(&logs[i], max_line);
}

static void
add_plan(struct buf *log, int session)
{
	buf_add_format(log,
	    "[%d] LOG:  duration: 1 ms  plan:\n\tQuery Text: " X "\n", session);
}

/* So many that those which were silent for long are kept apart. */
static void
many_sessions(void)
{
	struct resume resume;
	struct buf log = { 0 };
	struct buf expected;
	struct slice rest;

	if (!begin(&resume, preset_stderr, reading_options.max_line))
		return;
	for (int i = 1; i <= 60000; i++)
		add_plan(&log, i);
	buf_add_str(&log, "[1] LOG:  duration: 1 ms  statement: " X "\n");
	buf_add_str(&log, "[59000] LOG:  duration: 1 ms  statement: " X "\n");
	for (int i = 60001; i <= 110000; i++)
		add_plan(&log, i);
	buf_add_str(&log, "[2] LOG:  duration: 1 ms  statement: " X "\n");
	expected = tell_unbroken(&resume, buf_slice(&log));
	rest = read_lines(&resume, buf_slice(&log), 120000);
	CHECK(take_up(&resume, buf_slice(&resume.saved)));
	finish(&resume, rest);
	CHECK(slice_equal(buf_slice(&resume.told), buf_slice(&expected)));
	buf_release(&expected);
	buf_release(&log);
	end(&resume);
}

/* Of sessions with nothing but errors nothing is left to know; others take a
 * few numbers and hashes, whatever the length of their texts. */
static void
sizes(void)
{
	struct resume resume;
	struct buf log = { 0 };
	size_t before;

	if (!begin(&resume, preset_stderr, reading_options.max_line))
		return;
	for (int i = 1; i <= 1000; i++)
		buf_add_format(&log,
		    "[%d] ERROR:  no\n[%d] STATEMENT:  " X "\n", i, i);
	(void)read_lines(&resume, buf_slice(&log), 2000);
	CHECK(resume.saved.len < 200);
	before = resume.saved.len;
	for (int i = 1; i <= 4000; i++)
		buf_add_format(&log, "[%d] LOG:  statement: SELECT %0200d\n",
		    i % 1000 + 1, i);
	(void)read_lines(&resume, buf_slice(&log), 6000);
	CHECK(resume.saved.len < before + UINT64_C(1000) * 90);
	buf_release(&log);
	end(&resume);
}

/* Bytes that were cut are never taken, nor others behind them. */
static void
check_cut(struct resume *self)
{
	size_t len = self->saved.len;

	buf_add_char(&self->saved, '\0');
	for (size_t n = 1; n <= len + 1; n++) {
		bool is_whole = n == len;

		CHECK(take_up(self, slice_head(buf_slice(&self->saved), n)) ==
		    is_whole);
		reader_free(self->reader);
	}
	self->saved.len = len;
}

/* Of others it may not be told, but nothing bad comes of them. */
static void
check_changed(struct resume *self, struct slice rest)
{
	static const unsigned char changes[] = { 1, 0x10, 0x40, 0x80, 0xff };

	for (size_t i = 0; i < self->saved.len * sizeof(changes); i++) {
		char *at = self->saved.ptr + i / sizeof(changes);
		char was = *at;

		*at = (char)(was ^ changes[i % sizeof(changes)]);
		buf_clear(&self->told);
		if (take_up(self, buf_slice(&self->saved))) {
			reader_read(self->reader, rest);
			reader_end(self->reader);
		}
		reader_free(self->reader);
		*at = was;
	}
}

static void
damaged(void)
{
	for (size_t i = 0; i < LOGS; i++) {
		struct slice text = slice_str(logs[i].text);
		struct slice rest = text;
		struct resume resume;

		if (!begin(&resume, logs[i].preset, reading_options.max_line))
			return;
		for (size_t n = 1; rest.len > 0; n += 2) {
			rest = read_lines(&resume, text, n);
			check_cut(&resume);
			check_changed(&resume, rest);
		}
		end(&resume);
	}
}

/* What was saved of one form is not of another. */
static void
other_form(void)
{
	struct resume one;
	struct resume other;

	if (!begin(&one, preset_syslog, reading_options.max_line) ||
	    !begin(&other, preset_stderr, reading_options.max_line))
		return;
	(void)read_lines(&one, slice_str(log_syslog), 5);
	CHECK(!take_up(&other, buf_slice(&one.saved)));
	reader_free(other.reader);
	end(&one);
	end(&other);
}

static const struct tap_test tests[] = {
	{ "stderr: messages and sessions go on behind any line", of_stderr },
	{ "syslog: messages of several sessions go on", of_syslog },
	{ "csvlog: rows go on, damaged ones too", of_csvlog },
	{ "jsonlog: sessions go on", of_jsonlog },
	{ "messages are too long wherever they were left", too_long },
	{ "sessions are carried that were silent for long", many_sessions },
	{ "what is carried of a session is small", sizes },
	{ "damaged bytes do no harm, cut ones are not taken", damaged },
	{ "several open messages are not of a stderr log", other_form },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
