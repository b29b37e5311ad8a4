/* SPDX-License-Identifier: MIT */
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

/*
 * Numbers and byte strings in a row of bytes, for what is written down and
 * read again: a number is unsigned LEB128 (seven bits a byte, the lowest
 * first, as in DWARF), a byte string has its length in front. Reading trusts
 * nothing: each function takes its value off the front of *rest, or returns
 * false and leaves *rest as it was where that is no such value. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

void wire_add_number(struct buf *bytes, uint64_t number);
bool wire_number(struct slice *rest, uint64_t *number);

/* The same of at most `most`; false for a larger one. */
bool wire_number_upto(struct slice *rest, uint64_t most, uint64_t *number);

/* Zigzag, as in Protocol Buffers: small where the number is near 0. */
void wire_add_signed(struct buf *bytes, int64_t number);
bool wire_signed(struct slice *rest, int64_t *number);

/* A byte that is 0 or 1; false for any other. */
void wire_add_bool(struct buf *bytes, bool is);
bool wire_bool(struct slice *rest, bool *is);

/* *string is a part of *rest. */
void wire_add_bytes(struct buf *bytes, struct slice string);
bool wire_bytes(struct slice *rest, struct slice *string);

/* The same; *into is set to a copy of the string (cleared first). */
bool wire_buf(struct slice *rest, struct buf *into);

#endif
