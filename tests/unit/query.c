/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/query.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

#include "tap.h"

/* All results of an expression, each followed by "|"; or "error: WHY". */
struct run {
	struct err err;
	struct buf out;
	long count;
};

static void
run_all(struct run *run, struct query *query, struct slice body, bool json)
{
	struct query_value *value = query_parse(body, &run->err);
	int got = -1;

	if (value != NULL) {
		query_start(query, value);
		while ((got = json ?
			       query_next_json(query, &run->out, &run->err) :
			       query_next(query, &run->out, NULL, &run->err)) ==
		    1) {
			buf_add_char(&run->out, '|');
			run->count++;
		}
		/* The end stays the end. */
		CHECK_INT(query_next(query, NULL, NULL, &run->err), 0);
	}
	if (got < 0)
		buf_add_format(&run->out, "error: %s", run->err.text);
	query_value_free(value);
}

static void
check_run(const char *expression, struct slice body, bool json,
    const char *want)
{
	struct run run = { 0 };
	struct query *query = query_new(expression, &run.err);

	if (query == NULL)
		buf_add_format(&run.out, "error: %s", run.err.text);
	else
		run_all(&run, query, body, json);
	if (!CHECK_SLICE(run.out, want))
		printf("# %s\n", expression);
	query_free(query);
	buf_release(&run.out);
}

#define CHECK_RUN(expression, body, want) \
	check_run((expression), slice_str(body), false, (want))
#define CHECK_JSON(expression, body, want) \
	check_run((expression), slice_str(body), true, (want))

static void
gives_results(void)
{
	CHECK_RUN(".", "7", "7|");
	CHECK_RUN(".items[].id", "{\"items\":[{\"id\":\"a\"},{\"id\":2}]}",
	    "a|2|");
	CHECK_RUN("empty", "{}", "");
	CHECK_RUN(".[]", "[null, false, true, \"\", [1, 2], {\"a\": 1}]",
	    "|false|true||[1,2]|{\"a\":1}|");
	CHECK_RUN("def f(x): x + 1; f(.a) # said", "{\"a\":1}", "2|");
	CHECK_RUN("", "[1]", "[1]|");
	CHECK_JSON(".[]", "[null, false, \"a\\\"\\n\", \"\", 1.5, [ 1 ]]",
	    "null|false|\"a\\\"\\n\"|\"\"|1.5|[1]|");
}

/* Each result of one expression with its path: "RESULT at PATH|". */
static void
check_paths(const char *expression, const char *body, const char *want)
{
	struct err err = { "" };
	struct query *query = query_new_parts(expression, &err);
	struct query_value *value = query_parse(slice_str(body), &err);
	struct buf path = { 0 };
	struct buf out = { 0 };
	int got;

	query_start(query, value);
	query_start(query, value);
	while ((got = query_next_part(query, &out, &path, &err)) == 1)
		buf_add_format(&out, " at %.*s|", SLICE_ARG(buf_slice(&path)));
	if (got < 0)
		buf_add_format(&out, "error: %s", err.text);
	CHECK_INT(query_next_part(query, &out, &path, &err), 0);
	if (!CHECK_SLICE(out, want))
		printf("# %s\n", expression);
	query_value_free(value);
	query_free(query);
	buf_release(&path);
	buf_release(&out);
}

static void
tells_paths(void)
{
	check_paths(".a[]", "{\"a\":[1,[2]]}",
	    "1 at [\"a\",0]|[2] at [\"a\",1]|");
	check_paths(".", "[1]", "[1] at []|");
	check_paths("", "[1]", "[1] at |");
	check_paths(".a.b", "{}", "null at [\"a\",\"b\"]|");
	check_paths(".[0], ([3], .[1])", "[[1],[2]]",
	    "[1] at [0]|[3] at |[2] at |");
	check_paths("(map(.)[])?, .[1]", "[[1],[2]]",
	    "[1] at |[2] at |[2] at |");
	check_paths(".[], error(\"x\")", "[1]", "1 at [0]|error: x");
	check_paths(".[], halt", "[1]", "1 at [0]|");
}

static void
tells_null(void)
{
	struct err err = { "" };
	struct query *query = query_new(".[]", &err);
	struct slice body = SLICE("[null,\"\"]");
	struct query_value *value = query_parse(body, &err);
	struct buf buf = { 0 };
	bool is_null = false;

	query_start(query, value);
	CHECK_INT(query_next(query, &buf, &is_null, &err), 1);
	CHECK(is_null);
	CHECK_INT(query_next(query, &buf, &is_null, &err), 1);
	CHECK(!is_null);
	CHECK_INT(buf.len, 0);
	query_value_free(value);
	query_free(query);
	buf_release(&buf);
}

