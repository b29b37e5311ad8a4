/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBREQUEST_H
#define FETCH_JOBREQUEST_H

/* The request of a job, and what the one of a listing shares with it. */

#include "fetch/jobvalues.h"

/* GET, cost 1. */
void job_request_defaults(struct job_request *request);
/* Frees what it owns outside of the job's arena. */
void job_request_release(struct job_request *request);

enum { JOB_COST_MAX = 1000000 };

/* Rows of tables of jobkeys.h. */
key_reader read_request; /* struct job_request */
key_reader read_split;   /* no field: "split" and "key" of the job, which may
			  * stand in the request, too */
key_reader read_method;  /* const char * */

/* Whether any of its templates has such a place: template_has_id() and so
 * on. */
bool job_request_has(const struct job_request *request,
    bool (*has)(const struct template *template));

#endif
