/* SPDX-License-Identifier: MIT */
#ifndef RECORD_DWARF_FRAMES_H
#define RECORD_DWARF_FRAMES_H

/*
 * What DWARF says of an address: the line from the table of lines, and the
 * functions from the tree of entries, with those that were inlined. Versions 2
 * to 5, of gcc and clang, in one file or split (-gsplit-dwarf).
 */

#include <stddef.h>

#include <elfutils/libdw.h>

#include "record/dwarf.h"

/* As dwarf_functions.find(), which see; the first frame must be all zero. Where
 * memory runs out libdw's handler of that is called. */
size_t dwarf_frames_find(Dwarf *dwarf, Dwarf_Addr address,
    struct dwarf_frame *frames, size_t most);

#endif
