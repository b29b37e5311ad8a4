/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "readagain.h"
#include "reading.h"
#include "tap.h"

static struct presets presets;

static void
check_reading(const struct preset *preset, const char *text,
    const char *expected)
{
	struct buf told = { 0 };

	reading_add(&told, preset, NULL, &reading_options, slice_str(text));
	CHECK_SLICE(told, expected);
	buf_release(&told);
}

static struct preset *
compile(const char *preset_text)
{
	struct err err;
	struct preset *preset = preset_new("test", "test",
	    slice_str(preset_text), &err);

	if (preset == NULL) {
		printf("Bail out! %s\n", err.text);
		exit(EXIT_FAILURE);
	}
	return preset;
}

static void
check_text(const char *preset_text, const char *text, const char *expected)
{
	struct preset *preset = compile(preset_text);

	check_reading(preset, text, expected);
	preset_free(preset);
}

static void
check(const char *name, const char *text, const char *expected)
{
	struct err err;
	const struct preset *preset = presets_find(&presets, name, &err);

	if (CHECK(preset != NULL))
		check_reading(preset, text, expected);
}

static void
check_error(const char *preset_text, const char *expected)
{
	struct err err = { "none" };
	struct preset *preset = preset_new("test", "x.preset",
	    slice_str(preset_text), &err);

	CHECK(preset == NULL);
	CHECK_STR(err.text, expected);
	preset_free(preset);
}

static void
keys(void)
{
	check_text("reader = json\n"
		   "file = /at/file\nline = /at/line\nfunction = /at/fn\n"
		   "operation = /op\ncount = /n\ntime = /t\nhost = /h\n"
		   "revision = /v /version\n",
	    "{\"at\":{\"file\":\"a.py\",\"line\":12,\"fn\":\"save\"},"
	    "\"op\":\"User.put\",\"n\":17,\"t\":\"2013-06-12T05:04:03Z\","
	    "\"h\":\"web1\",\"version\":\"1.2\"}\n",
	    "a.py:12 in save -- User.put *17 of 1.2 @2013-06-12 05:04:03 "
	    "+0000 on web1\n");
}

/* The n-th file goes with the n-th line, never with another. */
static void
pairs(void)
{
	static const char preset[] = "reader = json\n"
				     "file = /a/file /file\n"
				     "line = /a/line /line\n";

	check_text(preset,
	    "{\"a\":{\"file\":\"x.c\"},\"file\":\"y.c\",\"line\":7}\n"
	    "{\"line\":7,\"file\":\"y.c\",\"a\":{\"line\":1,"
	    "\"file\":\"x.c\"}}\n"
	    "{\"a\":null,\"file\":\"z.c:3\"}\n",
	    "y.c:7 -- log.message\nx.c:1 -- log.message\n"
	    "z.c:3 -- log.message\n");
}

/* General lines name files too; without a line they are no caller. */
static void
general_lines(void)
{
	check("json",
	    "{\"msg\":\"saved\",\"file\":\"upload.txt\"}\n"
	    "{\"msg\":\"x\",\"caller\":\"alice\"}\n"
	    "{\"file\":\"x.c\",\"line\":\"twelve\"}\n"
	    "{\"file\":{\"name\":\"x.c\"},\"line\":[1]}\n"
	    "{}\n"
	    "plain text\n"
	    "\n",
	    "");
}

static void
broken(void)
{
	check("json",
	    "{\"caller\":\"x.go:1\",\"msg\":\"cut off\n"
	    "  {\"caller\":\n"
	    "I0325 a {\"not\": json\n"
	    "a {json} b\n"
	    "{json}\n",
	    "malformed: broken JSON\nmalformed: broken JSON\n"
	    "malformed: broken JSON\n");
}

static void
prefixed(void)
{
	check("json",
	    "Nov 21 20:00:00 host app[1]: {\"caller\":\"x.go:1\"}\n"
	    "{\"caller\":\"x.go:2\"} {\"caller\":\"x.go:3\"}\n",
	    "x.go:1 -- log.message @11-21 20:00:00\n"
	    "x.go:2 -- log.message @11-21 20:00:00\n");
}

