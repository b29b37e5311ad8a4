/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/exchange.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fnv.h"
#include "base/json.h"
#include "fetch/header.h"
#include "fetch/origin.h"
#include "fetch/requesturl.h"
#include "fetch/template.h"

enum { REDIRECTS_MAX = 5, NAMED_MAX = 3, URL_USUAL = 200 /* bytes */ };

struct exchanger {
	const struct job *job;
	struct auth *auth;
	const struct secrets *secrets;
	/* Origins of the job's own URLs: items, source, tokens. */
	char named[NAMED_MAX][ORIGIN_MAX];
	size_t named_count;
	/* The header lines of the request that is being sent. */
	struct buf lines;
	const char **pointers;
	size_t pointer_room;
};

/* The origin of a template is in front of all its places. */
static int
name_template(struct exchanger *exchanger, const struct template *url,
    struct err *err)
{
	char *text;
	struct slice prefix = template_prefix(url);
	int status;

	text = xmemdup(prefix.ptr, prefix.len);
	status = origin_of(text, exchanger->named[exchanger->named_count], err);
	free(text);
	if (status == 0)
		exchanger->named_count++;
	return status;
}

struct exchanger *
exchanger_new(const struct job *job, struct auth *auth,
    const struct secrets *secrets, struct err *err)
{
	struct exchanger *exchanger = xcalloc(1, sizeof(*exchanger));

	exchanger->job = job;
	exchanger->auth = auth;
	exchanger->secrets = secrets;
	if (name_template(exchanger, job->request.url, err) != 0)
		goto fail;
	if (job->source.kind == SOURCE_URL &&
	    name_template(exchanger, job->source.request.url, err) != 0)
		goto fail;
	if (job->auth.kind == AUTH_OAUTH2) {
		if (origin_of(job->auth.token_url,
			exchanger->named[exchanger->named_count], err) != 0)
			goto fail;
		exchanger->named_count++;
	}
	return exchanger;
fail:
	exchanger_free(exchanger);
	return NULL;
}

void
exchanger_free(struct exchanger *exchanger)
{
	if (exchanger == NULL)
		return;
	buf_release(&exchanger->lines);
	free(exchanger->pointers);
	free(exchanger);
}

const char *
exchanger_origin(const struct exchanger *exchanger, size_t n)
{
	return n < exchanger->named_count ? exchanger->named[n] : NULL;
}

bool
exchanger_can_renew(const struct exchanger *exchanger)
{
	return exchanger->job->auth.kind == AUTH_OAUTH2 ||
	    exchanger->job->auth.kind == AUTH_COMMAND;
}

static bool
is_trusted(const struct exchanger *exchanger, const char *origin)
{
	const char *const *glob = exchanger->job->origins;

	for (size_t i = 0; i < exchanger->named_count; i++)
		if (strcmp(origin, exchanger->named[i]) == 0)
			return true;
	for (; glob != NULL && *glob != NULL; glob++)
		if (origin_matches(origin, *glob))
			return true;
	return false;
}

void
exchange_free(struct exchange *exchange)
{
	if (exchange == NULL)
		return;
	buf_release(&exchange->url);
	buf_release(&exchange->body);
	free(exchange);
}

/* The ids of a task as templates want them; freed by the caller. */
static struct slice *
ids_of(const struct task *task)
{
	struct slice *ids = xcalloc(task->count + 1, sizeof(*ids));

	for (size_t i = 0; i < task->count; i++)
		ids[i] = task->items[i]->id;
	return ids;
}

static int
prepare_items(const struct job *job, const struct task *task,
    struct exchange *exchange, struct err *err)
{
	const struct job_request *request = &job->request;
	struct slice *ids = ids_of(task);
	struct template_values values = { ids, task->count, { NULL, 0 } };
	int status;

