/* SPDX-License-Identifier: MIT */
#ifndef SCAN_REACHED_H
#define SCAN_REACHED_H

/*
 * How far an input was read, and with what it can be read on.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { REACHED_TAIL = 1024 };

struct reached {
	uint64_t position; /* decoded bytes: behind the last line read */
	struct buf state;  /* what its reader carried there (scan/reader.h), or
			      the header of a tally */

	/* The last bytes before the position, REACHED_TAIL of them or all;
	 * only kept of streams, whose bytes cannot be had again. */
	struct buf tail;
	bool lacks_tail; /* not all of them are there */

	bool is_troubled; /* it broke off, or could not be opened: */
	struct err why;
};

/* A block was read behind those before. */
void reached_add_tail(struct reached *reached, struct slice text);

void reached_release(struct reached *reached);

#endif
