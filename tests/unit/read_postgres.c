/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "readcheck.h"

static const char preset_stderr[] = "reader = postgres\n";
static const char preset_csv[] = "reader = postgres\nform = csvlog\n";
static const char preset_json[] = "reader = postgres\nform = jsonlog\n";
static const char preset_syslog[] = "reader = postgres\nform = syslog\n";

#define AT " @2026-11-21 20:00:00 +0000"

static void
statements(void)
{
	readcheck(preset_stderr,
	    "[12] LOG:  statement: SELECT * FROM a /*x.py:1*/\n"
	    "[12] LOG:  execute S_1: INSERT INTO b\n"
	    "\tVALUES ($1) /*x.py:2*/\n"
	    "[12] DETAIL:  parameters: $1 = '/*x.py:9*/'\n"
	    "[12] LOG:  duration: 1.500 ms  statement: DELETE FROM c"
	    " /*x.py:3*/\n"
	    "[12] LOG:  duration: 0.25 ms  execute <unnamed>: SELECT * FROM d"
	    " /*x.py:4*/\n"
	    "[12] LOG:  execute fetch from <unnamed>/C_1: SELECT * FROM d"
	    " /*x.py:4*/\n"
	    "[12] LOG:  duration: 9 ms  parse <unnamed>: SELECT 1 /*x.py:5*/\n"
	    "[12] LOG:  duration: 9 ms  bind S_1/C_1: SELECT 1 /*x.py:5*/\n"
	    "[12] LOG:  statement: SELECT 2\n"
	    "[12] LOG:  checkpoint starting: time\n",
	    "duration: 0\n"
	    "x.py:1 -- a.select\n"
	    "duration: 0\n"
	    "x.py:2 -- b.insert\n"
	    "duration: 1.5\n"
	    "x.py:3 -- c.delete\n"
	    "duration: 0.25\n"
	    "x.py:4 -- d.select\n"
	    "repeat\n"
	    "repeat\n"
	    "repeat\n"
	    "duration: 0\n"
	    "no caller: [12] LOG:  statement: SELECT 2\n");
}

static void
plans(void)
{
	readcheck(preset_stderr,
	    "[12] LOG:  duration: 1.5 ms  plan:\n"
	    "\tQuery Text: SELECT *\n"
	    "\tFROM a /*x.py:1*/\n"
	    "\tSeq Scan on a  (cost=0.00..1.01 rows=1 width=4)\n"
	    "\t  Filter: (b /*x.py:9*/ > 1)\n"
	    "[12] LOG:  duration: 2.5 ms  plan:\n"
	    "\tQuery Text: SELECT * FROM b -- File: /x.py (2) f\n"
	    "\tQuery Parameters: $1 = '1'\n"
	    "\tSeq Scan on b  (cost=0.00..1.01 rows=1 width=4)\n"
	    "[12] LOG:  duration: 3.5 ms  plan:\n"
	    "\t{\n"
	    "\t  \"Query Text\": \"SELECT *\\nFROM \\\"c\\\" /*x.py:3*/\",\n"
	    "\t  \"Plan\": {\n"
	    "\t  }\n"
	    "\t}\n"
	    "[12] LOG:  duration: 4.5 ms  plan:\n"
	    "\tQuery Text: \"SELECT * FROM \\\"d\\\" /*x.py:4*/\"\n"
	    "\tPlan: \n"
	    "[12] LOG:  duration: 5.5 ms  plan:\n"
	    "\t<explain xmlns=\"x\">\n",
	    "duration: 1.5\n"
	    "x.py:1 -- a.select\n"
	    "duration: 2.5\n"
	    "/x.py:2 in f -- b.select\n"
	    "duration: 3.5\n"
	    "x.py:3 -- c.select\n"
	    "malformed: a plan without its query\n"
	    "duration: 4.5\n"
	    "x.py:4 -- d.select\n");
}

