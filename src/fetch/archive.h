/* SPDX-License-Identifier: MIT */
#ifndef FETCH_ARCHIVE_H
#define FETCH_ARCHIVE_H

/*
 * Reading a job's store: answers by id, all of them in order, and counts.
 * Needs no lock and disturbs a run for a moment at most: each call reads a
 * bounded number of rows at a time and lets go of the file in between.
 *
 * Applications may read the view items(id, status, fetched_at, body) of the
 * file by themselves; its columns are kept in all later versions. It has the
 * items that are listed and have an answer, however old that is: the HTTP
 * status, the time in UTC as "2013-06-12T05:04:03Z", and the body as received,
 * a blob (CAST(body AS TEXT) where it is text).
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "fetch/store.h"

struct archive;

/* NULL with err set when there is no such file, or it is not ours. */
struct archive *archive_open(const char *path, struct err *err);
void archive_close(struct archive *archive); /* NULL is allowed */

struct archive_item {
	struct slice id;
	enum item_state state;
	unsigned attempts;
	int64_t due;
	bool listed; /* in the last complete listing, or seen since */
	struct slice cause;
	bool has_answer;
	int status; /* HTTP */
	int64_t received;
	int64_t expires;
	int64_t stale_until;
	struct slice type;
	struct slice body;
};

/* 1: found; 0: no such id; -1 with err set. Bytes are valid until the next
 * archive_find(). */
int archive_find(struct archive *archive, struct slice id,
    struct archive_item *item, struct err *err) CHECKED;

/* Steps through all items in the order in which they were first seen: 1, 0 at
 * the end, -1 with err set. Bytes are valid until the next archive_next(). What
 * a run adds meanwhile comes too. */
int archive_next(struct archive *archive, struct archive_item *item,
    struct err *err) CHECKED;

/* Counts by state (store.h). */
int archive_counts(struct archive *archive, int64_t now,
    struct store_counts *counts, struct err *err) CHECKED;

/* What the last runs left behind; zeros where there was none. */
struct archive_run {
	int64_t began;
	int64_t ended; /* 0: it was killed, or is running */
	int exit_status;
	int64_t last_good; /* the end of the last run with status 0 */
	int64_t last_done; /* the same, with status 0 or 1 */
	int64_t listed_at; /* the end of the last complete listing */
};
int archive_last_run(struct archive *archive, struct archive_run *run,
    struct err *err) CHECKED;

/* Whether the file is sound (PRAGMA integrity_check). */
int archive_check(struct archive *archive, struct err *err) CHECKED;

/*
 * Deletes items and their answers (ids NULL: those no longer listed); needs
 * the file's lock. Then gives the space back to the system by writing the file
 * anew (VACUUM), which takes as much room again as is left in it, for a while,
 * in the folder of SQLITE_TMPDIR, TMPDIR, or /var/tmp. Returns how many were
 * deleted, or -1 with err set; some may be gone then.
 */
int64_t archive_forget(const char *path, const struct slice *ids, size_t count,
    struct err *err) CHECKED;

/* Whether item's answer may be given at now: fresh, or stale within its
 * stale_until. */
bool archive_may_give(const struct archive_item *item, int64_t now);

#endif
