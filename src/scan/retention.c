/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/retention.h"

#include "base/duration.h"

enum { DAY_SECONDS = 24 * 60 * 60 };

int
retention_option(const struct opt *opt, const char *argument, void *place,
    struct err *err)
{
	uint64_t *days = place;
	int64_t duration;

	if (opt_duration(opt, argument, &duration, err) != 0)
		return -1;
	if (duration < DURATION_D || duration % DURATION_D != 0)
		return err_set(err, "--%s: %s are no whole days: 90d, 12w",
		    opt->name, argument);
	*days = (uint64_t)(duration / DURATION_D);
	return 0;
}

bool
retention_first(const struct days_list *list, struct slice today,
    uint64_t keep_days, char first[DAYNAME_SIZE])
{
	struct slice newest = { 0 };
	struct civil ignored;

	for (size_t i = 0; i < list->count; i++) {
		struct slice day = list->items[i].day;

		if (dayname_civil(day, &ignored) &&
		    slice_compare(day, today) <= 0)
			newest = day;
	}
	if (newest.len == 0)
		return false;
	dayname_before(newest, keep_days - 1, first);
	return true;
}

int64_t
retention_seen_before(struct slice first)
{
	struct civil civil = { 0 };

	(void)dayname_civil(first, &civil);
	return civil_instant(&civil, 0) - DAY_SECONDS;
}

static int
keep_from(struct days *days, struct slice first, uint64_t *forgotten,
    struct err *err)
{
	struct buf kept_from = { 0 };
	int status = days_kept_from(days, &kept_from, err);

	if (status == 0 && slice_compare(first, buf_slice(&kept_from)) > 0)
		status = days_keep(days, first, retention_seen_before(first),
		    forgotten, err);
	buf_release(&kept_from);
	return status;
}

int
retention_keep(struct days *days, uint64_t keep_days, struct slice today,
    uint64_t *forgotten, struct err *err)
{
	struct days_list list = { 0 };
	char first[DAYNAME_SIZE];
	int status = days_parts(days, slice_str(""), slice_str("~"), &list,
	    err);

	*forgotten = 0;
	if (status == 0 && retention_first(&list, today, keep_days, first))
		status = keep_from(days, slice_str(first), forgotten, err);
	days_list_release(&list);
	return status;
}
