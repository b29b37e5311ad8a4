/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PASS_H
#define SCAN_PASS_H

/*
 * Inputs on their way through the engine: what scan_run() and update_run()
 * share.
 *
 *	pass_open(&pass, options, &report, err);
 *	... pass.run.inputs, their formats, pass.run.keys ...
 *	pass_run(&pass, sink, context, err);
 *	pass_finish(&pass, err);
 *	pass_close(&pass);
 */

#include <stdint.h>

#include "base/err.h"
#include "base/output.h"
#include "engine/shard.h"
#include "scan/mapper.h"
#include "scan/note.h"
#include "scan/scan.h"
#include "scan/survey.h"

struct pass {
	struct scan_run run;
	struct survey survey;
	struct notes notes;
	struct output *rejects;

	shard_take *sink;
	void *context;
	int64_t began;
	uint64_t size; /* of all files, for progress */
};

/* Checks the options and prepares what they say; they, and the report, must
 * stay. Returns 0, or -1 with err set. Close it either way. */
int pass_open(struct pass *pass, const struct scan_options *options,
    struct scan_report *report, struct err *err) CHECKED;
void pass_close(struct pass *pass);

/* Takes the inputs out that were told to be bad: the engine sees the rest.
 * Returns how many they were. */
size_t pass_drop_bad(struct pass *pass);

/* Reads all inputs and gives each key with its struct tally_sum to sink(), in
 * order. Returns 0, or -1 with err set. */
int pass_run(struct pass *pass, shard_take *sink, void *context,
    struct err *err) CHECKED;

/* Tells which formats there were and what held nothing, completes the report
 * and writes the rejects. Returns 0, or -1 with err set. */
int pass_finish(struct pass *pass, struct err *err) CHECKED;

#endif
