/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/similar.h"

/* The byte at i of what is seen of a line. */
static unsigned char
byte_at(struct slice line, size_t i)
{
	if (line.len > SIMILAR_MOST && i >= SIMILAR_MOST / 2)
		i += line.len - SIMILAR_MOST;
	return (unsigned char)line.ptr[i];
}

static size_t
seen(struct slice line)
{
	return line.len < SIMILAR_MOST ? line.len : SIMILAR_MOST;
}

void
similar_init(struct similar *similar, struct slice line)
{
	*similar = (struct similar){ .full = line.len, .len = seen(line) };
	for (size_t i = 0; i < similar->len; i++)
		similar->masks[byte_at(line, i)][i / 64] |= UINT64_C(1)
		    << (i % 64);
}

/*
 * A column of the matrix of distances: for each row whether it is one more
 * (up) or one less (down) than the row above, 64 rows to a word.
 */
struct column {
	uint64_t up[SIMILAR_WORDS];
	uint64_t down[SIMILAR_WORDS];
};

/*
 * Goes to the next column in one word of rows. change is how the row above the
 * word changes from column to column; the result is how its last row, the one
 * of the bit `last`, does: -1, 0 or 1.
 */
static int
next_word(struct column *column, size_t word, uint64_t equal, int change,
    uint64_t last)
{
	uint64_t up = column->up[word];
	uint64_t down = column->down[word];
	uint64_t vertical = equal | down;
	uint64_t across;
	uint64_t more;
	uint64_t less;
	int out;

	equal |= change < 0;
	across = (((equal & up) + up) ^ up) | equal;
	more = down | ~(across | up);
	less = up & across;
	out = (int)((more & last) != 0) - (int)((less & last) != 0);
	more = more << 1 | (change > 0);
	less = less << 1 | (change < 0);
	column->up[word] = less | ~(vertical | more);
	column->down[word] = more & vertical;
	return out;
}

static size_t
distance(const struct similar *similar, struct slice line)
{
	struct column column = { { 0 }, { 0 } };
	size_t words = (similar->len + 63) / 64;
	uint64_t bottom = UINT64_C(1) << ((similar->len - 1) % 64);
	uint64_t top = UINT64_C(1) << 63;
	size_t found = similar->len;

	memset(column.up, 0xff, sizeof(column.up));
	for (size_t i = 0; i < seen(line); i++) {
		const uint64_t *masks = similar->masks[byte_at(line, i)];
		int change = 1;

		for (size_t word = 0; word < words; word++)
			change = next_word(&column, word, masks[word], change,
			    word + 1 == words ? bottom : top);
		found += (size_t)change;
	}
	return found;
}

double
similar_to(const struct similar *similar, struct slice line)
{
	size_t longer = similar->full > line.len ? similar->full : line.len;
	size_t shorter = similar->full + line.len - longer;
	size_t most = similar->len > seen(line) ? similar->len : seen(line);
	double alike;
	double bound;

	if (shorter == 0)
		return longer == 0 ? 1 : 0;
	alike = 1 - (double)distance(similar, line) / (double)most;
	bound = (double)shorter / (double)longer;
	return alike < bound ? alike : bound;
}
