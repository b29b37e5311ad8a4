/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_script.h"

/*
 * Listings and batches.
 *
 *	/page/BY/N/SIZE  {"items":[{"id":"1"},...],"total":N}, SIZE a page, the
 *	                 ids 1 to N; N = 0: without end. BY says how the client
 *	                 learns of the next page:
 *	    token        "nextPageToken" in the body, given as ?pageToken=
 *	    next         "next" in the body, a URL
 *	    link         a Link field with rel="next"
 *	    page         it counts ?page=1, 2, ... until a page is empty
 *	    offset       it counts ?offset=0, SIZE, ... until a page is empty
 *	prefix=TEXT      stands before each id
 *	each=NAME        and so does what the query has as NAME
 *	cycle=PAGE       page PAGE (1, 2, ...) comes behind the last
 *	next=URL         what next and link say instead
 *	broken=PAGE      this page fails (503), breaks=TIMES, else always
 *
 * A client may ask for fewer with ?limit=.
 *
 *	/batch?id=A,B&id=C   {"items":[{"id":"A","n":how many times A was asked
 *	                 for,"statistics":{"viewCount":"7"}},...]}; the number
 *	                 in an id is its count of views. A POST may give
 *	                 {"ids":["A","B"]} instead. Ids that begin with "gone"
 *	                 are left out; one that begins with "poison" makes the
 *	                 whole answer a 400.
 */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "httpd.h"

struct page {
	const char *by;
	uint64_t total; /* 0: no end */
	uint64_t size;
	uint64_t first; /* how many ids come before */
};

/* A number in the query, behind any letters; or missing. */
static uint64_t
query_number(const struct script *script, const char *name, uint64_t missing)
{
	struct buf text = { 0 };
	uint64_t number = missing;

	if (query_add(&text, script->request->query, name)) {
		buf_add_char(&text, '\0');
		number = strtoull(text.ptr + strcspn(text.ptr, "0123456789"),
		    NULL, 10);
	}
	buf_release(&text);
	return number;
}

static struct page
read_page(const struct script *script)
{
	struct page page = {
		.by = script_arg(script, 0),
		.total = script_number(script, 1),
		.size = script_number(script, 2),
	};
	uint64_t limit = query_number(script, "limit", page.size);
	uint64_t number;

	if (limit < page.size)
		page.size = limit;
	if (page.size == 0)
		page.size = 1;
	if (strcmp(page.by, "token") == 0)
		page.first = query_number(script, "pageToken", 0);
	else if (strcmp(page.by, "offset") == 0)
		page.first = query_number(script, "offset", 0);
	else if ((number = query_number(script, "page", 1)) > 0)
		page.first = (number - 1) * page.size;
	return page;
}

/* How many ids come before the next page; false when there is none. */
static bool
next_page(const struct script *script, const struct page *page, uint64_t *next)
{
	int64_t cycle = script_option_number(script, OPTION_CYCLE, 0);

	*next = page->first + page->size;
	if (page->total == 0 || *next < page->total)
		return true;
	*next = ((uint64_t)cycle - 1) * page->size;
	return cycle > 0;
}

/* Where the next page is: this URL with another page in its query. */
static void
add_next_url(struct buf *url, const struct script *script, uint64_t page)
{
	const char *other = script_option(script, OPTION_NEXT, NULL);
	struct slice host = request_header(script->request, "Host");
	struct slice query = script->request->query;
	struct slice name;
	struct slice value;

	if (other != NULL) {
		buf_add_str(url, other);
		return;
	}
	buf_add_format(url, "%s://%.*s%.*s?page=%llu",
	    script->world->tls == NULL ? "http" : "https", SLICE_ARG(host),
	    SLICE_ARG(script->request->path), (unsigned long long)page);
	while (query_next(&query, &name, &value)) {
		if (!slice_is(name, "page"))
			buf_add_format(url, "&%.*s=%.*s", SLICE_ARG(name),
			    SLICE_ARG(value));
	}
}

/* Tells the client of the next page. */
static void
tell_next(struct script *script, const struct page *page, uint64_t next)
{
	struct buf *body = &script->reply->body;
	struct buf url = { 0 };

	add_next_url(&url, script, next / page->size + 1);
	if (strcmp(page->by, "token") == 0)
		buf_add_format(body, ",\"nextPageToken\":\"p%llu\"",
		    (unsigned long long)next);
	if (strcmp(page->by, "next") == 0) {
		buf_add_str(body, ",\"next\":");
		json_add_string(body, buf_slice(&url));
	}
	if (strcmp(page->by, "link") == 0)
		buf_add_format(&script->reply->headers,
		    "Link: <%.*s>; rel=\"next\"\r\n",
		    SLICE_ARG(buf_slice(&url)));
	buf_release(&url);
}

