/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "reading.h"
#include "tap.h"

static struct presets presets;

static void
check_reading(const struct preset *preset, const struct reader_options *options,
    const char *text, const char *expected)
{
	struct buf told = { 0 };

	reading_add(&told, preset, NULL, options, slice_str(text));
	CHECK_SLICE(told, expected);
	buf_release(&told);
}

/* What a preset of this text tells of a log. */
static void
check_text(const char *preset_text, const char *text, const char *expected)
{
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_text), &err);

	if (!CHECK(preset != NULL)) {
		printf("# %s\n", err.text);
		return;
	}
	check_reading(preset, &reading_options, text, expected);
	preset_free(preset);
}

/* What the preset that is built in tells. */
static void
check(const char *name, const char *text, const char *expected)
{
	struct err err;
	const struct preset *preset = presets_find(&presets, name, &err);

	if (CHECK(preset != NULL))
		check_reading(preset, &reading_options, text, expected);
}

static void
check_error(const char *preset_text, const char *expected)
{
	struct err err = { "none" };
	struct preset *preset = preset_new("test", "-x", slice_str(preset_text),
	    &err);

	CHECK(preset == NULL);
	CHECK_STR(err.text, expected);
	preset_free(preset);
}

static void
groups(void)
{
	check_text("reader = regex\n"
		   "pattern = ^(?<time>\\S+) (?<host>[^\\s@]+)@"
		   "(?<revision>\\w+) (?<count>\\d+)x "
		   "(?<file>[^:]+):(?<line>\\d+):(?<function>\\w+) "
		   "(?<kind>\\w+)/(?<verb>\\w+)$\n",
	    "2013-06-12T05:04:03Z web1@r9 17x a/b.py:12:save User/PUT\n",
	    "a/b.py:12 in save -- User.put *17 of r9 @2013-06-12 05:04:03 "
	    "+0000 on web1\n");
	check_text("reader = regex\n"
		   "pattern = (?<file>\\w+):(?<line>\\d+) (?<operation>.+)\n",
	    "x:1 User.PUT\n", "x:1 -- User.PUT\n");
	check_text("reader = regex\n"
		   "pattern = (?<file>\\w+):(?<line>\\d+)\n",
	    "x:1", "x:1\n");
}

static void
caller_group(void)
{
	check_text("reader = regex\n"
		   "pattern = at=(?<caller>.*) op=(?<operation>\\S*)\n",
	    "at=app/x.rb:12:in `save' op=users.insert\n"
	    "at=nowhere op=users.insert\n",
	    "app/x.rb:12 in save -- users.insert\n"
	    "no caller: at=nowhere op=users.insert\n");
}

static void
no_caller_wanted(void)
{
	check_text("reader = regex\npattern = op=(?<operation>\\S+)\n",
	    "op=users.insert\nnothing\n", ": -- users.insert\n");
}

static void
first_pattern(void)
{
	check_text("reader = regex\n"
		   "pattern = A (?<file>\\w+)\n"
		   "pattern = (?<file>\\w+) (?<line>\\d+)\n"
		   "operation = a.b\n",
	    "A x 7\nB 7\n", "x: -- a.b\nB:7 -- a.b\n");
}

static void
verbs(void)
{
	check_text("reader = regex\n"
		   "pattern = (?<file>\\w+) (?<verb>\\w+)\n"
		   "kind = log\nmap = err x\nmap = I info\n"
		   "map = w warning\n",
	    "x I\nx W\nx E\nx Error\nx in\n",
	    "x: -- log.info\nx: -- log.warning\nx: -- log.e\n"
	    "x: -- log.error\n"
	    "x: -- log.in\n");
}

static void
stamps(void)
{
	static const char text[] = "x:1\n"
				   "at 2013-06-12 05:04:03 begin\n"
				   "x:2\n"
				   "05:06:07 x:3\n"
				   "Jun 13 00:00:01 x:4\n";

	check_text("reader = regex\n"
		   "pattern = (?<file>x):(?<line>\\d+)\n",
	    text,
	    "x:1\nx:2 @2013-06-12 05:04:03\nx:3 @2013-06-12 05:06:07\n"
	    "x:4 @06-13 00:00:01\n");
	check_text("reader = regex\nstamp = none\n"
		   "pattern = (?<file>x):(?<line>\\d+)\n",
	    text, "x:1\nx:2\nx:3\nx:4\n");
	check_text("reader = regex\nstamp = none\n"
		   "pattern = (?<file>x):(?<line>\\d+) (?<time>.*)\n",
	    "x:1 1371013443\nx:2 t 2013-06-13\nx:3 -\n",
	    "x:1 @2013-06-12 05:04:03 +0000\nx:2 @2013-06-13\nx:3\n");
}

