/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBSETTINGS_H
#define FETCH_JOBSETTINGS_H

/* How a job tries again, what it keeps how long, whom it believes. */

#include "fetch/jobvalues.h"

void job_cache_defaults(struct job_cache *cache);

/* Rows of tables of jobkeys.h. */
key_reader read_retry; /* struct retry_policy */
key_reader read_cache; /* struct job_cache */
key_reader read_tls;   /* struct job_tls */

#endif
