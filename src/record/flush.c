/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/flush.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "model/callcount.h"
#include "model/operation.h"
#include "record/guard.h"

/* How long a sink may keep a flush waiting: no longer than a program that ends
 * waits for it. */
#define FLUSH_WAIT (2 * DURATION_S)

/* A key on its way into the sums. */
struct arrival {
	struct flush *flush;
	const struct counts_key *key;
	uint64_t n;
};

struct collection {
	struct flush *flush;
	bool failed; /* memory ran out: news was left */
};

void
flush_init(struct flush *flush, struct recorder_settings *settings,
    struct slice program, int64_t begun)
{
	*flush = (struct flush){
		.settings = settings,
		.program = program,
		.begun = begun,
	};
}

static struct slice
revision_of(const struct flush *flush)
{
	const char *revision = flush->settings->revision;

	return slice_str(revision == NULL ? "" : revision);
}

/* Texts with a NUL behind each. */
static struct slice
take_text(struct slice *rest)
{
	struct slice text = { 0 };

	(void)slice_cut(rest, '\0', &text);
	return text;
}

/* Each is "Kind.verb", and neither is empty. */
static bool
are_operations(struct slice texts)
{
	struct slice text;

	while (slice_cut(&texts, '\0', &text))
		if (operation_kind(text).len == 0 ||
		    operation_verb(text).len == 0)
			return false;
	return true;
}

void
recorder_resolve_named(struct sums *sums, const struct counts_key *key,
    struct slice revision, uint64_t n)
{
	struct slice site = key->site;
	struct slice file = take_text(&site);
	struct slice function = take_text(&site);
	uint64_t line = 0;

	if (file.len == 0 || !are_operations(key->operations) ||
	    slice_number(take_text(&site), &line) != 0 || line > UINT32_MAX)
		counts_lose(n);
	else
		sums_add(sums, file, (unsigned)line, function, key->operations,
		    revision, n);
}

static void
resolve(void *context)
{
	const struct arrival *arrival = context;
	struct flush *flush = arrival->flush;
	recorder_resolver *resolver = flush->settings->resolver;

	if (resolver == NULL)
		resolver = recorder_resolve_named;
	resolver(&flush->sums, arrival->key, revision_of(flush), arrival->n);
}

static bool
take(void *context, const struct counts_key *key, uint64_t n)
{
	struct collection *collection = context;
	struct arrival arrival = { collection->flush, key, n };

	collection->failed = !guard_run(resolve, &arrival);
	return !collection->failed;
}

static void
open_sums(void *context)
{
	struct flush *flush = context;

	sums_init(&flush->sums);
	flush->has_sums = true;
}

static void
add_lost(void *context)
{
	static const char operation[] = "tallyman.lost";
	const struct arrival *arrival = context;
	struct flush *flush = arrival->flush;

	sums_add(&flush->sums, slice_str("(lost)"), 0, (struct slice){ 0 },
	    slice_make(operation, sizeof(operation)), revision_of(flush),
	    arrival->n);
}

/* What was lost, the resolver's losses too. */
static bool
collect_lost(struct flush *flush)
{
	struct arrival lost = { flush, NULL, counts_take_lost() };

	if (lost.n == 0 || guard_run(add_lost, &lost))
		return true;
	counts_lose(lost.n);
	return false;
}

/* An interval ends when all of its news was taken: what was left stays in it.
 */
static int
collect(struct flush *flush)
{
	struct collection collection = { .flush = flush };
	int64_t now = clock_real();

	if (!guard_run(open_sums, flush))
		return ENOMEM;
	flush->sums_begun = flush->begun;
	counts_collect(take, &collection);
	if (!collect_lost(flush) || collection.failed)
		return ENOMEM;
	flush->begun = now;
	return 0;
}

static void
add_lines(void *context)
{
	struct flush *flush = context;
	struct sums_front front = {
		.time = flush->sums_begun / DURATION_S,
		.program = flush->program,
		.process = getpid(),
	};

	sums_lines(&flush->sums, &front, &flush->lines);
}

static int
make_lines(struct flush *flush)
{
	size_t before = flush->lines.len;

	if (!flush->has_sums)
		return 0;
	if (!guard_run(add_lines, flush)) {
		flush->lines.len = before;
		return ENOMEM;
	}
	sums_release(&flush->sums);
	flush->has_sums = false;
	return 0;
}

/* Counts what lines say as lost. */
static void
lose_lines(struct slice lines)
{
	struct callcount found;
	struct slice line;

	while (slice_cut(&lines, '\n', &line))
		if (callcount_find(line, &found) == CALLCOUNT_FOUND)
			counts_lose(found.count);
}

/* The oldest lines are kept, as many whole ones as there is room for. */
static void
keep_backlog(struct flush *flush)
{
	struct slice lines = buf_slice(&flush->lines);
	struct slice kept = slice_head(lines, RECORDER_BACKLOG);
	const char *end;

	if (kept.len == lines.len)
		return;
	end = slice_rchr(kept, '\n');
	kept.len = end == NULL ? 0 : (size_t)(end + 1 - kept.ptr);
	lose_lines(slice_from(lines, kept.len));
	flush->lines.len = kept.len;
}

/* The line at the front is longer than the socket of syslog takes, and would
 * stand there for ever. */
static void
drop_line(struct flush *flush)
{
	struct slice rest = buf_slice(&flush->lines);
	struct slice line;

	(void)slice_cut(&rest, '\n', &line);
	lose_lines(line);
	buf_drop(&flush->lines, line.len + 1);
}

static int
write_lines(struct flush *flush)
{
	struct sink *sink = &flush->settings->sink;
	int error = 0;

	while (flush->lines.len > 0) {
		error = 0;
		buf_drop(&flush->lines,
		    sink_write(sink, buf_slice(&flush->lines), FLUSH_WAIT,
			&error));
		if (error != EMSGSIZE || sink->kind != SINK_SYSLOG)
			break;
		drop_line(flush);
	}
	if (flush->lines.len == 0) {
		buf_release(&flush->lines);
		return 0;
	}
	keep_backlog(flush);
	return error;
}

int
flush_run(struct flush *flush)
{
	int error = make_lines(flush);
	int unwritten;

	/* Sums that are still there would take up those of another time. */
	if (error == 0) {
		error = collect(flush);
		if (make_lines(flush) != 0)
			error = ENOMEM;
	}
	unwritten = write_lines(flush);
	return unwritten != 0 ? unwritten : error;
}
