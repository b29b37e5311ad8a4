/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/update.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/fault.h"
#include "base/msg.h"
#include "scan/dayname.h"
#include "scan/scan_report.h"
#include "scan/retention.h"
#include "scan/update_inside.h"

enum { MOST_TRIES = 4 };

/* A store has one zone, as it was made with; stamps without an offset have no
 * part in it. */
static int
choose_zone(struct update *update, struct err *err)
{
	const char *asked = update->options.timezone;
	struct slice zone;

	if (days_zone(update->days, &update->zone, &update->has_zone, err) != 0)
		return -1;
	zone = buf_slice(&update->zone);
	if (!update->has_zone && asked != NULL)
		buf_add_str(&update->zone, asked);
	else if (asked != NULL && !slice_is(zone, asked))
		return err_set(err,
		    "--timezone %s: the store's time zone is %.*s%s, and stays",
		    asked, SLICE_ARG(zone),
		    zone.len == 0 ? "what stamps say" : "");
	if (slice_is(buf_slice(&update->zone), "local"))
		return err_set(err,
		    "--timezone local: days of a store are of one zone for "
		    "good; name it, as Europe/Berlin");
	if (update->zone.len > 0) {
		buf_add_char(&update->zone, '\0');
		update->zone.len--;
		update->options.timezone = update->zone.ptr;
	}
	return 0;
}

static int
read_files(struct update *update, struct err *err)
{
	struct scan_run *run = &update->pass.run;

	run->keys = deposit_keys;
	run->reached = xcalloc(run->inputs.count + 1, sizeof(*run->reached));
	if (run->inputs.count == 0)
		return pass_finish(&update->pass, err);
	if (pass_run(&update->pass, deposit_take, &update->deposit, err) != 0 ||
	    deposit_finish(&update->deposit, err) != 0)
		return -1;
	if (update_keep(update, err) != 0)
		return -1;
	if (update->is_again)
		return 0;
	if (deposit_merge(&update->deposit, err) != 0)
		return -1;
	return pass_finish(&update->pass, err);
}

static int
forget_old(struct update *update, struct err *err)
{
	uint64_t *forgotten = &update->report->forgotten;
	char today[DAYNAME_SIZE];

	if (update->keep == 0)
		return 0;
	if (dayname_today(buf_slice(&update->zone), today, err) != 0 ||
	    retention_keep(update->days, update->keep, slice_str(today),
		forgotten, err) != 0)
		return -1;
	update->is_changed |= *forgotten > 0;
	return 0;
}

/* In a transaction: all that is to be written. */
static int
update_store(struct update *update, char *const *operands, size_t count,
    struct err *err)
{
	struct pass *pass = &update->pass;

	if (choose_zone(update, err) != 0 ||
	    days_kept_from(update->days, &update->kept_from, err) != 0 ||
	    pass_open(pass, &update->options, &update->report->scan, err) != 0)
		return -1;
	deposit_init(&update->deposit, update->days,
	    buf_slice(&update->kept_from));
	if (update_find(update, operands, count, err) != 0 ||
	    update_choose(update, err) != 0)
		return -1;
	if (!update->is_again && read_files(update, err) != 0)
		return -1;
	if (update->is_again)
		return 0;
	if (!update->has_zone &&
	    days_set_zone(update->days, buf_slice(&update->zone), err) != 0)
		return -1;
	return forget_old(update, err);
}

/* Begins, updates, and commits what changed. */
static int
try_update(struct update *update, char *const *operands, size_t count,
    struct err *err)
{
	int status;

	if (days_begin(update->days, err) != 0)
		return -1;
	status = update_store(update, operands, count, err);
	update->is_changed |= !update->has_zone;
	fault_point("update.commit");
	if (status == 0 && !update->is_again && update->is_changed)
		status = days_commit(update->days, err);
	else
		days_rollback(update->days);
	update->report->days = deposit_days(&update->deposit);
	update->report->too_old = update->deposit.too_old;
	update->report->scan.over += update->deposit.over;
	update->report->scan.is_trouble |= update->deposit.over > 0;
	return status;
}

static void
release(struct update *update)
{
	struct scan_run *run = &update->pass.run;

	for (size_t i = 0; run->reached != NULL && i < run->inputs.count; i++)
		reached_release(&run->reached[i]);
	free(run->reached);
	pass_close(&update->pass);
	deposit_release(&update->deposit);
	if (update->known != NULL)
		known_release(update->known, update->found.count);
	free(update->known);
	free(update->known_of);
	inputs_release(&update->found);
	table_release(&update->names);
	buf_release(&update->zone);
	buf_release(&update->kept_from);
}

/* Says what is left when a file was cut each time it was read. */
static int
give_up(struct err *err)
{
	return err_set(err,
	    "files are cut while they are read, again and again; nothing was "
	    "added");
}

int
update_run(const struct scan_options *options, struct days *days,
    char *const *operands, size_t operand_count, uint64_t keep,
    struct update_report *report, struct err *err)
{
	struct table left_out;
	bool is_again = true;
	int status = 0;

	table_init(&left_out, 0);
	for (int i = 0; status == 0 && is_again; i++) {
		struct update update = {
			.options = *options,
			.days = days,
			.report = report,
			.keep = keep,
			.left_out = &left_out,
		};

		*report = (struct update_report){ 0 };
		table_init(&update.names, sizeof(char *));
		status = try_update(&update, operands, operand_count, err);
		is_again = update.is_again;
		if (status == 0 && is_again && i + 1 == MOST_TRIES)
			status = give_up(err);
		release(&update);
	}
	table_release(&left_out);
	if (status == 0 && report->forgotten > 0)
		status = days_shrink(days, err);
	return status;
}

void
update_report_print(const struct update_report *report)
{
	const struct scan_report *scan = &report->scan;
	struct buf text = { 0 };

	report_add_bytes(&text, scan->bytes);
	buf_add_str(&text, " new");
	report_add_count(&text, scan->lines, "line", "lines");
	buf_add_format(&text, " in %" PRIu64 " of %" PRIu64 " file%s, ",
	    report->read, report->inputs, report->inputs == 1 ? "" : "s");
	buf_add_count(&text, scan->selected);
	buf_add_str(&text, scan->selected == 1 ? " entry " : " entries ");
	buf_add_str(&text, report->too_old == 0 ? "added" : "read");
	report_add_rest(&text, scan);
	report_add_count(&text, report->too_old,
	    "sum of a day that is not kept", "sums of days not kept");
	report_add_count(&text, report->copies, "copy", "copies");
	report_add_count(&text, report->waiting,
	    "last line that waits for its end",
	    "last lines that wait for their ends");
	report_add_count(&text, report->forgotten, "day forgotten",
	    "days forgotten");
	msg_note("%.*s", SLICE_ARG(buf_slice(&text)));
	buf_release(&text);
	report_tell_more(scan);
}