static void
keeps_integers(void)
{
	CHECK_RUN(".id", "{\"id\":9007199254740991}", "9007199254740991|");
	CHECK_RUN(".id", "{\"id\":9007199254740993}", "9007199254740993|");
	CHECK_RUN(".id", "{\"id\":-1512345678901234567}",
	    "-1512345678901234567|");
	CHECK_RUN(".id|type", "{\"id\":1512345678901234567}", "string|");
	CHECK_RUN(".", "1e3", "1000|");
	CHECK_RUN(".", "1e999", "1.7976931348623157e+308|");
}

static void
keeps_nul(void)
{
	struct run run = { 0 };
	struct query *query = query_new(".[]", &run.err);
	struct slice body = SLICE("[\"a\\u0000b\"]");

	run_all(&run, query, body, false);
	CHECK_BYTES(run.out.ptr, run.out.len, "a\0b|", 4);
	query_free(query);
	buf_release(&run.out);
	CHECK_JSON(".[]", "[\"a\\u0000b\"]", "\"a\\u0000b\"|");
}

static void
takes_json_only(void)
{
	static const char *const bodies[] = { "", " ", "nan", "NaN", "Infinity",
		"1 2", "{\"a\":1,}", "[1", "'a'", "{a:1}", "<html>", "\"\xff\"",
		"\"a\nb\"", "01", "tru", "[1]]", "# 1", NULL };
	struct slice with_nul = SLICE("[1]\0");

	for (size_t i = 0; bodies[i] != NULL; i++)
		CHECK_RUN(".", bodies[i], "error: not JSON");
	check_run(".", with_nul, false, "error: not JSON");
}

static void
limits_depth(void)
{
	static const size_t depths[] = { 199, 200, 201, 257, 100000 };

	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		char *body = xmalloc(2 * depths[i]);

		memset(body, '[', depths[i]);
		memset(body + depths[i], ']', depths[i]);
		check_run("flatten|length", slice_make(body, 2 * depths[i]),
		    false, depths[i] <= 200 ? "0|" : "error: not JSON");
		free(body);
	}
}

static void
explains_mistakes(void)
{
#define NOT "error: not a jq expression: "
	CHECK_RUN(".a |", "1", NOT "syntax error, unexpected $end");
	CHECK_RUN(".a\n}", "1",
	    NOT "syntax error, unexpected INVALID_CHARACTER, "
		"expecting $end");
	CHECK_RUN("nothing(1)", "1", NOT "nothing/1 is not defined");
	CHECK_RUN("$a, $b", "1", NOT "$a is not defined");
}

static void
tells_failures(void)
{
	CHECK_RUN(".[]", "1", "error: Cannot iterate over number (1)");
	CHECK_RUN("1, error(\"so\")", "1", "1|error: so");
	CHECK_RUN("error({a:1})", "1", "error: {\"a\":1}");
	CHECK_RUN("error(null)", "1", "");
	CHECK_RUN("break_me?", "1", NOT "break_me/0 is not defined");
	CHECK_RUN("try error(\"x\") catch .", "1", "x|");
}

static void
cuts_long_failures(void)
{
	struct run run = { 0 };
	struct query *query = query_new("error(\"x\" * 100000)", &run.err);
	struct slice body = SLICE("1");

	run_all(&run, query, body, false);
	CHECK_INT(strlen(run.err.text), 200);
	query_free(query);
	buf_release(&run.out);
}

static void
runs_again(void)
{
	struct run run = { 0 };
	struct query *query = query_new(".[] | if . < 0 then error(\"neg\") "
					"else . end",
	    &run.err);
	struct slice fine = SLICE("[1,2]");
	struct slice bad = SLICE("[3,-1]");

	for (int i = 0; i < 3; i++) {
		run_all(&run, query, fine, false);
		run_all(&run, query, bad, false);
	}
	CHECK_SLICE(run.out,
	    "1|2|3|error: neg1|2|3|error: neg1|2|3|error: neg");
	query_free(query);
	buf_release(&run.out);
}

/* A run may be left in the middle, and the value freed before the end. */
static void
leaves_off(void)
{
	struct err err = { "" };
	struct query *query = query_new(".[]", &err);
	struct slice body = SLICE("[\"a\",\"b\",\"c\"]");
	struct buf buf = { 0 };

	for (int i = 0; i < 2; i++) {
		struct query_value *value = query_parse(body, &err);

		query_start(query, value);
		CHECK_INT(query_next(query, &buf, NULL, &err), 1);
		query_value_free(value);
	}
	CHECK_INT(query_next(query, &buf, NULL, &err), 1);
	CHECK_SLICE(buf, "aab");
	query_free(query);
	buf_release(&buf);
}

