/* SPDX-License-Identifier: MIT */
#ifndef RECORD_HELPER_H
#define RECORD_HELPER_H

/* The functions of record_helper.c, compiled twice. */

#include <libpq-fe.h>

PGresult *own_send(PGconn *db, const char *text);
PGresult *vendor_send(PGconn *db, const char *text);

#endif
