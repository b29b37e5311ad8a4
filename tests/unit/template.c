/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/template.h"

#include "tap.h"

static struct err err;
static struct buf buf;

/* Fills a template with ids (up to a NULL) and each; what comes out, or NULL
 * with err set. Valid until the next call. */
static const char *
fill(const char *text, enum template_place place, const char *const *ids,
    const char *each)
{
	struct slice slices[8];
	struct template_values values = { slices, 0, { NULL, 0 } };
	struct template *template = template_new(slice_str(text), place, &err);
	int status;

	if (template == NULL)
		return NULL;
	for (; ids != NULL && ids[values.id_count] != NULL; values.id_count++)
		slices[values.id_count] = slice_str(ids[values.id_count]);
	if (each != NULL)
		values.each = slice_str(each);
	buf_clear(&buf);
	status = template_add(template, &values, &buf, &err);
	template_free(template);
	buf_add_char(&buf, '\0');
	return status == 0 ? buf.ptr : NULL;
}

static const char *const one[] = { "a", NULL };
static const char *const three[] = { "a", "b c", "d", NULL };

static void
fills_places(void)
{
	CHECK_STR(fill("x{id}y{id}", TEMPLATE_TEXT, one, NULL), "xaya");
	CHECK_STR(fill("{ids}", TEMPLATE_TEXT, three, NULL), "a,b c,d");
	CHECK_STR(fill("<{each}>", TEMPLATE_TEXT, NULL, "e"), "<e>");
	CHECK_STR(fill("", TEMPLATE_TEXT, one, NULL), "");
}

static void
doubles_braces(void)
{
	CHECK_STR(fill("{{id}", TEMPLATE_TEXT, one, NULL), "{id}");
	CHECK_STR(fill("{{{id}", TEMPLATE_TEXT, one, NULL), "{a");
	CHECK_STR(fill("a{{", TEMPLATE_TEXT, one, NULL), "a{");
}

static void
leaves_other_braces(void)
{
	CHECK_STR(fill("{\"q\":{}}", TEMPLATE_TEXT, one, NULL), "{\"q\":{}}");
	CHECK_STR(fill("{a b} {id", TEMPLATE_TEXT, one, NULL), "{a b} {id");
	CHECK_STR(fill("}{", TEMPLATE_TEXT, one, NULL), "}{");
}

static void
refuses_words(void)
{
	CHECK_STR(fill("x/{idd}", TEMPLATE_URL, one, NULL), NULL);
	CHECK_STR(err.text,
	    "{idd} is neither {id}, {ids} nor {each}; a brace is {{");
	CHECK_STR(fill("{ID}", TEMPLATE_URL, one, NULL), NULL);
}

static void
wants_one_id(void)
{
	CHECK_STR(fill("{id}", TEMPLATE_TEXT, three, NULL), NULL);
	CHECK_STR(err.text, "{id} wants one id, not 3");
}

static void
encodes_in_urls(void)
{
	static const char *const odd[] = { "a/b?&=#%\"\xc3\xa4 ,~", "-._",
		NULL };

	CHECK_STR(fill("/{ids}", TEMPLATE_URL, odd, NULL),
	    "/a%2Fb%3F%26%3D%23%25%22%C3%A4%20%2C~,-._");
	CHECK_STR(fill("/a b/{each}", TEMPLATE_URL, NULL, "{id}"),
	    "/a b/%7Bid%7D");
}

static void
stays_in_the_path(void)
{
	static const char *const up[] = { "..", NULL };
	static const char *const here[] = { ".", NULL };

	CHECK_STR(fill("https://h/a/{id}", TEMPLATE_URL, up, NULL), NULL);
	CHECK_STR(err.text, "'.' or '..' cannot stand in the path of a URL");
	CHECK_STR(fill("https://h/{id}?q", TEMPLATE_URL, here, NULL), NULL);
	CHECK_STR(fill("/{each}/b", TEMPLATE_URL, NULL, ".."), NULL);
	CHECK_STR(fill("/a{id}", TEMPLATE_URL, up, NULL), "/a..");
	CHECK_STR(fill("/?q=/{id}", TEMPLATE_URL, up, NULL), "/?q=/..");
	CHECK_STR(fill("/{id}", TEMPLATE_TEXT, up, NULL), "/..");
}

