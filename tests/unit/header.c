/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/duration.h"
#include "fetch/header.h"

#include "tap.h"

static const struct slice block = SLICE("Content-Type: text/html\r\n"
					"X-Count:\t 5 \r\n"
					"Set-Cookie: a=1\r\n"
					"no colon\r\n"
					"Set-Cookie : b=2\r\n"
					" Set-Cookie: c=3\r\n"
					"SET-COOKIE: d=4\r\n"
					"Empty:\r\n"
					"Set-Cookies: e=5\n"
					"Last: a:b");

static void
finds_fields(void)
{
	struct slice value;

	CHECK(header_find(block, "x-cOUNT", &value));
	CHECK_SLICE(value, "5");
	CHECK(header_find(block, "Empty", &value));
	CHECK_SLICE(value, "");
	CHECK(header_find(block, "Set-Cookies", &value));
	CHECK_SLICE(value, "e=5");
	CHECK(header_find(block, "last", &value));
	CHECK_SLICE(value, "a:b");
	CHECK(!header_find(block, "no colon", &value));
	CHECK(!header_find(block, "Content", &value));
	CHECK(!header_find(slice_make(NULL, 0), "Content", &value));
}

static void
steps_through_fields(void)
{
	struct slice value;
	size_t at = 0;

	CHECK(header_next(block, "Set-Cookie", &at, &value));
	CHECK_SLICE(value, "a=1");
	CHECK(header_next(block, "Set-Cookie", &at, &value));
	CHECK_SLICE(value, "d=4");
	CHECK(!header_next(block, "Set-Cookie", &at, &value));
	CHECK(!header_next(block, "Set-Cookie", &at, &value));
}

/* The members of text, each behind a "|". */
static void
check_members(const char *text, const char *want)
{
	char got[200] = "";
	size_t used = 0;
	struct slice list = slice_str(text);
	struct slice member;

	while (header_next_member(&list, &member))
		used += (size_t)snprintf(got + used, sizeof(got) - used,
		    "|%.*s", SLICE_ARG(member));
	CHECK_STR(got, want);
}

static void
splits_lists(void)
{
	check_members("", "");
	check_members(" , ,\t,", "");
	check_members("a", "|a");
	check_members(" a , b,,c ;d ,", "|a|b|c ;d");
	check_members("\"a,b\", c", "|\"a,b\"|c");
	check_members("\"a\\\",b\", c", "|\"a\\\",b\"|c");
	check_members("<a,b>;x=\">,\", c", "|<a,b>;x=\">,\"|c");
	check_members("a, \"b, c", "|a|\"b, c");
	check_members("a, \"b\\", "|a|\"b\\");
	check_members("a, <b, c", "|a|<b, c");
	check_members("<\">, c", "|<\">|c");
}

/* The head of text and its parameters, "name(value)". */
static void
check_parameters(const char *text, const char *want)
{
	char got[200] = "";
	struct slice member = slice_str(text);
	struct slice name = header_head(member);
	struct slice value;
	size_t used;

	used = (size_t)snprintf(got, sizeof(got), "%.*s", SLICE_ARG(name));
	while (header_next_parameter(&member, &name, &value))
		used += (size_t)snprintf(got + used, sizeof(got) - used,
		    " %.*s(%.*s)", SLICE_ARG(name), SLICE_ARG(value));
	CHECK_STR(got, want);
}

static void
splits_parameters(void)
{
	check_parameters("", "");
	check_parameters("head", "head");
	check_parameters("\"a;b\" ;q=1; w = 2 ;flag",
	    "\"a;b\" q(1) w(2) flag()");
	check_parameters("<a;b=c>;rel=\"x;y\"", "<a;b=c> rel(x;y)");
	check_parameters("a;;b=;=c;d=e=f", "a b() d(e=f)");
	check_parameters("a;b=\"c\\\"d\"", "a b(c\\\"d)");
	check_parameters("a;b=\"c\\\"", "a b(\"c\\\")");
	check_parameters("a;b=\"c;d", "a b(\"c;d)");
	check_parameters("a;b=\"c\"d", "a b(\"c\"d)");
	check_parameters("a;b=\"", "a b(\")");
	check_parameters(";a=1", " a(1)");
}

static void
splits_pairs(void)
{
	struct slice name;
	struct slice value;

	header_pair(slice_str("max-age = \"60\""), &name, &value);
	CHECK_SLICE(name, "max-age");
	CHECK_SLICE(value, "60");
	header_pair(slice_str("no-cache"), &name, &value);
	CHECK_SLICE(name, "no-cache");
	CHECK_SLICE(value, "");
}

static void
reads_numbers(void)
{
	static const char *const refused[] = { "", "-1", "+1", " 1", "1 ",
		"1.5", "1e3", "0x10", "a", "1,2", NULL };
	int64_t number = -7;

	for (size_t i = 0; refused[i] != NULL; i++)
		if (!CHECK(!header_number(slice_str(refused[i]), &number)))
			printf("# %s\n", refused[i]);
	CHECK_INT(number, -7);
	CHECK(header_number(slice_str("0"), &number));
	CHECK_INT(number, 0);
	CHECK(header_number(slice_str("0012"), &number));
	CHECK_INT(number, 12);
	CHECK(header_number(slice_str("9223372036854775806"), &number));
	CHECK_INT(number, INT64_MAX - 1);
	CHECK(header_number(slice_str("9223372036854775808"), &number));
	CHECK_INT(number, INT64_MAX);
	CHECK(header_number(slice_str("99999999999999999999999"), &number));
	CHECK_INT(number, INT64_MAX);
}

