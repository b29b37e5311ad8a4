/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/days.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "model/days_inside.h"

/* A look through the store: whom to tell what, and what was found. */
struct check {
	void (*bad)(void *context, const char *what);
	void *context;
	uint64_t whole; /* parts */
	int64_t last;   /* the part that was looked at last */
};

static bool
is_day(struct slice text)
{
	uint64_t year = 0;
	uint64_t month = 0;
	uint64_t day = 0;
	struct civil civil = { 0 };

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
	    slice_number(slice_head(text, 4), &year) != 0 ||
	    slice_number(slice_head(slice_from(text, 5), 2), &month) != 0 ||
	    slice_number(slice_from(text, 8), &day) != 0)
		return false;
	civil.year = (int32_t)year;
	civil.month = (uint8_t)month;
	civil.day = (uint8_t)day;
	return civil_is_valid(&civil);
}

/* Reads all rows and writes them again, for their sums. */
static int
sum_rows(struct slice bytes, struct part_writer *sums, struct err *err)
{
	struct part_reader *reader = part_reader_new(&bytes, 1, err);
	struct part_row row;

	if (reader == NULL)
		return -1;
	while (part_next(reader, &row))
		part_add(sums, &row);
	part_reader_free(reader);
	return 0;
}

/* Columns as in look(). */
static int
check_sums(const struct db_query *query, struct err *err)
{
	struct slice bytes = db_bytes(query, 8);
	struct part_writer sums = { 0 };
	int status = sum_rows(bytes, &sums, err);

	if (status == 0 &&
	    (db_int(query, 3) != sums.slots ||
		db_int(query, 4) != days_capped(sums.rows) ||
		db_int(query, 5) != days_capped(sums.count) ||
		db_int(query, 6) != days_capped(sums.entries) ||
		db_int(query, 7) != days_capped(bytes.len)))
		status = err_set(err, "its sums are not those of its rows");
	part_writer_release(&sums);
	return status;
}

static int
check_part(const struct db_query *query, struct err *err)
{
	struct slice day = db_bytes(query, 1);

	if (day.len > 0 && !is_day(day))
		return err_set(err, "its day is none");
	if (db_int(query, 9) == 0)
		return err_set(err, "it hangs on an input that is not there");
	return check_sums(query, err);
}

/* The part behind the last: 1; 0 where there is none. One at a time, so that
 * nobody who writes waits long. */
static int
look(struct days *days, struct check *check, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_CHECK,
	    "SELECT id, day, host, slots, rows, count, entries, size, data,"
	    " input IS NULL"
	    "  OR EXISTS (SELECT 1 FROM input WHERE input.id = part.input)"
	    " FROM part WHERE id > ? ORDER BY id LIMIT 1",
	    err);
	struct err why = { "" };
	bool is_whole;
	int status;

	if (query == NULL)
		return -1;
	db_set_int(query, 1, check->last);
	status = db_step(query, err);
	if (status != 1)
		return status;
	check->last = db_int(query, 0);
	is_whole = check_part(query, &why) == 0;
	if (!is_whole)
		err_wrap(&why, "part %" PRId64 ", %.*s of '%.*s'", check->last,
		    SLICE_ARG(db_bytes(query, 1)),
		    SLICE_ARG(db_bytes(query, 2)));
	db_reset(query);
	if (is_whole)
		check->whole++;
	else
		check->bad(check->context, why.text);
	return 1;
}

int
days_check(struct days *days, void (*bad)(void *context, const char *what),
    void *context, uint64_t *parts, struct err *err)
{
	struct check check = { bad, context, 0, INT64_MIN };
	struct err why = { "" };
	int status;

	if (db_check(days->db, &why) != 0)
		bad(context, why.text);
	do
		status = look(days, &check, err);
	while (status == 1);
	*parts = check.whole;
	return status;
}
