/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/slice.h"

#include "tap.h"

static struct skip skip;

/* Copies a small shared object, that has no state, to be loaded as another. */
static bool
copy_object(const char *to)
{
	static char bytes[4 << 20];
	struct link_map *map;
	void *handle = dlopen("libdl.so.2", RTLD_LAZY);
	bool copied = false;
	FILE *file;
	size_t len;

	if (handle == NULL || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
		return false;
	file = fopen(map->l_name, "rb");
	if (file == NULL)
		return false;
	len = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	file = fopen(to, "wb");
	if (file != NULL) {
		copied = fwrite(bytes, 1, len, file) == len;
		copied = fclose(file) == 0 && copied;
	}
	(void)dlclose(handle);
	return copied;
}

/* Loads a copy under that name in a folder that is removed behind it. */
static struct module *
load_as(const char *name, void **handle)
{
	char folder[] = "/tmp/tallyman-unit-XXXXXX";
	char path[PATH_MAX];
	struct module *module = NULL;
	struct link_map *map;

	*handle = NULL;
	if (mkdtemp(folder) == NULL)
		return NULL;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (copy_object(path))
		*handle = dlopen(path, RTLD_NOW);
	if (*handle != NULL && dlinfo(*handle, RTLD_DI_LINKMAP, &map) == 0)
		module = module_of(map->l_ld);
	(void)unlink(path);
	(void)rmdir(folder);
	return module;
}

/* The kind of a shared object of that name; -1 when it can't be loaded. */
static int
kind_named(const char *name)
{
	void *handle;
	struct module *module = load_as(name, &handle);
	int kind = module == NULL ? -1 : (int)module->kind;

	if (handle != NULL)
		(void)dlclose(handle);
	return kind;
}

static void
knows_the_program(void)
{
	struct module *module = module_of((void *)(uintptr_t)knows_the_program);
	char path[PATH_MAX] = "";

	CHECK(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	if (!CHECK(module != NULL))
		return;
	CHECK(module->is_program);
	CHECK_STR(module->path, path);
	CHECK(module->begin <= (uintptr_t)knows_the_program);
	CHECK(module->end > (uintptr_t)knows_the_program);
	CHECK(module_of((void *)(uintptr_t)tap_run) == module);
}

static void
knows_libraries(void)
{
	struct module *module = module_of(dlsym(RTLD_DEFAULT, "getpid"));

	if (!CHECK(module != NULL))
		return;
	CHECK(!module->is_program);
	CHECK(module->path[0] == '/');
	CHECK(strstr(module->path, "libc.so") != NULL);
	CHECK_INT(module->kind, MODULE_LIBRARY);
}

static void
tells_kinds(void)
{
	CHECK_INT(kind_named("libpq.so.5"), MODULE_CLIENT);
	CHECK_INT(kind_named("libpq-1a2b3c4d.so.5.15"), MODULE_CLIENT);
	CHECK_INT(kind_named("libsqlite3.so.0.8.6"), MODULE_CLIENT);
	CHECK_INT(kind_named("libmariadb.so.3"), MODULE_CLIENT);
	CHECK_INT(kind_named("libmysqlclient.so.21"), MODULE_CLIENT);
	CHECK_INT(kind_named("libpython3.11.so.1.0"), MODULE_PYTHON);
	CHECK_INT(kind_named("_pq.cpython-311-x86_64-linux-gnu.so"),
	    MODULE_EXTENSION);
	CHECK_INT(kind_named("_pq.abi3.so"), MODULE_EXTENSION);
	CHECK_INT(kind_named("libpqxx-6.4.so"), MODULE_OWN);
	CHECK_INT(kind_named("libpqxx.so"), MODULE_OWN);
	CHECK_INT(kind_named("libfeed.so"), MODULE_OWN);
}

static void
takes_no_data(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(page != MAP_FAILED);
	CHECK(module_of(page) == NULL);
	CHECK(module_of(NULL) == NULL);
	(void)munmap(page, 4096);
}

/* The loader puts the second where the first was, which is what makes it
 * hard. */
static void
outlives_unloading(void)
{
	void *handle;
	struct module *first = load_as("libfirst.so", &handle);
	struct module *second;

	if (!CHECK(first != NULL))
		return;
	CHECK_INT(dlclose(handle), 0);
	second = load_as("libother.so", &handle);
	if (!CHECK(second != NULL))
		return;
	CHECK(second != first);
	CHECK(slice_ends(slice_str(second->path), "/libother.so"));
	CHECK(slice_ends(slice_str(first->path), "/libfirst.so"));
	CHECK_INT(dlclose(handle), 0);
}

static void *
ask(void *context)
{
	struct module *program = module_of((void *)(uintptr_t)ask);

	(void)context;
	for (int i = 0; i < 1000; i++) {
		if (module_of((void *)(uintptr_t)ask) != program)
			return NULL;
	}
	return program;
}

static void
agrees_among_threads(void)
{
	pthread_t threads[4];
	void *answer;

	for (size_t i = 0; i < 4; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, ask, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(pthread_join(threads[i], &answer), 0);
		CHECK(answer == module_of((void *)(uintptr_t)ask));
	}
}

static const struct tap_test tests[] = {
	{ "threads get the same module", agrees_among_threads },
	{ "the program's code is in a module of its path", knows_the_program },
	{ "a library of the system is no code of the program's",
	    knows_libraries },
	{ "kinds are told by names", tells_kinds },
	{ "memory that no file was loaded to is in no module", takes_no_data },
	{ "what was unloaded keeps its name, what comes there gets its own",
	    outlives_unloading },
	{ 0 },
};

int
main(void)
{
	if (skip_init(&skip, NULL, NULL, NULL) != 0)
		return EXIT_FAILURE;
	module_init(&skip);
	return tap_run(tests);
}
