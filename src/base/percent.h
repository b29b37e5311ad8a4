/* SPDX-License-Identifier: MIT */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

/* Percent-encoding, as in URLs (RFC 3986, section 2.1). */

#include "base/buf.h"
#include "base/slice.h"

/* Adds bytes with all but the unreserved characters (letters, digits and
 * "-._~") as "%XX". */
void percent_add(struct buf *buf, struct slice bytes);

#endif