static void
colours(void)
{
	check_text("reader = regex\npattern = ^(?<file>x):(?<line>\\d)\n",
	    "\033[1mx\033[0m:1\r\n", "x:1\n");
	check_text("reader = regex\nstrip = none\n"
		   "pattern = ^\\e\\[1m(?<file>x)\n",
	    "\033[1mx\033[0m:1\n", "x:\n");
}

static void
malformed(void)
{
	check_text("reader = regex\n"
		   "pattern = (?<count>.*) (?<file>\\w+) (?<line>.*)\n",
	    "18446744073709551615 x 1\n18446744073709551616 x 1\n"
	    "3,041 x 1\n3 x y\n",
	    "x:1 *18446744073709551615\n"
	    "malformed: a count beyond 2^64-1\n"
	    "malformed: the count is no number\n"
	    "malformed: the line is no number\n");
}

static void
limits(void)
{
	const struct reader_options options = { .max_line = 40,
		.match_bytes = 16,
		.match_limit = 1000 };
	static const char text[] = "reader = regex\n"
				   "pattern = ^(?<file>x)|^(a+)+b$|(?<line>!)";
	struct err err;
	struct preset *preset = preset_new("test", "test", slice_str(text),
	    &err);

	if (!CHECK(preset != NULL))
		return;
	check_reading(preset, &options,
	    "x...............\n"
	    "x................ a tail that is cut\n"
	    "................. a tail that is cut\n"
	    "................\n"
	    "aaaaaaaaaaaaaaac\n"
	    "x.......................................\n",
	    "x:\n"
	    "x:\n"
	    "given up: longer than patterns see\n"
	    "given up: pattern limit\n"
	    "x:\n");
	check_reading(preset, &options,
	    "x........................................\n",
	    "given up: too long\n");
	preset_free(preset);
}

/* How many lines a block has, from the start of text. */
static size_t
block_length(struct slice text, size_t lines)
{
	struct slice rest = text;
	struct slice line;

	while (lines > 0 && lines_next(&rest, &line))
		lines--;
	return text.len - rest.len;
}

/* Gives what is told of a text that comes in blocks of some lines each, to a
 * reader of which only lines with the literal are wanted (NULL: all). */
static void
read_blocks(struct buf *told, const struct preset *preset,
    const struct reader_options *options, const char *wanted, struct slice text,
    size_t lines)
{
	const struct reader_events events = {
		.context = told,
		.entry = reading_entry,
		.no_caller = reading_no_caller,
		.malformed = reading_malformed,
		.repeat = reading_repeat,
		.given_up = reading_given_up,
		.duration = reading_duration,
	};
	struct reader *reader = preset->reader->new (preset, options, &events);
	struct find_any any = { .count = 1 };

	if (wanted != NULL) {
		find_init(&any.items[0], slice_str(wanted));
		reader->wanted = &any;
	}
	while (text.len > 0) {
		size_t len = block_length(text, lines);

		reader_read(reader, slice_head(text, len));
		text = slice_from(text, len);
	}
	reader_end(reader);
	reader_free(reader);
}

static void
check_blocks(const char *preset_text, const char *wanted, const char *text,
    const char *expected)
{
	const struct reader_options options = { .max_line = 60,
		.match_bytes = 40,
		.match_limit = 1000 };
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_text), &err);

	if (!CHECK(preset != NULL))
		return;
	for (size_t lines = 1; lines < 12; lines++) {
		struct buf told = { 0 };

		read_blocks(&told, preset, &options, wanted, slice_str(text),
		    lines);
		CHECK_SLICE(told, expected);
		buf_release(&told);
	}
	preset_free(preset);
}

