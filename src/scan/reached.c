/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/reached.h"

void
reached_add_tail(struct reached *reached, struct slice text)
{
	struct buf *tail = &reached->tail;

	if (text.len >= REACHED_TAIL) {
		text = slice_from(text, text.len - REACHED_TAIL);
		reached->lacks_tail = false;
	}
	buf_add(tail, text);
	if (tail->len > REACHED_TAIL)
		buf_drop(tail, tail->len - REACHED_TAIL);
}

void
reached_release(struct reached *reached)
{
	buf_release(&reached->state);
	buf_release(&reached->tail);
}
