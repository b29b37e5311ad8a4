/* SPDX-License-Identifier: MIT */
#ifndef HTTPD_REPLY_H
#define HTTPD_REPLY_H

/*
 * An answer: the steps of a path fill it, then its connection sends it. It is
 * one struct of plain fields, so that any step may be combined with any other.
 * Start it as { 0 }.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum framing { FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_CLOSE };
enum cut { CUT_NOT, CUT_BODY, CUT_HEAD, CUT_ALL };
enum ending { ENDING_KEEP, ENDING_CLOSE, ENDING_RESET, ENDING_HANG };

struct reply {
	int status; /* 0: the body is all that is sent, without a head */
	struct buf headers; /* whole lines, beside those that reply_send adds */
	struct buf body;
	char type[128];
	enum framing framing;
	enum cut cut;
	enum ending ending;
	bool gzip;
	bool head_only; /* the request was HEAD */
	bool control;   /* a step for the test itself: not counted as seen */
	int64_t delay;
	size_t piece; /* at most so many bytes at once; 0: all */
	int64_t gap;  /* from piece to piece */
	/* Adds what comes after the body; false when nothing does. */
	bool (*more)(struct reply *reply, struct buf *out);
	uint64_t left; /* MiB still to be inflated, for the bomb */
	struct z_stream_s *deflate;
};

void reply_release(struct reply *reply);

/* Answers with a JSON body that names the code, and a reason unless NULL. */
void reply_error(struct reply *reply, int code, const char *reason);

/* Adds a field. */
void reply_header(struct reply *reply, const char *name, const char *value);

/* The same, with the date so many seconds after 1970. */
void reply_date(struct reply *reply, const char *name, int64_t when);

/* What follows the head or body, for reply->more. */
bool endless_headers(struct reply *reply, struct buf *out);
bool endless_body(struct reply *reply, struct buf *out);
bool endless_chunks(struct reply *reply, struct buf *out);
bool bomb_more(struct reply *reply, struct buf *out);
void bomb_start(struct reply *reply, uint64_t mib);

/* Adds the bytes that go over the wire. */
void reply_write(struct reply *reply, struct buf *out);

#endif
