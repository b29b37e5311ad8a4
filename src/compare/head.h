/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_HEAD_H
#define COMPARE_HEAD_H

/*
 * Whether a line begins a named function, told from its words. These do:
 *
 *	def NAME, defp NAME, func (x) NAME(, fn NAME(, fun X.NAME(,
 *	function NAME(, sub NAME		whatever modifiers are before
 *	NAME = function, NAME: async function, NAME = (...) =>
 *	TYPE NAME(...) {			the { may be a line further, the
 *						) up to 30 lines
 *
 * In the last form NAME is no word such as if, and no call: neither new nor a
 * dot is before it. Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "compare/text.h"

/* Whether line (from 1) is a head; sets name, within the text. */
bool head_find(const struct text *text, size_t line, struct slice *name);

#endif
