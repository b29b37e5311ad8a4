/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/tallyman.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

#include "tap.h"

/*
 * The library is for a whole process, so each test is a child of its own, whose
 * lines come through a pipe.
 */
struct ran {
	int status;
	struct buf lines;
};

static int pipe_end; /* of the child */

static int
write_to_pipe(void *context, const char *lines, size_t size)
{
	(void)context;
	return write(pipe_end, lines, size) < 0 ? errno : 0;
}

static const struct tallyman_options to_pipe = {
	.size = sizeof(to_pipe),
	.sink = write_to_pipe,
};

static struct ran
run_program(void (*program)(void))
{
	struct ran ran = { 0 };
	int ends[2];
	ssize_t n = 1;
	pid_t pid;

	CHECK_INT(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		pipe_end = ends[1];
		(void)close(ends[0]);
		program();
		exit(tap.failed);
	}
	(void)close(ends[1]);
	while (n > 0) {
		n = read(ends[0], buf_reserve(&ran.lines, 4096), 4096);
		ran.lines.len += n > 0 ? (size_t)n : 0;
	}
	(void)close(ends[0]);
	CHECK_INT(waitpid(pid, &ran.status, 0), pid);
	return ran;
}

/* Whether some of the lines ends so. */
static void
check_program(void (*program)(void), const char *want)
{
	struct ran ran = run_program(program);

	buf_add_char(&ran.lines, '\0');
	CHECK_INT(ran.status, 0);
	if (!CHECK(strstr(ran.lines.ptr, want) != NULL))
		printf("# %s# wanted: %s\n", ran.lines.ptr, want);
	buf_release(&ran.lines);
}

enum { COUNTED_AT = __LINE__ + 7 }; /* the line of the first count */

static void
count_here(void)
{
	CHECK_INT(tallyman_start(&to_pipe), 0);
	for (int i = 0; i < 3; i++)
		TALLYMAN_COUNT_N("UserData.put", 10);
	TALLYMAN_COUNT("UserData.get");
}

static void
counts_lines(void)
{
	char want[128];

	(void)snprintf(want, sizeof(want),
	    ": 30: %s:%d in count_here -- UserData.put\n", __FILE__,
	    COUNTED_AT);
	check_program(count_here, want);
	(void)snprintf(want, sizeof(want),
	    ": 1: %s:%d in count_here -- UserData.get\n", __FILE__,
	    COUNTED_AT + 1);
	check_program(count_here, want);
}

static void
count_what_cannot_be(void)
{
	CHECK_INT(tallyman_start(&to_pipe), 0);
	errno = ENOTTY;
	tallyman_count(NULL, "a.c", 1, "f", 1);
	tallyman_count("User.get", NULL, 1, "f", 2);
	tallyman_count("User.get", "", 1, "f", 4);
	tallyman_count("User", "a.c", 1, "f", 8);
	tallyman_count("User.get", "a.c", 1, NULL, 16);
	CHECK_INT(errno, ENOTTY);
	CHECK_INT(tallyman_flush(), 0);
}

static void
loses_what_cannot_be(void)
{
	check_program(count_what_cannot_be, ": 15: (lost):0 -- ");
	check_program(count_what_cannot_be, ": 16: a.c:1 -- User.get\n");
}

static void
start_wrongly(void)
{
	struct tallyman_options options = to_pipe;

	CHECK_INT(tallyman_flush(), 0);
	options.size--;
	CHECK_INT(tallyman_start(&options), -1);
	CHECK_INT(errno, EINVAL);
	options = to_pipe;
	options.flush_signal = SIGKILL;
	CHECK_INT(tallyman_start(&options), -1);
	CHECK_INT(errno, EINVAL);
	CHECK_INT(tallyman_start(NULL), -1);
	CHECK_INT(errno, EINVAL);
	CHECK_INT(tallyman_start(&to_pipe), 0);
	CHECK_INT(tallyman_start(&to_pipe), -1);
	CHECK_INT(errno, EALREADY);
	tallyman_count("User.get", "a.c", 1, "f", 1);
}

static void
starts_once(void)
{
	check_program(start_wrongly, ": 1: a.c:1 in f -- User.get\n");
}

static int
fail(void *context, const char *lines, size_t size)
{
	(void)lines;
	(void)size;
	return *(int *)context;
}

static void
fail_to_flush(void)
{
	int error = EIO;
	struct tallyman_options options = to_pipe;

	options.sink = fail;
	options.context = &error;
	CHECK_INT(tallyman_start(&options), 0);
	tallyman_count("User.get", "a.c", 1, "f", 1);
	CHECK_INT(tallyman_flush(), -1);
	CHECK_INT(errno, EIO);
	error = 0;
	CHECK_INT(tallyman_flush(), 0);
}

static void
says_what_the_sink_says(void)
{
	check_program(fail_to_flush, "");
}

static void
count_as_wished(void)
{
	CHECK_INT(dup2(pipe_end, STDERR_FILENO), STDERR_FILENO);
	CHECK_INT(setenv("TALLYMAN_REVISION", "r1", 1), 0);
	CHECK_INT(unsetenv("TALLYMAN_LOG"), 0);
	tallyman_count("User.get", "a.c", 1, "f", 1);
	CHECK_INT(tallyman_start(&to_pipe), -1);
	CHECK_INT(errno, EALREADY);
}

static void
starts_by_itself(void)
{
	check_program(count_as_wished,
	    ": 1: a.c:1 in f -- User.get [revision r1]\n");
}

static void
choose_log(void)
{
	struct tallyman_options options = {
		.size = sizeof(options),
		.log = "stderr",
		.revision = "r2",
		.interval_ms = UINT64_MAX,
	};

	CHECK_INT(dup2(pipe_end, STDERR_FILENO), STDERR_FILENO);
	CHECK_INT(setenv("TALLYMAN_LOG", "/dev/full", 1), 0);
	CHECK_INT(setenv("TALLYMAN_REVISION", "r1", 1), 0);
	CHECK_INT(tallyman_start(&options), 0);
	tallyman_count("User.get", "a.c", 1, "f", 1);
}

static void
prefers_options(void)
{
	check_program(choose_log,
	    ": 1: a.c:1 in f -- User.get [revision r2]\n");
}

static const struct tap_test tests[] = {
	{ "a line is counted, and written at exit", counts_lines },
	{ "what can't be counted is lost", loses_what_cannot_be },
	{ "it is started once, with options that can be", starts_once },
	{ "a flush says what the sink says", says_what_the_sink_says },
	{ "it starts by itself, as the environment says", starts_by_itself },
	{ "options come before the environment", prefers_options },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
