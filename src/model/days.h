/* SPDX-License-Identifier: MIT */
#ifndef MODEL_DAYS_H
#define MODEL_DAYS_H

/*
 * The days of the store: FOLDER/tally.db, SQLite. It holds parts (model/part.h)
 * of days and hosts, and of each input how far it was read. Both change in one
 * transaction, so that after kill -9 or a full disk nothing is counted twice,
 * and nothing is lost.
 *
 * One process writes at a time, under a lock beside the file (days_lock());
 * readers need none, and are blocked, and block the writer, for the time of a
 * commit (base/db.h); of one that adds more than 32 MiB, for the time it takes
 * to write that. Errors read "PATH: why".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/db.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/part.h"

struct days;

/* The path of tally.db in a folder; the caller frees it. */
char *days_path(const char *folder);

/* Makes the folder and takes the lock of the one writer, as folder_lock():
 * its descriptor, -1 with err set, or FOLDER_BUSY. */
int days_lock(const char *folder, int64_t wait, struct err *err) CHECKED;

/* Opens the store; with DB_WRITE it is made where it is not there, and the
 * lock is held by the caller. NULL with err set; with DB_READ a folder without
 * a store is "FOLDER: no store here yet; tallyman scan --store makes one". */
struct days *days_open(const char *folder, enum db_mode mode, struct err *err);
void days_close(struct days *days); /* NULL is allowed */

/* Its file, for messages. */
const char *days_name(const struct days *days);

/* A transaction: a write one with DB_WRITE, else one whose reads are all of
 * one instant. */
int days_begin(struct days *days, struct err *err) CHECKED;
int days_commit(struct days *days, struct err *err) CHECKED;
void days_rollback(struct days *days);

/* --- what holds for the whole store --- */

/*
 * The zone that stamps with an offset are converted to: a name, empty where
 * they stand as they are written. Set once, in the transaction that makes the
 * first days: *is_set says whether it was.
 */
int days_zone(struct days *days, struct buf *zone, bool *is_set,
    struct err *err) CHECKED;
int days_set_zone(struct days *days, struct slice zone,
    struct err *err) CHECKED;

/* The first day that is kept, "2013-03-01": what is older was forgotten and is
 * not added again. Empty: all are. */
int days_kept_from(struct days *days, struct buf *day, struct err *err) CHECKED;

/* --- parts --- */

struct days_part {
	int64_t id;
	struct slice day;  /* 2013-06-12; empty: of no day */
	struct slice host; /* may be empty */
	int64_t input;     /* whose end it hangs on (see days_drop_ends());
			      0: none's */
	uint32_t slots;    /* hours that have sums, as in model/part.h */
	uint64_t rows;
	uint64_t count; /* at most 2^63-1 here */
	uint64_t entries;
	uint64_t size; /* of its bytes */
};

/* Parts in the order of day, host, id; owns their texts. Start as { 0 }. */
struct days_list {
	struct days_part *items;
	size_t count;
	size_t room;
	struct arena texts;
};
void days_list_release(struct days_list *list);

/* All parts of the days from first to last (inclusive, as texts; "" to "~" is
 * all of them), without their bytes. What was in the list is no more, but for
 * its texts. */
int days_parts(struct days *days, struct slice first, struct slice last,
    struct days_list *list, struct err *err) CHECKED;

/* The bytes of a part, appended. An error where it is gone. */
int days_read(struct days *days, int64_t id, struct buf *bytes,
    struct err *err) CHECKED;

/* Adds what a writer wrote, if anything: part_finish() is called by it. input
 * is 0 or the id of one that is there. */
int days_add(struct days *days, struct slice day, struct slice host,
    int64_t input, struct part_writer *part, struct err *err) CHECKED;

int days_drop(struct days *days, int64_t id, struct err *err) CHECKED;

/* Drops the parts that hang on the end of an input: what its last lines came to
 * as long as nothing follows them. */
