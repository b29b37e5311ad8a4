/* SPDX-License-Identifier: MIT */
/*
 * sites FILE: how well sites are matched across days without the source.
 *
 * FILE (../shared/data/lines/sites_redmine.tsv.gz, or another of its form) has
 * the call sites of two revisions of a program, some days apart, and where each
 * of the old ones went. Counts are made up: a site's rate is log10-normal (mean
 * 3, deviation 1.2), its noise from day to day log-normal (.15), the new day
 * has 1.15 times the traffic, and 3 in 100 sites rise 3 to 20 times. Then some
 * sites of each day are left out, as if that code had not run. Always with the
 * same three seeds. Traffic is told by the median of the ratios of equal keys.
 *
 * Prints the percentage of the old day's sites that were matched rightly, of
 * all and of those that moved; a site that is not on the new day is right where
 * it stays alone. "key" pairs equal file, line and operation; "order" is
 * matching_by_order() without counts; "counts" with them. With "verbs" there
 * are but four operations. Then the same by the score that the matches had.
 */
#include "config.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "base/random.h"
#include "base/source.h"
#include "base/table.h"
#include "compare/order.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { SEEDS = 3, BANDS = 20, COLUMNS = 11 };

enum column {
	REPO,
	DAY,
	LATER,
	OLD_REV,
	NEW_REV,
	SIDE,
	PATH,
	LINE,
	OP,
	TO_PATH,
	TO_LINE
};

enum method { KEY, ORDER, COUNTS, METHODS };

struct row {
	struct slice column[COLUMNS];
};

/* A site of a day, and for an old one where it went: a site of the new day, or
 * NULL. */
struct call {
	struct site site;
	struct call *to;
	double rate;
	bool has_moved;
	bool is_there; /* on its day: not left out */
};

struct day {
	struct call *calls;
	size_t count;
	struct site *sites; /* those that are there */
	const struct call **of;
	size_t site_count;
};

/* What is counted of one kind of runs. */
struct result {
	size_t all, moved; /* sites */
	size_t right[METHODS], right_moved[METHODS];
};

struct bench {
	struct row *rows;
	size_t count, room;
	struct day old, new;
	struct random random;
	struct result result;
	size_t matches[BANDS + 1], good[BANDS + 1]; /* by score */
};

static const char *const verbs[] = { "get", "put", "query", "delete" };

static double
uniform(struct random *random)
{
	return ((double)(random_next(random) >> 11) + .5) / 9007199254740992.;
}

/* Box and Muller. */
static double
normal(struct random *random)
{
	double radius = sqrt(-2 * log(uniform(random)));

	return radius * cos(6.283185307179586 * uniform(random));
}

static void
read_all(const char *path, struct buf *text)
{
	struct err err;
	struct source *source = source_open(path, &err);
	ssize_t got;

	if (source == NULL)
		msg_die("%s", err.text);
	do {
		char *into = buf_reserve(text, 65536);

		got = source_read(source, into, 65536, &err);
		if (got < 0)
			msg_die("%s", err.text);
		text->len += (size_t)got;
	} while (got > 0);
	source_close(source);
}

/* Splits what was read; the first line names the columns. */
static void
split_rows(struct bench *bench, struct slice text)
{
	struct slice line;

	(void)slice_cut(&text, '\n', &line);
	while (slice_cut(&text, '\n', &line)) {
		struct row *row;

		xgrow(&bench->rows, &bench->room, bench->count + 1,
		    sizeof(bench->rows[0]));
		row = &bench->rows[bench->count++];
		*row = (struct row){ 0 };
		for (size_t i = 0; i < COLUMNS; i++)
			(void)slice_cut(&line, '\t', &row->column[i]);
	}
}

static struct slice
operation_of(const struct row *row, bool is_verbs)
{
	struct slice op = row->column[OP];
	uint32_t hash = 2166136261;

	if (!is_verbs)
		return op;
	for (size_t i = 0; i < op.len; i++)
		hash = (hash ^ (unsigned char)op.ptr[i]) * 16777619;
	return slice_str(verbs[(hash >> 16) % LENGTH(verbs)]);
}

/* Where a table has the call at a place; NULL stands there for none. */
static struct call **
slot_of(struct table *table, struct slice path, struct slice line,
    struct slice operation)
{
	struct buf key = { 0 };
	void *slot;

	buf_add(&key, path);
	buf_add_char(&key, '\0');
	buf_add(&key, line);
	buf_add_char(&key, '\0');
	buf_add(&key, operation);
	slot = table_add(table, buf_slice(&key), NULL);
	buf_release(&key);
	return slot;
}

/* Makes the calls of one side of rows; those that have the same key count as
 * one. */
