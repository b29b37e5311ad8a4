/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fetch/origin.h"
#include "fetch/runner.h"
#include "fetch/tokenfile.h"

/* No token can be had any more: nothing can be fetched. */
static void
no_token(struct runner *runner, const char *why)
{
	struct err err;

	auth_give_up(runner->auth, why);
	(void)err_set(&err, "auth: %s", why);
	runner_trouble(runner, &err);
}

static void
ask_for_token(struct runner *runner, int64_t now)
{
	struct task *task = task_new(TASK_TOKEN, NULL, 0, NULL, 0);
	char origin[ORIGIN_MAX];
	struct err err;

	if (exchange_prepare(runner->exchanger, task, origin, &err) != 0) {
		no_token(runner, err.text);
		exchange_free(task->exchange);
		task_free(task);
		return;
	}
	task->host = gate_host(runner->gate, origin, now);
	plan_add(runner->plan, task);
}

bool
runner_has_token(struct runner *runner, int64_t now)
{
	struct err err;

	switch (auth_need(runner->auth, now)) {
	case AUTH_READY:
		return true;
	case AUTH_REQUEST:
		if (!runner->stopping)
			ask_for_token(runner, now);
		return false;
	case AUTH_RUN:
		if (auth_run(runner->auth, now, &err) == 0)
			return true;
		no_token(runner, err.text);
		return false;
	case AUTH_WAIT:
		return false;
	case AUTH_FAILED:
		if (!runner->in_trouble)
			no_token(runner, auth_reason(runner->auth));
		return false;
	}
	return false;
}

/* Asks again, after a wait; the auth still counts it as under way. */
static void
ask_again(struct runner *runner, struct task *task, int64_t due, int64_t now)
{
	char origin[ORIGIN_MAX];
	struct err err;

	auth_not_answered(runner->auth);
	task->due = due;
	if (exchange_prepare(runner->exchanger, task, origin, &err) == 0)
		task->host = gate_host(runner->gate, origin, now);
	plan_add(runner->plan, task);
}

/* Where a refresh token is kept that the server gave in place of the job's. */
static char *
token_path(const struct runner *runner)
{
	return xasprintf("%s.token", runner->options->path);
}

int
runner_load_token(struct runner *runner, struct err *err)
{
	const char *old = runner->job->auth.refresh_token;
	struct buf token = { 0 };
	char *path;
	int status;

	if (runner->job->auth.kind != AUTH_OAUTH2)
		return 0;
	path = token_path(runner);
	status = tokenfile_load(path, old, &token, err);
	if (status == 1)
		auth_set_refresh_token(runner->auth, buf_slice(&token));
	tokenfile_wipe(&token);
	free(path);
	return status < 0 ? -1 : 0;
}

/* The old one may be void from now on, so the new one must not be lost. */
static int
keep_refresh_token(struct runner *runner, struct err *err)
{
	const char *old = runner->job->auth.refresh_token;
	const char *token = auth_refresh_token(runner->auth);
	char *path;
	int status;

	if (strcmp(token, old) == 0)
		return 0;
	path = token_path(runner);
	status = tokenfile_save(path, old, token, err);
	free(path);
	return status;
}

void
runner_token_answered(struct runner *runner, struct task *task,
    const struct http_reply *reply, const struct outcome_result *result,
    const struct verdict *verdict, int64_t now)
{
	struct err err;

	switch (verdict->word) {
	case VERDICT_DONE:
		if (auth_answered(runner->auth, reply->status,
			buf_slice(&reply->body), now, &err) != 0 ||
		    keep_refresh_token(runner, &err) != 0)
			no_token(runner, err.text);
		break;
	case VERDICT_RETRY:
		task->failed++;
		ask_again(runner, task, verdict->due, now);
		return;
	case VERDICT_AGAIN:
		ask_again(runner, task, 0, now);
		return;
	case VERDICT_GONE:
	case VERDICT_FAILED:
	case VERDICT_DEFER:
	case VERDICT_RENEW:
	case VERDICT_SPLIT:
		no_token(runner, result->cause);
		break;
	}
	exchange_free(task->exchange);
	task_free(task);
}
