/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_script.h"

/* Steps that answer at times, and else let the request pass. */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "httpd.h"

/* --- Conditional requests. */

static bool
not_modified(struct script *script)
{
	script->reply->status = 304;
	return true;
}

static bool
step_etag(struct script *script)
{
	struct slice known = request_header(script->request, "If-None-Match");
	char tag[256];

	snprintf(tag, sizeof(tag), "\"%s\"", script_arg(script, 0));
	reply_header(script->reply, "ETag", tag);
	return slice_find(known, tag) != NULL && not_modified(script);
}

static bool
step_modified(struct script *script)
{
	struct slice since = request_header(script->request,
	    "If-Modified-Since");
	struct buf *headers = &script->reply->headers;
	size_t before = headers->len + strlen("Last-Modified: ");
	struct slice date;

	reply_date(script->reply, "Last-Modified",
	    (int64_t)script_number(script, 0));
	date = slice_trim(slice_from(buf_slice(headers), before));
	return slice_equal(since, date) && not_modified(script);
}

/* --- Limits. */

/* Whether one more request may pass. */
static bool
bucket_take(struct bucket *bucket, int64_t rate, int64_t burst, int64_t now)
{
	int64_t elapsed = now - bucket->last;
	int64_t excess = SECOND;

	if (!bucket->used) {
		*bucket = (struct bucket){ .last = now, .used = true };
		return true;
	}
	if (elapsed < 1000 * SECOND)
		excess += bucket->excess - elapsed * rate;
	else
		excess = 0;
	if (excess < 0)
		excess = 0;
	if (excess > burst * SECOND)
		return false;
	bucket->excess = excess;
	bucket->last = now;
	return true;
}

static bool
step_limit(struct script *script)
{
	const char *zone = script_option(script, OPTION_ZONE, NULL);
	struct buf key = { 0 };
	struct bucket *bucket;
	int64_t code = script_option_number(script, OPTION_STATUS, 429);

	if (zone != NULL)
		buf_add_str(&key, zone);
	else
		buf_add_format(&key, "%s/%s", script_arg(script, 0),
		    script_arg(script, 1));
	bucket = table_add(&script->world->buckets, buf_slice(&key), NULL);
	buf_release(&key);
	if (bucket_take(bucket, (int64_t)script_number(script, 0),
		(int64_t)script_number(script, 1), script->conn->arrived))
		return false;
	return script_error(script, (int)code, NULL);
}

/* A counter that all paths share which name one zone. */
static uint64_t *
zone_counter(const struct script *script, const char *name)
{
	struct buf key = { 0 };
	uint64_t *counter;

	buf_add_format(&key, "%s %llu %s", name,
	    (unsigned long long)script->world->refills,
	    script_option(script, OPTION_ZONE, script_arg(script, 0)));
	counter = world_counter(script->world, &key);
	buf_release(&key);
	return counter;
}

static bool
step_quota(struct script *script)
{
	uint64_t *used = zone_counter(script, "quota");
	uint64_t cost = (uint64_t)script_option_number(script, OPTION_COST, 1);

	if (*used + cost > script_number(script, 0))
		return script_error(script, 403, "quotaExceeded");
	*used += cost;
	return false;
}

static bool
step_atmost(struct script *script)
{
	struct conn *conn = script->conn;

	if (script->world->busy >= script_number(script, 0))
		return script_error(script, 429, NULL);
	if (!conn->busy)
		script->world->busy++;
	conn->busy = true;
	return false;
}

/* --- Who may ask. */

static bool
refuse(struct script *script, const char *challenge)
{
	reply_header(script->reply, "WWW-Authenticate", challenge);
	return script_error(script, 401, "authError");
}

static bool
has_bearer(const struct script *script, const char *token)
{
	struct slice field = request_header(script->request, "Authorization");

	return slice_starts(field, "Bearer ") &&
	    slice_is(slice_trim(slice_from(field, 7)), token);
}

static bool
step_auth(struct script *script)
{
	return !has_bearer(script, script_arg(script, 0)) &&
	    refuse(script, "Bearer");
}

static bool
step_basic(struct script *script)
{
	struct slice field = request_header(script->request, "Authorization");
	char credentials[256];

	snprintf(credentials, sizeof(credentials), "%s:%s",
	    script_arg(script, 0), script_arg(script, 1));
	return !basic_matches(field, credentials) &&
	    refuse(script, "Basic realm=\"httpd\"");
}

static bool
oauth_error(struct script *script, const char *error)
{
	script->reply->status = 400;
	buf_add_format(&script->reply->body, "{\"error\":\"%s\"}\n", error);
	return true;
}

static bool
step_token(struct script *script)
{
	struct world *world = script->world;
	struct buf form = { 0 };
	int64_t expires = script_option_number(script, OPTION_EXPIRES, 3600);
	struct slice grant;

	query_add(&form, script->request->body, "grant_type");
	buf_add_char(&form, ' ');
	query_add(&form, script->request->body, "refresh_token");
	grant = buf_slice(&form);
	if (!slice_starts(grant, "refresh_token ") || slice_ends(grant, " "))
		oauth_error(script, "invalid_request");
	else if (slice_starts(grant, "refresh_token revoked"))
		oauth_error(script, "invalid_grant");
	else
		script->reply->status = 200;
	buf_release(&form);
	if (script->reply->status != 200)
		return true;
	world->token_end = clock_now() + expires * SECOND;
	buf_add_format(&script->reply->body,
	    "{\"access_token\":\"t%llu\",\"token_type\":\"Bearer\","
	    "\"expires_in\":%lld}\n",
	    (unsigned long long)++world->tokens, (long long)expires);
	return true;
}

static bool
step_needtoken(struct script *script)
{
	struct world *world = script->world;
	char token[32];

	snprintf(token, sizeof(token), "t%llu",
	    (unsigned long long)world->tokens);
	return (clock_now() >= world->token_end ||
		   !has_bearer(script, token)) &&
	    refuse(script, "Bearer error=\"invalid_token\"");
}

const struct step steps_guards[] = {
	{ "atmost", 1, step_atmost },
	{ "auth", 1, step_auth },
	{ "basic", 2, step_basic },
	{ "etag", 1, step_etag },
	{ "limit", 2, step_limit },
	{ "modified", 1, step_modified },
	{ "needtoken", 0, step_needtoken },
	{ "quota", 1, step_quota },
	{ "token", 0, step_token },
	{ 0 },
};
