/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/rows.h"

#include "scan/scan_report.h"

void
rows_release(struct rows *rows)
{
	buf_release(&rows->values);
}

int
rows_take(void *context, struct slice key, const void *state, struct err *err)
{
	struct rows *rows = context;
	const struct tally_sum *sum = state;
	struct tally_row row = {
		.count = sum->count,
		.entries = sum->entries,
	};

	tally_key_read(key, rows->keys, &rows->values, &row);
	if (sum->is_over) {
		rows->report->over++;
		report_over(&row);
	}
	return rows->take(rows->context, &row, err);
}
