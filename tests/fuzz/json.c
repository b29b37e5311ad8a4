/* SPDX-License-Identifier: MIT */
/*
 * The first line is a JSON pointer, the rest a text. Whatever is found lies
 * within the text and is whole: read again by itself, it is the same value.
 * Strings that were written are read back.
 */
#include "config.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/json.h"

#include "fuzz.h"

static void
check_value(const struct json_value *value, struct slice text)
{
	struct slice rest = value->raw;
	struct json_value again;
	struct buf buf = { 0 };

	if (value->raw.ptr < text.ptr ||
	    value->raw.ptr + value->raw.len > text.ptr + text.len)
		abort();
	if (!json_next_value(&rest, &again) || rest.len != 0 ||
	    again.kind != value->kind || !slice_equal(again.raw, value->raw))
		abort();
	json_add_text(&buf, value);
	buf_release(&buf);
}

/* Goes down the first levels only: each is read once more for the next. */
static void
walk(struct slice text, unsigned levels)
{
	struct slice members = text;
	struct slice items = text;
	struct slice key;
	struct json_value value;

	if (levels == 0)
		return;
	while (json_next_member(&members, &key, &value)) {
		check_value(&(struct json_value){ JSON_STRING, key }, text);
		check_value(&value, text);
		walk(value.raw, levels - 1);
	}
	while (json_next_item(&items, &value)) {
		check_value(&value, text);
		walk(value.raw, levels - 1);
	}
}

static void
check_strings(struct slice bytes)
{
	struct buf written = { 0 };
	struct buf back = { 0 };
	struct slice rest;
	struct json_value value;
	bool fine = json_add_string(&written, bytes);

	rest = buf_slice(&written);
	if (!json_next_value(&rest, &value) || rest.len != 0)
		abort();
	json_add_text(&back, &value);
	if (slice_equal(buf_slice(&back), bytes) != fine)
		abort();
	buf_clear(&written);
	json_add_base64(&written, bytes);
	if (written.len != (bytes.len + 2) / 3 * 4 + 2)
		abort();
	buf_release(&written);
	buf_release(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct slice line;
	struct json_value value;
	char *pointer;

	if (!slice_cut(&text, '\n', &line))
		return 0;
	pointer = xmemdup(line.ptr, line.len);
	if (json_pointer(text, pointer, &value))
		check_value(&value, text);
	if (json_member(text, pointer, &value))
		check_value(&value, text);
	free(pointer);
	walk(text, 4);
	check_strings(text);
	return 0;
}