static void
escapes_in_json(void)
{
	static const char *const odd[] = { "a\"\\\n", NULL };
	static const char *const bad[] = { "a\xff", NULL };

	CHECK_STR(fill("{\"i\":\"{id}\"}", TEMPLATE_JSON, odd, NULL),
	    "{\"i\":\"a\\\"\\\\\\n\"}");
	CHECK_STR(fill("{id}", TEMPLATE_JSON, bad, NULL), NULL);
	CHECK_STR(err.text, "a value that is no UTF-8 cannot stand in JSON");
}

static void
refuses_in_headers(void)
{
	static const char *const bad[] = { "a\r\nX: y", NULL };

	CHECK_STR(fill("v {id}", TEMPLATE_HEADER, one, NULL), "v a");
	CHECK_STR(fill("v {id}", TEMPLATE_HEADER, bad, NULL), NULL);
	CHECK_STR(err.text,
	    "a value with CR, LF or NUL cannot stand in a header");
}

static void
refuses_nul_in_headers(void)
{
	const struct slice id = { "a\0b", 3 };
	const struct template_values values = { &id, 1, { NULL, 0 } };
	struct template *template = template_new(slice_str("{id}"),
	    TEMPLATE_HEADER, &err);

	CHECK_INT(template_add(template, &values, &buf, &err), -1);
	template_free(template);
}

static void
restores_buf(void)
{
	static const char *const bad[] = { "\n", NULL };
	const struct slice ids[] = { SLICE("a"), { bad[0], 1 } };
	const struct template_values values = { ids, 2, { NULL, 0 } };
	struct template *template = template_new(slice_str("x{ids}"),
	    TEMPLATE_HEADER, &err);

	buf_clear(&buf);
	buf_add_str(&buf, "before");
	CHECK_INT(template_add(template, &values, &buf, &err), -1);
	CHECK_SLICE(buf, "before");
	template_free(template);
}

static void
tells_places(void)
{
	struct template *template = template_new(slice_str("h{{t/{ids}/x"),
	    TEMPLATE_URL, &err);

	CHECK(template_has_ids(template));
	CHECK(!template_has_id(template));
	CHECK(!template_has_each(template));
	CHECK(template_has_place(template));
	CHECK_SLICE(template_prefix(template), "h{t/");
	template_free(template);
	template = template_new(slice_str("{each}x"), TEMPLATE_URL, &err);
	CHECK(template_has_each(template));
	CHECK_SLICE(template_prefix(template), "");
	template_free(template);
	template = template_new(slice_str("x{{}"), TEMPLATE_URL, &err);
	CHECK(!template_has_place(template));
	CHECK_SLICE(template_prefix(template), "x{}");
	template_free(template);
	template_free(NULL);
}

static const struct tap_test tests[] = {
	{ "values are put in the places, ids joined by commas", fills_places },
	{ "two braces are one", doubles_braces },
	{ "a brace that starts no {word} is itself", leaves_other_braces },
	{ "another word in braces is refused by name", refuses_words },
	{ "{id} wants just one id", wants_one_id },
	{ "in a URL values are percent-encoded, the commas between them not",
	    encodes_in_urls },
	{ "no value leads out of the path of a URL", stays_in_the_path },
	{ "in JSON values are escaped, and must be UTF-8", escapes_in_json },
	{ "in a header a value must not hold line ends", refuses_in_headers },
	{ "nor NUL", refuses_nul_in_headers },
	{ "a value that is refused leaves nothing behind", restores_buf },
	{ "a template tells its places and what is before them", tells_places },
	{ 0 },
};

int
main(void)
{
	int status = tap_run(tests);

	buf_release(&buf);
	return status;
}
