/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/days.h"

#include "base/fault.h"
#include "model/days_inside.h"

/* Runs a statement about the days from first up to one that stays. */
static int
run_with_range(struct db_query *query, struct slice first, struct slice end,
    struct err *err)
{
	if (query == NULL)
		return -1;
	days_set_text(query, 1, first);
	days_set_text(query, 2, end);
	return db_step(query, err);
}

static int
count_days(struct days *days, struct slice first, struct slice end,
    uint64_t *count, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_FORGET_COUNT,
	    "SELECT count(DISTINCT day) FROM part WHERE day >= ? AND day < ?",
	    err);

	if (run_with_range(query, first, end, err) < 0)
		return -1;
	*count = (uint64_t)db_int(query, 0);
	db_reset(query);
	return 0;
}

static int
drop_days(struct days *days, struct slice first, struct slice end,
    uint64_t *dropped, struct err *err)
{
	if (dropped != NULL && count_days(days, first, end, dropped, err) != 0)
		return -1;
	return run_with_range(days_query(days, DAYS_FORGET,
				  "DELETE FROM part WHERE day >= ? AND day < ?",
				  err),
	    first, end, err);
}

/* The end is the next text behind the last day that is a day. */
int
days_forget(struct days *days, struct slice first, struct slice last,
    uint64_t *forgotten, struct err *err)
{
	struct buf end = { 0 };
	int status;

	buf_add(&end, last);
	buf_add_char(&end, ' ');
	status = drop_days(days, first, buf_slice(&end), forgotten, err);
	buf_release(&end);
	return status;
}

static int
forget_inputs(struct days *days, int64_t seen_before, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_FORGET_INPUTS,
	    "DELETE FROM input WHERE seen < ?", err);

	if (query == NULL)
		return -1;
	db_set_int(query, 1, seen_before);
	return db_run(query, err);
}

/* Days begin with a digit; what has no day is before them. */
int
days_keep(struct days *days, struct slice first, int64_t seen_before,
    uint64_t *forgotten, struct err *err)
{
	if (drop_days(days, slice_str("0"), first, forgotten, err) != 0 ||
	    days_meta_write(days, "kept_from", first, err) != 0)
		return -1;
	return forget_inputs(days, seen_before, err);
}

static int
count_free_pages(struct days *days, int64_t *count, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_FREE_PAGES,
	    "PRAGMA freelist_count", err);

	if (query == NULL || db_step(query, err) < 0)
		return -1;
	*count = db_int(query, 0);
	db_reset(query);
	return 0;
}

/* A little at a time, 16 MiB, each a transaction: readers come in between. A
 * file that was made elsewhere may not be able to, and keeps them. */
int
days_shrink(struct days *days, struct err *err)
{
	int64_t free_pages;
	int64_t before;

	if (count_free_pages(days, &free_pages, err) != 0)
		return -1;
	do {
		before = free_pages;
		fault_point("days.shrink");
		if (db_exec(days->db, "PRAGMA incremental_vacuum(4096)", err) !=
			0 ||
		    count_free_pages(days, &free_pages, err) != 0)
			return -1;
	} while (free_pages > 0 && free_pages < before);
	return 0;
}
