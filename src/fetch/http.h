/* SPDX-License-Identifier: MIT */
#ifndef FETCH_HTTP_H
#define FETCH_HTTP_H

/*
 * Transfers, over libcurl's multi interface: many at once on one thread. It
 * starts what it is told to, at once, and gives back what has ended; it
 * neither queues, nor retries, nor follows redirects, nor knows limits. The
 * one module that opens sockets.
 *
 * Set for each transfer: only http and https; no redirects; certificates and
 * names verified, always; no signals; no netrc, no environment's proxy; bodies
 * counted decoded, and ended at max_body; headers ended at 256 KiB; of a body
 * whose status is not 2xx the first 64 KiB, and then it is ended as if that
 * were all.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "fetch/outcome.h"

struct http;

struct http_options {
	unsigned max_transfers;  /* under way at once, at most */
	int64_t timeout;         /* of a transfer in all */
	int64_t connect_timeout; /* of its connection */
	size_t max_body;
	const char *proxy;    /* "http://user:password@host:3128"; NULL: none */
	const char *no_proxy; /* hosts, as CURLOPT_NOPROXY has them; not for
			       * untrusted requests: these take the proxy */
	const char *ca;       /* file or folder; NULL: the system's */
	const char *cert;
	const char *key;
	const char *key_password;
	bool negotiate;   /* SPNEGO on trusted origins */
	const char *user; /* basic on trusted origins; NULL: none */
	const char *password;
};

/* NULL with err set when libcurl cannot be started, or a file of TLS cannot be
 * read. Strings are borrowed until http_free(). The process ignores SIGPIPE
 * from then on, which OpenSSL would raise. */
struct http *http_new(const struct http_options *options, struct err *err);
void http_free(struct http *http); /* ends what is under way; NULL is fine */

struct http_request {
	const char *method;
	const char *url; /* copied */
	/* Lines "Name: value", copied. The caller leaves out what an origin
	 * must not see. */
	const char *const *headers;
	size_t header_count;
	struct slice body; /* copied; ptr NULL: none */
	/* An origin the job names: may have any address, and gets basic or
	 * negotiate authorisation. Others may not be private addresses, checked
	 * on the connection that is used (behind a proxy: the host's name). */
	bool trusted;
	void *tag; /* the caller's */
};

/* Filled in by http_take(); release it with http_reply_release(). */
struct http_reply {
	void *tag;
	enum outcome_trouble trouble;
	char trouble_text[160];
	int status;
	struct buf header; /* the last header block, as header.h wants it */
	struct buf body;   /* decoded; empty with a trouble */
	bool length_known; /* Content-Length, chunked or HTTP/2: its end was
			    * seen */
	int64_t latency;   /* from start to the last byte */
	bool connected;    /* it got as far as sending the request */
};

void http_reply_release(struct http_reply *reply);

/* Starts a transfer; fewer than max_transfers must be under way. -1 with err
 * set when it cannot be sent as it is: not a http or https URL, blanks or
 * control bytes in it, a method or a header that is none. */
int http_start(struct http *http, const struct http_request *request,
    struct err *err) CHECKED;

/* How many are under way: started and not yet taken. */
size_t http_count(const struct http *http);

/* Gives the next transfer that has ended; false when none has. */
bool http_take(struct http *http, struct http_reply *reply);

/* Works on the transfers, and returns when one has ended, http_wake() was
 * called, or timeout nanoseconds have passed. */
void http_wait(struct http *http, int64_t timeout);

/* Makes http_wait() return; from any thread, or a signal's handler via a
 * thread. */
void http_wake(struct http *http);

/* Ends all that are under way: http_take() gives them, with
 * TROUBLE_REFUSED. */
void http_cancel_all(struct http *http);

/* "libcurl 7.88.1, OpenSSL 3.0.17, nghttp2 1.52.0"; freed by the caller. */
char *http_version(void);

#endif
