/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/pgline.h"

#include <string.h>

#include "base/ascii.h"
#include "base/upto.h"

enum {
	SESSION_ID_DIGITS = 8, /* of %c before its dot: seconds, in hex */
	HEAD_WORDS = 5         /* of syslog, among which its tag is found */
};

static const struct {
	const char *word;
	enum pgpart part;
} parts[] = {
	{ "LOG", PGPART_MESSAGE },
	{ "STATEMENT", PGPART_STATEMENT },
	{ "ERROR", PGPART_MESSAGE },
	{ "DETAIL", PGPART_DETAIL },
	{ "WARNING", PGPART_MESSAGE },
	{ "FATAL", PGPART_MESSAGE },
	{ "PANIC", PGPART_MESSAGE },
	{ "NOTICE", PGPART_MESSAGE },
	{ "INFO", PGPART_MESSAGE },
	{ "DEBUG", PGPART_MESSAGE },
	{ "DEBUG1", PGPART_MESSAGE },
	{ "DEBUG2", PGPART_MESSAGE },
	{ "DEBUG3", PGPART_MESSAGE },
	{ "DEBUG4", PGPART_MESSAGE },
	{ "DEBUG5", PGPART_MESSAGE },
	{ "HINT", PGPART_OTHER },
	{ "CONTEXT", PGPART_OTHER },
	{ "QUERY", PGPART_OTHER },
	{ "LOCATION", PGPART_OTHER },
	{ "BACKTRACE", PGPART_OTHER },
};

/* As slice_chr() and slice_cut(), for what is near. */
static inline const char *
find_char(struct slice text, char c)
{
	size_t len = upto(text.ptr, text.ptr + text.len, c, c);

	return len == text.len ? NULL : text.ptr + len;
}

static inline bool
cut(struct slice *rest, char sep, struct slice *taken)
{
	size_t len = upto(rest->ptr, rest->ptr + rest->len, sep, sep);

	if (rest->len == 0)
		return false;
	*taken = slice_head(*rest, len);
	*rest = slice_from(*rest, len + (len < rest->len));
	return true;
}

static bool
is_hex(char c)
{
	return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool
find_part(struct slice word, enum pgpart *part)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (slice_is(word, parts[i].word)) {
			*part = parts[i].part;
			return true;
		}
	}
	return false;
}

/* The word of capitals and digits at the end of a text. */
static struct slice
last_word(struct slice text)
{
	size_t begin = text.len;

	while (begin > 0 &&
	    (ascii_is_upper(text.ptr[begin - 1]) ||
		ascii_is_digit(text.ptr[begin - 1])))
		begin--;
	if (begin > 0 &&
	    (ascii_is_alnum(text.ptr[begin - 1]) || text.ptr[begin - 1] == '_'))
		begin = text.len;
	return slice_from(text, begin);
}

/* Without the "00000: " of log_error_verbosity = verbose. */
static struct slice
without_sqlstate(struct slice text)
{
	enum { CODE = 5 };

	if (text.len < CODE + 2 || memcmp(text.ptr + CODE, ": ", 2) != 0)
		return text;
	for (size_t i = 0; i < CODE; i++) {
		if (!ascii_is_upper(text.ptr[i]) &&
		    !ascii_is_digit(text.ptr[i]))
			return text;
	}
	return slice_from(text, CODE + 2);
}

/* Steps behind the next ":  ", and returns where it is. Most prefixes have
 * few colons, so that looking at each is less than a search. */
static const char *
step_behind_colon(struct slice *rest)
{
	const char *colon;

	while ((colon = find_char(*rest, ':')) != NULL) {
		*rest = slice_from(*rest, (size_t)(colon - rest->ptr) + 1);
		if (slice_starts(*rest, "  ")) {
			*rest = slice_from(*rest, 2);
			return colon;
		}
	}
	return NULL;
}

