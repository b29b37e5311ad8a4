/* SPDX-License-Identifier: MIT */
#ifndef FETCH_SECRETFORM_H
#define FETCH_SECRETFORM_H

/*
 * How a secret may stand in text: plain, percent-encoded (in either case of
 * digits), in base64, escaped as in JSON. What secrets_redact() looks for.
 */

#include "base/buf.h"
#include "base/slice.h"

enum { SECRET_FORMS = 5, SECRET_LOOKED_FOR_LEAST = 4 };

struct secret_forms {
	struct buf texts[SECRET_FORMS];
};

/* Fills in an empty one. A value under SECRET_LOOKED_FOR_LEAST bytes has no
 * forms, for they would be found in any text. */
void secret_forms_make(struct secret_forms *forms, struct slice value);
void secret_forms_release(struct secret_forms *forms); /* overwrites them */

/* How many bytes at the front of text are the secret, in the longest form
 * that stands there; 0 where none does. */
size_t secret_forms_match(const struct secret_forms *forms, struct slice text);

#endif
