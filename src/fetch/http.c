/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/http.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/duration.h"
#include "fetch/answer.h"
#include "fetch/origin.h"
#include "fetch/transfer.h"

/*
 * A transfer is idle, under way (in the multi), or ended (in the list of those
 * that http_take() gives).
 */
struct http {
	struct http_options options;
	CURLM *multi;
	CURLSH *share;
	struct transfer **transfers; /* all that were made */
	size_t made;
	size_t count; /* not idle */
	struct transfer *idle;
	struct transfer *ended; /* the first one */
	struct transfer **ended_end;
	atomic_bool woken; /* the one field that other threads touch */
};

/* Where a multi refuses something it has no memory, or we are wrong. */
static void
must(CURLMcode code)
{
	assert(code == CURLM_OK);
}

static int
check_file(const char *path, struct err *err)
{
	if (path != NULL && access(path, R_OK) != 0)
		return err_errno(err, "%s", path);
	return 0;
}

struct http *
http_new(const struct http_options *options, struct err *err)
{
	struct http *http;

	if (check_file(options->ca, err) != 0 ||
	    check_file(options->cert, err) != 0 ||
	    check_file(options->key, err) != 0)
		return NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		err_set(err, "libcurl cannot be started");
		return NULL;
	}
	/* OpenSSL writes to connections that servers have closed. */
	(void)signal(SIGPIPE, SIG_IGN);
	http = xcalloc(1, sizeof(*http));
	http->options = *options;
	http->transfers = xcalloc(options->max_transfers,
	    sizeof(*http->transfers));
	http->ended_end = &http->ended;
	http->multi = curl_multi_init();
	http->share = curl_share_init();
	assert(http->multi != NULL && http->share != NULL);
	must(curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS,
	    (long)options->max_transfers));
	(void)curl_share_setopt(http->share, CURLSHOPT_SHARE,
	    CURL_LOCK_DATA_SSL_SESSION);
	return http;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	http_cancel_all(http);
	for (size_t i = 0; i < http->made; i++)
		transfer_free(http->transfers[i]);
	must(curl_multi_cleanup(http->multi));
	(void)curl_share_cleanup(http->share);
	curl_global_cleanup();
	free(http->transfers);
	free(http);
}

void
http_reply_release(struct http_reply *reply)
{
	buf_release(&reply->header);
	buf_release(&reply->body);
}

static struct transfer *
take_idle(struct http *http)
{
	struct transfer *transfer = http->idle;

	assert(http->count < http->options.max_transfers);
	http->count++;
	if (transfer != NULL) {
		http->idle = transfer->next;
		return transfer;
	}
	transfer = transfer_new(&http->options, http->share);
	answer_listen(transfer);
	http->transfers[http->made++] = transfer;
	return transfer;
}

static void
add_ended(struct http *http, struct transfer *transfer)
{
	transfer->next = NULL;
	*http->ended_end = transfer;
	http->ended_end = &transfer->next;
}

int
http_start(struct http *http, const struct http_request *request,
    struct err *err)
{
	bool looks = http->options.proxy != NULL && !request->trusted;
	struct transfer *transfer;
	char origin[ORIGIN_MAX];

	if (transfer_check(request, err) != 0 ||
	    (looks && origin_of(request->url, origin, err) != 0))
		return -1;
	transfer = take_idle(http);
	answer_begin(transfer, request->tag);
	if (looks && origin_host_is_private(origin)) {
		answer_trouble(transfer, TROUBLE_REFUSED, "%s is private",
		    origin);
		add_ended(http, transfer);
		return 0;
	}
	transfer_set(transfer, request);
	must(curl_multi_add_handle(http->multi, transfer->easy));
	transfer->under_way = true;
	return 0;
}

size_t
http_count(const struct http *http)
{
	return http->count;
}

/* Takes a transfer out of the multi. */
static void
end(struct http *http, struct transfer *transfer)
{
	must(curl_multi_remove_handle(http->multi, transfer->easy));
	transfer->under_way = false;
	add_ended(http, transfer);
}

static void
work(struct http *http)
{
	struct CURLMsg *msg;
	int running;
	int left;

	must(curl_multi_perform(http->multi, &running));
	while ((msg = curl_multi_info_read(http->multi, &left)) != NULL) {
		CURLcode code = msg->data.result;
		struct transfer *transfer;

		/* msg is gone once its handle is out of the multi. */
		(void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE,
		    &transfer);
		answer_end(transfer, code);
		end(http, transfer);
	}
}

/* Rounded up, so that nobody polls for nothing. */
static int
milliseconds(int64_t duration)
{
	int64_t ms = (duration + DURATION_MS - 1) / DURATION_MS;

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Works once between two waits, since that is what costs: libcurl looks at
 * each transfer then. The wait is none while there are new ones. */
void
http_wait(struct http *http, int64_t timeout)
{
	int64_t until = clock_now() + timeout;
	int64_t left = timeout;

	do {
		if (http->ended != NULL || atomic_exchange(&http->woken, false))
			return;
		must(curl_multi_poll(http->multi, NULL, 0,
		    milliseconds(left > 0 ? left : 0), NULL));
		work(http);
		left = until - clock_now();
	} while (left > 0);
}

void
http_wake(struct http *http)
{
	atomic_store(&http->woken, true);
	must(curl_multi_wakeup(http->multi));
}

bool
http_take(struct http *http, struct http_reply *reply)
{
	struct transfer *transfer = http->ended;

	if (transfer == NULL)
		return false;
	http->ended = transfer->next;
	if (http->ended == NULL)
		http->ended_end = &http->ended;
	*reply = transfer->reply;
	transfer->reply = (struct http_reply){ 0 };
	transfer->next = http->idle;
	http->idle = transfer;
	http->count--;
	return true;
}

void
http_cancel_all(struct http *http)
{
	for (size_t i = 0; i < http->made; i++) {
		struct transfer *transfer = http->transfers[i];

		if (!transfer->under_way)
			continue;
		answer_trouble(transfer, TROUBLE_REFUSED, "cancelled");
		end(http, transfer);
	}
}

char *
http_version(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	const char *tls = info->ssl_version == NULL ? "" : info->ssl_version;
	const char *slash = strchr(tls, '/');
	int name = slash == NULL ? (int)strlen(tls) : (int)(slash - tls);

	return xasprintf("libcurl %s, %.*s %s, nghttp2 %s", info->version, name,
	    tls, slash == NULL ? "" : slash + 1,
	    info->nghttp2_version == NULL ? "none" : info->nghttp2_version);
}
