/* SPDX-License-Identifier: MIT */
#ifndef FETCH_TRANSFER_H
#define FETCH_TRANSFER_H

/*
 * A transfer: a handle of libcurl and what belongs to it. Private to http.c
 * and answer.c. It is made once and used for one request after another, so
 * that its options need not be set, nor its memory found, again.
 */

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/err.h"
#include "fetch/http.h"

enum transfer_method { TRANSFER_GET, TRANSFER_HEAD, TRANSFER_OTHER };

struct transfer {
	CURL *easy;
	const struct http_options *options;

	/* http.c's: in its list of idle or ended ones, or in the multi. */
	struct transfer *next;
	bool under_way;

	/* What the handle is set to. */
	bool trusted;
	bool tls;
	enum transfer_method method;

	/* The request. The list of header lines lies in an array, and its
	 * nodes point into text. */
	struct buf text;
	struct curl_slist *lines;
	size_t line_room;
	struct buf content;

	/* answer.c's: the answer so far. */
	struct http_reply reply;
	size_t header_bytes;
	unsigned blocks;
	bool in_header; /* between a status line and an empty line */
	bool good;      /* the status is 2xx */
	bool enough;    /* ended by us, with as much as we want */
	char error[CURL_ERROR_SIZE];
};

/* The options are borrowed. */
struct transfer *transfer_new(const struct http_options *options,
    CURLSH *share);
void transfer_free(struct transfer *transfer);

/* Whether a request can be sent as it is. -1 with err set: its method is no
 * word, a header would be two, or none, or its URL has blanks in it or is not
 * http's. */
int transfer_check(const struct http_request *request, struct err *err) CHECKED;

/* Sets the handle to a request that was checked. */
void transfer_set(struct transfer *transfer,
    const struct http_request *request);

#endif
