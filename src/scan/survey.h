/* SPDX-License-Identifier: MIT */
#ifndef SCAN_SURVEY_H
#define SCAN_SURVEY_H

/*
 * A look at all inputs before they are read: which are tallies, which format
 * each log has, and what the rows can be grouped by.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "scan/input.h"
#include "scan/preset.h"
#include "scan/reader.h"
#include "scan/scan.h"

enum { SURVEY_MOST_PRESETS = 64 };

/* The formats that come into question: all, or what -p or -x says. */
struct survey {
	const struct scan_options *options;
	struct presets presets;
	const struct preset *candidates[SURVEY_MOST_PRESETS];
	size_t count;
	bool
	    must_look; /* also where there is but one format: is_guess counts */
};

/* Loads the presets; options must stay. Returns 0, or -1 with err set: a
 * preset or a pattern that is wrong, or a name that none has. */
int survey_open(struct survey *survey, const struct scan_options *options,
    struct err *err) CHECKED;
void survey_close(struct survey *survey);

/* Whether a format, which may be NULL, is one of those in question. */
bool survey_has(const struct survey *survey, const struct preset *preset);

/*
 * Tells of each input what it is. One whose samples show nothing that is sure
 * (detect.h: own) takes the format of most others, else what its statements
 * look like: a guess. Prints what cannot be opened, which is bad from then on,
 * and the formats seen.
 */
void survey_inputs(const struct survey *survey,
    const struct reader_options *reader_options, struct inputs *inputs);

/* Prints how many inputs have which format: with entries (how many each gave)
 * the guesses that proved right, without, the others. */
void survey_tell_formats(const struct survey *survey,
    const struct inputs *inputs, const uint64_t *entries);

/* Fills in keys without a column: a tally keeps its own, so that reading one
 * and writing it gives the same bytes; several kinds of inputs get the usual
 * ones. */
void survey_choose_keys(const struct inputs *inputs, struct tally_keys *keys);

/* Prints which of the keys, or of the options, some tally knows nothing of. */
void survey_tell_lacks(const struct survey *survey, const struct inputs *inputs,
    const struct tally_keys *keys);

#endif