static void
add_ids(struct script *script, const struct page *page)
{
	struct buf *body = &script->reply->body;
	uint64_t end = page->first + page->size;
	struct buf before = { 0 };
	const char *comma = "";

	if (page->total > 0 && end > page->total)
		end = page->total;
	buf_add_str(&before, script_option(script, OPTION_PREFIX, ""));
	query_add(&before, script->request->query,
	    script_option(script, OPTION_EACH, ""));
	for (uint64_t id = page->first + 1; id <= end; id++) {
		buf_add_format(body, "%s{\"id\":\"%.*s%llu\"}", comma,
		    SLICE_ARG(buf_slice(&before)), (unsigned long long)id);
		comma = ",";
	}
	buf_release(&before);
}

static bool
is_broken(const struct script *script, const struct page *page)
{
	int64_t broken = script_option_number(script, OPTION_BROKEN, 0);
	int64_t breaks = script_option_number(script, OPTION_BREAKS, INT64_MAX);

	return (uint64_t)broken == page->first / page->size + 1 &&
	    ++*script_counter(script, "broken") <= (uint64_t)breaks;
}

static bool
step_page(struct script *script)
{
	struct page page = read_page(script);
	struct buf *body = &script->reply->body;
	uint64_t next;

	if (is_broken(script, &page))
		return script_error(script, 503, NULL);
	script->reply->status = 200;
	buf_add_str(body, "{\"items\":[");
	add_ids(script, &page);
	buf_add_char(body, ']');
	if (page.total > 0)
		buf_add_format(body, ",\"total\":%llu",
		    (unsigned long long)page.total);
	if (next_page(script, &page, &next))
		tell_next(script, &page, next);
	buf_add_str(body, "}\n");
	return true;
}

/* Adds the ids of a JSON body, each with a comma behind it. */
static void
add_body_ids(struct buf *ids, struct slice body)
{
	struct json_value array;
	struct json_value item;

	if (!json_member(body, "ids", &array) || array.kind != JSON_ARRAY)
		return;
	while (json_next_item(&array.raw, &item)) {
		json_add_text(ids, &item);
		buf_add_char(ids, ',');
	}
}

static void
add_query_ids(struct buf *ids, struct slice query)
{
	struct slice name;
	struct slice value;

	while (query_next(&query, &name, &value)) {
		if (!slice_is(name, "id"))
			continue;
		percent_decode(ids, value);
		buf_add_char(ids, ',');
	}
}

/* How often this id was asked for, this time included. */
static uint64_t
count_id(struct world *world, struct slice id)
{
	struct buf name = { 0 };
	uint64_t n;

	buf_add_str(&name, "id ");
	buf_add(&name, id);
	n = ++*world_counter(world, &name);
	buf_release(&name);
	return n;
}

static void
add_item(struct script *script, struct slice id)
{
	struct buf *body = &script->reply->body;
	struct slice views = id;

	while (views.len > 0 && slice_digits(views) == 0)
		views = slice_from(views, 1);
	views.len = slice_digits(views);
	buf_add_str(body, slice_ends(buf_slice(body), "[") ? "" : ",");
	buf_add_str(body, "{\"id\":");
	json_add_string(body, id);
	buf_add_format(body,
	    ",\"n\":%llu,\"statistics\":{\"viewCount\":\"%.*s\"}}",
	    (unsigned long long)count_id(script->world, id), SLICE_ARG(views));
}

static bool
step_batch(struct script *script)
{
	struct buf *body = &script->reply->body;
	struct buf ids = { 0 };
	struct slice rest;
	struct slice id;
	bool poisoned = false;

	add_query_ids(&ids, script->request->query);
	add_body_ids(&ids, script->request->body);
	script->reply->status = 200;
	buf_add_str(body, "{\"items\":[");
	rest = buf_slice(&ids);
	while (slice_cut(&rest, ',', &id)) {
		poisoned = poisoned || slice_starts(id, "poison");
		if (id.len > 0 && !slice_starts(id, "gone"))
			add_item(script, id);
	}
	buf_add_str(body, "]}\n");
	buf_release(&ids);
	return poisoned ? script_error(script, 400, "invalidId") : true;
}

const struct step steps_pages[] = {
	{ "batch", 0, step_batch },
	{ "page", 3, step_page },
	{ 0 },
};
