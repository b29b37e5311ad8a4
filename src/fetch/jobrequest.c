/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobrequest.h"

#include "fetch/jobtemplates.h"
#include "fetch/query.h"

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH",
	"DELETE", NULL };

void
job_request_defaults(struct job_request *request)
{
	request->method = methods[0];
	request->cost = 1;
}

void
job_request_release(struct job_request *request)
{
	template_free(request->url);
	for (size_t i = 0; i < request->param_count; i++)
		template_free(request->params[i].value);
	for (size_t i = 0; i < request->header_count; i++)
		template_free(request->headers[i].value);
	template_free(request->body);
	query_free(request->expect);
}

int
read_method(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	int index = key_find_word(reader, value, methods);

	(void)key;
	if (index < 0)
		return -1;
	*(const char **)field = methods[index];
	return 0;
}

int
read_split(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	bool is_key = strcmp(key->name, "key") == 0;
	struct query **query = is_key ? &reader->job->key : &reader->job->split;

	(void)field;
	if (*query != NULL)
		return key_error(reader, "stands in two places");
	return (
	    is_key ? key_query : key_query_parts)(reader, key, value, query);
}

#define AT(member) .offset = offsetof(struct job_request, member)

static const struct job_key expect_keys[] = {
	{ "type", key_plain, AT(expect_type) },
	{ "jq", key_query, AT(expect) },
	{ 0 },
};

static const struct job_key request_keys[] = {
	{ "method", read_method, AT(method) },
	{ "url", read_url, AT(url), .required = true },
	{ "params", read_params, .offset = 0 },
	{ "headers", read_headers, .offset = 0 },
	{ "body", read_body, .offset = 0 },
	{ "cost", key_int64, AT(cost), .max = JOB_COST_MAX },
	{ "idempotency_key", key_bool, AT(idempotency_key) },
	{ "expect", key_object, .members = expect_keys },
	{ "split", read_split, .offset = 0 },
	{ "key", read_split, .offset = 0 },
	{ 0 },
};

/* Such a request may be sent twice (RFC 9110, section 9.2.2). */
static bool
is_idempotent(const char *method)
{
	return strcmp(method, "POST") != 0 && strcmp(method, "PATCH") != 0;
}

int
read_request(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field)
{
	struct job_request *request = field;

	(void)key;
	if (keys_read(reader, request_keys, value, request) != 0)
		return -1;
	if (json_object_get(value, "idempotency_key") == NULL)
		request->idempotency_key = !is_idempotent(request->method);
	request->repeatable = request->idempotency_key ||
	    is_idempotent(request->method);
	if (job_request_has(request, template_has_each))
		return key_error(reader, "{each} is for the source");
	return 0;
}

bool
job_request_has(const struct job_request *request,
    bool (*has)(const struct template *template))
{
	for (size_t i = 0; i < request->param_count; i++) {
		if (has(request->params[i].value))
			return true;
	}
	for (size_t i = 0; i < request->header_count; i++) {
		if (has(request->headers[i].value))
			return true;
	}
	return has(request->url) ||
	    (request->body != NULL && has(request->body));
}
