/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sums.h"

#include "model/callcount.h"
#include "tap.h"

/* 2026-11-22T12:50:00Z */
static const int64_t noon = 1795351800;

#define NO_REVISION slice_make(NULL, 0)

/* "Kind.verb" NUL, ... of a literal. */
#define OPERATIONS(literal) slice_make(literal, sizeof(literal))

static void
add(struct sums *sums, const char *file, unsigned line, const char *function,
    struct slice operations, uint64_t n)
{
	sums_add(sums, slice_str(file), line, slice_str(function), operations,
	    NO_REVISION, n);
}

static void
make_lines(const struct sums *sums, const char *program, struct buf *lines)
{
	struct sums_front front = { noon, slice_str(program), 4711 };

	sums_lines(sums, &front, lines);
}

/* What stands in *sums as lines, with the usual front. */
static void
gives(const struct sums *sums, const char *want)
{
	struct buf lines = { 0 };

	make_lines(sums, "app", &lines);
	CHECK_SLICE(buf_slice(&lines), want);
	buf_release(&lines);
}

static void
has_the_line(void)
{
	struct sums sums;

	sums_init(&sums);
	sums_add(&sums, slice_str("src/feed.c"), 9, slice_str("save"),
	    OPERATIONS("Feed.insert\0Feed.get"), slice_str("3f2c1ab"), 17);
	gives(&sums,
	    "2026-11-22T12:50:00Z app[4711]: 17: src/feed.c:9 in save"
	    " -- Feed.insert, Feed.get [revision 3f2c1ab]\n");
	sums_release(&sums);
}

static void
adds_up(void)
{
	struct sums sums;

	sums_init(&sums);
	add(&sums, "a.c", 1, "f", OPERATIONS("Feed.get"), 3);
	add(&sums, "a.c", 1, "f", OPERATIONS("Feed.get"), UINT64_C(1) << 40);
	gives(&sums,
	    "2026-11-22T12:50:00Z app[4711]: 1099511627779: a.c:1 in f"
	    " -- Feed.get\n");
	sums_release(&sums);
}

static void
divides(void)
{
	struct sums sums;
	struct buf lines = { 0 };

	sums_init(&sums);
	add(&sums, "a.c", 1, "f", OPERATIONS("Feed.get"), 1);
	add(&sums, "a.c", 2, "f", OPERATIONS("Feed.get"), 1);
	add(&sums, "b.c", 1, "f", OPERATIONS("Feed.get"), 1);
	add(&sums, "a.c", 1, "g", OPERATIONS("Feed.get"), 1);
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), 1);
	add(&sums, "a.c", 1, "f", OPERATIONS("Feed.put"), 1);
	add(&sums, "a.c", 1, "f", OPERATIONS("Feed.get\0Feed.get"), 1);
	sums_add(&sums, slice_str("a.c"), 1, slice_str("f"),
	    OPERATIONS("Feed.get"), slice_str("r2"), 1);
	CHECK_INT(sums.table.count, 8);
	sums_release(&sums);
	buf_release(&lines);
}

static void
stays_at_most(void)
{
	struct sums sums;

	sums_init(&sums);
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), UINT64_MAX - 1);
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), 2);
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), 1);
	gives(&sums,
	    "2026-11-22T12:50:00Z app[4711]: 18446744073709551615: a.c:1"
	    " -- Feed.get\n");
	sums_release(&sums);
}

static void
is_sorted(void)
{
	struct sums sums;

	sums_init(&sums);
	add(&sums, "b.c", 1, "", OPERATIONS("Feed.get"), 1);
	add(&sums, "a.c", 20, "", OPERATIONS("Feed.get"), 2);
	add(&sums, "a.c", 3, "", OPERATIONS("Feed.get"), 300);
	gives(&sums,
	    "2026-11-22T12:50:00Z app[4711]: 2: a.c:20 -- Feed.get\n"
	    "2026-11-22T12:50:00Z app[4711]: 300: a.c:3 -- Feed.get\n"
	    "2026-11-22T12:50:00Z app[4711]: 1: b.c:1 -- Feed.get\n");
	sums_release(&sums);
}

static void
tells_lost(void)
{
	struct sums sums;

	sums_init(&sums);
	add(&sums, "(lost)", 0, "", OPERATIONS("tallyman.lost"), 312);
	add(&sums, "", 0, "", OPERATIONS("Feed.get"), 1);
	gives(&sums,
	    "2026-11-22T12:50:00Z app[4711]: 312: (lost):0 -- tallyman.lost\n"
	    "2026-11-22T12:50:00Z app[4711]: 1: (unknown):0 -- Feed.get\n");
	sums_release(&sums);
}

