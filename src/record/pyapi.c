/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pyapi.h"

#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <string.h>

#include "base/slice.h"

enum state { NONE, WRITING, READY };

/* Of the process. api is written by the one thread that took state from NONE
 * to WRITING, and never again. */
static struct {
	_Atomic enum state state;
	_Atomic unsigned long long loaded; /* objects, when none was found */
	struct pyapi api;
} published;

struct symbol {
	const char *name;
	const char *otherwise; /* its older name; NULL: none */
	size_t offset;         /* in struct pyapi */
};

#define SYMBOL(name)                                      \
	{                                                 \
#name, NULL, offsetof(struct pyapi, name) \
	}

static const struct symbol symbols[] = {
	SYMBOL(Py_GetVersion),
	SYMBOL(Py_IsInitialized),
	{ "Py_IsFinalizing", "_Py_IsFinalizing",
	    offsetof(struct pyapi, Py_IsFinalizing) },
	SYMBOL(PyGILState_GetThisThreadState),
	SYMBOL(PyThreadState_GetInterpreter),
	SYMBOL(PyInterpreterState_Main),
	SYMBOL(PyInterpreterState_Head),
	SYMBOL(PyCode_Addr2Line),
	SYMBOL(PyCode_Type),
	SYMBOL(PyGILState_Ensure),
	SYMBOL(PyGILState_Release),
	SYMBOL(PyThreadState_GetFrame),
	SYMBOL(PyFrame_GetBack),
	SYMBOL(PyFrame_GetCode),
	SYMBOL(PyFrame_GetLineNumber),
	SYMBOL(PyObject_GetAttrString),
	SYMBOL(PyUnicode_FromString),
	SYMBOL(PyUnicode_GetLength),
	SYMBOL(PyUnicode_ReadChar),
	SYMBOL(Py_DecRef),
	SYMBOL(PyErr_Fetch),
	SYMBOL(PyErr_Restore),
};

static bool
find_symbols(void *handle, struct pyapi *api)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		const struct symbol *symbol = &symbols[i];
		void *found = dlsym(handle, symbol->name);

		if (found == NULL && symbol->otherwise != NULL)
			found = dlsym(handle, symbol->otherwise);
		if (found == NULL)
			return false;
		memcpy((char *)api + symbol->offset, &found, sizeof(found));
	}
	api->layout = pylayout_find(api->Py_GetVersion());
	return true;
}

struct library {
	char path[4096]; /* empty: there is none */
};

/* For dl_iterate_phdr(3): stops at a libpython3. */
static int
is_libpython(struct dl_phdr_info *info, size_t size, void *context)
{
	struct library *library = context;
	const char *slash = strrchr(info->dlpi_name, '/');
	const char *name = slash == NULL ? info->dlpi_name : slash + 1;
	size_t len = strlen(info->dlpi_name);

	(void)size;
	if (!slice_starts(slice_str(name), "libpython3") ||
	    len >= sizeof(library->path))
		return 0;
	memcpy(library->path, info->dlpi_name, len + 1);
	return 1;
}

/* For one that was loaded RTLD_LOCAL. The handle is kept: what was found in it
 * stays. */
static bool
find_in_library(struct pyapi *api)
{
	struct library library = { "" };
	void *handle;

	(void)dl_iterate_phdr(is_libpython, &library);
	if (library.path[0] == '\0')
		return false;
	handle = dlopen(library.path, RTLD_NOLOAD | RTLD_LAZY);
	return handle != NULL && find_symbols(handle, api);
}

static int
note_loaded(struct dl_phdr_info *info, size_t size, void *context)
{
	unsigned long long *loaded = context;

	(void)size;
	*loaded = info->dlpi_adds;
	return 1;
}

/* Looks where something was loaded since it was looked in vain. */
static bool
find(struct pyapi *api)
{
	unsigned long long loaded = 0;

	(void)dl_iterate_phdr(note_loaded, &loaded);
	if (loaded ==
	    atomic_load_explicit(&published.loaded, memory_order_relaxed))
		return false;
	if (find_symbols(RTLD_DEFAULT, api) || find_in_library(api))
		return true;
	atomic_store_explicit(&published.loaded, loaded, memory_order_relaxed);
	return false;
}

const struct pyapi *
pyapi_get(struct pyapi *room)
{
	enum state state = NONE;

	if (atomic_load_explicit(&published.state, memory_order_acquire) ==
	    READY)
		return &published.api;
	if (!find(room))
		return NULL;
	if (!atomic_compare_exchange_strong(&published.state, &state, WRITING))
		return room;
	published.api = *room;
	atomic_store_explicit(&published.state, READY, memory_order_release);
	return &published.api;
}
