/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/query.h"

#include <jq.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"

enum { RESULTS_MAX = 1000 * 1000, BODY_MAX = 512 * 1024 * 1024 };

struct query {
	jq_state *jq;
	jq_state *paths; /* of "path(EXPRESSION)"; NULL: without paths */
	char *text;
	jv value;       /* of this run */
	long results;   /* of this run, so far */
	bool running;   /* jq_next() may be called: after the end it aborts */
	bool has_paths; /* and of paths, too: they keep step with the results */
};

struct query_value {
	jv json;
};

/*
 * Stands before each expression. With a definition in front, the grammar has
 * no place for "import", "include" and "module" any more. What it defines
 * hides libjq's functions that reach out of the process; a definition that
 * nobody calls is dropped before its undefined variable matters, so these
 * names are refused when compiling. The message of libjq 1.6's halt_error is
 * freed twice when the state is used again.
 */
static const char prelude[] = "def env: {}; "
			      "def input: $input_is_refused; "
			      "def inputs: $input_is_refused; "
			      "def modulemeta: $modulemeta_is_refused; "
			      "def stderr: .; "
			      "def halt_error: error; "
			      "def halt_error(code): error; ";

/* What matters of "jq: error: WHY (Unix shell quoting issues?) at
 * <top-level>, line 1:" and the source that follows it. */
static struct slice
reason_in(struct slice message)
{
	static const char *const ends[] = { "\n", " (Unix shell",
		" at <top-level>" };
	static const char start[] = "jq: error: ";

	if (slice_starts(message, start))
		message = slice_from(message, sizeof(start) - 1);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *end = slice_find(message, ends[i]);

		if (end != NULL)
			message = slice_between(message.ptr, end);
	}
	return message;
}

static struct slice
bytes_of(jv string)
{
	return slice_make(jv_string_value(string),
	    (size_t)jv_string_length_bytes(jv_copy(string)));
}

/* For libjq: the first message is the cause, what follows counts them. */
static void
keep_first(void *data, jv message)
{
	struct err *reason = data;

	if (reason->text[0] == '\0' && jv_get_kind(message) == JV_KIND_STRING) {
		struct slice text = reason_in(bytes_of(message));

		(void)err_set(reason, "%.*s", SLICE_ARG(text));
	}
	jv_free(message);
}

static void
drop(void *data, jv message)
{
	(void)data;
	jv_free(message);
}

/* libjq makes $ENV of environ, and reads $HOME/.jq, while it compiles. */
static bool
compile(jq_state *jq, const char *program)
{
	static char *nothing[] = { NULL };
	char **kept = environ;
	bool compiled;

	environ = nothing;
	compiled = jq_compile(jq, program) != 0;
	environ = kept;
	return compiled;
}

/* A state that runs the expression between before and after; or NULL. */
static jq_state *
new_state(const char *before, const char *expression, const char *after,
    struct err *err)
{
	char *program = xasprintf("%s%s%s%s", prelude, before, expression,
	    after);
	jq_state *jq = jq_init();
	struct err reason = { "" };

	if (jq == NULL) {
		(void)err_set(err, "libjq does not start");
		goto out;
	}
	jq_set_nomem_handler(jq, NULL, NULL);
	jq_set_input_cb(jq, NULL, NULL);
	jq_set_debug_cb(jq, NULL, NULL);
	jq_set_error_cb(jq, keep_first, &reason);
	if (!compile(jq, program)) {
		(void)err_set(err, "not a jq expression: %s", reason.text);
		jq_teardown(&jq);
		goto out;
	}
	jq_set_error_cb(jq, drop, NULL);
out:
	free(program);
	return jq;
}

struct query *
query_new(const char *expression, struct err *err)
{
	jq_state *jq = new_state("", expression, "", err);
	struct query *query;

	if (jq == NULL)
		return NULL;
	query = xcalloc(1, sizeof(*query));
	query->jq = jq;
	query->text = xstrdup(expression);
	query->value = jv_null();
	return query;
}

/* The line end ends a comment. Where path() cannot stand around it, as around
 * an empty expression, there are no paths. */
struct query *
query_new_parts(const char *expression, struct err *err)
{
	struct query *query = query_new(expression, err);
	struct err why;

	if (query != NULL)
		query->paths = new_state("path(", expression, "\n)", &why);
	return query;
}

void
query_free(struct query *query)
{
	if (query == NULL)
		return;
	jq_teardown(&query->jq);
	if (query->paths != NULL)
		jq_teardown(&query->paths);
	jv_free(query->value);
	free(query->text);
	free(query);
}

const char *
query_text(const struct query *query)
{
	return query->text;
}

/* libjq must not see what is no JSON: it takes more than that (nan, several
 * values), and its messages quote the whole body. */
