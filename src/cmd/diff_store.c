/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/diff_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/folder.h"
#include "base/msg.h"
#include "scan/stored.h"

enum { DAYS_LISTED = 10, WEEK = 7 };

void
stored_day_free(struct stored_day *day)
{
	if (day == NULL)
		return;
	days_list_release(&day->parts);
	sample_release(&day->sample);
	free(day);
}

bool
diff_store_is_day(struct slice text)
{
	struct civil ignored;

	return slice_is(text, "today") || slice_is(text, "yesterday") ||
	    dayname_civil(text, &ignored);
}

static int
read_clock(struct diff_store *store, struct err *err)
{
	struct buf zone = { 0 };
	bool is_set;
	int status = days_zone(store->days, &zone, &is_set, err);

	if (status == 0)
		status = dayname_now(buf_slice(&zone), store->today,
		    &store->hour, err);
	buf_release(&zone);
	return status;
}

static int
make_ready(struct diff_store *store, struct err *err)
{
	if (store->days != NULL)
		return 0;
	store->folder = folder_store(store->db, err);
	if (store->folder == NULL)
		return -1;
	store->days = days_open(store->folder, DB_READ, err);
	return store->days == NULL ? -1 : read_clock(store, err);
}

void
diff_store_close(struct diff_store *store)
{
	days_close(store->days);
	free(store->folder);
	*store = (struct diff_store){ 0 };
}

/* Tells where a day ends from its slots. One that has hours to come and no
 * others is of a clock that is wrong, here or there, and is left alone. */
static void
find_end(const struct diff_store *store, struct stored_day *day)
{
	uint32_t slots = day->slots;

	day->last_hour = -1;
	if (slots >> PART_NO_HOUR != 0)
		return;
	if (slice_is(slice_str(day->name), store->today))
		slots &= (UINT32_C(2) << store->hour) - 1;
	day->is_ahead = slots != 0 && slots != day->slots;
	if (slots == 0)
		slots = day->slots;
	for (; slots != 0; slots >>= 1)
		day->last_hour++;
}

/* A part without rows says nothing, not even that there was nothing. */
static void
drop_empty(struct days_list *parts)
{
	size_t kept = 0;

	for (size_t i = 0; i < parts->count; i++)
		if (parts->items[i].slots != 0)
			parts->items[kept++] = parts->items[i];
	parts->count = kept;
}

/* Returns 0 with *day NULL where the store has nothing of it, or -1. */
static int
look_for(const struct diff_store *store, const char *name,
    struct stored_day **day, struct err *err)
{
	struct stored_day *found = xcalloc(1, sizeof(*found));
	struct slice day_name = slice_str(name);
	int status;

	*day = NULL;
	memcpy(found->name, name, day_name.len);
	status = days_parts(store->days, day_name, day_name, &found->parts,
	    err);
	drop_empty(&found->parts);
	for (size_t i = 0; i < found->parts.count; i++)
		found->slots |= found->parts.items[i].slots;
	find_end(store, found);
	if (status == 0 && found->parts.count > 0)
		*day = found;
	else
		stored_day_free(found);
	return status;
}

/* "2013-06-06 to 2013-06-12" */
static void
add_held(struct buf *text, const struct days_list *parts)
{
	struct slice first = SLICE("no days");
	struct slice last = first;

	if (parts->count > 0) {
		first = parts->items[0].day;
		last = parts->items[parts->count - 1].day;
	}
	buf_add(text, first);
	if (!slice_equal(first, last)) {
		buf_add_str(text, " to ");
		buf_add(text, last);
	}
}

/* Sets err to what days it lacks and has, or to why that cannot be told. */
static int
lacks(const struct diff_store *store, struct slice missing, struct err *err)
{
	struct days_list list = { 0 };
	struct buf held = { 0 };

	if (days_parts(store->days, slice_str("0"), slice_str("~"), &list,
		err) == 0) {
		drop_empty(&list);
		add_held(&held, &list);
		err_set(err, "no %.*s in the store %s; it holds %.*s",
		    SLICE_ARG(missing), store->folder,
		    SLICE_ARG(buf_slice(&held)));
	}
	buf_release(&held);
	days_list_release(&list);
	return -1;
}

static int
find(struct diff_store *store, const char *text, struct stored_day **day,
    struct err *err)
{
	char name[DAYNAME_SIZE];

	*day = NULL;
	if (make_ready(store, err) != 0 ||
	    dayname_read(slice_str(text), slice_str(store->today), name, err) !=
		0 ||
	    look_for(store, name, day, err) != 0)
		return -1;
	return *day != NULL ? 0 : lacks(store, slice_str(name), err);
}

