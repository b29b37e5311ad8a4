/* SPDX-License-Identifier: MIT */
#ifndef SCAN_SETUP_H
#define SCAN_SETUP_H

/*
 * From options to what a scan works with before it knows its inputs: presets,
 * the selection, zones, limits. For scan.h, which reads logs to their ends,
 * and follow.h, which reads on.
 */

#include "base/err.h"
#include "scan/mapper.h"
#include "scan/scan.h"
#include "scan/survey.h"

/* Checks the options, which must stay, and fills in run and survey, both all
 * zero before. Returns 0, or -1 with err set; to be closed either way. */
int setup_open(struct scan_run *run, struct survey *survey,
    const struct scan_options *options, struct err *err) CHECKED;

/* Releases what is in them, the inputs included. */
void setup_close(struct scan_run *run, struct survey *survey);

#endif
