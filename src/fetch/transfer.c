/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/transfer.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/duration.h"

/* Where libcurl refuses one of these it has no memory, or we are wrong. */
static void
set_long(CURL *easy, CURLoption option, long value)
{
	CURLcode code = curl_easy_setopt(easy, option, value);

	assert(code == CURLE_OK);
}

static void
set_text(CURL *easy, CURLoption option, const char *value)
{
	CURLcode code = curl_easy_setopt(easy, option, value);

	assert(code == CURLE_OK);
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static long
milliseconds(int64_t duration)
{
	int64_t ms = (duration + DURATION_MS - 1) / DURATION_MS;

	if (ms > INT_MAX)
		return INT_MAX;
	return ms < 1 ? 1 : (long)ms;
}

static bool
is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* One of file and folder, never both: another authority than the user's must
 * not count, and libcurl keeps what it has read only where there is no
 * folder. */
static void
set_authorities(CURL *easy, const char *ca)
{
	bool folder = ca != NULL && is_folder(ca);

	set_text(easy, CURLOPT_CAPATH, folder ? ca : NULL);
	set_text(easy, CURLOPT_PROXY_CAPATH, folder ? ca : NULL);
	if (ca == NULL)
		return;
	set_text(easy, CURLOPT_CAINFO, folder ? NULL : ca);
	set_text(easy, CURLOPT_PROXY_CAINFO, folder ? NULL : ca);
}

static void
set_rules(CURL *easy, const struct http_options *options)
{
	set_long(easy, CURLOPT_NOSIGNAL, 1);
	set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	set_long(easy, CURLOPT_FOLLOWLOCATION, 0);
	set_long(easy, CURLOPT_SSL_VERIFYPEER, 1);
	set_long(easy, CURLOPT_SSL_VERIFYHOST, 2);
	set_authorities(easy, options->ca);
	set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	/* All that libcurl knows. */
	set_text(easy, CURLOPT_ACCEPT_ENCODING, "");
	set_text(easy, CURLOPT_USERAGENT, "tallyman/" PACKAGE_VERSION);
	set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds(options->timeout));
	set_long(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    milliseconds(options->connect_timeout));
	/* NULL would be the environment's. */
	set_text(easy, CURLOPT_PROXY, or_empty(options->proxy));
	set_text(easy, CURLOPT_NOPROXY, "");
	set_long(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_ANY);
}

struct transfer *
transfer_new(const struct http_options *options, CURLSH *share)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));

	transfer->options = options;
	transfer->easy = curl_easy_init();
	assert(transfer->easy != NULL);
	(void)curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
	(void)curl_easy_setopt(transfer->easy, CURLOPT_SHARE, share);
	set_rules(transfer->easy, options);
	return transfer;
}

void
transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	http_reply_release(&transfer->reply);
	buf_release(&transfer->text);
	buf_release(&transfer->content);
	free(transfer->lines);
	free(transfer);
}

static int
check_method(const char *method, struct err *err)
{
	const char *c = method;

	while (ascii_is_letter(*c))
		c++;
	if (c == method || *c != '\0')
		return err_set(err, "not a method of HTTP");
	return 0;
}

static int
check_header(const char *line, struct err *err)
{
	if (strpbrk(line, "\r\n") != NULL)
		return err_set(err, "a line end in a header");
	if (line[0] == ':' || strchr(line, ':') == NULL)
		return err_set(err, "a header without a name");
	return 0;
}

static int
check_url(const char *url, struct err *err)
{
	if (strncasecmp(url, "http:", 5) != 0 &&
	    strncasecmp(url, "https:", 6) != 0)
		return err_set(err, "not a http or https URL");
	for (; *url != '\0'; url++) {
		if ((unsigned char)*url <= ' ' || *url == 0x7f)
			return err_set(err,
			    "a URL with blanks or control bytes in it");
	}
	return 0;
}

int
transfer_check(const struct http_request *request, struct err *err)
{
	if (check_method(request->method, err) != 0 ||
	    check_url(request->url, err) != 0)
		return -1;
	for (size_t i = 0; i < request->header_count; i++) {
		if (check_header(request->headers[i], err) != 0)
			return -1;
	}
	return 0;
}

/* What a handle is set to for each transfer, where it is not yet. */

static long
methods_of_auth(const struct http_options *options)
{
	unsigned long methods = 0;

	if (options->user != NULL)
		methods |= CURLAUTH_BASIC;
	if (options->negotiate)
		methods |= CURLAUTH_NEGOTIATE;
	return (long)methods;
}

