/* SPDX-License-Identifier: MIT */
#ifndef HTTPD_H
#define HTTPD_H

/*
 * A scripted HTTP/1.1 server for tests, on loopback alone. The scenario is in
 * the URL, after git's http-429.sh, so a test configures nothing:
 *
 *	/status/503/times=2/retry-after=1/ok/KEY
 *
 * The path is a row of steps, executed from left to right. A step takes its
 * arguments (capitals below), then any options (name=value), and either
 * answers or changes what a later one will answer. The first segment that is
 * no step must be the last: KEY, which is answered as by /ok/KEY. Segments are
 * percent-decoded. A mistake in a path is answered by 501. "/do/STEPS" is
 * STEPS, decoded once more before: what is encoded as a whole, as an id in a
 * URL is, can be a row of steps, too. Where a path must look like that of some
 * API, --path /NAME=/STEPS makes /NAME/KEY mean /STEPS/KEY.
 *
 * Options of every step:
 *	times=N         acts on the first N requests of this path only, and is
 *	                passed over afterwards
 *	after=N         is passed over by the first N requests of this path
 *	retry-after=V   (steps that answer with an error) a Retry-After field,
 *	                as it stands; retry-date=N: as the date in N seconds
 *	reason=WORD     (the same) error.errors[0].reason in the JSON body
 *
 * Steps that answer:
 *	ok              {"id":KEY,"n":how many times this path came here};
 *	                size=N pads the body to N bytes
 *	status/CODE     with a JSON body that says so; body=TEXT
 *	body/TEXT       this text; type=MEDIA-TYPE (application/json)
 *	echo            method, target, headers and body of the request, as JSON
 *	hang            nothing, until the client leaves
 *	leak/WHERE      gives away what came as X-API-Key: as the reason of a
 *	                403 (reason), as the media type (type), in the host of
 *	                a redirect that answers 429 (host), or in its query
 *	                (query)
 *	reset           nothing; the connection is reset
 *	garbage         what is no HTTP
 *	endless/WHAT    headers, body or chunked (a body), without end
 *	bomb            gzip of zeros; size=MIB (64)
 *	redirect/URL    status=CODE (302)
 *	chain/N         N redirects to itself, counting down, then the next step
 *	loop            a redirect to itself
 *	page/BY/N/SIZE  a page of the ids 1 to N: see httpd_pages.c
 *	batch           the items ?id=A,B,...: see httpd_pages.c
 *	mix             by KEY modulo 100: 0-4 fail once (500), 5 and 6 fail
 *	                until /mend, 7 hangs once, 8 is gone (404), others ok
 *	token           (POST) an OAuth 2.0 token endpoint that hands out t1,
 *	                t2, ... for a refresh_token, but invalid_grant for one
 *	                that begins with "revoked"; expires=SECONDS (3600)
 *
 * Steps that answer at times, and else go on:
 *	etag/VALUE      304 when If-None-Match has it
 *	modified/EPOCH  304 when If-Modified-Since is just that
 *	limit/RATE/BURST  429 as nginx's limit_req burst nodelay, status=CODE;
 *	                one bucket for each RATE/BURST, or for each zone=NAME
 *	quota/N         403 quotaExceeded after N units, cost=UNITS (1); one
 *	                quota for each N, or for each zone=NAME
 *	atmost/N        429 while N others that passed such a step are being
 *	                answered
 *	auth/TOKEN      401 without "Authorization: Bearer TOKEN"
 *	basic/USER/PASSWORD  the same with Basic
 *	needtoken       401 without the newest token, or when it has expired
 *
 * Steps that change what follows:
 *	header/NAME=VALUE  adds a field
 *	bigheader/N     adds a field of N bytes
 *	gzip            compresses the body
 *	chunked         sends it in chunks
 *	close           closes the connection behind the answer
 *	delay/MS        answers so much later
 *	slow            in pieces of bytes=N (1), one each ms=MS (1000)
 *	cut/WHERE       closes in the middle: of a body with a length (length),
 *	                in chunks (chunked) or without either (plain), of the
 *	                head (head), or before it (nothing)
 *	stall/WHERE     the same, but hangs there
 *
 * Steps for the test itself, which no log line counts as "seen":
 *	seen/N          answers when N requests have been logged
 *	mend, break     make mix's failing ones good, or bad again
 *	refill          fills all quotas
 *	expire          the newest token is no longer good
 *
 * A line of the log, written before the answer is sent:
 *	NANOSECONDS CONNECTION METHOD TARGET STATUS
 * since the start, when the head had come; status 0: none was sent. With
 * --log-headers the fields follow, each on a line that begins with a tab.
 *
 * One thread; whatever it shares is in struct world. See httpd.sh for its use
 * in a test.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "httpd_conn.h"

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

/* Of the step limit, as nginx keeps it: how much more came than may have, in
 * 10^-9 requests. */
struct bucket {
	int64_t excess;
	int64_t last;
	bool used;
};

enum { PATHS_MAX = 8 };

/* What all share. */
struct world {
	int epoll;
	int log;
	bool log_headers;
	const char *paths[PATHS_MAX]; /* of --path: "/NAME=/STEPS" */
	size_t path_count;
	bool proxy;
	const char *proxy_auth; /* "user:password", or NULL */
	void *tls;              /* an SSL_CTX, or NULL */
	int64_t start;
	uint64_t connections;
	uint64_t seen; /* requests logged, but for those of the test itself */
	uint64_t busy; /* past a step "atmost" and not yet answered */
	bool mended;
	uint64_t refills;
	uint64_t tokens; /* handed out */
	int64_t token_end;
	struct table counters;   /* of paths and steps, zones, ids: uint64_t */
	struct table buckets;    /* of the step limit */
	struct conn_list timers; /* by their due time */
	struct conn_list watchers;
	struct conn_list dead;
};

/* Adds a line to the log, in one write. */
void world_log(struct world *world, const struct conn *conn, int status);

/* A counter that starts at 0. */
uint64_t *world_counter(struct world *world, const struct buf *name);

#endif
