/* SPDX-License-Identifier: MIT */
#ifndef SCAN_UPDATE_INSIDE_H
#define SCAN_UPDATE_INSIDE_H

/*
 * What the files update*.c share: one try to bring the store up to date.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/table.h"
#include "scan/deposit.h"
#include "scan/known.h"
#include "scan/pass.h"
#include "scan/update.h"

struct update {
	struct scan_options options; /* with the store's zone */
	struct days *days;
	struct update_report *report;
	struct pass pass;
	struct deposit deposit;
	struct buf zone;
	bool has_zone; /* the store has */
	struct buf kept_from;
	uint64_t keep; /* days; 0: all */

	/* All files that were found; those that are read are inputs of
	 * pass, each at this place here. */
	struct inputs found;
	struct known_input *known; /* as many */
	size_t *known_of;
	struct table *left_out; /* paths of files that could not be read */
	bool is_again;      /* begin again: something was cut, or left out */
	bool is_changed;    /* something is to be committed */
	struct table names; /* JSON pointers, each once: char * of their text */
};

/* Of all that a reader is told: what it carried is of use only to one that is
 * told the same. */
uint64_t update_preset_hash(const struct preset *preset,
    const struct scan_options *options);

/* update_files.c: finds the files of the operands and makes inputs of those
 * that hold something new, each with its place and format. Returns 0, or -1
 * with err set. */
int update_find(struct update *update, char *const *operands, size_t count,
    struct err *err) CHECKED;
int update_choose(struct update *update, struct err *err) CHECKED;

/* update_kept.c: writes down how far each input was read and what hangs on its
 * end; or sets is_again. Returns 0, or -1 with err set. */
int update_keep(struct update *update, struct err *err) CHECKED;

#endif
