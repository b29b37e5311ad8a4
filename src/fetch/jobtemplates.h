/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBTEMPLATES_H
#define FETCH_JOBTEMPLATES_H

/*
 * What a request sends: the keys of a job whose values are templates
 * (template.h), with their secrets put in.
 */

#include "fetch/jobvalues.h"

/* Rows of tables of jobkeys.h. */
key_reader read_url;     /* struct template * */
key_reader read_params;  /* struct job_request: its params */
key_reader read_headers; /* struct job_request: its headers */
key_reader read_body;    /* struct job_request: its body, after the headers */

/* A header of the request, by its name (any case), or NULL. */
const struct job_header *job_request_header(const struct job_request *request,
    const char *name);

/* The origin of a URL into origin (ORIGIN_MAX bytes). -1 with err set when it
 * has none, or a place stands before its end. */
int job_url_origin(const struct template *url, char *origin,
    struct err *err) CHECKED;

#endif
