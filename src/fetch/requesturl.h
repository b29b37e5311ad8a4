/* SPDX-License-Identifier: MIT */
#ifndef FETCH_REQUESTURL_H
#define FETCH_REQUESTURL_H

/*
 * The URL of a request: its template filled in, its parameters behind it, in
 * their order, percent-encoded but for commas. Pure.
 */

#include "base/buf.h"
#include "base/err.h"
#include "fetch/jobfile.h"

/* Adds it to url. -1 with err set when a value cannot stand in it. */
int request_url(const struct job_request *request,
    const struct template_values *values, struct buf *url,
    struct err *err) CHECKED;

#endif
