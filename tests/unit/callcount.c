/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/callcount.h"

#include "tap.h"

/* The operations with a bar between. */
static void
join(struct buf *buf, struct slice operations)
{
	buf_clear(buf);
	while (callcount_next(&operations, buf))
		buf_add_char(buf, '|');
	CHECK_INT(operations.len, 0);
}

static void
check_found(const char *line, uint64_t count, const char *site,
    const char *operations)
{
	struct callcount found;
	struct buf buf = { 0 };

	if (!CHECK_INT(callcount_find(slice_str(line), &found),
		CALLCOUNT_FOUND)) {
		printf("# in %s\n", line);
		return;
	}
	CHECK_INT(found.count, count);
	buf_add(&buf, found.file);
	buf_add_char(&buf, ' ');
	buf_add(&buf, found.line);
	buf_add_char(&buf, ' ');
	buf_add(&buf, found.function);
	CHECK_SLICE(buf, site);
	join(&buf, found.operations);
	if (!CHECK_SLICE(buf, operations))
		printf("# in %s\n", line);
	buf_release(&buf);
}

static void
is_found_alone(void)
{
	check_found("3041: activity_summary.py:312 -- UserData.put", 3041,
	    "activity_summary.py 312 ", "UserData.put|");
	check_found("0: a/b.py:1 -- A.get", 0, "a/b.py 1 ", "A.get|");
	check_found("18446744073709551615: x:1 -- A.get", UINT64_MAX, "x 1 ",
	    "A.get|");
	check_found("007: x.py:012 -- A.get", 7, "x.py 012 ", "A.get|");
}

static void
is_found_anywhere(void)
{
	static const char *const fronts[] = { "2013-06-12 05:04:03.123 INFO  ",
		"\"", "{\"message\":\"", "INFO:root:", "[pid 7]", "a\t",
		"x=", "9: ", "a -- b ", "5: x -- ", "5: x:1 -- y ", " -- " };
	char line[128];
	struct callcount found;

	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
		(void)snprintf(line, sizeof(line),
		    "%s3041: app/a.py:312 -- A.put", fronts[i]);
		check_found(line, 3041, "app/a.py 312 ", "A.put|");
		(void)callcount_find(slice_str(line), &found);
		CHECK_SLICE(found.before, fronts[i]);
	}
}

static void
names_the_site(void)
{
	check_found("17: app/x.py:9 in save -- A.get", 17, "app/x.py 9 save",
	    "A.get|");
	check_found("1: D:/x.py:12 -- A.get", 1, "D:/x.py 12 ", "A.get|");
	check_found("1: D:\\x.py:12 -- A.get", 1, "D:\\x.py 12 ", "A.get|");
	check_found("1: a:3/b:4 -- A.get", 1, "a:3/b 4 ", "A.get|");
	check_found("1: a\\040b.py:4 in c\\040d -- A.get", 1,
	    "a\\040b.py 4 c\\040d", "A.get|");
	check_found("1: in:4 in in -- A.get", 1, "in 4 in", "A.get|");
	check_found("1: x.py:4 in -- -- A.get", 1, "x.py 4 --", "A.get|");
	check_found("1: (eval):31 -- A.get", 1, "(eval) 31 ", "A.get|");
	check_found("1: stra\303\237e.py:3 in \303\237 -- A.get", 1,
	    "stra\303\237e.py 3 \303\237", "A.get|");
}

static void
lists_operations(void)
{
	static const struct {
		const char *text, *operations;
	} rows[] = {
		{ "A.put, A.get", "A.put|A.get|" },
		{ "A.put A.get\tB.put", "A.put|A.get|B.put|" },
		{ "A.put,A.get ,  B.put", "A.put|A.get|B.put|" },
		{ "A.put, A.put", "A.put|A.put|" },
		{ "A.<put>, A.get", "A.put|A.get|" },
		{ "shop.users.insert", "shop.users.insert|" },
		{ "ActiveStorage::Blob.exists?",
		    "ActiveStorage::Blob.exists?|" },
		{ "A.prop (descending) B.x", "A.prop (descending)|B.x|" },
		{ "A.prop  (descending) (ancestor), B.x",
		    "A.prop (descending) (ancestor)|B.x|" },
		{ "A.prop(descending)", "A.prop(descending)|" },
		{ "Feed.query (descending) Feed.(ancestor)",
		    "Feed.query (descending)|Feed.(ancestor)|" },
		{ "A.a\\040b, \\061x.\\062", "A.a b|1x.2|" },
		{ "stra\303\237e.get", "stra\303\237e.get|" },
		{ "_A.__key__", "_A.__key__|" },
	};
	char line[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(line, sizeof(line), "1: x:1 -- %s",
		    rows[i].text);
		check_found(line, 1, "x 1 ", rows[i].operations);
	}
}

