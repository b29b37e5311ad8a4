/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/tag.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "model/sqltoken.h"
#include "model/words.h"

enum {
	MOST_LINE_DIGITS = 9, /* more are an id or a time */
	ESC = 0x1b,
};

/* What is looked for in comments; keys of one meaning share a tag. */
enum tag {
	TAG_SOURCE_LOCATION,
	TAG_CALLSITE,
	TAG_CALLER,
	TAG_LOCATION,
	TAG_SOURCE,
	TAG_LINE, /* a line's number, or a place */
	TAG_FILE, /* a file's name, or a place */
	TAG_FUNCTION,
	TAG_BARE, /* a comment that is a place and nothing else */
	TAG_COUNT
};

/* Sorted by their keys. */
static const struct key {
	const char *key;
	enum tag tag;
} keys[] = {
	{ "call_site", TAG_CALLSITE },
	{ "caller", TAG_CALLER },
	{ "callsite", TAG_CALLSITE },
	{ "code.file.path", TAG_FILE },
	{ "code.filepath", TAG_FILE },
	{ "code.function", TAG_FUNCTION },
	{ "code.function.name", TAG_FUNCTION },
	{ "code.line.number", TAG_LINE },
	{ "code.lineno", TAG_LINE },
	{ "file", TAG_FILE },
	{ "filename", TAG_FILE },
	{ "filepath", TAG_FILE },
	{ "func", TAG_FUNCTION },
	{ "function", TAG_FUNCTION },
	{ "line", TAG_LINE },
	{ "line_number", TAG_LINE },
	{ "lineno", TAG_LINE },
	{ "location", TAG_LOCATION },
	{ "source", TAG_SOURCE },
	{ "source_location", TAG_SOURCE_LOCATION },
};

/* A value as written; the last of its tag. */
struct value {
	struct slice text;
	bool is_quoted; /* it may hold %XX and \' */
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_key(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == '.' || c == '-';
}

static bool
is_separator(char c)
{
	return c == ',' || c == ';';
}

static bool
is_between_pairs(char c)
{
	return is_blank(c) || is_separator(c);
}

static bool
is_within_pair(char c)
{
	return !is_between_pairs(c);
}

static bool
is_line(struct slice text)
{
	return text.len > 0 && text.len <= MOST_LINE_DIGITS &&
	    slice_digits(text) == text.len;
}

/* Not "12" of 12:30:11, nor "10.0.0.1" of 10.0.0.1:5432. */
static bool
is_file(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if ((c < '0' || c > '9') && c != '.' && c != ':')
			return true;
	}
	return false;
}

/* Ruby writes `save' or 'X#save'. */
static struct slice
without_quotes(struct slice name)
{
	name = slice_trim(name);
	if (slice_starts(name, "`") || slice_starts(name, "'"))
		name = slice_from(name, 1);
	if (slice_ends(name, "'"))
		name.len--;
	return name;
}

/* What may follow the line: nothing, a column, a function. */
static bool
parse_behind_line(struct slice text, struct slice *function)
{
	*function = slice_from(text, text.len);
	if (text.len == 0)
		return true;
	if (slice_starts(text, ":in ")) {
		*function = without_quotes(slice_from(text, 4));
		return true;
	}
	return text.ptr[0] == ':' && is_line(slice_from(text, 1));
}

/* "x.py:12", "src/x.ts:42:7", "app/x.rb:12:in `save'": the first colon that
 * such a thing follows. */
static bool
parse_colon(struct slice text, struct caller *caller)
{
	struct slice rest = text, before;

	while (slice_cut(&rest, ':', &before)) {
		struct slice line = slice_head(rest, slice_digits(rest));

		if (!is_line(line) ||
		    !parse_behind_line(slice_from(rest, line.len),
			&caller->function))
			continue;
		caller->line = line;
		caller->file = slice_between(text.ptr, rest.ptr - 1);
		return is_file(caller->file);
	}
	return false;
}

