/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/scan_store.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/msg.h"
#include "cmd/db_place.h"
#include "model/days.h"
#include "scan/stored.h"
#include "scan/update.h"

enum { TROUBLE = 2 };

const char *
scan_first_given(const struct scan_given *given, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (given[i].is_given)
			return given[i].name;
	return NULL;
}

/* The first option given that selects, or NULL. */
static const char *
selecting_option(const struct scan_options *options)
{
	const struct scan_given given[] = {
		{ options->patterns.count > 0, "-e" },
		{ options->kinds.count > 0, "-k" },
		{ options->fixed, "-F" },
		{ options->nocase, "-i" },
		{ options->invert, "-v" },
		{ options->file_pattern != NULL, "--file-pattern" },
		{ options->line_pattern != NULL, "--line-pattern" },
		{ options->writes, "--writes" },
		{ options->reads, "--reads" },
		{ options->since != NULL, "--since" },
		{ options->until != NULL, "--until" },
	};

	return scan_first_given(given, sizeof(given) / sizeof(given[0]));
}

static int
check_update(const struct scan_store *store, const struct scan_options *options,
    struct err *err)
{
	const char *selecting = selecting_option(options);

	if (store->range != NULL)
		return err_set(err,
		    "--store and --from-store exclude each other");
	if (selecting != NULL)
		return err_set(err,
		    "--store and %s exclude each other: the store holds all, "
		    "and %s selects what is read from it (--from-store, diff)",
		    selecting, selecting);
	return 0;
}

static int
check_read(const struct scan_options *options, size_t operand_count,
    struct err *err)
{
	if (operand_count > 0)
		return err_set(err,
		    "--from-store reads days of the store, no files");
	if (options->line_pattern != NULL)
		return err_set(err,
		    "--from-store: days have no lines for --line-pattern");
	if (options->rejects != NULL)
		return err_set(err,
		    "--from-store: days have no lines for --rejects");
	return 0;
}

int
scan_store_check(const struct scan_store *store,
    const struct scan_options *options, size_t operand_count, struct err *err)
{
	if (!store->is_update && (store->wait != 0 || store->keep != 0))
		return err_set(err, "%s goes with --store",
		    store->keep != 0 ? "--keep" : "--wait");
	if (store->is_update)
		return check_update(store, options, err);
	if (store->range != NULL)
		return check_read(options, operand_count, err);
	if (store->db != NULL)
		return err_set(err, "--db goes with --store or --from-store");
	return 0;
}

static int
update(const struct scan_store *store, const struct scan_options *options,
    const char *folder, char *const *operands, size_t count, int *status,
    struct err *err)
{
	struct update_report report;
	struct days *days = days_open(folder, DB_WRITE, err);
	int result;

	if (days == NULL)
		return -1;
	result = update_run(options, days, operands, count, store->keep,
	    &report, err);
	days_close(days);
	if (result != 0)
		return -1;
	update_report_print(&report);
	*status = report.bad > 0 || report.scan.is_trouble ? TROUBLE : 0;
	return 0;
}

int
scan_store_update(const struct scan_store *store,
    const struct scan_options *options, char *const *operands, size_t count,
    int *status, struct err *err)
{
	char *folder = folder_store(store->db, err);
	int lock = folder == NULL ? -1 : days_lock(folder, store->wait, err);
	int result = -1;

	if (lock == FOLDER_BUSY) {
		msg_error("%s: another process writes to the store (--wait)",
		    folder);
		*status = EX_TEMPFAIL;
		result = 0;
	} else if (lock >= 0) {
		result = update(store, options, folder, operands, count, status,
		    err);
		(void)close(lock);
	}
	free(folder);
	return result;
}

static int
read_days(const struct scan_store *store, const struct scan_options *options,
    struct days *days, tally_take *row, void *context,
    struct scan_report *report, struct err *err)
{
	struct stored_days range = { .last_hour = -1 };
	struct dayrange names;

	if (db_place_range(days, store->range, &names, err) != 0)
		return -1;
	range.first = slice_str(names.first);
	range.last = slice_str(names.last);
	return stored_run(options, days, &range, row, context, report, err);
}

int
scan_store_read(const struct scan_store *store,
    const struct scan_options *options, tally_take *row, void *context,
    struct scan_report *report, struct err *err)
{
	struct days *days = db_place_open(store->db, err);
	int status = -1;

	*report = (struct scan_report){ 0 };
	if (days != NULL)
		status = read_days(store, options, days, row, context, report,
		    err);
	days_close(days);
	return status;
}
