/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/page.h"

#include "base/alloc.h"
#include "fetch/origin.h"
#include "fetch/query.h"
#include "fetch/template.h"

#include "tap.h"

#define START "https://api.example.com/list"

/* A listing under test, and all that has come of it. */
struct listing {
	struct job_source source;
	struct page_walk *walk;
	struct buf ids; /* with "|" behind each */
	size_t count;
	size_t refused;
	struct err err;
};

static void
init(struct listing *listing, const char *url, const char *items,
    struct job_next next)
{
	struct err *err = &listing->err;

	*listing = (struct listing){ .source = {
					 .kind = SOURCE_URL,
					 .items = query_new(items, err),
					 .request.url = template_new(
					     slice_str(url), TEMPLATE_URL, err),
					 .next = next,
					 .max_pages = 100000,
				     } };
}

static bool
start(struct listing *listing, const char *each)
{
	listing->walk = page_walk_new(&listing->source, slice_str(each),
	    &listing->err);
	return CHECK(listing->walk != NULL);
}

static void
release(struct listing *listing)
{
	page_walk_free(listing->walk);
	query_free(listing->source.items);
	query_free(listing->source.next.from);
	template_free(listing->source.request.url);
	buf_release(&listing->ids);
}

static enum page_step
come_with(struct listing *listing, const char *final_url, const char *header,
    const char *body)
{
	return page_come(listing->walk, final_url, slice_str(header),
	    slice_str(body), &listing->ids, &listing->count, &listing->refused,
	    &listing->err);
}

static enum page_step
come(struct listing *listing, const char *body)
{
	return come_with(listing, page_url(listing->walk), "", body);
}

#define CHECK_URL(listing, want) CHECK_STR(page_url((listing)->walk), (want))

/* The ids in ids, and of the last page how many they were. */
static void
check_ids(struct listing *listing, const char *want, size_t count,
    size_t refused)
{
	for (size_t i = 0; i < listing->ids.len; i++)
		if (listing->ids.ptr[i] == '\0')
			listing->ids.ptr[i] = '|';
	CHECK_SLICE(listing->ids, want);
	CHECK_INT(listing->count, count);
	CHECK_INT(listing->refused, refused);
}

static struct job_next
by_token(const char *from)
{
	struct err err;

	return (struct job_next){ .kind = NEXT_TOKEN,
		.parameter = "pageToken",
		.from = query_new(from, &err) };
}

static struct job_next
by_url(const char *from)
{
	struct err err;

	return (
	    struct job_next){ .kind = NEXT_URL, .from = query_new(from, &err) };
}

static void
ends_single(void)
{
	struct listing list;

	init(&list, START "?channel={each}", ".items[].id",
	    (struct job_next){ .kind = NEXT_NONE });
	if (start(&list, "a b/&c")) {
		CHECK_URL(&list, START "?channel=a%20b%2F%26c");
		CHECK_INT(page_number(list.walk), 1);
		CHECK_INT(come(&list,
			      "{\"items\":[{\"id\":\"x\"},"
			      "{\"id\":17},{\"id\":\"x\"}]}"),
		    PAGE_END);
		check_ids(&list, "x|17|x|", 3, 0);
	}
	release(&list);
}

static void
adds_parameters(void)
{
	struct err err;
	struct slice value = SLICE("a&b {each}");
	struct template *template = template_new(value, TEMPLATE_TEXT, &err);
	struct job_parameter params[] = { { "q", template } };
	struct listing list;

	init(&list, START "?x=1", ".", (struct job_next){ .kind = NEXT_NONE });
	list.source.request.params = params;
	list.source.request.param_count = 1;
	if (start(&list, "c=d"))
		CHECK_URL(&list, START "?x=1&q=a%26b%20c%3Dd");
	release(&list);
	template_free(template);
}

