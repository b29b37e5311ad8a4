/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/callcount.h"

#include <string.h>

#include "base/ascii.h"
#include "base/mask.h"
#include "model/operation.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where a kind may start. */
static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    c == '\\' || (unsigned char)c >= 0x80;
}

/* What a verb may hold as it is; a backslash starts an escape. */
static inline bool
is_verb(char c)
{
	return is_letter(c) || ascii_is_digit(c) ||
	    (c != '\0' && strchr("-?!$@#~", c) != NULL);
}

/* What a kind may hold: "shop.users", "ActiveStorage::Blob". */
static inline bool
is_kind(char c)
{
	return is_verb(c) || c == '.' || c == ':';
}

/* What a file or function may hold: blanks divide the words of the line. */
static bool
is_word(char c)
{
	return c != ' ' && c != '\\';
}

/* What a revision may hold. */
static bool
is_revision(char c)
{
	return !is_blank(c) && c != ']';
}

/* The length of the run of such bytes in front. */
static size_t
run_length(struct slice text, bool is_part(char c))
{
	size_t len = 0;

	while (len < text.len && is_part(text.ptr[len]))
		len++;
	return len;
}

/* Of digits, dots and colons alone: a time or an address, no file. */
static bool
is_numeric(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_digit(text.ptr[i]) && text.ptr[i] != '.' &&
		    text.ptr[i] != ':')
			return false;
	return true;
}

/* Takes the last word and the blank before it off the end. */
static struct slice
take_last(struct slice *text)
{
	const char *blank = slice_rchr(*text, ' ');
	struct slice word = *text;

	if (blank == NULL) {
		text->len = 0;
		return word;
	}
	text->len = (size_t)(blank - text->ptr);
	return slice_from(word, text->len + 1);
}

/* Whether a count may start behind this: not in "1.041:" nor "12:30:", but in
 * the "INFO:root:3041:" of Python's logging. */
static bool
is_before_count(struct slice text)
{
	char last;

	if (text.len == 0)
		return true;
	last = text.ptr[text.len - 1];
	if (last == ':')
		return text.len > 1 && is_letter(text.ptr[text.len - 2]);
	return !is_letter(last) && !ascii_is_digit(last) &&
	    strchr(".,+-/%&", last) == NULL;
}

/* Reads "COUNT:" at the end of a line's front; the count is left in *digits,
 * the line before it in *before. */
static bool
read_count(struct slice line, struct slice *digits, struct slice *before)
{
	size_t end, begin;

	if (!slice_ends(line, ":"))
		return false;
	end = line.len - 1;
	for (begin = end; begin > 0 && ascii_is_digit(line.ptr[begin - 1]);)
		begin--;
	*digits = slice_from(slice_head(line, end), begin);
	*before = slice_head(line, begin);
	return digits->len > 0 && is_before_count(*before);
}

/* Reads "COUNT: FILE:LINE in FUNCTION", its end first. */
static bool
read_site(struct slice text, struct callcount *found, struct slice *digits)
{
	struct slice word = take_last(&text);
	struct slice rest = text;
	const char *colon;

	found->function = slice_make(word.ptr, 0);
	if (slice_is(take_last(&rest), "in")) {
		found->function = word;
		text = rest;
		word = take_last(&text);
	}
	colon = slice_rchr(word, ':');
	if (colon == NULL)
		return false;
	found->file = slice_between(word.ptr, colon);
	found->line = slice_between(colon + 1, word.ptr + word.len);
	return found->line.len > 0 &&
	    slice_digits(found->line) == found->line.len &&
	    !is_numeric(found->file) &&
	    read_count(text, digits, &found->before);
}

/* The length of "<word>" or "(word)" in front, or 0. */
static size_t
enclosed_length(struct slice text, char open, char close)
{
	size_t len;

	if (text.len == 0 || text.ptr[0] != open)
		return 0;
	len = 1 + run_length(slice_from(text, 1), is_verb);
	return len > 1 && len < text.len && text.ptr[len] == close ? len + 1 :
								     0;
}

