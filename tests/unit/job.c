/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/job.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "scratch.h"
#include "tap.h"

/*
 * A small job: lines are "word" or "=word". A "=word" sets the carried word
 * and is a sync line; any other counts one for "carried/word". Lines that
 * begin with "!" go to the second output. The end of an input counts one for
 * "end INPUT carried", where its segment has the word that is carried then.
 */

struct tiny {
	char *paths[2];
	bool goes_on;
	uint64_t skip;    /* so many bytes of each input, */
	const char *grow; /* which becomes longer behind that, unless NULL */
	struct buf side;
	struct buf sums;
	uint64_t too_long;
	uint64_t segments;
	unsigned troubles;
	unsigned disorder;
};

enum tiny_place { OUTSIDE, INSIDE, AT_END };

struct tiny_mapper {
	struct tiny *tiny;
	struct emit *emit;
	struct buf carried;
	struct buf key;
	uint64_t too_long;
	uint64_t segments;
	unsigned troubles;
	size_t input;
	enum tiny_place place; /* in a segment */
	unsigned disorder;     /* calls that came when they should not */
};

static void
count_add(void *state, const void *value, struct arena *arena)
{
	uint64_t *sum = state;
	const uint64_t *number = value;

	(void)arena;
	*sum += *number;
}

static void
count_write(const void *state, struct buf *bytes)
{
	buf_add(bytes, slice_make(state, sizeof(uint64_t)));
}

static void
count_read(void *state, struct slice bytes, struct arena *arena)
{
	(void)arena;
	memcpy(state, bytes.ptr, sizeof(uint64_t));
}

static const struct state_type count = {
	.size = sizeof(uint64_t),
	.add = count_add,
	.merge = count_add,
	.write = count_write,
	.read = count_read,
};

/* A file, or the same through a pipe's eyes. */
static struct source *
tiny_open(void *context, size_t input, struct err *err)
{
	struct tiny *tiny = context;
	struct source *source = source_open(tiny->paths[input], err);
	FILE *file;

	if (source != NULL && tiny->skip > 0)
		CHECK_INT(source_skip(source, tiny->skip, err), 0);
	if (source != NULL && tiny->grow != NULL) {
		file = fopen(tiny->paths[input], "a");
		CHECK(file != NULL && fputs(tiny->grow, file) >= 0 &&
		    fclose(file) == 0);
	}
	return source;
}

static bool
tiny_goes_on(void *context, size_t input)
{
	struct tiny *tiny = context;

	(void)input;
	return tiny->goes_on;
}

static void *
tiny_new(void *context, struct emit *emit)
{
	struct tiny_mapper *mapper = xcalloc(1, sizeof(*mapper));

	mapper->tiny = context;
	mapper->emit = emit;
	return mapper;
}

static void
tiny_free(void *context)
{
	struct tiny_mapper *mapper = context;

	mapper->tiny->too_long += mapper->too_long;
	mapper->tiny->segments += mapper->segments;
	mapper->tiny->troubles += mapper->troubles;
	mapper->tiny->disorder += mapper->disorder;
	buf_release(&mapper->carried);
	buf_release(&mapper->key);
	free(mapper);
}

static void
tiny_begin(void *context, size_t input)
{
	struct tiny_mapper *mapper = context;

	buf_clear(&mapper->carried);
	mapper->segments++;
	mapper->input = input;
	mapper->disorder += mapper->place != OUTSIDE;
	mapper->place = INSIDE;
}

static void
tiny_line(struct tiny_mapper *mapper, struct slice line)
{
	const uint64_t one = 1;

	if (slice_starts(line, "=")) {
		buf_clear(&mapper->carried);
		buf_add(&mapper->carried, slice_from(line, 1));
		return;
	}
	if (slice_starts(line, "!"))
		emit_side(mapper->emit, line);
	buf_clear(&mapper->key);
	buf_add(&mapper->key, buf_slice(&mapper->carried));
	buf_add_char(&mapper->key, '/');
	buf_add(&mapper->key, slice_head(line, 5));
	emit_add(mapper->emit, buf_slice(&mapper->key), &one);
}

