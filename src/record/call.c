/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/call.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "record/asked.h"
#include "record/caller.h"
#include "record/counts.h"
#include "record/preload.h"
#include "record/prepared.h"

_Static_assert((int)CALL_FUNCTIONS <= (int)MODULE_MOST_REAL,
    "a module has room for all");

#define NAME(function) [CALL_##function] = #function

static const char *const names[CALL_FUNCTIONS] = {
	NAME(sqlite3_exec),
	NAME(sqlite3_get_table),
	NAME(sqlite3_step),
	NAME(sqlite3_sql),
	NAME(sqlite3_stmt_busy),
	NAME(PQexec),
	NAME(PQexecParams),
	NAME(PQexecPrepared),
	NAME(PQfinish),
	NAME(PQprepare),
	NAME(PQreset),
	NAME(PQresetStart),
	NAME(PQsendPrepare),
	NAME(PQsendQuery),
	NAME(PQsendQueryParams),
	NAME(PQsendQueryPrepared),
	NAME(mariadb_stmt_execute_direct),
	NAME(mariadb_stmt_execute_direct_start),
	NAME(mysql_query),
	NAME(mysql_query_start),
	NAME(mysql_real_query),
	NAME(mysql_real_query_nonblocking),
	NAME(mysql_real_query_start),
	NAME(mysql_send_query),
	NAME(mysql_send_query_start),
	NAME(mysql_stmt_close),
	NAME(mysql_stmt_close_start),
	NAME(mysql_stmt_execute),
	NAME(mysql_stmt_execute_start),
	NAME(mysql_stmt_prepare),
	NAME(mysql_stmt_prepare_start),
};

/* For code that lies in no module, made at run time. */
static _Atomic(void *) real_of_none[CALL_FUNCTIONS];

/* What is ours is not the real one. */
static void *
unless_ours(void *function)
{
	struct module *module = module_of(function);

	return module != NULL && module->kind == MODULE_RECORDER ? NULL :
								   function;
}

/* Searches an object that is loaded, and what it depends on. */
static void *
find_in(const char *path, const char *name)
{
	void *handle = dlopen(path, RTLD_NOLOAD | RTLD_LAZY);
	void *found;

	if (handle == NULL)
		return NULL;
	found = unless_ours(dlsym(handle, name));
	(void)dlclose(handle);
	return found;
}

struct nth {
	unsigned left;
	char path[PATH_MAX];
};

/* Ends the walk at the client library that is asked for. */
static int
take_nth(struct dl_phdr_info *info, size_t size, void *context)
{
	const struct module *module = module_of(info->dlpi_phdr);
	struct nth *nth = context;

	(void)size;
	if (module == NULL || module->kind != MODULE_CLIENT || nth->left-- > 0)
		return 0;
	(void)snprintf(nth->path, sizeof(nth->path), "%s", info->dlpi_name);
	return 1;
}

/*
 * Searches the client libraries that are loaded, for code that is linked with
 * none, such as a Python that looks functions up by itself. One after the
 * other, since the list is locked while it is walked.
 */
static void *
find_anywhere(const char *name)
{
	for (unsigned i = 0;; i++) {
		struct nth nth = { .left = i };
		void *found;

		if (dl_iterate_phdr(take_nth, &nth) == 0)
			return NULL;
		found = find_in(nth.path, name);
		if (found != NULL)
			return found;
	}
}

/* MySQL's: versions of symbols choose among copies. */
static bool
has_version(enum call_function function)
{
	return function >= CALL_mariadb_stmt_execute_direct;
}

static void *
find_real(const struct module *module, enum call_function function)
{
	const struct link_map *map = module == NULL ? NULL : module->link_map;
	const char *name = names[function];
	bool linked = map != NULL && !module->is_program;
	void *found = NULL;

	if (linked && has_version(function))
		found = find_in(map->l_name, name);
	if (found == NULL)
		found = unless_ours(dlsym(RTLD_NEXT, name));
	if (found == NULL && linked && !has_version(function))
		found = find_in(map->l_name, name);
	return found != NULL ? found : find_anywhere(name);
}

/* A library that a real function was found in stays, since the address is kept,
 * and is a client library; but one that calls its own is both. */
static void
settle(const struct module *caller, const void *function)
{
	struct module *module = module_of(function);
	const struct link_map *map;
	void *handle;

	if (module == NULL || module->is_program || module == caller)
		return;
	map = module->link_map;
	handle = dlopen(map->l_name, RTLD_NOLOAD | RTLD_LAZY | RTLD_NODELETE);
	if (handle != NULL) {
		module->stays = true;
		(void)dlclose(handle);
	}
	module->kind = MODULE_CLIENT;
}

