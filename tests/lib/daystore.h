/* SPDX-License-Identifier: MIT */
#ifndef TESTS_DAYSTORE_H
#define TESTS_DAYSTORE_H

/*
 * A store of days in the scratch folder (scratch.h). What goes wrong here ends
 * the test.
 */

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/folder.h"
#include "model/days.h"
#include "scratch.h"

static inline void
need(int status, const struct err *err)
{
	if (status < 0) {
		printf("# %s\n", err->text);
		abort();
	}
}

/* The store of this name; its folder is made. */
static inline struct days *
open_days(const char *name, enum db_mode mode)
{
	const char *folder = scratch_path(name);
	struct err err = { "" };
	struct days *days;

	need(folder_make(folder, &err), &err);
	days = days_open(folder, mode, &err);
	need(days == NULL ? -1 : 0, &err);
	return days;
}

/* Runs SQL on its file, as another program would. */
static inline void
run_sql(const char *name, const char *sql)
{
	char *path = days_path(scratch_path(name));
	char *why = NULL;
	sqlite3 *file;

	scratch_need(sqlite3_open(path, &file) == SQLITE_OK, path);
	if (sqlite3_exec(file, sql, NULL, NULL, &why) != SQLITE_OK) {
		printf("# %s\n", why);
		abort();
	}
	(void)sqlite3_close(file);
	free(path);
}

#endif
