/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/dwarf.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <elfutils/libdw.h>

#include "record/debugfile.h"
#include "record/dwarf_frames.h"

/* A module's file. */
struct opened {
	struct opened *next;
	char *path;
	void *build_id; /* of what was loaded */
	size_t build_id_len;
	struct debugfile file;  /* closed: it can't be had, or is another */
	struct debugfile aside; /* closed: there is none */
	Dwarf *dwarf;           /* NULL: it has none */
};

struct dwarf {
	struct opened *first;
};

/* More memory than a look-up takes. */
enum { ROOM = 16 << 20 };

static struct {
	jmp_buf out; /* where libdw goes when it has no memory */
} state;

static struct dwarf *
dwarf_open(void)
{
	(void)elf_version(EV_CURRENT);
	return calloc(1, sizeof(struct dwarf));
}

static void
opened_free(struct opened *opened)
{
	if (opened == NULL)
		return;
	if (opened->dwarf != NULL)
		(void)dwarf_end(opened->dwarf);
	debugfile_close(&opened->aside);
	debugfile_close(&opened->file);
	free(opened->build_id);
	free(opened->path);
	free(opened);
}

static void
dwarf_close(struct dwarf *dwarf)
{
	while (dwarf->first != NULL) {
		struct opened *opened = dwarf->first;

		dwarf->first = opened->next;
		opened_free(opened);
	}
	free(dwarf);
}

/* libdw would abort(3). */
static void __attribute__((noreturn)) out_of_memory(void)
{
	longjmp(state.out, 1);
}

static void
open_dwarf(struct opened *opened)
{
	const struct debugfile *from = &opened->file;

	if (!debugfile_has(from, ".debug_info") &&
	    !debugfile_has(from, ".zdebug_info")) {
		if (!debugfile_find(&opened->aside, from, opened->path))
			return;
		from = &opened->aside;
	}
	opened->dwarf = dwarf_begin_elf(from->elf, DWARF_C_READ, NULL);
	if (opened->dwarf != NULL)
		(void)dwarf_new_oom_handler(opened->dwarf, out_of_memory);
}

/* NULL: no memory. */
static struct opened *
opened_new(const char *path, const void *build_id, size_t len)
{
	struct opened *opened = calloc(1, sizeof(*opened));

	if (opened == NULL)
		return NULL;
	opened->path = strdup(path);
	opened->build_id = malloc(len + 1);
	if (opened->path == NULL || opened->build_id == NULL) {
		opened_free(opened);
		return NULL;
	}
	if (len > 0)
		memcpy(opened->build_id, build_id, len);
	opened->build_id_len = len;
	if (!debugfile_open(&opened->file, path))
		return opened;
	if (debugfile_is(&opened->file, build_id, len))
		open_dwarf(opened);
	else
		debugfile_close(&opened->file);
	return opened;
}

/* The same path with another build id is another file: it was replaced. */
static struct opened *
open_file(struct dwarf *dwarf, const char *path, const void *build_id,
    size_t len)
{
	struct opened *opened = dwarf->first;

	while (opened != NULL &&
	    (strcmp(opened->path, path) != 0 || opened->build_id_len != len ||
		(len > 0 && memcmp(opened->build_id, build_id, len) != 0)))
		opened = opened->next;
	if (opened == NULL) {
		opened = opened_new(path, build_id, len);
		if (opened != NULL) {
			opened->next = dwarf->first;
			dwarf->first = opened;
		}
	}
	return opened;
}

/* libdw has assertions, too, that there is memory for its tables of
 * abbreviations: so it is not asked where little is left. */
static bool
has_room(void)
{
	void *volatile room = malloc(ROOM);

	free(room);
	return room != NULL;
}

/* Debug information that memory ran out in is not touched again. */
static size_t
try_dwarf(struct opened *opened, Dwarf_Addr address, struct dwarf_frame *frames,
    size_t most)
{
	if (opened->dwarf == NULL || !has_room())
		return 0;
	if (setjmp(state.out) != 0) {
		opened->dwarf = NULL;
		return 0;
	}
	return dwarf_frames_find(opened->dwarf, address, frames, most);
}

static const char *
find_symbol(const struct opened *opened, uint64_t address)
{
	const char *name = NULL;

	if (opened->aside.elf != NULL)
		name = debugfile_symbol(&opened->aside, address);
	if (name == NULL)
		name = debugfile_symbol(&opened->file, address);
	return name;
}

static size_t
dwarf_find(struct dwarf *dwarf, const char *path, const void *build_id,
    size_t build_id_len, uintptr_t offset, struct dwarf_frame *frames,
    size_t most)
{
	struct opened *opened = open_file(dwarf, path, build_id, build_id_len);
	size_t count;

	if (opened == NULL || opened->file.elf == NULL || most == 0)
		return 0;
	frames[0] = (struct dwarf_frame){ 0 };
	count = try_dwarf(opened, offset, frames, most);
	if (count > 0 && frames[count - 1].function != NULL)
		return count;
	if (count == 0)
		frames[count++] = (struct dwarf_frame){ 0 };
	frames[count - 1].function = find_symbol(opened, offset);
	return frames[0].function == NULL && frames[0].file == NULL ? 0 : count;
}

const struct dwarf_functions tallyman_dwarf = { dwarf_open, dwarf_close,
	dwarf_find };