/* The length of " (word)" in front, its blanks included, or 0. */
static size_t
remark_length(struct slice text)
{
	size_t blanks = run_length(text, is_blank);
	size_t len = enclosed_length(slice_from(text, blanks), '(', ')');

	return len == 0 ? 0 : blanks + len;
}

/* The length of "Kind.verb", "Kind.<verb>" or "Kind.(word)" in front. */
static size_t
token_length(struct slice text)
{
	struct slice token = slice_head(text, run_length(text, is_kind));
	struct slice behind = slice_from(text, token.len);
	struct slice verb = operation_verb(token);
	size_t len;

	if (token.len < 2 || !is_letter(token.ptr[0]) ||
	    verb.len + 1 >= token.len)
		return 0;
	if (verb.len > 0)
		return ascii_is_digit(verb.ptr[0]) ||
			slice_chr(verb, ':') != NULL ?
		    0 :
		    token.len;
	if (!slice_ends(token, "."))
		return 0;
	len = enclosed_length(behind, '<', '>');
	if (len == 0)
		len = enclosed_length(behind, '(', ')');
	return len == 0 ? 0 : token.len + len;
}

/* The same with the words in parentheses that belong to it. */
static size_t
operation_length(struct slice text)
{
	size_t len = token_length(text);
	size_t remark = len;

	while (remark > 0) {
		remark = remark_length(slice_from(text, len));
		len += remark;
	}
	return len;
}

/* The length of the blanks and the comma between two operations. */
static size_t
separator_length(struct slice text)
{
	size_t len = run_length(text, is_blank);

	if (len < text.len && text.ptr[len] == ',')
		len++;
	return len + run_length(slice_from(text, len), is_blank);
}

/* Up to the end of the last operation. */
static size_t
operations_length(struct slice text)
{
	size_t end = operation_length(text);
	size_t len = end;

	while (len > 0) {
		size_t gap = separator_length(slice_from(text, end));

		len = gap == 0 ? 0 :
				 operation_length(slice_from(text, end + gap));
		if (len > 0)
			end += gap + len;
	}
	return end;
}

static const char revision_opening[] = "[revision ";

/* The revision in front, behind blanks; empty where there is none. */
static struct slice
find_revision(struct slice text)
{
	size_t blanks = run_length(text, is_blank);
	struct slice rest = slice_from(text, blanks);
	size_t len;

	if (blanks == 0 || !slice_starts(rest, revision_opening))
		return slice_head(text, 0);
	rest = slice_from(rest, strlen(revision_opening));
	len = run_length(rest, is_revision);
	if (len == rest.len || rest.ptr[len] != ']')
		return slice_head(text, 0);
	return slice_head(rest, len);
}

/* Where " -- " begins among the first 128 bytes of a line, as a bit each. */
static mask_wide
find_dashes(const char *line, mask_wide blanks)
{
	mask_wide dashes = mask_wide_of(line, '-');

	return blanks & dashes >> 1 & dashes >> 2 & blanks >> 3;
}

/*
 * One to seven digits in eight bytes, the last byte being the lowest digit,
 * behind anything else. Returns how many, or 0. A number is made of pairs,
 * those of fours, and that of all eight at a time.
 */
static size_t
read_eight(const char *bytes, uint64_t *number)
{
	const uint64_t sevens = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t word, others;
	size_t n;

	memcpy(&word, bytes, sizeof(word));
	word ^= UINT64_C(0x3030303030303030);
	others = ((word & sevens) + UINT64_C(0x7676767676767676)) | word;
	others &= ~sevens;
	n = others == 0 ? 0 : (size_t)__builtin_clzll(others) / 8;
	if (n == 0)
		return 0;
	word &= UINT64_MAX << 8 * (sizeof(word) - n);
	word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
	word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
	*number = (word * 10000 + (word >> 32)) & UINT32_MAX;
	return n;
}

/* The same for the digits before `end`, in a line that may be shorter. */
static size_t
read_digits_before(const char *begin, const char *end, uint64_t *number)
{
	char bytes[8] = { 0 };
	size_t n = (size_t)(end - begin);

	if (n >= sizeof(bytes))
		return read_eight(end - sizeof(bytes), number);
	memcpy(bytes + sizeof(bytes) - n, begin, n);
	return read_eight(bytes, number);
}

