/* SPDX-License-Identifier: MIT */
#ifndef BASE_MAPPING_H
#define BASE_MAPPING_H

/*
 * Files as memory that does not vanish. When another process cuts a mapped
 * file, its pages behind the new end raise SIGBUS on the next access. The
 * handler here puts zero bytes in their place, flags the mapping as cut, and
 * lets the reader go on. A SIGBUS from anywhere else ends the program as
 * ever.
 *
 * Mappings may be opened, read and closed in any thread. The table that the
 * handler reads has MAPPINGS_MAX places.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum { MAPPINGS_MAX = 1024 };

struct mapping;

/* Maps the first size (> 0) bytes of a regular file, to be read only. NULL
 * when the kernel refuses or MAPPINGS_MAX are open: read it instead. */
struct mapping *mapping_open(int fd, size_t size);
void mapping_close(struct mapping *mapping); /* NULL is allowed */

/* All its bytes; valid until mapping_close(). */
struct slice mapping_bytes(const struct mapping *mapping);

/* Whether bytes were asked for that the file no longer had (or that its disk
 * could not give). */
bool mapping_was_cut(const struct mapping *mapping);

#endif
