/* SPDX-License-Identifier: MIT */
#ifndef RECORD_DWARF_H
#define RECORD_DWARF_H

/*
 * elfutils, in a shared object of its own (dwarf.so) that locate.c loads with
 * dlopen(3), RTLD_LOCAL, from beside the preload: libdw brings libelf, zlib,
 * liblzma and libbz2 with it, which must not stand among the host's symbols.
 * It exports the one symbol "tallyman_dwarf", a struct dwarf_functions.
 *
 * Of libdw only what reads DWARF is used, not its libdwfl: that asks debuginfod
 * for debug information, which connects to servers. Where it lies is found by
 * record/debugfile.h. One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One frame; several for an address where functions were inlined into each
 * other, the innermost first. Texts are valid until dwarf_close(). */
struct dwarf_frame {
	const char *file;      /* NULL: not known */
	const char *directory; /* where it was compiled; NULL: not known */
	unsigned line;         /* 0: not known */
	const char *function;  /* NULL: not known */
	const char *type;      /* the class that it belongs to; NULL: none */
};

struct dwarf; /* the modules that were opened */

struct dwarf_functions {
	struct dwarf *(*open)(void); /* NULL: no memory */
	void (*close)(struct dwarf *dwarf);
	/*
	 * The frames at an offset behind the base of a module, at most `most`;
	 * 0 when nothing is known. It is that of a byte of the call itself: a
	 * return address is behind it, maybe in the next line. path is the
	 * module's file; the program's own is /proc/self/exe, which is there
	 * though it was deleted. build_id is that of what was loaded; empty
	 * where it has none: then the file is believed.
	 */
	size_t (*find)(struct dwarf *dwarf, const char *path,
	    const void *build_id, size_t build_id_len, uintptr_t offset,
	    struct dwarf_frame *frames, size_t most);
};

extern const struct dwarf_functions tallyman_dwarf
    __attribute__((visibility("default")));
#define DWARF_SYMBOL "tallyman_dwarf"

#endif
