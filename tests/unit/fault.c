/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/fault.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

#ifdef ENABLE_FAULTS

enum { LIVED = 42 };

/* A child passes a.b, c, a.b, and so on, with FAULT as told. Returns how often
 * it passed a.b before it was killed, or LIVED. */
static int
passes(const char *fault)
{
	int fds[2];
	int status;
	pid_t child;
	char byte = 0;
	int count = 0;

	scratch_need(pipe(fds) == 0, "pipe");
	child = fork();
	if (child == 0) {
		if (fault != NULL)
			(void)setenv("FAULT", fault, 1);
		else
			(void)unsetenv("FAULT");
		for (int i = 0; i < 5; i++) {
			fault_point("a.b");
			fault_point("c");
			if (write(fds[1], &byte, 1) != 1)
				_exit(1);
		}
		_exit(LIVED);
	}
	(void)close(fds[1]);
	while (read(fds[0], &byte, 1) == 1)
		count++;
	(void)close(fds[0]);
	(void)waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGKILL ? count : -1;
	return WEXITSTATUS(status);
}

static void
kills_in_time(void)
{
	CHECK_INT(passes("a.b:1"), 0);
	CHECK_INT(passes("a.b:3"), 2);
	CHECK_INT(passes("c:5"), 4);
}

static void
lets_others_live(void)
{
	CHECK_INT(passes(NULL), LIVED);
	CHECK_INT(passes(""), LIVED);
	CHECK_INT(passes("a.b:6"), LIVED);
	CHECK_INT(passes("a:1"), LIVED);
	CHECK_INT(passes("a.b.c:1"), LIVED);
	CHECK_INT(passes("a.b:"), LIVED);
	CHECK_INT(passes("a.b"), LIVED);
}

static void
lists_the_points(void)
{
	scratch_make();
	(void)setenv("FAULT_LIST", scratch_path("list"), 1);
	CHECK_INT(passes("a.b:2"), 1);
	(void)unsetenv("FAULT_LIST");
	CHECK_STR(scratch_read(scratch_path("list")), "a.b\nc\na.b\n");
	scratch_remove();
}

static const struct tap_test tests[] = {
	{ "the named point kills at the time asked for", kills_in_time },
	{ "what is not asked for changes nothing", lets_others_live },
	{ "FAULT_LIST has each point passed, the last one too",
	    lists_the_points },
	{ 0 },
};

#else

static void
has_no_points(void)
{
	fault_point("a.b");
	SKIP("configured without --enable-faults");
}

static const struct tap_test tests[] = {
	{ "the named point kills at the time asked for", has_no_points },
	{ 0 },
};

#endif

int
main(void)
{
	return tap_run(tests);
}
