/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/select.h"

#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "model/operation.h"
#include "scan/literal.h"

enum { LITERAL_LEAST = 3 }; /* bytes; shorter ones are everywhere */

/* The 2013 hook wrote Kind.<put>, and people paste it: ".<put>" in a pattern
 * means ".put", as it does in a log. Nothing of PCRE2's syntax reads so. */
static char *
without_brackets(const char *text)
{
	struct buf plain = { 0 };
	char *copy;

	for (size_t i = 0; text[i] != '\0'; i++) {
		size_t n = 0;

		if (i > 0 && text[i - 1] == '.' && text[i] == '<')
			n = strspn(text + i + 1,
			    "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		if (n > 0 && text[i + 1 + n] == '>') {
			buf_add(&plain, slice_make(text + i + 1, n));
			i += n + 1;
		} else {
			buf_add_char(&plain, text[i]);
		}
	}
	copy = xmemdup(plain.ptr, plain.len);
	buf_release(&plain);
	return copy;
}

static int
compile(struct pattern **pattern, const char *text, unsigned flags,
    struct err *err)
{
	char *plain;

	if (text == NULL)
		return 0;
	plain = without_brackets(text);
	*pattern = pattern_new(plain, flags, err);
	if (*pattern != NULL)
		pattern_speed_up(*pattern);
	free(plain);
	return *pattern == NULL ? -1 : 0;
}

/* --- what to search for --- */

static bool
is_plain(char c)
{
	return ascii_is_letter(c) || c == '_';
}

/* The longest run of plain bytes in text; of several, the last. */
static struct slice
longest_run(struct slice text)
{
	struct slice best = { NULL, 0 };
	size_t begin = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && is_plain(text.ptr[i]))
			continue;
		if (i - begin > 0 && i - begin >= best.len)
			best = slice_make(text.ptr + begin, i - begin);
		begin = i + 1;
	}
	return best;
}

/* Of "UserData" all of it and the dot behind; of "Events2024" the letters. */
static void
literal_of_kind(const char *kind, struct buf *literal)
{
	struct slice text = slice_str(kind);
	struct slice run = longest_run(text);

	buf_add(literal, run);
	if (run.len > 0 && run.ptr + run.len == text.ptr + text.len)
		buf_add_char(literal, '.');
}

static void
literal_of_pattern(const char *text, bool is_fixed, struct buf *literal)
{
	char *plain = without_brackets(text);

	if (is_fixed)
		buf_add(literal, longest_run(slice_str(plain)));
	else
		literal_required(plain, is_plain, literal);
	free(plain);
}

/* Whether "KIND." begins with the literal. */
static bool
begins_with(const char *kind, struct slice literal)
{
	size_t len = strlen(kind);

	return literal.len <= len ?
	    strncmp(kind, literal.ptr, literal.len) == 0 :
	    slice_starts(literal, kind);
}

/*
 * Finds what each alternative cannot do without. Both -k and -e must hold, so
 * either would do; where one alternative has nothing to be searched for, all
 * is in vain.
 */
static void
find_wanted(struct select *select, const struct scan_options *options)
{
	size_t n = options->kinds.count > 0 ? options->kinds.count :
					      options->patterns.count;
	size_t ends[FIND_ANY_MAX];
	size_t begin = 0;

	if (select->nocase || select->invert || n > FIND_ANY_MAX ||
	    (options->kinds.count == 0 && options->fold_queries))
		return;
	for (size_t i = 0; i < n; i++) {
		struct buf literal = { 0 };

		if (options->kinds.count > 0)
			literal_of_kind(options->kinds.items[i], &literal);
		else
			literal_of_pattern(options->patterns.items[i],
			    options->fixed, &literal);
		buf_add(&select->literals, buf_slice(&literal));
		ends[i] = select->literals.len;
		n = literal.len < LITERAL_LEAST ? 0 : n;
		buf_release(&literal);
	}
	for (size_t i = 0; i < n; begin = ends[i++])
		find_init(&select->wanted.items[i],
		    slice_make(select->literals.ptr + begin, ends[i] - begin));
	select->wanted.count = n;
	select->wanted_begins = options->kinds.count > 0;
	for (size_t i = 0; i < n && options->kinds.count > 0; i++)
		select->wanted_begins &= begins_with(options->kinds.items[i],
		    select->wanted.items[i].literal);
}