bool
pgline_read(struct slice line, struct pgline *found)
{
	struct slice rest = line;
	const char *colon;

	while ((colon = step_behind_colon(&rest)) != NULL) {
		struct slice before = slice_between(line.ptr, colon);
		struct slice word = last_word(before);

		if (!find_part(word, &found->part))
			continue;
		found->prefix = slice_head(before, before.len - word.len);
		found->severity = word;
		found->text = found->part == PGPART_MESSAGE ?
		    without_sqlstate(rest) :
		    rest;
		return true;
	}
	return false;
}

/* Whether it is "6740a1b2.4c3". */
static bool
is_session_id(struct slice word)
{
	if (word.len < SESSION_ID_DIGITS + 2 ||
	    word.ptr[SESSION_ID_DIGITS] != '.')
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (i != SESSION_ID_DIGITS && !is_hex(word.ptr[i]))
			return false;
	}
	return true;
}

static bool
is_number(struct slice word)
{
	return word.len > 0 && slice_digits(word) == word.len;
}

/* The first "[123]" or "[6740a1b2.4c3]". */
static struct slice
session_in_brackets(struct slice prefix)
{
	const char *open;
	struct slice inside;

	while ((open = find_char(prefix, '[')) != NULL) {
		prefix = slice_from(prefix, (size_t)(open - prefix.ptr) + 1);
		inside = prefix;
		if (find_char(prefix, ']') == NULL)
			break;
		(void)cut(&prefix, ']', &inside);
		if (is_number(inside) || is_session_id(inside))
			return inside;
	}
	return (struct slice){ 0 };
}

/* The digits behind the first "pid=". */
static struct slice
session_behind_key(struct slice prefix)
{
	const char *key = slice_find(prefix, "pid=");

	if (key == NULL)
		return (struct slice){ 0 };
	prefix = slice_from(prefix, (size_t)(key - prefix.ptr) + 4);
	return slice_head(prefix, slice_digits(prefix));
}

/* Takes the next run of bytes that are neither blank nor punctuation of
 * prefixes; a time stamp's parts stay together. */
static bool
next_word(struct slice *rest, struct slice *word)
{
	size_t len = 0;

	while (rest->len > 0 && memchr(" \t,|()<>", rest->ptr[0], 8) != NULL)
		*rest = slice_from(*rest, 1);
	while (
	    len < rest->len && memchr(" \t,|()<>", rest->ptr[len], 8) == NULL)
		len++;
	*word = slice_head(*rest, len);
	*rest = slice_from(*rest, len);
	return len > 0;
}

/* "6740a1b2.4c3" of "UTC-6740a1b2.4c3-", as Azure has it. */
static struct slice
behind_dash(struct slice word)
{
	const char *dash;

	while (word.len > 0 && word.ptr[word.len - 1] == '-')
		word.len--;
	dash = slice_rchr(word, '-');
	return dash == NULL ? word :
			      slice_between(dash + 1, word.ptr + word.len);
}

/* A session id, else a number where there is just one. */
static struct slice
session_among_words(struct slice prefix)
{
	struct slice number = { 0 };
	struct slice word;
	unsigned numbers = 0;

	while (next_word(&prefix, &word)) {
		if (is_session_id(behind_dash(word)))
			return behind_dash(word);
		if (is_number(word)) {
			number = word;
			numbers++;
		}
	}
	return numbers == 1 ? number : (struct slice){ 0 };
}

struct slice
pgline_session(struct slice prefix)
{
	struct slice session = session_in_brackets(prefix);

	if (session.len == 0)
		session = session_behind_key(prefix);
	if (session.len == 0)
		session = session_among_words(prefix);
	return session;
}

static void
skip_blanks(struct slice *text)
{
	while (text->len > 0 && text->ptr[0] == ' ')
		*text = slice_from(*text, 1);
}

/* The digits at the end of "123", "postgres.123" and "postgres-123". */
static struct slice
last_digits(struct slice text)
{
	size_t begin = text.len;

	while (begin > 0 && ascii_is_digit(text.ptr[begin - 1]))
		begin--;
	return slice_from(text, begin);
}