static void
ends_with_the_operations(void)
{
	static const char *const tails[] = { "", " ", ", ", " took 3 ms",
		" in 3.5 ms", " v1.5", " cpu_ms=3.5", "\"}", "\r", " -- B.get",
		" (took 3 ms)", " took)", " 3.5", " www", ", and B.get",
		" a.py:12", " https://a.b/c", ";", " B.", " .b", " B.()",
		" B.<>", "\033[0m" };
	char line[128];

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		(void)snprintf(line, sizeof(line), "1: x:1 -- A.put%s",
		    tails[i]);
		check_found(line, 1, "x 1 ", "A.put|");
	}
}

static void
tells_the_revision(void)
{
	static const struct {
		const char *behind, *revision;
	} rows[] = {
		{ " [revision 3f2c1ab]", "3f2c1ab" },
		{ " \t [revision v1.2-3-g3f2c1ab]", "v1.2-3-g3f2c1ab" },
		{ " [revision a\\040b\\135]", "a\\040b\\135" },
		{ " [revision x] [revision y]", "x" },
		{ " [revision x]y", "x" },
		{ " [revision [x]]", "[x" },
		{ " (descending) [revision x]\"}", "x" },
		{ "[revision x]", "" },
		{ ", [revision x]", "" },
		{ " and [revision x]", "" },
		{ " [revision]", "" },
		{ " [revision ]", "" },
		{ " [revision  x]", "" },
		{ " [revision x ]", "" },
		{ " [revision x y]", "" },
		{ " [revision x\ty]", "" },
		{ " [revision\tx]", "" },
		{ " [Revision x]", "" },
		{ " [revision: x]", "" },
		{ " (revision x)", "" },
		{ " [revision x", "" },
		{ " [revision ", "" },
		{ " [", "" },
		{ " ", "" },
		{ "", "" },
	};
	char line[128];
	struct callcount found;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(line, sizeof(line), "1: x:1 -- A.put%s",
		    rows[i].behind);
		CHECK_INT(callcount_find(slice_str(line), &found),
		    CALLCOUNT_FOUND);
		if (!CHECK_SLICE(found.revision, rows[i].revision))
			printf("# in %s\n", line);
	}
}

static void
false_friends(void)
{
	static const char *const lines[] = { "", " -- ", "a -- b",
		"GET /a.py:3 HTTP/1.1 200 \"Mozilla/5.0: a -- b\"",
		"Mozilla/5.0: a:3 -- A.b", "5: note: x -- y.z",
		"12:30:11 x:1 -- A.b", "12:30:11: x:1 -- A.b",
		"7: 12:30 -- A.b", "7: 12:30:11 -- A.b",
		"7: 10.0.0.1:80 -- A.b", "7: ::1:80 -- A.b",
		"fe80::1: eth0:1 -- A.b", "x: y.py:3 -- A.b", "a5: x:1 -- A.b",
		"1.5: x:1 -- A.b", "1,041: x:1 -- A.b", "-5: x:1 -- A.b",
		"1/5: x:1 -- A.b", "5 x:1 -- A.b", "5:x:1 -- A.b", "5: x:1 --",
		"5: x:1 -- ", "5: x:1 -- A", "5: x:1 -- AB", "5 : x:1 -- A.b",
		":5: x:1 -- A.b", "5: x:1 -- .b", "5: x:1 -- A.",
		"5: x:1 -- a b.c", "5: x:1 -- 1A.b", "5: x:1 -- A.1",
		"5: x:1 -- A.b:c", "5: x:1 -- e.g. this", "5: x:1 --  A.b",
		"5: x -- A.b", "5: x: -- A.b", "5: :1 -- A.b",
		"5: a b:1 -- A.b", "5: x:1 of f -- A.b", "5: x:1 in f g -- A.b",
		"5: x:1-- A.b", "5: x:1 --A.b", "5: x:1 - A.b" };
	struct callcount found;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!CHECK_INT(callcount_find(slice_str(lines[i]), &found),
			CALLCOUNT_NONE))
			printf("# in %s\n", lines[i]);
	CHECK_INT(callcount_find((struct slice){ 0 }, &found), CALLCOUNT_NONE);
}

