/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_H
#define FETCH_STORE_H

/*
 * What a job's run keeps: its items, their answers, and the state of its
 * limits, in a SQLite file that one run at a time writes. This is the run's
 * side, asynchronous and in batches: requests go to a writer thread, replies
 * come back, and the loop never waits for a disk. (store_writer.h and what it
 * includes stand behind it, on SQLite; another database could.) Reading is
 * archive.h's.
 *
 * What has been answered is committed in groups: after half of STORE_GROUP
 * results or 50 ms, whichever is first. A result's answer and its item's new
 * state are in one transaction. Grants and pauses are committed before their
 * replies; what else was replied to may still wait for its group (STORE_SYNC).
 * After kill -9 the next store_open() gives back all that was running.
 *
 * Items that no complete listing has had since keep their answers, but are
 * claimed no more until one has them again. Those of a listing that broke off
 * are known, and fetched.
 *
 * An item is claimed with a lease and finished with proof that the lease was
 * still ours. While one run holds the file's lock nobody can take a lease
 * away; the header is so that a store of several machines can stand behind it.
 *
 * All times are nanoseconds since 1970.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/worker.h"
#include "fetch/rate.h"

struct store;

/* An owner that has no more results uncommitted than this loses no more by a
 * kill: while one half is being committed, the other is gathered. */
enum { STORE_GROUP = 250 };

/* The numbers are those in the file. */
enum item_state {
	ITEM_WAITING = 0,  /* to be fetched; may have an old answer */
	ITEM_RUNNING = 1,  /* claimed */
	ITEM_DONE = 2,     /* its answer is fresh until due */
	ITEM_RETRY = 3,    /* failed, is tried again when due */
	ITEM_FAILED = 4,   /* failed softly; a later run takes it up again */
	ITEM_GONE = 5,     /* the API has it no more; asked again when due */
	ITEM_DEFERRED = 6, /* put off until due, without an attempt */
};
enum { ITEM_STATES = ITEM_DEFERRED + 1 };

/* An item to be fetched; memory of its reply. */
struct store_item {
	int64_t row; /* its number in the file */
	struct slice id;
	unsigned attempts; /* that failed */
	bool suspect;      /* failed softly in an earlier run */
	/* Of its last answer, for asking whether it changed; empty: none. */
	struct slice etag;
	struct slice modified;
	/* Committed before the claim was answered; empty where the store was
	 * not told to make keys. The same until the item is done. */
	struct slice idempotency_key;
	void *owner; /* the caller's, not touched */
};

enum store_answer_kind {
	ANSWER_NONE,    /* the old one, if any, stays as it is */
	ANSWER_NEW,     /* replaces the old one */
	ANSWER_RENEWED, /* 304: the old one's times and fields are new */
	ANSWER_DROPPED, /* the old one is deleted: gone */
};

struct store_answer {
	enum store_answer_kind kind;
	int status;
	int64_t received;
	int64_t expires;     /* fresh until */
	int64_t stale_until; /* given until, when it cannot be renewed */
	struct slice etag;
	struct slice modified;
	struct slice type; /* Content-Type */
	struct slice body;
};

/* How an item came out. Slices are borrowed from the message's arena or from
 * bytes that the message owns. */
struct store_result {
	int64_t row;
	enum item_state state;
	unsigned attempts;
	int64_t due;
	struct slice cause; /* empty unless it failed, is gone or put off */
	struct store_answer answer;
};

enum store_kind {
	STORE_LIST,   /* ids of a listing */
	STORE_LISTED, /* the end of a listing */
	STORE_CLAIM,
	STORE_FINISH,
	STORE_GRANT,
	STORE_PAUSE,
	STORE_EXTEND,
	STORE_SYNC, /* everything before it is committed */
};

/*
 * A request and its reply in one: the store fills in what is marked "reply".
 * Made by store_message(), freed by store_message_free(); owned by the store
 * between store_send() and store_take().
 */
struct store_message {
	struct message message; /* first */
	enum store_kind kind;
	struct arena *arena; /* for what the message points to; its own */

	int64_t now; /* of all but FINISH, PAUSE, EXTEND and SYNC */

	/* STORE_LIST: ids, each followed by a NUL. STORE_LISTED: complete. */
	struct buf ids;
	bool complete;     /* else the listing broke off: the last complete one
			    * stays the one that says what is listed; reply:
			    * whether there has ever been one */
	int64_t id_count;  /* reply: STORE_LIST: ids in it; STORE_LISTED:
			    * listed in all */
	int64_t new_count; /* reply: STORE_LIST: never seen before */