static void
tiny_map(void *context, const struct block *block)
{
	struct tiny_mapper *mapper = context;
	struct slice rest = block->text;
	struct slice line;

	mapper->disorder += mapper->place != INSIDE;
	while (slice_cut(&rest, '\n', &line))
		tiny_line(context, line);
}

static void
tiny_at_end(void *context)
{
	struct tiny_mapper *mapper = context;
	const uint64_t one = 1;

	buf_clear(&mapper->key);
	buf_add_format(&mapper->key, "end %zu %.*s", mapper->input,
	    SLICE_ARG(mapper->carried));
	emit_add(mapper->emit, buf_slice(&mapper->key), &one);
	mapper->disorder += mapper->place != INSIDE;
	mapper->place = AT_END;
}

static void
tiny_end(void *context)
{
	struct tiny_mapper *mapper = context;

	mapper->disorder += mapper->place == OUTSIDE;
	mapper->place = OUTSIDE;
}

static void
tiny_too_long(void *context, uint64_t offset, uint64_t len, uint64_t next)
{
	struct tiny_mapper *mapper = context;

	mapper->too_long += len;
	mapper->disorder += mapper->place != INSIDE || next < offset + len ||
	    next > offset + len + 1;
}

static void
tiny_trouble(void *context, size_t input, const struct err *why, uint64_t cut)
{
	struct tiny_mapper *mapper = context;

	(void)input;
	(void)cut;
	mapper->troubles++;
	mapper->disorder += mapper->place == AT_END;
	emit_side(mapper->emit, slice_str(why->text));
}

static bool
tiny_has_sync(void *context, size_t input)
{
	(void)context;
	(void)input;
	return true;
}

static size_t
tiny_sync(void *context, size_t input, struct slice text, size_t from,
    size_t to)
{
	(void)context;
	(void)input;
	while (from < to) {
		const char *end;

		if (text.ptr[from] == '=')
			return from;
		end = slice_chr(slice_from(text, from), '\n');
		if (end == NULL)
			return to;
		from = (size_t)(end - text.ptr) + 1;
	}
	return to;
}

static void
tiny_side(void *context, struct slice bytes)
{
	struct tiny *tiny = context;

	buf_add(&tiny->side, bytes);
}

static int
tiny_sink(void *context, struct slice key, const void *state, struct err *err)
{
	struct tiny *tiny = context;
	const uint64_t *sum = state;

	(void)err;
	buf_add_format(&tiny->sums, "%.*s=%" PRIu64 "\n", SLICE_ARG(key), *sum);
	return 0;
}

static const struct job job = {
	.state = &count,
	.inputs = 2,
	.open = tiny_open,
	.mapper_new = tiny_new,
	.mapper_free = tiny_free,
	.begin = tiny_begin,
	.map = tiny_map,
	.at_end = tiny_at_end,
	.end = tiny_end,
	.goes_on = tiny_goes_on,
	.too_long = tiny_too_long,
	.trouble = tiny_trouble,
	.has_sync = tiny_has_sync,
	.sync = tiny_sync,
	.side = tiny_side,
	.sink = tiny_sink,
};

enum { FILE_BYTES = 40 * 1024 * 1024 };

/* Lines of many lengths, sync lines far apart, one line of 200 kB. */
static char *
make_file(unsigned seed)
{
	char *path = xasprintf("%s/tallyman-job-XXXXXX",
	    getenv("TMPDIR") == NULL ? "/tmp" : getenv("TMPDIR"));
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	uint64_t random = seed;

	for (long written = 0; written < FILE_BYTES;) {
		random = random * 6364136223846793005U + 1442695040888963407U;
		if (random >> 50 == 0)
			written += fprintf(file, "=%u\n",
			    (unsigned)(random >> 40) % 7);
		else if (random >> 47 == 9)
			written += fprintf(file, "!%0200000u\n", seed);
		else
			written += fprintf(file, "w%u %0*u\n",
			    (unsigned)(random >> 40) % 99, (int)(random >> 58),
			    7U);
	}
	fprintf(file, "last line without its end");
	CHECK(fclose(file) == 0);
	return path;
}