/* What only origins of the job may see: credentials, who we are to TLS, and
 * us without the proxy. */
static void
set_trust(struct transfer *transfer, bool trusted)
{
	static const struct http_options stranger;
	const struct http_options *options = trusted ? transfer->options :
						       &stranger;
	const char *user = options->user;
	CURL *easy = transfer->easy;

	if (transfer->trusted == trusted)
		return;
	transfer->trusted = trusted;
	/* Negotiate is not tried without a name, and then does not use it. */
	if (options->negotiate)
		user = or_empty(user);
	set_long(easy, CURLOPT_HTTPAUTH, methods_of_auth(options));
	set_text(easy, CURLOPT_USERNAME, user);
	set_text(easy, CURLOPT_PASSWORD, options->password);
	set_text(easy, CURLOPT_SSLCERT, options->cert);
	set_text(easy, CURLOPT_SSLKEY, options->key);
	/* Without one OpenSSL would ask the terminal. */
	set_text(easy, CURLOPT_KEYPASSWD, or_empty(options->key_password));
	/* NULL would be the environment's. */
	set_text(easy, CURLOPT_NOPROXY, or_empty(options->no_proxy));
}

/* Over TLS a request waits for a connection that is being made, to share it
 * if it turns out to be HTTP/2; over plain HTTP it never will. */
static void
set_tls(struct transfer *transfer, bool tls)
{
	if (transfer->tls == tls)
		return;
	transfer->tls = tls;
	set_long(transfer->easy, CURLOPT_PIPEWAIT, tls);
}

static void
set_content(struct transfer *transfer, struct slice body)
{
	CURL *easy = transfer->easy;

	buf_clear(&transfer->content);
	buf_add(&transfer->content, body);
	buf_add_char(&transfer->content, '\0');
	set_long(easy, CURLOPT_POST, 1);
	(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)body.len);
	(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->content.ptr);
}

static void
set_method(struct transfer *transfer, const char *method, struct slice body)
{
	CURL *easy = transfer->easy;
	enum transfer_method was = transfer->method;

	if (strcmp(method, "HEAD") == 0)
		transfer->method = TRANSFER_HEAD;
	else if (strcmp(method, "GET") == 0 && body.ptr == NULL)
		transfer->method = TRANSFER_GET;
	else
		transfer->method = TRANSFER_OTHER;
	if (was == TRANSFER_OTHER && transfer->method != TRANSFER_OTHER)
		set_text(easy, CURLOPT_CUSTOMREQUEST, NULL);
	if (transfer->method == TRANSFER_OTHER) {
		set_content(transfer, body);
		set_text(easy, CURLOPT_CUSTOMREQUEST, method);
	} else if (transfer->method != was) {
		set_long(easy, CURLOPT_HTTPGET, 1);
		set_long(easy, CURLOPT_NOBODY,
		    transfer->method == TRANSFER_HEAD);
	}
}

static void
set_headers(struct transfer *transfer, const struct http_request *request)
{
	/* Lines without a value take away what libcurl would send by itself
	 * with a body. */
	static const char defaults[] = "Expect:\0Content-Type:";
	struct buf *text = &transfer->text;
	size_t count = 0;

	buf_clear(text);
	if (transfer->method == TRANSFER_OTHER)
		buf_add(text, slice_make(defaults, sizeof(defaults)));
	for (size_t i = 0; i < request->header_count; i++) {
		buf_add_str(text, request->headers[i]);
		buf_add_char(text, '\0');
	}
	xgrow(&transfer->lines, &transfer->line_room, request->header_count + 2,
	    sizeof(*transfer->lines));
	for (size_t at = 0; at < text->len; count++) {
		struct curl_slist *line = &transfer->lines[count];

		line->data = text->ptr + at;
		line->next = line + 1;
		at += strlen(line->data) + 1;
	}
	if (count > 0)
		transfer->lines[count - 1].next = NULL;
	(void)curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER,
	    count > 0 ? transfer->lines : NULL);
}

void
transfer_set(struct transfer *transfer, const struct http_request *request)
{
	set_text(transfer->easy, CURLOPT_URL, request->url);
	set_tls(transfer, strncasecmp(request->url, "https:", 6) == 0);
	set_trust(transfer, request->trusted);
	set_method(transfer, request->method, request->body);
	set_headers(transfer, request);
}
