/* SPDX-License-Identifier: MIT */
/*
 * What comes before the first NUL is the header of an answer, the rest its
 * body, given to a listing of each kind as page after page, each answered by
 * the URL that was asked for. All end, with ids that are valid, and with URLs
 * that are http or https.
 */
#include "config.h"

#include <stdlib.h>

#include "fetch/origin.h"
#include "fetch/page.h"
#include "fetch/query.h"
#include "fetch/template.h"

#include "fuzz.h"

enum { KINDS = 6, MAX_PAGES = 4 };

/* Compiled at the first input: that takes longer than all the rest. */
static struct job_source sources[KINDS];

/* libjq keeps the end of a query's stack only, which LeakSanitizer takes for no
 * pointer to it. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libjq.so";
}

static void
make_sources(void)
{
	static const struct job_next nexts[KINDS] = {
		{ .kind = NEXT_NONE },
		{ .kind = NEXT_TOKEN, .parameter = "token" },
		{ .kind = NEXT_URL },
		{ .kind = NEXT_LINK, .rel = "next" },
		{ .kind = NEXT_PAGE, .parameter = "page" },
		{ .kind = NEXT_OFFSET, .parameter = "from" },
	};
	struct slice url = SLICE("https://api.example.com/list?page=x");
	struct err err;

	for (size_t i = 0; i < KINDS; i++) {
		struct job_source *source = &sources[i];

		source->items = query_new(".items[]", &err);
		source->request.url = template_new(url, TEMPLATE_URL, &err);
		source->next = nexts[i];
		source->next.from = query_new(".next", &err);
		source->max_pages = MAX_PAGES;
	}
}

static void
check_ids(const struct buf *ids, size_t count)
{
	struct slice rest = buf_slice(ids);
	struct slice id;

	for (; count > 0; count--)
		if (!slice_cut(&rest, '\0', &id) || !id_is_valid(id))
			abort();
	if (rest.len > 0)
		abort();
}

static void
check_url(const char *url)
{
	char origin[ORIGIN_MAX];
	struct err err;

	if (origin_of(url, origin, &err) != 0)
		abort();
}

/* How many pages it had. */
static int64_t
go_through(const struct job_source *source, struct slice header,
    struct slice body)
{
	struct err err;
	struct slice each = { NULL, 0 };
	struct page_walk *walk = page_walk_new(source, each, &err);
	enum page_step step = PAGE_NEXT;
	struct buf ids = { 0 };
	int64_t pages = 0;

	while (step == PAGE_NEXT) {
		size_t count;
		size_t refused;

		check_url(page_url(walk));
		buf_clear(&ids);
		step = page_come(walk, page_url(walk), header, body, &ids,
		    &count, &refused, &err);
		check_ids(&ids, count);
		pages++;
	}
	page_walk_free(walk);
	buf_release(&ids);
	return pages;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice body = slice_make((const char *)data, size);
	struct slice header;

	if (sources[0].items == NULL)
		make_sources();
	if (!slice_cut(&body, '\0', &header))
		return 0;
	for (size_t i = 0; i < KINDS; i++)
		if (go_through(&sources[i], header, body) > MAX_PAGES)
			abort();
	return 0;
}
