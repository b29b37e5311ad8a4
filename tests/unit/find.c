/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/find.h"

#include "tap.h"

enum { TEXT = 400 };

/* Texts of few letters hold nearly every literal, and many that nearly are
 * one. */
static void
fill(char *text, size_t len, unsigned seed, unsigned letters)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = (char)('a' + (seed >> 16) % letters);
	}
}

/* In memory of just its size, so that reading beyond it is noticed. */
static char *
exactly(const char *text, size_t len)
{
	char *copy = malloc(len == 0 ? 1 : len);

	memcpy(copy, text, len);
	return copy;
}

static void
check_all_places(struct slice text, struct slice literal)
{
	const char *end = text.ptr + text.len;
	struct find find;

	find_init(&find, literal);
	for (const char *from = text.ptr; from <= end; from++) {
		const char *want = from == end ?
		    NULL :
		    memmem(from, (size_t)(end - from), literal.ptr,
			literal.len);

		if (!CHECK(find_next(&find, from, end) == want))
			return;
	}
}

static void
finds_what_memmem_finds(void)
{
	for (size_t len = 0; len < TEXT; len += 13) {
		char text[TEXT];
		char literal[24];

		for (unsigned seed = 1; seed < 8; seed++) {
			char *copy;

			fill(text, len, seed, seed % 3 + 2);
			fill(literal, sizeof(literal), seed * 7, seed % 3 + 2);
			copy = exactly(text, len);
			check_all_places(slice_make(copy, len),
			    slice_make(literal, seed * 3 % 24 + 1));
			free(copy);
		}
	}
}

static void
finds_any_byte(void)
{
	char text[300] = { 0 };
	struct find find;

	for (unsigned c = 1; c < 256; c++) {
		char literal[] = { (char)c, '\0', (char)c };

		memset(text, 0, sizeof(text));
		memcpy(text + c, literal, sizeof(literal));
		find_init(&find, slice_make(literal, sizeof(literal)));
		CHECK(find_next(&find, text, text + sizeof(text)) == text + c);
		CHECK(find_next(&find, text, text + c + 2) == NULL);
	}
}

static void
finds_the_first_of_several(void)
{
	static const char *const words[] = { "ab", "cab", "aaaa", "bcbc" };
	const char *from;
	struct find_any any = { .count = 4 };
	struct find_ahead ahead = { 0 };
	char text[TEXT];

	fill(text, sizeof(text), 5, 3);
	for (size_t i = 0; i < any.count; i++)
		find_init(&any.items[i], slice_str(words[i]));
	for (from = text; from < text + sizeof(text);) {
		const char *end = text + sizeof(text);
		const char *want = end;
		const char *got = find_any_next(&any, &ahead, from, end);

		for (size_t i = 0; i < any.count; i++) {
			const char *at = memmem(from, (size_t)(end - from),
			    words[i], strlen(words[i]));

			if (at != NULL && at < want)
				want = at;
		}
		if (!CHECK((got == NULL ? end : got) == want))
			return;
		from = want + 1;
	}
}

static void
counts_bytes(void)
{
	static char text[20000];

	memset(text, 'x', sizeof(text));
	CHECK_INT(find_count(slice_make(text, sizeof(text)), 'x'),
	    sizeof(text));
	for (size_t len = 0; len < 600; len++) {
		size_t want = 0;

		fill(text, len, (unsigned)len, 4);
		for (size_t i = 0; i < len; i++)
			want += text[i] == 'b';
		CHECK_INT(find_count(slice_make(text, len), 'b'), want);
	}
}

static void
finds_the_ends_of_lines(void)
{
	for (size_t len = 1; len < 200; len++) {
		char *text = malloc(len);
		const char *end = text + len;

		memset(text, 'x', len);
		for (size_t lf = 0; lf < len; lf++) {
			text[lf] = '\n';
			for (size_t at = 0; at < len; at += 7) {
				const char *stop = at <= lf ? text + lf : end;
				const char *start = at > lf ? text + lf + 1 :
							      text;

				CHECK(find_line_end(text + at, end) == stop);
				CHECK(
				    find_line_begin(text, text + at) == start);
			}
			text[lf] = 'x';
		}
		free(text);
	}
}

static const struct tap_test tests[] = {
	{ "a literal is found where memmem() finds it",
	    finds_what_memmem_finds },
	{ "any byte may be in a literal", finds_any_byte },
	{ "the first of several literals is found",
	    finds_the_first_of_several },
	{ "bytes are counted", counts_bytes },
	{ "the line around a place is found", finds_the_ends_of_lines },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
