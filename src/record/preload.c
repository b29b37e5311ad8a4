/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/asked.h"
#include "record/caller.h"
#include "record/counts.h"
#include "record/ending.h"
#include "record/locate.h"
#include "record/module.h"
#include "record/prepared.h"
#include "record/recorder.h"
#include "record/wishes.h"

typedef void end_function(int status);

#pragma GCC visibility push(default)
void _exit(int status) __attribute__((noreturn));
void _Exit(int status) __attribute__((noreturn));
#pragma GCC visibility pop

/* The one preload of a process. */
static struct {
	pthread_once_t read;
	struct skip skip;
	struct recorder_settings settings;
	bool is_usable; /* the settings could be read */
	end_function *exit;
	pthread_once_t start;
	bool has_recorder;      /* set in start */
	struct locate *locate;  /* the flusher's; NULL at first */
	_Atomic(bool) locating; /* it is in there */
} preload = { .read = PTHREAD_ONCE_INIT, .start = PTHREAD_ONCE_INIT };

static struct located
locate(const struct counts_key *key)
{
	const struct counts_place *places = (const void *)key->site.ptr;
	struct located located;

	preload.locating = true;
	if (preload.locate == NULL)
		preload.locate = locate_new(&preload.skip);
	located = locate_site(preload.locate, places,
	    key->site.len / sizeof(*places));
	preload.locating = false;
	return located;
}

static void
resolve(struct sums *sums, const struct counts_key *key, struct slice revision,
    uint64_t n)
{
	struct located at;

	if (key->kind == COUNTS_NAMED) {
		recorder_resolve_named(sums, key, revision, n);
		return;
	}
	at = locate(key);
	sums_add(sums, at.file, at.line, at.function, key->operations, revision,
	    n);
}

static void
before_fork(void)
{
	locate_before_fork();
	prepared_before_fork();
	asked_before_fork();
	module_before_fork();
}

static void
after_fork_in_parent(void)
{
	module_after_fork();
	asked_after_fork();
	prepared_after_fork();
	locate_after_fork();
}

/* Where the parent's flusher was changing what it knows of places, the child
 * begins anew. */
static void
after_fork_in_child(void)
{
	after_fork_in_parent();
	if (preload.locating)
		preload.locate = NULL;
	preload.locating = false;
}

static void
start_recorder(void)
{
	preload.has_recorder = preload.is_usable &&
	    recorder_start(&preload.settings) == 0;
}

/* What the settings point to is the host's, which may overwrite it: some write
 * what they do over their own name. */
static bool
read_settings(void)
{
	struct recorder_settings *settings = &preload.settings;

	if (wishes_read(settings) != 0)
		return false;
	settings->ends = true;
	settings->resolver = resolve;
	settings->program = strdup(program_invocation_short_name);
	if (settings->revision == NULL)
		return settings->program != NULL;
	settings->revision = strdup(settings->revision);
	return settings->program != NULL && settings->revision != NULL;
}

/* The signal that asks for flushes would end a program that has not counted
 * yet. Those that end it are left alone until then: Python, for one, handles
 * SIGINT only where it finds nobody's handler at its start. */
static void
handle_early(void)
{
	const struct recorder_settings early = {
		.signal = preload.settings.signal,
	};

	ending_init(&early);
	preload.settings.signal = 0; /* the program may have one of its own */
}

static void
read_environment(void)
{
	bool has_skip = skip_init(&preload.skip, secure_getenv("TALLYMAN_SKIP"),
			    secure_getenv("TALLYMAN_OWN"),
			    secure_getenv("TALLYMAN_ROOT")) == 0;

	preload.exit = (end_function *)dlsym(RTLD_NEXT, "_exit");
	module_init(has_skip ? &preload.skip : NULL);
	caller_init(&preload.skip);
	preload.is_usable = has_skip && read_settings() &&
	    pthread_atfork(before_fork, after_fork_in_parent,
		after_fork_in_child) == 0;
	if (preload.is_usable)
		handle_early();
}

void
preload_init(void)
{
	(void)pthread_once(&preload.read, read_environment);
}

bool
preload_ready(void)
{
	if (counts_mine != NULL)
		return true;
	preload_init();
	(void)pthread_once(&preload.start, start_recorder);
	return preload.has_recorder && recorder_begin();
}

static __attribute__((constructor)) void
begin(void)
{
	preload_init();
}

static __attribute__((destructor)) void
end(void)
{
	if (preload.has_recorder)
		recorder_end();
}

/* Never returns. */
void
_exit(int status)
{
	end();
	if (preload.exit != NULL)
		preload.exit(status);
	for (;;)
		(void)syscall(SYS_exit_group, status);
}

void
_Exit(int status)
{
	_exit(status);
}
