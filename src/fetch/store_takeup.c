/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_takeup.h"

/* The numbers of states are store.h's. ?1 now, ?2 the last complete listing,
 * ?3 the horizon, ?4 refresh. All rows are read once; only those that change
 * are written. */
static const char all[] =
    "UPDATE item SET"
    " state = iif(state IN (3, 6) AND NOT ?4, state, 0),"
    " attempts = iif(state IN (0, 1, 3, 6) AND NOT ?4, attempts, 0),"
    " due = iif(state IN (3, 6) AND NOT ?4 AND due <= ?3, due, min(due, ?1)),"
    " queued = listing >= ?2"
    " WHERE ?4 OR state IN (1, 4)"
    " OR state IN (2, 5) AND (due <= ?1 OR due > ?3)"
    " OR state = 0 AND due > ?1" /* the clock was set back */
    " OR state IN (0, 3, 6) AND (due > ?3 OR queued <> (listing >= ?2))";

static const char failed_only[] = "UPDATE item SET"
				  " state = iif(state = 1, 0, state),"
				  " attempts = iif(state = 4, 0, attempts),"
				  " due = iif(state = 4, min(due, ?1), due),"
				  " queued = state = 4 AND listing >= ?2"
				  " WHERE queued OR state IN (1, 4)";

int
take_up(struct db *db, const struct store_options *options, int64_t complete,
    struct err *err)
{
	struct db_query *query = db_prepare(db,
	    options->retry_only ? failed_only : all, err);
	int status;

	if (query == NULL)
		return -1;
	db_set_int(query, 1, options->now);
	db_set_int(query, 2, complete);
	if (!options->retry_only) {
		db_set_int(query, 3, options->now + options->horizon);
		db_set_int(query, 4, options->refresh);
	}
	status = db_run(query, err);
	db_query_free(query);
	return status;
}
