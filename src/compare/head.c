/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/head.h"

#include "base/ascii.h"

enum { SIGNATURE_LINES = 30 };

/* Words that may stand before a keyword that begins a function. */
static const char *const modifiers[] = { "public", "private", "protected",
	"internal", "static", "final", "abstract", "async", "export", "default",
	"pub", "unsafe", "const", "extern", "override", "open", "suspend",
	"inline", "local", "operator", "infix", "tailrec", "external",
	"declare", "mutating", "module_function", "private_class_method",
	"public_class_method", "memoize", "helper_method", NULL };

static const char *const keywords[] = { "def", "defp", "defmacro", "defmacrop",
	"func", "fn", "fun", "function", "sub", NULL };

/* What is no function although a parenthesis follows it, or if it is before
 * the name that is followed by one. */
static const char *const controls[] = { "if", "for", "while", "switch", "catch",
	"return", "else", "do", "synchronized", "using", "lock", "foreach",
	"when", "unless", "elsif", "elseif", "elif", "until", "fixed", "sizeof",
	"new", "throw", "assert", "await", "yield", "typeof", "match", "select",
	"case", "in", "with", "try", "function", "func", "fun", "fn", "go",
	"defer", "guard", "except", "and", "or", "not", "let", NULL };

/* As the word just before the name, these begin something else. */
static const char *const types[] = { "class", "interface", "record", "object",
	"trait", "impl", "module", "namespace", "new", "extends", "implements",
	NULL };

static bool
is_one_of(struct slice word, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (slice_is(word, *words))
			return true;
	}
	return false;
}

static bool
in_name(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == '$' ||
	    (unsigned char)c >= 0x80;
}

static size_t
name_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && in_name(s.ptr[n]))
		n++;
	return n;
}

static struct slice
skip_blanks(struct slice s)
{
	while (slice_take_char(&s, ' '))
		continue;
	return s;
}

/* Takes a word off the front, with the blanks around it. */
static struct slice
take_word(struct slice *s)
{
	struct slice word = slice_head(*s, name_length(*s));

	*s = skip_blanks(slice_from(*s, word.len));
	return word;
}

/* The word at the end, which may be empty. */
static struct slice
last_word(struct slice s)
{
	size_t at = s.len;

	while (at > 0 && in_name(s.ptr[at - 1]))
		at--;
	return slice_from(s, at);
}

/* Where the parenthesis that s begins with is closed: behind it; 0: not in s.
 */
