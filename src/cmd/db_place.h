/* SPDX-License-Identifier: MIT */
#ifndef CMD_DB_PLACE_H
#define CMD_DB_PLACE_H

/*
 * What the subcommands of `tallyman db`, and `tallyman scan --from-store`, have
 * in common: where the store is, and which of its days are meant.
 */

#include "base/err.h"
#include "base/opt.h"
#include "model/days.h"
#include "scan/dayname.h"

/* The options that all share: a const char *, --db. */
extern const struct opt db_place_options[];

/* Opens the store to read; db is --db, or NULL. NULL with err set. */
struct days *db_place_open(const char *db, struct err *err);

/* Which day it is: in the zone of the store, else in the local one. */
int db_place_today(struct days *days, char today[DAYNAME_SIZE],
    struct err *err) CHECKED;

/* Reads DAY or DAY..DAY; "today" as above. */
int db_place_range(struct days *days, const char *text, struct dayrange *range,
    struct err *err) CHECKED;

#endif