/* Where the blank before a site is, among those before the dashes: the last
 * one, or that before "FILE:LINE in FUNCTION"; 0 for none. */
static unsigned
find_site(const char *line, mask_wide blanks)
{
	unsigned at = blanks == 0 ? 0 : mask_wide_last(blanks);

	if (at < 4 || memcmp(line + at - 3, " in", 3) != 0)
		return at;
	blanks &= mask_wide_below(at - 3);
	return blanks == 0 ? 0 : mask_wide_last(blanks);
}

bool
callcount_may_end(const char *begin, const char *dashes)
{
	const char *blank;

	if (dashes == begin)
		return false;
	if (ascii_is_digit(dashes[-1]))
		return true;
	blank = slice_rchr(slice_between(begin, dashes), ' ');
	return blank != NULL && blank - begin >= 3 &&
	    memcmp(blank - 3, " in", 3) == 0;
}

bool
callcount_may_be(struct slice line, const char *end)
{
	return line.len > MASK_WIDE_BYTES ||
	    (size_t)(end - line.ptr) < MASK_WIDE_BYTES ||
	    find_dashes(line.ptr, mask_wide_of(line.ptr, ' ')) != 0;
}

bool
callcount_front(struct slice line, const char *end,
    struct callcount_front *front)
{
	unsigned dashes, blank;
	mask_wide blanks, begins;
	const char *count;
	size_t digits;

	if ((size_t)(end - line.ptr) < MASK_WIDE_BYTES)
		return false;
	blanks = mask_wide_of(line.ptr, ' ');
	begins = find_dashes(line.ptr, blanks);
	dashes = begins == 0 ? 0 : mask_wide_first(begins);
	if (dashes == 0 || dashes + strlen(CALLCOUNT_DASHES) > line.len)
		return false;
	blank = find_site(line.ptr, blanks & mask_wide_below(dashes));
	if (blank < 2 || line.ptr[blank - 1] != ':')
		return false;
	count = line.ptr + blank - 1;
	digits = read_digits_before(line.ptr, count, &front->count);
	count -= digits;
	if (digits == 0 || (count > line.ptr && count[-1] != ' '))
		return false;
	front->before = slice_between(line.ptr, count);
	front->rest = slice_from(line, blank + 1);
	return true;
}

enum callcount_found
callcount_find(struct slice line, struct callcount *found)
{
	struct slice rest = line;
	const char *dashes;

	while ((dashes = slice_find(rest, CALLCOUNT_DASHES)) != NULL) {
		struct slice digits;

		/* Two of them may share a blank. */
		rest = slice_from(rest,
		    (size_t)(dashes - rest.ptr) + strlen(CALLCOUNT_DASHES) - 1);
		if (!read_site(slice_between(line.ptr, dashes), found, &digits))
			continue;
		found->operations = slice_from(rest, 1);
		found->operations.len = operations_length(found->operations);
		if (found->operations.len == 0)
			continue;
		found->revision = find_revision(
		    slice_from(rest, 1 + found->operations.len));
		found->count = 0;
		return slice_number(digits, &found->count) == 0 ?
		    CALLCOUNT_FOUND :
		    CALLCOUNT_MALFORMED;
	}
	return CALLCOUNT_NONE;
}

/* Adds an operation as it is meant: without <>, one blank for many. */
static void
add_plain(struct buf *buf, struct slice text)
{
	while (text.len > 0) {
		size_t len = run_length(text, is_kind);
		size_t blanks;

		callcount_unescape(buf, slice_head(text, len));
		text = slice_from(text, len);
		blanks = run_length(text, is_blank);
		if (blanks > 0)
			buf_add_char(buf, ' ');
		text = slice_from(text, blanks);
		if (text.len == 0 || is_kind(text.ptr[0]))
			continue;
		if (text.ptr[0] != '<' && text.ptr[0] != '>')
			buf_add_char(buf, text.ptr[0]);
		text = slice_from(text, 1);
	}
}

