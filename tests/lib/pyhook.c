/* SPDX-License-Identifier: MIT */
#include "config.h"

/*
 * A shared object that a Python program loads by ctypes, which lets go of the
 * interpreter lock during a call, as drivers do: tests/cmd/python-frames.t asks
 * through it who called.
 */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "record/pywalk.h"
#include "record/python.h"
#include "record/pytrust.h"
#include "record/skip.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT size_t pyhook_caller(char *room, size_t size);
EXPORT int pyhook_same(void);
EXPORT size_t pyhook_foreign(void);
EXPORT void pyhook_fail(void *exception);
EXPORT int pyhook_spoiled(int by);
EXPORT double pyhook_statement(const char *way, long pause);

static struct skip skip;

static __attribute__((constructor)) void
start(void)
{
	if (skip_init(&skip, NULL, NULL, NULL) != 0)
		perror("pyhook");
}

/* The caller's site; size_t's greatest where errno was touched. */
EXPORT size_t
pyhook_caller(char *room, size_t size)
{
	size_t len;

	errno = EXDEV;
	len = python_caller(&skip, room, size);
	return errno == EXDEV ? len : SIZE_MAX;
}

static bool
same_text(const struct pywalk *a, const struct pywalk *b,
    enum pywalk_text which)
{
	char one[4096];
	char other[4096];

	return slice_equal(a->way->text(a, which, one, sizeof(one)),
	    b->way->text(b, which, other, sizeof(other)));
}

/* How many frames both ways of walking see alike; below 0: so many, and then
 * one that they do not. */
EXPORT int
pyhook_same(void)
{
	struct pyapi room;
	const struct pyapi *api = pyapi_get(&room);
	void *thread = api->PyGILState_GetThisThreadState();
	struct pywalk read = { .way = &pyread_way, .api = api };
	struct pywalk asked = { .way = &pyask_way, .api = api };
	bool more = asked.way->begin(&asked, thread);
	bool same = read.way->begin(&read, thread) == more;
	int count = 0;

	while (same && more) {
		same = read.code == asked.code &&
		    read.way->line(&read) == asked.way->line(&asked) &&
		    same_text(&read, &asked, PYWALK_FILE) &&
		    same_text(&read, &asked, PYWALK_FUNCTION);
		count += same ? 1 : 0;
		more = asked.way->next(&asked);
		same = same && read.way->next(&read) == more;
	}
	asked.way->end(&asked);
	return same ? count : -1 - count;
}

static void *
ask_here(void *told)
{
	char room[256];

	*(size_t *)told = python_caller(&skip, room, sizeof(room));
	return NULL;
}

/* What is told in a thread that Python does not know. */
EXPORT size_t
pyhook_foreign(void)
{
	size_t told = SIZE_MAX;
	pthread_t thread;

	if (pthread_create(&thread, NULL, ask_here, &told) == 0)
		(void)pthread_join(thread, NULL);
	return told;
}

/* Raises an exception, with the interpreter lock held, and asks what there is
 * and what there is not. */
EXPORT void
pyhook_fail(void *exception)
{
	struct pyapi found;
	struct pywalk walk = { .way = &pyask_way, .api = pyapi_get(&found) };
	void *thread = walk.api->PyGILState_GetThisThreadState();
	void *raise = dlsym(RTLD_DEFAULT, "PyErr_SetNone");
	void (*set_none)(void *exception);

	memcpy(&set_none, &raise, sizeof(raise));
	set_none(exception);
	if (walk.way->begin(&walk, thread))
		(void)walk.api->PyObject_GetAttrString((void *)walk.code, "no");
	walk.way->end(&walk);
}

/* How many of these offsets may be wrong by so many bytes and are trusted all
 * the same. */
EXPORT int
pyhook_spoiled(int by)
{
	struct pyapi api;
	struct pylayout layout = { 0 };
	int16_t *const offsets[] = { &layout.thread_frame, &layout.frame_code,
		&layout.frame_back, &layout.frame_at, &layout.code_file,
		&layout.text_length, &layout.text_state, &layout.text_ascii,
		&layout.text_wide };
	int trusted = 0;

	api = *pyapi_get(&api);
	layout = *api.layout;
	api.layout = &layout;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		int16_t right = *offsets[i];
		void *thread = api.PyGILState_GetThisThreadState();

		*offsets[i] = (int16_t)(right + by);
		if (pytrust_compare(&api, thread) == PYTRUST_YES)
			trusted++;
		*offsets[i] = right;
	}
	return trusted;
}

static double
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void
look(const char *way)
{
	struct pyapi found;
	const struct pyapi *api = pyapi_get(&found);
	struct pywalk walk = {
		.way = way[0] == 'r' ? &pyread_way : &pyask_way,
		.api = api,
	};
	char room[4096];

	if (way[0] == 'c') {
		(void)python_caller(&skip, room, sizeof(room));
		return;
	}
	if (walk.way->begin(&walk, api->PyGILState_GetThisThreadState()))
		(void)walk.way->line(&walk);
	walk.way->end(&walk);
}

/* What a statement does: it looks for the nearest frame by "read" or "ask", or
 * for all that it has to by "caller"; then it waits for a server, so many
 * nanoseconds. Returns how many the first took. */
EXPORT double
pyhook_statement(const char *way, long pause)
{
	const struct timespec time = { 0, pause };
	double begin = now();
	double took;

	look(way);
	took = now() - begin;
	if (pause > 0)
		(void)nanosleep(&time, NULL);
	return took;
}