static void
follows_tokens(void)
{
	struct listing list;

	init(&list, START "?pageSize=50", ".items[]", by_token(".next"));
	if (start(&list, "")) {
		CHECK_URL(&list, START "?pageSize=50");
		CHECK_INT(come(&list, "{\"items\":[1],\"next\":\"A&=+\"}"),
		    PAGE_NEXT);
		CHECK_URL(&list, START "?pageSize=50&pageToken=A%26%3d%2b");
		CHECK_INT(page_number(list.walk), 2);
		CHECK_INT(come_with(&list, "https://other.example/x", "",
			      "{\"items\":[],\"next\":1512345678901234567}"),
		    PAGE_NEXT);
		CHECK_URL(&list,
		    START "?pageSize=50&pageToken=1512345678901234567");
		CHECK_INT(come(&list, "{\"items\":[3],\"next\":null}"),
		    PAGE_END);
		check_ids(&list, "1|3|", 1, 0);
	}
	release(&list);
}

static void
ends_without_token(void)
{
	static const char *const nexts[] = { "null", "\"\"", "false", NULL };
	struct listing list;

	init(&list, START, "empty", by_token(".next"));
	if (start(&list, "")) {
		for (size_t i = 0; nexts[i] != NULL; i++) {
			char *body = xasprintf("{\"next\":%s}", nexts[i]);

			CHECK_INT(come(&list, body), PAGE_END);
			free(body);
		}
		CHECK_INT(come(&list, "{}"), PAGE_END);
	}
	release(&list);
	init(&list, START, "empty", by_token(".next[]"));
	if (start(&list, ""))
		CHECK_INT(come(&list, "{\"next\":[]}"), PAGE_END);
	release(&list);
}

static void
refuses_odd_tokens(void)
{
	static const char *const nexts[] = { "true", "[1]", "{}", NULL };
	struct listing list;

	init(&list, START, "1", by_token(".next"));
	if (start(&list, "")) {
		for (size_t i = 0; nexts[i] != NULL; i++) {
			char *body = xasprintf("{\"items\":[1],\"next\":%s}",
			    nexts[i]);

			CHECK_INT(come(&list, body), PAGE_ERROR);
			CHECK_STR(list.err.text,
			    ".next: neither a string nor a number");
			free(body);
		}
		CHECK_INT(come(&list, "[]"), PAGE_ERROR);
		CHECK_STR(list.err.text,
		    ".next: Cannot index array with string \"next\"");
		check_ids(&list, "", 0, 0);
	}
	release(&list);
}

/* A token of len bytes. */
static enum page_step
come_long(struct listing *listing, size_t len)
{
	struct buf body = { 0 };
	enum page_step step;

	buf_add_str(&body, "{\"next\":\"");
	memset(buf_reserve(&body, len), 'x', len);
	body.len += len;
	buf_add_str(&body, "\"}");
	buf_add_char(&body, '\0');
	step = come(listing, body.ptr);
	buf_release(&body);
	return step;
}

static void
refuses_long_urls(void)
{
	size_t room = ORIGIN_URL_MAX - strlen(START "?pageToken=");
	struct listing list;

	init(&list, START, "empty", by_token(".next"));
	if (start(&list, "")) {
		CHECK_INT(come_long(&list, 1 << 20), PAGE_ERROR);
		CHECK_INT(come_long(&list, room + 1), PAGE_ERROR);
		CHECK_URL(&list, START);
		CHECK_INT(come_long(&list, room), PAGE_NEXT);
		CHECK_INT(strlen(page_url(list.walk)), ORIGIN_URL_MAX);
	}
	release(&list);
	init(&list, START "/", "empty", by_url(".next"));
	if (start(&list, ""))
		CHECK_INT(come_long(&list, ORIGIN_URL_MAX), PAGE_ERROR);
	release(&list);
}

static void
follows_urls(void)
{
	struct listing list;

	init(&list, START, ".items[]", by_url(".next"));
	if (start(&list, "")) {
		CHECK_INT(come_with(&list, "https://b.example/v2/list", "",
			      "{\"items\":[1],\"next\":\"list?p=2#x\"}"),
		    PAGE_NEXT);
		CHECK_URL(&list, "https://b.example/v2/list?p=2");
		CHECK_INT(come(&list,
			      "{\"items\":[2],"
			      "\"next\":\"http://c.example/\"}"),
		    PAGE_NEXT);
		CHECK_URL(&list, "http://c.example/");
		CHECK_INT(come(&list,
			      "{\"items\":[],\"next\":\"file:///etc\"}"),
		    PAGE_ERROR);
		CHECK_INT(come(&list, "{\"items\":[3]}"), PAGE_END);
		check_ids(&list, "1|2|3|", 1, 0);
	}
	release(&list);
}

