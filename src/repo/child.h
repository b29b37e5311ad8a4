/* SPDX-License-Identifier: MIT */
#ifndef REPO_CHILD_H
#define REPO_CHILD_H

/*
 * A program that runs beside us: we read what it prints, and keep the first of
 * what it says on its standard error. It is in a process group of its own,
 * which is killed where it does not end by itself; it has no descriptors of
 * ours but its standard ones, and at most CHILD_MEMORY_MAX bytes of memory (of
 * its own: files that it maps are not counted).
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

#define CHILD_MEMORY_MAX ((size_t)1 << 30)

struct child {
	pid_t pid;       /* 0: none */
	int ended;       /* readable once it has */
	int output;      /* what it prints comes here; -1: nothing more does */
	int errors;      /* the same, of its standard error */
	int64_t silence; /* so long it may say nothing, in nanoseconds */
	struct buf
	    words; /* what it said on its standard error: a start of it */
};

/*
 * Starts it. argv[0] is looked for in PATH; argv and environment end with NULL.
 * It reads from input, a descriptor that stays the caller's. Returns 0, or -1
 * with err set; then there is nothing to end.
 */
int child_start(struct child *child, const char *const *argv,
    const char *const *environment, int input, int64_t silence,
    struct err *err) CHECKED;

/*
 * Waits for what it prints, and reads up to room bytes of it. Returns how many;
 * 0 once it has ended and all is read; -1 with err set, also when it was silent
 * for too long ("says nothing for 2m").
 */
ssize_t child_read(struct child *child, char *into, size_t room,
    struct err *err) CHECKED;

/* Kills it, if it runs still, and forgets it and what it said. Nothing happens
 * where there is none. */
void child_kill(struct child *child);

/* Of one of which child_read() returned 0: returns 0 if it exited with 0, else
 * -1 with err set to the first line that it said, or else to how it ended.
 * Forgets it. */
int child_end(struct child *child, struct err *err) CHECKED;

#endif
