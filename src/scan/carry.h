/* SPDX-License-Identifier: MIT */
#ifndef SCAN_CARRY_H
#define SCAN_CARRY_H

/*
 * The stamp that a reader carries from line to line, where it passes over
 * lines that hold no entry: these are asked for their stamps only when an
 * entry has no date of its own, and at the end of a block, and then from the
 * last one upwards. A stamp with a date sets all anew, so that above it
 * nothing counts; of those without a date only the last does. Pure.
 *
 *	carry_begin(&carry, block.ptr);
 *	while (... finds a line with an entry ...)
 *		carry_see(&carry, line, part);
 *	carry_catch_up(&carry, block.ptr + block.len);
 *
 * Then reader->stamp is, at every entry and at the end, what it would be if
 * reader_see_line() had seen every line.
 */

#include "scan/reader.h"

struct carry {
	struct reader *reader;

	/* What of a line is looked at for its stamp. */
	struct slice (*part)(struct reader *reader, struct slice line);

	const char *from; /* from here on lines have not been looked at */

	/* The usual text of the reader's stamp (STAMP_USUAL bytes), where that
	 * is known: most lines have the same as the one above. */
	bool has_usual;
	char usual[STAMP_USUAL];
};

/* A block begins; the reader's stamp is that of the text before it. */
static inline void
carry_begin(struct carry *carry, const char *block)
{
	carry->from = block;
	carry->has_usual = false;
}

/* Sees the stamp of a line of which the part is known, and of those above it
 * where they count. Lines come in the order of the block. Returns whether the
 * line has a stamp itself. */
bool carry_see(struct carry *carry, struct slice line, struct slice part);

/* Whether the line has the stamp that the reader has already, told quickly:
 * then it is seen. False says nothing, and changes nothing. */
static inline bool
carry_is_same(struct carry *carry, struct slice line, struct slice part)
{
	if (!carry->has_usual || !stamp_is_usual(part, carry->usual))
		return false;
	carry->from = line.ptr + line.len;
	return true;
}

/* Sees the stamps of all lines before end, where a line begins or the block
 * ends. */
void carry_catch_up(struct carry *carry, const char *end);

#endif