static void
shares_value(void)
{
	struct err err = { "" };
	struct query *a = query_new(".a[]", &err);
	struct query *b = query_new(".b", &err);
	struct slice body = SLICE("{\"a\":[1,2],\"b\":\"x\"}");
	struct query_value *value = query_parse(body, &err);
	struct buf buf = { 0 };

	query_start(a, value);
	CHECK_INT(query_next(a, &buf, NULL, &err), 1);
	query_start(b, value);
	CHECK_INT(query_next(b, &buf, NULL, &err), 1);
	CHECK_INT(query_next(a, &buf, NULL, &err), 1);
	CHECK_SLICE(buf, "1x2");
	CHECK_STR(query_text(a), ".a[]");
	query_value_free(value);
	query_free(a);
	query_free(b);
	buf_release(&buf);
}

static void
says_true(void)
{
	static const struct {
		const char *expression;
		int want;
	} table[] = {
		{ ".items", 1 },
		{ ".none", 0 },
		{ "false", 0 },
		{ "empty", 0 },
		{ "0", 1 },
		{ "\"\"", 1 },
		{ "false, true", 0 },
		{ "true, error", 1 },
		{ "error(\"x\")", -1 },
		{ NULL, 0 },
	};
	struct err err = { "" };
	struct slice body = SLICE("{\"items\":[]}");
	struct query_value *value = query_parse(body, &err);

	for (size_t i = 0; table[i].expression != NULL; i++) {
		struct query *query = query_new(table[i].expression, &err);

		if (!CHECK_INT(query_is_true(query, value, &err),
			table[i].want))
			printf("# %s\n", table[i].expression);
		CHECK_INT(query_is_true(query, value, &err), table[i].want);
		query_free(query);
	}
	query_value_free(value);
}

static void
stops_endless(void)
{
	struct err err = { "" };
	struct query *query = query_new("repeat(1)", &err);
	struct slice body = SLICE("1");
	struct query_value *value = query_parse(body, &err);
	long count = 0;
	int got;

	query_start(query, value);
	while ((got = query_next(query, NULL, NULL, &err)) == 1)
		count++;
	CHECK_INT(got, -1);
	CHECK_INT(count, 1000000);
	CHECK_STR(err.text, "more than 1000000 results");
	query_value_free(value);
	query_free(query);
}

static void
sees_no_environment(void)
{
	CHECK_INT(setenv("TALLYMAN_SECRET", "planted", 1), 0);
	CHECK_RUN("$ENV", "1", "{}|");
	CHECK_RUN("env", "1", "{}|");
	CHECK_RUN("env.TALLYMAN_SECRET, $ENV.TALLYMAN_SECRET", "1", "||");
	CHECK_RUN("def f: env, $ENV; [f] | tojson", "1", "[{},{}]|");
	CHECK_RUN("\"\\(env)\\($ENV)\"", "1", "{}{}|");
	CHECK_STR(getenv("TALLYMAN_SECRET"), "planted");
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file != NULL);
	if (file == NULL)
		return;
	(void)fputs(text, file);
	(void)fclose(file);
}

/* The library is where every search path of jq leads: here, and in HOME. */
static void
reads_no_files(void)
{
	static const char *const refused[] = { "import \"lib\" as l; l::f",
		"import \"lib\" as l {search: \".\"}; l::f",
		"include \"lib\"; f", "include \"lib\" {search: \"./\"}; f",
		"import \"data\" as $d; $d", "module {}; .",
		" # said\n import \"lib\" as l; l::f", "f", "; import \"lib\";",
		NULL };
	char folder[] = "/tmp/query.XXXXXX";
	char *kept = xstrdup(getenv("HOME") == NULL ? "/" : getenv("HOME"));
	int here = open(".", O_RDONLY | O_DIRECTORY);

	if (!CHECK(mkdtemp(folder) != NULL) || !CHECK_INT(chdir(folder), 0))
		return;
	write_file("lib.jq", "def f: \"read\";");
	write_file("data.json", "\"read\"");
	write_file(".jq", "def f: \"read\"; def length: \"read\";");
	CHECK_INT(setenv("HOME", folder, 1), 0);
	for (size_t i = 0; refused[i] != NULL; i++) {
		struct err err = { "" };
		struct query *query = query_new(refused[i], &err);

		if (!CHECK(query == NULL))
			printf("# %s\n", refused[i]);
		CHECK(strncmp(err.text, "not a jq expression: ", 21) == 0);
		CHECK(strchr(err.text, '\n') == NULL);
		query_free(query);
	}
	CHECK_RUN("length", "[1]", "1|");
	CHECK_RUN(".import, .include, {module: 1}.module",
	    "{\"import\":1,\"include\":2}", "1|2|1|");
	CHECK_INT(setenv("HOME", kept, 1), 0);
	(void)unlink("lib.jq");
	(void)unlink("data.json");
	(void)unlink(".jq");
	CHECK_INT(fchdir(here), 0);
	(void)close(here);
	CHECK_INT(rmdir(folder), 0);
	free(kept);
}

