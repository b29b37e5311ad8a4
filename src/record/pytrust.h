/* SPDX-License-Identifier: MIT */
#ifndef RECORD_PYTRUST_H
#define RECORD_PYTRUST_H

/*
 * Whether a layout (record/pylayout.h) tells what the interpreter itself does.
 * Found out once in a process, by the first thread that asks, and so in forked
 * children; whoever asks meanwhile hears no.
 *
 * The comparison walks all frames of the calling thread in both ways at once
 * (record/pywalk.h), and strings of each width. It takes the interpreter lock,
 * and reads memory in a way that can't crash; where the kernel forbids that,
 * nothing is trusted.
 */

#include <stdbool.h>

#include "record/pyapi.h"

enum pytrust {
	PYTRUST_UNDECIDED = 0, /* there was nothing to compare */
	PYTRUST_YES = -1,
	PYTRUST_NO = -2
};

/* Compares. thread is the calling thread's state, api's layout is not NULL. */
enum pytrust pytrust_compare(const struct pyapi *api, void *thread);

/* Whether it is trusted. Compares if that has to be done still and may be: it
 * waits for the interpreter lock. */
bool pytrust_is(const struct pyapi *api, void *thread, bool may_wait);

#endif
