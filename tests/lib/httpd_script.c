/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_script.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "httpd.h"

/* By enum step_option. */
static const char *const option_names[OPTION_COUNT] = {
	"times",
	"after",
	"retry-after",
	"retry-date",
	"reason",
	"size",
	"body",
	"type",
	"status",
	"zone",
	"cost",
	"expires",
	"ms",
	"bytes",
	"prefix",
	"cycle",
	"next",
	"broken",
	"breaks",
	"each",
};

const char *
script_arg(const struct script *script, unsigned n)
{
	return script->args[n].ptr;
}

uint64_t
script_number(const struct script *script, unsigned n)
{
	return strtoull(script_arg(script, n), NULL, 10);
}

const char *
script_option(const struct script *script, enum step_option option,
    const char *missing)
{
	const struct buf *text = &script->options[option];

	return text->len > 0 ? text->ptr : missing;
}

int64_t
script_option_number(const struct script *script, enum step_option option,
    int64_t missing)
{
	const char *text = script_option(script, option, NULL);

	return text == NULL ? missing : strtoll(text, NULL, 10);
}

uint64_t *
script_counter(const struct script *script, const char *name)
{
	struct buf key = { 0 };
	uint64_t *counter;

	buf_add_format(&key, "%s %zu ", name, script->at);
	buf_add(&key, script->request->path);
	counter = world_counter(script->world, &key);
	buf_release(&key);
	return counter;
}

bool
script_error(struct script *script, int code, const char *reason)
{
	struct reply *reply = script->reply;
	const char *after = script_option(script, OPTION_RETRY_AFTER, NULL);
	int64_t date = script_option_number(script, OPTION_RETRY_DATE, -1);

	reply_error(reply, code, script_option(script, OPTION_REASON, reason));
	if (after != NULL)
		reply_header(reply, "Retry-After", after);
	if (date >= 0)
		reply_date(reply, "Retry-After", clock_wall() + date);
	return true;
}

struct buf
script_key(const struct script *script)
{
	struct slice path = script->request->path;
	const char *slash = slice_rchr(path, '/');
	struct buf key = { 0 };

	if (slash != NULL)
		path = slice_between(slash + 1, path.ptr + path.len);
	percent_decode(&key, path);
	return key;
}

bool
script_ok(struct script *script)
{
	struct buf key = script_key(script);
	struct buf *body = &script->reply->body;
	size_t size = (size_t)script_option_number(script, OPTION_SIZE, 0);

	script->reply->status = 200;
	buf_add_str(body, "{\"id\":");
	json_add_string(body, buf_slice(&key));
	buf_add_format(body, ",\"n\":%llu",
	    (unsigned long long)++*script_counter(script, "ok"));
	if (size > body->len + 11) {
		buf_add_str(body, ",\"pad\":\"");
		while (body->len < size - 3)
			buf_add_char(body, '.');
		buf_add_char(body, '"');
	}
	buf_add_str(body, "}\n");
	buf_release(&key);
	return true;
}

/* --- Executing. */

static const struct step *const tables[] = {
	steps_answers,
	steps_changes,
	steps_control,
	steps_guards,
	steps_pages,
};

static const struct step *
find_step(struct slice name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		for (const struct step *step = tables[i]; step->name != NULL;
		     step++) {
			if (slice_is(name, step->name))
				return step;
		}
	}
	return NULL;
}

static void
set_text(struct buf *text, struct slice segment)
{
	buf_clear(text);
	percent_decode(text, segment);
	buf_add_char(text, '\0');
}

/* Takes the options off the front of the rest, forgetting the last step's. */
static void
take_options(struct script *script)
{
	struct slice rest = script->rest;
	struct slice value;
	struct slice name;

	for (size_t i = 0; i < OPTION_COUNT; i++)
		buf_clear(&script->options[i]);
	while (slice_cut(&rest, '/', &value) && slice_chr(value, '=') != NULL &&
	    slice_cut(&value, '=', &name)) {
		size_t i = 0;

		while (i < OPTION_COUNT && !slice_is(name, option_names[i]))
			i++;
		if (i == OPTION_COUNT)
			return;
		set_text(&script->options[i], value);
		script->rest = rest;
	}
}

/* False when there are too few. */
static bool
take_args(struct script *script, unsigned count)
{
	struct slice segment;

	for (unsigned i = 0; i < count; i++) {
		if (!slice_cut(&script->rest, '/', &segment))
			return false;
		set_text(&script->args[i], segment);
	}
	return true;
}

/* By the options times and after. */
static bool
is_passed_over(struct script *script)
{
	int64_t times = script_option_number(script, OPTION_TIMES, INT64_MAX);
	int64_t after = script_option_number(script, OPTION_AFTER, 0);
	uint64_t n;

	if (times == INT64_MAX && after == 0)
		return false;
	n = ++*script_counter(script, "times");
	return n <= (uint64_t)after || n - (uint64_t)after > (uint64_t)times;
}

/* Executes one step; true when it has answered. */
static bool
run_step(struct script *script)
{
	struct slice path = script->request->path;
	struct slice name = { 0 };
	const struct step *step;

	script->at = (size_t)(script->rest.ptr - path.ptr);
	slice_cut(&script->rest, '/', &name);
	step = find_step(name);
	if (step == NULL && script->rest.len == 0) {
		take_options(script); /* none: forgets the last step's */
		return script_ok(script);
	}
	if (step == NULL)
		return script_error(script, 501, "no such step");
	if (!take_args(script, step->args))
		return script_error(script, 501, "too few arguments");
	take_options(script);
	return !is_passed_over(script) && step->run(script);
}

/* What stands behind "/do", decoded, or what --path says; false where the path
 * is another one. */
static bool
unwrap(const struct world *world, struct slice path, struct buf *unwrapped)
{
	if (slice_starts(path, "/do/")) {
		percent_decode(unwrapped, slice_from(path, 3));
		return true;
	}
	for (size_t i = 0; i < world->path_count; i++) {
		struct slice steps = slice_str(world->paths[i]);
		struct slice name;

		(void)slice_cut(&steps, '=', &name);
		if (!slice_equal(slice_head(path, name.len), name))
			continue;
		buf_add(unwrapped, steps);
		buf_add(unwrapped, slice_from(path, name.len));
		return true;
	}
	return false;
}

void
script_run(struct conn *conn)
{
	struct script script = {
		.conn = conn,
		.world = conn->world,
		.request = &conn->request,
		.reply = &conn->reply,
	};
	struct slice path = conn->request.path;
	struct buf unwrapped = { 0 };

	if (unwrap(script.world, path, &unwrapped))
		conn->request.path = buf_slice(&unwrapped);
	script.rest = conn->request.path;
	slice_take_char(&script.rest, '/');
	while (!run_step(&script))
		;
	if (conn->reply.ending == ENDING_KEEP &&
	    slice_is_nocase(request_header(&conn->request, "Connection"),
		"close"))
		conn->reply.ending = ENDING_CLOSE;
	for (size_t i = 0; i < ARGS_MAX; i++)
		buf_release(&script.args[i]);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		buf_release(&script.options[i]);
	conn->request.path = path;
	buf_release(&unwrapped);
}
