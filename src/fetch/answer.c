/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/answer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fetch/origin.h"

enum {
	NS_PER_US = 1000,
	/* Of all header blocks of an answer together: also the 1xx ones, and
	 * those of a proxy or an authorisation, before the last. */
	HEADER_MAX = 256 << 10,
	HEADER_USUAL = 500, /* room for most */
	BLOCKS_MAX = 100,
	ERROR_BODY_MAX = 64 << 10,
	/* Room made for a body whose length is announced: no more, since the
	 * announcement costs the server nothing. */
	RESERVE_MAX = 1 << 20,
};

void
answer_trouble(struct transfer *transfer, enum outcome_trouble trouble,
    const char *format, ...)
{
	struct http_reply *reply = &transfer->reply;
	va_list args;

	reply->trouble = trouble;
	buf_release(&reply->body);
	va_start(args, format);
	(void)vsnprintf(reply->trouble_text, sizeof(reply->trouble_text),
	    format, args);
	va_end(args);
	for (char *c = reply->trouble_text; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
}

/* Callbacks, called by libcurl within curl_multi_perform(). */

static void
end_of_header(struct transfer *transfer)
{
	long status = 0;
	curl_off_t len = -1;

	transfer->in_header = false;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE,
	    &status);
	transfer->good = status / 100 == 2;
	(void)curl_easy_getinfo(transfer->easy,
	    CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &len);
	if (transfer->good && len > 0 && transfer->method != TRANSFER_HEAD)
		buf_reserve(&transfer->reply.body,
		    len < RESERVE_MAX ? (size_t)len : RESERVE_MAX);
}

static void
add_header_line(struct transfer *transfer, struct slice line)
{
	if (transfer->in_header && (line.ptr[0] == '\r' || line.ptr[0] == '\n'))
		end_of_header(transfer);
	else if (transfer->in_header)
		buf_add(&transfer->reply.header, line);
	else if (slice_starts(line, "HTTP/")) {
		transfer->in_header = true;
		transfer->blocks++;
		buf_clear(&transfer->reply.header);
		buf_reserve(&transfer->reply.header, HEADER_USUAL);
	}
	/* Else it is a trailer, behind the body: of no use. */
}

static size_t
on_header(char *line, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	size_t len = size * count;

	transfer->header_bytes += len;
	if (len > 0)
		add_header_line(transfer, slice_make(line, len));
	if (transfer->header_bytes > HEADER_MAX) {
		answer_trouble(transfer, TROUBLE_TOO_LARGE,
		    "header over %d KiB", HEADER_MAX >> 10);
		return CURL_WRITEFUNC_ERROR;
	}
	if (transfer->blocks > BLOCKS_MAX) {
		answer_trouble(transfer, TROUBLE_TOO_LARGE,
		    "over %d headers before the answer", BLOCKS_MAX);
		return CURL_WRITEFUNC_ERROR;
	}
	return len;
}

static size_t
on_body(char *bytes, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	struct buf *body = &transfer->reply.body;
	size_t max = transfer->options->max_body;
	size_t len = size * count;

	if (!transfer->good)
		max = ERROR_BODY_MAX;
	if (len <= max - body->len) {
		buf_add(body, slice_make(bytes, len));
		return len;
	}
	if (transfer->good) {
		answer_trouble(transfer, TROUBLE_TOO_LARGE,
		    "body over %zu bytes", max);
	} else {
		buf_add(body, slice_make(bytes, max - body->len));
		transfer->enough = true;
	}
	return CURL_WRITEFUNC_ERROR;
}

static bool
is_private(const char *address)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, address, &in4.sin_addr) == 1)
		return origin_address_is_private((struct sockaddr *)&in4);
	if (inet_pton(AF_INET6, address, &in6.sin6_addr) == 1)
		return origin_address_is_private((struct sockaddr *)&in6);
	return true;
}

/* The connection stands, a new one or a used one, and the request goes next.
 * Behind a proxy the address is the proxy's. */
static int
on_connected(void *user, char *address, char *local, int port, int local_port)
{
	struct transfer *transfer = user;

	(void)local, (void)port, (void)local_port;
	if (!transfer->trusted && transfer->options->proxy == NULL &&
	    is_private(address)) {
		answer_trouble(transfer, TROUBLE_REFUSED,
		    "%s is a private address", address);
		return CURL_PREREQFUNC_ABORT;
	}
	transfer->reply.connected = true;
	return CURL_PREREQFUNC_OK;
}

void
answer_listen(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	(void)curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	(void)curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
}

void
answer_begin(struct transfer *transfer, void *tag)
{
	transfer->reply = (struct http_reply){ .tag = tag };
	transfer->header_bytes = 0;
	transfer->blocks = 0;
	transfer->in_header = false;
	transfer->good = false;
	transfer->enough = false;
	transfer->error[0] = '\0';
}

