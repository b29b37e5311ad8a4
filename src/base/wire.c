/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/wire.h"

enum { BITS = 7, MORE = 0x80 };

void
wire_add_number(struct buf *bytes, uint64_t number)
{
	for (; number >= MORE; number >>= BITS)
		buf_add_char(bytes, (char)(number | MORE));
	buf_add_char(bytes, (char)number);
}

bool
wire_number(struct slice *rest, uint64_t *number)
{
	uint64_t value = 0;
	size_t n = 0;
	uint64_t byte;

	do {
		unsigned shift = (unsigned)n * BITS;

		if (n == rest->len || shift >= 64)
			return false;
		byte = (unsigned char)rest->ptr[n++];
		if ((byte & (MORE - 1)) > UINT64_MAX >> shift)
			return false;
		value |= (byte & (MORE - 1)) << shift;
	} while ((byte & MORE) != 0);
	*rest = slice_from(*rest, n);
	*number = value;
	return true;
}

bool
wire_number_upto(struct slice *rest, uint64_t most, uint64_t *number)
{
	struct slice whole = *rest;

	if (wire_number(rest, number) && *number <= most)
		return true;
	*rest = whole;
	return false;
}

void
wire_add_signed(struct buf *bytes, int64_t number)
{
	uint64_t twice = (uint64_t)number << 1;

	wire_add_number(bytes, number < 0 ? ~twice : twice);
}

bool
wire_signed(struct slice *rest, int64_t *number)
{
	uint64_t twice;

	if (!wire_number(rest, &twice))
		return false;
	*number = (int64_t)((twice & 1) != 0 ? ~(twice >> 1) : twice >> 1);
	return true;
}

void
wire_add_bool(struct buf *bytes, bool is)
{
	wire_add_number(bytes, is ? 1 : 0);
}

bool
wire_bool(struct slice *rest, bool *is)
{
	uint64_t number;

	if (!wire_number_upto(rest, 1, &number))
		return false;
	*is = number == 1;
	return true;
}

void
wire_add_bytes(struct buf *bytes, struct slice string)
{
	wire_add_number(bytes, string.len);
	buf_add(bytes, string);
}

bool
wire_bytes(struct slice *rest, struct slice *string)
{
	struct slice whole = *rest;
	uint64_t len;

	if (!wire_number(rest, &len) || len > rest->len) {
		*rest = whole;
		return false;
	}
	*string = slice_head(*rest, (size_t)len);
	*rest = slice_from(*rest, (size_t)len);
	return true;
}

bool
wire_buf(struct slice *rest, struct buf *into)
{
	struct slice string;

	if (!wire_bytes(rest, &string))
		return false;
	buf_clear(into);
	buf_add(into, string);
	return true;
}
