/* SPDX-License-Identifier: MIT */
#ifndef FETCH_SECRETFORM_H
#define FETCH_SECRETFORM_H

/*
 * How a secret may stand in text: plain, percent-encoded, in base64, escaped
 * as in JSON; in any case of letters, for hosts are written in lower case.
 * What secrets_redact() looks for.
 */

#include "base/buf.h"
#include "base/slice.h"

enum { SECRET_FORMS = 4, SECRET_LOOKED_FOR_LEAST = 4 };

struct secret_forms {
	struct buf texts[SECRET_FORMS];
};

/* Fills in an empty one. A value under SECRET_LOOKED_FOR_LEAST bytes has no
 * forms, for they would be found in any text. */
void secret_forms_make(struct secret_forms *forms, struct slice value);
void secret_forms_release(struct secret_forms *forms); /* overwrites them */

/* How many bytes at the front of text are the secret, in the longest form
 * that stands there; 0 where none does. At the end of text half of it is
 * enough: the rest was cut off. */
size_t secret_forms_match(const struct secret_forms *forms, struct slice text);

#endif
