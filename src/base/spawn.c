/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/spawn.h"

#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

/* What runs now; 0: a place that is free. More at once are not killed. */
static _Atomic(pid_t) running[16];

enum { PLACES = sizeof(running) / sizeof(running[0]) };

static void
remember(pid_t pid)
{
	for (size_t i = 0; i < PLACES; i++) {
		pid_t none = 0;

		if (atomic_compare_exchange_strong(&running[i], &none, pid))
			return;
	}
}

void
spawn_forget(pid_t pid)
{
	for (size_t i = 0; i < PLACES; i++) {
		pid_t one = pid;

		if (atomic_compare_exchange_strong(&running[i], &one, 0))
			return;
	}
}

void
spawn_kill_all(void)
{
	for (size_t i = 0; i < PLACES; i++) {
		pid_t pid = atomic_load(&running[i]);

		if (pid > 0)
			(void)kill(-pid, SIGKILL);
	}
}

/* A group of its own, and no signal blocked or ignored. */
static void
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t signals;

	(void)posix_spawnattr_setpgroup(attributes, 0);
	(void)sigemptyset(&signals);
	(void)posix_spawnattr_setsigmask(attributes, &signals);
	(void)sigfillset(&signals);
	(void)posix_spawnattr_setsigdefault(attributes, &signals);
	(void)posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF);
}

/* Arrays of strings that POSIX promises not to write to. */
static char *const *
as_arguments(const char *const *strings)
{
	union {
		const char *const *in;
		char *const *out;
	} array = { .in = strings };

	return array.out;
}

int
spawn_program(pid_t *pid, const char *const *argv,
    const char *const *environment, const int standard[3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all;
	sigset_t before;
	int error;

	(void)posix_spawnattr_init(&attributes);
	set_attributes(&attributes);
	(void)posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd < 3; fd++)
		(void)posix_spawn_file_actions_adddup2(&actions, standard[fd],
		    fd);
	(void)posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	/* A signal in between would leave it behind. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	error = posix_spawnp(pid, argv[0], &actions, &attributes,
	    as_arguments(argv), as_arguments(environment));
	if (error == 0)
		remember(*pid);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return error;
}
