/* SPDX-License-Identifier: MIT */
#ifndef FETCH_STORE_LIMITS_H
#define FETCH_STORE_LIMITS_H

/*
 * The state of limits and the pauses of origins in a file: a job's own, or one
 * that several processes share. All but limits_paused_until() are called in a
 * transaction of the caller's, who commits before anything is sent.
 */

#include "base/db.h"
#include "fetch/store.h"

struct limits;

/* NULL with err set. db must outlive it. */
struct limits *limits_open(struct db *db, struct err *err);
void limits_free(struct limits *limits); /* NULL is allowed */

/* Forgets pauses that are over, and those that end later than far: they are
 * of a clock that was ahead. */
int limits_tidy(struct limits *limits, int64_t now, int64_t far,
    struct err *err) CHECKED;

/* Serves a STORE_GRANT of spec. */
int limits_grant(struct limits *limits, const struct rate_spec *spec,
    struct store_message *message, struct err *err) CHECKED;

/* A pause only ever gets longer. */
int limits_pause(struct limits *limits, const char *origin, int64_t until,
    struct err *err) CHECKED;

/* Until when origin is paused, as far as known; 0: never was. */
int limits_paused_until(struct limits *limits, const char *origin,
    int64_t *until, struct err *err) CHECKED;

#endif