/* "x.c(12)", "/opt/x.py (12) save": the first such parenthesis. */
static bool
parse_parenthesis(struct slice text, struct caller *caller)
{
	struct slice rest = text, before;

	while (slice_cut(&rest, '(', &before)) {
		struct slice line = slice_head(rest, slice_digits(rest));
		struct slice behind = slice_from(rest, line.len);

		if (!is_line(line) || !slice_starts(behind, ")") ||
		    (behind.len > 1 && !is_blank(behind.ptr[1])))
			continue;
		caller->line = line;
		caller->file = slice_trim(
		    slice_between(text.ptr, rest.ptr - 1));
		caller->function = slice_trim(slice_from(behind, 1));
		return is_file(caller->file);
	}
	return false;
}

/* "Class.method(File.java:54)" */
static bool
parse_frame(struct slice text, struct caller *caller)
{
	const char *open = slice_rchr(text, '(');

	if (open == NULL || !slice_ends(text, ")") ||
	    !parse_colon(slice_between(open + 1, text.ptr + text.len - 1),
		caller))
		return false;
	caller->function = slice_trim(slice_between(text.ptr, open));
	return true;
}

bool
caller_parse(struct slice text, struct caller *caller)
{
	text = slice_trim(text);
	return parse_colon(text, caller) || parse_parenthesis(text, caller) ||
	    parse_frame(text, caller);
}

static bool
is_within(struct slice text, const char *open, const char *close)
{
	return slice_starts(text, open) && slice_ends(text, close);
}

bool
caller_is_resolved(const struct caller *caller)
{
	static const char *const no_files[] = { "-", "-e", "??", "nofile",
		"unknown" };
	struct slice file = caller->file;
	struct slice line = caller->line;

	while (slice_starts(line, "0"))
		line = slice_from(line, 1);
	if (file.len == 0 || (caller->line.len > 0 && line.len == 0))
		return false;
	return !is_within(file, "(", ")") && !is_within(file, "<", ">") &&
	    !is_within(file, "[", "]") && !WORDS_HAVE(no_files, file);
}

/* Without the bytes of a kind at its front. */
static struct slice
skip(struct slice text, bool is_skipped(char c))
{
	size_t n = 0;

	while (n < text.len && is_skipped(text.ptr[n]))
		n++;
	return slice_from(text, n);
}

/* Takes "key:" or "key =" off the front of *rest; false, and *rest stays,
 * when it is none. */
static bool
take_key(struct slice *rest, struct slice *key)
{
	struct slice text = skip(*rest, is_blank);
	struct slice behind = skip(text, is_key);

	*key = slice_head(text, text.len - behind.len);
	behind = skip(behind, is_blank);
	if (key->len == 0 || behind.len == 0 ||
	    (behind.ptr[0] != ':' && behind.ptr[0] != '='))
		return false;
	*rest = slice_from(behind, 1);
	return true;
}

/* Whether a value ends here: at the end, or at a separator with the next key
 * or nothing behind it. Functions and paths may hold separators of their
 * own. */
static bool
is_end_of_value(struct slice text)
{
	struct slice key;

	if (text.len == 0)
		return true;
	if (!is_separator(text.ptr[0]))
		return false;
	text = skip(slice_from(text, 1), is_blank);
	return text.len == 0 || take_key(&text, &key);
}

/* How long the 'quoted value' in front is, with its quotes; 0 when its quotes
 * do not tell, as in 'x.rb:12:in 'X#save''. */
static size_t
quoted_length(struct slice text)
{
	size_t i = 1;

	if (text.len == 0 || (text.ptr[0] != '\'' && text.ptr[0] != '"'))
		return 0;
	while (i < text.len && text.ptr[i] != text.ptr[0])
		i += text.ptr[i] == '\\' ? 2 : 1;
	if (i >= text.len)
		return 0;
	text = slice_from(text, i + 1);
	if (text.len > 0 && !is_between_pairs(text.ptr[0]))
		return 0;
	return i + 1;
}

static struct value
take_value(struct slice *rest)
{
	struct slice text = skip(*rest, is_blank);
	size_t len = quoted_length(text);
	struct value value = { 0 };

	if (len == 0)
		while (!is_end_of_value(slice_from(text, len)))
			len++;
	*rest = slice_from(text, len);
	value.text = slice_trim(slice_head(text, len));
	value.is_quoted = value.text.len > 1 &&
	    (is_within(value.text, "'", "'") ||
		is_within(value.text, "\"", "\""));
	if (value.is_quoted)
		value.text = slice_make(value.text.ptr + 1, value.text.len - 2);
	return value;
}