static void
make_calls(struct day *day, struct table *places, const struct row *rows,
    size_t count, char side, bool is_verbs)
{
	day->calls = xcalloc(count, sizeof(day->calls[0]));
	day->sites = xcalloc(count, sizeof(day->sites[0]));
	day->of = xcalloc(count, sizeof(day->of[0]));
	for (size_t i = 0; i < count; i++) {
		const struct slice *column = rows[i].column;
		struct call *call = &day->calls[day->count];
		struct slice operation = operation_of(&rows[i], is_verbs);
		struct call **slot;

		if (column[SIDE].len != 1 || column[SIDE].ptr[0] != side)
			continue;
		slot = slot_of(places, column[PATH], column[LINE], operation);
		if (*slot != NULL)
			continue;
		*slot = call;
		call->site = (struct site){ .file = column[PATH],
			.line = column[LINE],
			.operation = operation };
		day->count++;
	}
}

static void
day_release(struct day *day)
{
	free(day->calls);
	free(day->sites);
	free(day->of);
	*day = (struct day){ 0 };
}

/* Finds where the old calls went, row by row. */
static void
link_calls(struct table *olds, struct table *news, const struct row *rows,
    size_t count, bool is_verbs)
{
	for (size_t i = 0; i < count; i++) {
		const struct slice *column = rows[i].column;
		struct slice operation = operation_of(&rows[i], is_verbs);
		struct call *call;

		if (!slice_is(column[SIDE], "A"))
			continue;
		call = *slot_of(olds, column[PATH], column[LINE], operation);
		if (call->to != NULL || column[TO_PATH].len == 0)
			continue;
		call->to = *slot_of(news, column[TO_PATH], column[TO_LINE],
		    operation);
		call->has_moved = !slice_equal(column[PATH], column[TO_PATH]) ||
		    !slice_equal(column[LINE], column[TO_LINE]);
	}
}

static void
make_days(struct bench *bench, const struct row *rows, size_t count,
    bool is_verbs)
{
	struct table olds;
	struct table news;

	day_release(&bench->old);
	day_release(&bench->new);
	table_init(&olds, sizeof(struct call *));
	table_init(&news, sizeof(struct call *));
	make_calls(&bench->old, &olds, rows, count, 'A', is_verbs);
	make_calls(&bench->new, &news, rows, count, 'B', is_verbs);
	link_calls(&olds, &news, rows, count, is_verbs);
	table_release(&olds);
	table_release(&news);
}

static double
make_rate(struct random *random)
{
	return pow(10, 3 + 1.2 * normal(random));
}

static void
set_count(struct random *random, struct call *call, double factor, double drop)
{
	double count = call->rate * factor * exp(.15 * normal(random));

	call->site.count = count < 1 ? 1 : (uint64_t)count;
	call->is_there = uniform(random) >= drop;
}

/* Makes up the counts of both days, and leaves some sites out. */
static void
make_counts(struct bench *bench, double drop)
{
	struct random *random = &bench->random;

	for (size_t i = 0; i < bench->new.count; i++)
		bench->new.calls[i].rate = make_rate(random);
	for (size_t i = 0; i < bench->old.count; i++) {
		struct call *call = &bench->old.calls[i];

		call->rate = call->to != NULL ? call->to->rate :
						make_rate(random);
		set_count(random, call, 1, drop);
	}
	for (size_t i = 0; i < bench->new.count; i++) {
		bool rises = uniform(random) < .03;
		double factor = rises ? 3 + 17 * uniform(random) : 1;

		set_count(random, &bench->new.calls[i], 1.15 * factor, drop);
	}
}

static void
list_sites(struct day *day)
{
	day->site_count = 0;
	for (size_t i = 0; i < day->count; i++)
		if (day->calls[i].is_there) {
			day->sites[day->site_count] = day->calls[i].site;
			day->of[day->site_count++] = &day->calls[i];
		}
}

static int
compare_doubles(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return *left < *right ? -1 : *left > *right;
}

/* The median of the ratios of equal keys. */
static double
find_factor(const struct matching *matching)
{
	double *ratios = xcalloc(matching->count + 1, sizeof(ratios[0]));
	size_t count = 0;
	double factor;

	for (size_t i = 0; i < matching->count; i++) {
		const struct pair *pair = &matching->pairs[i];

		if (pair->old->count >= 10 && pair->new->count >= 10)
			ratios[count++] = (double)pair->new->count /
			    (double)pair->old->count;
	}
	qsort(ratios, count, sizeof(ratios[0]), compare_doubles);
	factor = count > 0 ? ratios[count / 2] : 0;
	free(ratios);
	return factor;
}

