/* SPDX-License-Identifier: MIT */
/*
 * Rows that were read and written again are the same rows, and they do not
 * depend on how the text was cut into pieces.
 */
#include "config.h"

#include <stdlib.h>

#include "base/csv.h"

#include "fuzz.h"

static int
write_row(void *context, const struct slice *fields, size_t count,
    uint64_t line, struct err *err)
{
	struct buf *written = context;

	(void)err;
	if (count == 0 || line == 0)
		abort();
	for (size_t i = 0; i < count; i++)
		csv_add(written, fields[i], i == 0, false);
	csv_end(written);
	return 0;
}

/* Reads text in pieces and writes its rows; -1 when it breaks off. */
static int
rewrite(struct slice text, size_t piece, struct buf *written)
{
	struct csv_reader *reader = csv_reader_new(write_row, written);
	struct err err;
	int status = 0;

	while (status == 0 && text.len > 0) {
		status = csv_reader_feed(reader, slice_head(text, piece), &err);
		text = slice_from(text, slice_head(text, piece).len);
	}
	if (status == 0)
		status = csv_reader_finish(reader, &err);
	csv_reader_free(reader);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct buf once = { 0 };
	struct buf cut = { 0 };
	struct buf twice = { 0 };

	if (rewrite(text, size, &once) != rewrite(text, 3, &cut) ||
	    !slice_equal(buf_slice(&once), buf_slice(&cut)))
		abort();
	if (rewrite(buf_slice(&once), 5, &twice) != 0 ||
	    !slice_equal(buf_slice(&once), buf_slice(&twice)))
		abort();
	buf_release(&once);
	buf_release(&cut);
	buf_release(&twice);
	return 0;
}
