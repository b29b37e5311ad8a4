/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "httpd_script.h"

/* Steps for the test itself. */

#include "httpd.h"

static bool
done(struct script *script)
{
	script->reply->control = true;
	script->reply->status = 200;
	buf_add_str(&script->reply->body, "{}\n");
	return true;
}

static bool
step_mend(struct script *script)
{
	script->world->mended = true;
	return done(script);
}

static bool
step_break(struct script *script)
{
	script->world->mended = false;
	return done(script);
}

static bool
step_refill(struct script *script)
{
	script->world->refills++;
	return done(script);
}

static bool
step_expire(struct script *script)
{
	script->world->token_end = 0;
	return done(script);
}

static bool
step_seen(struct script *script)
{
	struct conn *conn = script->conn;

	conn->seen = script_number(script, 0);
	done(script);
	if (script->world->seen >= conn->seen)
		return true;
	TAILQ_INSERT_TAIL(&script->world->watchers, conn, watcher);
	conn->watching = true;
	script->reply->cut = CUT_ALL;
	script->reply->ending = ENDING_HANG;
	return true;
}

const struct step steps_control[] = {
	{ "break", 0, step_break },
	{ "expire", 0, step_expire },
	{ "mend", 0, step_mend },
	{ "refill", 0, step_refill },
	{ "seen", 1, step_seen },
	{ 0 },
};