static void
prepared(void)
{
	readcheck(preset_stderr,
	    "[12] LOG:  statement: PREPARE p (int) AS DELETE FROM a"
	    " /*x.py:1*/;\n"
	    "[12] LOG:  statement: EXECUTE p(1);\n"
	    "[12] DETAIL:  prepare: PREPARE p (int) AS DELETE FROM a"
	    " /*x.py:1*/;\n"
	    "[12] LOG:  duration: 0.1 ms  plan:\n"
	    "\tQuery Text: PREPARE p (int) AS DELETE FROM a /*x.py:1*/;\n"
	    "\tDelete on a  (cost=0.00..1.01 rows=1 width=4)\n"
	    "[12] LOG:  statement: PREPARE TRANSACTION 'x' /*x.py:2*/;\n",
	    "repeat\n"
	    "duration: 0\n"
	    "x.py:1 -- a.delete\n"
	    "repeat\n"
	    "duration: 0\n"
	    "x.py:2 -- transaction.prepare\n");
}

/* The numbers of entries and repeats that a log of stderr gives. */
static void
check_counts(const char *log, int entries, int repeats)
{
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_stderr), &err);
	struct buf told = { 0 };
	struct slice rest;
	struct slice line;

	if (!CHECK(preset != NULL))
		return;
	reading_add(&told, preset, NULL, &reading_options, slice_str(log));
	rest = buf_slice(&told);
	while (slice_cut(&rest, '\n', &line)) {
		entries -= slice_starts(line, "x.py:");
		repeats -= slice_is(line, "repeat");
	}
	if (!CHECK_INT(entries, 0) || !CHECK_INT(repeats, 0))
		printf("#   too few (or with '-' too many) in\n%s", log);
	buf_release(&told);
	preset_free(preset);
}

#define X "SELECT * FROM a /*x.py:1*/"
#define XX "SELECT * FROM a; SELECT * FROM b /*x.py:1*/"
#define Y "SELECT * FROM b /*x.py:2*/"
#define STARTED(sql) "[12] LOG:  statement: " sql "\n"
#define TIMED(sql) "[12] LOG:  duration: 1 ms  statement: " sql "\n"
#define ENDED "[12] LOG:  duration: 1 ms\n"
#define PLAN(sql)                                              \
	"[12] LOG:  duration: 1 ms  plan:\n\tQuery Text: " sql \
	"\n\tResult  (cost=0.00..0.01 rows=1 width=0)\n"
#define FAILED(sql)         \
	"[12] ERROR:  no\n" \
	"[12] STATEMENT:  " sql "\n"
#define WAITING(sql)         \
	"[12] LOG:  waits\n" \
	"[12] STATEMENT:  " sql "\n"
#define ACQUIRED(sql)           \
	"[12] LOG:  acquired\n" \
	"[12] STATEMENT:  " sql "\n"

static void
mentions(void)
{
	check_counts(STARTED(X) WAITING(X) ACQUIRED(X) ENDED, 1, 2);
	check_counts(WAITING(X) ACQUIRED(X) TIMED(X), 1, 2);
	check_counts(WAITING(X) ACQUIRED(X), 1, 1);
	check_counts(WAITING(X) FAILED(X), 1, 1);
	check_counts(WAITING(X) ACQUIRED(X) PLAN(X), 1, 2);
	check_counts(WAITING(X) ACQUIRED(X) PLAN(X) TIMED(X), 1, 3);
	check_counts(TIMED(X) WAITING(X) TIMED(X), 2, 1);
	check_counts(TIMED(X) WAITING(X) TIMED(Y), 3, 0);
	check_counts(PLAN(X) WAITING(X) PLAN(X), 2, 1);
	check_counts(PLAN(X) WAITING(X), 2, 0);
}

