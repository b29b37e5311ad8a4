/* SPDX-License-Identifier: MIT */
#ifndef FETCH_HEADER_H
#define FETCH_HEADER_H

/*
 * The fields of an answer's header (RFC 9110, section 5), kept as they came:
 * one block of lines "Name: value\r\n", without the status line. Pure, and
 * ready for anything: the block is what a stranger sent.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* The value of the first field of that name (any case), without blanks around
 * it; false when there is none. A slice of the block. */
bool header_find(struct slice block, const char *name, struct slice *value);

/* Steps through all fields of a name: start with at = 0. */
bool header_next(struct slice block, const char *name, size_t *at,
    struct slice *value);

/*
 * Steps through the members of a list value (RFC 9110, section 5.6.1) split at
 * commas outside of quoted strings and of <...>; empty ones are left out. list
 * moves on.
 */
bool header_next_member(struct slice *list, struct slice *member);

/* Steps through the parameters of a member, ";name=value": name in any case,
 * value without its quotes (an escape in it stays as it is), empty where there
 * is no "=". params starts at the member. The part before the first ";" is
 * not a parameter: header_head() gives it. */
struct slice header_head(struct slice member);
bool header_next_parameter(struct slice *params, struct slice *name,
    struct slice *value);

/* A "name=value" that stands by itself, such as a directive: as above. */
void header_pair(struct slice text, struct slice *name, struct slice *value);

/* A decimal number, all of text, no sign; values too large to hold are
 * INT64_MAX. False when it is none. As seconds: in nanoseconds. */
bool header_number(struct slice text, int64_t *number);
bool header_seconds(struct slice text, int64_t *duration);

/* An HTTP-date in any of the three forms (RFC 9110, section 5.6.7), in
 * nanoseconds since 1970: 0 for those before, INT64_MAX beyond 2262, so that
 * the difference of two is one too. */
bool header_date(struct slice text, int64_t *instant);

/* The target of the first link with this relation in Link fields (RFC 8288),
 * a slice of the block; relative targets are given as they are. Links with an
 * anchor speak of other pages, and are left out. */
bool header_link(struct slice block, const char *rel, struct slice *target);

#endif