/* A file of the operand's name may be what was meant. */
struct stored_day *
diff_store_find(struct diff_store *store, const char *text, struct err *err)
{
	struct stored_day *day;

	if (find(store, text, &day, err) != 0 && access(text, F_OK) == 0)
		err_set(err, "%s; the file of that name is ./%s", err->text,
		    text);
	return day;
}

/* The days that are missing: "2013-05-22, 2013-05-29 and 3 more" */
struct missing {
	struct buf names;
	size_t count;
};

static void
add_missing(struct missing *missing, const char *name)
{
	if (missing->count++ >= DAYS_LISTED)
		return;
	if (missing->count > 1)
		buf_add_str(&missing->names, ", ");
	buf_add_str(&missing->names, name);
}

int
diff_store_before(struct diff_store *store, const struct stored_day *other,
    size_t weeks, struct stored_day **day, struct err *err)
{
	char name[DAYNAME_SIZE];

	dayname_before(slice_str(other->name), weeks * WEEK, name);
	return look_for(store, name, day, err);
}

int
diff_store_weeks(struct diff_store *store, const struct stored_day *day,
    size_t weeks, struct stored_day **days, size_t *count, struct err *err)
{
	struct missing missing = { 0 };
	char name[DAYNAME_SIZE];
	int status = 0;

	*count = 0;
	for (; status == 0 && weeks > 0; weeks--) {
		status = diff_store_before(store, day, weeks, &days[*count],
		    err);
		if (status == 0 && days[*count] != NULL)
			++*count;
		else if (status == 0) {
			dayname_before(slice_str(day->name), weeks * WEEK,
			    name);
			add_missing(&missing, name);
		}
	}
	if (missing.count > DAYS_LISTED)
		buf_add_format(&missing.names, " and %zu more",
		    missing.count - DAYS_LISTED);
	if (status == 0 && *count == 0)
		status = lacks(store, buf_slice(&missing.names), err);
	else if (status == 0 && missing.count > 0)
		msg_note("no %.*s in the store",
		    SLICE_ARG(buf_slice(&missing.names)));
	buf_release(&missing.names);
	return status;
}

int
diff_store_read(struct diff_store *store, struct stored_day *day, int last,
    const struct scan_options *options, const struct tally_keys *keys,
    struct scan_report *report, struct err *err)
{
	/* As of a tally by day and function: its rows have no hours. */
	static const struct tally_keys has = {
		{ TALLY_DAY, TALLY_FUNCTION, TALLY_REVISION }, 3
	};
	const struct stored_days range = {
		.first = slice_str(day->name),
		.last = slice_str(day->name),
		.last_hour = last,
	};
	struct scan_options scan = *options;

	sample_init(&day->sample, keys, &has);
	scan.keys = day->sample.keys;
	return stored_run(&scan, store->days, &range, sample_take, &day->sample,
	    report, err);
}

int
diff_store_rows(struct diff_store *store, const char *name, int last_hour,
    const struct scan_options *options, const struct tally_keys *keys,
    tally_take *row, void *context, struct err *err)
{
	const struct stored_days range = {
		.first = slice_str(name),
		.last = slice_str(name),
		.last_hour = last_hour,
	};
	struct scan_options scan = *options;
	struct scan_report report = { 0 };

	scan.keys = *keys;
	return stored_run(&scan, store->days, &range, row, context, &report,
	    err);
}

/* The newest day that the store holds and that is not in the future; empty
 * where there is none. */
static int
newest(struct diff_store *store, char name[DAYNAME_SIZE], struct err *err)
{
	struct days_list list = { 0 };
	int status = days_parts(store->days, slice_str("0"), slice_str("~"),
	    &list, err);

	name[0] = '\0';
	if (status == 0) {
		drop_empty(&list);
		for (size_t i = 0; i < list.count; i++)
			if (slice_compare(list.items[i].day,
				slice_str(store->today)) <= 0)
				snprintf(name, DAYNAME_SIZE, "%.*s",
				    SLICE_ARG(list.items[i].day));
	}
	days_list_release(&list);
	return status;
}

struct stored_day *
diff_store_newest(struct diff_store *store, struct err *err)
{
	struct stored_day *day = NULL;
	char name[DAYNAME_SIZE];

	if (make_ready(store, err) != 0 ||
	    look_for(store, store->today, &day, err) != 0)
		return NULL;
	if (day != NULL)
		return day;
	if (newest(store, name, err) != 0)
		return NULL;
	if (name[0] == '\0')
		err_set(err, "the store %s holds no day yet", store->folder);
	else if (look_for(store, name, &day, err) != 0)
		return NULL;
	return day;
}
