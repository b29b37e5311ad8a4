/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/totals.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "compare/grouping.h"

/* A value of the table. */
struct total {
	struct site site; /* its count is not used */
	struct tally_sum sum;
};

int
totals_keys_parse(struct tally_keys *keys, const char *text, struct err *err)
{
	static const enum tally_column known[] = { TALLY_FILE, TALLY_LINE,
		TALLY_FUNCTION, TALLY_OPERATION, TALLY_KIND };
	struct tally_keys asked;

	if (tally_keys_parse(&asked, text, err) != 0)
		return -1;
	keys->count = 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (tally_keys_have(&asked, known[i]))
			keys->column[keys->count++] = known[i];
	if (keys->count < asked.count)
		return err_set(err,
		    "a comparison is by site, file, line, "
		    "function, operation or kind");
	if (tally_keys_have(keys, TALLY_LINE) &&
	    !tally_keys_have(keys, TALLY_FILE))
		return err_set(err, "lines need their files: file,line");
	if (tally_keys_have(keys, TALLY_OPERATION) &&
	    tally_keys_have(keys, TALLY_KIND))
		return err_set(err,
		    "an operation holds its kind: give one "
		    "of them");
	return 0;
}

void
totals_init(struct totals *totals, const struct tally_keys *keys)
{
	*totals = (struct totals){ .keys = *keys };
	table_init(&totals->sums, sizeof(struct total));
}

void
totals_release(struct totals *totals)
{
	table_release(&totals->sums);
	free(totals->sites);
	*totals = (struct totals){ 0 };
}

static void
add_site(struct totals *totals, const struct site *site, struct buf *key)
{
	struct tally_sum more = { .count = site->count };
	struct total *sum;
	bool added;

	grouping_key(key, &totals->keys, site);
	sum = table_add(&totals->sums, buf_slice(key), &added);
	if (added)
		sum->site = grouping_site(&totals->keys, site);
	tally_sum_add(&sum->sum, &more);
}

void
totals_add(struct totals *totals, const struct sample_day *day, int last_hour)
{
	struct buf key = { 0 };

	for (size_t i = 0; i < day->count; i++)
		if (last_hour < 0 || day->rows[i].hour <= last_hour)
			add_site(totals, &day->rows[i].site, &key);
	buf_release(&key);
}

void
totals_finish(struct totals *totals)
{
	struct table_entry **sorted = table_sorted(&totals->sums);

	totals->count = totals->sums.count;
	totals->sites = xcalloc(totals->count, sizeof(totals->sites[0]));
	for (size_t i = 0; i < totals->count; i++) {
		struct total *sum = (void *)sorted[i]->value;

		totals->sites[i] = sum->site;
		totals->sites[i].count = sum->sum.count;
		totals->is_over |= sum->sum.is_over;
	}
	free(sorted);
}
