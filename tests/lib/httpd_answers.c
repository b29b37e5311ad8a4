/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_script.h"

/* Steps that answer always. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "httpd.h"

static bool
step_status(struct script *script)
{
	const char *body = script_option(script, OPTION_BODY, NULL);

	script_error(script, (int)script_number(script, 0), NULL);
	if (body != NULL) {
		buf_clear(&script->reply->body);
		buf_add_str(&script->reply->body, body);
	}
	return true;
}

static void
set_type(struct script *script)
{
	const char *type = script_option(script, OPTION_TYPE, "");

	snprintf(script->reply->type, sizeof(script->reply->type), "%s", type);
}

static bool
step_body(struct script *script)
{
	script->reply->status = 200;
	set_type(script);
	buf_add_str(&script->reply->body, script_arg(script, 0));
	return true;
}

static void
add_member(struct buf *body, const char *name, struct slice value)
{
	buf_add_format(body, "%s\"%s\":", body->len > 1 ? "," : "", name);
	json_add_string(body, value);
}

static bool
step_echo(struct script *script)
{
	struct buf *body = &script->reply->body;
	struct slice head = script->request->head;
	struct slice name;
	struct slice value;
	const char *comma = "";

	script->reply->status = 200;
	buf_add_char(body, '{');
	add_member(body, "method", script->request->method);
	add_member(body, "target", script->request->target);
	add_member(body, "body", script->request->body);
	buf_add_str(body, ",\"headers\":{");
	while (header_next(&head, &name, &value)) {
		buf_add_str(body, comma);
		json_add_string(body, name);
		buf_add_char(body, ':');
		json_add_string(body, value);
		comma = ",";
	}
	buf_add_str(body, "}}\n");
	return true;
}

static bool
answer_nothing(struct script *script, enum ending ending)
{
	script->reply->cut = CUT_ALL;
	script->reply->ending = ending;
	return true;
}

static bool
step_hang(struct script *script)
{
	return answer_nothing(script, ENDING_HANG);
}

static bool
step_reset(struct script *script)
{
	return answer_nothing(script, ENDING_RESET);
}

static bool
step_garbage(struct script *script)
{
	buf_add_str(&script->reply->body, "\x16\x03\x01 SSH-2.0-what?\r\n\r\n");
	script->reply->ending = ENDING_CLOSE;
	return true;
}

static bool
step_endless(struct script *script)
{
	struct reply *reply = script->reply;
	const char *what = script_arg(script, 0);

	reply->status = 200;
	reply->ending = ENDING_CLOSE;
	if (strcmp(what, "headers") == 0) {
		reply->more = endless_headers;
	} else if (strcmp(what, "chunked") == 0) {
		reply->framing = FRAMING_CHUNKED;
		reply->more = endless_chunks;
	} else {
		reply->framing = FRAMING_CLOSE;
		reply->more = endless_body;
	}
	return true;
}

static bool
step_bomb(struct script *script)
{
	int64_t mib = script_option_number(script, OPTION_SIZE, 64);

	script->reply->status = 200;
	bomb_start(script->reply, (uint64_t)mib);
	return true;
}

/* A redirect to another host, by way of the same port. */
static void
leak_into_url(struct script *script, struct slice secret, bool in_host)
{
	struct slice host = request_header(script->request, "Host");
	const char *colon = slice_rchr(host, ':');
	struct buf url = { 0 };

	if (colon != NULL)
		host = slice_between(colon, host.ptr + host.len);
	buf_add_str(&url, "http://");
	buf_add(&url, in_host ? secret : slice_str("cdn"));
	buf_add_format(&url, ".example.test%.*s", SLICE_ARG(host));
	buf_add_str(&url,
	    in_host ? "/status/429/retry-after=0/k" : "/ok/k?key=");
	if (!in_host)
		buf_add(&url, secret);
	buf_add_char(&url, '\0');
	reply_error(script->reply, 302, NULL);
	reply_header(script->reply, "Location", url.ptr);
	buf_release(&url);
}

static bool
step_leak(struct script *script)
{
	struct slice secret = request_header(script->request, "X-API-Key");
	const char *where = script_arg(script, 0);
	struct buf text = { 0 };

	if (strcmp(where, "host") == 0 || strcmp(where, "query") == 0) {
		leak_into_url(script, secret, strcmp(where, "host") == 0);
		return true;
	}
	buf_add(&text, secret);
	buf_add_char(&text, '\0');
	reply_error(script->reply, 403, text.ptr);
	if (strcmp(where, "type") == 0) {
		script->reply->status = 200;
		snprintf(script->reply->type, sizeof(script->reply->type), "%s",
		    text.ptr);
	}
	buf_release(&text);
	return true;
}

/* --- Redirects. */

static bool
redirect(struct script *script, const char *url)
{
	int64_t code = script_option_number(script, OPTION_STATUS, 302);

	reply_error(script->reply, (int)code, NULL);
	reply_header(script->reply, "Location", url);
	return true;
}

static bool
step_redirect(struct script *script)
{
	return redirect(script, script_arg(script, 0));
}

/* The same path with a smaller number in it. */
static bool
step_chain(struct script *script)
{
	struct buf url = { 0 };
	uint64_t left = script_number(script, 0);

	if (left == 0)
		return false;
	buf_add(&url, slice_head(script->request->path, script->at));
	buf_add_format(&url, "chain/%llu/%.*s", (unsigned long long)left - 1,
	    SLICE_ARG(script->rest));
	buf_add_char(&url, '\0');
	redirect(script, url.ptr);
	buf_release(&url);
	return true;
}

static bool
step_loop(struct script *script)
{
	struct buf url = { 0 };

	buf_add(&url, script->request->target);
	buf_add_char(&url, '\0');
	redirect(script, url.ptr);
	buf_release(&url);
	return true;
}

/* --- The 1,000 items of which some fail. */

static bool
step_mix(struct script *script)
{
	struct buf key = script_key(script);
	uint64_t kind;
	bool first = ++*script_counter(script, "mix") == 1;

	buf_add_char(&key, '\0');
	kind = strtoull(key.ptr + strcspn(key.ptr, "0123456789"), NULL, 10) %
	    100;
	buf_release(&key);
	if (kind < 5 && first)
		return script_error(script, 500, NULL);
	if ((kind == 5 || kind == 6) && !script->world->mended)
		return script_error(script, 500, NULL);
	if (kind == 7 && first)
		return step_hang(script);
	if (kind == 8)
		return script_error(script, 404, NULL);
	return script_ok(script);
}

const struct step steps_answers[] = {
	{ "body", 1, step_body },
	{ "bomb", 0, step_bomb },
	{ "chain", 1, step_chain },
	{ "echo", 0, step_echo },
	{ "endless", 1, step_endless },
	{ "garbage", 0, step_garbage },
	{ "hang", 0, step_hang },
	{ "leak", 1, step_leak },
	{ "loop", 0, step_loop },
	{ "mix", 0, step_mix },
	{ "ok", 0, script_ok },
	{ "redirect", 1, step_redirect },
	{ "reset", 0, step_reset },
	{ "status", 1, step_status },
	{ 0 },
};