static void
tiny_release(struct tiny *tiny)
{
	buf_release(&tiny->side);
	buf_release(&tiny->sums);
}

static void
run(struct tiny *tiny, char *const *paths, unsigned threads, uint64_t memory,
    uint64_t max_line)
{
	const struct job_limits limits = { threads, memory, max_line };
	struct err err;

	*tiny = (struct tiny){ .paths = { paths[0], paths[1] } };
	CHECK_INT(job_run(&job, tiny, &limits, &err), 0);
	CHECK_INT(tiny->disorder, 0);
}

static void
is_same_for_any_threads(void)
{
	char *paths[2] = { make_file(1), make_file(2) };
	struct tiny one;

	run(&one, paths, 1, 1 << 30, 1 << 20);
	CHECK(one.sums.len > 1000);
	CHECK(one.side.len > 0);
	CHECK(one.segments > 2);
	for (unsigned threads = 2; threads <= 8; threads *= 2) {
		struct tiny many;

		run(&many, paths, threads, 1 << 30, 1 << 20);
		CHECK(slice_equal(buf_slice(&one.sums), buf_slice(&many.sums)));
		CHECK(slice_equal(buf_slice(&one.side), buf_slice(&many.side)));
		tiny_release(&many);
	}
	tiny_release(&one);
	for (size_t i = 0; i < 2; i++) {
		(void)unlink(paths[i]);
		free(paths[i]);
	}
}

static void
passes_over_long_lines(void)
{
	char *paths[2] = { make_file(3), make_file(4) };
	struct tiny all;
	struct tiny some;

	run(&all, paths, 2, 1 << 30, 1 << 20);
	run(&some, paths, 2, 1 << 30, 100000);
	CHECK_INT(all.too_long, 0);
	CHECK(some.too_long > 0);
	CHECK_INT(some.too_long % 200001, 0);
	CHECK_INT(some.side.len, 0);
	tiny_release(&all);
	tiny_release(&some);
	for (size_t i = 0; i < 2; i++) {
		(void)unlink(paths[i]);
		free(paths[i]);
	}
}

static void
tells_what_cannot_be_opened(void)
{
	char *paths[2] = { xstrdup("/nonexistent/a"), make_file(5) };
	struct tiny tiny;

	run(&tiny, paths, 2, 1 << 30, 1 << 20);
	CHECK_INT(tiny.troubles, 1);
	CHECK(slice_starts(buf_slice(&tiny.side),
	    "/nonexistent/a: No such file or directory"));
	CHECK(tiny.sums.len > 1000);
	tiny_release(&tiny);
	(void)unlink(paths[1]);
	free(paths[0]);
	free(paths[1]);
}

/* What is wanted of an input by any number of threads. */
struct wanted {
	bool goes_on;
	uint64_t skip;
	const char *grow;
	uint64_t max_line;
	const char *sums;
	uint64_t too_long;
	unsigned troubles;
};

static void
check_input(struct slice bytes, const struct wanted *wanted)
{
	static const unsigned threads[] = { 1, 2, 8 };
	struct job one = job;
	struct err err;

	one.inputs = 1;
	for (size_t i = 0; i < 3; i++) {
		const struct job_limits limits = { threads[i], 1 << 20,
			wanted->max_line == 0 ? 1 << 20 : wanted->max_line };
		const char *path = scratch_write("input", bytes);
		char *own = xstrdup(path);
		struct tiny tiny = {
			.paths = { own },
			.goes_on = wanted->goes_on,
			.skip = wanted->skip,
			.grow = wanted->grow,
		};

		CHECK_INT(job_run(&one, &tiny, &limits, &err), 0);
		CHECK_SLICE(tiny.sums, wanted->sums);
		CHECK_INT(tiny.too_long, wanted->too_long);
		CHECK_INT(tiny.troubles, wanted->troubles);
		CHECK_INT(tiny.disorder, 0);
		tiny_release(&tiny);
		free(own);
	}
}