static void
malformed(void)
{
	struct callcount found;

	CHECK_INT(callcount_find(slice_str(
				     "x 18446744073709551616: x:1 -- A.b"),
		      &found),
	    CALLCOUNT_MALFORMED);
	CHECK_INT(found.count, 0);
	CHECK_SLICE(found.before, "x ");
	CHECK_INT(callcount_find(slice_str("99999999999999999999999: x:1 -- b"),
		      &found),
	    CALLCOUNT_NONE);
}

static void
unescapes(void)
{
	static const struct {
		const char *name, *plain;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "a\\040b\\nc\\\\d", "a b\nc\\d" },
		{ "\\a\\b\\t\\n\\v\\f\\r", "\a\b\t\n\v\f\r" },
		{ "\\303\\237", "\303\237" },
		{ "\\\\040", "\\040" },
		{ "\\", "\\" },
		{ "a\\", "a\\" },
		{ "\\x\\8\\04\\400", "\\x\\8\\04\\400" },
	};
	struct buf buf = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&buf);
		callcount_unescape(&buf, slice_str(rows[i].name));
		CHECK_SLICE(buf, rows[i].plain);
	}
	buf_clear(&buf);
	callcount_unescape(&buf, slice_make("\\\0", 2));
	CHECK_BYTES(buf.ptr, buf.len, "\\\0", 2);
	buf_release(&buf);
}

static void
writes(void)
{
	static const struct slice operations[] = { SLICE("UserData.put"),
		SLICE("shop.users.exists?") };
	struct buf line = { 0 };

	callcount_add(&line, 3041, slice_str("app/a.py"), slice_str("312"),
	    slice_str(""), operations, 1, slice_str(""));
	CHECK_SLICE(line, "3041: app/a.py:312 -- UserData.put");
	buf_clear(&line);
	callcount_add(&line, UINT64_MAX, slice_str("a b.py"), slice_str(""),
	    slice_str("block in save"), operations, 2, slice_str("v1 [x]"));
	CHECK_SLICE(line,
	    "18446744073709551615: a\\040b.py:0 in "
	    "block\\040in\\040save -- UserData.put, "
	    "shop.users.exists? [revision v1\\040[x\\135]");
	buf_release(&line);
}

static void
check_round_trip(struct slice any, struct slice operation)
{
	struct buf line = { 0 };
	struct buf name = { 0 };
	struct callcount found;

	callcount_add(&line, 1, any, slice_str("2"), any, &operation, 1, any);
	CHECK(slice_chr(buf_slice(&line), '\n') == NULL);
	CHECK_INT(callcount_find(buf_slice(&line), &found), CALLCOUNT_FOUND);
	callcount_unescape(&name, found.file);
	CHECK(slice_equal(buf_slice(&name), any));
	buf_clear(&name);
	callcount_unescape(&name, found.function);
	CHECK(slice_equal(buf_slice(&name), any));
	buf_clear(&name);
	callcount_unescape(&name, found.revision);
	CHECK(slice_equal(buf_slice(&name), any));
	buf_clear(&name);
	CHECK(callcount_next(&found.operations, &name));
	CHECK(slice_equal(buf_slice(&name), operation));
	CHECK(!callcount_next(&found.operations, &name));
	buf_release(&line);
	buf_release(&name);
}

static void
survives(void)
{
	static const struct slice names[] = { SLICE(" "), SLICE("\n"),
		SLICE("\0"), SLICE("\\"), SLICE("\\n"), SLICE("a b"),
		SLICE("a -- b"), SLICE("a:1"), SLICE("12:30"), SLICE("1"),
		SLICE("in"), SLICE("--"), SLICE("<put>"), SLICE("(x)"),
		SLICE("a, b"), SLICE("\""), SLICE("stra\303\237e"),
		SLICE("\377"), SLICE("\302\233"), SLICE("\t\r\033[0m"),
		SLICE("a.b"), SLICE("::"), SLICE("="), SLICE("]"),
		SLICE("[revision x]") };
	struct buf operation = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buf_clear(&operation);
		buf_add(&operation, names[i]);
		buf_add_char(&operation, '.');
		buf_add(&operation, names[i]);
		check_round_trip(names[i], buf_slice(&operation));
	}
	for (int c = 0; c < 256; c++) {
		char name[] = { (char)c, 'x', '.', (char)c };

		/* The last dot divides an operation. */
		check_round_trip(slice_make(name, 1),
		    slice_make(name, c == '.' ? 1 : sizeof(name)).len == 1 ?
			slice_str("..x") :
			slice_make(name, sizeof(name)));
	}
	buf_release(&operation);
}

