/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_answers.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "fetch/store_file.h"

enum query { PUT, RENEW, DROP, QUERY_COUNT };

static const char *const sql[QUERY_COUNT] = {
	/* (INSERT OR REPLACE would keep a journal of the statement.) */
	[PUT] = "INSERT INTO answer (item, received, expires, stale_until,"
		" etag, modified, type, status, body)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		" ON CONFLICT (item) DO UPDATE SET received = ?2, expires = ?3,"
		" stale_until = ?4, etag = ?5, modified = ?6, type = ?7,"
		" status = ?8, body = ?9",
	/* A header that the 304 does not have is as it was. */
	[RENEW] = "UPDATE answer SET received = ?2, expires = ?3,"
		  " stale_until = ?4, etag = ifnull(?5, etag),"
		  " modified = ifnull(?6, modified), type = ifnull(?7, type)"
		  " WHERE item = ?1",
	[DROP] = "DELETE FROM answer WHERE item = ?1",
};

struct answers {
	struct db_query *queries[QUERY_COUNT];
};

struct answers *
answers_open(struct db *db, struct err *err)
{
	struct answers *answers = xcalloc(1, sizeof(*answers));

	if (queries_prepare(db, sql, QUERY_COUNT, answers->queries, err) == 0)
		return answers;
	answers_free(answers);
	return NULL;
}

void
answers_free(struct answers *answers)
{
	if (answers == NULL)
		return;
	queries_free(answers->queries, QUERY_COUNT);
	free(answers);
}

/* An absent header is NULL. */
static void
set_header(struct db_query *query, int parameter, struct slice text)
{
	if (text.len > 0)
		db_set_text(query, parameter, text);
	else
		db_set_null(query, parameter);
}

/* What PUT and RENEW have in common. */
static void
set_fields(struct db_query *query, int64_t row,
    const struct store_answer *answer)
{
	db_set_int(query, 1, row);
	db_set_int(query, 2, answer->received);
	db_set_int(query, 3, answer->expires);
	db_set_int(query, 4, answer->stale_until);
	set_header(query, 5, answer->etag);
	set_header(query, 6, answer->modified);
	set_header(query, 7, answer->type);
}

/* An empty body is one, too: not NULL. */
static void
set_body(struct db_query *query, const struct store_answer *answer)
{
	static const struct slice empty = SLICE("");

	db_set_int(query, 8, answer->status);
	db_set_blob(query, 9, answer->body.len > 0 ? answer->body : empty);
}

int
answers_put(struct answers *answers, int64_t row,
    const struct store_answer *answer, struct err *err)
{
	struct db_query *query = NULL;

	switch (answer->kind) {
	case ANSWER_NONE:
		return 0;
	case ANSWER_NEW:
		query = answers->queries[PUT];
		set_fields(query, row, answer);
		set_body(query, answer);
		break;
	case ANSWER_RENEWED:
		query = answers->queries[RENEW];
		set_fields(query, row, answer);
		break;
	case ANSWER_DROPPED:
		query = answers->queries[DROP];
		db_set_int(query, 1, row);
		break;
	}
	return db_run(query, err);
}
