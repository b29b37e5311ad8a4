/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_SAMPLE_H
#define COMPARE_SAMPLE_H

/*
 * What was counted in one input (a tally, a log, a folder of logs), kept so
 * that single days of it can be taken out. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/table.h"
#include "compare/match.h"
#include "model/tally.h"

struct sample_row {
	struct slice day; /* may be empty */
	int hour;         /* 0 to 23; -1: not known */
	int minute;       /* of it; -1: not known */
	struct slice
	    revision; /* of the program; where asked for; may be empty */
	struct site site;
};

/* Owns the texts of its rows. */
struct sample {
	struct tally_keys keys; /* the columns that its rows are to have */
	struct table texts;     /* each once */
	struct sample_row *rows;
	size_t count;
	size_t room;
};

/* One day of a sample: a run of its rows. Borrowed from the sample. */
struct sample_day {
	struct slice name; /* 2013-06-12, or empty */
	const struct sample_row *rows;
	size_t count;
	int last_hour; /* -1 where some row has none */
};

/*
 * An empty sample that can be grouped by these keys; when they hold the kind,
 * it stands where the operation would. Of an input that is a tally, has are
 * its columns: a day, hour, function or revision that it lacks is not asked for
 * (NULL: it may have all).
 */
void sample_init(struct sample *sample, const struct tally_keys *keys,
    const struct tally_keys *has);
void sample_release(struct sample *sample);

/* Adds a row; a tally_take, context is the struct sample. Rows come ordered
 * by sample->keys, as scan_run() gives them. */
int sample_take(void *context, const struct tally_row *row,
    struct err *err) CHECKED;

/* The revision that most of a day's rows have, by their counts; empty where
 * most have none. *others is how many others there are. */
struct slice sample_revision(const struct sample_day *day, size_t *others);

/* The days, in order: *days is an array that the caller frees, valid until
 * the sample is released. Returns how many. */
size_t sample_days(const struct sample *sample, struct sample_day **days);

#endif
