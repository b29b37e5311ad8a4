/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/wire.h"
#include "model/sqltoken.h"
#include "scan/carried.h"
#include "scan/carry.h"
#include "scan/lines.h"
#include "scan/reader.h"
#include "scan/statement.h"

/*
 * SQL in any text: a statement whose comment names its caller, with whatever
 * the logger writes before it, on one line or going on over some. It begins
 * at a verb of SQL and ends where a line says so: by a time stamp, by the
 * verb of another statement, by nothing at all, or behind a ';' or the
 * comment.
 *
 * With "weight = leading", a snapshot of pg_stat_statements as psql prints
 * it: "46642 | SELECT ...", the number is how often it ran.
 */

enum {
	MOST_LINES = 200,  /* of a statement */
	MOST_BYTES = 65536 /* of one of several lines */
};

struct tags_reader {
	struct reader reader;
	const struct reader_events *events;
	bool has_weight;
	struct statement_giver giver;
	struct carry carry;
	struct buf plain;  /* a line without its colours */
	struct buf passed; /* the same of one that was passed over */

	/* the statement that may go on; line_count is 0 where there is none */
	struct buf sql;
	struct buf lines;
	unsigned line_count;
	struct stamp stamp;
	uint64_t weight;
};

/*
 * Words a statement begins with, in logs. Those that are everyday words too
 * (all but the first three) count in capitals, or before the word that SQL
 * has behind them: next to them, or third, behind a name.
 */
static const struct {
	struct slice word;
	const char *next;
	const char *third;
} verbs[] = {
	{ SLICE("select"), "", NULL },
	{ SLICE("insert"), "", NULL },
	{ SLICE("savepoint"), "", NULL },
	{ SLICE("update"), NULL, "set" },
	{ SLICE("delete"), "from", NULL },
	{ SLICE("with"), NULL, "as" },
	{ SLICE("begin"), NULL, NULL },
	{ SLICE("commit"), NULL, NULL },
	{ SLICE("rollback"), NULL, NULL },
	{ SLICE("release"), "savepoint", NULL },
	{ SLICE("replace"), "into", NULL },
	{ SLICE("merge"), "into", NULL },
	{ SLICE("truncate"), "table", NULL },
	{ SLICE("create"), "table", NULL },
	{ SLICE("alter"), "table", NULL },
	{ SLICE("drop"), "table", NULL },
	{ SLICE("call"), NULL, NULL },
	{ SLICE("copy"), NULL, NULL },
	{ SLICE("lock"), "table", NULL },
	{ SLICE("explain"), "select", NULL },
	{ SLICE("declare"), NULL, NULL },
};

/* What a byte is here, as bits: a letter; one that a verb may stand behind; one
 * that may stand behind a verb, which is no part of a name or a path. */
enum { LETTER = 1, BEFORE = 2, BEHIND = 4 };

#define L LETTER
#define B BEFORE
#define H BEHIND
#define A (BEFORE | BEHIND)

