/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/page.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/fnv.h"
#include "base/json.h"
#include "fetch/header.h"
#include "fetch/origin.h"
#include "fetch/query.h"
#include "fetch/requesturl.h"
#include "fetch/template.h"

enum { RECENT = 64, DOUBLINGS = 63 };

struct page_walk {
	const struct job_source *source;
	struct buf url; /* with a NUL behind its end */
	int64_t number;
	int64_t at; /* what the parameter of NEXT_PAGE and NEXT_OFFSET says */
	/* The URLs asked for, as hashes; 0 where there is none yet. */
	uint64_t recent[RECENT];   /* of page n at n % RECENT */
	uint64_t marks[DOUBLINGS]; /* of page 2^n at n */
};

/* What has come. */
struct page {
	const char *final_url;
	struct slice header;
	struct query_value *value;
	int64_t results; /* of the expression "items" */
	bool has_ids;    /* not all of them are null */
};

static bool
was_seen(const struct page_walk *walk, uint64_t hash)
{
	for (size_t i = 0; i < RECENT; i++)
		if (walk->recent[i] == hash)
			return true;
	for (size_t i = 0; i < DOUBLINGS; i++)
		if (walk->marks[i] == hash)
			return true;
	return false;
}

static void
remember(struct page_walk *walk, uint64_t hash)
{
	uint64_t number = (uint64_t)walk->number;

	walk->recent[number % RECENT] = hash;
	if ((number & (number - 1)) == 0)
		walk->marks[__builtin_ctzll(number)] = hash;
}

/* Goes on to the URL, which is taken from buf. */
static int
go_to(struct page_walk *walk, struct buf *url, struct err *err)
{
	uint64_t hash = fnv_add(FNV_START, buf_slice(url));

	if (url->len > ORIGIN_URL_MAX)
		return err_set(err, "a URL of %zu bytes", url->len);
	if (was_seen(walk, hash))
		return err_set(err,
		    "a cycle: page %" PRId64 " is one that was seen before",
		    walk->number + 1);
	if (walk->number >= walk->source->max_pages)
		return err_set(err, "more than %" PRId64 " pages",
		    walk->source->max_pages);
	walk->number++;
	remember(walk, hash);
	buf_clear(&walk->url);
	buf_add(&walk->url, buf_slice(url));
	buf_add_char(&walk->url, '\0');
	walk->url.len--;
	return 0;
}

static int
set_number(const struct job_next *next, int64_t number, struct buf *url,
    struct err *err)
{
	struct buf text = { 0 };
	int status;

	buf_add_format(&text, "%" PRId64, number);
	status = origin_set_parameter(url, next->parameter, buf_slice(&text),
	    err);
	buf_release(&text);
	return status;
}

static int
add_first_url(const struct job_source *source, struct slice each,
    struct buf *url, struct err *err)
{
	const struct job_next *next = &source->next;
	struct template_values values = { .each = each };
	int status = request_url(&source->request, &values, url, err);

	if (status == 0 &&
	    (next->kind == NEXT_PAGE || next->kind == NEXT_OFFSET))
		status = set_number(next, next->first, url, err);
	return status;
}

struct page_walk *
page_walk_new(const struct job_source *source, struct slice each,
    struct err *err)
{
	struct page_walk *walk = xcalloc(1, sizeof(*walk));
	struct buf url = { 0 };

	walk->source = source;
	walk->at = source->next.first;
	if (add_first_url(source, each, &url, err) != 0 ||
	    go_to(walk, &url, err) != 0) {
		page_walk_free(walk);
		walk = NULL;
	}
	buf_release(&url);
	return walk;
}

void
page_walk_free(struct page_walk *walk)
{
	if (walk == NULL)
		return;
	buf_release(&walk->url);
	free(walk);
}

const char *
page_url(const struct page_walk *walk)
{
	return walk->url.ptr;
}

int64_t
page_number(const struct page_walk *walk)
{
	return walk->number;
}

bool
id_is_valid(struct slice text)
{
	return text.len > 0 && text.len <= ID_MAX &&
	    slice_chr(text, '\r') == NULL && slice_chr(text, '\n') == NULL &&
	    slice_chr(text, '\0') == NULL;
}

bool
id_from_json(struct slice json, struct buf *id)
{
	struct json_value value;

	if (!json_next_value(&json, &value) ||
	    (value.kind != JSON_STRING && value.kind != JSON_NUMBER))
		return false;
	json_add_text(id, &value);
	return true;
}

/* Adds a result as an id, if it may be one. */
static bool
add_id(struct slice json, struct buf *ids)
{
	size_t before = ids->len;

	if (id_from_json(json, ids) &&
	    id_is_valid(slice_from(buf_slice(ids), before))) {
		buf_add_char(ids, '\0');
		return true;
	}
	ids->len = before;
	return false;
}

static int
add_ids(struct query *items, struct page *page, struct buf *ids, size_t *count,
    struct err *err)
{
	struct buf json = { 0 };
	int got;

