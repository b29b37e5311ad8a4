/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/suggest.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

enum { SUGGEST_MAX = 64 };

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment with three rolling rows. */
static unsigned
distance(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	unsigned rows[3][SUGGEST_MAX + 1];

	if (a_len > SUGGEST_MAX || b_len > SUGGEST_MAX)
		return UINT_MAX;
	for (unsigned j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *up = rows[(i + 2) % 3];
		const unsigned *up2 = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned cost = a[i - 1] == b[j - 1] ? 0 : 1;

			row[j] = least(up[j - 1] + cost,
			    least(up[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], up2[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

void
suggest_init(struct suggest *suggest, const char *word)
{
	*suggest = (struct suggest){ .word = word, .distance = UINT_MAX };
}

void
suggest_offer(struct suggest *suggest, const char *known)
{
	unsigned d = distance(suggest->word, known);

	if (d < suggest->distance) {
		suggest->distance = d;
		suggest->nearest = known;
	}
}

const char *
suggest_nearest(const struct suggest *suggest)
{
	size_t limit;

	if (suggest->nearest == NULL)
		return NULL;
	limit = strlen(suggest->nearest) / 3;
	if (limit < 2)
		limit = 2;
	if (suggest->distance > limit ||
	    suggest->distance >= strlen(suggest->nearest))
		return NULL;
	return suggest->nearest;
}