/* With a literal, " at ", and without one, the same is told. */
static void
passed_over(void)
{
	static const char text[] =
	    "2013-06-12 05:04:03 nothing\n"
	    "put at x.py:1\n"
	    "05:04:04 nothing\r\n"
	    "\n"
	    "a line that is longer than patterns see, so it says\n"
	    "05:04:05 get at x.py:2\r\n"
	    "get \033[1ma\033[0mt x.py:3\n"
	    "2013-06-13 nothing\n"
	    "a line that is even longer than lines may be, which it is told\n"
	    "put at y.py\n"
	    "put at x.py:4";
	static const char told[] = "x.py:1 -- put @2013-06-12 05:04:03\n"
				   "given up: longer than patterns see\n"
				   "x.py:2 -- get @2013-06-12 05:04:05\n"
				   "x.py:3 -- get @2013-06-12 05:04:05\n"
				   "given up: too long\n"
				   "x.py:4 -- put @2013-06-13\n";

	check_blocks("reader = regex\npattern = (?<operation>\\w+) at "
		     "(?<file>[\\w.]+):(?<line>\\d+)$\n",
	    NULL, text, told);
	check_blocks("reader = regex\npattern = (?<operation>\\w+)[ ]at[ ]"
		     "(?<file>[\\w.]+):(?<line>\\d+)$\n",
	    NULL, text, told);
	check_blocks("reader = regex\npattern = (?<operation>put) at "
		     "(?<file>[\\w.]+):(?<line>\\d+)$\n"
		     "pattern = (?<operation>get) at "
		     "(?<file>[\\w.]+):(?<line>\\d+)$\n",
	    NULL, text, told);
}

static void
only_wanted(void)
{
	static const char text[] = "2013-06-12 05:04:03 Users.get x\n"
				   "05:04:04 Users.put x\n"
				   "05:04:05 Us\033[1mers.put x\n"
				   "05:04:06 nothing\n"
				   "Users.put x\n"
				   "05:04:07 Videos.put x\n";

	check_blocks("reader = regex\n"
		     "pattern = (?<operation>\\w+.(?:put|get)) (?<file>x)\n",
	    "Users.put", text,
	    "x: -- Users.put @2013-06-12 05:04:04\n"
	    "x: -- Users.put @2013-06-12 05:04:05\n"
	    "x: -- Users.put @2013-06-12 05:04:06\n");
	check_blocks("reader = regex\n"
		     "pattern = (?<kind>\\w+).(?<verb>put) (?<file>x)\n",
	    "videos.put", text,
	    "x: -- Users.put @2013-06-12 05:04:04\n"
	    "x: -- Users.put @2013-06-12 05:04:05\n"
	    "x: -- Users.put @2013-06-12 05:04:06\n"
	    "x: -- Videos.put @2013-06-12 05:04:07\n");
}

/* Counts what it knows, and knows what it was asked for before. */
struct again {
	struct buf sources; /* each with an LF behind it */
	struct buf told;
};

static bool
count_again(void *context, struct slice source, uint64_t count,
    const struct stamp *stamp)
{
	struct again *again = context;

	if (again->sources.len > 0 &&
	    memmem(again->sources.ptr, again->sources.len, source.ptr,
		source.len) != NULL) {
		buf_add_format(&again->told, "again *%ju", (uintmax_t)count);
		reading_add_stamp(&again->told, stamp);
		buf_add_char(&again->told, '\n');
		return true;
	}
	return false;
}

static void
keep_source(void *context, const struct entry *entry)
{
	struct again *again = context;

	buf_add(&again->sources, entry->source);
	buf_add_char(&again->sources, '\n');
	reading_entry(&again->told, entry);
}

static void
tell_malformed(void *context, struct slice line, const char *reason)
{
	struct again *again = context;

	reading_malformed(&again->told, line, reason);
}