	query_start(items, page->value);
	while ((got = query_next_json(items, &json, err)) == 1) {
		page->results++;
		if (!slice_is(buf_slice(&json), "null"))
			page->has_ids = true;
		*count += add_id(buf_slice(&json), ids);
		buf_clear(&json);
	}
	buf_release(&json);
	return got;
}

/* Adds what the expression "from" gives. 0 where that is null, false, "" or
 * no result at all. */
static int
add_token(struct query *from, const struct page *page, struct buf *token,
    struct err *err)
{
	struct buf json = { 0 };
	struct slice text;
	int got;

	query_start(from, page->value);
	got = query_next_json(from, &json, err);
	text = buf_slice(&json);
	if (got == 1 &&
	    (slice_is(text, "null") || slice_is(text, "false") ||
		slice_is(text, "\"\"")))
		got = 0;
	if (got == 1 && !id_from_json(text, token))
		got = err_set(err, "neither a string nor a number");
	buf_release(&json);
	return got < 0 ? err_wrap(err, "%s", query_text(from)) : got;
}

/* Adds the URL that the page gives for the next one. */
static int
add_given_url(const struct page_walk *walk, const struct page *page,
    struct slice given, struct buf *url, struct err *err)
{
	if (origin_resolve(page->final_url, given, url, err) != 0)
		return err_wrap(err, "page %" PRId64, walk->number + 1);
	return 1;
}

/* The functions from here to add_next_url() add the URL of the next page.
 * 1: it is there; 0: there is none. */

static int
add_by_token(const struct page_walk *walk, const struct page *page,
    struct buf *url, struct err *err)
{
	const struct job_next *next = &walk->source->next;
	struct buf token = { 0 };
	int got = add_token(next->from, page, &token, err);

	buf_add(url, buf_slice(&walk->url));
	if (got == 1 &&
	    origin_set_parameter(url, next->parameter, buf_slice(&token),
		err) != 0)
		got = -1;
	buf_release(&token);
	return got;
}

static int
add_by_url(const struct page_walk *walk, const struct page *page,
    struct buf *url, struct err *err)
{
	struct buf text = { 0 };
	int got = add_token(walk->source->next.from, page, &text, err);

	if (got == 1)
		got = add_given_url(walk, page, buf_slice(&text), url, err);
	buf_release(&text);
	return got;
}

static int
add_by_link(const struct page_walk *walk, const struct page *page,
    struct buf *url, struct err *err)
{
	struct slice target;

	if (!header_link(page->header, walk->source->next.rel, &target))
		return 0;
	return add_given_url(walk, page, target, url, err);
}

static int
add_by_number(struct page_walk *walk, const struct page *page, int64_t step,
    struct buf *url, struct err *err)
{
	if (!page->has_ids)
		return 0;
	if (__builtin_add_overflow(walk->at, step, &walk->at))
		return err_set(err, "numbers beyond 2^63");
	buf_add(url, buf_slice(&walk->url));
	if (set_number(&walk->source->next, walk->at, url, err) != 0)
		return -1;
	return 1;
}

static int
add_next_url(struct page_walk *walk, const struct page *page, struct buf *url,
    struct err *err)
{
	int64_t step = walk->source->next.step;

	switch (walk->source->next.kind) {
	case NEXT_NONE:
		return 0;
	case NEXT_TOKEN:
		return add_by_token(walk, page, url, err);
	case NEXT_URL:
		return add_by_url(walk, page, url, err);
	case NEXT_LINK:
		return add_by_link(walk, page, url, err);
	case NEXT_PAGE:
		return add_by_number(walk, page, 1, url, err);
	case NEXT_OFFSET:
		return add_by_number(walk, page,
		    step == 0 ? page->results : step, url, err);
	}
	return 0;
}

static enum page_step
find_next(struct page_walk *walk, const struct page *page, struct err *err)
{
	struct buf url = { 0 };
	int got = add_next_url(walk, page, &url, err);

	if (got == 1 && go_to(walk, &url, err) != 0)
		got = -1;
	buf_release(&url);
	if (got < 0)
		return PAGE_ERROR;
	return got == 1 ? PAGE_NEXT : PAGE_END;
}

enum page_step
page_come(struct page_walk *walk, const char *final_url, struct slice header,
    struct slice body, struct buf *ids, size_t *count, size_t *refused,
    struct err *err)
{
	struct page page = { .final_url = final_url, .header = header };
	enum page_step step = PAGE_ERROR;
	size_t before = ids->len;

	*count = 0;
	*refused = 0;
	page.value = query_parse(body, err);
	if (page.value == NULL)
		return PAGE_ERROR;
	if (add_ids(walk->source->items, &page, ids, count, err) == 0)
		step = find_next(walk, &page, err);
	else
		(void)err_wrap(err, "%s", query_text(walk->source->items));
	query_value_free(page.value);
	if (step == PAGE_ERROR) {
		ids->len = before;
		*count = 0;
	} else {
		*refused = (size_t)page.results - *count;
	}
	return step;
}