static void
check_text(const char *text, struct wanted wanted)
{
	check_input(slice_str(text), &wanted);
}

static void
ends_once(void)
{
	check_text("", (struct wanted){ .sums = "end 0 =1\n" });
	check_text("a\n=b\nc\nc\n",
	    (struct wanted){ .sums = "/a=1\nb/c=2\nend 0 b=1\n" });
	check_text("abcd\n",
	    (struct wanted){ .max_line = 3,
		.sums = "end 0 =1\n",
		.too_long = 4 });
}

static void
last_line_waits(void)
{
	check_text("a\nb", (struct wanted){ .sums = "/a=1\n/b=1\nend 0 =1\n" });
	check_text("a\nb",
	    (struct wanted){ .goes_on = true, .sums = "/a=1\nend 0 =1\n" });
	check_text("b",
	    (struct wanted){ .goes_on = true, .sums = "end 0 =1\n" });
	check_text("a\n",
	    (struct wanted){ .goes_on = true, .sums = "/a=1\nend 0 =1\n" });
	check_text("",
	    (struct wanted){ .goes_on = true, .sums = "end 0 =1\n" });
}

/* So long that more is read to find its end, which is there. */
static void
longer_line_is_told(void)
{
	struct wanted wanted = { .goes_on = true,
		.max_line = 3,
		.sums = "end 0 =1\n",
		.too_long = 999999 };
	struct buf bytes = { 0 };

	memset(buf_reserve(&bytes, 999999), 'x', 999999);
	bytes.len += 999999;
	buf_add_str(&bytes, "\nabcd");
	check_input(buf_slice(&bytes), &wanted);
	buf_release(&bytes);
}

static void
long_last_line_waits(void)
{
	check_text("a\nbcde",
	    (struct wanted){ .max_line = 3,
		.sums = "/a=1\nend 0 =1\n",
		.too_long = 4 });
	check_text("a\nbcde",
	    (struct wanted){ .goes_on = true,
		.max_line = 3,
		.sums = "/a=1\nend 0 =1\n" });
	check_text("abcd\nefgh\ni",
	    (struct wanted){ .goes_on = true,
		.max_line = 3,
		.sums = "end 0 =1\n",
		.too_long = 8 });
}

/* gzip of "a\nb" */
static const char packed[] = "\37\213\10\0\0\0\0\0\2\3\113\344\112\2\0"
			     "\373\220\7\357\3\0\0\0";

static void
stream_waits_not(void)
{
	struct slice bytes = slice_make(packed, sizeof(packed) - 1);

	check_input(bytes,
	    &(struct wanted){ .goes_on = true,
		.sums = "/a=1\n/b=1\nend 0 =1\n" });
	bytes.len -= 4;
	check_input(bytes,
	    &(struct wanted){ .goes_on = true,
		.sums = "/a=1\nend 0 =1\n",
		.troubles = 1 });
}

/* What a file grows by behind its opening waits, also where nothing else is
 * left to read. */
static void
reads_on(void)
{
	check_text("a\nb\n",
	    (struct wanted){ .goes_on = true,
		.skip = 2,
		.grow = "c\n",
		.sums = "/b=1\nend 0 =1\n" });
	check_text("a\nb\n",
	    (struct wanted){ .goes_on = true,
		.skip = 4,
		.grow = "c\nd",
		.sums = "end 0 =1\n" });
}

enum { HALF = 8 * 1024 * 1024, LONG = 65536 };

