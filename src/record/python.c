/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/python.h"

#include <errno.h>
#include <stdio.h>

#include "record/pyapi.h"
#include "record/pyown.h"
#include "record/pytrust.h"
#include "record/pywalk.h"

/* A NUL before a line's digits, and one behind them. */
enum { LINE_SIZE = 13, ROOM_LEAST = 64 };

bool
python_is_there(void)
{
	struct pyapi room;

	return pyapi_get(&room) != NULL;
}

/* This thread's state, where the main interpreter knows it and may be asked. */
static void *
known_thread(const struct pyapi *api)
{
	void *thread;

	if (!api->Py_IsInitialized() || api->Py_IsFinalizing())
		return NULL;
	thread = api->PyGILState_GetThisThreadState();
	if (thread == NULL ||
	    api->PyThreadState_GetInterpreter(thread) !=
		api->PyInterpreterState_Main())
		return NULL;
	return thread;
}

static struct slice
copy_text(struct slice text, char *room, size_t size)
{
	/* A NUL in it would end it for everyone else. */
	size_t len = strnlen(text.ptr, text.len);

	if (len >= size)
		len = size - 1;
	memmove(room, text.ptr, len);
	room[len] = '\0';
	return slice_make(room, len);
}

/* The site of the frame that the walk is at; 0: it can't be told. */
static size_t
write_site(const struct pywalk *walk, const struct skip *skip, char *room,
    size_t size)
{
	size_t texts = size - LINE_SIZE;
	struct slice text = walk->way->text(walk, PYWALK_FILE, room, texts);
	int line = walk->way->line(walk);
	size_t len;

	if (text.ptr == NULL || line == PYWALK_UNKNOWN)
		return 0;
	text = skip_shorten(skip, text);
	len = copy_text(text, room, texts / 4 * 3).len + 1;
	text = walk->way->text(walk, PYWALK_FUNCTION, room + len, texts - len);
	if (text.ptr == NULL)
		return 0;
	len += copy_text(text, room + len, texts - len).len + 1;
	return len +
	    (size_t)snprintf(room + len, size - len, "%d", line < 1 ? 0 : line);
}

/* Whether the walk, which has begun, comes to a frame of the program's own. */
static bool
find_own(struct pywalk *walk, bool more, const struct skip *skip, char *room,
    size_t size)
{
	for (; more; more = walk->way->next(walk)) {
		struct slice file = walk->way->text(walk, PYWALK_FILE, room,
		    size);

		if (file.ptr != NULL && pyown_file(skip, file))
			return true;
	}
	return false;
}

/* By one way: the nearest of the own frames, else of all. */
static size_t
find_site(const struct pyway *way, const struct pyapi *api, void *thread,
    const struct skip *skip, char *room, size_t size)
{
	struct pywalk walk = { .way = way, .api = api };
	bool more = way->begin(&walk, thread);
	size_t len = 0;

	if (find_own(&walk, more, skip, room, size))
		len = write_site(&walk, skip, room, size);
	way->end(&walk);
	if (len != 0)
		return len;
	walk = (struct pywalk){ .way = way, .api = api };
	if (way->begin(&walk, thread))
		len = write_site(&walk, skip, room, size);
	way->end(&walk);
	return len;
}

/*
 * With sub-interpreters in the process the lock may be held by this thread's
 * state of another one, and waiting for it would never end. Until 3.11 there is
 * no telling.
 */
static bool
may_ask(const struct pyapi *api)
{
	return api->PyInterpreterState_Head() == api->PyInterpreterState_Main();
}

/* Read, where that is trusted; what can't be told so is asked. */
static size_t
tell(const struct pyapi *api, void *thread, const struct skip *skip, char *room,
    size_t size)
{
	bool ask = may_ask(api);
	size_t len = 0;

	if (pytrust_is(api, thread, ask))
		len = find_site(&pyread_way, api, thread, skip, room, size);
	if (len == 0 && ask)
		len = find_site(&pyask_way, api, thread, skip, room, size);
	return len;
}

size_t
python_caller(const struct skip *skip, char *room, size_t size)
{
	struct pyapi found;
	const struct pyapi *api;
	void *thread = NULL;
	size_t len = 0;
	int error = errno;

	api = size < ROOM_LEAST ? NULL : pyapi_get(&found);
	if (api != NULL)
		thread = known_thread(api);
	if (thread != NULL)
		len = tell(api, thread, skip, room, size);
	errno = error;
	return len;
}
