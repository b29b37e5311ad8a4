/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/ending.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "record/recorder_inside.h"

static const int ends[] = { SIGTERM, SIGINT, SIGHUP };

static void
handle(int number, void (*handler)(int number))
{
	struct sigaction action = {
		.sa_handler = handler,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	};

	(void)sigfillset(&action.sa_mask);
	(void)sigaction(number, &action, NULL);
}

static bool
has_handler(int number, void (*handler)(int number))
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	    (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == handler;
}

/* A host's handler that calls the one it found wants the program to end: so the
 * raised signal must come back here, not to that handler again. */
static void
on_end(int number)
{
	int saved = errno;

	if (!has_handler(number, on_end))
		handle(number, on_end);
	if (!recorder_wake(number))
		ending_die(number);
	errno = saved;
}

static void
on_flush(int number)
{
	int saved = errno;

	(void)number;
	(void)recorder_wake(0);
	errno = saved;
}

void
ending_init(const struct recorder_settings *settings)
{
	for (size_t i = 0; settings->ends && i < 3; i++)
		if (has_handler(ends[i], SIG_DFL))
			handle(ends[i], on_end);
	if (settings->signal != 0)
		handle(settings->signal, on_flush);
}

void
ending_die(int number)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	if (has_handler(number, on_end))
		(void)sigaction(number, &action, NULL);
	(void)kill(getpid(), number);
}