	buf_reserve(&exchange->url, URL_USUAL);
	status = request_url(request, &values, &exchange->url, err);
	exchange->method = request->method;
	exchange->has_body = request->body != NULL;
	if (status == 0 && exchange->has_body)
		status = template_add(request->body, &values, &exchange->body,
		    err);
	exchange->conditional = task->count == 1 && !exchange->has_body &&
	    strcmp(request->method, "GET") == 0 &&
	    (task->items[0]->etag.len > 0 || task->items[0]->modified.len > 0);
	free(ids);
	return status;
}

static void
prepare_page(const struct job *job, const struct task *task,
    struct exchange *exchange)
{
	const struct page_walk *walk = task->subject;

	exchange->method = job->source.request.method;
	buf_add_str(&exchange->url, page_url(walk));
}

static void
prepare_token(const struct exchanger *exchanger, struct exchange *exchange)
{
	exchange->method = "POST";
	exchange->has_body = true;
	buf_add_str(&exchange->url, exchanger->job->auth.token_url);
	auth_request(exchanger->auth, &exchange->body);
}

/* An origin that the job does not name: no private one, whose address is
 * looked at once more on its connection; TLS is not given up; and no server
 * hands our secrets on, as by a redirect that keeps the query. */
static int
check_stranger(const struct exchanger *exchanger, struct slice url,
    const char *origin, struct err *err)
{
	const char *named = exchanger->named[0];

	if (secrets_stand_in(exchanger->secrets, url))
		return err_set(err, "a secret in a URL of %s", origin);
	if (origin_host_is_private(origin))
		return err_set(err, "%s is private", origin);
	if (strncmp(named, "https:", 6) == 0 &&
	    strncmp(origin, "https:", 6) != 0)
		return err_set(err, "%s is without TLS", origin);
	return 0;
}

/* Writes the origin of the exchange's URL, and whether it is trusted. */
static int
find_origin(const struct exchanger *exchanger, struct exchange *exchange,
    char *origin, struct err *err)
{
	buf_add_char(&exchange->url, '\0');
	exchange->url.len--;
	if (origin_of(exchange->url.ptr, origin, err) != 0)
		return -1;
	exchange->trusted = is_trusted(exchanger, origin);
	if (exchange->trusted)
		return 0;
	return check_stranger(exchanger, buf_slice(&exchange->url), origin,
	    err);
}

/* Of a request for items that needs no look: the job was checked, and what is
 * filled in stands behind its origin, percent-encoded. */
static int
know_origin(const struct exchanger *exchanger, struct exchange *exchange,
    char *origin, struct err *err)
{
	buf_add_char(&exchange->url, '\0');
	exchange->url.len--;
	if (exchange->url.len > ORIGIN_URL_MAX)
		return err_set(err, "a URL over %d bytes", ORIGIN_URL_MAX);
	memcpy(origin, exchanger->named[0], ORIGIN_MAX);
	exchange->trusted = true;
	return 0;
}

int
exchange_prepare(struct exchanger *exchanger, struct task *task, char *origin,
    struct err *err)
{
	struct exchange *exchange = xcalloc(1, sizeof(*exchange));

	exchange_free(task->exchange);
	task->exchange = exchange;
	switch (task->kind) {
	case TASK_TOKEN:
		prepare_token(exchanger, exchange);
		break;
	case TASK_PAGE:
		prepare_page(exchanger->job, task, exchange);
		break;
	case TASK_ITEMS:
		if (prepare_items(exchanger->job, task, exchange, err) != 0)
			return -1;
		return know_origin(exchanger, exchange, origin, err);
	}
	return find_origin(exchanger, exchange, origin, err);
}

/* --- Header lines. Each ends with a NUL in lines. */

static void
add_line(struct exchanger *exchanger, const char *name, struct slice value)
{
	buf_add_format(&exchanger->lines, "%s: ", name);
	buf_add(&exchanger->lines, value);
	buf_add_char(&exchanger->lines, '\0');
}

static const struct job_request *
request_of(const struct exchanger *exchanger, const struct task *task)
{
	return task->kind == TASK_ITEMS ? &exchanger->job->request :
					  &exchanger->job->source.request;
}