static void
failures(void)
{
	check_counts(STARTED(X) FAILED(X), 1, 1);
	check_counts(FAILED(X) FAILED(X), 2, 0);
	check_counts(TIMED(X) FAILED(X), 2, 0);
	check_counts(PLAN(X) FAILED(X), 2, 0);
	check_counts(FAILED(X) PLAN(X), 2, 0);
	check_counts(STARTED(X) ENDED FAILED(X), 2, 0);
	check_counts(STARTED(X) STARTED(X) FAILED(X) STARTED(Y) FAILED(Y), 3,
	    2);
	check_counts(PLAN(XX) FAILED(XX), 1, 1);
	check_counts(STARTED("SELECT  *\n\tFROM a /*x.py:1*/") FAILED(X), 1, 1);
}

/* Queries of the extended protocol have their plan behind their duration,
 * within a transaction even behind the next one's start. */
static void
plans_and_others(void)
{
	check_counts(PLAN(X) TIMED(X) PLAN(X) TIMED(X), 2, 2);
	check_counts(TIMED(X) PLAN(X) TIMED(X) PLAN(X), 2, 2);
	check_counts(STARTED(X) ENDED STARTED(Y) PLAN(X) ENDED PLAN(Y), 2, 2);
	check_counts(PLAN(X) PLAN(X) PLAN(Y) PLAN(X), 4, 0);
	check_counts(PLAN(X "\n\tQuery Parameters: $1 = 'a'") TIMED(X), 1, 1);
	check_counts(STARTED(X) PLAN(X) ENDED STARTED(X) PLAN(X) ENDED, 2, 2);
	check_counts(STARTED(XX) PLAN(XX) PLAN(XX) ENDED, 1, 2);
	check_counts(PLAN(XX) PLAN(XX) TIMED(XX), 1, 2);
	check_counts(TIMED(XX ";;") PLAN(XX ";;") PLAN(XX ";;") PLAN(XX ";;"),
	    2, 2);
}

/* Only the slow ones are logged with their duration, but all plans. */
static void
thresholds(void)
{
	check_counts(PLAN(X) PLAN(X) PLAN(X) TIMED(X) PLAN(X), 4, 1);
	check_counts(TIMED(X) PLAN(X) PLAN(X) PLAN(X) TIMED(X) PLAN(X), 4, 2);
	check_counts(TIMED(X) TIMED(X) PLAN(X) TIMED(X), 3, 1);
}

static void
cursors(void)
{
	check_counts(STARTED("DECLARE c CURSOR FOR " X) STARTED("FETCH c")
			 STARTED("FETCH c") STARTED("CLOSE c")
			     PLAN("DECLARE c CURSOR FOR " X),
	    1, 1);
}

static void
stamps(void)
{
	readcheck(preset_stderr,
	    "2026-11-21 20:00:00 UTC [12] LOG:  duration: 1 ms  plan:\n"
	    "\tQuery Text: " X "\n"
	    "2026-11-22 20:00:00 UTC [12] LOG:  duration: 2 ms  plan:\n"
	    "\tQuery Text: " X "\n",
	    "duration: 1\n"
	    "x.py:1 -- a.select @2026-11-21 20:00:00 +0000\n"
	    "duration: 2\n"
	    "x.py:1 -- a.select @2026-11-22 20:00:00 +0000\n");
}

static void
sessions(void)
{
	readcheck(preset_stderr,
	    "[1] LOG:  duration: 1 ms  plan:\n"
	    "\tQuery Text: " X "\n"
	    "[2] LOG:  duration: 2 ms  statement: " X "\n"
	    "[1] LOG:  duration: 3 ms  statement: " X "\n"
	    "[3] LOG:  statement: " X "\n"
	    "[1] ERROR:  no\n"
	    "[1] STATEMENT:  " X "\n"
	    "[3] ERROR:  no\n"
	    "[3] STATEMENT:  " X "\n",
	    "duration: 2\nx.py:1 -- a.select\n"
	    "repeat\nduration: 3\nx.py:1 -- a.select\n"
	    "duration: 0\nx.py:1 -- a.select\n"
	    "x.py:1 -- a.select\n"
	    "repeat\n");
}

/* What a server writes of one statement under some settings. */
struct server {
	const char *log_statement; /* none, mod, all */
	bool times;                /* log_min_duration_statement = 0 */
	bool explains;             /* auto_explain.log_min_duration = 0 */
	bool extended;             /* the protocol */
	struct buf log;
};