/* Were one of these read again and again, the test would take minutes. */
static void
long_lines(void)
{
	static const char *const pieces[] = { " -- ", " --", "5: x:1 -- ",
		"a -- ", "x", " ", "1", ":", "1: ", "5: x:1 -- A.b ",
		"5: x:1 -- A.", "5: x:1 -- A", "5: x:1 -- A.b (", "\\",
		" [revision ", "in -- " };
	const size_t size = 1 << 20;
	struct buf line = { 0 };
	struct buf names = { 0 };
	struct callcount found;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		buf_clear(&line);
		while (line.len < size)
			buf_add_str(&line, pieces[i]);
		(void)callcount_find(buf_slice(&line), &found);
		buf_clear(&line);
		buf_add_str(&line, "1: x:1 -- A.b, ");
		while (line.len < size)
			buf_add_str(&line, pieces[i]);
		CHECK_INT(callcount_find(buf_slice(&line), &found),
		    CALLCOUNT_FOUND);
		join(&names, found.operations);
	}
	buf_release(&line);
	buf_release(&names);
}

/* The front of the first line of a text that goes on behind it. */
static bool
front_of(const char *first, struct callcount_front *front)
{
	static char text[1024];

	(void)snprintf(text, sizeof(text), "%s\n%0200d -- X.y\n", first, 0);
	return callcount_front(slice_make(text, strlen(first)),
	    text + strlen(text), front);
}

static void
takes_the_front_off(void)
{
	static const char *const lines[] = {
		"7: a.py:1 -- A.get", "x 3041: a.py:1 -- A.get",
		"2013-06-12 05:04:03 INFO  1234567: a/b.py:12 in f -- A.get",
		"x -- y 12: a.py:1 in in -- A.get", "x--y 12: in in -- A.get",
		"a longer line, with dashes far away from it 1: a.py:1 -- A.g"
	};
	struct callcount_front front;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct callcount found;

		if (callcount_find(slice_str(lines[i]), &found) !=
			CALLCOUNT_FOUND ||
		    !front_of(lines[i], &front))
			continue;
		CHECK_INT(front.count, found.count);
		CHECK_INT(front.before.len, found.before.len);
		CHECK_INT(front.rest.ptr - front.before.ptr,
		    found.file.ptr - lines[i]);
		CHECK_SLICE(front.rest, found.file.ptr);
	}
	CHECK(front_of(lines[0], &front));
	CHECK(front_of(lines[1], &front));
	CHECK(front_of(lines[2], &front));
	CHECK(!front_of(lines[3], &front));
	CHECK(front_of(lines[5], &front));
}

static void
refuses_other_fronts(void)
{
	static const char *const lines[] = { "", "a.py:1 -- A.get",
		": a.py:1 -- A.get", "x7: a.py:1 -- A.get",
		"1.5: a.py:1 -- A.get", "7 a.py:1 -- A.get",
		"12345678: a.py:1 -- A.get", "7: a.py:1 - A.get",
		"7: a.py:1 --A.get", "7: a.py:1 --", "7: a.py:1 -- ",
		" -- A.get", "\t7: a.py:1 -- A.get" };
	struct callcount_front front;
	const char *line = "7: a.py:1 -- A.get";

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!CHECK(!front_of(lines[i], &front) ||
			slice_ends(slice_str(lines[i]), " -- ")))
			printf("# %s\n", lines[i]);
	/* nothing behind it that could be read */
	CHECK(!callcount_front(slice_str(line), line + strlen(line), &front));
}

static const struct tap_test tests[] = {
	{ "a callcount is found alone in a line", is_found_alone },
	{ "a callcount is found anywhere in a line, what is before it is told",
	    is_found_anywhere },
	{ "its site is a file, a line and maybe a function", names_the_site },
	{ "it lists its operations", lists_operations },
	{ "what follows the operations is ignored", ends_with_the_operations },
	{ "but the revision right behind them", tells_the_revision },
	{ "other lines with colons and dashes are no callcounts",
	    false_friends },
	{ "a count beyond 2^64-1 is malformed", malformed },
	{ "escapes are undone, other backslashes are kept", unescapes },
	{ "a line is written as it is read", writes },
	{ "names of any bytes survive writing and reading", survives },
	{ "a long line takes linear time", long_lines },
	{ "the front of a usual line is taken off as a whole",
	    takes_the_front_off },
	{ "other lines have no usual front", refuses_other_fronts },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
