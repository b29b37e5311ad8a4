/* SPDX-License-Identifier: MIT */
#ifndef VALUES_H
#define VALUES_H

/*
 * Tables of reference values: CSV files of numbers under a header, in
 * $TALLYMAN_DATA/statistics, else in ../shared/data/statistics beside the
 * source tree. A test of one that is not there is skipped.
 */

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_COLUMNS = 11, VALUES_ROWS = 400 };

struct values {
	double rows[VALUES_ROWS][VALUES_COLUMNS];
	size_t count;
};

static inline void
values_read_row(char *line, double *row)
{
	for (size_t i = 0; i < VALUES_COLUMNS && line != NULL; i++) {
		char *comma = strchr(line, ',');

		row[i] = strtod(line, NULL);
		line = comma == NULL ? NULL : comma + 1;
	}
}

/* Whether there are any. */
static inline bool
values_read(struct values *values, const char *name)
{
	const char *folder = getenv("TALLYMAN_DATA");
	const char *top = getenv("top_srcdir");
	char path[4096];
	char line[512];
	FILE *file;

	if (folder == NULL)
		snprintf(path, sizeof(path), "%s/../shared/data/statistics/%s",
		    top == NULL ? "." : top, name);
	else
		snprintf(path, sizeof(path), "%s/statistics/%s", folder, name);
	values->count = 0;
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	if (fgets(line, sizeof(line), file) != NULL)
		while (values->count < VALUES_ROWS &&
		    fgets(line, sizeof(line), file) != NULL)
			values_read_row(line, values->rows[values->count++]);
	(void)fclose(file);
	return values->count > 0;
}

/* Whether a number is within a part of the wanted one; says so if not. */
static inline bool
values_near(double got, double want, double part)
{
	bool is_near = got == want || fabs(got - want) <= part * fabs(want);

	if (!is_near)
		printf("# %.17g is not %.17g\n", got, want);
	return is_near;
}

#endif