static void
follows_links(void)
{
	struct listing list;

	init(&list, START, ".[]",
	    (struct job_next){ .kind = NEXT_LINK, .rel = "next" });
	if (start(&list, "")) {
		CHECK_INT(come_with(&list, START,
			      "Link: </x>; rel=prev, <?page=2>; rel=\"next\""
			      "\r\n",
			      "[\"a\"]"),
		    PAGE_NEXT);
		CHECK_URL(&list, START "?page=2");
		CHECK_INT(come_with(&list, START "?page=2",
			      "Link: <ftp://x/>; rel=next\r\n", "[]"),
		    PAGE_ERROR);
		CHECK_INT(come_with(&list, START "?page=2",
			      "Link: </x>; rel=prev\r\n", "[\"b\"]"),
		    PAGE_END);
		check_ids(&list, "a|b|", 1, 0);
	}
	release(&list);
}

static void
counts_pages(void)
{
	struct listing list;

	init(&list, START "?page=9&n=2", ".[]",
	    (struct job_next){ .kind = NEXT_PAGE,
		.parameter = "page",
		.first = 0 });
	if (start(&list, "")) {
		CHECK_URL(&list, START "?n=2&page=0");
		CHECK_INT(come(&list, "[1,2]"), PAGE_NEXT);
		CHECK_URL(&list, START "?n=2&page=1");
		/* Ids that are refused are no end. */
		CHECK_INT(come(&list, "[\"\"]"), PAGE_NEXT);
		check_ids(&list, "1|2|", 0, 1);
		CHECK_URL(&list, START "?n=2&page=2");
		CHECK_INT(come(&list, "[null]"), PAGE_END);
		CHECK_INT(come(&list, "[]"), PAGE_END);
	}
	release(&list);
}

static void
counts_items(void)
{
	struct listing list;

	init(&list, START, ".[]",
	    (struct job_next){ .kind = NEXT_OFFSET,
		.parameter = "from",
		.first = 1 });
	if (start(&list, "")) {
		CHECK_URL(&list, START "?from=1");
		CHECK_INT(come(&list, "[\"a\",\"\",null]"), PAGE_NEXT);
		check_ids(&list, "a|", 1, 2);
		CHECK_URL(&list, START "?from=4");
		CHECK_INT(come(&list, "[]"), PAGE_END);
	}
	release(&list);
	init(&list, START, ".[]",
	    (struct job_next){ .kind = NEXT_OFFSET,
		.parameter = "from",
		.first = INT64_MAX - 50,
		.step = 50 });
	if (start(&list, "")) {
		CHECK_INT(come(&list, "[1]"), PAGE_NEXT);
		CHECK_URL(&list, START "?from=9223372036854775807");
		CHECK_INT(come(&list, "[1]"), PAGE_ERROR);
	}
	release(&list);
}

/* Goes from page to page by tokens: up to tail, then round in a circle of len
 * until that is found. Returns the page that led back. */
static int64_t
go_round(int64_t tail, int64_t len)
{
	struct listing list;
	enum page_step step = PAGE_NEXT;
	int64_t number = 0;

	init(&list, START, "empty", by_token(".next"));
	if (!start(&list, ""))
		return 0;
	for (int64_t at = 1; step == PAGE_NEXT; at++) {
		char *body = xasprintf("{\"next\":%" PRId64 "}",
		    at < tail ? at : tail + (at - tail) % len);

		number = page_number(list.walk);
		step = come(&list, body);
		free(body);
	}
	CHECK_INT(step, PAGE_ERROR);
	CHECK(strncmp(list.err.text, "a cycle: ", 9) == 0);
	release(&list);
	return number;
}

static void
finds_cycles(void)
{
	CHECK_INT(go_round(1, 1), 2);
	CHECK_INT(go_round(3, 2), 5);
	CHECK_INT(go_round(1000, 1), 1001);
	/* The first that comes again is one of the last 64. */
	CHECK_INT(go_round(100, 63), 163);
	CHECK_INT(go_round(100, 64), 164);
	/* It was page 129, or of those after it. */
	CHECK(go_round(100, 65) <= 100 + 2 * 65);
	CHECK(go_round(100, 700) <= 1024 + 700);
	CHECK(go_round(1500, 700) <= 2048 + 700);
}

