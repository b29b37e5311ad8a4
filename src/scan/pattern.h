/* SPDX-License-Identifier: MIT */
#ifndef SCAN_PATTERN_H
#define SCAN_PATTERN_H

/*
 * Patterns: PCRE2 with JIT, on bytes (no UTF mode: logs hold any bytes),
 * bounded by a match limit and never by a time, so that the answer does not
 * depend on the machine. A match that reaches the limit is "given up on",
 * which is not "no match": whoever asks must count it.
 *
 * A compiled pattern may be used by many threads; the scratch memory of
 * matching belongs to one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct pattern;

enum { PATTERN_FIXED = 1, PATTERN_NOCASE = 2 };

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_GAVE_UP };

/* Compiles. NULL with err set, which shows the place: "pattern 'a(b': missing
 * closing parenthesis at byte 3". */
struct pattern *pattern_new(const char *text, unsigned flags, struct err *err);
void pattern_free(struct pattern *pattern);

/* Makes machine code of it, which takes as long as some hundred matches; until
 * then it is interpreted, more slowly, with the same answers. While no other
 * thread uses it. */
void pattern_speed_up(struct pattern *pattern);

/* The number of a named group ("file"), or 0. */
unsigned pattern_group(const struct pattern *pattern, const char *name);

/* The name of the n-th named group, or NULL behind the last. */
const char *pattern_group_name(const struct pattern *pattern, unsigned n);

/* Room for matching with any pattern; limit is PCRE2's match limit. */
struct scratch;
struct scratch *scratch_new(uint32_t limit);
void scratch_free(struct scratch *scratch);

/* Matches anywhere in subject. */
enum pattern_result pattern_match(const struct pattern *pattern,
    struct scratch *scratch, struct slice subject);

/* What a group held in the last match with this scratch; empty where it took
 * no part. Valid as long as the subject. */
struct slice scratch_group(const struct scratch *scratch, unsigned group);

#endif
