/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "engine/job.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "tap.h"

/*
 * A small job: lines are "word" or "=word". A "=word" sets the carried word
 * and is a sync line; any other counts one for "carried/word". Lines that
 * begin with "!" go to the second output.
 */

struct tiny {
	char *paths[2];
	struct buf side;
	struct buf sums;
	uint64_t too_long;
	uint64_t segments;
	unsigned troubles;
};

struct tiny_mapper {
	struct tiny *tiny;
	struct emit *emit;
	struct buf carried;
	struct buf key;
	uint64_t too_long;
	uint64_t segments;
	unsigned troubles;
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

	return source_open(tiny->paths[input], err);
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
	buf_release(&mapper->carried);
	buf_release(&mapper->key);
	free(mapper);
}

static void
tiny_begin(void *context, size_t input)
{
	struct tiny_mapper *mapper = context;

	(void)input;
	buf_clear(&mapper->carried);
	mapper->segments++;
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
	struct slice rest = block->text;
	struct slice line;

	while (slice_cut(&rest, '\n', &line))
		tiny_line(context, line);
}

static void
tiny_end(void *context)
{
	(void)context;
}

static void
tiny_too_long(void *context, uint64_t offset, uint64_t len)
{
	struct tiny_mapper *mapper = context;

	(void)offset;
	mapper->too_long += len;
}

static void
tiny_trouble(void *context, size_t input, const struct err *why, uint64_t cut)
{
	struct tiny_mapper *mapper = context;

	(void)input;
	(void)cut;
	mapper->troubles++;
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
	.end = tiny_end,
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

static const struct tap_test tests[] = {
	{ "any number of threads gives the same bytes",
	    is_same_for_any_threads },
	{ "lines longer than the limit are passed over and told",
	    passes_over_long_lines },
	{ "an input that cannot be opened is told, the others are read",
	    tells_what_cannot_be_opened },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
