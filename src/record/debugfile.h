/* SPDX-License-Identifier: MIT */
#ifndef RECORD_DEBUGFILE_H
#define RECORD_DEBUGFILE_H

/*
 * ELF files, mapped to memory, and where the debug information of one lies:
 * in itself, or put aside, by its build id or by its .gnu_debuglink, in the
 * places that gdb knows:
 *
 *	/usr/lib/debug/.build-id/NN/NNNN.debug
 *	DIR/LINK  DIR/.debug/LINK  /usr/lib/debug/DIR/LINK
 *
 * What was put aside must have the same build id; by a link and without build
 * ids, the checksum that the link has. No descriptor stays open: the host may
 * close all that it finds.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libelf.h>

/* All zero: closed. */
struct debugfile {
	void *map;
	size_t size;
	Elf *elf;
};

/* False where it is no ELF file, or can't be had. */
bool debugfile_open(struct debugfile *file, const char *path);
void debugfile_close(struct debugfile *file);

/* Whether the file that was opened has this build id, or either has none. */
bool debugfile_is(const struct debugfile *file, const void *build_id,
    size_t len);

/* Whether it has a section, one with bytes. */
bool debugfile_has(const struct debugfile *file, const char *section);

/* Opens what was put aside for a file, which was opened as path. False where
 * there is none. */
bool debugfile_find(struct debugfile *found, const struct debugfile *file,
    const char *path);

/* The name of the function that an address in the file lies in, from the table
 * of symbols; NULL: there is none. Valid until the close. */
const char *debugfile_symbol(const struct debugfile *file, uint64_t address);

#endif
