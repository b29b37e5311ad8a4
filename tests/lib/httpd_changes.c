/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_script.h"

/* Steps that change a later step's answer. */

#include <string.h>

#include "httpd.h"

static bool
step_header(struct script *script)
{
	struct slice field = slice_str(script_arg(script, 0));
	struct slice name;

	if (slice_cut(&field, '=', &name))
		buf_add_format(&script->reply->headers, "%.*s: %.*s\r\n",
		    SLICE_ARG(name), SLICE_ARG(field));
	return false;
}

static bool
step_bigheader(struct script *script)
{
	struct buf *headers = &script->reply->headers;
	size_t size = (size_t)script_number(script, 0);

	buf_add_str(headers, "X-Big: ");
	memset(buf_reserve(headers, size), 'x', size);
	headers->len += size;
	buf_add_str(headers, "\r\n");
	return false;
}

static bool
step_gzip(struct script *script)
{
	script->reply->gzip = true;
	return false;
}

static bool
step_chunked(struct script *script)
{
	script->reply->framing = FRAMING_CHUNKED;
	return false;
}

static bool
step_close(struct script *script)
{
	script->reply->ending = ENDING_CLOSE;
	return false;
}

static bool
step_delay(struct script *script)
{
	script->reply->delay = (int64_t)script_number(script, 0) * MILLISECOND;
	return false;
}

static bool
step_slow(struct script *script)
{
	script->reply->piece = (size_t)script_option_number(script,
	    OPTION_BYTES, 1);
	script->reply->gap = script_option_number(script, OPTION_MS, 1000) *
	    MILLISECOND;
	return false;
}

static const struct {
	const char *where;
	enum cut cut;
	enum framing framing;
} cuts[] = {
	{ "length", CUT_BODY, FRAMING_LENGTH },
	{ "plain", CUT_BODY, FRAMING_CLOSE },
	{ "chunked", CUT_BODY, FRAMING_CHUNKED },
	{ "head", CUT_HEAD, FRAMING_LENGTH },
	{ "nothing", CUT_ALL, FRAMING_LENGTH },
};

static bool
cut(struct script *script, enum ending ending)
{
	script->reply->ending = ending;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		if (strcmp(script_arg(script, 0), cuts[i].where) != 0)
			continue;
		script->reply->cut = cuts[i].cut;
		script->reply->framing = cuts[i].framing;
		return false;
	}
	return script_error(script, 501, "no such place");
}

static bool
step_cut(struct script *script)
{
	return cut(script, ENDING_CLOSE);
}

static bool
step_stall(struct script *script)
{
	return cut(script, ENDING_HANG);
}

const struct step steps_changes[] = {
	{ "bigheader", 1, step_bigheader },
	{ "chunked", 0, step_chunked },
	{ "close", 0, step_close },
	{ "cut", 1, step_cut },
	{ "delay", 1, step_delay },
	{ "gzip", 0, step_gzip },
	{ "header", 1, step_header },
	{ "slow", 0, step_slow },
	{ "stall", 1, step_stall },
	{ 0 },
};