static void
told_again(void)
{
	static const char preset_text[] =
	    "reader = regex\n"
	    "pattern = ^\\S+ (?:(?<count>\\w+)x )?(?<file>\\w+)-?(?<line>\\d+)"
	    "(?: (?<operation>\\w+))?(?: of (?<revision>\\w+))?\n";
	static const char text[] = "05:04:03 2x a1 put\n"
				   "05:04:04 3x a1 put\n"
				   "05:04:05 a1\n"
				   "05:04:05 a1 put 7\n"
				   "05:04:06 bx a1 put\n"
				   "05:04:07 a-1 get\n"
				   "05:04:08 a12 get\n"
				   "05:04:09 a1-2 get\n"
				   "05:04:10 a1-2 get of r1\n"
				   "05:04:11 a1-2 get of r2\n"
				   "05:04:12 a1-2 get of r1\n";
	struct again again = { 0 };
	const struct reader_events events = { .context = &again,
		.entry = keep_source,
		.again = count_again,
		.malformed = tell_malformed };
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_text), &err);
	struct reader *reader;

	if (!CHECK(preset != NULL))
		return;
	reader = preset->reader->new (preset, &reading_options, &events);
	reader_read(reader, slice_str(text));
	CHECK_SLICE(again.told,
	    "a:1 -- put *2 @05:04:03\n"
	    "again *3 @05:04:04\n"
	    "a:1 @05:04:05\n"
	    "again *1 @05:04:05\n"
	    "malformed: the count is no number\n"
	    "a:1 -- get @05:04:07\n"
	    "a1:2 -- get @05:04:08\n"
	    "again *1 @05:04:09\n"
	    "a1:2 -- get of r1 @05:04:10\n"
	    "a1:2 -- get of r2 @05:04:11\n"
	    "again *1 @05:04:12\n");
	reader_free(reader);
	preset_free(preset);
	buf_release(&again.sources);
	buf_release(&again.told);
}

static bool
is_sync(const char *preset_text, const char *line)
{
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_text), &err);
	bool sync;

	if (!CHECK(preset != NULL))
		return false;
	sync = preset->reader->is_sync(preset, slice_str(line));
	preset_free(preset);
	return sync;
}

static void
sync_lines(void)
{
	static const char stamped[] = "reader = regex\npattern = (?<file>x)";
	static const char stampless[] = "reader = regex\nstamp = none\n"
					"pattern = (?<file>x)";

	CHECK(is_sync(stamped, "2013-06-12 05:04:03 anything"));
	CHECK(is_sync(stamped, "Jun 12 05:04:03 anything"));
	CHECK(is_sync(stamped, "\033[1m2013-06-12\033[0m 05:04:03"));
	CHECK(!is_sync(stamped, "05:04:03 x"));
	CHECK(!is_sync(stamped, "x"));
	CHECK(is_sync(stampless, "x"));
}

static void
errors(void)
{
	check_error("reader = regex\n", "-x: has no 'pattern'");
	check_error("reader = regex\npattern = a(b\n",
	    "-x: pattern 'a(b': missing closing parenthesis at byte 3");
	check_error("reader = regex\npattern = (?<fiel>x)\n",
	    "-x: pattern '(?<fiel>x)': unknown group 'fiel'; did you mean "
	    "file?");
	check_error("reader = regex\npattern = (?<zzzzzz>x)\n",
	    "-x: pattern '(?<zzzzzz>x)': unknown group 'zzzzzz'; there are "
	    "file, line, function, caller, operation, kind, verb, count, "
	    "time, host and revision");
	check_error("reader = regex\npattern = (?<line>x)\n",
	    "-x: pattern '(?<line>x)' names no group (?<file>...), caller, "
	    "operation or kind");
	check_error("reader = regex\npattern = (?<file>x)\nmap = a\n",
	    "-x: map 'a': not two words");
	check_error("reader = regex\npattern = (?<file>x)\nmap = a b c\n",
	    "-x: map 'a b c': not two words");
	check_error("reader = regex\npattern = (?<file>x)\nstrip = no\n",
	    "-x: strip is 'colour' or 'none', not 'no'");
}

/* The presets, on lines as the programs write them. */

static void
klog(void)
{
	check("klog",
	    "I0325 12:13:43.840185    1304 flags.go:33] FLAG: --v=\"2\"\n"
	    "Mar 25 12:13:44 n1 kubelet[1304]: E0325 12:13:44.1 1304 "
	    "pkg/x.go:7] no\n",
	    "flags.go:33 -- log.info @03-25 12:13:43\n"
	    "pkg/x.go:7 -- log.error @03-25 12:13:44\n");
	check("glog", "W0517 15:04:22.619751    2 x.cc:263] log_if\n",
	    "x.cc:263 -- log.warning @05-17 15:04:22\n");
}