static size_t
closed(struct slice s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '(')
			depth++;
		else if (s.ptr[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* Skips what s begins with, if it is in parentheses. */
static struct slice
skip_parentheses(struct slice s)
{
	if (s.len > 0 && *s.ptr == '(')
		return skip_blanks(slice_from(s, closed(s)));
	return s;
}

/* Skips <...> at the front. */
static struct slice
skip_generics(struct slice s)
{
	size_t depth = 0;

	for (size_t i = 0; s.len > 0 && *s.ptr == '<' && i < s.len; i++) {
		depth += s.ptr[i] == '<';
		depth -= s.ptr[i] == '>';
		if (depth == 0)
			return skip_blanks(slice_from(s, i + 1));
	}
	return s;
}

/* Skips annotations, attributes and modifiers. */
static struct slice
skip_modifiers(struct slice s)
{
	for (;;) {
		struct slice rest = s;
		struct slice word;

		if (slice_take_char(&rest, '@') ||
		    slice_starts(rest, "__attribute__")) {
			(void)take_word(&rest);
			s = skip_parentheses(rest);
			continue;
		}
		word = take_word(&rest);
		if (!is_one_of(word, modifiers))
			return s;
		s = slice_is(word, "pub") ? skip_parentheses(rest) : rest;
		if (slice_is(word, "extern") && slice_take_char(&rest, '"')) {
			const char *quote = slice_chr(rest, '"');

			if (quote != NULL)
				s = skip_blanks(slice_between(quote + 1,
				    rest.ptr + rest.len));
		}
	}
}

/* The name behind def: up to what cannot be in one, without self. */
static struct slice
ruby_name(struct slice s)
{
	size_t n = 0;

	if (slice_starts(s, "self."))
		s = slice_from(s, strlen("self."));
	while (n < s.len && strchr(" (;:,", s.ptr[n]) == NULL)
		n++;
	return slice_head(s, n);
}

/* The name behind fun: before the parenthesis, without what it extends. */
static struct slice
kotlin_name(struct slice s)
{
	const char *end;
	struct slice before;

	s = skip_generics(s);
	end = slice_chr(s, '(');
	if (end == NULL)
		return slice_make(NULL, 0);
	before = slice_trim(slice_between(s.ptr, end));
	if (slice_ends(before, "`") && before.len > 1) {
		struct slice inner = slice_head(before, before.len - 1);
		const char *quote = slice_rchr(inner, '`');

		return quote == NULL ?
		    slice_make(NULL, 0) :
		    slice_between(quote + 1, inner.ptr + inner.len);
	}
	return last_word(before);
}

/* The name that follows a keyword; empty: an anonymous function. */
static struct slice
name_behind(struct slice keyword, struct slice s)
{
	if (slice_starts(keyword, "def"))
		return ruby_name(s);
	if (slice_is(keyword, "fun"))
		return kotlin_name(s);
	if (slice_is(keyword, "func")) {
		struct slice rest = skip_parentheses(s);

		/* After the parameters of an anonymous one comes its type. */
		s = name_length(rest) < rest.len &&
			strchr("([<", rest.ptr[name_length(rest)]) != NULL ?
		    rest :
		    slice_make(NULL, 0);
	}
	if (slice_take_char(&s, '*') || slice_take_char(&s, '&'))
		s = skip_blanks(s);
	return slice_head(s, name_length(s));
}

static bool
find_keyword(struct slice s, struct slice *name)
{
	struct slice rest = s;
	struct slice keyword = take_word(&rest);

	/* A blank follows the word; but function* and function & are one. */
	if (!is_one_of(keyword, keywords) || rest.len == 0 ||
	    (rest.ptr == keyword.ptr + keyword.len && *rest.ptr != '*' &&
		*rest.ptr != '&'))
		return false;
	*name = name_behind(keyword, rest);
	return name->len > 0;
}

/* Whether s begins with the parameters and the arrow of a function. */
static bool
is_arrow(struct slice s)
{
	if (s.len > 0 && *s.ptr == '(') {
		size_t n = closed(s);

		s = skip_blanks(slice_from(s, n));
		return n > 0 &&
		    (slice_starts(s, "=>") ||
			(slice_starts(s, ":") && slice_find(s, "=>") != NULL));
	}
	return take_word(&s).len > 0 && slice_starts(s, "=>");
}

/* NAME = function ... and its like: the name is what is assigned to. */
static bool
find_assigned(struct slice s, struct slice *name)
{
	size_t n = 0;
	struct slice value;
	struct slice rest;

	while (n < s.len && s.ptr[n] != '=' && s.ptr[n] != ':' &&
	    (in_name(s.ptr[n]) || s.ptr[n] == '.' || s.ptr[n] == ' '))
		n++;
	if (n == s.len || n == 0 || (s.ptr[n] != '=' && s.ptr[n] != ':'))
		return false;
	*name = last_word(slice_trim(slice_head(s, n)));
	value = skip_blanks(slice_from(s, n + 1));
	rest = value;
	if (slice_is(take_word(&rest), "async"))
		value = rest;
	rest = value;
	return name->len > 0 &&
	    (slice_is(take_word(&rest), "function") || is_arrow(value));
}

/* What may stand before the name: types and modifiers, no call or value. */
static bool
is_type(struct slice s)
{
	struct slice word = { 0 };

	for (size_t i = 0; i < s.len; i++) {
		if (!in_name(s.ptr[i]) &&
		    strchr(" <>,[]*&?:.~@", s.ptr[i]) == NULL)
			return false;
	}
	while (s.len > 0) {
		word = slice_head(s, name_length(s));
		if (is_one_of(word, controls))
			return false;
		s = slice_from(s, word.len == 0 ? 1 : word.len);
	}
	return true;
}

static bool
is_loud(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] >= 'a' && name.ptr[i] <= 'z')
			return false;
	}
	return true;
}

