/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBSOURCE_H
#define FETCH_JOBSOURCE_H

/* The source of a job: where its ids come from. */

#include "fetch/jobvalues.h"

/* A row of a table of jobkeys.h: a struct job_source. Stands below the
 * request, whose headers it may take over. */
key_reader read_source;

/* Frees what it owns outside of the job's arena. */
void job_source_release(struct job_source *source);

#endif
