/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_reply.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/msg.h"

void
reply_release(struct reply *reply)
{
	buf_release(&reply->headers);
	buf_release(&reply->body);
	if (reply->deflate != NULL)
		deflateEnd(reply->deflate);
	free(reply->deflate);
}

void
reply_header(struct reply *reply, const char *name, const char *value)
{
	buf_add_format(&reply->headers, "%s: %s\r\n", name, value);
}

/* A date as HTTP writes it. */
static void
format_date(char *text, size_t size, int64_t when)
{
	time_t seconds = (time_t)when;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, size, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

void
reply_date(struct reply *reply, const char *name, int64_t when)
{
	char date[64];

	format_date(date, sizeof(date), when);
	reply_header(reply, name, date);
}

void
reply_error(struct reply *reply, int code, const char *reason)
{
	reply->status = code;
	buf_clear(&reply->body);
	buf_add_format(&reply->body, "{\"error\":{\"code\":%d", code);
	if (reason != NULL)
		buf_add_format(&reply->body,
		    ",\"errors\":[{\"reason\":\"%s\"}]", reason);
	buf_add_str(&reply->body, "}}\n");
}

static void
add_chunk(struct buf *out, struct slice bytes)
{
	if (bytes.len == 0) /* would end the body */
		return;
	buf_add_format(out, "%zx\r\n", bytes.len);
	buf_add(out, bytes);
	buf_add_str(out, "\r\n");
}

bool
endless_headers(struct reply *reply, struct buf *out)
{
	for (int i = 0; i < 100; i++)
		buf_add_str(out, "X-Endless: and another, and another\r\n");
	return reply != NULL;
}

bool
endless_body(struct reply *reply, struct buf *out)
{
	static const char line[] = "and another line, and another, and so on\n";

	for (int i = 0; i < 400; i++)
		buf_add(out, slice_make(line, sizeof(line) - 1));
	return reply != NULL;
}

bool
endless_chunks(struct reply *reply, struct buf *out)
{
	struct buf chunk = { 0 };

	endless_body(reply, &chunk);
	add_chunk(out, buf_slice(&chunk));
	buf_release(&chunk);
	return true;
}

/* Starts a stream of the gzip format. */
static void
gzip_start(z_stream *stream)
{
	*stream = (z_stream){ 0 };
	if (deflateInit2(stream, 6, Z_DEFLATED, 15 + 16, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		msg_die("zlib: %s", stream->msg == NULL ? "?" : stream->msg);
}

/* Compresses bytes, and ends the stream behind the last. */
static void
gzip_add(z_stream *stream, struct slice bytes, bool last, struct buf *out)
{
	stream->next_in = (const Bytef *)bytes.ptr;
	stream->avail_in = (uInt)bytes.len;
	do {
		stream->next_out = (Bytef *)buf_reserve(out, 1 << 14);
		stream->avail_out = 1 << 14;
		deflate(stream, last ? Z_FINISH : Z_NO_FLUSH);
		out->len += (1 << 14) - stream->avail_out;
	} while (stream->avail_out == 0);
}

void
bomb_start(struct reply *reply, uint64_t mib)
{
	reply->deflate = xmalloc(sizeof(*reply->deflate));
	gzip_start(reply->deflate);
	reply->left = mib;
	reply->framing = FRAMING_CHUNKED;
	reply->more = bomb_more;
	reply_header(reply, "Content-Encoding", "gzip");
}

bool
bomb_more(struct reply *reply, struct buf *out)
{
	static const char zeros[1 << 20];
	struct buf packed = { 0 };

	if (reply->left == 0)
		return false;
	reply->left--;
	gzip_add(reply->deflate, slice_make(zeros, sizeof(zeros)),
	    reply->left == 0, &packed);
	add_chunk(out, buf_slice(&packed));
	if (reply->left == 0)
		buf_add_str(out, "0\r\n\r\n");
	buf_release(&packed);
	return true;
}

static void
gzip_body(struct reply *reply)
{
	struct buf packed = { 0 };
	z_stream stream;

	gzip_start(&stream);
	gzip_add(&stream, buf_slice(&reply->body), true, &packed);
	deflateEnd(&stream);
	buf_release(&reply->body);
	reply->body = packed;
	reply_header(reply, "Content-Encoding", "gzip");
}

static const struct {
	int code;
	const char *phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 204, "No Content" },
	{ 302, "Found" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 407, "Proxy Authentication Required" },
	{ 410, "Gone" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
};

static const char *
status_phrase(int code)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (phrases[i].code == code)
			return phrases[i].phrase;
	}
	return "Whatever";
}

/* Those of which HTTP says that no body follows. */
static bool
has_no_body(int status)
{
	return status < 200 || status == 204 || status == 304;
}

static void
write_head(const struct reply *reply, struct buf *out)
{
	char date[64];

	format_date(date, sizeof(date), clock_wall());
	buf_add_format(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", reply->status,
	    status_phrase(reply->status), date);
	buf_add(out, buf_slice(&reply->headers));
	if (!has_no_body(reply->status)) {
		buf_add_format(out, "Content-Type: %s\r\n",
		    reply->type[0] != '\0' ? reply->type : "application/json");
		if (reply->framing == FRAMING_CHUNKED)
			buf_add_str(out, "Transfer-Encoding: chunked\r\n");
		else if (reply->framing == FRAMING_LENGTH)
			buf_add_format(out, "Content-Length: %zu\r\n",
			    reply->body.len);
	}
	if (reply->ending == ENDING_CLOSE)
		buf_add_str(out, "Connection: close\r\n");
	if (reply->more != endless_headers)
		buf_add_str(out, "\r\n");
}

static void
write_body(const struct reply *reply, struct buf *out)
{
	struct slice body = buf_slice(&reply->body);

	if (reply->cut == CUT_BODY)
		body = slice_head(body, body.len / 2);
	if (reply->framing != FRAMING_CHUNKED) {
		buf_add(out, body);
		return;
	}
	add_chunk(out, body);
	if (reply->cut == CUT_NOT && reply->more == NULL)
		buf_add_str(out, "0\r\n\r\n");
}

void
reply_write(struct reply *reply, struct buf *out)
{
	if (reply->cut == CUT_ALL)
		return;
	if (reply->status == 0) {
		buf_add(out, buf_slice(&reply->body));
		return;
	}
	if (reply->gzip)
		gzip_body(reply);
	write_head(reply, out);
	if (reply->cut == CUT_HEAD)
		out->len /= 2;
	else if (!reply->head_only && !has_no_body(reply->status))
		write_body(reply, out);
	if (reply->head_only && reply->more != endless_headers)
		reply->more = NULL;
}
