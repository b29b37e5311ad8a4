/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_MENTION_H
#define COMPARE_MENTION_H

/*
 * Whether code speaks of an operation. Pure: no I/O.
 */

#include <stdbool.h>

#include "base/slice.h"

/*
 * Whether a text holds the verb or the kind of an operation, as a word or as
 * part of a name; in any case, with or without underscores, in the singular or
 * the plural: "UserData.put" in "user_data = ...", "cities.select" in
 * "City.all".
 */
bool mention_operation(struct slice text, struct slice operation);

#endif