static const struct {
	CURLcode code;
	enum outcome_trouble trouble;
} troubles[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, TROUBLE_RESOLVE },
	{ CURLE_COULDNT_RESOLVE_PROXY, TROUBLE_PROXY },
	{ CURLE_PROXY, TROUBLE_PROXY },
	{ CURLE_COULDNT_CONNECT, TROUBLE_CONNECT },
	{ CURLE_OPERATION_TIMEDOUT, TROUBLE_TIMEOUT },
	{ CURLE_PARTIAL_FILE, TROUBLE_CUT },
	{ CURLE_GOT_NOTHING, TROUBLE_CUT },
	{ CURLE_SEND_ERROR, TROUBLE_CUT },
	{ CURLE_RECV_ERROR, TROUBLE_CUT },
	{ CURLE_SEND_FAIL_REWIND, TROUBLE_CUT },
	{ CURLE_HTTP2, TROUBLE_CUT },
	{ CURLE_HTTP2_STREAM, TROUBLE_CUT },
	{ CURLE_SSL_CONNECT_ERROR, TROUBLE_TLS },
	{ CURLE_SSL_CIPHER, TROUBLE_TLS },
	{ CURLE_SSL_SHUTDOWN_FAILED, TROUBLE_TLS },
	{ CURLE_PEER_FAILED_VERIFICATION, TROUBLE_CERT },
	{ CURLE_SSL_ISSUER_ERROR, TROUBLE_CERT },
	{ CURLE_SSL_INVALIDCERTSTATUS, TROUBLE_CERT },
	{ CURLE_SSL_CACERT_BADFILE, TROUBLE_CERT },
	{ CURLE_SSL_CERTPROBLEM, TROUBLE_CERT },
	{ CURLE_SSL_CLIENTCERT, TROUBLE_CERT },
	{ CURLE_FILESIZE_EXCEEDED, TROUBLE_TOO_LARGE },
	/* 7.88 says so of a header line over 100 KiB. */
	{ CURLE_OUT_OF_MEMORY, TROUBLE_TOO_LARGE },
	{ CURLE_URL_MALFORMAT, TROUBLE_REFUSED },
	{ CURLE_UNSUPPORTED_PROTOCOL, TROUBLE_BROKEN }, /* HTTP/0.9 */
	{ CURLE_WEIRD_SERVER_REPLY, TROUBLE_BROKEN },
	{ CURLE_BAD_CONTENT_ENCODING, TROUBLE_BROKEN },
};

/* Whether the connection that was not made was one to the proxy, or through
 * it. */
static bool
is_proxied(const struct transfer *transfer)
{
	const struct http_options *options = transfer->options;

	return options->proxy != NULL && !transfer->reply.connected &&
	    (options->no_proxy == NULL || !transfer->trusted);
}

static enum outcome_trouble
trouble_of(const struct transfer *transfer, CURLcode code)
{
	enum outcome_trouble trouble = TROUBLE_BROKEN;

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
		if (troubles[i].code == code)
			trouble = troubles[i].trouble;
	}
	if ((trouble == TROUBLE_CONNECT || trouble == TROUBLE_CUT) &&
	    is_proxied(transfer))
		return TROUBLE_PROXY;
	return trouble;
}

static void
explain_timeout(struct transfer *transfer)
{
	const struct http_options *options = transfer->options;
	bool connected = transfer->reply.connected;
	int64_t after = options->timeout;

	if (!connected && options->connect_timeout < after)
		after = options->connect_timeout;
	answer_trouble(transfer, TROUBLE_TIMEOUT,
	    connected ? "timed out after %g s" : "no connection after %g s",
	    (double)after / 1e9);
}

static void
explain(struct transfer *transfer, CURLcode code)
{
	const char *text = transfer->error;

	if (code == CURLE_OPERATION_TIMEDOUT) {
		explain_timeout(transfer);
		return;
	}
	if (code == CURLE_OUT_OF_MEMORY)
		text = "a header line over 100 KiB";
	else if (text[0] == '\0')
		text = curl_easy_strerror(code);
	answer_trouble(transfer, trouble_of(transfer, code), "%s", text);
}

/* Whether the end of a body was told by more than the connection's. Where
 * there is none, libcurl has set the length to 0. */
static bool
knows_length(const struct transfer *transfer)
{
	struct curl_header *coding;
	curl_off_t len = -1;
	long version = 0;

	(void)curl_easy_getinfo(transfer->easy,
	    CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &len);
	if (len >= 0 || transfer->method == TRANSFER_HEAD)
		return true;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION,
	    &version);
	if (version >= CURL_HTTP_VERSION_2_0)
		return true;
	return curl_easy_header(transfer->easy, "Transfer-Encoding", 0,
		   CURLH_HEADER, -1, &coding) == CURLHE_OK &&
	    strcasestr(coding->value, "chunked") != NULL;
}

void
answer_end(struct transfer *transfer, CURLcode code)
{
	struct http_reply *reply = &transfer->reply;
	curl_off_t us = 0;
	long status = 0;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &us);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE,
	    &status);
	reply->latency = us * NS_PER_US;
	if (code != CURLE_OK && reply->trouble == TROUBLE_NONE &&
	    !transfer->enough)
		explain(transfer, code);
	else if (code == CURLE_OK && transfer->in_header)
		/* libcurl takes that for an answer without a body. */
		answer_trouble(transfer, TROUBLE_CUT, "the header was cut");
	else if (status == 407 && transfer->options->proxy != NULL)
		answer_trouble(transfer, TROUBLE_PROXY,
		    "the proxy asks for authentication");
	if (reply->trouble != TROUBLE_NONE)
		return;
	reply->status = (int)status;
	reply->length_known = !transfer->enough && knows_length(transfer);
}