static void
levels(void)
{
	check("json",
	    "{\"caller\":\"x:1\",\"level\":\"WARN \"}\n"
	    "{\"caller\":\"x:1\",\"severity\":\"ERROR\"}\n"
	    "{\"caller\":\"x:1\",\"levelname\":\"INFO\"}\n"
	    "{\"caller\":\"x:1\",\"level\":10}\n"
	    "{\"caller\":\"x:1\",\"level\":60}\n"
	    "{\"caller\":\"x:1\",\"level\":55}\n"
	    "{\"caller\":\"x:1\",\"PRIORITY\":\"6\"}\n"
	    "{\"caller\":\"x:1\",\"s\":\"D2\"}\n"
	    "{\"caller\":\"x:1\",\"s\":\"F\"}\n"
	    "{\"caller\":\"x:1\",\"level\":{\"x\":1},\"severity\":null}\n",
	    "x:1 -- log.warn\nx:1 -- log.error\nx:1 -- log.info\n"
	    "x:1 -- log.trace\nx:1 -- log.fatal\nx:1 -- log.55\n"
	    "x:1 -- log.info\nx:1 -- log.debug\nx:1 -- log.fatal\n"
	    "x:1 -- log.message\n");
}

static void
times(void)
{
	check("json",
	    "{\"caller\":\"x:1\"}\n"
	    "{\"ts\":1371013443.25,\"caller\":\"x:2\"}\n"
	    "{\"time\":1371013443123,\"caller\":\"x:3\"}\n"
	    "{\"__REALTIME_TIMESTAMP\":\"1371013443123456\","
	    "\"caller\":\"x:4\"}\n"
	    "{\"ts\":\"2013-06-13 01:02:03,5\"}\n"
	    "{\"caller\":\"x:5\",\"ts\":\"soon\"}\n"
	    "{\"caller\":\"x:6\",\"ts\":\"07:00:00\"}\n",
	    "x:1 -- log.message\n"
	    "x:2 -- log.message @2013-06-12 05:04:03 +0000\n"
	    "x:3 -- log.message @2013-06-12 05:04:03 +0000\n"
	    "x:4 -- log.message @2013-06-12 05:04:03 +0000\n"
	    "x:5 -- log.message @2013-06-13 01:02:03\n"
	    "x:6 -- log.message @2013-06-13 07:00:00\n");
}

static void
counts(void)
{
	check_text("reader = json\ncaller = /c\ncount = /n\n",
	    "{\"c\":\"x:1\",\"n\":18446744073709551615}\n"
	    "{\"c\":\"x:1\",\"n\":18446744073709551616}\n"
	    "{\"c\":\"x:1\",\"n\":1.5}\n"
	    "{\"c\":\"x:1\",\"n\":null}\n",
	    "x:1 -- log.message *18446744073709551615\n"
	    "malformed: a count beyond 2^64-1\n"
	    "malformed: the count is no number\n"
	    "x:1 -- log.message\n");
}

static void
escapes(void)
{
	check("json",
	    "{\"\\u0066ile\":\"C:\\\\a\\\\x.go\",\"line\":12,"
	    "\"func\":\"a\\u003cb\"}\n",
	    "C:\\a\\x.go:12 in a<b -- log.message\n");
}

static void
long_lines(void)
{
	struct reader_options options = reading_options;
	struct buf told = { 0 };
	struct err err;
	const struct preset *preset = presets_find(&presets, "json", &err);

	options.max_line = 20;
	reading_add(&told, preset, NULL, &options,
	    slice_str("{\"caller\":\"x:1\"}\n{\"caller\":\"x:1\"      }\n"));
	CHECK_SLICE(told, "x:1 -- log.message\ngiven up: too long\n");
	buf_release(&told);
}

