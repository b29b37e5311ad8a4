/* SPDX-License-Identifier: MIT */
#ifndef CMD_FETCH_STATE_H
#define CMD_FETCH_STATE_H

/*
 * How a job is, as its store tells, and the words for it. Reading is
 * fetch_state_read(); all else is pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/fetch_place.h"
#include "fetch/archive.h"
#include "fetch/summary.h"

struct fetch_state {
	char *name;
	struct archive_run run;
	struct store_counts counts;
	int64_t listed; /* items, the sum of counts.by_state */
	/* Only where each item is looked at: */
	bool is_deep;
	struct summary causes; /* of those that failed; nothing else in it */
	int64_t oldest;        /* answer of a listed item; 0: none */
};

/* What item_state's numbers are called: "waiting", "running", "done", ... */
extern const char *const fetch_state_names[7];

/* Released by fetch_state_release(), also on -1. deep: look at each item. */
int fetch_state_read(struct fetch_state *state, const struct fetch_place *place,
    bool deep, int64_t now, struct err *err) CHECKED;
void fetch_state_release(struct fetch_state *state);

/* What a monitor asks for. */
struct fetch_demand {
	int64_t max_age;   /* of the last run to its end; 0: any */
	double max_failed; /* percent of the listed items */
};

/*
 * Whether the job is fine; adds a line that says so, or why not. A run to its
 * end is one with exit status 0 or 1: some items may always fail, and
 * max_failed is for them.
 */
bool fetch_state_check(const struct fetch_state *state,
    const struct fetch_demand *demand, int64_t now, struct buf *line);

/* One JSON object on one line. */
void fetch_state_add_json(const struct fetch_state *state, struct buf *buf);

/* Metrics in the text format of Prometheus, each with its HELP and TYPE. */
void fetch_states_add_metrics(const struct fetch_state *states, size_t count,
    struct buf *buf);

#endif
