/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/recent.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/table.h"

enum { LOOKS = 11 }; /* ten seconds have eleven ends */

static const int64_t second = 1000000000;
static const int64_t soon = 900000000;
static const int64_t least = 500000000; /* over less no speed is known */

struct recent {
	int64_t
	    times[LOOKS];  /* of look n in place n modulo LOOKS, as sums are */
	size_t look;       /* the number of this one; 0 was the beginning */
	struct table sums; /* uint64_t[LOOKS] of each key */
};

struct recent *
recent_new(int64_t now)
{
	struct recent *recent = xcalloc(1, sizeof(*recent));

	table_init(&recent->sums, LOOKS * sizeof(uint64_t));
	recent->times[0] = now;
	return recent;
}

void
recent_free(struct recent *recent)
{
	if (recent == NULL)
		return;
	table_release(&recent->sums);
	free(recent);
}

void
recent_look(struct recent *recent, int64_t now)
{
	if (recent->look == 0 ||
	    now - recent->times[recent->look % LOOKS] >= soon)
		recent->look++;
	recent->times[recent->look % LOOKS] = now;
}

double
recent_speed(struct recent *recent, struct slice key, uint64_t sum)
{
	size_t last = recent->look % LOOKS;
	size_t first = recent->look < LOOKS ? 0 : (recent->look + 1) % LOOKS;
	int64_t took = recent->times[last] - recent->times[first];
	uint64_t *sums = table_find(&recent->sums, key);

	if (sums == NULL && recent->sums.count >= RECENT_KEYS)
		return -1;
	if (sums == NULL)
		sums = table_add(&recent->sums, key, NULL);
	sums[last] = sum;
	if (took < least)
		return -1;
	return (double)(sum - sums[first]) * (double)second / (double)took;
}