struct query {
	const char *sql;
	bool writes;
	bool fails;
};

static void
add_plan(struct server *server, const char *sql)
{
	buf_add_format(&server->log,
	    "[12] LOG:  duration: 1 ms  plan:\n"
	    "\tQuery Text: %s\n\tResult  (cost=0.00..0.01 rows=1 width=0)\n",
	    sql);
}

static bool
is_logged_first(const struct server *server, const struct query *query)
{
	return strcmp(server->log_statement, "all") == 0 ||
	    (strcmp(server->log_statement, "mod") == 0 && query->writes);
}

static void
add_query(struct server *server, const struct query *query)
{
	struct buf *log = &server->log;
	const char *verb = server->extended ? "execute <unnamed>" : "statement";
	bool first = is_logged_first(server, query);

	if (server->extended && server->times) {
		buf_add_format(log,
		    "[12] LOG:  duration: 1 ms  parse <unnamed>: "
		    "%s\n",
		    query->sql);
		buf_add_format(log,
		    "[12] LOG:  duration: 1 ms  bind <unnamed>: "
		    "%s\n",
		    query->sql);
	}
	if (first)
		buf_add_format(log, "[12] LOG:  %s: %s\n", verb, query->sql);
	if (query->fails) {
		buf_add_format(log,
		    "[12] ERROR:  no\n"
		    "[12] STATEMENT:  %s\n",
		    query->sql);
		return;
	}
	/* the executor of a query lives on in its portal */
	if (server->explains && (!server->extended || query->writes))
		add_plan(server, query->sql);
	if (server->times && first)
		buf_add_str(log, "[12] LOG:  duration: 1 ms\n");
	else if (server->times)
		buf_add_format(log, "[12] LOG:  duration: 1 ms  %s: %s\n", verb,
		    query->sql);
	if (server->explains && server->extended && !query->writes)
		add_plan(server, query->sql);
}

/* Sends statements, each several times in a row and mixed, and counts. */
static void
check_server(struct server *server)
{
	static const struct query queries[] = {
		{ X, false, false },
		{ X, false, false },
		{ Y, false, false },
		{ X, false, false },
		{ X, false, true },
		{ X, false, true },
		{ X, false, false },
		{ Y, false, true },
		{ Y, false, false },
		{ "INSERT INTO a VALUES (1) /*x.py:3*/", true, false },
		{ "INSERT INTO a VALUES (1) /*x.py:3*/", true, false },
		{ "INSERT INTO a VALUES (1) /*x.py:3*/", true, true },
		{ "INSERT INTO a VALUES (1) /*x.py:3*/", true, false },
		{ X, false, true },
		{ X, false, false },
	};
	int entries = 0;
	int lines = 0;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		const struct query *query = &queries[i];

		add_query(server, query);
		entries += query->fails || server->times || server->explains ||
		    is_logged_first(server, query);
	}
	/* all that shows a text is an entry or a repeat */
	for (size_t i = 0; i < server->log.len; i++)
		lines += server->log.ptr[i] == '*' &&
		    server->log.ptr[i + 1] == '/';
	buf_add_char(&server->log, '\0');
	check_counts(server->log.ptr, entries, lines - entries);
	buf_release(&server->log);
}

static void
every_setting(void)
{
	static const char *const log_statement[] = { "none", "mod", "all" };

	for (unsigned i = 0; i < 3 * 8; i++) {
		struct server server = {
			.log_statement = log_statement[i / 8],
			.times = i & 1,
			.explains = i & 2,
			.extended = i & 4,
		};

		check_server(&server);
	}
}

