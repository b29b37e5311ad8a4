/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgmessage.h"

#include "base/buf.h"
#include "scan/pgline.h"
#include "tap.h"

static void
tell_field(struct buf *told, const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	buf_add_str(told, name);
	buf_add_char(told, '=');
	buf_add_visible(told, value);
	buf_add_char(told, '|');
}

static void
on_message(void *context, const struct pgmessage *message)
{
	tell_field(context, "session", message->session);
	tell_field(context, "host", message->host);
	if (message->stamp.has_time)
		buf_add_format(context, "%02d-%02d %02d:%02d|",
		    message->stamp.civil.month, message->stamp.civil.day,
		    message->stamp.civil.hour, message->stamp.civil.minute);
	tell_field(context, "severity", message->severity);
	tell_field(context, "text", message->text);
	tell_field(context, "detail", message->detail);
	tell_field(context, "statement", message->statement);
	buf_add_char(context, '\n');
}

static void
on_reason(void *context, struct slice line, const char *reason)
{
	buf_add_format(context, "%s: ", reason);
	buf_add_visible(context, line);
	buf_add_char(context, '\n');
}

/* Cuts a log, as a whole or line by line, and adds what comes out. */
static void
cut(struct buf *told, enum pgform form, struct slice log, bool by_line,
    size_t max_message)
{
	const struct reader_events events = {
		.context = told,
		.malformed = on_reason,
		.given_up = on_reason,
	};
	struct reader carried = { 0 };
	const struct pgsink sink = { told, on_message, &events, &carried,
		max_message };
	struct pgcutter *cutter = pgcutter_new(form, &sink);

	while (log.len > 0) {
		const char *end = by_line ? slice_chr(log, '\n') : NULL;
		size_t len = end == NULL ? log.len :
					   (size_t)(end - log.ptr) + 1;

		pgcutter_read(cutter, slice_head(log, len));
		log = slice_from(log, len);
	}
	pgcutter_end(cutter);
	pgcutter_free(cutter);
}

static void
check(enum pgform form, const char *log, const char *expected)
{
	struct buf whole = { 0 };
	struct buf lines = { 0 };

	cut(&whole, form, slice_str(log), false, 1000);
	CHECK_SLICE(whole, expected);
	cut(&lines, form, slice_str(log), true, 1000);
	CHECK_BYTES(lines.ptr, lines.len, whole.ptr, whole.len);
	buf_release(&whole);
	buf_release(&lines);
}

static void
stderr_parts(void)
{
	check(PGFORM_STDERR,
	    "2026-11-21 20:00:00.123 UTC [12] u@d ERROR:  bad\n"
	    "2026-11-21 20:00:00.123 UTC [12] u@d DETAIL:  of two\n"
	    "\tlines\n"
	    "2026-11-21 20:00:00.123 UTC [12] u@d HINT:  none\n"
	    "\tat all\n"
	    "2026-11-21 20:00:00.123 UTC [12] u@d STATEMENT:  SELECT 1,\n"
	    "\t\t2\n"
	    "\t\n"
	    "\tFROM x\n"
	    "2026-11-21 20:01:00.123 UTC [13] u@d LOG:  next\r\n",
	    "session=12|11-21 20:00|severity=ERROR|text=bad|"
	    "detail=of two\\nlines|"
	    "statement=SELECT 1,\\n\\t2\\n\\nFROM x|\n"
	    "session=13|11-21 20:01|severity=LOG|text=next|\n");
}

static void
stderr_lost(void)
{
	check(PGFORM_STDERR,
	    "\tthe end of something\n"
	    "2026-11-21 20:00:00 UTC [12] STATEMENT:  SELECT 1\n"
	    "2026-11-21 20:00:00 UTC [13] STATEMENT:  SELECT 2\n"
	    "2026-11-21 20:00:00 UTC [14] LOG:  a\n"
	    "2026-11-21 20:00:00 UTC [13] DETAIL:  b\n",
	    "session=12|11-21 20:00|statement=SELECT 1|\n"
	    "session=13|11-21 20:00|statement=SELECT 2|\n"
	    "session=14|11-21 20:00|severity=LOG|text=a|\n"
	    "session=13|11-21 20:00|detail=b|\n");
}

static void
stderr_no_tab(void)
{
	check(PGFORM_STDERR,
	    "2026-11-21 20:00:00 UTC [12] LOG:  statement: SELECT\n"
	    "  1\n"
	    "2026-11-21 20:00:00 UTC somebody else's line\n"
	    "2026-11-21 20:00:00 UTC [12] LOG:  a\n",
	    "session=12|11-21 20:00|severity=LOG|"
	    "text=statement: SELECT\\n  1|\n"
	    "session=12|11-21 20:00|severity=LOG|text=a|\n");
}