static void
judge_scores(struct bench *bench, const struct matching *matching)
{
	for (size_t i = 0; i < matching->count; i++) {
		const struct pair *pair = &matching->pairs[i];
		const struct call *to =
		    bench->old.of[pair->old - bench->old.sites]->to;
		size_t band = (size_t)(pair->score * BANDS + 1e-9);

		bench->matches[band]++;
		if (to == bench->new.of[pair->new - bench->new.sites])
			bench->good[band]++;
	}
}

/* Counts what a method did rightly. */
static void
judge(struct bench *bench, const struct matching *matching, enum method method)
{
	struct result *result = &bench->result;
	const struct call **found = xcalloc(bench->old.site_count,
	    sizeof(found[0]));

	for (size_t i = 0; i < matching->count; i++) {
		const struct pair *pair = &matching->pairs[i];

		found[pair->old - bench->old.sites] =
		    bench->new.of[pair->new - bench->new.sites];
	}
	for (size_t i = 0; i < bench->old.site_count; i++) {
		const struct call *call = bench->old.of[i];
		const struct call *to = call->to;

		if (to != NULL && !to->is_there)
			to = NULL;
		result->all += method == KEY;
		result->moved += method == KEY && call->has_moved;
		result->right[method] += found[i] == to;
		result->right_moved[method] += found[i] == to &&
		    call->has_moved;
	}
	free(found);
}

static void
run_once(struct bench *bench)
{
	double factor = 0;

	list_sites(&bench->old);
	list_sites(&bench->new);
	for (enum method method = KEY; method < METHODS; method++) {
		struct matching matching;

		matching_init(&matching, bench->old.sites,
		    bench->old.site_count, bench->new.sites,
		    bench->new.site_count);
		if (method == KEY)
			matching_by_place(&matching);
		else
			matching_by_order(&matching,
			    method == COUNTS ? factor : 0);
		judge(bench, &matching, method);
		if (method == KEY)
			factor = find_factor(&matching);
		if (method == COUNTS)
			judge_scores(bench, &matching);
		matching_release(&matching);
	}
}

static void
print_percent(size_t part, size_t all)
{
	if (all == 0)
		printf("      -");
	else
		printf(" %6.2f", 100. * (double)part / (double)all);
}

static void
print_result(const struct result *result, struct slice later, double drop,
    bool is_verbs)
{
	printf("%4.*s %4.0f%% %-5s %6zu %5zu ", SLICE_ARG(later), 100 * drop,
	    is_verbs ? "verbs" : "", result->all, result->moved);
	for (enum method method = KEY; method < METHODS; method++) {
		print_percent(result->right[method], result->all);
		printf(" /");
		print_percent(result->right_moved[method], result->moved);
		printf("  ");
	}
	putchar('\n');
}

/* All runs of rows so many days apart: each date, each seed. */
static void
run(struct bench *bench, struct slice later, double drop, bool is_verbs)
{
	bench->result = (struct result){ 0 };
	for (size_t i = 0, end = 0; i < bench->count; i = end) {
		struct slice day = bench->rows[i].column[DAY];

		while (end < bench->count &&
		    slice_equal(bench->rows[end].column[DAY], day) &&
		    slice_equal(bench->rows[end].column[LATER],
			bench->rows[i].column[LATER]))
			end++;
		if (!slice_equal(bench->rows[i].column[LATER], later))
			continue;
		make_days(bench, bench->rows + i, end - i, is_verbs);
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			random_seed(&bench->random, seed);
			make_counts(bench, drop);
			run_once(bench);
		}
	}
	print_result(&bench->result, later, drop, is_verbs);
}

static void
print_scores(const struct bench *bench)
{
	printf("\nscore   matches   right\n");
	for (size_t band = BANDS + 1; band-- > 0;) {
		if (bench->matches[band] == 0)
			continue;
		printf("%5.2f %9zu ", (double)band / BANDS,
		    bench->matches[band]);
		print_percent(bench->good[band], bench->matches[band]);
		putchar('\n');
	}
}

int
main(int argc, char **argv)
{
	static const double drops[] = { 0, .1 };
	static const char *const laters[] = { "1", "7", "30", "180" };
	struct bench bench = { 0 };
	struct buf text = { 0 };

	msg_init("sites");
	if (argc != 2)
		msg_die("usage: sites FILE");
	read_all(argv[1], &text);
	split_rows(&bench, buf_slice(&text));
	printf("days drop        sites moved     key all / moved"
	       "    order all / moved   counts all / moved\n");
	for (int is_verbs = 0; is_verbs < 2; is_verbs++)
		for (size_t drop = 0; drop < LENGTH(drops); drop++)
			for (size_t later = 0; later < LENGTH(laters); later++)
				run(&bench, slice_str(laters[later]),
				    drops[drop], is_verbs);
	print_scores(&bench);
	day_release(&bench.old);
	day_release(&bench.new);
	free(bench.rows);
	buf_release(&text);
	return EXIT_SUCCESS;
}