int days_drop_ends(struct days *days, int64_t input, struct err *err) CHECKED;

/* Makes one part of the parts of a day and host, those of no input's end.
 * A damaged one is an error, and nothing is changed. */
int days_merge(struct days *days, struct slice day, struct slice host,
    struct err *err) CHECKED;

/* --- inputs --- */

/* How much of an input's beginning, and of what is before its position, tells
 * it from others. */
enum { DAYS_KIB = 1024 };

/* What is known of an input. Texts are its own: days_input_release(). */
struct days_input {
	int64_t id;      /* 0: not in the store */
	struct buf host; /* told by its path, or empty */
	struct buf path; /* where it was seen last */
	uint64_t device; /* which file it was then (0, 0: not known), */
	uint64_t inode;
	uint64_t size;    /* how large, as it lies on disk, */
	int64_t modified; /* and when modified: nanoseconds since 1970 */

	uint64_t position; /* decoded bytes that were read: whole lines */
	uint64_t head_len; /* the smaller of position and DAYS_KIB */
	uint64_t head;     /* fnv_add() (base/fnv.h) of so many first bytes, */
	uint64_t tail;     /* of so many before position */

	struct buf preset; /* its name; "": a tally, whose header is in state */
	uint64_t preset_hash; /* of all that its reader was told */
	struct buf pointer;   /* where its text lies in JSON; "": it does not */
	bool is_guess;        /* no line of it was sure of that */
	struct buf state;     /* what its reader carries */

	int64_t seen;       /* in seconds since 1970: by the last scan */
	struct buf problem; /* why it could not be read on, or empty */
};
void days_input_release(struct days_input *input);

/* Adds an input (id 0, which is set then) or replaces what is known of it; one
 * that is no more there is an error. */
int days_save(struct days *days, struct days_input *input,
    struct err *err) CHECKED;

/* Gets inputs. *input is borrowed; nothing is asked of days here. Returns 0 to
 * go on, 1 to stop, -1 with err set. */
typedef int days_take(void *context, const struct days_input *input,
    struct err *err);

/* Gives the inputs of a device and inode; all that may begin as `head` does: of
 * a host, with the same hash of their first head_len bytes of it (head has the
 * first DAYS_KIB bytes of a file, or all); and all, in the order of their
 * paths. Returns 0, or -1 with err set. */
int days_inputs_at(struct days *days, uint64_t device, uint64_t inode,
    days_take *take, void *context, struct err *err) CHECKED;
int days_inputs_like(struct days *days, struct slice host, struct slice head,
    days_take *take, void *context, struct err *err) CHECKED;
int days_inputs(struct days *days, days_take *take, void *context,
    struct err *err) CHECKED;

/* --- forgetting, checking --- */

/* Drops the days from first to last; *forgotten (may be NULL) is how many days
 * there were. What was read of inputs stays known: their lines are not added
 * again. */
int days_forget(struct days *days, struct slice first, struct slice last,
    uint64_t *forgotten, struct err *err) CHECKED;

/*
 * Keeps the days from this one on: drops those before it (but not what has no
 * day), remembers it for days_kept_from(), and forgets inputs that no scan has
 * seen since seen_before. What hangs on their ends is none's from then on.
 */
int days_keep(struct days *days, struct slice first, int64_t seen_before,
    uint64_t *forgotten, struct err *err) CHECKED;

/* Gives free pages back to the file system, outside of transactions. */
int days_shrink(struct days *days, struct err *err) CHECKED;

/* Looks through all of the file and every part: PRAGMA integrity_check, forms,
 * checksums, sums. Calls bad(context) with each complaint; *parts is how many
 * parts are whole. Returns 0, or -1 with err set when it cannot be read. */
int days_check(struct days *days, void (*bad)(void *context, const char *what),
    void *context, uint64_t *parts, struct err *err) CHECKED;

#endif
