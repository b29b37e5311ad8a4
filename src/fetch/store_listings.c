/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_listings.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/fault.h"
#include "fetch/store_file.h"

enum query { LIST, UNQUEUE, QUERY_COUNT };

static const char *const sql[QUERY_COUNT] = {
	/* ?1 key, ?2 listing, ?3 now, ?4 whether what waits is queued. An id
	 * that comes twice changes nothing the second time. (No IN of three:
	 * see store_queue.c.) */
	[LIST] = "INSERT INTO item (key, state, queued, due, attempts, listing)"
		 " VALUES (?1, 0, ?4, ?3, 0, ?2)"
		 " ON CONFLICT (key) DO UPDATE SET listing = ?2,"
		 " queued = queued OR"
		 "  (?4 AND (state = 0 OR state = 3 OR state = 6))"
		 " WHERE listing <> ?2",
	[UNQUEUE] = "UPDATE item SET queued = 0 WHERE queued AND listing < ?1",
};

struct listings {
	struct db *db;
	struct db_query *queries[QUERY_COUNT];
	bool queues;
	int64_t complete; /* the last one that was completed */
	int64_t last;     /* the last one that was begun */
	bool is_open;     /* it has not ended */
	int64_t listed;   /* ids in it so far */
	int64_t last_new; /* row of the newest item */
};

struct listings *
listings_open(struct db *db, bool queues, struct err *err)
{
	struct listings *listings = xcalloc(1, sizeof(*listings));

	listings->db = db;
	listings->queues = queues;
	if (queries_prepare(db, sql, QUERY_COUNT, listings->queries, err) ==
		0 &&
	    meta_read(db, META_LISTING, &listings->last, err) == 0 &&
	    meta_read(db, META_COMPLETE, &listings->complete, err) == 0)
		return listings;
	listings_free(listings);
	return NULL;
}

void
listings_free(struct listings *listings)
{
	if (listings == NULL)
		return;
	queries_free(listings->queries, QUERY_COUNT);
	free(listings);
}

int64_t
listings_complete(const struct listings *listings)
{
	return listings->complete;
}

static int
begin(struct listings *listings, struct err *err)
{
	if (listings->is_open)
		return 0;
	listings->is_open = true;
	listings->listed = 0;
	listings->last++;
	return meta_write(listings->db, META_LISTING, listings->last, err);
}

/* An upsert that updates leaves the last inserted row's number alone. */
static int
list_one(struct listings *listings, struct slice id,
    struct store_message *message, struct err *err)
{
	struct db_query *query = listings->queries[LIST];
	int64_t last;

	db_set_text(query, 1, id);
	if (db_run(query, err) != 0)
		return -1;
	message->id_count++;
	if (db_changes(listings->db) == 0)
		return 0;
	listings->listed++;
	last = db_last_id(listings->db);
	if (last != listings->last_new)
		message->new_count++;
	listings->last_new = last;
	return 0;
}

int
listings_add(struct listings *listings, struct store_message *message,
    struct err *err)
{
	struct db_query *query = listings->queries[LIST];
	struct slice rest = buf_slice(&message->ids);
	struct slice id;

	fault_point("store.list");
	if (begin(listings, err) != 0)
		return -1;
	listings->last_new = db_last_id(listings->db);
	db_set_int(query, 2, listings->last);
	db_set_int(query, 3, message->now);
	db_set_int(query, 4, listings->queues);
	while (slice_cut(&rest, '\0', &id))
		if (list_one(listings, id, message, err) != 0)
			return -1;
	return 0;
}

/* What waits and is listed no longer is not claimed any more. */
static int
complete(struct listings *listings, int64_t now, struct err *err)
{
	struct db_query *query = listings->queries[UNQUEUE];

	listings->complete = listings->last;
	db_set_int(query, 1, listings->complete);
	if (meta_write(listings->db, META_COMPLETE, listings->complete, err) !=
		0 ||
	    meta_write(listings->db, META_LISTED_AT, now, err) != 0)
		return -1;
	return db_run(query, err);
}

int
listings_end(struct listings *listings, struct store_message *message,
    struct err *err)
{
	/* One without any id is a listing, too. */
	if (begin(listings, err) != 0)
		return -1;
	listings->is_open = false;
	message->id_count = listings->listed;
	if (message->complete && complete(listings, message->now, err) != 0)
		return -1;
	message->complete = listings->complete > 0;
	return 0;
}