/* The job's own lines; those with a secret for trusted origins only. */
static int
add_job_lines(struct exchanger *exchanger, const struct task *task,
    struct err *err)
{
	const struct job_request *request = request_of(exchanger, task);
	struct slice *ids = ids_of(task);
	struct template_values values = { ids, task->count, { NULL, 0 } };
	int status = 0;

	for (size_t i = 0; i < request->header_count && status == 0; i++) {
		const struct job_header *header = &request->headers[i];

		if (header->secret && !task->exchange->trusted)
			continue;
		buf_add_format(&exchanger->lines, "%s: ", header->name);
		status = template_add(header->value, &values, &exchanger->lines,
		    err);
		buf_add_char(&exchanger->lines, '\0');
	}
	free(ids);
	return status;
}

/* One item's key; several items are known by the hash of all their keys. */
static void
add_idempotency_key(struct exchanger *exchanger, const struct task *task)
{
	uint64_t hash = FNV_START;

	buf_add_str(&exchanger->lines, "Idempotency-Key: \"");
	buf_add(&exchanger->lines, task->items[0]->idempotency_key);
	if (task->count > 1) {
		for (size_t i = 0; i < task->count; i++)
			hash = fnv_add(hash, task->items[i]->idempotency_key);
		buf_add_format(&exchanger->lines, "-%016" PRIx64, hash);
	}
	buf_add_str(&exchanger->lines, "\"");
	buf_add_char(&exchanger->lines, '\0');
}

static void
add_condition(struct exchanger *exchanger, const struct store_item *item)
{
	if (item->etag.len > 0)
		add_line(exchanger, "If-None-Match", item->etag);
	if (item->modified.len > 0)
		add_line(exchanger, "If-Modified-Since", item->modified);
}

static int
add_lines(struct exchanger *exchanger, struct task *task, struct err *err)
{
	struct exchange *exchange = task->exchange;

	buf_clear(&exchanger->lines);
	if (task->kind == TASK_TOKEN) {
		add_line(exchanger, "Content-Type",
		    slice_str("application/x-www-form-urlencoded"));
		add_line(exchanger, "Accept", slice_str("application/json"));
		return 0;
	}
	if (add_job_lines(exchanger, task, err) != 0)
		return -1;
	if (exchange->trusted && exchanger_can_renew(exchanger)) {
		size_t before = exchanger->lines.len;

		auth_header(exchanger->auth, &exchanger->lines);
		if (exchanger->lines.len > before)
			buf_add_char(&exchanger->lines, '\0');
		task->generation = auth_generation(exchanger->auth);
	}
	if (exchange->conditional)
		add_condition(exchanger, task->items[0]);
	if (task->kind == TASK_ITEMS && exchanger->job->request.idempotency_key)
		add_idempotency_key(exchanger, task);
	return 0;
}

/* Points at each line; they stay until the next add_lines(). */
static size_t
point_at_lines(struct exchanger *exchanger)
{
	const struct buf *lines = &exchanger->lines;
	size_t count = 0;
	const char *line;

	for (size_t at = 0; at < lines->len; at += strlen(line) + 1) {
		line = lines->ptr + at;
		xgrow(&exchanger->pointers, &exchanger->pointer_room, count + 1,
		    sizeof(*exchanger->pointers));
		exchanger->pointers[count++] = line;
	}
	return count;
}

int
exchange_send(struct exchanger *exchanger, struct http *http, struct task *task,
    struct err *err)
{
	struct exchange *exchange = task->exchange;
	struct http_request request = { .tag = task };

	if (add_lines(exchanger, task, err) != 0)
		return -1;
	request.method = exchange->method;
	request.url = exchange->url.ptr;
	request.header_count = point_at_lines(exchanger);
	request.headers = exchanger->pointers;
	request.trusted = exchange->trusted;
	if (exchange->has_body)
		request.body = slice_make(exchange->body.ptr == NULL ?
			"" :
			exchange->body.ptr,
		    exchange->body.len);
	return http_start(http, &request, err);
}

