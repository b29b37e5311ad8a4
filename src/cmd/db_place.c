/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/db_place.h"

#include <stdlib.h>

#include "base/folder.h"

const struct opt db_place_options[] = {
	{ 0, "db", "FOLDER", "where the days are kept", opt_string, 0, NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

struct days *
db_place_open(const char *db, struct err *err)
{
	char *folder = folder_store(db, err);
	struct days *days = NULL;

	if (folder != NULL)
		days = days_open(folder, DB_READ, err);
	free(folder);
	return days;
}

int
db_place_today(struct days *days, char today[DAYNAME_SIZE], struct err *err)
{
	struct buf zone = { 0 };
	bool is_set;
	int status = days_zone(days, &zone, &is_set, err);

	if (status == 0)
		status = dayname_today(buf_slice(&zone), today, err);
	buf_release(&zone);
	return status;
}

int
db_place_range(struct days *days, const char *text, struct dayrange *range,
    struct err *err)
{
	char today[DAYNAME_SIZE];

	if (db_place_today(days, today, err) != 0)
		return -1;
	return dayrange_read(slice_str(text), slice_str(today), range, err);
}