static const uint8_t kinds[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, A, 0, 0, 0, 0, 0, 0, /* control bytes */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* and more */
	A, 0, A, 0, 0, 0, 0, A, A, 0, H, 0, B, 0, 0, H, /* blank to slash */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, B, A, 0, B, B, 0, /* 0 to ? */
	0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* @ to O */
	L, L, L, L, L, L, L, L, L, L, L, B, 0, 0, 0, 0, /* P to _ */
	B, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* ` to o */
	L, L, L, L, L, L, L, L, L, L, L, 0, B, 0, 0, 0, /* p to DEL */
};

#undef L
#undef B
#undef H
#undef A

static inline bool
is_kind(char c, unsigned kind)
{
	return (kinds[(unsigned char)c] & kind) != 0;
}

/* The letters at the front of a text. */
static inline struct slice
letters(struct slice text)
{
	size_t len = 0;

	while (len < text.len && is_kind(text.ptr[len], LETTER))
		len++;
	return slice_head(text, len);
}

/* The text behind its first word, whatever that is made of, and blanks. */
static struct slice
behind_word(struct slice text)
{
	struct slice word;

	(void)slice_cut(&text, ' ', &word);
	return slice_trim(text);
}

/* For each letter that a verb begins with, bits of what may be its second one:
 * most words are told apart by these. */
#define BIT(letter) (1U << ((letter) - 'a'))

static const uint32_t second_letters['z' + 1] = {
	['a'] = BIT('l'),
	['b'] = BIT('e'),
	['c'] = BIT('a') | BIT('o') | BIT('r'),
	['d'] = BIT('e') | BIT('r'),
	['e'] = BIT('x'),
	['i'] = BIT('n'),
	['l'] = BIT('o'),
	['m'] = BIT('e'),
	['r'] = BIT('e') | BIT('o'),
	['s'] = BIT('a') | BIT('e'),
	['t'] = BIT('r'),
	['u'] = BIT('p'),
	['w'] = BIT('i'),
};

#undef BIT

/* Of a word of two letters or more. */
static inline bool
may_be_verb(const char *word)
{
	uint32_t seconds = second_letters[word[0] | 0x20];

	return (seconds >> ((word[1] | 0x20) - 'a') & 1) != 0;
}

/* Whether text begins a statement with this word, which stands at its front. */
static bool
is_verb(struct slice word, struct slice text)
{
	bool is_capital = word.ptr[1] < 'a';
	struct slice next;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		struct slice verb = verbs[i].word;

		if (word.len != verb.len ||
		    (word.ptr[0] | 0x20) != verb.ptr[0] ||
		    !slice_is_nocase(word, verb.ptr))
			continue;
		if (is_capital)
			return true;
		next = behind_word(text);
		if (verbs[i].third != NULL)
			return slice_is_nocase(letters(behind_word(next)),
			    verbs[i].third);
		return verbs[i].next != NULL &&
		    (verbs[i].next[0] == '\0' ||
			slice_is_nocase(letters(next), verbs[i].next));
	}
	return false;
}

/* The length of the comment at the front. */
static size_t
comment_length(struct slice text)
{
	const char *end = line_find(slice_from(text, 2), "*/");

	return end == NULL ? text.len : (size_t)(end - text.ptr) + 2;
}

static bool
is_blank(struct slice text)
{
	while (slice_take_char(&text, ' '))
		continue;
	return text.len == 0;
}

/*
 * The first verb that begins a statement in line from `at` on, before `end`;
 * NULL when there is none. What is left of the line is looked at behind it.
 */
static const char *
find_verb(struct slice line, const char *at, const char *end)
{
	const char *line_end = line.ptr + line.len;
	const char *begin;

	for (char before = ' '; at < end; before = at[-1]) {
		begin = at++;
		if (!is_kind(*begin, LETTER))
			continue;
		while (at < end && is_kind(*at, LETTER))
			at++;
		if (is_kind(before, BEFORE) && at - begin > 1 &&
		    may_be_verb(begin) &&
		    (at == line_end || is_kind(*at, BEHIND)) &&
		    is_verb(slice_between(begin, at),
			slice_between(begin, line_end)))
			return begin;
	}
	return NULL;
}

/*
 * Where the SQL begins: at its verb, or at the comments right before that.
 * Empty when there is none. Quotes mean nothing here: before the verb they
 * are the logger's.
 */
static struct slice
find_sql(struct slice line)
{
	const char *end = line.ptr + line.len;
	const char *begin = NULL; /* of the comments before `at`, if any */
	const char *at = line.ptr;

	while (at < end) {
		const char *open = line_find(slice_between(at, end), "/*");
		const char *stop = open == NULL ? end : open;
		const char *verb = find_verb(line, at, stop);

		if (begin != NULL &&
		    !is_blank(slice_between(at, verb == NULL ? stop : verb)))
			begin = NULL;
		if (verb != NULL)
			return slice_between(begin == NULL ? verb : begin, end);
		if (open == NULL)
			break;
		if (begin == NULL)
			begin = open;
		at = open + comment_length(slice_between(open, end));
	}
	return slice_make(line.ptr, 0);
}

/* Whether the words before a verb are SQL too: the verb does not begin a
 * statement. */
static bool
ends_in_sql(struct slice head)
{
	static const char *const words[] = { "union", "all", "except",
		"intersect", "as", "do", "for", "key", "on", "in", "exists",
		"no", "before", "after", "or" };
	size_t begin;

	head = slice_trim(head);
	if (slice_ends(head, "("))
		return true;
	begin = head.len;
	while (begin > 0 && is_kind(head.ptr[begin - 1], LETTER))
		begin--;
	head = slice_from(head, begin);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_is_nocase(head, words[i]))
			return true;
	}
	return false;
}

/* Whether the text is inside parentheses at its end. */
static bool
is_inside(struct slice sql)
{
	struct sql_lexer lexer = { .rest = sql };
	struct sql_token token;
	long depth = 0;

	while ((token = sql_token_next(&lexer)).type != SQL_END)
		depth += sql_token_is_mark(token, '(') -
		    sql_token_is_mark(token, ')');
	return depth > 0;
}

static bool
has_word(struct slice sql, const char *word)
{
	struct sql_lexer lexer = { .rest = sql };
	struct sql_token token;

	do
		token = sql_token_next(&lexer);
	while (token.type != SQL_END && !sql_token_is(token, word));
	return token.type != SQL_END;
}

/* Whether a line with a verb in it goes on with the statement above it: the
 * verb is in parentheses, behind other words of SQL, or the query of a WITH
 * or of an INSERT without VALUES. */
static bool
goes_on_with_verb(struct slice sql, struct slice head, struct slice line)
{
	if (is_inside(sql) || ends_in_sql(head) || ends_in_sql(sql))
		return true;
	if (slice_trim(head).len > 0)
		return false;
	if (statement_begins(sql, "with"))
		return true;
	return statement_begins(line, "select") &&
	    ((statement_begins(sql, "insert") && !has_word(sql, "values")) ||
		statement_begins(sql, "create") ||
		statement_begins(sql, "explain"));
}

/* Whether nothing can follow: behind a ';' or a comment. */
static bool
is_over(struct slice sql)
{
	sql = slice_trim(sql);
	return slice_ends(sql, ";") || slice_ends(sql, "*/");
}

/* The statement that was going on has ended. */
static void
finish(struct tags_reader *self)
{
	struct statement statement = {
		.sql = buf_slice(&self->sql),
		.lines = buf_slice(&self->lines),
		.stamp = self->stamp,
		.weight = self->weight,
	};

	if (self->line_count == 0)
		return;
	self->line_count = 0;
	statement_give(&self->giver, &statement);
}

static void
add_line(struct tags_reader *self, struct slice sql, struct slice line)
{
	if (self->line_count == 0) {
		buf_clear(&self->sql);
		buf_clear(&self->lines);
	} else {
		buf_add_char(&self->sql, '\n');
		buf_add_char(&self->lines, '\n');
	}
	buf_add(&self->sql, sql);
	buf_add(&self->lines, line);
	self->line_count++;
}

/* A line that begins a statement. */
static void
begin(struct tags_reader *self, struct slice sql, struct slice line,
    uint64_t weight)
{
	finish(self);
	self->stamp = self->reader.stamp;
	self->weight = weight;
	add_line(self, sql, line);
	if (is_over(sql))
		finish(self);
}

/* A line without a beginning: more of the statement above it, if any. */
static void
go_on(struct tags_reader *self, struct slice text, struct slice line)
{
	if (self->line_count == 0)
		return;
	if (slice_trim(text).len == 0) {
		finish(self);
		return;
	}
	if (self->line_count >= MOST_LINES ||
	    self->sql.len + text.len > MOST_BYTES) {
		finish(self);
		return;
	}
	add_line(self, text, line);
	if (is_over(text))
		finish(self);
}

static void
text_line(struct tags_reader *self, struct slice text, struct slice line)
{
	struct slice sql = find_sql(text);
	struct slice head = sql.len == 0 ? text :
					   slice_between(text.ptr, sql.ptr);

	if (sql.len == 0 && self->line_count == 0)
		return; /* the carry sees to its stamp */
	if (carry_see(&self->carry, line, head)) {
		finish(self);
		if (sql.len > 0)
			begin(self, sql, line, 1);
	} else if (sql.len == 0 ||
	    (self->line_count > 0 &&
		goes_on_with_verb(buf_slice(&self->sql), head, text))) {
		go_on(self, text, line);
	} else {
		begin(self, sql, line, 1);
	}
}

/* Takes "46642 | " off the front; the separator may also be a comma or a TAB.
 * Returns as slice_number() does. */
static int
take_weight(struct slice *text, uint64_t *weight)
{
	struct slice rest = slice_trim(*text);
	struct slice digits = slice_head(rest, slice_digits(rest));

	rest = slice_from(rest, digits.len);
	if (digits.len == 0)
		return -1;
	while (rest.len > 0 && rest.ptr[0] == ' ')
		rest = slice_from(rest, 1);
	if (rest.len == 0 || memchr("|,\t;", rest.ptr[0], 4) == NULL)
		return -1;
	*text = slice_from(rest, 1);
	return slice_number(digits, weight);
}

/* What psql adds where a value has several lines: " | " in front of the
 * following ones, " +" behind all but the last. */
static struct slice
without_frame(struct slice text)
{
	struct slice trimmed = slice_trim(text);

	if (slice_starts(trimmed, "|"))
		text = slice_from(trimmed, 1);
	if (slice_ends(trimmed, "+"))
		text = slice_between(text.ptr, trimmed.ptr + trimmed.len - 1);
	return text;
}

static void
weighted_line(struct tags_reader *self, struct slice text, struct slice line)
{
	uint64_t weight = 0;
	int result = take_weight(&text, &weight);
	struct slice sql;

	text = without_frame(text);
	if (result < 0) {
		go_on(self, text, line);
		return;
	}
	finish(self);
	sql = find_sql(text);
	if (result > 0)
		self->events->malformed(self->events->context, line,
		    "a count beyond 2^64-1");
	else if (sql.len > 0)
		begin(self, sql, line, weight);
}

static const char *const tags_keys[] = { "weight", NULL };

/* Prepared is not NULL where there is a weight. */
static int
tags_prepare(struct preset *preset, struct err *err)
{
	const char *weight = preset_get(preset, "weight");

	if (weight == NULL)
		return 0;
	if (strcmp(weight, "leading") != 0)
		return err_set(err, "weight '%s' is not leading", weight);
	preset->prepared = xstrdup(weight);
	return 0;
}

/* What of a line is looked at for its stamp where it has no SQL. */
static struct slice
stamp_part(struct reader *reader, struct slice line)
{
	struct tags_reader *self = (struct tags_reader *)reader;

	return line_plain(line, &self->passed);
}

static struct reader *
tags_new(const struct preset *preset, const struct reader_options *options,
    const struct reader_events *events)
{
	struct tags_reader *self = xcalloc(1, sizeof(*self));

	(void)options;
	self->reader.type = &reader_tags;
	self->events = events;
	self->giver.events = events;
	self->carry.reader = &self->reader;
	self->carry.part = stamp_part;
	self->has_weight = preset->prepared != NULL;
	return &self->reader;
}

static void
tags_free(struct reader *reader)
{
	struct tags_reader *self = (struct tags_reader *)reader;

	statement_giver_release(&self->giver);
	buf_release(&self->plain);
	buf_release(&self->passed);
	buf_release(&self->sql);
	buf_release(&self->lines);
	free(self);
}

static void
tags_read(struct reader *reader, struct slice block)
{
	struct tags_reader *self = (struct tags_reader *)reader;
	const char *end = block.ptr + block.len;
	struct slice line;

	carry_begin(&self->carry, block.ptr);
	while (reader_next(reader, &block, &line)) {
		struct slice text = line_plain(line, &self->plain);

		if (self->has_weight)
			weighted_line(self, text, line);
		else
			text_line(self, text, line);
	}
	if (!self->has_weight)
		carry_catch_up(&self->carry, end);
}

static void
tags_end(struct reader *reader)
{
	struct tags_reader *self = (struct tags_reader *)reader;

	finish(self);
}

/* The statement that may go on. */
static void
tags_save(const struct reader *reader, struct buf *bytes)
{
	const struct tags_reader *self = (const struct tags_reader *)reader;

	wire_add_number(bytes, self->line_count);
	if (self->line_count == 0)
		return;
	wire_add_bytes(bytes, buf_slice(&self->sql));
	wire_add_bytes(bytes, buf_slice(&self->lines));
	carried_add_stamp(bytes, &self->stamp);
	wire_add_number(bytes, self->weight);
}

static bool
tags_load(struct reader *reader, struct slice *bytes)
{
	struct tags_reader *self = (struct tags_reader *)reader;
	uint64_t line_count;

	if (!wire_number_upto(bytes, MOST_LINES, &line_count))
		return false;
	self->line_count = (unsigned)line_count;
	return line_count == 0 ||
	    (wire_buf(bytes, &self->sql) && self->sql.len > 0 &&
		wire_buf(bytes, &self->lines) &&
		carried_stamp(bytes, &self->stamp) &&
		wire_number(bytes, &self->weight));
}

const struct reader_type reader_tags = {
	.name = "tags",
	.keys = tags_keys,
	.prepare = tags_prepare,
	.unprepare = free,
	.new = tags_new,
	.free = tags_free,
	.read = tags_read,
	.end = tags_end,
	.save = tags_save,
	.load = tags_load,
};