static void
nothing_is_nothing(void)
{
	struct sums sums;

	sums_init(&sums);
	gives(&sums, "");
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), 1);
	sums_release(&sums);
	gives(&sums, "");
}

static void
comes_behind(void)
{
	struct buf lines = { 0 };
	struct sums sums;

	sums_init(&sums);
	buf_add_str(&lines, "before\n");
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), 1);
	make_lines(&sums, "app", &lines);
	CHECK_SLICE(buf_slice(&lines),
	    "before\n2026-11-22T12:50:00Z app[4711]: 1: a.c:1 -- Feed.get\n");
	buf_release(&lines);
	sums_release(&sums);
}

static void
stamp_is(int64_t time, const char *want)
{
	struct sums_front front = { time, slice_str("p"), 1 };
	struct buf lines = { 0 };
	struct sums sums;

	sums_init(&sums);
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), 1);
	sums_lines(&sums, &front, &lines);
	CHECK_SLICE(slice_head(buf_slice(&lines), strlen(want)), want);
	buf_release(&lines);
	sums_release(&sums);
}

static void
has_the_day(void)
{
	stamp_is(0, "1970-01-01T00:00:00Z ");
	stamp_is(951782399, "2000-02-28T23:59:59Z ");
	stamp_is(951782400, "2000-02-29T00:00:00Z ");
	stamp_is(1772323199, "2026-02-28T23:59:59Z ");
	stamp_is(1772323200, "2026-03-01T00:00:00Z ");
	stamp_is(4107542400, "2100-03-01T00:00:00Z ");
	stamp_is(-1, "1969-12-31T23:59:59Z ");
}

/* What a line says is what was added, by callcount_find(). */
struct said {
	struct slice file;
	unsigned line;
	struct slice function;
	struct slice operations;
	struct slice revision;
};

static bool
is_name(struct slice escaped, struct slice want)
{
	struct buf name = { 0 };
	bool same;

	callcount_unescape(&name, escaped);
	same = slice_equal(buf_slice(&name), want);
	if (!same)
		tap_check_bytes(name.ptr, name.len, want.ptr, want.len, "name",
		    __FILE__, __LINE__);
	buf_release(&name);
	return same;
}

static void
check_operations(struct slice got, struct slice want)
{
	struct buf operations = { 0 };

	while (callcount_next(&got, &operations))
		buf_add_char(&operations, '\0');
	CHECK(slice_equal(buf_slice(&operations), want));
	buf_release(&operations);
}

static void
reads_back(const struct said *said, const char *program)
{
	struct callcount found = { 0 };
	struct buf lines = { 0 };
	struct slice text, line;
	struct sums sums;
	char number[16];

	sums_init(&sums);
	sums_add(&sums, said->file, said->line, said->function,
	    said->operations, said->revision, 42);
	make_lines(&sums, program, &lines);
	text = buf_slice(&lines);
	(void)slice_cut(&text, '\n', &line);
	CHECK_INT(text.len, 0);
	if (!CHECK_INT(callcount_find(line, &found), CALLCOUNT_FOUND))
		tap_print_bytes("in", line.ptr, line.len);
	(void)snprintf(number, sizeof(number), "%u", said->line);
	CHECK_INT(found.count, 42);
	CHECK_SLICE(found.line, number);
	CHECK(is_name(found.file, said->file));
	CHECK(is_name(found.function, said->function));
	CHECK(is_name(found.revision, said->revision));
	check_operations(found.operations, said->operations);
	CHECK(slice_ends(found.before, "[4711]: "));
	buf_release(&lines);
	sums_release(&sums);
}

