/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBAUTH_H
#define FETCH_JOBAUTH_H

/* How a job authorises itself. */

#include "fetch/jobvalues.h"

/* A row of a table of jobkeys.h: a struct job_auth. */
key_reader read_auth;

#endif