static void
refuses_inputs(void)
{
	CHECK_RUN("input", "1", NOT "$input_is_refused is not defined");
	CHECK_RUN("[inputs]", "1", NOT "$input_is_refused is not defined");
	CHECK_RUN("try input catch 1", "1",
	    NOT "$input_is_refused is not defined");
	CHECK_RUN("\"lib\"|modulemeta", "1",
	    NOT "$modulemeta_is_refused is not defined");
	CHECK_RUN(".input, .inputs, \"input\"", "{\"input\":1}", "1||input|");
}

/* What lies beside input in libjq must neither block nor abort. */
static void
survives_process_functions(void)
{
	CHECK_RUN("input_filename", "1", "|");
	CHECK_RUN("input_line_number", "1", "error: Unknown input line number");
	CHECK_RUN("get_search_list", "1", "");
	CHECK_RUN("get_prog_origin, get_jq_origin", "1", "");
	CHECK_RUN("_input", "1", "error: break");
	CHECK_RUN("$__prog_args", "1", NOT "$__prog_args is not defined");
	CHECK_RUN("$ARGS", "1", NOT "$ARGS is not defined");
	CHECK_RUN("$__loc__.line", "1", "1|");
	CHECK_RUN("builtins|length > 100", "1", "true|");
}

static void
survives_halt(void)
{
	struct run run = { 0 };
	struct query *query = query_new(".[] | if . == 0 then halt elif . < 0 "
					"then (\"bad\"|halt_error(3)) else . "
					"end",
	    &run.err);
	struct slice halted = SLICE("[1,0,2]");
	struct slice failed = SLICE("[1,-1,2]");

	for (int i = 0; i < 2; i++) {
		run_all(&run, query, halted, false);
		run_all(&run, query, failed, false);
	}
	CHECK_SLICE(run.out, "1|1|error: bad1|1|error: bad");
	query_free(query);
	buf_release(&run.out);
	CHECK_RUN("\"why\\n\"|halt_error", "1", "error: why\n");
	CHECK_RUN("{a:1}|halt_error", "1", "error: {\"a\":1}");
}

/* Standard error is a file for a while. */
static void
prints_nothing(void)
{
	char path[] = "/tmp/query.XXXXXX";
	int file = mkstemp(path);
	int kept = dup(STDERR_FILENO);
	struct stat status;

	if (!CHECK(file >= 0))
		return;
	CHECK_INT(dup2(file, STDERR_FILENO), STDERR_FILENO);
	CHECK_RUN("debug, stderr, (\"x\"|debug), (.|stderr)", "1", "1|1|x|1|");
	CHECK_RUN("debug | halt_error", "\"x\"", "error: x");
	CHECK_RUN("} nonsense", "1",
	    NOT "syntax error, unexpected INVALID_CHARACTER, "
		"expecting $end");
	(void)fflush(stderr);
	CHECK_INT(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	CHECK_INT(fstat(file, &status), 0);
	CHECK_INT(status.st_size, 0);
	(void)close(file);
	(void)close(kept);
	(void)unlink(path);
}

static const struct tap_test tests[] = {
	{ "an expression gives its results one by one", gives_results },
	{ "results have paths", tells_paths },
	{ "null is told from an empty string", tells_null },
	{ "integers that doubles cannot hold keep their digits",
	    keeps_integers },
	{ "a NUL in a string stays", keeps_nul },
	{ "what is not JSON is refused", takes_json_only },
	{ "deep bodies are an error", limits_depth },
	{ "a mistake in an expression is told in one line", explains_mistakes },
	{ "a failure on a body is told", tells_failures },
	{ "a long failure is cut", cuts_long_failures },
	{ "a query runs again, after failures too", runs_again },
	{ "a run may be left and its value freed", leaves_off },
	{ "one value serves several queries", shares_value },
	{ "the first result says whether it is true", says_true },
	{ "endless results end with an error", stops_endless },
	{ "expressions see no environment", sees_no_environment },
	{ "expressions read no files", reads_no_files },
	{ "expressions that read inputs are refused", refuses_inputs },
	{ "functions about the process do no harm",
	    survives_process_functions },
	{ "halt ends the results, not the process", survives_halt },
	{ "debug and stderr print nothing", prints_nothing },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