static void
reads_names_back(void)
{
	static const struct slice names[] = { SLICE("src/feed.c"),
		SLICE("my file.py"), SLICE("a -- b"), SLICE("3: x"),
		SLICE("<module>"), SLICE("(app+0x1a2b)"), SLICE("a\"b'c"),
		SLICE("in"), SLICE(" in "), SLICE("x:9 in y"), SLICE("12"),
		SLICE("12:30"), SLICE("caf\xc3\xa9"), SLICE("\xff\xfe"),
		SLICE("a\tb\r\nc\x1b[0m\x7f"), SLICE("nul\0nul"), SLICE("\\"),
		SLICE("\\040"), SLICE("a\\nb"), SLICE("\xc2\x85"),
		SLICE("Feed.get"), SLICE("[revision x]"), SLICE(":"),
		SLICE("--") };
	enum { NAMES = sizeof(names) / sizeof(names[0]) };

	for (size_t i = 0; i < NAMES; i++)
		for (size_t k = 0; k < NAMES; k++) {
			struct said said = { names[i], (unsigned)k, names[k],
				OPERATIONS("Feed.get"), NO_REVISION };

			reads_back(&said, "app");
			said.revision = names[(i + k) % NAMES];
			said.function = slice_make(NULL, 0);
			reads_back(&said, "app");
		}
}

static void
reads_operations_back(void)
{
	static const struct slice operations[] = { SLICE("Feed.get\0"),
		SLICE("Feed.get\0User.put\0Feed.get\0"),
		SLICE("shop.users.find\0"), SLICE("my table.select\0a,b.c d\0"),
		SLICE("9lives.get\0Kind.9\0"), SLICE("a b.(c)\0[x].<y>\0"),
		SLICE("\xc3\xa9.get\0\xff.\xfe\0"), SLICE("A::B.x?\0"),
		SLICE("\\040.\\n\0"), SLICE("a\nb.c\x01\0"),
		SLICE("revision.x]\0"), SLICE("--.--\0"),
		SLICE("\"q\".'r'\0") };

	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]);
	     i++) {
		struct said said = { SLICE("a.c"), 4294967295u, SLICE("f"),
			operations[i], SLICE("v1] -- A.b [x") };

		reads_back(&said, "app");
	}
}

static void
front_does_not_mislead(void)
{
	static const char *const programs[] = { "3: x", "a -- b",
		"5: x.c:9 in f -- Feed.put, ", "app: 12: a.py:3 -- A.b", "",
		"[1]: 7:", "caf\xc3\xa9", "12", "a\nb", "x.c:9" };
	struct said said = { SLICE("a.c"), 9, SLICE("f"),
		OPERATIONS("Feed.get"), NO_REVISION };

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		reads_back(&said, programs[i]);
}

static void
program_is_plain(void)
{
	struct buf lines = { 0 };
	struct sums sums;

	sums_init(&sums);
	add(&sums, "a.c", 1, "", OPERATIONS("Feed.get"), 1);
	make_lines(&sums, "My_app-2.0: [x]", &lines);
	buf_add_char(&lines, '|');
	make_lines(&sums, "", &lines);
	CHECK_SLICE(buf_slice(&lines),
	    "2026-11-22T12:50:00Z My_app-2.0___x_[4711]: 1: a.c:1 -- Feed.get\n"
	    "|2026-11-22T12:50:00Z _[4711]: 1: a.c:1 -- Feed.get\n");
	buf_release(&lines);
	sums_release(&sums);
}

static void
holds_many(void)
{
	struct buf lines = { 0 };
	struct slice text, line;
	size_t n = 0;
	struct sums sums;

	sums_init(&sums);
	for (unsigned i = 0; i < 3000; i++)
		add(&sums, "a.c", i % 1000, "f", OPERATIONS("Feed.get"), 1);
	make_lines(&sums, "app", &lines);
	for (text = buf_slice(&lines); slice_cut(&text, '\n', &line); n++)
		CHECK(slice_find(line, " 3: a.c:") != NULL);
	CHECK_INT(n, 1000);
	buf_release(&lines);
	sums_release(&sums);
}

static const struct tap_test tests[] = {
	{ "a line has time, program, process, count, site and operations",
	    has_the_line },
	{ "counts of the same site and operations are one sum", adds_up },
	{ "all that a line says divides the sums", divides },
	{ "a sum beyond 2^64-1 stays there", stays_at_most },
	{ "lines are sorted behind their counts", is_sorted },
	{ "what was lost, and what has no file, has a line", tells_lost },
	{ "no sums are no lines, before and after", nothing_is_nothing },
	{ "lines are added behind what is there", comes_behind },
	{ "the time is in UTC, on any day", has_the_day },
	{ "files, functions and revisions are read back, whatever their bytes",
	    reads_names_back },
	{ "operations are read back, whatever their bytes",
	    reads_operations_back },
	{ "no program's name misleads who reads the line",
	    front_does_not_mislead },
	{ "a program's name has no odd bytes", program_is_plain },
	{ "many sites are all there", holds_many },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
