/* SPDX-License-Identifier: MIT */
#ifndef HTTPD_REQUEST_H
#define HTTPD_REQUEST_H

/* A request, as slices of what was read. */

#include <sys/types.h>

#include "base/buf.h"
#include "base/slice.h"

struct request {
	struct slice method;
	struct slice target; /* as it came: path and query, or a whole URL */
	struct slice path;   /* without the query */
	struct slice query;
	struct slice head; /* all fields, each ending in CRLF */
	struct slice body;
};

/*
 * Reads one request off the front of the bytes; chunks are decoded into *body.
 * Returns its length, 0 while it is incomplete (then request->head.ptr is NULL
 * unless the head is whole), or -1 when it is malformed.
 */
ssize_t request_parse(struct slice in, struct request *request,
    struct buf *body);

/* The next field of request->head; false at the end. */
bool header_next(struct slice *head, struct slice *name, struct slice *value);

/* The value of the first field of this name; empty where there is none. */
struct slice request_header(const struct request *request, const char *name);

/* The next name=value of a query or form, still encoded; false at the end. */
bool query_next(struct slice *query, struct slice *name, struct slice *value);

/* Adds the value of a query's parameter, decoded; false where it is missing. */
bool query_add(struct buf *buf, struct slice query, const char *name);

/* Adds bytes with %XX decoded. */
void percent_decode(struct buf *buf, struct slice bytes);

/* Whether the field holds "Basic " and the base64 of these credentials. */
bool basic_matches(struct slice field, const char *credentials);

#endif
