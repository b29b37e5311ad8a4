/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/store_limits.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/fault.h"
#include "fetch/store_file.h"

enum query { READ_STATE, WRITE_STATE, PAUSE, PAUSED, TIDY, QUERY_COUNT };

static const char *const sql[QUERY_COUNT] = {
	[READ_STATE] = "SELECT tat, day, used FROM limit_state WHERE name = ?1",
	[WRITE_STATE] = "INSERT INTO limit_state (name, tat, day, used)"
			" VALUES (?1, ?2, ?3, ?4)"
			" ON CONFLICT (name) DO UPDATE"
			" SET tat = ?2, day = ?3, used = ?4",
	[PAUSE] = "INSERT INTO pause (origin, until) VALUES (?1, ?2)"
		  " ON CONFLICT (origin) DO UPDATE"
		  " SET until = ?2 WHERE until < ?2",
	[PAUSED] = "SELECT until FROM pause WHERE origin = ?1",
	[TIDY] = "DELETE FROM pause WHERE until <= ?1 OR until > ?2",
};

struct limits {
	struct db_query *queries[QUERY_COUNT];
};

struct limits *
limits_open(struct db *db, struct err *err)
{
	struct limits *limits = xcalloc(1, sizeof(*limits));

	if (queries_prepare(db, sql, QUERY_COUNT, limits->queries, err) == 0)
		return limits;
	limits_free(limits);
	return NULL;
}

void
limits_free(struct limits *limits)
{
	if (limits == NULL)
		return;
	queries_free(limits->queries, QUERY_COUNT);
	free(limits);
}

int
limits_tidy(struct limits *limits, int64_t now, int64_t far, struct err *err)
{
	db_set_int(limits->queries[TIDY], 1, now);
	db_set_int(limits->queries[TIDY], 2, far);
	return db_run(limits->queries[TIDY], err);
}

/* What spec counts and per what. The caller frees it. */
static char *
name_of(const struct rate_spec *spec)
{
	const char *what = spec->units ? "units" : "requests";

	if (spec->kind == RATE_DAY)
		return xasprintf("%s/day/%s", what,
		    spec->zone_name == NULL ? "" : spec->zone_name);
	return xasprintf("%s/%" PRId64, what, spec->per);
}

static int
read_state(struct db_query *query, const char *name, struct rate_state *state,
    struct err *err)
{
	int status;

	*state = (struct rate_state){ 0 };
	db_set_text(query, 1, slice_str(name));
	status = db_step(query, err);
	if (status < 0)
		return -1;
	if (status == 1) {
		state->tat = db_int(query, 0);
		state->day = db_int(query, 1);
		state->used = db_int(query, 2);
	}
	db_reset(query);
	return 0;
}

static int
write_state(struct db_query *query, const char *name,
    const struct rate_state *state, struct err *err)
{
	db_set_text(query, 1, slice_str(name));
	db_set_int(query, 2, state->tat);
	db_set_int(query, 3, state->day);
	db_set_int(query, 4, state->used);
	return db_run(query, err);
}

static void
decide(const struct rate_spec *spec, struct rate_state *state,
    struct store_message *message)
{
	struct rate grant = { 0 };

	if (message->needed == 0 && message->wanted == 0)
		rate_return(spec, state, &message->rate, message->now);
	else
		(void)rate_grant(spec, state, message->needed, message->wanted,
		    message->now, &grant); /* a refusal is a reply too */
	message->rate = grant;
}

int
limits_grant(struct limits *limits, const struct rate_spec *spec,
    struct store_message *message, struct err *err)
{
	char *name = name_of(spec);
	struct rate_state state;
	int status = -1;

	fault_point("store.grant.before");
	if (read_state(limits->queries[READ_STATE], name, &state, err) != 0)
		goto out;
	decide(spec, &state, message);
	status = write_state(limits->queries[WRITE_STATE], name, &state, err);
	if (status == 0 && message->origin != NULL)
		status = limits_paused_until(limits, message->origin,
		    &message->until, err);
	fault_point("store.grant.after");
out:
	free(name);
	return status;
}

int
limits_pause(struct limits *limits, const char *origin, int64_t until,
    struct err *err)
{
	struct db_query *query = limits->queries[PAUSE];

	db_set_text(query, 1, slice_str(origin));
	db_set_int(query, 2, until);
	return db_run(query, err);
}

int
limits_paused_until(struct limits *limits, const char *origin, int64_t *until,
    struct err *err)
{
	struct db_query *query = limits->queries[PAUSED];
	int status;

	db_set_text(query, 1, slice_str(origin));
	status = db_step(query, err);
	if (status < 0)
		return -1;
	*until = status == 1 ? db_int(query, 0) : 0;
	db_reset(query);
	return 0;
}
