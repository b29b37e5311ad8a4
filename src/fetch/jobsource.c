/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobsource.h"

#include "fetch/jobrequest.h"
#include "fetch/jobtemplates.h"
#include "fetch/origin.h"
#include "fetch/query.h"

enum { PAGES_DEFAULT = 100000, PAGES_MOST = 1000000000 };

void
job_source_release(struct job_source *source)
{
	if (source->each != NULL)
		job_source_release(source->each);
	job_request_release(&source->request);
	query_free(source->items);
	query_free(source->next.from);
}

#define AT(member) .offset = offsetof(struct job_next, member)

static const struct job_key token_keys[] = {
	{ "parameter", key_plain, AT(parameter) },
	{ "from", key_query, AT(from), .required = true },
	{ 0 },
};

static const struct job_key next_url_keys[] = {
	{ "url", key_query, AT(from) },
	{ 0 },
};

static const struct job_key link_keys[] = {
	{ "link", key_plain, AT(rel) },
	{ 0 },
};

static const struct job_key page_keys[] = {
	{ "page", key_plain, AT(parameter) },
	{ "first", key_int64, AT(first), .max = INT32_MAX },
	{ 0 },
};

static const struct job_key offset_keys[] = {
	{ "offset", key_plain, AT(parameter) },
	{ "first", key_int64, AT(first), .max = INT32_MAX },
	{ "step", key_int64, AT(step), .min = 1, .max = INT32_MAX },
	{ 0 },
};

static const struct job_variant nexts[] = {
	{ "parameter", token_keys },
	{ "url", next_url_keys },
	{ "link", link_keys },
	{ "page", page_keys },
	{ "offset", offset_keys },
	{ 0 },
};

static int
read_next(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	static const enum job_next_kind kinds[] = { NEXT_TOKEN, NEXT_URL,
		NEXT_LINK, NEXT_PAGE, NEXT_OFFSET };
	struct job_next *next = field;
	size_t kind;

	(void)key;
	if (key_find_variant(reader, nexts, value, &kind) != 0)
		return -1;
	next->kind = kinds[kind];
	next->first = next->kind == NEXT_PAGE ? 1 : 0;
	return keys_read(reader, nexts[kind].keys, value, next);
}

static int read_each(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field);

#undef AT
#define AT(member) .offset = offsetof(struct job_source, member)

static const struct job_key file_keys[] = {
	{ "file", key_path, AT(path) },
	{ 0 },
};

static const struct job_key job_keys[] = {
	{ "job", key_name, AT(job) },
	{ "items", key_query, AT(items), .required = true },
	{ 0 },
};

static const struct job_key url_keys[] = {
	{ "each", read_each, AT(each) },
	{ "method", read_method, AT(request.method) },
	{ "url", read_url, AT(request.url) },
	{ "params", read_params, AT(request) },
	{ "headers", read_headers, AT(request) },
	{ "items", key_query, AT(items), .required = true },
	{ "next", read_next, AT(next) },
	{ "cost", key_int64, AT(request.cost), .max = JOB_COST_MAX },
	{ "max_pages", key_int64, AT(max_pages), .min = 1, .max = PAGES_MOST },
	{ 0 },
};

static const struct job_variant sources[] = {
	[SOURCE_FILE] = { "file", file_keys },
	[SOURCE_JOB] = { "job", job_keys },
	[SOURCE_URL] = { "url", url_keys },
	{ 0 },
};

/* {each} stands there when there is an "each", and no id is known yet. */
static int
check_places(struct job_reader *reader, const struct job_source *source)
{
	const struct job_request *request = &source->request;
	bool has_each = job_request_has(request, template_has_each);

	if (job_request_has(request, template_has_id) ||
	    job_request_has(request, template_has_ids))
		return key_error(reader,
		    "{id} and {ids} are for the request; "
		    "the source has {each}");
	if (has_each && source->each == NULL)
		return key_error(reader, "{each} stands there without 'each'");
	if (!has_each && source->each != NULL)
		return key_error(reader, "'each' stands there without {each}");
	return 0;
}

/* Leaves out the headers in which there are ids. */
static void
drop_headers_with_ids(struct job_request *request)
{
	size_t kept = 0;

	for (size_t i = 0; i < request->header_count; i++) {
		struct template *value = request->headers[i].value;

		if (template_has_id(value) || template_has_ids(value))
			template_free(value);
		else
			request->headers[kept++] = request->headers[i];
	}
	request->header_count = kept;
}

/* The request's headers, read once more: each request owns its own. Only for
 * the same origin: another must not see this one's secrets. */
static int
inherit_headers(struct job_reader *reader, struct job_request *request)
{
	char here[ORIGIN_MAX];
	char there[ORIGIN_MAX];
	json_t *headers = json_object_get(json_object_get(reader->root,
					      "request"),
	    "headers");

	if (headers == NULL)
		return 0;
	if (job_url_origin(request->url, here, reader->err) != 0 ||
	    job_url_origin(reader->job->request.url, there, reader->err) != 0)
		return key_wrap(reader);
	if (strcmp(here, there) != 0)
		return 0;
	if (read_headers(reader, NULL, headers, request) != 0)
		return -1;
	drop_headers_with_ids(request);
	return 0;
}

static int
read_kind(struct job_reader *reader, json_t *value, struct job_source *source)
{
	size_t kind;

	if (key_find_variant(reader, sources, value, &kind) != 0)
		return -1;
	source->kind = (enum job_source_kind)kind;
	source->max_pages = PAGES_DEFAULT;
	job_request_defaults(&source->request);
	return keys_read(reader, sources[kind].keys, value, source);
}

static int
read_each(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct job_source *each = key_take(reader, 1, sizeof(*each));

	(void)key;
	*(struct job_source **)field = each;
	if (json_object_get(value, "url") != NULL)
		return key_error(reader, "must be a file or a job");
	return read_kind(reader, value, each);
}

int
read_source(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct job_source *source = field;

	(void)key;
	if (read_kind(reader, value, source) != 0)
		return -1;
	if (source->kind != SOURCE_URL)
		return 0;
	source->request.repeatable = true;
	if (check_places(reader, source) != 0)
		return -1;
	if (json_object_get(value, "headers") == NULL)
		return inherit_headers(reader, &source->request);
	return 0;
}