static void
keep(struct value *values, struct slice key, struct value value)
{
	const struct key *known = bsearch(&key, keys,
	    sizeof(keys) / sizeof(keys[0]), sizeof(keys[0]), words_compare);

	if (known != NULL)
		values[known->tag] = value;
}

/* Keeps the values of the keys that we know. In a comment that was cut the
 * last value may be cut too, so it is none. */
static void
collect_pairs(struct value *values, struct slice rest, bool is_cut)
{
	struct slice key;
	struct value value;

	while ((rest = skip(rest, is_between_pairs)).len > 0) {
		if (!take_key(&rest, &key)) {
			rest = skip(rest, is_within_pair);
			continue;
		}
		value = take_value(&rest);
		if (!is_cut || rest.len > 0)
			keep(values, key, value);
	}
}

/* Whether it looks like a file's name where no key says that it is one:
 * without blanks, with an extension; "D:" may be in front. */
static bool
is_plain_file(struct slice file)
{
	const char *dot = slice_rchr(file, '.');
	struct slice extension;

	if (dot == NULL)
		return false;
	extension = slice_between(dot + 1, file.ptr + file.len);
	if (extension.len == 0 || extension.len > 8 ||
	    slice_digits(extension) > 0)
		return false;
	for (size_t i = 0; i < extension.len; i++)
		if (!ascii_is_alnum(extension.ptr[i]))
			return false;
	for (size_t i = 0; i < file.len; i++) {
		char c = file.ptr[i];

		if (is_blank(c) || is_separator(c) || c == '=' || c == '\'' ||
		    c == '"' || c == '`' || (c == ':' && i != 1))
			return false;
	}
	return true;
}

/* "app/x.py:52", "T=1 app/x.py:41 |> app/x.py:43": the last of a chain,
 * without the KEY=VALUE words before it. */
static void
collect_bare(struct value *values, struct slice comment)
{
	const char *bar = slice_rchr(comment, '|');
	struct caller caller;

	if (bar != NULL &&
	    slice_starts(slice_between(bar, comment.ptr + comment.len), "|>"))
		comment = slice_between(bar + 2, comment.ptr + comment.len);
	for (;;) {
		struct slice rest, word;

		comment = slice_trim(comment);
		rest = comment;
		if (!slice_cut(&rest, ' ', &word) ||
		    slice_chr(word, '=') == NULL)
			break;
		comment = rest;
	}
	if (caller_parse(comment, &caller) && is_plain_file(caller.file))
		values[TAG_BARE] = (struct value){ .text = comment };
}

/* A comment without what makes it one. */
static struct slice
comment_text(struct sql_token comment)
{
	struct slice text = comment.text;

	if (slice_starts(text, "#"))
		return slice_from(text, 1);
	if (slice_starts(text, "/*") && !comment.is_cut)
		text.len -= 2;
	return slice_from(text, 2);
}

/* Behind its length and whether it was cut. */
void
tag_add_comment(struct slice text, bool is_cut, struct buf *comments)
{
	char *at = buf_reserve(comments, sizeof(size_t) + 1 + text.len);

	memcpy(at, &text.len, sizeof(size_t));
	at[sizeof(size_t)] = (char)is_cut;
	if (text.len > 0)
		memcpy(at + sizeof(size_t) + 1, text.ptr, text.len);
	comments->len += sizeof(size_t) + 1 + text.len;
}

void
tag_add_comments(struct slice sql, struct buf *comments)
{
	struct sql_lexer lexer = { .rest = sql };
	struct sql_token token;

	if (!tag_may_be_in(sql))
		return;
	while ((token = sql_comment_next(&lexer)).type != SQL_END)
		tag_add_comment(comment_text(token), token.is_cut, comments);
}

