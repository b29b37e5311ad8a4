/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "scan/reader.h"

#include "tap.h"

/*
 * The reader has a quick way, for lines of the usual shape in the middle of a
 * block, and a plain one. Texts put together of many shapes are read line by
 * line, where only the plain way is open, and in blocks, by both: what is told
 * must be the same.
 */

enum { KNOWN_MOST = 512 };

/* What a reader told, a line for each; and a memo, as scan has. */
struct told {
	struct buf text;
	bool remembers;
	char *sources[KNOWN_MOST];
	char *entries[KNOWN_MOST];
	size_t known;
	size_t again;
};

static void
add_stamp(struct buf *text, const struct stamp *stamp)
{
	const struct civil *civil = &stamp->civil;

	buf_add_format(text, " %d%d%d%d %d-%d-%d %d:%d:%d %d\n",
	    stamp->has_date, stamp->has_year, stamp->has_time,
	    stamp->has_offset, civil->year, civil->month, civil->day,
	    civil->hour, civil->minute, civil->second, stamp->offset);
}

static void
take_entry(void *context, const struct entry *entry)
{
	struct told *told = context;
	struct buf made = { 0 };

	buf_add_format(&made,
	    "%.*s:%.*s in %.*s:", SLICE_ARG(entry->caller.file),
	    SLICE_ARG(entry->caller.line), SLICE_ARG(entry->caller.function));
	for (size_t i = 0; i < entry->operation_count; i++)
		buf_add_format(&made, " %.*s", SLICE_ARG(entry->operations[i]));
	if (entry->revision.len > 0)
		buf_add_format(&made, " of %.*s", SLICE_ARG(entry->revision));
	buf_add_format(&told->text, "%ju ", (uintmax_t)entry->count);
	buf_add(&told->text, buf_slice(&made));
	add_stamp(&told->text, &entry->stamp);
	if (told->remembers && entry->source.len > 0 &&
	    told->known < KNOWN_MOST) {
		told->sources[told->known] = xmemdup(entry->source.ptr,
		    entry->source.len);
		told->entries[told->known++] = xmemdup(made.ptr, made.len);
	}
	buf_release(&made);
}

static bool
take_again(void *context, struct slice source, uint64_t count,
    const struct stamp *stamp)
{
	struct told *told = context;

	for (size_t i = 0; i < told->known; i++) {
		if (!slice_is(source, told->sources[i]))
			continue;
		buf_add_format(&told->text, "%ju %s", (uintmax_t)count,
		    told->entries[i]);
		add_stamp(&told->text, stamp);
		told->again++;
		return true;
	}
	return false;
}

static void
take_reason(void *context, struct slice line, const char *reason)
{
	struct told *told = context;

	buf_add_format(&told->text, "%s: %.*s\n", reason, SLICE_ARG(line));
}

static void
told_release(struct told *told)
{
	for (size_t i = 0; i < told->known; i++) {
		free(told->sources[i]);
		free(told->entries[i]);
	}
	buf_release(&told->text);
}

/* Reads text in blocks of whole lines of at least so many bytes. */
static void
read_in_blocks(struct slice text, size_t size, const struct find_any *wanted,
    struct told *told)
{
	const struct reader_options options = { .max_line = 1 << 20 };
	const struct reader_events events = {
		.context = told,
		.entry = take_entry,
		.again = take_again,
		.malformed = take_reason,
		.given_up = take_reason,
	};
	const struct preset preset = { .reader = &reader_callcount };
	struct reader *reader = reader_callcount.new(&preset, &options,
	    &events);

	reader->wanted = wanted;
	while (text.len > 0) {
		struct slice head = slice_head(text, size);
		const char *lf = slice_chr(slice_from(text, head.len - 1),
		    '\n');

		if (lf != NULL)
			head.len = (size_t)(lf - text.ptr) + 1;
		else
			head = text;
		/* A copy, so that a look behind the block is noticed. */
		char *block = xmemdup(head.ptr, head.len);

		reader_read(reader, slice_make(block, head.len));
		free(block);
		text = slice_from(text, head.len);
	}
	reader_end(reader);
	reader_free(reader);
}

static const char long_front[] =
    "2013-06-16 05:04:03,123 DEBUG a front that is so long that the site "
    "lies far behind the first windows of the line, as some loggers have it "
    "who write their whole context first: ";

static const char *const fronts[] = {
	"2013-06-12 05:04:03,123 INFO audit ",
	"2013-06-12 05:04:03 INFO ",
	"2013-06-12 05:04:04.1 +0200 INFO ",
	"2013-06-12T05:04:03Z ",
	"2013-06-13 00:00:00 -",
	"05:04:09 ",
	"",
	"Jun 14 01:02:03 host app[12]: ",
	"I0615 05:04:03.123456 12 x.go:7] ",
	"a line of another kind, with a -- in it, ",
	long_front,
};

static const char *const counts[] = { "7: ", "3041: ", "9999999: ",
	"12345678: ", "18446744073709551615: ", "18446744073709551616: ",
	"007: ", "x7: ", "1.5: ", "", "7:", "\t8: " };

static const char *const sites[] = {
	"a.py:1",
	"app/models/user.rb:312",
	"app/models/user.rb:312 in save",
	"app/in/x.py:7 in in",
	"a\\040b.py:9 in f\\n",
	"5:6",
	"no_line",
	"a/very/long/path/to/a/file/whose/name/does/not/fit.py:8 in f",
};