static void
cockroach(void)
{
	check("cockroach",
	    "I191227 02:40:19.513214 1 util/log/clog.go:1196  [config] file "
	    "created\n"
	    "W210116 21:49:17.073282 14@server/node.go:464 "
	    "\342\213\256 [n?] 23\n"
	    "E210116 21:49:17.073282 14 1@(gostd) net/http/server.go:3095 "
	    "\342\213\256 [-] 24\n",
	    "util/log/clog.go:1196 -- log.info @2019-12-27 02:40:19\n"
	    "server/node.go:464 -- log.warning @2021-01-16 21:49:17\n"
	    "net/http/server.go:3095 -- log.error @2021-01-16 21:49:17\n");
}

static void
zap_console(void)
{
	check("zap-console",
	    "2025-04-24T22:09:20.856Z\terror\tinternal/queue.go:128\tNo.\n"
	    "2025-04-24T22:09:20.856Z\tINFO\tmy.logger\tx.go:1\tYes.\n"
	    "2025-04-24T22:09:20.854Z\tinfo\tMetrics\t{}\n",
	    "internal/queue.go:128 -- log.error @2025-04-24 22:09:20 +0000\n"
	    "x.go:1 -- log.info @2025-04-24 22:09:20 +0000\n");
}

static void
logback(void)
{
	check("logback",
	    "DEBUG [ScheduledTasks:1] 2024-11-16 00:00:44,327 "
	    "MigrationCoordinator.java:269 - Pulling schema\n"
	    "2024-11-16 00:00:45.1 [main] INFO  [Main.kt:7] - up\n"
	    "ERROR [main] 2024-11-16 00:00:46,000 no caller\n"
	    "\tat a.b.C.run(C.java:54) - x\n",
	    "MigrationCoordinator.java:269 -- log.debug @2024-11-16 "
	    "00:00:44\n"
	    "Main.kt:7 -- log.info @2024-11-16 00:00:45\n");
}

static void
log4j(void)
{
	check("log4j",
	    "2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:"
	    "0:0:2181:FastLeaderElection@774] - Notification time out\n"
	    "2015-07-29 19:04:12,394 - WARN  [SendWorker:188978561024:"
	    "QuorumCnxManager$SendWorker@679] - Interrupted\n"
	    "2015-07-29 19:04:12,394 - INFO  [main:QuorumPeerConfig@101] - "
	    "Reading\n",
	    "FastLeaderElection:774 -- log.info @2015-07-29 17:41:44\n"
	    "QuorumCnxManager$SendWorker:679 -- log.warn @2015-07-29 "
	    "19:04:12\n"
	    "QuorumPeerConfig:101 -- log.info @2015-07-29 19:04:12\n");
}

static void
tidb(void)
{
	check("tidb",
	    "[2024/07/02 13:50:58.487 +00:00] [INFO] [domain.go:140] "
	    "[\"diff load InfoSchema success\"]\n"
	    "[2024/07/02 13:50:58.487 +00:00] [WARN] [<unknown>] [\"x\"]\n",
	    "domain.go:140 -- log.info @2024-07-02 13:50:58 +0000\n");
}

static void
oslo(void)
{
	check("oslo",
	    "Nov 21 20:00:00 host nova-compute[1]: DEBUG ovs [-] [POLLIN] "
	    "{{(pid=1932170) __log_wakeup /opt/stack/ovs/poller.py:263}}\n"
	    "2024-06-12 05:04:03.123 12345 DEBUG nova.compute [-] message "
	    "<module> /usr/lib/python3/nova/x.py:263\n",
	    "/opt/stack/ovs/poller.py:263 in __log_wakeup -- log.debug "
	    "@11-21 20:00:00\n"
	    "/usr/lib/python3/nova/x.py:263 in <module> -- log.debug "
	    "@2024-06-12 05:04:03\n");
}

static void
bracketed(void)
{
	check("bracketed",
	    "Nov 21 20:00:00 [ib_sm_sweep.c:1831]: ***** NEW SWEEP\n"
	    "[INFO] [lib.rs:87] [\"x\"]\n",
	    "ib_sm_sweep.c:1831 -- log.message @11-21 20:00:00\n");
}