/* Lines "w" of LONG bytes, HALF in all. */
static void
add_half(struct buf *bytes)
{
	for (size_t i = 0; i < HALF; i += LONG) {
		memset(buf_reserve(bytes, LONG), 'w', LONG - 1);
		bytes->len += LONG - 1;
		buf_add_char(bytes, '\n');
	}
}

/* In the middle of three ranges, and in one behind them. */
struct middles {
	const char *texts[4];
	const char *sums; /* if it does not go on */
	const char *now;  /* if it does; NULL: the same */
};

static void
one_segment_reaches_the_end(void)
{
	static const struct middles rows[] = {
		{ { "=a\n", "=b\n", "=c\n", "" },
		    "/wwwww=128\na/wwwww=256\nb/wwwww=256\nc/wwwww=128\n"
		    "end 0 c=1\n",
		    NULL },
		{ { "=a\n", "=b\n", "", "" },
		    "/wwwww=128\na/wwwww=256\nb/wwwww=384\nend 0 b=1\n", NULL },
		{ { "=a\n", "", "", "" },
		    "/wwwww=128\na/wwwww=640\nend 0 a=1\n", NULL },
		{ { "", "", "", "" }, "/wwwww=768\nend 0 =1\n", NULL },
		{ { "", "", "=c\n", "x" },
		    "/wwwww=640\nc/wwwww=128\nc/x=1\nend 0 c=1\n",
		    "/wwwww=640\nc/wwwww=128\nend 0 c=1\n" },
		{ { "=a\n", "", "", "=d" },
		    "/wwwww=128\na/wwwww=640\nend 0 d=1\n",
		    "/wwwww=128\na/wwwww=640\nend 0 a=1\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wanted wanted = { .sums = rows[i].sums };
		struct buf bytes = { 0 };

		for (size_t k = 0; k < 4; k++) {
			if (k > 0)
				add_half(&bytes);
			if (k < 3)
				add_half(&bytes);
			buf_add_str(&bytes, rows[i].texts[k]);
		}
		check_input(buf_slice(&bytes), &wanted);
		wanted.goes_on = true;
		if (rows[i].now != NULL)
			wanted.sums = rows[i].now;
		check_input(buf_slice(&bytes), &wanted);
		buf_release(&bytes);
	}
}

/* The first range holds the sync line, the second a line that is too long and
 * has no end. */
static void
long_last_line_waits_in_a_range(void)
{
	struct wanted wanted = { .max_line = LONG,
		.sums = "a/wwwww=256\nend 0 a=1\n",
		.too_long = (size_t)3 * LONG };
	struct buf bytes = { 0 };

	buf_add_str(&bytes, "=a\n");
	add_half(&bytes);
	add_half(&bytes);
	memset(buf_reserve(&bytes, (size_t)3 * LONG), 'x', (size_t)3 * LONG);
	bytes.len += (size_t)3 * LONG;
	check_input(buf_slice(&bytes), &wanted);
	wanted.goes_on = true;
	wanted.too_long = 0;
	check_input(buf_slice(&bytes), &wanted);
	buf_release(&bytes);
}

static const struct tap_test tests[] = {
	{ "any number of threads gives the same bytes",
	    is_same_for_any_threads },
	{ "lines longer than the limit are passed over and told",
	    passes_over_long_lines },
	{ "an input that cannot be opened is told, the others are read",
	    tells_what_cannot_be_opened },
	{ "the end of an input is told once, behind its last line", ends_once },
	{ "a last line without its end waits in a file that goes on",
	    last_line_waits },
	{ "so does one that is too long already", long_last_line_waits },
	{ "one that is longer, with its end, is told", longer_line_is_told },
	{ "a stream gives it, and breaks before its end is told",
	    stream_waits_not },
	{ "a file that was read before is read on", reads_on },
	{ "of ranges the last with a sync line reaches the end",
	    one_segment_reaches_the_end },
	{ "a too long last line waits in a range, too",
	    long_last_line_waits_in_a_range },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch_make();
	status = tap_run(tests);
	scratch_remove();
	return status;
}