void
exchange_show(const struct task *task, struct buf *buf)
{
	const struct exchange *exchange = task->exchange;

	buf_add_format(buf, "%s ", exchange->method);
	buf_add(buf, buf_slice(&exchange->url));
	if (exchange->has_body) {
		buf_add_str(buf, " ");
		buf_add(buf, buf_slice(&exchange->body));
	}
	buf_add_char(buf, '\n');
}

/* --- Answers. */

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

/* What is asked of the target: RFC 9110, section 15.4. */
static void
change_method(struct exchange *exchange, int status)
{
	bool post = strcmp(exchange->method, "POST") == 0;

	if (status != 303 && !(post && (status == 301 || status == 302)))
		return;
	if (strcmp(exchange->method, "HEAD") != 0)
		exchange->method = "GET";
	exchange->has_body = false;
	buf_clear(&exchange->body);
}

static int
follow(struct exchanger *exchanger, struct exchange *exchange, int status,
    struct slice location, char *origin, struct err *err)
{
	struct buf target = { 0 };

	if (++exchange->redirects > REDIRECTS_MAX)
		return err_set(err, "more than %d redirects", REDIRECTS_MAX);
	if (origin_resolve(exchange->url.ptr, location, &target, err) != 0) {
		buf_release(&target);
		return err_wrap(err, "redirect");
	}
	buf_release(&exchange->url);
	exchange->url = target;
	change_method(exchange, status);
	if (find_origin(exchanger, exchange, origin, err) != 0)
		return err_wrap(err, "redirect");
	if (exchange->has_body && !exchange->trusted)
		return err_set(err,
		    "redirect of a request with a body to "
		    "another origin (%s)",
		    origin);
	return 0;
}

static void
trouble(struct http_reply *reply, enum outcome_trouble trouble,
    const struct err *err)
{
	reply->trouble = trouble;
	(void)snprintf(reply->trouble_text, sizeof(reply->trouble_text), "%.*s",
	    (int)sizeof(reply->trouble_text) - 1, err->text);
}

/* A body whose end nobody announced may have been cut: JSON shows it. */
static bool
looks_cut(const struct http_reply *reply)
{
	struct slice body = buf_slice(&reply->body);
	struct slice type = { NULL, 0 };

	if (reply->length_known || reply->trouble != TROUBLE_NONE)
		return false;
	if (!header_find(buf_slice(&reply->header), "Content-Type", &type) ||
	    !slice_is_nocase(header_head(type), "application/json"))
		return false;
	return !json_add_compact(NULL, body);
}

static void
decide(const struct exchanger *exchanger, const struct task *task,
    const struct http_reply *reply, int64_t now, struct outcome_result *result)
{
	const struct job *job = exchanger->job;
	const struct job_request *request = request_of(exchanger, task);
	struct outcome_expect expect = { request->expect_type,
		request->expect };
	struct outcome_input input = {
		.trouble = reply->trouble,
		.trouble_text = reply->trouble_text,
		.status = reply->status,
		.header = buf_slice(&reply->header),
		.body = buf_slice(&reply->body),
		.conditional = task->exchange->conditional,
		.now = now,
	};
	bool token = task->kind == TASK_TOKEN;

	if (token)
		expect = (struct outcome_expect){ NULL, NULL };
	outcome_decide(job->rules, token ? 0 : job->rule_count, &expect, &input,
	    job->retry.max_retry_after, result);
}

bool
exchange_finish(struct exchanger *exchanger, struct task *task,
    struct http_reply *reply, int64_t now, char *origin,
    struct outcome_result *result)
{
	struct slice location;
	struct err err;

	if (reply->trouble == TROUBLE_NONE && is_redirect(reply->status) &&
	    header_find(buf_slice(&reply->header), "Location", &location)) {
		if (follow(exchanger, task->exchange, reply->status, location,
			origin, &err) == 0)
			return true;
		trouble(reply, TROUBLE_REFUSED, &err);
	}
	if (looks_cut(reply)) {
		(void)err_set(&err, "the body ends early");
		trouble(reply, TROUBLE_CUT, &err);
	}
	decide(exchanger, task, reply, now, result);
	return false;
}
