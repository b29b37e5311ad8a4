/* SPDX-License-Identifier: MIT */
#ifndef SCAN_LOOKS_H
#define SCAN_LOOKS_H

/* What a log without callers looks like, by the words in it. Pure. */

#include "base/slice.h"

struct looks {
	const char *what;    /* "a Rails log without callers" */
	const char *section; /* of tallyman-callers(7): "RAILS" */
};

/* The best guess for a sample of text, or NULL. */
const struct looks *looks_like(struct slice text);

#endif
