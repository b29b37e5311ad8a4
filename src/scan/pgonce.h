/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PGONCE_H
#define SCAN_PGONCE_H

/*
 * Once is once: a server may log one statement several times, and which of
 * them a log holds depends on its settings.
 *
 *	STARTED    log_statement, before it runs
 *	TIMED      log_min_duration_statement, behind it; where log_statement
 *	           logged it too, only its duration is told: ENDED
 *	PLANNED    auto_explain, when its executor ends: before TIMED or
 *	           ENDED; but in the extended protocol a query's executor
 *	           lives until its portal is dropped, so then behind them
 *	FAILED     the STATEMENT of an error, unless it STARTED in this session
 *	           and did not end
 *	MENTIONED  the STATEMENT of what is logged while it runs: lock waits,
 *	           temporary files, warnings
 *
 * STARTED and TIMED are new statements each time. A plan is a repeat when it
 * follows, or goes before, a statement of its text that was counted by either;
 * one statement has one plan, a text of n statements up to n. Else it counts
 * itself: only auto_explain was on. FAILED counts, unless the statement
 * STARTED just before. MENTIONED is a repeat of what STARTED, of the plan or
 * the TIMED or FAILED that follows, and of a MENTIONED before it; it counts
 * where nothing else shows the statement.
 *
 * Texts are compared without their blanks, by a hash of 128 bits, within a
 * session. Sessions beyond 100,000 are forgotten, those first that were silent
 * for the longest.
 *
 * What a log cannot tell: mentions of two runs of one text that nothing else
 * shows count once; and a statement that failed before it STARTED (its
 * parameters were wrong), directly behind another of its text that STARTED
 * but whose end is not logged, is taken for that one's failure.
 */

#include "scan/statement.h"

enum pgsign {
	PGSIGN_STARTED,
	PGSIGN_TIMED,
	PGSIGN_ENDED, /* the statement's text is empty */
	PGSIGN_PLANNED,
	PGSIGN_FAILED,
	PGSIGN_MENTIONED
};

struct pgonce;

/* What was found out; slices are valid only during the call. */
struct pgonce_sink {
	void *context;
	/* milliseconds are those of TIMED and PLANNED, 0 for STARTED, and
	 * negative where nothing was logged for its duration's sake */
	void (*count)(void *context, const struct statement *statement,
	    double milliseconds);
	void (*repeat)(void *context, struct slice lines);
};

/* The sink is copied. */
struct pgonce *pgonce_new(const struct pgonce_sink *sink);
void pgonce_free(struct pgonce *once);

/* One sign of a statement; the session is known by its name and the
 * statement's host. */
void pgonce_see(struct pgonce *once, struct slice session, enum pgsign sign,
    const struct statement *statement, double milliseconds);

/* Counts what still waits and forgets all. */
void pgonce_end(struct pgonce *once);

/*
 * What is remembered of the sessions, for another process to go on. save()
 * adds it to bytes: of each session its name, some 76 bytes for what was
 * counted, and whole the texts that wait; nothing of sessions of which only
 * errors are known, which do not count among the 100,000 any more then.
 * load() takes it off their front into one that is as new; false where they
 * are damaged, and then it can only be freed.
 */
void pgonce_save(const struct pgonce *once, struct buf *bytes);
bool pgonce_load(struct pgonce *once, struct slice *bytes);

#endif
