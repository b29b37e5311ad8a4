/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/days.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/fault.h"
#include "model/days_inside.h"

void
days_list_release(struct days_list *list)
{
	free(list->items);
	arena_release(&list->texts);
	*list = (struct days_list){ 0 };
}

/* A copy of a text; days and hosts come many times in a row. */
static struct slice
keep(struct days_list *list, struct slice text, struct slice before)
{
	return slice_equal(text, before) ? before :
					   arena_copy(&list->texts, text);
}

static void
add_to_list(struct days_list *list, const struct db_query *query)
{
	struct days_part before = { 0 };

	if (list->count > 0)
		before = list->items[list->count - 1];
	xgrow(&list->items, &list->room, list->count + 1, sizeof(before));
	list->items[list->count++] = (struct days_part){
		.id = db_int(query, 0),
		.day = keep(list, db_bytes(query, 1), before.day),
		.host = keep(list, db_bytes(query, 2), before.host),
		.input = db_int(query, 3),
		.slots = (uint32_t)db_int(query, 4),
		.rows = (uint64_t)db_int(query, 5),
		.count = (uint64_t)db_int(query, 6),
		.entries = (uint64_t)db_int(query, 7),
		.size = (uint64_t)db_int(query, 8),
	};
}

int
days_parts(struct days *days, struct slice first, struct slice last,
    struct days_list *list, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_PARTS,
	    "SELECT id, day, host, input, slots, rows, count, entries, size"
	    " FROM part WHERE day BETWEEN ? AND ? ORDER BY day, host, id",
	    err);
	int status;

	if (query == NULL)
		return -1;
	list->count = 0;
	days_set_text(query, 1, first);
	days_set_text(query, 2, last);
	while ((status = db_step(query, err)) == 1)
		add_to_list(list, query);
	return status;
}

int
days_read(struct days *days, int64_t id, struct buf *bytes, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_PART_READ,
	    "SELECT data FROM part WHERE id = ?", err);
	int status;

	if (query == NULL)
		return -1;
	db_set_int(query, 1, id);
	status = db_step(query, err);
	if (status == 0)
		return err_set(err, "%s: part %" PRId64 " is gone", days->path,
		    id);
	if (status < 0)
		return -1;
	buf_add(bytes, db_bytes(query, 0));
	db_reset(query);
	return 0;
}

static void
set_sums(struct db_query *query, const struct part_writer *part)
{
	db_set_int(query, 4, part->slots);
	db_set_int(query, 5, days_capped(part->rows));
	db_set_int(query, 6, days_capped(part->count));
	db_set_int(query, 7, days_capped(part->entries));
}

int
days_add(struct days *days, struct slice day, struct slice host, int64_t input,
    struct part_writer *part, struct err *err)
{
	struct slice bytes = part_finish(part);
	struct db_query *query;

	if (part->rows == 0)
		return 0;
	query = days_query(days, DAYS_PART_ADD,
	    "INSERT INTO part"
	    " (day, host, input, slots, rows, count, entries, size, data)"
	    " VALUES (?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?)",
	    err);
	if (query == NULL)
		return -1;
	days_set_text(query, 1, day);
	days_set_text(query, 2, host);
	db_set_int(query, 3, input);
	set_sums(query, part);
	db_set_int(query, 8, days_capped(bytes.len));
	db_set_blob(query, 9, bytes);
	return db_run(query, err);
}

/* Runs a statement about an id. */
static int
run_with_id(struct db_query *query, int64_t id, struct err *err)
{
	if (query == NULL)
		return -1;
	db_set_int(query, 1, id);
	return db_run(query, err);
}

int
days_drop(struct days *days, int64_t id, struct err *err)
{
	return run_with_id(days_query(days, DAYS_PART_DROP,
			       "DELETE FROM part WHERE id = ?", err),
	    id, err);
}

int
days_drop_ends(struct days *days, int64_t input, struct err *err)
{
	return run_with_id(days_query(days, DAYS_ENDS_DROP,
			       "DELETE FROM part WHERE input = ?", err),
	    input, err);
}

/* The parts that are made one. */
struct pile {
	struct slice day;
	struct slice host;
	struct slice *parts;
	size_t count;
	size_t room;
	struct arena bytes;
};

static int
read_pile(struct days *days, struct pile *pile, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_MERGE_READ,
	    "SELECT data FROM part"
	    " WHERE day = ? AND host = ? AND input IS NULL ORDER BY id",
	    err);
	int status;

	if (query == NULL)
		return -1;
	days_set_text(query, 1, pile->day);
	days_set_text(query, 2, pile->host);
	while ((status = db_step(query, err)) == 1) {
		xgrow(&pile->parts, &pile->room, pile->count + 1,
		    sizeof(*pile->parts));
		pile->parts[pile->count++] = arena_copy(&pile->bytes,
		    db_bytes(query, 0));
	}
	return status;
}

static int
drop_pile(struct days *days, const struct pile *pile, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_MERGE_DROP,
	    "DELETE FROM part"
	    " WHERE day = ? AND host = ? AND input IS NULL",
	    err);

	if (query == NULL)
		return -1;
	days_set_text(query, 1, pile->day);
	days_set_text(query, 2, pile->host);
	return db_run(query, err);
}

static int
replace_pile(struct days *days, const struct pile *pile, struct err *err)
{
	struct part_reader *reader = part_reader_new(pile->parts, pile->count,
	    err);
	struct part_writer writer = { 0 };
	struct part_row row;
	int status;

	if (reader == NULL)
		return err_wrap(err, "%s: %.*s", days->path,
		    SLICE_ARG(pile->day));
	while (part_next(reader, &row))
		part_add(&writer, &row);
	part_reader_free(reader);
	status = drop_pile(days, pile, err);
	fault_point("days.merge");
	if (status == 0)
		status = days_add(days, pile->day, pile->host, 0, &writer, err);
	part_writer_release(&writer);
	return status;
}

int
days_merge(struct days *days, struct slice day, struct slice host,
    struct err *err)
{
	struct pile pile = { .day = day, .host = host };
	int status = read_pile(days, &pile, err);

	if (status == 0 && pile.count > 1)
		status = replace_pile(days, &pile, err);
	free(pile.parts);
	arena_release(&pile.bytes);
	return status;
}