/* Macros that loop, and constants with a body, look like functions. */
static bool
is_macro(struct slice name)
{
	return ((is_loud(name) && name.len > 1) ||
	    slice_find(name, "for_each") != NULL ||
	    slice_find(name, "foreach") != NULL);
}

static bool
could_be_named(struct slice type, struct slice name)
{
	return name.len > 0 && !ascii_is_digit(*name.ptr) &&
	    !is_one_of(name, controls) && is_type(type) &&
	    !slice_ends(type, ".") && !slice_ends(type, ",") &&
	    (!slice_ends(type, ":") || slice_ends(type, "::")) &&
	    !is_one_of(last_word(type), types);
}

/* Whether a body begins with what follows the parameters, or with the line
 * behind it. */
static bool
body_begins(const struct text *text, size_t line, struct slice rest)
{
	rest = slice_trim(rest);
	if (slice_starts(rest, ")"))
		return false;
	if (slice_starts(rest, "=>") || slice_ends(rest, "{") ||
	    (slice_starts(rest, "{") && slice_ends(rest, "}")))
		return true;
	if (slice_ends(rest, ";") || slice_ends(rest, ",") ||
	    line >= text->count)
		return false;
	rest = text->lines[line].text;
	return slice_starts(rest, "{") ||
	    (slice_starts(rest, "throws ") && slice_ends(rest, "{"));
}

/* Whether the parenthesis at the front of rest, which ends line, is closed and
 * a body follows. */
static bool
has_body(const struct text *text, size_t line, struct slice rest)
{
	size_t depth = 0;
	size_t last = line + SIGNATURE_LINES;

	for (; line <= text->count && line < last; line++) {
		for (size_t i = 0; i < rest.len; i++) {
			depth += rest.ptr[i] == '(';
			depth -= rest.ptr[i] == ')';
			if (depth == 0)
				return body_begins(text, line,
				    slice_from(rest, i + 1));
			if (rest.ptr[i] == ';')
				return false;
		}
		if (line < text->count)
			rest = text->lines[line].text;
	}
	return false;
}

/* Without the <...> at its end. */
static struct slice
without_generics(struct slice s)
{
	size_t depth = 0;

	for (size_t at = s.len; slice_ends(s, ">") && at > 0; at--) {
		depth += s.ptr[at - 1] == '>';
		depth -= s.ptr[at - 1] == '<';
		if (depth == 0)
			return slice_head(s, at - 1);
	}
	return s;
}

/* Arms of a match have an arrow as well, but no type before their name. */
static bool
is_arm(struct slice before, struct slice parameters)
{
	size_t n = closed(parameters);

	return n > 0 && !slice_ends(before, " ") &&
	    slice_starts(skip_blanks(slice_from(parameters, n)), "=>");
}

/* s is what follows the modifiers of a line, if it has any. */
static bool
find_called(const struct text *text, size_t line, struct slice s,
    struct slice *name)
{
	const struct text_line *all = &text->lines[line - 1];
	const char *open = slice_chr(s, '(');
	struct slice parameters;
	struct slice before;

	if (open == NULL || strchr("*/#'\"({[", *s.ptr) != NULL)
		return false;
	parameters = slice_between(open, s.ptr + s.len);
	before = without_generics(slice_trim(slice_between(s.ptr, open)));
	*name = last_word(before);
	before.len -= name->len;
	if (before.len == 0 && all->indent > 0 && s.len == all->text.len &&
	    is_macro(*name))
		return false;
	return could_be_named(slice_trim(before), *name) &&
	    !is_arm(before, parameters) && has_body(text, line, parameters);
}

bool
head_find(const struct text *text, size_t line, struct slice *name)
{
	struct slice s = text->lines[line - 1].text;
	struct slice plain = skip_modifiers(s);

	if (plain.len == 0)
		return false;
	return find_keyword(plain, name) || find_assigned(plain, name) ||
	    find_called(text, line, plain, name);
}
