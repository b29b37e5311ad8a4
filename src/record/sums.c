/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/sums.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/zone.h"
#include "model/callcount.h"

/* Of a line, but for its program and its key: the time, the process, the count
 * and what stands between them have 70 bytes at most. */
enum { LINE_MOST = 96 };

void
sums_init(struct sums *sums)
{
	*sums = (struct sums){ 0 };
	table_init(&sums->table, sizeof(uint64_t));
}

void
sums_release(struct sums *sums)
{
	table_release(&sums->table);
	buf_release(&sums->rest);
	free(sums->operations);
	sums_init(sums);
}

/* Cuts them at their NULs, into sums->operations; returns how many. */
static size_t
cut_operations(struct sums *sums, struct slice operations)
{
	struct slice operation;
	size_t count = 0;

	while (slice_cut(&operations, '\0', &operation)) {
		xgrow(&sums->operations, &sums->room, count + 1,
		    sizeof(sums->operations[0]));
		sums->operations[count++] = operation;
	}
	return count;
}

void
sums_add(struct sums *sums, struct slice file, unsigned line,
    struct slice function, struct slice operations, struct slice revision,
    uint64_t n)
{
	static const struct slice unknown = SLICE("(unknown)");
	size_t count = cut_operations(sums, operations);
	struct slice key;
	char digits[16];
	uint64_t *sum;
	bool added;
	int len;

	len = snprintf(digits, sizeof(digits), "%u", line);
	buf_clear(&sums->rest);
	callcount_add(&sums->rest, 0, file.len == 0 ? unknown : file,
	    slice_make(digits, (size_t)len), function, sums->operations, count,
	    revision);
	key = slice_from(buf_slice(&sums->rest), strlen("0: "));
	sum = table_add(&sums->table, key, &added);
	if (added)
		sums->bytes += key.len;
	*sum = n > UINT64_MAX - *sum ? UINT64_MAX : *sum + n;
}

/* Of such bytes no count, blank or dash can be made that scan would take for
 * the beginning of a callcount. */
static void
add_program(struct buf *lines, struct slice program)
{
	for (size_t i = 0; i < program.len; i++) {
		char c = program.ptr[i];

		buf_add_char(lines,
		    ascii_is_alnum(c) || c == '.' || c == '-' ? c : '_');
	}
	if (program.len == 0)
		buf_add_char(lines, '_');
}

static void
add_front(struct buf *lines, const struct sums_front *front)
{
	struct civil at;

	civil_from_instant(front->time, 0, &at);
	buf_add_format(lines, "%04d-%02u-%02uT%02u:%02u:%02uZ ", (int)at.year,
	    at.month, at.day, at.hour, at.minute, at.second);
	add_program(lines, front->program);
	buf_add_format(lines, "[%ld]: ", front->process);
}

/* Memory is asked for before anything is added, so that there is either no
 * line or all. */
void
sums_lines(const struct sums *sums, const struct sums_front *front,
    struct buf *lines)
{
	struct table_entry **entries;

	if (sums->table.count == 0)
		return;
	(void)buf_reserve(lines,
	    sums->bytes + sums->table.count * (LINE_MOST + front->program.len));
	entries = table_sorted(&sums->table);
	for (size_t i = 0; i < sums->table.count; i++) {
		uint64_t sum;

		memcpy(&sum, entries[i]->value, sizeof(sum));
		add_front(lines, front);
		buf_add_format(lines, "%" PRIu64 ": ", sum);
		buf_add(lines, entries[i]->key);
		buf_add_char(lines, '\n');
	}
	free(entries);
}
