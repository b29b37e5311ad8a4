/* SPDX-License-Identifier: MIT */
#ifndef MODEL_DAYS_INSIDE_H
#define MODEL_DAYS_INSIDE_H

/*
 * What the files days*.c share: the tables are told in days.c.
 */

#include "model/days.h"

/* Statements that are kept once they were needed. */
enum days_query {
	DAYS_META_READ,
	DAYS_META_ADD,
	DAYS_META_WRITE,
	DAYS_PARTS,
	DAYS_PART_READ,
	DAYS_PART_ADD,
	DAYS_PART_DROP,
	DAYS_ENDS_DROP,
	DAYS_MERGE_READ,
	DAYS_MERGE_DROP,
	DAYS_INPUT_ADD,
	DAYS_INPUT_SET,
	DAYS_INPUTS_AT,
	DAYS_INPUTS_LIKE,
	DAYS_INPUT_LENGTHS,
	DAYS_INPUTS,
	DAYS_FORGET_COUNT,
	DAYS_FORGET,
	DAYS_FORGET_INPUTS,
	DAYS_FREE_PAGES,
	DAYS_CHECK,
	DAYS_QUERIES
};

struct days {
	char *path;
	enum db_mode mode;
	struct db *db;
	struct db_query *queries[DAYS_QUERIES];
};

/* A statement, which is prepared the first time. NULL with err set. */
struct db_query *days_query(struct days *days, enum days_query which,
    const char *sql, struct err *err);

/* Sets a text parameter that is never NULL. */
void days_set_text(struct db_query *query, int parameter, struct slice text);

/* Numbers that the tables cannot hold stay at the largest they can. */
int64_t days_capped(uint64_t number);

/* A row of meta is written, or changed. */
int days_meta_write(struct days *days, const char *name, struct slice value,
    struct err *err) CHECKED;

#endif
