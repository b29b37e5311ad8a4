/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/locate.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "record/buildid.h"
#include "record/dwarf.h"
#include "record/module.h"
#include "record/sourcepath.h"

enum { MOST_FRAMES = 32 };

struct locate {
	const struct skip *skip;
	const struct dwarf_functions *functions; /* NULL: it can't be had */
	struct dwarf *dwarf;
	bool loaded;         /* or tried to */
	struct table places; /* counts_place -> struct answer */
	struct arena texts;
	struct buf path; /* being made */
	struct buf name;
};

/* What is known of a place. */
struct answer {
	struct located first;
	struct located own; /* the first that is not skipped */
	bool has_own;
};

static struct {
	pthread_mutex_t loading; /* held around dlopen(), and by fork(2) */
} state = { PTHREAD_MUTEX_INITIALIZER };

/* Whether the thread that forks holds the lock. */
static _Thread_local bool holds;

/*
 * Takes the lock, within a second. It may never come: to a child of a fork that
 * did not wait for it, and to one that forks in a constructor of what it loads
 * itself, while the flusher waits for the loader.
 */
static bool
lock(void)
{
	for (int i = 0; i < 1000; i++) {
		if (pthread_mutex_trylock(&state.loading) == 0)
			return true;
		(void)usleep(1000);
	}
	return false;
}

static void
unlock(void)
{
	(void)pthread_mutex_unlock(&state.loading);
}

struct locate *
locate_new(const struct skip *skip)
{
	struct locate *locate = xcalloc(1, sizeof(*locate));

	locate->skip = skip;
	table_init(&locate->places, sizeof(struct answer));
	return locate;
}

void
locate_free(struct locate *locate)
{
	if (locate == NULL)
		return;
	if (locate->dwarf != NULL)
		locate->functions->close(locate->dwarf);
	table_release(&locate->places);
	arena_release(&locate->texts);
	buf_release(&locate->path);
	buf_release(&locate->name);
	free(locate);
}

void
locate_use(struct locate *locate, const struct dwarf_functions *functions)
{
	locate->loaded = true;
	locate->functions = functions;
	locate->dwarf = functions->open();
}

/* It is never unloaded: libraries that it brings may not like that. */
static const struct dwarf_functions *
load_from(const char *path)
{
	const struct dwarf_functions *functions = NULL;
	void *object;

	if (!lock())
		return NULL;
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (object != NULL)
		functions = dlsym(object, DWARF_SYMBOL);
	unlock();
	return functions;
}

/* Loads it from beside the object that this code lies in. */
static void
load(struct locate *locate)
{
	const struct dwarf_functions *functions;
	const char *slash;
	Dl_info info;

	locate->loaded = true;
	if (dladdr(&state, &info) == 0)
		return;
	slash = strrchr(info.dli_fname, '/');
	if (slash == NULL)
		return;
	buf_clear(&locate->path);
	buf_add(&locate->path, slice_between(info.dli_fname, slash));
	buf_add(&locate->path, slice_make("/dwarf.so", sizeof("/dwarf.so")));
	functions = load_from(locate->path.ptr);
	if (functions != NULL)
		locate_use(locate, functions);
}

static struct slice
file_of_module(struct locate *locate, const struct counts_place *place)
{
	const char *path = place->module->path;
	const char *slash = strrchr(path, '/');

	buf_clear(&locate->name);
	buf_add_format(&locate->name, "(%s+0x%jx)",
	    slash == NULL ? path : slash + 1, (uintmax_t)place->offset);
	return arena_copy(&locate->texts, buf_slice(&locate->name));
}

/* The file of a frame as it is written down; *own says whether it is not
 * skipped. */
static struct slice
file_of(struct locate *locate, const struct dwarf_frame *frame, bool *own)
{
	size_t below = sourcepath_join(&locate->path, frame->directory,
	    frame->file);
	struct slice path = buf_slice(&locate->path);
	struct slice written = skip_shorten(locate->skip, path);

	if (written.len == path.len)
		written = slice_from(path, below);
	*own = !skip_written(locate->skip, path.ptr, written.ptr);
	return arena_copy(&locate->texts, written);
}

static struct slice
function_of(struct locate *locate, const struct dwarf_frame *frame)
{
	if (frame->function == NULL)
		return (struct slice){ 0 };
	buf_clear(&locate->name);
	if (frame->type != NULL)
		buf_add_format(&locate->name, "%s::", frame->type);
	buf_add_str(&locate->name, frame->function);
	return arena_copy(&locate->texts, buf_slice(&locate->name));
}

/* One frame becomes part of the answer. What has no file is never skipped. */
static void
add_frame(struct locate *locate, const struct counts_place *place,
    const struct dwarf_frame *frame, struct answer *answer)
{
	struct located located = { .function = function_of(locate, frame) };
	bool own = true;

	if (frame->file == NULL) {
		located.file = file_of_module(locate, place);
	} else {
		located.file = file_of(locate, frame, &own);
		located.line = frame->line;
	}
	if (answer->first.file.len == 0)
		answer->first = located;
	if (own && !answer->has_own) {
		answer->own = located;
		answer->has_own = true;
	}
}

static size_t
ask(struct locate *locate, const struct counts_place *place,
    struct dwarf_frame *frames)
{
	const struct module *module = place->module;
	unsigned char id[BUILDID_MOST];
	size_t len;
	size_t count = 0;

	if (module->kind == MODULE_LIBRARY)
		return 0;
	if (!locate->loaded)
		load(locate);
	if (locate->dwarf == NULL)
		return 0;
	len = buildid_read(module, id);
	if (module->is_program)
		count = locate->functions->find(locate->dwarf, "/proc/self/exe",
		    id, len, place->offset - 1, frames, MOST_FRAMES);
	/* It is another file where the loader was run as a command. */
	if (count == 0)
		count = locate->functions->find(locate->dwarf, module->path, id,
		    len, place->offset - 1, frames, MOST_FRAMES);
	return count;
}

/* Memory may run out at any step, so it becomes an entry when it is whole. */
static const struct answer *
find(struct locate *locate, const struct counts_place *place)
{
	struct dwarf_frame frames[MOST_FRAMES] = { 0 };
	struct slice key = slice_make((const char *)place, sizeof(*place));
	struct answer *known = table_find(&locate->places, key);
	struct answer answer = { 0 };
	size_t count;

	if (known != NULL)
		return known;
	count = ask(locate, place, frames);
	for (size_t i = 0; i == 0 || i < count; i++)
		add_frame(locate, place, &frames[i], &answer);
	known = table_add(&locate->places, key, NULL);
	*known = answer;
	return known;
}

struct located
locate_site(struct locate *locate, const struct counts_place *places,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct answer *answer = find(locate, &places[i]);

		if (answer->has_own)
			return answer->own;
	}
	return find(locate, &places[0])->first;
}

void
locate_before_fork(void)
{
	holds = lock();
}

void
locate_after_fork(void)
{
	if (holds)
		unlock();
	holds = false;
}