	/* STORE_CLAIM */
	size_t max;
	int64_t lease; /* until when; also of STORE_EXTEND */
	/* Reply: item_count of them, by due time and age. */
	struct store_item *items;
	size_t item_count; /* also of FINISH and EXTEND */
	int64_t next_due;  /* reply: of what is not yet due; INT64_MAX */

	/* STORE_FINISH: results, item_count of them; STORE_EXTEND: only their
	 * rows. Both arrays are malloc()ed, and freed with the message. */
	struct store_result *results;
	struct buf *bodies; /* released with it, too; body_count of them */
	size_t body_count;
	size_t lost; /* reply: were no longer ours */

	/* STORE_GRANT: of limits[limit], for rate_grant(). With needed and
	 * wanted 0 it gives back what is left of rate, at the end of a run. */
	size_t limit;
	int64_t needed;
	int64_t wanted;
	struct rate rate; /* reply: the grant alone, for rate_add() */

	/* STORE_PAUSE: nothing is sent to origin before until. STORE_GRANT:
	 * reply, a pause of origin (NULL: of none) that another run of the
	 * share may have set; 0: there was none. */
	const char *origin;
	int64_t until;
};

struct store_options {
	const char *path; /* of the job's file, whose lock is held */
	/* Of the file that all limits are in, and pauses too, when other jobs
	 * share them; several processes may have it open. NULL: the job's. */
	const char *share_path;
	const struct rate_spec *limits; /* borrowed until store_close() */
	size_t limit_count;
	bool idempotency_keys;
	int64_t now;
	/* No due time lies further ahead than this: one that does was written
	 * by a clock that was ahead, and is now. */
	int64_t horizon;
	bool retry_only; /* claims only what had failed softly before */
	bool refresh;    /* takes up all that are listed, fresh or not */
	void (*wake)(void *wake_state); /* called by the writer thread */
	void *wake_state;
};

/*
 * Opens the file (made and upgraded as needed), gives back what a killed run
 * was running, takes up what is due anew: softly failed, stale, gone for long
 * enough. Starts the writer. NULL with err set.
 */
struct store *store_open(const struct store_options *options, struct err *err);

/*
 * Serves and commits what was sent, frees the replies that nobody took, makes
 * what is still claimed wait again, and closes. Unspent grants are the owner's
 * to give back before (STORE_GRANT). Returns 0, or -1 with err set to what
 * went wrong, now or before. NULL is allowed.
 */
int store_close(struct store *store, struct err *err) CHECKED;

/* A pause of an origin that is still in force (from the files), else 0; -1
 * with err set. For the start, before the first store_send(). */
int64_t store_paused_until(struct store *store, const char *origin,
    struct err *err);

struct store_message *store_message(enum store_kind kind);
void store_message_free(struct store_message *message);

void store_send(struct store *store, struct store_message *message);

/* The next reply, NULL when there is none. Check store_failed() after. */
struct store_message *store_take(struct store *store);

/* Waits for the next reply; NULL when none is on its way. */
struct store_message *store_wait(struct store *store);

/* How many messages are on their way: sent and not yet taken. */
size_t store_pending(const struct store *store);

/* How many results were sent that are not committed yet; wake() is called
 * when there are fewer. */
size_t store_uncommitted(const struct store *store);

/* Whether the file cannot be written any more; err says why. All later
 * requests are answered unserved; what was not committed is lost. */
bool store_failed(struct store *store, struct err *err);

/* Counts by state, of listed items, and what is due when; for summaries, once
 * all is committed. */
struct store_counts {
	int64_t by_state[ITEM_STATES];
	int64_t unlisted;
	int64_t stale;    /* failed or put off, and given from the cache */
	int64_t next_due; /* the earliest time at which something waits for;
			   * INT64_MAX */
};
int store_count(struct store *store, int64_t now, struct store_counts *counts,
    struct err *err) CHECKED; /* waits for the writer to be idle */

/* Notes that a run began, and how it ended, for archive_last_run(). */
int store_run_began(struct store *store, int64_t now, struct err *err) CHECKED;
void store_run_ended(struct store *store, int64_t now, int exit_status);

#endif
