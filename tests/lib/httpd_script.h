/* SPDX-License-Identifier: MIT */
#ifndef HTTPD_SCRIPT_H
#define HTTPD_SCRIPT_H

/*
 * Executes a path, step by step. A step is a function in one of the tables
 * below; it sees its arguments and options through struct script.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "httpd_conn.h"

enum step_option {
	OPTION_TIMES,
	OPTION_AFTER,
	OPTION_RETRY_AFTER,
	OPTION_RETRY_DATE,
	OPTION_REASON,
	OPTION_SIZE,
	OPTION_BODY,
	OPTION_TYPE,
	OPTION_STATUS,
	OPTION_ZONE,
	OPTION_COST,
	OPTION_EXPIRES,
	OPTION_MS,
	OPTION_BYTES,
	OPTION_PREFIX,
	OPTION_CYCLE,
	OPTION_NEXT,
	OPTION_BROKEN,
	OPTION_BREAKS,
	OPTION_EACH,
	OPTION_COUNT
};

enum { ARGS_MAX = 3 };

/* A request on its way through its path. */
struct script {
	struct conn *conn;
	struct world *world;
	const struct request *request;
	struct reply *reply;
	struct slice rest;         /* of the path, behind this step */
	size_t at;                 /* where this step begins in the path */
	struct buf args[ARGS_MAX]; /* decoded, with a NUL behind them */
	struct buf options[OPTION_COUNT]; /* the same; empty: not given */
};

/* Executes conn->request, filling conn->reply. */
void script_run(struct conn *conn);

/* An argument as text, and as a number (0 where it is none). */
const char *script_arg(const struct script *script, unsigned n);
uint64_t script_number(const struct script *script, unsigned n);

/* An option, or what it is when it was not given. */
const char *script_option(const struct script *script, enum step_option option,
    const char *missing);
int64_t script_option_number(const struct script *script,
    enum step_option option, int64_t missing);

/* How often this path has come to this step and this name before. */
uint64_t *script_counter(const struct script *script, const char *name);

/* Answers with an error and with what the step's options add to one. */
bool script_error(struct script *script, int code, const char *reason);

/* Answers as the step ok does: with the last segment of the path. */
bool script_ok(struct script *script);

/* The last segment of the path, decoded; the caller releases it. */
struct buf script_key(const struct script *script);

struct step {
	const char *name;
	unsigned args;
	bool (*run)(struct script *script); /* true: has answered */
};

/* All there are, each table ending with a NULL name. */
extern const struct step steps_answers[];
extern const struct step steps_changes[];
extern const struct step steps_control[];
extern const struct step steps_guards[];
extern const struct step steps_pages[];

#endif