static void
sync_lines(void)
{
	struct err err;
	const struct preset *preset = presets_find(&presets, "json", &err);
	static const struct {
		const char *line;
		bool sync;
	} lines[] = {
		{ "{\"ts\":\"2013-06-12T05:04:03Z\"}", true },
		{ "{\"ts\":1371013443}", true },
		{ "Nov 21 20:00:00 {\"a\":1}", true },
		{ "{\"ts\":\"05:04:03\"}", false },
		{ "{\"a\":1}", false },
		{ "2013-06-12T05:04:03Z", false },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CHECK_INT(preset->reader->is_sync(preset,
			      slice_str(lines[i].line)),
		    lines[i].sync);
}

static void
errors(void)
{
	check_error("reader = json\nlevel = /level\n",
	    "x.preset: has neither 'caller' nor 'file'");
	check_error("reader = json\ncaller = caller\n",
	    "x.preset: caller: 'caller' is no JSON pointer (/a/b)");
	check_error("reader = json\ncaller = /c\nfnction = /f\n",
	    "x.preset: line 3: unknown key 'fnction'; did you mean "
	    "function?");
}

/* Rows as the emitters write them. */

static void
zap(void)
{
	check("zap-json",
	    "{\"level\":\"warn\",\"ts\":\"2025-08-25T06:56:01.339888Z\","
	    "\"caller\":\"embed/config.go:679\",\"msg\":\"Running\"}\n",
	    "embed/config.go:679 -- log.warn @2025-08-25 06:56:01 +0000\n");
}

static void
go_loggers(void)
{
	check("json",
	    "{\"time\":\"2022-11-08T15:28:26-05:00\",\"level\":\"INFO\","
	    "\"source\":{\"function\":\"main.main\",\"file\":\"/x/main.go\","
	    "\"line\":12},\"msg\":\"hello\"}\n"
	    "{\"file\":\"/x/main.go:12\",\"func\":\"main.main\","
	    "\"level\":\"info\",\"time\":\"2022-11-08T15:28:26Z\"}\n"
	    "{\"level\":\"debug\",\"time\":1667921306,"
	    "\"caller\":\"/x/main.go:12\"}\n",
	    "/x/main.go:12 in main.main -- log.info @2022-11-08 15:28:26 "
	    "-0500\n"
	    "/x/main.go:12 in main.main -- log.info @2022-11-08 15:28:26 "
	    "+0000\n"
	    "/x/main.go:12 -- log.debug @2022-11-08 15:28:26 +0000\n");
}

static void
cloud_logging(void)
{
	check("json",
	    "{\"severity\":\"INFO\",\"logging.googleapis.com/"
	    "sourceLocation\":{\"file\":\"logging/config.go\",\"line\":"
	    "\"115\",\"function\":\"f\"}}\n"
	    "{\"timestamp\":\"2024-01-02T03:04:05Z\",\"sourceLocation\":"
	    "{\"file\":\"main.go\",\"line\":42}}\n",
	    "logging/config.go:115 in f -- log.info\n"
	    "main.go:42 -- log.message @2024-01-02 03:04:05 +0000\n");
}

static void
opentelemetry(void)
{
	check("json",
	    "{\"severityText\":\"INFO\",\"timeUnixNano\":"
	    "\"1371013443123456789\",\"attributes\":{\"code.file.path\":"
	    "\"x.py\",\"code.line.number\":12,\"code.function.name\":"
	    "\"save\"}}\n"
	    "{\"attributes\":[{\"key\":\"code.filepath\",\"value\":"
	    "{\"stringValue\":\"x.py\"}},{\"key\":\"code.lineno\","
	    "\"value\":{\"intValue\":\"13\"}},{\"key\":\"code.function\","
	    "\"value\":{\"stringValue\":\"load\"}}]}\n"
	    "{\"code.filepath\":\"x.py\",\"code.lineno\":14}\n",
	    "x.py:12 in save -- log.info @2013-06-12 05:04:03 +0000\n"
	    "x.py:13 in load -- log.message @2013-06-12 05:04:03 +0000\n"
	    "x.py:14 -- log.message @2013-06-12 05:04:03 +0000\n");
}

static void
others(void)
{
	check("json",
	    "{\"level\":\"INFO\",\"caller_file_name\":\"MyLibrary.java\","
	    "\"caller_line_number\":30,\"caller_method_name\":\"log\"}\n"
	    "{\"levelname\":\"INFO\",\"filename\":\"app.py\",\"lineno\":3,"
	    "\"pathname\":\"/srv/app.py\",\"funcName\":\"run\"}\n"
	    "{\"log.level\":\"INFO\",\"log\":{\"origin\":{\"file\":{\"name\":"
	    "\"X.java\",\"line\":12},\"function\":\"f\"}}}\n"
	    "{\"level\":\"INFO\",\"filename\":\"src/main.rs\","
	    "\"line_number\":9}\n"
	    "{\"CODE_FILE\":\"src/core/unit.c\",\"CODE_LINE\":\"1234\","
	    "\"CODE_FUNC\":\"unit_log\",\"PRIORITY\":\"4\","
	    "\"_HOSTNAME\":\"n1\"}\n"
	    "{\"src\":{\"file\":\"x.js\",\"line\":20,\"func\":\"f\"},"
	    "\"level\":30,\"hostname\":\"n2\"}\n",
	    "MyLibrary.java:30 in log -- log.info\n"
	    "/srv/app.py:3 in run -- log.info\n"
	    "X.java:12 in f -- log.info\n"
	    "src/main.rs:9 -- log.info\n"
	    "src/core/unit.c:1234 in unit_log -- log.warning on n1\n"
	    "x.js:20 in f -- log.info on n2\n");
}

static void
mongodb(void)
{
	check("mongodb",
	    "{\"t\":{\"$date\":\"2024-01-02T03:04:05.678+00:00\"},\"s\":"
	    "\"I\",\"c\":\"COMMAND\",\"id\":51803,\"msg\":\"Slow query\","
	    "\"attr\":{\"type\":\"command\",\"ns\":\"shop.users\","
	    "\"command\":{\"find\":\"users\",\"comment\":\"app.py:42\"},"
	    "\"durationMillis\":936}}\n"
	    "{\"s\":\"I\",\"attr\":{\"ns\":\"shop.a.b\",\"command\":"
	    "{\"getMore\":1},\"originatingCommand\":{\"comment\":\"x.py:1\"},"
	    "\"durationMillis\":100}}\n"
	    "{\"s\":\"I\",\"attr\":{\"ns\":\"shop.users\",\"command\":"
	    "{\"update\":\"users\"}}}\n"
	    "{\"s\":\"I\",\"msg\":\"general\"}\n",
	    "duration: 936\n"
	    "app.py:42 -- users.find @2024-01-02 03:04:05 +0000\n"
	    "duration: 100\n"
	    "x.py:1 -- a.b.getMore @2024-01-02 03:04:05 +0000\n"
	    "no caller: {\"s\":\"I\",\"attr\":{\"ns\":\"shop.users\","
	    "\"command\":{\"update\":\"users\"}}}\n");
}

static void
real_log(void)
{
	int entries = reading_count_real(&presets, "zap-json",
	    "etcd_zap_json.log");

	if (entries < 0)
		SKIP("the real logs are not there");
	CHECK_INT(entries, 42);
	CHECK_INT(reading_count_real(&presets, "json", "etcd_zap_json.log"),
	    42);
}

/* Commands that differ behind their verbs are one, but not those that are no
 * objects, which may count for something else. */
static const char commands[] =
    "{\"t\":\"2024-01-02T03:04:05Z\",\"at\":\"a.py:1\",\"ns\":\"d.u\","
    "\"c\":{\"find\":{\"x\":[1,2]}}}\n"
    "{\"at\":\"a.py:1\",\"ns\":\"d.u\",\"c\":{\"find\":7,\"x\":null}}\n"
    "{\"at\":\"a.py:1\",\"ns\":\"d.u\",\"c\":\"find\"}\n"
    "{\"at\":\"a.py:1\",\"v\":\"r1\"}\n"
    "{\"at\":\"a.py:1\",\"v\":\"r2\"}\n"
    "{\"at\":\"a.py:1\",\"ns\":\"d.u\",\"c\":{}}\n"
    "{\"at\":\"a.py:1\",\"ns\":\"d.u\",\"c\":{\"fi\\u006ed\":7}}\n"
    "{\"at\":\"a.py:1\",\"ns\":\"d.v\",\"c\":{\"find\":7,\"f\":3}}\n"
    "{\"in\":[{\"key\":\"at\",\"value\":{\"s\":\"b.py:2\"}}],\"ms\":12,"
    "\"c\":{\"find\":{\"x\":{\"y\":1}}},\"ms\":1.5}\n";

static void
counted_again(void)
{
	static const char bytes[] = "{}[]\",:\\ 0e.u1\r";

	readagain_all("summary = x\nreader = json\ncaller = /at /in/at\n"
		      "namespace = /ns\ncommand = /c\nduration = /ms\n"
		      "time = /t\nrevision = /v\n",
	    commands, bytes);
	readagain_all(
	    "summary = x\nreader = json\ncaller = /at /in/at\n"
	    "namespace = /ns\ncommand = /c\nfunction = /c /c/find/x\n",
	    commands, bytes);
}

static const struct tap_test tests[] = {
	{ "pointers say where everything is", keys },
	{ "each file goes with its own line", pairs },
	{ "lines without a caller are passed over", general_lines },
	{ "lines that break off are malformed", broken },
	{ "JSON is found behind a prefix", prefixed },
	{ "levels are words, numbers or letters", levels },
	{ "times are texts or epochs, and carried on", times },
	{ "counts that are none make a malformed line", counts },
	{ "escapes are undone in names and values", escapes },
	{ "longer lines are given up on", long_lines },
	{ "a line with a date sets anew all that is carried", sync_lines },
	{ "wrong presets are refused with a reason", errors },
	{ "zap", zap },
	{ "slog, logrus, zerolog", go_loggers },
	{ "Cloud Logging", cloud_logging },
	{ "OpenTelemetry", opentelemetry },
	{ "logstash, Python, ECS, tracing, journald, bunyan", others },
	{ "MongoDB's slow queries", mongodb },
	{ "what was seen before is counted again", counted_again },
	{ "a real log of etcd", real_log },
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
