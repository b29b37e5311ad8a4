/* SPDX-License-Identifier: MIT */
#ifndef FETCH_QUERY_H
#define FETCH_QUERY_H

/*
 * A jq expression of a job, compiled once (29 ms) and run on bodies, over
 * libjq. A query, and a value with all its queries, belong to one thread at a
 * time.
 *
 * libjq 1.6 keeps numbers as doubles, so integers beyond 2^53 - 1 reach it as
 * strings of their digits (json_add_safe_numbers). Expressions see no
 * environment ($ENV and env are empty) and read no files (import, include,
 * module, input, inputs and modulemeta are refused when compiling; ~/.jq is
 * not read). Their debug and stderr print nothing; halt ends the results, and
 * halt_error is error.
 *
 * Bodies are a stranger's, expressions are the job owner's: one that recurses
 * without end, or gathers all it can into an array, uses up time or memory,
 * which libjq answers by abort().
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct query;

/* NULL with err set ("not a jq expression: ..."), one line. Empties environ
 * while it compiles: no other thread may use the environment meanwhile. */
struct query *query_new(const char *expression, struct err *err);
/* The same for query_next_part(); takes twice the time. */
struct query *query_new_parts(const char *expression, struct err *err);
void query_free(struct query *query); /* NULL is allowed */

/* Its text. */
const char *query_text(const struct query *query);

/* The body that query_next() works on; NULL with err set when it is no JSON
 * (json_add_compact(), its depth included) or over 512 MiB. Parsed once for
 * several queries; may be freed while they run. */
struct query_value;
struct query_value *query_parse(struct slice body, struct err *err);
void query_value_free(struct query_value *value); /* NULL is allowed */

/*
 * Runs: query_start() on a value, which ends the run before, then query_next()
 * for each result. 1: a result, added to buf: a string as its characters, null
 * as nothing, another value as compact JSON; 0: no more; -1 with err set: the
 * expression failed on this body. After 1,000,000 results it fails. buf may be
 * NULL. *is_null (may be NULL) tells null from "".
 */
void query_start(struct query *query, const struct query_value *value);
int query_next(struct query *query, struct buf *buf, bool *is_null,
    struct err *err) CHECKED;

/* The same, each result as compact JSON, strings with their quotes. */
int query_next_json(struct query *query, struct buf *buf,
    struct err *err) CHECKED;

/*
 * The same of query_new_parts(), and where in the value the result lies: path
 * becomes what jq's path() gives (jsonindex.h). It becomes empty where the
 * result is no part of the value but made by the expression, and from then on
 * for all that follow.
 */
int query_next_part(struct query *query, struct buf *buf, struct buf *path,
    struct err *err) CHECKED;

/* Whether the first result is neither null nor false; no result is false. -1
 * with err set when it failed. */
int query_is_true(struct query *query, const struct query_value *value,
    struct err *err) CHECKED;

#endif
