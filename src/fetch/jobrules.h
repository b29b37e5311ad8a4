/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBRULES_H
#define FETCH_JOBRULES_H

/* The limits of a job, and its own rules on what answers mean. */

#include "fetch/jobvalues.h"

/* Rows of tables of jobkeys.h. */
key_reader read_limits;   /* struct job: its limits */
key_reader read_classify; /* struct job: its rules */

/* Frees what they own outside of the job's arena. */
void job_rules_release(struct job *job);

#endif
