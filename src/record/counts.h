/* SPDX-License-Identifier: MIT */
#ifndef RECORD_COUNTS_H
#define RECORD_COUNTS_H

/*
 * What is counted, and how often. Each thread has a table of its own and adds
 * to it without a lock; one thread, the collector, reads all of them.
 *
 * A cell is a key and a count that only grows. Its owner is the one thread that
 * writes it, by a plain load and a relaxed store; the collector keeps beside it
 * how much of it was collected, and the difference is what is new: so no add is
 * lost, none is seen twice, and neither waits for the other. Cells never move
 * and are published with a release store; the index that finds them is the
 * owner's alone, and may be rebuilt while the collector reads.
 *
 * When a thread ends its table is handed, with all its cells, to the next
 * thread that begins. Memory is bounded by COUNTS_MOST cells in all and comes
 * from pages.h: what finds no room is counted as lost, no more. Not for signal
 * handlers: a count made in one while its thread counts is lost, and told; so
 * is all that follows on the thread when the handler leaves by longjmp(3).
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum {
	COUNTS_MOST = 1 << 18, /* cells in the whole process, of 256 bytes with
				  their texts; longer ones stand for several */
	COUNTS_LONGEST = 8192  /* bytes of a named site; longer: lost */
};

enum counts_kind {
	COUNTS_NAMED, /* site: file NUL function NUL line, in digits */
	COUNTS_PLACES /* site: struct counts_place[], the nearest first */
};

struct module;

/* A place in machine code: a return address, as the module it lies in
 * (record/module.h) and how far behind that module's base. */
struct counts_place {
	const struct module *module;
	uintptr_t offset;
};

struct counts_key {
	enum counts_kind kind;
	struct slice site;
	struct slice operations; /* "Kind.verb" NUL, once or more */
};

/* A thread's table. */
struct counts;

/* The calling thread's; NULL until counts_begin(), and again in a thread's last
 * moments and in a forked child. */
extern _Thread_local struct counts *counts_mine
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Sees to it that the calling thread has one. False when there is no memory:
 * what it would have counted is lost. */
bool counts_begin(void);

/* Adds to a key's cell of the calling thread, which must have a table. */
void counts_add(const struct counts_key *key, uint64_t n);

/*
 * The same for a named site and one operation, as C strings; function may be
 * empty. The quick way: what was counted under the same pointers before is
 * compared, not hashed.
 */
void counts_add_named(const char *file, unsigned line, const char *function,
    const char *operation, uint64_t n);

/*
 * The same for one place, whose operations are interned: the text behind a
 * pointer never changes. The quick way: a place and a pointer that came before
 * are neither hashed nor compared byte by byte.
 */
void counts_add_place(const struct counts_place *place, struct slice operations,
    uint64_t n);

/*
 * Memory that hangs on the calling thread's table, for one other module
 * (record/asked.h) to remember things in; all zero at first, and handed on with
 * the table. The size is always the same. NULL where there is none.
 */
void *counts_hang(size_t size);

/* Counts what could not be counted. From any thread, and from handlers. */
void counts_lose(uint64_t n);

/*
 * Hands every key that has news to take(), with how much. Where that returns
 * false the news stays for the next time, and the walk ends. One thread at a
 * time; keys are valid as long as the process.
 */
void counts_collect(bool (*take)(void *context, const struct counts_key *key,
			uint64_t n),
    void *context);

/* Whether there is something to collect or something was lost; a glance, for
 * any thread. */
bool counts_pending(void);

/* How much was lost since the last call. */
uint64_t counts_take_lost(void);

/*
 * Around fork(2), in the thread that forks. Between before and one of the
 * others no thread begins or ends its table. In the child nothing is pending:
 * what the parent had not yet collected is the parent's; its one thread begins
 * anew. Tables of the parent's other threads are left alone there, but still
 * count towards COUNTS_MOST.
 */
void counts_before_fork(void);
void counts_after_fork_in_parent(void);
void counts_after_fork_in_child(void);

#endif
