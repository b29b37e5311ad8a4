/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/archive.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/db.h"
#include "fetch/store_count.h"
#include "fetch/store_file.h"

/* What archive_next() reads at once: so many items, or so many bytes and an
 * item more. */
enum { CHUNK_ITEMS = 64, CHUNK_BYTES = 1024 * 1024 };

#define SELECT_ITEMS                                                    \
	"SELECT item.id, key, state, attempts, due, listing >= ifnull(" \
	" (SELECT value FROM meta WHERE name = 'complete'), 0), cause," \
	" answer.item IS NOT NULL, status, received, expires,"          \
	" stale_until, type, body"                                      \
	" FROM item LEFT JOIN answer ON answer.item = item.id"

struct archive {
	struct db *db;
	struct db_query *find;
	struct db_query *next;
	struct arena found; /* what archive_find() gave */

	/* Of archive_next(): items read ahead, and how many were given. */
	struct arena arena;
	struct archive_item chunk[CHUNK_ITEMS];
	size_t count;
	size_t given;
	int64_t last; /* row of the last one read */
};

struct archive *
archive_open(const char *path, struct err *err)
{
	struct archive *archive = xcalloc(1, sizeof(*archive));

	archive->db = db_open(path, DB_READ, &store_schema, err);
	if (archive->db == NULL)
		goto fail;
	archive->find = db_prepare(archive->db, SELECT_ITEMS " WHERE key = ?1",
	    err);
	archive->next = db_prepare(archive->db,
	    SELECT_ITEMS " WHERE item.id > ?1 ORDER BY item.id", err);
	if (archive->find != NULL && archive->next != NULL)
		return archive;
fail:
	archive_close(archive);
	return NULL;
}

void
archive_close(struct archive *archive)
{
	if (archive == NULL)
		return;
	db_query_free(archive->find);
	db_query_free(archive->next);
	db_close(archive->db);
	arena_release(&archive->found);
	arena_release(&archive->arena);
	free(archive);
}

/* An item of a row of SELECT_ITEMS; its bytes go into the arena. */
static struct archive_item
item_of(const struct db_query *row, struct arena *arena)
{
	struct archive_item item = {
		.id = arena_copy(arena, db_bytes(row, 1)),
		.state = (enum item_state)db_int(row, 2),
		.attempts = (unsigned)db_int(row, 3),
		.due = db_int(row, 4),
		.listed = db_int(row, 5) != 0,
		.cause = arena_copy(arena, db_bytes(row, 6)),
		.has_answer = db_int(row, 7) != 0,
	};

	if (!item.has_answer)
		return item;
	item.status = (int)db_int(row, 8);
	item.received = db_int(row, 9);
	item.expires = db_int(row, 10);
	item.stale_until = db_int(row, 11);
	item.type = arena_copy(arena, db_bytes(row, 12));
	item.body = arena_copy(arena, db_bytes(row, 13));
	return item;
}

int
archive_find(struct archive *archive, struct slice id,
    struct archive_item *item, struct err *err)
{
	int status;

	arena_release(&archive->found);
	db_set_text(archive->find, 1, id);
	status = db_step(archive->find, err);
	if (status == 1)
		*item = item_of(archive->find, &archive->found);
	db_reset(archive->find);
	return status;
}

/* Reads the next chunk and lets go of the file. */
static int
read_chunk(struct archive *archive, struct err *err)
{
	struct db_query *row = archive->next;
	int status = 1;

	arena_release(&archive->arena);
	archive->count = archive->given = 0;
	db_set_int(row, 1, archive->last);
	while (archive->count < CHUNK_ITEMS &&
	    archive->arena.bytes < CHUNK_BYTES &&
	    (status = db_step(row, err)) == 1) {
		archive->chunk[archive->count++] = item_of(row,
		    &archive->arena);
		archive->last = db_int(row, 0);
	}
	db_reset(row);
	return status < 0 ? -1 : 0;
}

int
archive_next(struct archive *archive, struct archive_item *item,
    struct err *err)
{
	if (archive->given == archive->count && read_chunk(archive, err) != 0)
		return -1;
	if (archive->given == archive->count)
		return 0;
	*item = archive->chunk[archive->given++];
	return 1;
}

int
archive_counts(struct archive *archive, int64_t now,
    struct store_counts *counts, struct err *err)
{
	return count_items(archive->db, now, counts, err);
}

int
archive_last_run(struct archive *archive, struct archive_run *run,
    struct err *err)
{
	int64_t exit_status;

	*run = (struct archive_run){ 0 };
	if (meta_read(archive->db, META_BEGAN, &run->began, err) != 0 ||
	    meta_read(archive->db, META_ENDED, &run->ended, err) != 0 ||
	    meta_read(archive->db, META_EXIT_STATUS, &exit_status, err) != 0 ||
	    meta_read(archive->db, META_LAST_GOOD, &run->last_good, err) != 0 ||
	    meta_read(archive->db, META_LAST_DONE, &run->last_done, err) != 0 ||
	    meta_read(archive->db, META_LISTED_AT, &run->listed_at, err) != 0)
		return -1;
	run->exit_status = (int)exit_status;
	return 0;
}

int
archive_check(struct archive *archive, struct err *err)
{
	return db_check(archive->db, err);
}

bool
archive_may_give(const struct archive_item *item, int64_t now)
{
	return item->has_answer &&
	    (now < item->expires || now < item->stale_until);
}
