/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/pywalk.h"

static bool
is_surrogate(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdfff;
}

/* Its UTF-8, 4 bytes at most; a surrogate that stands for no byte, and what is
 * no character, becomes '?'. */
static size_t
encode(uint32_t c, char *to)
{
	if (c >= 0xdc80 && c <= 0xdcff) {
		to[0] = (char)(c - 0xdc00);
		return 1;
	}
	if (c < 0x80 || is_surrogate(c) || c > 0x10ffff) {
		to[0] = (char)(c < 0x80 ? c : '?');
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

bool
pywalk_put(uint32_t c, char *room, size_t size, size_t *len)
{
	char bytes[4];
	size_t n = encode(c, bytes);

	if (*len + n >= size)
		return false;
	memcpy(room + *len, bytes, n);
	*len += n;
	return true;
}
