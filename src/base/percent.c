/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/percent.h"

#include <string.h>

#include "base/ascii.h"

static bool
is_unreserved(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

void
percent_add(struct buf *buf, struct slice bytes)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		if (is_unreserved(bytes.ptr[i])) {
			buf_add_char(buf, bytes.ptr[i]);
			continue;
		}
		buf_add_char(buf, '%');
		buf_add_char(buf, digits[byte >> 4]);
		buf_add_char(buf, digits[byte & 15]);
	}
}
