/* SPDX-License-Identifier: MIT */
#ifndef SCAN_CARRIED_H
#define SCAN_CARRIED_H

/*
 * Stamps in the bytes of what a reader carries (struct reader_type's save()
 * and load()), with the numbers of base/wire.h. Pure.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "scan/stamp.h"

void carried_add_stamp(struct buf *bytes, const struct stamp *stamp);

/* Takes one off the front; false where no stamp can be what stands there. */
bool carried_stamp(struct slice *rest, struct stamp *stamp);

#endif
