/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/common.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/output.h"
#include "base/spawn.h"

/* Each is opened the wrong way round, so that using it fails as it would had
 * it stayed closed. */
static void
open_standard_fds(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode) != fd)
			_exit(2);
	}
}

/* Runs with the action already back at its default (SA_RESETHAND). */
static void
end(int number)
{
	spawn_kill_all();
	output_discard_all();
	(void)raise(number);
}

static void
handle(int number)
{
	struct sigaction action = { .sa_flags = SA_RESETHAND };
	struct sigaction old;

	action.sa_handler = end;
	(void)sigemptyset(&action.sa_mask);
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN &&
	    number != SIGPIPE)
		return;
	(void)sigaction(number, &action, NULL);
}

void
command_init(const char *name)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };

	msg_init(name);
	open_standard_fds();
	/* Where our parent had it ignored, nobody would be told how programs
	 * that we start end. */
	(void)signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		handle(numbers[i]);
}

int
command_wait(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	int64_t *wait = place;

	if (argument != NULL)
		return opt_duration(opt, argument, place, err);
	*wait = -1;
	return 0;
}

bool
command_use_color(const struct opt_common *common, const struct output *output)
{
	if (common->color == COLOR_AUTO && !output_is_terminal(output))
		return false;
	return opt_use_color(common, STDOUT_FILENO);
}