static void
limits_pages(void)
{
	struct listing list;

	init(&list, START, ".[]",
	    (struct job_next){ .kind = NEXT_PAGE, .parameter = "page" });
	list.source.max_pages = 3;
	if (start(&list, "")) {
		CHECK_INT(come(&list, "[1]"), PAGE_NEXT);
		CHECK_INT(come(&list, "[2]"), PAGE_NEXT);
		CHECK_INT(page_number(list.walk), 3);
		CHECK_INT(come(&list, "[3]"), PAGE_ERROR);
		CHECK_STR(list.err.text, "more than 3 pages");
		/* Just as many are fine. */
		CHECK_INT(come(&list, "[]"), PAGE_END);
		check_ids(&list, "1|2|", 0, 0);
	}
	release(&list);
}

static void
refuses_bad_pages(void)
{
	struct listing list;

	init(&list, START, ".items[].id", by_token(".next"));
	if (start(&list, "")) {
		CHECK_INT(come(&list, "<html>"), PAGE_ERROR);
		CHECK_STR(list.err.text, "not JSON");
		CHECK_INT(come(&list, "{\"error\":\"no\"}"), PAGE_ERROR);
		CHECK_STR(list.err.text,
		    ".items[].id: Cannot iterate over null (null)");
		CHECK_INT(come(&list, "{\"items\":[{\"id\":1},2]}"),
		    PAGE_ERROR);
		check_ids(&list, "", 0, 0);
		CHECK_INT(page_number(list.walk), 1);
	}
	release(&list);
}

static void
refuses_bad_ids(void)
{
	struct listing list;

	init(&list, START, ".[]", (struct job_next){ .kind = NEXT_NONE });
	if (start(&list, "")) {
		CHECK_INT(come(&list,
			      "[\"\", \"a\\nb\", \"a\\rb\", \"a\\u0000b\","
			      " null, {\"id\":1}, [1], true, \"null\","
			      " -1.5, 9007199254740993, 1e3, \" \"]"),
		    PAGE_END);
		check_ids(&list, "null|-1.5|9007199254740993|1000| |", 5, 8);
	}
	release(&list);
}

static void
limits_ids(void)
{
	char text[ID_MAX + 1];

	memset(text, 'x', sizeof(text));
	CHECK(id_is_valid(slice_make(text, ID_MAX)));
	CHECK(!id_is_valid(slice_make(text, ID_MAX + 1)));
	CHECK(!id_is_valid(slice_make(NULL, 0)));
	text[ID_MAX - 1] = '\n';
	CHECK(!id_is_valid(slice_make(text, ID_MAX)));
}

static void
refuses_bad_start(void)
{
	struct listing list;

	init(&list, "nonsense", ".",
	    (struct job_next){ .kind = NEXT_PAGE, .parameter = "page" });
	list.walk = page_walk_new(&list.source, slice_str(""), &list.err);
	CHECK(list.walk == NULL);
	CHECK(list.err.text[0] != '\0');
	release(&list);
}

static const struct tap_test tests[] = {
	{ "a listing may be one page", ends_single },
	{ "the parameters of the source are added encoded", adds_parameters },
	{ "tokens lead on from the first URL", follows_tokens },
	{ "null, false, empty and absent tokens are the end",
	    ends_without_token },
	{ "a token is a string or a number", refuses_odd_tokens },
	{ "long tokens and URLs are an error", refuses_long_urls },
	{ "next URLs are seen from the one that answered", follows_urls },
	{ "Link fields lead on", follows_links },
	{ "page numbers count up to a page without ids", counts_pages },
	{ "offsets count items", counts_items },
	{ "cycles of any length are found", finds_cycles },
	{ "a listing has at most max_pages", limits_pages },
	{ "a page that cannot be read is an error without ids",
	    refuses_bad_pages },
	{ "what is no id is refused", refuses_bad_ids },
	{ "an id has at most 2,048 bytes", limits_ids },
	{ "a start that is no URL is an error", refuses_bad_start },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