int
select_open(struct select *select, const struct scan_options *options,
    struct err *err)
{
	unsigned flags = (options->fixed ? PATTERN_FIXED : 0U) |
	    (options->nocase ? PATTERN_NOCASE : 0U);

	*select = (struct select){
		.kinds = &options->kinds,
		.nocase = options->nocase,
		.invert = options->invert,
		.writes = options->writes,
		.reads = options->reads,
		.match_bytes = options->match_bytes,
	};
	select->patterns = xcalloc(options->patterns.count,
	    sizeof(struct pattern *));
	for (size_t i = 0; i < options->patterns.count; i++) {
		if (compile(&select->patterns[i], options->patterns.items[i],
			flags, err) != 0)
			goto fail;
		select->pattern_count++;
	}
	if (compile(&select->file, options->file_pattern, flags, err) != 0 ||
	    compile(&select->line, options->line_pattern, flags, err) != 0)
		goto fail;
	find_wanted(select, options);
	return 0;
fail:
	select_close(select);
	return -1;
}

void
select_close(struct select *select)
{
	for (size_t i = 0; i < select->pattern_count; i++)
		pattern_free(select->patterns[i]);
	free(select->patterns);
	pattern_free(select->file);
	pattern_free(select->line);
	buf_release(&select->literals);
	*select = (struct select){ 0 };
}

enum pattern_result
select_line(const struct select *select, struct scratch *scratch,
    struct slice line)
{
	enum pattern_result result;

	if (select->line == NULL)
		return PATTERN_YES;
	result = pattern_match(select->line, scratch,
	    slice_head(line, select->match_bytes));
	return result == PATTERN_NO && line.len > select->match_bytes ?
	    PATTERN_GAVE_UP :
	    result;
}

enum pattern_result
select_file(const struct select *select, struct scratch *scratch,
    struct slice file)
{
	return select->file == NULL ?
	    PATTERN_YES :
	    pattern_match(select->file, scratch, file);
}

static bool
is_of_kinds(const struct select *select, struct slice operation)
{
	struct slice kind = operation_kind(operation);

	for (size_t i = 0; i < select->kinds->count; i++) {
		const char *wanted = select->kinds->items[i];

		if (select->nocase ? slice_is_nocase(kind, wanted) :
				     slice_is(kind, wanted))
			return true;
	}
	return select->kinds->count == 0;
}

static enum pattern_result
matches_any(const struct select *select, struct scratch *scratch,
    struct slice operation)
{
	enum pattern_result result = PATTERN_NO;

	if (select->pattern_count == 0)
		return PATTERN_YES;
	for (size_t i = 0; i < select->pattern_count && result == PATTERN_NO;
	     i++)
		result = pattern_match(select->patterns[i], scratch, operation);
	return result;
}

enum pattern_result
select_operation(const struct select *select, struct scratch *scratch,
    struct slice operation)
{
	bool has_words = select->pattern_count > 0 || select->kinds->count > 0;
	enum pattern_result result = PATTERN_NO;

	if ((select->writes || select->reads) &&
	    !(select->writes &&
		operation_class(operation) == OPERATION_WRITE) &&
	    !(select->reads && operation_class(operation) == OPERATION_READ))
		return PATTERN_NO;
	if (is_of_kinds(select, operation))
		result = matches_any(select, scratch, operation);
	if (!select->invert || !has_words || result == PATTERN_GAVE_UP)
		return result;
	return result == PATTERN_YES ? PATTERN_NO : PATTERN_YES;
}