static void
many_sessions(void)
{
	struct buf log = { 0 };
	size_t count = 0;
	struct buf told = { 0 };
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_stderr), &err);

	if (!CHECK(preset != NULL))
		return;
	for (int i = 1; i <= 120000; i++)
		buf_add_format(&log,
		    "[%d] LOG:  duration: 1 ms  plan:\n"
		    "\tQuery Text: " X "\n",
		    i);
	/* two that are remembered, and one that was forgotten */
	buf_add_str(&log, "[60000] LOG:  duration: 1 ms  statement: " X "\n");
	buf_add_str(&log, "[119999] LOG:  duration: 1 ms  statement: " X "\n");
	buf_add_str(&log, "[1] LOG:  duration: 1 ms  statement: " X "\n");
	reading_add(&told, preset, NULL, &reading_options, buf_slice(&log));
	for (size_t i = 0; i < told.len; i++)
		count += told.ptr[i] == 'x';
	CHECK_INT(count, 120001);
	buf_release(&log);
	buf_release(&told);
	preset_free(preset);
}

static void
other_forms(void)
{
	readcheck(preset_csv,
	    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
	    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,LOG,00000,"
	    "\"duration: 2 ms  statement: SELECT *\nFROM \"\"a\"\" /*x.py:1*/"
	    "\",,,,,,,,,\"\",\"client backend\",,0\n"
	    "2026-11-21 20:00:00.123 UTC,\"u\",\"d\",12,\"[local]\",6740.1,1,"
	    "\"SELECT\",2026-11-21 19:00:00 UTC,3/4,0,ERROR,22012,\"no\",,,,,,"
	    "\"SELECT *\nFROM \"\"a\"\" /*x.py:1*/\",,,\"\"\n",
	    "duration: 2\n"
	    "x.py:1 -- a.select" AT "\n"
	    "x.py:1 -- a.select" AT "\n");
	readcheck(preset_json,
	    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":12,"
	    "\"error_severity\":\"LOG\",\"message\":\"statement: SELECT *\\n"
	    "FROM \\\"a\\\" /*x.py:1*/\"}\n"
	    "{\"timestamp\":\"2026-11-21 20:00:00.123 UTC\",\"pid\":12,"
	    "\"error_severity\":\"ERROR\",\"message\":\"no\",\"statement\":"
	    "\"SELECT *\\nFROM \\\"a\\\" /*x.py:1*/\"}\n",
	    "duration: 0\n"
	    "x.py:1 -- a.select" AT "\n"
	    "repeat\n");
	readcheck(preset_syslog,
	    "Nov 21 20:00:00 db1 postgres[12]: [5-1] LOG:  statement: SELECT\n"
	    "Nov 21 20:00:00 db1 postgres[12]: [5-2] #011* FROM a\n"
	    "Nov 21 20:00:00 db1 postgres[12]: [5-3] #011/*x.py:1*/\n",
	    "duration: 0\nx.py:1 -- a.select @11-21 20:00:00 on db1\n");
}

static void
bad_form(void)
{
	const char text[] = "reader = postgres\nform = eventlog\n";
	struct err err = { "" };

	CHECK(preset_new("test", "test", slice_str(text), &err) == NULL);
	CHECK(strstr(err.text,
		  "form 'eventlog' is none of stderr, syslog, "
		  "csvlog, jsonlog") != NULL);
}

static const struct tap_test tests[] = {
	{ "a statement or an execute is an entry, a step of one is none",
	    statements },
	{ "a plan alone is an entry, in text, JSON and YAML", plans },
	{ "PREPARE counts when it is executed", prepared },
	{ "a statement counts once under every setting of a server",
	    every_setting },
	{ "what is logged while a statement runs is no other one", mentions },
	{ "a failed statement counts once", failures },
	{ "a plan goes with its statement, before or behind it",
	    plans_and_others },
	{ "plans of what was too fast for its duration to be logged count",
	    thresholds },
	{ "a cursor counts once, though its plan comes late", cursors },
	{ "plans keep their own time while they are held", stamps },
	{ "sessions are told apart", sessions },
	{ "of very many sessions the oldest are forgotten", many_sessions },
	{ "csvlog, jsonlog and syslog are read alike", other_forms },
	{ "an unknown form is refused", bad_form },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