static void
python(void)
{
	check("python",
	    "2013-06-12 05:04:03,123 INFO app.py:12 message\n"
	    "2013-06-12 05:04:03,123 - shop.cart - ERROR - [a/b.py:7] - x\n"
	    "INFO:app.py:12:message\n"
	    "WARNING:root:app.py:save:12:message\n"
	    "[INFO] app.py:12 message\n"
	    "05:04:04 app.py:12 DEBUG message\n"
	    "2013-06-13 05:04:03.123 | INFO     | shop.cart:save:12 - x\n"
	    "  File \"app.py\", line 12, in save\n",
	    "app.py:12 -- log.info @2013-06-12 05:04:03\n"
	    "a/b.py:7 -- log.error @2013-06-12 05:04:03\n"
	    "app.py:12 -- log.info @2013-06-12 05:04:03\n"
	    "app.py:12 in save -- log.warning @2013-06-12 05:04:03\n"
	    "app.py:12 -- log.info @2013-06-12 05:04:03\n"
	    "app.py:12 -- log.debug @2013-06-12 05:04:04\n"
	    "shop.cart:12 in save -- log.info @2013-06-13 05:04:03\n");
}

static void
go(void)
{
	check("go",
	    "2009/01/23 01:23:23 file.go:23: message\n"
	    "2009/01/23 01:23:23.123123 D:/a/d.go:23: message\n"
	    "\t/a/b/main.go:12 +0x1d\n"
	    "./x.go:12:5: undefined: y\n",
	    "file.go:23 -- log.message @2009-01-23 01:23:23\n"
	    "D:/a/d.go:23 -- log.message @2009-01-23 01:23:23\n");
}

/* What log_error_verbosity = verbose adds is PostgreSQL's own source. */
static void
server_source(void)
{
	static const char text[] =
	    "2013-06-12 05:04:03 UTC [1] LOCATION:  exec_simple_query, "
	    "postgres.c:1081\n"
	    "2013-06-12 05:04:03.123 UTC [1] LOG:  00000: statement: x\n";

	for (size_t i = 0; i < presets.count; i++) {
		const struct preset *preset = presets.items[i];

		if (preset->reader == &reader_regex)
			check_reading(preset, &reading_options, text, "");
	}
}

static void
real_logs(void)
{
	int klog_entries = reading_count_real(&presets, "klog",
	    "glog-lnav.log");

	if (klog_entries < 0)
		SKIP("the real logs are not there");
	CHECK_INT(klog_entries, 7);
	CHECK_INT(reading_count_real(&presets, "zap-console",
		      "lnav_logfile_zap_console.0"),
	    1);
}

static const struct tap_test tests[] = {
	{ "named groups make the entry", groups },
	{ "the group caller is taken apart", caller_group },
	{ "a pattern need not name a caller", no_caller_wanted },
	{ "the first pattern that matches wins", first_pattern },
	{ "verbs are given in lower case, or mapped", verbs },
	{ "a stamp is carried on to lines without one", stamps },
	{ "colours and CR are taken off first", colours },
	{ "numbers that are none make a malformed line", malformed },
	{ "what a pattern could not decide is given up on", limits },
	{ "lines without the pattern's literal are passed over, and nothing "
	  "that counts is lost",
	    passed_over },
	{ "lines without what is wanted are passed over where it must stand "
	  "in them",
	    only_wanted },
	{ "what was told before is known by its groups", told_again },
	{ "a line with a date sets anew all that is carried", sync_lines },
	{ "wrong presets are refused with a reason", errors },
	{ "klog, glog", klog },
	{ "CockroachDB", cockroach },
	{ "zap's console", zap_console },
	{ "logback", logback },
	{ "log4j", log4j },
	{ "TiDB", tidb },
	{ "oslo.log", oslo },
	{ "bracketed C files", bracketed },
	{ "Python", python },
	{ "Go", go },
	{ "a server's own source is no caller", server_source },
	{ "real logs of glog and zap", real_logs },
	{ 0 },
};

int
main(void)
{
	struct err err;
	int status;

	(void)unsetenv("HOME");
	(void)unsetenv("XDG_CONFIG_HOME");
	if (presets_load(&presets, &err) != 0) {
		printf("Bail out! %s\n", err.text);
		return EXIT_FAILURE;
	}
	status = tap_run(tests);
	presets_release(&presets);
	return status;
}