static void
reads_seconds(void)
{
	int64_t duration = -7;

	CHECK(!header_seconds(slice_str("1s"), &duration));
	CHECK_INT(duration, -7);
	CHECK(header_seconds(slice_str("120"), &duration));
	CHECK_INT(duration, 120 * DURATION_S);
	CHECK(header_seconds(slice_str("9223372037"), &duration));
	CHECK_INT(duration, INT64_MAX);
	CHECK(header_seconds(slice_str("99999999999999999999999"), &duration));
	CHECK_INT(duration, INT64_MAX);
}

static void
reads_dates(void)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} table[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
		{ "Sun Nov  6 08:49:37 1994", 784111777 },
		{ "Wed Nov 16 08:49:37 1994", 784975777 },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Tue, 29 Feb 2000 23:59:60 GMT", 951868800 },
		{ "Thursday, 01-Jan-70 00:00:01 GMT", 1 },
		{ "Tuesday, 31-Dec-69 23:59:59 GMT", INT64_C(3155759999) },
		{ "Wed, 31 Dec 1969 23:59:59 GMT", 0 },
		{ "Mon, 01 Jan 0000 00:00:00 GMT", 0 },
		{ NULL, 0 },
	};
	int64_t instant;

	for (size_t i = 0; table[i].text != NULL; i++) {
		instant = -1;
		if (!CHECK(header_date(slice_str(table[i].text), &instant)))
			printf("# %s\n", table[i].text);
		CHECK_INT(instant, table[i].seconds * DURATION_S);
	}
	CHECK(
	    header_date(slice_str("Fri, 31 Dec 9999 23:59:59 GMT"), &instant));
	CHECK_INT(instant, INT64_MAX);
}

static void
refuses_what_is_no_date(void)
{
	static const char *const refused[] = { "", "0", "-1", "Sun",
		"Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun,  6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Tue, 29 Feb 1900 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:60:00 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
		"Sun, 06 Nov 1994 08:49 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
		"Sun, 06-Nov-94 08:49:37 GMT",
		"Sunday, 06 Nov 1994 08:49:37 GMT",
		"Someday, 06-Nov-94 08:49:37 GMT",
		"Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
		"Sun Nov  6 08:49:37 1994 GMT", "Sun Nov 06 08:49:37 94",
		"Sun, 06 Nov 1994 08:49:37 +0000", "1994-11-06T08:49:37Z",
		NULL };
	int64_t instant = -7;

	for (size_t i = 0; refused[i] != NULL; i++)
		if (!CHECK(!header_date(slice_str(refused[i]), &instant)))
			printf("# %s\n", refused[i]);
	CHECK_INT(instant, -7);
}

/* The target of rel next, or NULL for none. */
static void
check_link(const char *text, const char *want)
{
	struct slice target;

	if (!header_link(slice_str(text), "next", &target))
		CHECK_STR(NULL, want);
	else if (CHECK(want != NULL))
		CHECK_SLICE(target, want);
}

static void
finds_links(void)
{
	check_link("Link: <https://h/?page=3&a=1,2;b>; rel=\"next\", "
		   "<https://h/?page=50>; rel=\"last\"\r\n",
	    "https://h/?page=3&a=1,2;b");
	check_link("Link: </1>; rel=prev\r\nlink: </3>;REL=Next\r\n", "/3");
	check_link("Link: <a>;title=\"rel=next\";rel=\"prev  NEXT\"\r\n", "a");
	check_link("Link: <a>; rel=next, <b>; rel=next\r\n", "a");
	check_link("Link: <>;rel=next\r\n", "");
}

static void
leaves_other_links_out(void)
{
	check_link("", NULL);
	check_link("Link: <a>\r\n", NULL);
	check_link("Link: <a>; rel=next2\r\n", NULL);
	check_link("Link: <a>; rel=\"x-next\"\r\n", NULL);
	check_link("Link: <a>; rel=prev; rel=next\r\n", NULL);
	check_link("Link: <a>; rel=next; anchor=\"/b\"\r\n", NULL);
	check_link("Link: a; rel=next\r\n", NULL);
	check_link("Link: <a; rel=next\r\n", NULL);
	check_link("Link: <a> b>; rel=next\r\n", NULL);
	check_link("Link: <a>; rel=\"next\r\n", NULL);
	check_link("Link: \"<a>; rel=next\"\r\n", NULL);
}

static const struct tap_test tests[] = {
	{ "a field is found whatever the case of its name", finds_fields },
	{ "all fields of a name are stepped through, other lines are not",
	    steps_through_fields },
	{ "a list is split at commas outside of quotes and brackets",
	    splits_lists },
	{ "a member is split into its head and its parameters",
	    splits_parameters },
	{ "a directive is a name and perhaps a value", splits_pairs },
	{ "numbers are digits alone, and too large ones the largest",
	    reads_numbers },
	{ "seconds become nanoseconds, too many the most", reads_seconds },
	{ "the three forms of a date are read", reads_dates },
	{ "what has another form, or never was, is no date",
	    refuses_what_is_no_date },
	{ "a link is found by one of its relations", finds_links },
	{ "links that are broken, or another's, are left out",
	    leaves_other_links_out },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