/* Whether a word is a tag, "postgres[123]:", "app[postgres.123]" or
 * "postgres:". */
static bool
read_tag(struct slice word, struct slice *process)
{
	const char *open = find_char(word, '[');
	bool has_colon = slice_ends(word, ":");

	*process = (struct slice){ 0 };
	if (has_colon)
		word.len--;
	if (open == NULL)
		return has_colon && slice_starts(word, "postgres");
	if (open == word.ptr || !slice_ends(word, "]"))
		return false;
	*process = last_digits(
	    slice_between(open + 1, word.ptr + word.len - 1));
	return process->len > 0;
}

/* HOST postgres[123]: BODY, the host may be missing */
static bool
read_bsd_head(struct slice *rest, struct syslog_line *found)
{
	struct slice word;

	for (int n = 0; n < HEAD_WORDS; n++) {
		skip_blanks(rest);
		if (!cut(rest, ' ', &word))
			return false;
		if (read_tag(word, &found->process))
			return true;
		if (n == 0)
			found->host = word;
	}
	return false;
}

/* HOST APP PROCESS MESSAGE-ID STRUCTURED-DATA BODY; logplex leaves out the
 * structured data. */
static bool
read_new_head(struct slice *rest, struct syslog_line *found)
{
	struct slice app;
	struct slice process;
	struct slice word;

	if (!cut(rest, ' ', &found->host) || !cut(rest, ' ', &app) ||
	    !cut(rest, ' ', &process) || !cut(rest, ' ', &word))
		return false;
	found->process = last_digits(process);
	if (slice_starts(*rest, "- "))
		*rest = slice_from(*rest, 2);
	return true;
}

/* "5-1] BODY", or "1] BODY" where syslog_sequence_numbers is off. */
static bool
read_chunk(struct slice text, struct syslog_line *found)
{
	struct slice numbers;
	struct slice first;

	if (find_char(text, ']') == NULL || !cut(&text, ']', &numbers))
		return false;
	if (text.len > 0 && text.ptr[0] != ' ')
		return false;
	found->sequence = 0;
	if (find_char(numbers, '-') != NULL &&
	    (!cut(&numbers, '-', &first) ||
		slice_number(first, &found->sequence) != 0))
		return false;
	if (slice_number(numbers, &found->chunk) != 0)
		return false;
	found->body = slice_from(text, text.len > 0);
	return true;
}

/* Looks for the chunk's number at the front of the body, behind structured
 * data or Heroku's "[GREEN] ". */
static void
find_chunk(struct syslog_line *found)
{
	struct slice rest = found->body;
	struct slice skipped;

	while (rest.len > 0 && rest.ptr[0] == '[') {
		if (read_chunk(slice_from(rest, 1), found))
			return;
		if (find_char(rest, ']') == NULL)
			break;
		(void)cut(&rest, ']', &skipped);
		skip_blanks(&rest);
	}
	found->sequence = 0;
	found->chunk = 0;
}

/* "<134>" */
static void
skip_priority(struct slice *text)
{
	size_t digits;

	if (text->len == 0 || text->ptr[0] != '<')
		return;
	digits = slice_digits(slice_from(*text, 1));
	if (digits > 0 && text->len > digits + 1 &&
	    text->ptr[digits + 1] == '>')
		*text = slice_from(*text, digits + 2);
}

bool
syslog_line_read(struct slice line, struct syslog_line *found)
{
	struct slice rest = line;
	bool is_new;
	size_t taken;

	*found = (struct syslog_line){ 0 };
	skip_priority(&rest);
	is_new = rest.ptr != line.ptr && slice_starts(rest, "1 ");
	if (is_new)
		rest = slice_from(rest, 2);
	taken = stamp_read(rest, 0, &found->stamp);
	if (taken == 0)
		return false;
	rest = slice_from(rest, taken);
	skip_blanks(&rest);
	if (!(is_new ? read_new_head : read_bsd_head)(&rest, found))
		return false;
	found->body = rest;
	find_chunk(found);
	return true;
}
