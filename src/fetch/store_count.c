/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_count.h"

#include "fetch/store_file.h"

enum { AT_ONCE = 20000, STATES = 7 };

/* ?1 and ?2 the rows, ?3 the last complete listing, ?4 now. Only of what failed
 * or was put off the answer is looked at. */
static const char rows_sql[] =
    "SELECT state, listing >= ?3, due,"
    " CASE WHEN state IN (4, 6) OR state = 3 THEN EXISTS (SELECT 1 FROM answer"
    "  WHERE answer.item = item.id AND max(expires, stale_until) > ?4) END"
    " FROM item WHERE id > ?1 AND id <= ?2";

static void
add_item(const struct db_query *row, struct store_counts *counts)
{
	int64_t state = db_int(row, 0);
	int64_t due = db_int(row, 2);

	if (db_int(row, 1) == 0 || state < 0 || state >= STATES) {
		counts->unlisted++;
		return;
	}
	counts->by_state[state]++;
	counts->stale += db_int(row, 3);
	if ((state == ITEM_WAITING || state == ITEM_RETRY ||
		state == ITEM_DEFERRED) &&
	    due < counts->next_due)
		counts->next_due = due;
}

static int
count_rows(struct db_query *query, int64_t last, struct store_counts *counts,
    struct err *err)
{
	int status = 0;

	for (int64_t first = 0; first < last && status == 0; first += AT_ONCE) {
		db_set_int(query, 1, first);
		db_set_int(query, 2, first + AT_ONCE);
		while ((status = db_step(query, err)) == 1)
			add_item(query, counts);
	}
	return status;
}

int
count_items(struct db *db, int64_t now, struct store_counts *counts,
    struct err *err)
{
	struct db_query *query;
	int64_t complete;
	int64_t last;
	int status;

	*counts = (struct store_counts){ .next_due = INT64_MAX };
	if (store_last_row(db, &last, err) != 0 ||
	    meta_read(db, META_COMPLETE, &complete, err) != 0)
		return -1;
	query = db_prepare(db, rows_sql, err);
	if (query == NULL)
		return -1;
	db_set_int(query, 3, complete);
	db_set_int(query, 4, now);
	status = count_rows(query, last, counts, err);
	db_query_free(query);
	return status;
}