static const char *const operations[] = {
	" -- UserData.put",
	" -- UserData.put, UserData.get",
	" -- UserDataCache.get",
	" -- OldUserData.get\tUserData.<put>,X.y",
	" -- Feed.prop (descending) UserData.(ancestor)",
	" -- no operation",
	"-- UserData.put",
	" -- User\\104ata.put",
	" -- 12: b.py:3 -- Video.get and words",
	" -- UserData.put took 12 ms",
	" -- UserData.put [revision r1]",
	" -- UserData.put [revision r2]",
	" -- UserData.put [revision r\\1352 ]",
	" -- Feed.get UserData.get\t[revision a\\040b] 3 ms",
};

#define PICK(array) array[pick(&seed, sizeof(array) / sizeof((array)[0]))]

static size_t
pick(unsigned *seed, size_t n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

static void
write_text(struct buf *text, unsigned seed, size_t lines)
{
	for (size_t i = 0; i < lines; i++) {
		bool usual = pick(&seed, 3) > 0;

		buf_add_str(text, usual ? fronts[0] : PICK(fronts));
		buf_add_str(text, usual ? counts[1] : PICK(counts));
		buf_add_str(text, PICK(sites));
		buf_add_str(text, PICK(operations));
		buf_add_str(text, pick(&seed, 9) == 0 ? "\r\n" : "\n");
	}
	text->len -= seed % 2; /* sometimes without the last line end */
}

static void
both_ways_agree(void)
{
	size_t again = 0;

	for (unsigned seed = 0; seed < 60; seed++) {
		struct buf text = { 0 };
		struct told plain = { 0 };

		write_text(&text, seed, 60);
		read_in_blocks(buf_slice(&text), 1, NULL, &plain);
		for (size_t size = 100; size < 9000; size += size / 2) {
			struct told told = { .remembers = true };

			read_in_blocks(buf_slice(&text), size, NULL, &told);
			CHECK(slice_equal(buf_slice(&told.text),
			    buf_slice(&plain.text)));
			again += told.again;
			told_release(&told);
		}
		told_release(&plain);
		buf_release(&text);
	}
	printf("# %zu entries were known\n", again);
	CHECK(again > 1000);
}

/* The lines of what was told that hold a word. */
static void
keep_lines(struct buf *text, const char *word)
{
	struct buf kept = { 0 };
	struct slice rest = buf_slice(text);
	struct slice line;

	while (slice_cut(&rest, '\n', &line))
		if (slice_find(line, word) != NULL)
			buf_add_format(&kept, "%.*s\n", SLICE_ARG(line));
	buf_release(text);
	*text = kept;
}

static void
filters(void)
{
	struct find_any wanted = { .count = 1 };

	find_init(&wanted.items[0], slice_str("UserData."));
	for (unsigned seed = 100; seed < 140; seed++) {
		struct buf text = { 0 };
		struct told all = { 0 };
		struct told some = { .remembers = true };

		write_text(&text, seed, 80);
		read_in_blocks(buf_slice(&text), 1, NULL, &all);
		read_in_blocks(buf_slice(&text), 3000, &wanted, &some);
		keep_lines(&all.text, " UserData.");
		keep_lines(&some.text, " UserData.");
		CHECK(slice_equal(buf_slice(&some.text), buf_slice(&all.text)));
		told_release(&all);
		told_release(&some);
		buf_release(&text);
	}
}

/* A source that was told before stands for its own revision alone. */
static void
tells_the_revision(void)
{
	static const char text[] =
	    "5: a.py:1 in f -- A.put, B.get\n"
	    "5: a.py:1 in f -- A.put, B.get [revision "
	    "r\\040\\1351]\n"
	    "5: a.py:1 in f -- A.put, B.get [revision r2]"
	    "\n"
	    "6: a.py:1 in f -- A.put, B.get [revision "
	    "r\\040\\1351]\n"
	    "6: a.py:1 in f -- A.put, B.get [revision r2]"
	    "\n"
	    "6: a.py:1 in f -- A.put, B.get\n";
	static const char expected[] =
	    "5 a.py:1 in f: A.put B.get 0000 0-0-0 0:0:0 0\n"
	    "5 a.py:1 in f: A.put B.get of r ]1 0000 0-0-0 0:0:0 0\n"
	    "5 a.py:1 in f: A.put B.get of r2 0000 0-0-0 0:0:0 0\n"
	    "6 a.py:1 in f: A.put B.get of r ]1 0000 0-0-0 0:0:0 0\n"
	    "6 a.py:1 in f: A.put B.get of r2 0000 0-0-0 0:0:0 0\n"
	    "6 a.py:1 in f: A.put B.get 0000 0-0-0 0:0:0 0\n";
	struct told told = { .remembers = true };
	struct buf padded = { 0 };

	/* The quick way wants 128 bytes ahead. */
	buf_add_str(&padded, text);
	for (int i = 0; i < 40; i++)
		buf_add_str(&padded, "nothing\n");
	read_in_blocks(buf_slice(&padded), padded.len, NULL, &told);
	CHECK_SLICE(told.text, expected);
	CHECK_INT(told.again, 3);
	told_release(&told);
	buf_release(&padded);
}

static const struct tap_test tests[] = {
	{ "the quick way tells what the plain way tells, however the text is "
	  "cut",
	    both_ways_agree },
	{ "looking only at what is wanted finds all of it, with its stamps",
	    filters },
	{ "one site of two revisions is told as two, again and again",
	    tells_the_revision },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