static void
stderr_words(void)
{
	check(PGFORM_STDERR,
	    "[1] LOG:  00000: verbose: ERROR:  not this\n"
	    "[1] LOCATION:  exec_simple_query, postgres.c:1081\n"
	    "[1] BLOG:  DEBUG3:  deep\n"
	    "[1] NOTICE:  40P0: short\n"
	    "[1] LOG: one blank\n",
	    "session=1|severity=LOG|text=verbose: ERROR:  not this|\n"
	    "session=1|severity=DEBUG3|text=deep|\n"
	    "session=1|severity=NOTICE|"
	    "text=40P0: short\\n[1] LOG: one blank|\n");
}

static void
carries_stamp(void)
{
	check(PGFORM_STDERR,
	    "LOG:  without\n"
	    "< 2026-11-21 20:00:00.123 UTC > LOG:  with\n"
	    "LOG:  without\n"
	    "1371013443.123 [7] LOG:  epoch\n",
	    "severity=LOG|text=without|\n"
	    "11-21 20:00|severity=LOG|text=with|\n"
	    "11-21 20:00|severity=LOG|text=without|\n"
	    "session=7|06-12 05:04|severity=LOG|text=epoch|\n");
}

static void
too_long(void)
{
	struct buf log = { 0 };
	struct buf told = { 0 };

	buf_add_str(&log, "[1] LOG:  a\n");
	for (int i = 0; i < 200; i++)
		buf_add_str(&log, "\tlong line\n");
	buf_add_str(&log, "[1] LOG:  b\n");
	cut(&told, PGFORM_STDERR, buf_slice(&log), false, 1000);
	CHECK(slice_starts(buf_slice(&told),
	    "a message that is too long: [1] LOG:  a\\n\\tlong line\\n"));
	CHECK(slice_ends(buf_slice(&told), "severity=LOG|text=b|\n"));
	CHECK(told.len < 3000);
	buf_release(&log);
	buf_release(&told);
}

struct prefix_case {
	const char *prefix;
	const char *session;
};

