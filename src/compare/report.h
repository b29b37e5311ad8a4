/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_REPORT_H
#define COMPARE_REPORT_H

/*
 * All that a comparison found, for whoever prints it: a table, a page, a
 * ticket. It owns nothing. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "compare/level.h"
#include "compare/rank.h"
#include "compare/suspect.h"

enum { REPORT_HOURS = 24 };

/* How traffic was told. */
enum report_traffic {
	TRAFFIC_NONE,   /* not at all: taken as equal */
	TRAFFIC_GIVEN,  /* by the user */
	TRAFFIC_MEDIAN, /* of the ratios */
	TRAFFIC_SUMS    /* ratio of the sums */
};

/* One line of the chart of weeks: the counts of a change on earlier days. */
struct report_history {
	const struct change *change;
	const double *counts; /* one for each of report.history_days */
};

struct report {
	const struct ranking *ranking; /* as asked for */
	size_t rows;                   /* of it that are to be shown */
	const struct ranking *fine;    /* by site and operation */
	/* What the sentence tells: fine, or by less where nothing of that
	 * stands out. */
	const struct ranking *told;
	const struct level *level; /* of told */
	enum report_traffic traffic;
	size_t traffic_sites; /* whose median it is */
	double traffic_total; /* the ratio of the sums, whatever is used */
	struct slice subject; /* the operation asked about, or empty: all */
	const struct slice *old_days; /* names: 2013-06-05; may be empty */
	size_t old_day_count;
	struct slice new_day;
	struct slice since; /* "02:45", "02:00"; empty: not known */

	/* Sums of the hours, old ones as the mean; NULL: not known. */
	const double *old_hours; /* REPORT_HOURS of them */
	const double *new_hours;

	const struct report_history *history; /* of the first rows */
	size_t history_count;
	const struct slice *history_days;
	size_t history_day_count;

	const struct suspects *suspects; /* NULL: not looked for */
	struct slice old_revision;       /* as given, or found; may be empty */
	struct slice new_revision;
};

/*
 * Adds the sentence: what rose, by how much, since when, where it sits, and
 * which commit touched it, as a person would say it in a ticket. Made visible
 * (buf_add_visible), without a newline.
 *
 *	UserData.put +238 % (traffic +4 %) since 02:45; 91 % from
 *	app/models/badge.rb:88 (was :82) award_badges; 3f2c1ab "badges:
 *	recompute on login" touched it
 *	nothing stands out: 4 rows rose, none by more than noise (12 % a day)
 */
void report_sentence(struct buf *buf, const struct report *report);

/* Adds what is claimed and what not: days, traffic, noise, baseline, and how
 * sites were matched. Lines that end with a newline each. */
void report_caveats(struct buf *buf, const struct report *report);

/* Adds the commits for people: one line each, at most count, and the honest
 * other answer where there is none. Nothing where none were looked for. */
void report_commits(struct buf *buf, const struct report *report, size_t count);

/*
 * The same for who writes names in another way than buf_add_visible(): they
 * are any bytes, and must not be able to drive what shows them. begin and end
 * stand around each line.
 */
struct report_style {
	void (*add_name)(struct buf *buf, struct slice name);
	const char *begin, *end;
};

/* Adds a commit's subject, or who wrote it: whoever is long-winded is cut after
 * 100 characters, with "..." behind them. */
void report_add_title(struct buf *buf, struct slice title,
    const struct report_style *style);

void report_add_caveats(struct buf *buf, const struct report *report,
    const struct report_style *style);
void report_add_commits(struct buf *buf, const struct report *report,
    size_t count, const struct report_style *style);

/* "app/models/badge.rb:88 (was :82)"; not made visible. Empty for a row that
 * has no place. */
void report_place(struct buf *buf, const struct change *change);

/* "moved? from app/models/badge.rb:82", of a change whose pair has a twin; not
 * made visible. */
void report_add_twin(struct buf *buf, const struct change *change);

/* "+238 %", "-12 %", "new", "gone", "x12" where it is more than that; "+0 %"
 * where both are 0. */
void report_percent(struct buf *buf, double old, double new);

#endif
