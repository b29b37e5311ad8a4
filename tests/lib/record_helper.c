/* SPDX-License-Identifier: MIT */
/*
 * A shared object between a program and libpq, compiled with SEND=own_send as
 * code of the program's own, and with SEND=vendor_send as a library to skip.
 */
#include "record_helper.h"

#ifndef SEND
#define SEND own_send
#endif

/* Two frames, and no tail call. */
static PGresult *
twice_removed(PGconn *db, const char *text)
{
	PGresult *result = PQexec(db, text); /* 3 cart.insert */

	return PQresultStatus(result) == PGRES_FATAL_ERROR ? NULL : result;
}

PGresult *
SEND(PGconn *db, const char *text)
{
	PGresult *result = twice_removed(db, text);

	return PQresultStatus(result) == PGRES_FATAL_ERROR ? NULL : result;
}
