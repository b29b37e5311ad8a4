/* SPDX-License-Identifier: MIT */
#ifndef CMD_FETCH_PLACE_H
#define CMD_FETCH_PLACE_H

/*
 * Where a job's store lies:
 *
 *	STORE/fetch/NAME.db       the file of job NAME
 *	STORE/fetch/NAME.db.lock  whose lock its run holds
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/opt.h"
#include "fetch/archive.h"

/* The options that all subcommands share: a const char *, --db. */
extern const struct opt fetch_shared_options[];

struct fetch_place {
	char *name;   /* the job's */
	char *store;  /* the folder: --db, or where it is by default */
	char *folder; /* STORE/fetch */
	char *file;
	char *lock;
};

/* The place of the job of this name. db is --db, or NULL. -1 with err set. */
int fetch_place_init(struct fetch_place *place, const char *db,
    const char *name, struct err *err) CHECKED;

/* The same of a job as it is given on the command line: a name, or a path (with
 * "/", or that ends in ".json"). The file is asked for its name and not read
 * further, so that none of its secrets is needed. */
int fetch_place_find(struct fetch_place *place, const char *db, const char *job,
    struct err *err) CHECKED;

/* Also where there is none: { 0 }. */
void fetch_place_release(struct fetch_place *place);

/* Makes the folder, and takes the lock, as folder_lock() has it. */
int fetch_place_lock(const struct fetch_place *place, int64_t wait,
    struct err *err) CHECKED;

/* Opens the job's store for reading. NULL with err set; where there is none,
 * the nearest job that has one is named. */
struct archive *fetch_place_open(const struct fetch_place *place,
    struct err *err);

/* The names of the jobs that have a store, sorted; none where there is no such
 * folder. db is --db. Freed by fetch_jobs_release(). */
struct fetch_jobs {
	char **names;
	size_t count;
	size_t room;
};

int fetch_jobs_list(struct fetch_jobs *jobs, const char *db,
    struct err *err) CHECKED;
void fetch_jobs_release(struct fetch_jobs *jobs);

#endif
