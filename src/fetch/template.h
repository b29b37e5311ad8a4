/* SPDX-License-Identifier: MIT */
#ifndef FETCH_TEMPLATE_H
#define FETCH_TEMPLATE_H

/*
 * Text with places to fill in: {id}, {ids} (joined by commas) and {each}. "{{"
 * is a brace; any other "{word}" is an error that names it. How a value is
 * written depends on where it goes.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct template;

enum template_place {
	TEMPLATE_URL,    /* percent-encoded but for unreserved characters
			  * (RFC 3986, section 2.3); commas between ids stay.
			  * A path with a segment "." or ".." is refused */
	TEMPLATE_HEADER, /* as it is; CR, LF and NUL are refused */
	TEMPLATE_JSON,   /* as in a JSON string, without its quotes */
	TEMPLATE_TEXT,   /* as it is */
};

struct template_values {
	const struct slice *ids;
	size_t id_count; /* {id} wants just one */
	struct slice each;
};

/* Compiles; text is copied. NULL with err set. */
struct template *template_new(struct slice text, enum template_place place,
    struct err *err);
void template_free(struct template *template);

bool template_has_id(const struct template *template);
bool template_has_ids(const struct template *template);
bool template_has_each(const struct template *template);
bool template_has_place(const struct template *template); /* any of them */

/* Adds the text with the values in it. -1 with err set when a value cannot
 * stand there; buf is as it was then. */
int template_add(const struct template *template,
    const struct template_values *values, struct buf *buf,
    struct err *err) CHECKED;

/* What stands before the first place, for checking the origin of a URL: a
 * place there is an error of the job. */
struct slice template_prefix(const struct template *template);

#endif