static __attribute__((noinline)) void *
learn_real(struct module *module, enum call_function function,
    _Atomic(void *) *known)
{
	int error = errno;
	void *real = find_real(module, function);

	if (real != NULL)
		settle(module, real);
	atomic_store_explicit(known, real, memory_order_release);
	errno = error;
	return real;
}

static inline void *
real_of(struct module *module, enum call_function function)
{
	_Atomic(void *) *known = module == NULL ? &real_of_none[function] :
						  &module->real[function];
	void *real = atomic_load_explicit(known, memory_order_acquire);

	return real != NULL ? real : learn_real(module, function, known);
}

/* Of a client library, or of ours: call.h says when that is. */
static bool
is_inside(const struct module *module)
{
	return module != NULL &&
	    (module->kind == MODULE_CLIENT || module->kind == MODULE_RECORDER);
}

/* The function that the thread called last. A call that returns to us is a tail
 * call in it, of the same library. */
static _Thread_local const void *last_real
    __attribute__((tls_model("initial-exec")));

struct call
call_begin(enum call_function function, const void *return_address,
    const void *frame)
{
	struct call call = { .return_address = return_address, .frame = frame };

	preload_init();
	call.module = module_of(return_address);
	call.counts = !is_inside(call.module);
	if (call.module != NULL && call.module->kind == MODULE_RECORDER)
		call.module = module_of(last_real);
	call.real = real_of(call.module, function);
	last_real = call.real;
	return call;
}

void *
call_other(const struct call *call, enum call_function function)
{
	return real_of(call->module, function);
}

/* Counts each item for a caller that was found. */
static void
add_items(const struct caller *caller, const struct asked *asked)
{
	struct counts_key key = { .kind = caller->kind, .site = caller->site };

	for (unsigned i = 0; i < asked->count; i++) {
		key.operations = asked->items[i].operations;
		counts_add(&key, asked->items[i].times);
	}
}

/* Not inlined: its frame is large, and most calls don't need it. */
static __attribute__((noinline)) void
find_and_count(const struct call *call, const struct asked *asked)
{
	struct caller caller CALLER_NOT_CLEARED;

	if (preload_ready() && caller_find(&caller, call)) {
		add_items(&caller, asked);
		return;
	}
	for (unsigned i = 0; i < asked->count; i++)
		counts_lose(asked->items[i].times);
}

static void
count(const struct call *call, const struct asked *asked)
{
	struct counts_place place;

	if (!preload_ready() || !caller_place(call, &place)) {
		find_and_count(call, asked);
		return;
	}
	for (unsigned i = 0; i < asked->count; i++)
		counts_add_place(&place, asked->items[i].operations,
		    asked->items[i].times);
}

static void
count_asked(const struct call *call, const struct asked *asked)
{
	if (asked->lost > 0)
		counts_lose(asked->lost);
	if (asked->count > 0)
		count(call, asked);
}

void
call_text_n(const struct call *call, const char *text, size_t len)
{
	int error = errno;
	struct asked asked CALLER_NOT_CLEARED;

	if (!call->counts || call->real == NULL || text == NULL)
		return;
	asked.rest = slice_make(text, len);
	do {
		asked_read(asked.rest, &asked);
		count_asked(call, &asked);
	} while (asked.rest.len > 0);
	errno = error;
}

void
call_text(const struct call *call, const char *text)
{
	if (text != NULL)
		call_text_n(call, text, strlen(text));
}

void
call_prepared(const struct call *call, const void *handle, const char *name)
{
	int error = errno;
	struct asked asked CALLER_NOT_CLEARED;

	if (!call->counts || call->real == NULL)
		return;
	if (prepared_find(handle, name == NULL ? "" : name, &asked))
		count_asked(call, &asked);
	else
		counts_lose(1);
	errno = error;
}

void
call_prepare(const struct call *call, const void *handle, const char *name,
    const char *text, size_t len)
{
	int error = errno;
	struct asked asked CALLER_NOT_CLEARED;

	if (!call->counts || text == NULL)
		return;
	asked_read(slice_make(text, len), &asked);
	asked.lost += asked.rest.len > 0; /* no server takes so many */
	prepared_add(handle, name == NULL ? "" : name, &asked);
	errno = error;
}
