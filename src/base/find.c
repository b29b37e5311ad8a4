/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/find.h"

#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

/*
 * How usual a byte is in logs: the blank and small letters most, then digits
 * and what stamps are made of. Only the order counts; a wrong guess costs
 * time, never a place.
 */
static unsigned
frequency(char c)
{
	static const char usual[] = " etaoinsr0l1d2c-u:m3p45h679/8.gf=_y\"b,w";
	const char *place = c == '\0' ? NULL : strchr(usual, c);

	if (place != NULL)
		return 255 - (unsigned)(place - usual);
	if (c >= 'a' && c <= 'z')
		return 100;
	return c >= 'A' && c <= 'Z' ? 50 : 20;
}

/* Which byte of the literal is the rarest. */
static size_t
rarest(struct slice literal)
{
	size_t best = 0;

	for (size_t i = 1; i < literal.len; i++)
		if (frequency(literal.ptr[i]) < frequency(literal.ptr[best]))
			best = i;
	return best;
}

static size_t
search_plain(const struct find *find, const char *from, const char *end,
    const char **places, size_t room)
{
	size_t n = 0;

	for (; n < room && from < end; from++) {
		from = memmem(from, (size_t)(end - from), find->literal.ptr,
		    find->literal.len);
		if (from == NULL)
			break;
		places[n++] = from;
	}
	return n;
}

static size_t
count_plain(struct slice text, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == c;
	return n;
}

#ifdef __x86_64__

#define AVX2 __attribute__((target("avx2")))

#define WIDTH ((size_t)32) /* bytes of a vector */

/* A bit for each of 32 places that has both bytes. */
AVX2 static inline uint32_t
candidates(const char *a, const char *b, __m256i first, __m256i second)
{
	__m256i x = _mm256_loadu_si256((const __m256i_u *)a);
	__m256i y = _mm256_loadu_si256((const __m256i_u *)b);

	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_and_si256(_mm256_cmpeq_epi8(x, first),
		_mm256_cmpeq_epi8(y, second)));
}

/* Whether the literal is at a place, where at least eight bytes stand. */
AVX2 static inline bool
stands_at(const struct find *find, const char *at)
{
	uint64_t head;

	memcpy(&head, at, sizeof(head));
	if (((head ^ find->head) & find->head_mask) != 0)
		return false;
	return find->literal.len <= sizeof(head) ||
	    memcmp(at + sizeof(head), find->literal.ptr + sizeof(head),
		find->literal.len - sizeof(head)) == 0;
}

/* Looks at a place only where the literal, and eight bytes, end before `end`;
 * then what is loaded does too. The last few are left to the plain search. */
AVX2 static size_t
search_avx2(const struct find *find, const char *from, const char *end,
    const char **places, size_t room)
{
	const struct slice literal = find->literal;
	const size_t a = find->rare;
	const size_t b = find->far;
	const __m256i first = _mm256_set1_epi8(literal.ptr[a]);
	const __m256i second = _mm256_set1_epi8(literal.ptr[b]);
	const size_t head = sizeof(find->head);
	const size_t reach = 2 * WIDTH +
	    (literal.len < head ? head : literal.len);
	size_t n = 0;

	for (; (size_t)(end - from) >= reach; from += 2 * WIDTH) {
		uint64_t hits = candidates(from + a, from + b, first, second) |
		    (uint64_t)candidates(from + a + WIDTH, from + b + WIDTH,
			first, second)
			<< WIDTH;

		for (; hits != 0; hits &= hits - 1) {
			places[n] = from + __builtin_ctzll(hits);
			n += stands_at(find, places[n]);
			if (n == room)
				return n;
		}
	}
	return n + search_plain(find, from, end, places + n, room - n);
}

/* Adds up 255 rounds in bytes before they could overflow. */
AVX2 static size_t
count_avx2(struct slice text, char c)
{
	const __m256i wanted = _mm256_set1_epi8(c);
	size_t n = 0;

	while (text.len >= WIDTH) {
		size_t rounds = text.len / WIDTH < 255 ? text.len / WIDTH : 255;
		__m256i sums = _mm256_setzero_si256();
		uint64_t parts[4];

		for (size_t i = 0; i < rounds; i++) {
			const char *at = text.ptr + i * WIDTH;

			sums = _mm256_sub_epi8(sums,
			    _mm256_cmpeq_epi8(wanted,
				_mm256_loadu_si256((const __m256i_u *)at)));
		}
		_mm256_storeu_si256((__m256i_u *)parts,
		    _mm256_sad_epu8(sums, _mm256_setzero_si256()));
		n += parts[0] + parts[1] + parts[2] + parts[3];
		text = slice_from(text, rounds * WIDTH);
	}
	return n + count_plain(text, c);
}

#endif

static bool
has_avx2(void)
{
#ifdef __x86_64__
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

void
find_init(struct find *find, struct slice literal)
{
	const size_t head = literal.len < sizeof(find->head) ?
	    literal.len :
	    sizeof(find->head);

	*find = (struct find){ .literal = literal };
	memcpy(&find->head, literal.ptr, head);
	memset(&find->head_mask, 0xff, head);
	find->rare = rarest(literal);
	find->far = find->rare < literal.len / 2 ? literal.len - 1 : 0;
	find->search = search_plain;
#ifdef __x86_64__
	if (has_avx2())
		find->search = search_avx2;
#endif
}

size_t
find_count(struct slice text, char c)
{
#ifdef __x86_64__
	if (has_avx2())
		return count_avx2(text, c);
#endif
	return count_plain(text, c);
}

const char *
find_any_more(const struct find_any *any, struct find_ahead *ahead,
    const char *from, const char *end)
{
	const char *first = NULL;

	for (size_t i = 0; i < any->count; i++) {
		size_t at = ahead->items[i].at;
		size_t count = ahead->items[i].count;
		const char **places = ahead->items[i].places;

		while (at < count && places[at] < from)
			at++;
		if (at == count && !ahead->items[i].is_whole) {
			at = 0;
			count = find_many(&any->items[i], from, end, places,
			    FIND_AHEAD);
			ahead->items[i].count = count;
			ahead->items[i].is_whole = count < FIND_AHEAD;
		}
		ahead->items[i].at = at;
		if (at < count && (first == NULL || places[at] < first))
			first = places[at];
	}
	return first;
}
