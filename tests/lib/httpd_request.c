/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_request.h"

#include "base/json.h"

enum { HEAD_MAX = 1 << 20, BODY_MAX = 1 << 30 };

bool
header_next(struct slice *head, struct slice *name, struct slice *value)
{
	struct slice line;

	if (!slice_cut(head, '\n', &line) || !slice_cut(&line, ':', name))
		return false;
	*value = slice_trim(line);
	return true;
}

struct slice
request_header(const struct request *request, const char *wanted)
{
	struct slice head = request->head;
	struct slice name;
	struct slice value;

	while (header_next(&head, &name, &value)) {
		if (slice_is_nocase(name, wanted))
			return value;
	}
	return slice_make(NULL, 0);
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = memchr(digits, c, sizeof(digits) - 1);

	return found == NULL ? -1 : (int)(found - digits) % 16;
}

void
percent_decode(struct buf *buf, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		const char *p = bytes.ptr + i;
		bool coded = *p == '%' && i + 2 < bytes.len &&
		    hex_digit(p[1]) >= 0 && hex_digit(p[2]) >= 0;

		if (coded) {
			int c = hex_digit(p[1]) * 16 + hex_digit(p[2]);

			buf_add_char(buf, (char)c);
			i += 2;
		} else {
			buf_add_char(buf, *p);
		}
	}
}

bool
query_next(struct slice *query, struct slice *name, struct slice *value)
{
	if (!slice_cut(query, '&', value))
		return false;
	if (!slice_cut(value, '=', name))
		*name = *value;
	return true;
}

bool
query_add(struct buf *buf, struct slice query, const char *wanted)
{
	struct slice name;
	struct slice value;

	while (query_next(&query, &name, &value)) {
		if (slice_is(name, wanted)) {
			percent_decode(buf, value);
			return true;
		}
	}
	return false;
}

bool
basic_matches(struct slice field, const char *credentials)
{
	struct buf wanted = { 0 };
	bool same;

	json_add_base64(&wanted, slice_str(credentials)); /* in quotes */
	same = slice_starts(field, "Basic ") &&
	    slice_equal(slice_trim(slice_from(field, 6)),
		slice_make(wanted.ptr + 1, wanted.len - 2));
	buf_release(&wanted);
	return same;
}

/* Its first line; the fields stay in request->head. */
static bool
read_request_line(struct request *request)
{
	struct slice line;

	if (!slice_cut(&request->head, '\n', &line))
		return false;
	line = slice_trim(line);
	if (!slice_cut(&line, ' ', &request->method) ||
	    !slice_cut(&line, ' ', &request->target) ||
	    !slice_starts(line, "HTTP/1."))
		return false;
	request->query = request->target;
	slice_cut(&request->query, '?', &request->path);
	return true;
}

/* The number in front of a chunk. */
static size_t
chunk_size(struct slice line)
{
	size_t size = 0;

	for (size_t i = 0; i < line.len && hex_digit(line.ptr[i]) >= 0; i++) {
		size = size * 16 + (size_t)hex_digit(line.ptr[i]);
		if (size > BODY_MAX)
			break;
	}
	return size;
}

/* Takes a chunked body off the front of *in. Returns 1, 0 while it is
 * incomplete, -1 when it is malformed. Trailers are not understood. */
static int
read_chunks(struct slice *in, struct buf *body)
{
	struct slice line;
	size_t size;

	buf_clear(body);
	while (slice_chr(*in, '\n') != NULL) {
		slice_cut(in, '\n', &line);
		size = chunk_size(line);
		if (size > BODY_MAX)
			return -1;
		if (in->len < size + 2)
			return 0;
		buf_add(body, slice_head(*in, size));
		*in = slice_from(*in, size + 2);
		if (size == 0)
			return 1;
	}
	return 0;
}

/* Takes the body off the front of *in; returns as read_chunks(). */
static int
read_body(struct slice *in, struct request *request, struct buf *body)
{
	struct slice length = request_header(request, "Content-Length");
	struct slice coding = request_header(request, "Transfer-Encoding");
	uint64_t size = 0;
	int done;

	if (slice_is_nocase(coding, "chunked")) {
		done = read_chunks(in, body);
		request->body = buf_slice(body);
		return done;
	}
	if (length.len > 0 &&
	    (slice_number(length, &size) != 0 || size > BODY_MAX))
		return -1;
	if (in->len < size)
		return 0;
	request->body = slice_head(*in, size);
	*in = slice_from(*in, size);
	return 1;
}

ssize_t
request_parse(struct slice in, struct request *request, struct buf *body)
{
	const char *end = slice_find(in, "\r\n\r\n");
	struct slice rest;
	int done;

	*request = (struct request){ 0 };
	if (end == NULL)
		return in.len > HEAD_MAX ? -1 : 0;
	request->head = slice_between(in.ptr, end + 2);
	rest = slice_from(in, request->head.len + 2);
	if (!read_request_line(request))
		return -1;
	done = read_body(&rest, request, body);
	return done <= 0 ? done : (ssize_t)(in.len - rest.len);
}