/* Takes a comment off the front of what was added. */
static struct slice
take_comment(struct slice *comments, bool *is_cut)
{
	struct slice text;

	memcpy(&text.len, comments->ptr, sizeof(text.len));
	*is_cut = comments->ptr[sizeof(text.len)] != 0;
	text.ptr = comments->ptr + sizeof(text.len) + 1;
	*comments = slice_from(*comments, sizeof(text.len) + 1 + text.len);
	return text;
}

static void
collect(struct value *values, struct slice comment, bool is_cut)
{
	collect_pairs(values, comment, is_cut);
	if (!is_cut)
		collect_bare(values, comment);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Adds a value with its %XX and \' undone; it does not grow. */
static struct slice
decode(struct buf *buf, struct value value)
{
	struct slice text = value.text;
	size_t begin = buf->len;

	if (!value.is_quoted)
		return text;
	for (size_t i = 0; i < text.len; i++) {
		const char *c = text.ptr + i;
		size_t left = text.len - i;

		if (*c == '%' && left > 2 && hex_digit(c[1]) >= 0 &&
		    hex_digit(c[2]) >= 0) {
			buf_add_char(buf,
			    (char)(hex_digit(c[1]) * 16 + hex_digit(c[2])));
			i += 2;
		} else if (*c != '\\' || left < 2 ||
		    (c[1] != '\'' && c[1] != '"')) {
			buf_add_char(buf, *c);
		}
	}
	return slice_from(buf_slice(buf), begin);
}

/* A place in one value. */
static bool
find_place(const struct value *values, struct buf *buf, struct caller *caller)
{
	static const enum tag places[] = { TAG_SOURCE_LOCATION, TAG_CALLSITE,
		TAG_CALLER, TAG_LOCATION, TAG_SOURCE, TAG_LINE, TAG_FILE };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		buf_clear(buf);
		if (caller_parse(decode(buf, values[places[i]]), caller))
			return true;
	}
	return false;
}

/* A file and a line of it in two values, the function maybe in a third. */
static bool
find_split(const struct value *values, struct buf *buf, struct caller *caller)
{
	if (values[TAG_FILE].text.len == 0 || !is_line(values[TAG_LINE].text))
		return false;
	buf_clear(buf);
	/* The slices must not move. */
	(void)buf_reserve(buf,
	    values[TAG_FILE].text.len + values[TAG_FUNCTION].text.len);
	caller->file = decode(buf, values[TAG_FILE]);
	caller->line = values[TAG_LINE].text;
	caller->function = decode(buf, values[TAG_FUNCTION]);
	return true;
}

/* Whether the two bytes stand side by side, or with a colour between them. */
static bool
has_pair(struct slice text, char first, char second)
{
	const char *at;

	while ((at = slice_chr(text, first)) != NULL) {
		text = slice_from(text, (size_t)(at - text.ptr) + 1);
		if (text.len > 0 &&
		    (text.ptr[0] == second || text.ptr[0] == ESC))
			return true;
	}
	return false;
}

bool
tag_may_be_in(struct slice sql)
{
	return has_pair(sql, '/', '*') || has_pair(sql, '-', '-') ||
	    slice_chr(sql, '#') != NULL;
}

static bool
find_caller(const struct value *values, struct buf *buf, struct caller *caller)
{
	return find_place(values, buf, caller) ||
	    find_split(values, buf, caller) ||
	    caller_parse(values[TAG_BARE].text, caller);
}

bool
tag_find_in(struct slice comments, struct buf *buf, struct caller *caller)
{
	struct value values[TAG_COUNT] = { 0 };
	bool is_cut;

	if (comments.len == 0)
		return false;
	while (comments.len > 0) {
		struct slice text = take_comment(&comments, &is_cut);

		collect(values, text, is_cut);
	}
	return find_caller(values, buf, caller);
}

bool
tag_find(struct slice sql, struct buf *buf, struct caller *caller)
{
	struct value values[TAG_COUNT] = { 0 };
	struct sql_lexer lexer = { .rest = sql };
	struct sql_token token;
	bool is_any = false;

	if (!tag_may_be_in(sql))
		return false;
	for (; (token = sql_comment_next(&lexer)).type != SQL_END;
	     is_any = true)
		collect(values, comment_text(token), token.is_cut);
	return is_any && find_caller(values, buf, caller);
}