struct query_value *
query_parse(struct slice body, struct err *err)
{
	struct query_value *value;
	struct buf text = { 0 };
	jv json;

	if (body.len > BODY_MAX || !json_add_compact(NULL, body)) {
		(void)err_set(err, "not JSON");
		return NULL;
	}
	json_add_safe_numbers(&text, body);
	buf_add_char(&text, '\0');
	json = jv_parse_sized(text.ptr, (int)(text.len - 1));
	buf_release(&text);
	if (!jv_is_valid(json)) {
		jv_free(json);
		(void)err_set(err, "JSON that libjq refuses");
		return NULL;
	}
	value = xmalloc(sizeof(*value));
	value->json = json;
	return value;
}

void
query_value_free(struct query_value *value)
{
	if (value == NULL)
		return;
	jv_free(value->json);
	free(value);
}

/* Lets go of the value, and of a halt. */
static void
stop_paths(struct query *query)
{
	if (query->has_paths)
		jq_start(query->paths, jv_null(), 0);
	query->has_paths = false;
	jv_free(query->value);
	query->value = jv_null();
}

static void
stop(struct query *query)
{
	jq_start(query->jq, jv_null(), 0);
	query->running = false;
	stop_paths(query);
}

void
query_start(struct query *query, const struct query_value *value)
{
	stop_paths(query);
	jq_start(query->jq, jv_copy(value->json), 0);
	query->results = 0;
	query->running = true;
	if (query->paths == NULL)
		return;
	jq_start(query->paths, jv_copy(value->json), 0);
	query->has_paths = true;
	query->value = jv_copy(value->json);
}

/* Takes the message of an error: a string, mostly, but any value may be
 * raised. It may quote the body. */
static int
set_failure(jv message, struct err *err)
{
	enum { QUOTED_MAX = 200 };
	struct slice text;

	if (jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	text = slice_head(bytes_of(message), QUOTED_MAX);
	(void)err_set(err, "%.*s", SLICE_ARG(text));
	jv_free(message);
	return -1;
}

/* The next result, to be freed by the caller when this is 1. */
static int
next_result(struct query *query, jv *result, struct err *err)
{
	if (!query->running)
		return 0;
	*result = jq_next(query->jq);
	if (jv_is_valid(*result)) {
		if (query->results++ < RESULTS_MAX)
			return 1;
		jv_free(*result);
		stop(query);
		return err_set(err, "more than %d results", RESULTS_MAX);
	}
	stop(query);
	if (jv_invalid_has_msg(jv_copy(*result)))
		return set_failure(jv_invalid_get_msg(*result), err);
	jv_free(*result);
	return 0;
}

/* Takes value. */
static void
add_json(struct buf *buf, jv value)
{
	jv text = jv_dump_string(value, 0);

	buf_add(buf, bytes_of(text));
	jv_free(text);
}

/* Takes value. */
static void
add_text(struct buf *buf, jv value)
{
	switch (jv_get_kind(value)) {
	case JV_KIND_NULL:
		break;
	case JV_KIND_STRING:
		buf_add(buf, bytes_of(value));
		jv_free(value);
		break;
	default:
		add_json(buf, value);
	}
}

int
query_next(struct query *query, struct buf *buf, bool *is_null, struct err *err)
{
	jv value;
	int got = next_result(query, &value, err);

	if (got != 1)
		return got;
	if (is_null != NULL)
		*is_null = jv_get_kind(value) == JV_KIND_NULL;
	if (buf != NULL)
		add_text(buf, value);
	else
		jv_free(value);
	return 1;
}

int
query_next_json(struct query *query, struct buf *buf, struct err *err)
{
	jv value;
	int got = next_result(query, &value, err);

	if (got != 1)
		return got;
	if (buf != NULL)
		add_json(buf, value);
	else
		jv_free(value);
	return 1;
}

/*
 * Adds the path of the result. That path() gives the same results in the same
 * order is not relied upon, since "try" hides its complaint about an expression
 * that makes new values: what the path leads to must be the very result.
 */
static bool
add_path(struct query *query, struct buf *path, jv result)
{
	jv place = jq_next(query->paths);
	jv part;

	if (!jv_is_valid(place)) {
		jv_free(place);
		return false;
	}
	part = jv_getpath(jv_copy(query->value), jv_copy(place));
	if (!jv_identical(part, jv_copy(result))) {
		jv_free(place);
		return false;
	}
	add_json(path, place);
	return true;
}

int
query_next_part(struct query *query, struct buf *buf, struct buf *path,
    struct err *err)
{
	jv value;
	int got = next_result(query, &value, err);

	buf_clear(path);
	if (got != 1)
		return got;
	if (query->has_paths && !add_path(query, path, value))
		stop_paths(query);
	add_json(buf, value);
	return 1;
}

int
query_is_true(struct query *query, const struct query_value *value,
    struct err *err)
{
	jv result;
	jv_kind kind;
	int got;

	query_start(query, value);
	got = next_result(query, &result, err);
	if (got != 1)
		return got;
	kind = jv_get_kind(result);
	jv_free(result);
	stop(query);
	return kind != JV_KIND_NULL && kind != JV_KIND_FALSE;
}
