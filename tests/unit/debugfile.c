/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/debugfile.h"

#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* Not static: it is to be among the symbols though others are not. */
void a_function(void);

void
a_function(void)
{
	__asm__ volatile("nop");
}

static bool
open_self(struct debugfile *file)
{
	(void)elf_version(EV_CURRENT);
	return debugfile_open(file, "/proc/self/exe");
}

static void
no_files(void)
{
	static const char *const paths[] = { "/no/such/file", "/", "/dev/null",
		"/etc/passwd", "", NULL };
	struct debugfile file;

	(void)elf_version(EV_CURRENT);
	for (size_t i = 0; paths[i] != NULL; i++) {
		CHECK(!debugfile_open(&file, paths[i]));
		CHECK(file.elf == NULL && file.map == NULL);
	}
}

static void
never_waits(void)
{
	char path[] = "/tmp/tallyman-XXXXXX";
	char fifo[sizeof(path) + 2];
	struct debugfile file;

	if (!CHECK(mkdtemp(path) != NULL))
		return;
	(void)snprintf(fifo, sizeof(fifo), "%s/f", path);
	CHECK_INT(mkfifo(fifo, 0600), 0);
	CHECK(!debugfile_open(&file, fifo));
	(void)unlink(fifo);
	(void)rmdir(path);
}

static void
no_descriptor(void)
{
	int before = dup(0);
	struct debugfile file;
	int after;

	(void)close(before);
	if (!CHECK(open_self(&file)))
		return;
	after = dup(0);
	CHECK_INT(after, before);
	(void)close(after);
	debugfile_close(&file);
	CHECK(file.elf == NULL);
}

static void
sections(void)
{
	struct debugfile file;

	if (!CHECK(open_self(&file)))
		return;
	CHECK(debugfile_has(&file, ".text"));
	CHECK(!debugfile_has(&file, ".tex"));
	CHECK(!debugfile_has(&file, ".bss"));
	debugfile_close(&file);
}

static void
symbols(void)
{
	uintptr_t address = (uintptr_t)a_function - (uintptr_t)__ehdr_start;
	const ElfW(Ehdr) *elf = (const void *)__ehdr_start;
	struct debugfile file;

	if (!CHECK(open_self(&file)))
		return;
	if (elf->e_type == ET_EXEC)
		address = (uintptr_t)a_function;
	CHECK_STR(debugfile_symbol(&file, address), "a_function");
	CHECK_STR(debugfile_symbol(&file, address + 1), "a_function");
	CHECK_STR(debugfile_symbol(&file, 1), NULL);
	CHECK_STR(debugfile_symbol(&file, UINT64_MAX), NULL);
	debugfile_close(&file);
}

static void
build_ids(void)
{
	struct debugfile file;

	if (!CHECK(open_self(&file)))
		return;
	CHECK(debugfile_is(&file, NULL, 0));
	if (debugfile_has(&file, ".note.gnu.build-id")) {
		CHECK(!debugfile_is(&file, "x", 1));
		CHECK(!debugfile_is(&file, "twenty bytes it is!", 20));
	}
	debugfile_close(&file);
}

static const struct tap_test tests[] = {
	{ "what is no ELF file is not opened", no_files },
	{ "a pipe is not waited for", never_waits },
	{ "no descriptor stays open", no_descriptor },
	{ "sections with bytes are found by name", sections },
	{ "a symbol is that of the function around an address", symbols },
	{ "a file with another build id is another", build_ids },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
