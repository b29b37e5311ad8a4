/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "record/pages.h"

/* An entry is never changed once it is in the list, but for its module's kind
 * and real functions, which are atomic. */
struct entry {
	struct module module; /* the first member: it is what others hold */
	const char *name;     /* as the loader has it */
	struct entry *next;   /* noted before this one */
};

/* The one list of the process. */
static struct {
	const struct skip *skip;
	char program[PATH_MAX]; /* the path of the program */
	const void *ours;       /* the link map of this very code */
	_Atomic(struct entry *) newest;
	pthread_mutex_t lock; /* for who adds; guards pages */
	struct pages pages;
} modules = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What the thread asked for last, by link map; and of modules that stay, which
 * an address alone tells. */
enum { RECENT = 16, STAYING = 2 };

static _Thread_local struct entry *recent[RECENT]
    __attribute__((tls_model("initial-exec")));
static _Thread_local struct entry *staying[STAYING]
    __attribute__((tls_model("initial-exec")));

void
module_init(const struct skip *skip)
{
	struct dl_find_object found;
	ssize_t len = readlink("/proc/self/exe", modules.program,
	    sizeof(modules.program) - 1);

	if (len < 0)
		len = 0;
	modules.program[len] = '\0';
	modules.skip = skip;
	if (_dl_find_object((void *)(uintptr_t)module_init, &found) == 0)
		modules.ours = found.dlfo_link_map;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* libpq.so.5 and libpq-1a2b3c.so.5.15, as wheels bundle it, but not libpqxx:
 * that one calls libpq. */
static bool
is_client(const char *base)
{
	static const char *const names[] = { "libsqlite3", "libpq",
		"libmariadb", "libmariadbclient", "libmysqlclient",
		"libmysqlclient_r" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(base, names[i], len) == 0 &&
		    (strncmp(base + len, ".so", 3) == 0 ||
			(base[len] == '-' && strstr(base + len, ".so"))))
			return true;
	}
	return false;
}

static bool
is_extension(const char *path, const char *base)
{
	if (strstr(base, ".cpython-") != NULL || strstr(base, ".abi3.") != NULL)
		return true;
	return slice_ends(slice_str(base), ".so") &&
	    (strstr(path, "/lib-dynload/") != NULL ||
		strstr(path, "/site-packages/") != NULL ||
		strstr(path, "/dist-packages/") != NULL);
}

/* The program is the first in the list of what was loaded, without a name. */
static bool
is_program(const struct link_map *map)
{
	return map->l_prev == NULL && map->l_name[0] == '\0';
}

static bool
is_skipped(const char *path, const struct link_map *map)
{
	if (modules.skip == NULL)
		return false;
	return is_program(map) ? skip_program(modules.skip, path) :
				 skip_module(modules.skip, path);
}

static enum module_kind
kind_of(const char *path, const struct link_map *map)
{
	const char *base = base_name(path);
	struct slice name = slice_str(base);

	if (map == modules.ours)
		return MODULE_RECORDER;
	if (is_client(base))
		return MODULE_CLIENT;
	if (slice_starts(name, "libpython3") || slice_starts(name, "python3"))
		return MODULE_PYTHON;
	if (is_extension(path, base))
		return MODULE_EXTENSION;
	return is_skipped(path, map) ? MODULE_LIBRARY : MODULE_OWN;
}

/* Adds the working directory to a path that is relative to it. */
static void
absolute_path(const struct link_map *map, char *path, size_t size)
{
	const char *name = is_program(map) ? modules.program : map->l_name;
	size_t len = 0;

	if (name[0] != '/' && strchr(name, '/') != NULL &&
	    getcwd(path, size - 1) != NULL) {
		len = strlen(path);
		path[len++] = '/';
	}
	(void)snprintf(path + len, size - len, "%s", name);
}

static const char *
keep(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = pages_take(&modules.pages, size);

	return copy == NULL ? NULL : memcpy(copy, text, size);
}

static bool
is_same(const struct entry *entry, const struct dl_find_object *found)
{
	const struct link_map *map = found->dlfo_link_map;

	return entry->module.link_map == map &&
	    entry->module.base == map->l_addr &&
	    entry->module.begin == (uintptr_t)found->dlfo_map_start &&
	    strcmp(entry->name, map->l_name) == 0;
}

static struct entry *
look_up(const struct dl_find_object *found)
{
	struct entry *entry = atomic_load_explicit(&modules.newest,
	    memory_order_acquire);

	while (entry != NULL && !is_same(entry, found))
		entry = entry->next;
	return entry;
}

/* A new entry, with the lock held; NULL when there is no memory. */
static struct entry *
add(const struct dl_find_object *found, const char *path, enum module_kind kind)
{
	const struct link_map *map = found->dlfo_link_map;
	struct entry *entry = pages_take(&modules.pages, sizeof(*entry));

	if (entry == NULL)
		return NULL;
	entry->name = keep(map->l_name);
	entry->module.path = keep(path);
	if (entry->name == NULL || entry->module.path == NULL)
		return NULL;
	entry->module.base = map->l_addr;
	entry->module.begin = (uintptr_t)found->dlfo_map_start;
	entry->module.end = (uintptr_t)found->dlfo_map_end;
	entry->module.link_map = map;
	entry->module.kind = kind;
	entry->module.is_program = is_program(map);
	entry->module.stays = entry->module.is_program;
	entry->next = modules.newest;
	atomic_store_explicit(&modules.newest, entry, memory_order_release);
	return entry;
}

/* Adds it, if no other thread has done so meanwhile. */
static struct entry *
note(const struct dl_find_object *found)
{
	char path[PATH_MAX];
	enum module_kind kind;
	struct entry *entry;

	absolute_path(found->dlfo_link_map, path, sizeof(path));
	kind = kind_of(path, found->dlfo_link_map);
	(void)pthread_mutex_lock(&modules.lock);
	entry = look_up(found);
	if (entry == NULL)
		entry = add(found, path, kind);
	(void)pthread_mutex_unlock(&modules.lock);
	return entry;
}

/* Most calls come from the program, and from the client library. */
static struct entry *
find_staying(const void *address)
{
	for (size_t i = 0; i < STAYING; i++) {
		struct entry *entry = staying[i];

		if (entry != NULL &&
		    (uintptr_t)address - entry->module.begin <
			entry->module.end - entry->module.begin)
			return entry;
	}
	return NULL;
}

/* The oldest gives way. */
static void
remember_staying(struct entry *entry)
{
	for (size_t i = STAYING - 1; i > 0; i--)
		staying[i] = staying[i - 1];
	staying[0] = entry;
}

static struct entry *
find_entry(const void *address)
{
	struct dl_find_object found;
	struct entry **mine;

	if (_dl_find_object((void *)(uintptr_t)address, &found) != 0)
		return NULL;
	/* Link maps come from malloc(3): they differ in these bits. */
	mine = &recent[((uintptr_t)found.dlfo_link_map >> 6) % RECENT];
	if (*mine == NULL || !is_same(*mine, &found))
		*mine = look_up(&found);
	if (*mine == NULL)
		*mine = note(&found);
	return *mine;
}

struct module *
module_of(const void *address)
{
	struct entry *entry = find_staying(address);

	if (entry == NULL) {
		entry = find_entry(address);
		if (entry != NULL && entry->module.stays)
			remember_staying(entry);
	}
	return entry == NULL ? NULL : &entry->module;
}

void
module_before_fork(void)
{
	(void)pthread_mutex_lock(&modules.lock);
}

void
module_after_fork(void)
{
	(void)pthread_mutex_unlock(&modules.lock);
}
