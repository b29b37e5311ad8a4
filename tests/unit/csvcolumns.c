/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/csvcolumns.h"

#include "base/duration.h"
#include "tap.h"

/* Header and one row, or the error. Valid until the next call. */
static const char *
table(const char *list, const char *body)
{
	static struct buf text;
	static struct err err;
	struct archive_item item = {
		.id = slice_str("a,1"),
		.status = 200,
		.received = 1371013200 * DURATION_S,
		.body = slice_str(body),
	};
	struct csvcolumns *columns = csvcolumns_new(list, &err);
	struct buf row = { 0 };
	int status;

	if (columns == NULL)
		return err.text;
	buf_clear(&text);
	csvcolumns_add_header(columns, &text);
	status = csvcolumns_add_row(columns, &item, false, &row, &err);
	buf_add(&text, buf_slice(&row));
	if (status != 0)
		buf_add_str(&text, err.text);
	buf_add_char(&text, '\0');
	buf_release(&row);
	csvcolumns_free(columns);
	return text.ptr;
}

static void
knows_its_own(void)
{
	CHECK_STR(table("id,fetched_at,status", "not looked at"),
	    "id,fetched_at,status\n\"a,1\",2013-06-12T05:00:00Z,200\n");
	CHECK_STR(table(" status , id ", ""), "status,id\n200,\"a,1\"\n");
}

static void
runs_expressions(void)
{
	CHECK_STR(table("id,views=.s.v,n = .n",
		      "{\"s\":{\"v\":\"7\"},"
		      "\"n\":12345678901234567890}"),
	    "id,views,n\n\"a,1\",7,12345678901234567890\n");
	CHECK_STR(table("first=.[]", "[1,2]"), "first\n1\n");
	CHECK_STR(table("a=.a,b=.b", "{\"b\":{\"c\":null}}"),
	    "a,b\n,\"{\"\"c\"\":null}\"\n");
	CHECK_STR(table("none=empty", "{}"), "none\n\"\"\n");
}

static void
splits_at_outer_commas(void)
{
	CHECK_STR(table("a=[1,2],b={c:1,d:2},e=(3,4),f=\"x,y\"", "0"),
	    "a,b,e,f\n\"[1,2]\",\"{\"\"c\"\":1,\"\"d\"\":2}\",3,\"x,y\"\n");
	CHECK_STR(table("a=\"q\\\",\",b=\"\\([\"x,\\\"y\"][0])\",c=1", "0"),
	    "a,b,c\n\"q\"\",\",\"x,\"\"y\",1\n");
}

static void
tells_mistakes(void)
{
	CHECK_STR(table("", "0"), "a column without a name");
	CHECK_STR(table("id,", "0"), "a column without a name");
	CHECK_STR(table("=.a", "0"), "a column without a name");
	CHECK_STR(table("views", "0"),
	    "'views' is neither id, fetched_at nor status; write "
	    "NAME=EXPRESSION");
	CHECK(strncmp(table("a=.[", "0"), "a: not a jq expression: ", 24) == 0);
}

static void
keeps_the_row(void)
{
	CHECK_STR(table("id,a=.a", "<html>"), "id,a\n\"a,1\",\nnot JSON");
	CHECK(strncmp(table("a=.a,b=.", "3"), "a,b\n,3\na: ", 10) == 0);
}

static const struct tap_test tests[] = {
	{ "id, fetched_at and status stand for themselves", knows_its_own },
	{ "others are the first result of an expression", runs_expressions },
	{ "a comma in brackets or a string is the expression's",
	    splits_at_outer_commas },
	{ "mistakes in the list name the column", tells_mistakes },
	{ "where an expression fails its cell is empty, the row is there",
	    keeps_the_row },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
