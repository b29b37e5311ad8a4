/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_H
#define BASE_JSON_H

/*
 * JSON (RFC 8259) in log lines: a scanner that finds members without building
 * a tree, and a writer of strings. Values are slices of the text. The scanner
 * is lenient about what it steps over (a log line may be cut), strict about
 * what it returns: a value is given only when its end is there.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_value {
	enum json_kind kind;
	struct slice raw; /* as written, a string with its quotes */
};

/* Reads the value at the front of text (blanks before it are skipped) and
 * moves text behind it. False when there is none or it is cut. Nesting beyond
 * so many levels counts as none. */
enum { JSON_LEVELS = 64 };
bool json_next_value(struct slice *text, struct json_value *value);

/*
 * Steps through the members of an object: start with members = the object's
 * raw text; each call gives the next key (raw, with its quotes) and value,
 * false at the end or where the text breaks off.
 */
bool json_next_member(struct slice *members, struct slice *key,
    struct json_value *value);

/*
 * json_next_member() in two steps, for who looks into an object that is a
 * value before its end is known. First the key; members is then at the value.
 * A plain key holds no escapes.
 */
bool json_next_key(struct slice *members, struct slice *key, bool *is_plain);

/* Then the value; depth says in how many levels it is, which count as well. */
bool json_next_inner(struct slice *members, unsigned depth,
    struct json_value *value);

/* Or the value was an object, all of whose members were taken: where its end
 * is next, it becomes the value; begin is its first byte. */
bool json_close_object(struct slice *members, const char *begin,
    struct json_value *value);

/* As json_next_member() for the items of an array. */
bool json_next_item(struct slice *items, struct json_value *value);

/* The member of an object by its name; when a name stands twice, the last,
 * as jansson and most parsers have it. */
bool json_member(struct slice object, const char *name,
    struct json_value *value);

/* What a JSON pointer (RFC 6901: "/a/b/0", "~1" for "/", "~0" for "~")
 * points at. */
bool json_pointer(struct slice text, const char *pointer,
    struct json_value *value);

/*
 * Whether text is one JSON value by RFC 8259, strictly: well-formed UTF-8, no
 * lone surrogate escapes asked after, no control bytes in strings, nothing
 * behind it but white space, at most JSON_DEPTH levels. Adds it to buf (NULL
 * is allowed) without the white space between its tokens, each token as it is
 * written. When false, buf is as it was.
 */
enum { JSON_DEPTH = 200 };
bool json_add_compact(struct buf *buf, struct slice text);

/*
 * Adds text as it is, but with each integer beyond 2^53 - 1 (on either side)
 * as a string of its digits: for a reader that keeps numbers as doubles. Text
 * that is no JSON is copied as far as that goes; the reader will refuse it.
 */
void json_add_safe_numbers(struct buf *buf, struct slice text);

/*
 * Adds the characters of a raw string (quotes and escapes undone, surrogate
 * pairs joined, a lone surrogate or a broken escape as U+FFFD). A value of
 * another kind is added as it is written, null as nothing.
 */
void json_add_text(struct buf *buf, const struct json_value *value);

/* Adds bytes as a JSON string with its quotes; bytes that are no UTF-8 become
 * U+FFFD. Returns false when there were such bytes. */
bool json_add_string(struct buf *buf, struct slice bytes);

/* Adds bytes as a JSON string that holds their base64 (RFC 4648, section 4). */
void json_add_base64(struct buf *buf, struct slice bytes);

#endif
