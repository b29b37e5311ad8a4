/* SPDX-License-Identifier: MIT */
#ifndef CMD_DIFF_INPUT_H
#define CMD_DIFF_INPUT_H

/*
 * The operands of `tallyman diff`. Each names one day: 2013-06-12, today or
 * yesterday is one of the store, even where a file is called so. All else is
 * an input: a tally, a log or a folder of logs that holds just one day, or
 * FILE@DAY where no file of the whole name exists. An input that several
 * operands name is scanned once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/diff_store.h"
#include "compare/sample.h"
#include "scan/scan.h"

/* What is to be compared. */
struct diff_request {
	char *const *texts; /* the operands */
	size_t count;
	bool is_free;   /* see diff_operands_load() */
	const char *db; /* the folder of the store, or NULL */
	uint64_t weeks; /* before a single day; UINT64_MAX: not given */
	const struct scan_options *scan;
	const struct tally_keys *by; /* what is compared by */
	bool wants_revisions;        /* where they are known */
};

struct diff_input;

struct diff_operand {
	struct stored_day *stored; /* a day of the store; NULL: of an input, */
	struct diff_input *input;  /* this one, */
	struct slice wanted;       /* the one behind @, or empty */
	struct sample_day day;
	int last_hour; /* the last that counts, for who sets it; -1: all do */
};

struct diff_operands {
	struct diff_operand *items; /* as given: the last is the new day */
	size_t count;
	/* What rows hold: what is compared by, and whatever else of file, line,
	 * function and operation all inputs have. */
	struct tally_keys keys;
	struct diff_input *inputs;
	size_t input_count;
	struct diff_store store;
	bool is_trouble; /* some input could be read only in part */
};

/* More weeks than that are a mistake. */
enum { DIFF_WEEKS_MOST = 520 };

/*
 * Finds what the operands name, and scans inputs. Of a single day of the
 * store, the same weekdays before it that the store has become old ones, and
 * those that it has not are told. Where the request is free, no operand means
 * today, or the newest day that the store has; and of a single input with
 * several days the last is the new one, and the same weekdays of the eight
 * weeks before it are old ones, else the day before it. Prints what was not
 * counted. Returns 0, or -1 with err set: an input that cannot be read or holds
 * no call sites, a day that is not there, or several where one must be named.
 * Release the operands either way.
 */
int diff_operands_load(struct diff_operands *operands,
    const struct diff_request *request, struct err *err) CHECKED;

void diff_operands_release(struct diff_operands *operands);

/* Whether nothing is there up to its last_hour; not, where something is that
 * was just not selected. */
bool diff_operand_is_empty(const struct diff_operand *operand);

/* Gets the rows of a day of the store up to its last_hour, which inputs have
 * already. */
int diff_operand_read(struct diff_operands *operands,
    struct diff_operand *operand, const struct diff_request *request,
    struct err *err) CHECKED;

/* The path of a log, which can be scanned again; NULL for what is none. */
const char *diff_operand_log(const struct diff_operand *operand);

/* Notes what makes days hard to compare: other weekdays, the wrong order. */
void diff_operands_warn(const struct diff_operands *operands);

/* Notes hosts that are missing on a side; where last_hour is set. */
void diff_operands_warn_of_hosts(const struct diff_operands *operands);

#endif
