/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/carried.h"

#include "base/wire.h"

/* What a stamp has, as bits. */
enum {
	HAS_DATE = 1,
	HAS_YEAR = 2,
	HAS_TIME = 4,
	HAS_OFFSET = 8,
	HAS_ALL = 15,
	LATEST_YEAR = 9999,
	FARTHEST = 24 * 3600 /* seconds from UTC */
};

void
carried_add_stamp(struct buf *bytes, const struct stamp *stamp)
{
	const struct civil *civil = &stamp->civil;

	wire_add_number(bytes,
	    (stamp->has_date ? HAS_DATE : 0) |
		(stamp->has_year ? HAS_YEAR : 0) |
		(stamp->has_time ? HAS_TIME : 0) |
		(stamp->has_offset ? HAS_OFFSET : 0));
	wire_add_signed(bytes, civil->year);
	wire_add_number(bytes, civil->month);
	wire_add_number(bytes, civil->day);
	wire_add_number(bytes, civil->hour);
	wire_add_number(bytes, civil->minute);
	wire_add_number(bytes, civil->second);
	wire_add_signed(bytes, stamp->offset);
}

static bool
take_byte(struct slice *rest, uint64_t most, uint8_t *byte)
{
	uint64_t number;

	if (!wire_number_upto(rest, most, &number))
		return false;
	*byte = (uint8_t)number;
	return true;
}

bool
carried_stamp(struct slice *rest, struct stamp *stamp)
{
	struct civil civil = { 0 };
	uint64_t has;
	int64_t year;
	int64_t offset;

	if (!wire_number_upto(rest, HAS_ALL, &has) ||
	    !wire_signed(rest, &year) || year < 0 || year > LATEST_YEAR ||
	    !take_byte(rest, 12, &civil.month) ||
	    !take_byte(rest, 31, &civil.day) ||
	    !take_byte(rest, 23, &civil.hour) ||
	    !take_byte(rest, 59, &civil.minute) ||
	    !take_byte(rest, 60, &civil.second) ||
	    !wire_signed(rest, &offset) || offset < -FARTHEST ||
	    offset > FARTHEST)
		return false;
	civil.year = (int32_t)year;
	*stamp = (struct stamp){
		.civil = civil,
		.offset = (int32_t)offset,
		.has_date = (has & HAS_DATE) != 0,
		.has_year = (has & HAS_YEAR) != 0,
		.has_time = (has & HAS_TIME) != 0,
		.has_offset = (has & HAS_OFFSET) != 0,
	};
	return true;
}
