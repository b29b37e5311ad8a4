/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/hook.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "tap.h"

static const struct slice summary = SLICE("{\"job\":\"a\"}\n");

/* Runs a line of shell; 0, or -1 with err set. */
static int
run(const char *line, int64_t timeout, struct err *err)
{
	const char *const command[] = { "sh", "-c", line, NULL };

	return hook_run(command, "video-stats", 75, summary, timeout, err);
}

static void
gets_the_summary(void)
{
	struct err err = { "" };

	CHECK_INT(run("test \"$(cat)\" = '{\"job\":\"a\"}'", DURATION_M, &err),
	    0);
	CHECK_STR(err.text, "");
	CHECK_INT(run("exit 0", DURATION_M, &err), 0);
}

static void
gets_the_environment(void)
{
	struct err err = { "" };

	CHECK_INT(setenv("TALLYMAN_JOB", "old", 1), 0);
	CHECK_INT(setenv("OF_OURS", "here", 1), 0);
	CHECK_INT(run("test \"$TALLYMAN_JOB $TALLYMAN_STATUS $OF_OURS\" = "
		      "'video-stats 75 here'",
		      DURATION_M, &err),
	    0);
	CHECK_STR(err.text, "");
	CHECK_STR(getenv("TALLYMAN_JOB"), "old");
}

/* Its standard output is our standard error. */
static void
prints_to_standard_error(void)
{
	struct err err = { "" };
	char text[16] = "";
	int old = dup(STDERR_FILENO);
	int ends[2];

	if (!CHECK(old >= 0 && pipe(ends) == 0))
		return;
	CHECK(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
	CHECK_INT(run("echo said", DURATION_M, &err), 0);
	CHECK(dup2(old, STDERR_FILENO) == STDERR_FILENO);
	CHECK_INT(close(ends[1]), 0);
	CHECK_INT(read(ends[0], text, sizeof(text) - 1), 5);
	CHECK_STR(text, "said\n");
	CHECK_INT(close(ends[0]), 0);
	CHECK_INT(close(old), 0);
}

static void
tells_failures(void)
{
	const char *const nothing[] = { "/nowhere/hook", NULL };
	struct err err = { "" };

	CHECK_INT(run("exit 3", DURATION_M, &err), -1);
	CHECK_STR(err.text, "hook sh: exit status 3");
	CHECK_INT(hook_run(nothing, "a", 0, summary, DURATION_M, &err), -1);
	CHECK(strncmp(err.text, "hook /nowhere/hook: ", 20) == 0);
	CHECK(strstr(err.text, "No such file") != NULL);
}

static void
ends_in_time(void)
{
	struct err err = { "" };
	int64_t began = clock_now();

	CHECK_INT(run("sleep 60", 100 * DURATION_MS, &err), -1);
	CHECK(strncmp(err.text, "hook sh: ", 9) == 0);
	CHECK(clock_now() - began < 30 * DURATION_S);
}

static const struct tap_test tests[] = {
	{ "the summary is its standard input, which it need not read",
	    gets_the_summary },
	{ "it knows the job and the exit status, and our environment stays",
	    gets_the_environment },
	{ "what it prints goes to standard error", prints_to_standard_error },
	{ "a failure is told with the name of the command", tells_failures },
	{ "one that takes too long is killed", ends_in_time },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