bool
callcount_next(struct slice *operations, struct buf *buf)
{
	size_t len = operation_length(*operations);

	if (len == 0) {
		*operations = slice_from(*operations, operations->len);
		return false;
	}
	add_plain(buf, slice_head(*operations, len));
	*operations = slice_from(*operations, len);
	*operations = slice_from(*operations, separator_length(*operations));
	return true;
}

/* The byte that the escape in front stands for, *len its length; what is no
 * escape is a backslash that stands for itself. */
static char
unescaped(struct slice text, size_t *len)
{
	static const char letters[] = "abtnvfr"; /* bytes 7 to 13 */
	const char *c = text.ptr;
	const char *letter;

	*len = 1;
	if (text.len > 3 && c[1] >= '0' && c[1] <= '3' && c[2] >= '0' &&
	    c[2] <= '7' && c[3] >= '0' && c[3] <= '7') {
		int byte = (c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0');

		if (ascii_is_letter((char)byte) || byte == '_')
			return '\\';
		*len = 4;
		return (char)byte;
	}
	if (text.len < 2 || c[1] == '\0')
		return '\\';
	letter = strchr(letters, c[1]);
	if (letter != NULL || c[1] == '\\')
		*len = 2;
	return letter == NULL ? '\\' : (char)(letter - letters + 7);
}

void
callcount_unescape(struct buf *buf, struct slice name)
{
	const char *backslash;

	while ((backslash = slice_chr(name, '\\')) != NULL) {
		size_t before = (size_t)(backslash - name.ptr);
		size_t len;

		buf_add(buf, slice_head(name, before));
		name = slice_from(name, before);
		buf_add_char(buf, unescaped(name, &len));
		name = slice_from(name, len);
	}
	buf_add(buf, name);
}

static void
add_octal(struct buf *buf, char c)
{
	buf_add_format(buf, "\\%03o", (unsigned char)c);
}

/* Adds a name; what is_plain() refuses is escaped, as is what would not be
 * seen. */
static void
add_name(struct buf *buf, struct slice name, bool is_plain(char c))
{
	while (name.len > 0) {
		char c = name.ptr[0];
		size_t len = utf8_length(name);

		len = len == 0 ? 1 : len;
		if (c == '\\')
			buf_add_str(buf, "\\\\");
		else if (c >= ' ' && c < 0x7f && !is_plain(c))
			add_octal(buf, c);
		else
			buf_add_visible(buf, slice_head(name, len));
		name = slice_from(name, len);
	}
}

/* The same with the first byte escaped where it must not be seen. */
static void
add_name_from(struct buf *buf, struct slice name, bool is_hidden,
    bool is_plain(char c))
{
	if (is_hidden) {
		add_octal(buf, name.ptr[0]);
		name = slice_from(name, 1);
	}
	add_name(buf, name, is_plain);
}

static void
add_operation(struct buf *buf, struct slice operation)
{
	struct slice kind = operation_kind(operation);
	struct slice verb = operation_verb(operation);

	add_name_from(buf, kind, kind.len > 0 && !is_letter(kind.ptr[0]),
	    is_kind);
	buf_add_char(buf, '.');
	add_name_from(buf, verb, verb.len > 0 && ascii_is_digit(verb.ptr[0]),
	    is_verb);
}

void
callcount_add(struct buf *line, uint64_t count, struct slice file,
    struct slice site_line, struct slice function,
    const struct slice *operations, size_t operation_count,
    struct slice revision)
{
	buf_add_format(line, "%llu: ", (unsigned long long)count);
	add_name_from(line, file, file.len > 0 && is_numeric(file), is_word);
	buf_add_char(line, ':');
	if (site_line.len == 0)
		buf_add_char(line, '0');
	buf_add(line, site_line);
	if (function.len > 0) {
		buf_add_str(line, " in ");
		add_name(line, function, is_word);
	}
	buf_add_str(line, CALLCOUNT_DASHES);
	for (size_t i = 0; i < operation_count; i++) {
		if (i > 0)
			buf_add_str(line, ", ");
		add_operation(line, operations[i]);
	}
	if (revision.len > 0) {
		buf_add_char(line, ' ');
		buf_add_str(line, revision_opening);
		add_name(line, revision, is_revision);
		buf_add_char(line, ']');
	}
}