static void
sessions(void)
{
	static const struct prefix_case cases[] = {
		{ "2026-11-21 20:00:00.123 UTC [123] u@d ", "123" },
		{ "2026-11-21 20:00:00 UTC [123]: [4-1] user=u,db=d ", "123" },
		{ "2026-11-21 20:00:00 UTC:10.0.0.1(5432):u@d:[123]:", "123" },
		{ "[local] [123] ", "123" },
		{ "[6740a1b2.4c3] ", "6740a1b2.4c3" },
		{ "user=u,pid=123,n=[4-1] ", "123" },
		{ "2026-11-21 20:00:00 UTC-6740a1b2.4c3-", "6740a1b2.4c3" },
		{ "2026-11-21 20:00:00 UTC 6740a1b2.4c3 [4-1] ",
		    "6740a1b2.4c3" },
		{ "2026-11-21 20:00:00 UTC 123 u@d ", "123" },
		{ "2026-11-21 20:00:00 UTC process 123 ", "123" },
		{ "2026-11-21 20:00:00 UTC 123 456 ", "" },
		{ "1371013443.123 u@d ", "" },
		{ "< 2026-11-21 20:00:00.123 UTC >", "" },
		{ "[", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice session = pgline_session(
		    slice_str(cases[i].prefix));

		if (!CHECK_SLICE(session, cases[i].session))
			printf("#   in '%s'\n", cases[i].prefix);
	}
}

static void
syslog_heads(void)
{
	check(PGFORM_SYSLOG,
	    "Nov 21 20:00:00 db1 postgres[12]: [5-1] LOG:  a\n"
	    "<134>Nov 21 20:01:00 db1 postgres[13]: [5-1] LOG:  b\n"
	    "2026-11-21T20:02:00.123+00:00 db1 postgres[14]: [5-1] LOG:  c\n"
	    "<134>1 2026-11-21T20:03:00Z db1 postgres 15 - - [5-1] LOG:  d\n"
	    "2026-11-21T20:04:00+00:00 app[postgres.16]: [GREEN] [5-1]  s = 0 "
	    "LOG:  e\n"
	    "2026-11-21T20:05:00+00:00 d.1-2 app[postgres.17] [AQUA] [5-1]  "
	    "LOG:  f\n"
	    "Nov 21 20:06:00 db1 postgres[18]: 2026-11-21 20:06:59 UTC [18] "
	    "LOG:  g\n"
	    "Nov 21 20:07:00 db1 sshd[19]: Accepted publickey\n"
	    "2026-11-21 20:08:00 UTC [20] LOG:  of stderr\n",
	    "session=12|host=db1|11-21 20:00|severity=LOG|text=a|\n"
	    "session=13|host=db1|11-21 20:01|severity=LOG|text=b|\n"
	    "session=14|host=db1|11-21 20:02|severity=LOG|text=c|\n"
	    "session=15|host=db1|11-21 20:03|severity=LOG|text=d|\n"
	    "session=16|11-21 20:04|severity=LOG|text=e|\n"
	    "session=17|host=d.1-2|11-21 20:05|severity=LOG|text=f|\n"
	    "session=18|host=db1|11-21 20:06|severity=LOG|text=g|\n");
}

static void
syslog_chunks(void)
{
	check(PGFORM_SYSLOG,
	    "Nov 21 20:00:00 a postgres[1]: [5-1] ERROR:  no\n"
	    "Nov 21 20:00:00 a postgres[2]: [9-1] LOG:  statement: SELECT\n"
	    "Nov 21 20:00:00 b postgres[1]: [5-1] LOG:  other host\n"
	    "Nov 21 20:00:00 a postgres[1]: [5-2] DETAIL:  of\n"
	    "Nov 21 20:00:00 a postgres[2]: [9-2] #011a, 'b#012c',\n"
	    "Nov 21 20:00:00 a postgres[1]: [5-3] #011two\n"
	    "Nov 21 20:00:00 a postgres[2]: [9-3] \td#0#09\n"
	    "Nov 21 20:00:00 a postgres[1]: [5-4] HINT:  h\n"
	    "Nov 21 20:00:00 a postgres[1]: [5-5] STATEMENT:  SELECT\n"
	    "Nov 21 20:00:00 a postgres[1]: [5-6]  2\n",
	    "session=1|host=b|11-21 20:00|severity=LOG|text=other host|\n"
	    "session=2|host=a|11-21 20:00|severity=LOG|"
	    "text=statement: SELECT\\na, 'b\\nc',\\nd#0#09|\n"
	    "session=1|host=a|11-21 20:00|severity=ERROR|text=no|"
	    "detail=of\\ntwo|statement=SELECT\\n 2|\n");
}

/* A full chunk was cut inside a line, at a blank or in the middle of a word. */
static void
syslog_long_lines(void)
{
	struct buf log = { 0 };
	struct buf told = { 0 };
	struct slice want;

	buf_add_str(&log, "Nov 21 20:00:00 a postgres[1]: [5-1] LOG:  ");
	for (int i = 0; i < 500; i++)
		buf_add_char(&log, 'x');
	buf_add_str(&log, "\nNov 21 20:00:00 a postgres[1]: [5-2] yy");
	for (int i = 0; i < 500; i++)
		buf_add_char(&log, 'y');
	buf_add_str(&log, "\nNov 21 20:00:00 a postgres[1]: [5-3]  zz\n");
	buf_add_str(&log, "Nov 21 20:00:00 a postgres[1]: [5-4]  after\n");
	cut(&told, PGFORM_SYSLOG, buf_slice(&log), false, 10000);
	want = slice_make(slice_find(buf_slice(&told), "xyy"), 3);
	CHECK(want.ptr != NULL);
	CHECK(slice_ends(buf_slice(&told), "yy zz\\n after|\n"));
	buf_release(&log);
	buf_release(&told);
}

static void
syslog_lost(void)
{
	check(PGFORM_SYSLOG,
	    "Nov 21 20:00:00 a postgres[1]: [5-2] #011the rest\n"
	    "Nov 21 20:00:00 a postgres[1]: [6-1] LOG:  b\n"
	    "Nov 21 20:00:00 a postgres[1]: [7-2] DETAIL:  of another\n",
	    "the rest of a message whose beginning is not there: Nov 21 "
	    "20:00:00 a postgres[1]: [5-2] #011the rest\n"
	    "the rest of a message whose beginning is not there: Nov 21 "
	    "20:00:00 a postgres[1]: [7-2] DETAIL:  of another\n"
	    "session=1|host=a|11-21 20:00|severity=LOG|text=b|\n");
}

static void
syslog_unnumbered(void)
{
	check(PGFORM_SYSLOG,
	    "Nov 21 20:00:00 a postgres[1]: [1] LOG:  statement: SELECT\n"
	    "Nov 21 20:00:00 a postgres[1]: [2] \t2\n"
	    "Nov 21 20:00:00 a postgres[2]: [2] LOG:  of log_line_prefix\n"
	    "Nov 21 20:00:00 a postgres[3]: ERROR:  journal\n"
	    "Nov 21 20:00:00 a postgres[3]: STATEMENT:  SELECT\n"
	    "Nov 21 20:00:00 a postgres[3]: #0113\n",
	    "session=1|host=a|11-21 20:00|severity=LOG|"
	    "text=statement: SELECT\\n2|\n"
	    "session=2|host=a|11-21 20:00|severity=LOG|"
	    "text=of log_line_prefix|\n"
	    "session=3|host=a|11-21 20:00|severity=ERROR|text=journal|"
	    "statement=SELECT\\n3|\n");
}

static void
syslog_many(void)
{
	struct buf log = { 0 };
	struct buf told = { 0 };
	size_t count = 0;

	for (int i = 1; i <= 200; i++)
		buf_add_format(&log,
		    "Nov 21 20:00:00 a postgres[%d]: [5-1] "
		    "LOG:  a\n",
		    i);
	buf_add_str(&log, "Nov 21 20:00:00 a postgres[200]: [5-2] \tb\n");
	cut(&told, PGFORM_SYSLOG, buf_slice(&log), false, 1000);
	for (size_t i = 0; i < told.len; i++)
		count += told.ptr[i] == '\n';
	CHECK_INT(count, 200);
	CHECK(slice_starts(buf_slice(&told), "session=1|host=a|"));
	CHECK(slice_ends(buf_slice(&told), "|severity=LOG|text=a\\nb|\n"));
	buf_release(&log);
	buf_release(&told);
}

/* Adds a row up to its severity, and the rest as given. */
static void
add_row(struct buf *log, const char *process, const char *severity,
    const char *rest)
{
	buf_add_format(log,
	    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",%s,\"[local]\",6740.1,1,"
	    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,%s,00000,%s",
	    process, severity, rest);
}

static void
check_csv(struct buf *log, struct buf *expected)
{
	buf_add_char(log, '\0');
	buf_add_char(expected, '\0');
	check(PGFORM_CSVLOG, log->ptr, expected->ptr);
	buf_release(log);
	buf_release(expected);
}

static void
csv_rows(void)
{
	struct buf log = { 0 };
	struct buf expected = { 0 };

	add_row(&log, "12", "LOG",
	    "\"statement: SELECT \"\"a\"\",\n"
	    "\tb\n"
	    "\n"
	    "FROM c\",,,,,,,,,\"\",\"client backend\",,0\n");
	add_row(&log, "13", "ERROR",
	    "\"bad\",\"detail\",\"hint\",,,\"context\",\"SELECT\n"
	    "1\",8,,\"\"\n");
	buf_add_str(&expected,
	    "session=12|11-21 20:00|severity=LOG|"
	    "text=statement: SELECT \"a\",\\n\\tb\\n\\nFROM c|\n"
	    "session=13|11-21 20:00|severity=ERROR|text=bad|detail=detail|"
	    "statement=SELECT\\n1|\n");
	check_csv(&log, &expected);
}

static void
csv_damaged(void)
{
	struct buf log = { 0 };
	struct buf expected = { 0 };

	add_row(&log, "12", "LOG", "\"cut in the mid\n");
	add_row(&log, "13", "LOG", "\"a\",,,,,,,,,\"\"\n");
	buf_add_str(&log, "2026-11-21 20:00:00 UTC,\"u\",1\n");
	add_row(&log, "14", "LOG", "\"b\" and more\nof that\n");
	add_row(&log, "15", "LOG", "\"c\",,,,,,,,,\"\"\n");
	add_row(&log, "16", "LOG", "\"never ends\n");

	buf_add_str(&expected, "a damaged row: ");
	add_row(&expected, "12", "LOG", "\"cut in the mid\n");
	buf_add_str(&expected,
	    "session=13|11-21 20:00|severity=LOG|text=a|\n"
	    "no row of a csvlog: 2026-11-21 20:00:00 UTC,\"u\",1\n"
	    "a damaged row: ");
	add_row(&expected, "14", "LOG", "\"b\" and more\n");
	buf_add_str(&expected,
	    "session=15|11-21 20:00|severity=LOG|text=c|\n"
	    "a damaged row: ");
	add_row(&expected, "16", "LOG", "\"never ends\n");
	check_csv(&log, &expected);
}

/* Blanks of the kind that Windows' editors leave; a row that turns out to have
 * them is read from its beginning. */
static void
csv_returns(void)
{
	struct buf log = { 0 };
	struct buf expected = { 0 };

	add_row(&log, "12", "LOG\r", "\"a\",,,,,,,,,\"\"\n");
	add_row(&log, "13", "LOG", "\"say \"\"b\nc\"\r,\rd,,,,,,,,\"\"\n");
	add_row(&log, "14", "LOG", "\"e\",,,,,,,,,\"\"\n");
	buf_add_str(&expected,
	    "session=12|11-21 20:00|severity=LOG|text=a|\n"
	    "session=13|11-21 20:00|severity=LOG|text=say \"b\\nc|detail=d|\n"
	    "session=14|11-21 20:00|severity=LOG|text=e|\n");
	check_csv(&log, &expected);
}

static void
csv_long(void)
{
	struct buf log = { 0 };
	struct buf told = { 0 };

	add_row(&log, "12", "LOG", "\"a\n");
	for (int i = 0; i < 200; i++)
		buf_add_str(&log, "long line\n");
	buf_add_str(&log, "\",,,,,,,,,\"\"\n");
	add_row(&log, "13", "LOG", "\"b\",,,,,,,,,\"\"\n");
	cut(&told, PGFORM_CSVLOG, buf_slice(&log), false, 1000);
	CHECK(slice_starts(buf_slice(&told), "a row that is too long: 2026"));
	CHECK(slice_ends(buf_slice(&told),
	    "\nsession=13|11-21 20:00|severity=LOG|text=b|\n"));
	buf_release(&log);
	buf_release(&told);
}

static void
json_lines(void)
{
	check(PGFORM_JSONLOG,
	    "{\"timestamp\":\"2026-11-21 20:00:00.123 CET\",\"pid\":12,"
	    "\"ps\":\"SELECT\",\"error_severity\":\"ERROR\","
	    "\"message\":\"bad \\\"x\\\"\",\"detail\":\"d\","
	    "\"statement\":\"SELECT\\n\\t1\"}\n"
	    "{\"level\":\"info\",\"ts\":\"x\",\"logger\":\"postgres\","
	    "\"msg\":\"record\",\"logging_pod\":\"pod-1\",\"record\":{"
	    "\"log_time\":\"2026-11-21 20:01:00.123 UTC\","
	    "\"process_id\":\"13\",\"error_severity\":\"LOG\","
	    "\"message\":\"statement: SELECT 2\",\"query\":\"q\"}}\n"
	    "{\"level\":\"info\",\"msg\":\"somebody else's\"}\n"
	    "not JSON\n"
	    "{\"timestamp\":\"2026-11-21 20:02:00 UTC\",\"pid\":14,\"mess\n",
	    "session=12|11-21 20:00|severity=ERROR|text=bad \"x\"|detail=d|"
	    "statement=SELECT\\n\\t1|\n"
	    "session=13|host=pod-1|11-21 20:01|severity=LOG|"
	    "text=statement: SELECT 2|statement=q|\n"
	    "JSON that breaks off: {\"timestamp\":\"2026-11-21 20:02:00 UTC\","
	    "\"pid\":14,\"mess\n");
}

static const struct tap_test tests[] = {
	{ "stderr: a message is its parts with their lines", stderr_parts },
	{ "stderr: parts whose message is not there stand alone", stderr_lost },
	{ "stderr: lines that lost their TAB go on, dated ones do not",
	    stderr_no_tab },
	{ "stderr: the first known word with two blanks counts", stderr_words },
	{ "a message without a stamp has the one before it", carries_stamp },
	{ "a message that is too long is given up on, the next is read",
	    too_long },
	{ "any usual log_line_prefix tells the session", sessions },
	{ "syslog: heads of all sorts are understood", syslog_heads },
	{ "syslog: chunks of several sessions are told apart", syslog_chunks },
	{ "syslog: lines that were cut are put together", syslog_long_lines },
	{ "syslog: a rest without its beginning is malformed", syslog_lost },
	{ "syslog: chunks without sequence numbers, or no chunks",
	    syslog_unnumbered },
	{ "syslog: of many sessions the oldest are given first", syslog_many },
	{ "csvlog: fields hold quotes and line ends", csv_rows },
	{ "csvlog: a damaged row costs no other", csv_damaged },
	{ "csvlog: a CR beside a field is no part of it", csv_returns },
	{ "csvlog: a row that is too long is given up on", csv_long },
	{ "jsonlog: of PostgreSQL and of CloudNativePG", json_lines },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
