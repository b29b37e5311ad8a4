/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/db_days.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/msg.h"
#include "base/output.h"
#include "cmd/common.h"
#include "cmd/db_place.h"
#include "cmd/scan_print.h"
#include "model/days.h"
#include "scan/retention.h"
#include "scan/scan.h"
#include "scan/stored.h"

enum exit_status { EXIT_DONE, EXIT_NO_DAY, EXIT_TROUBLE };

struct days_command {
	struct opt_common common;
	const char *db;
	const char *output; /* export */
	bool safe_csv;
	int64_t wait;  /* forget: for the lock; negative: until it is free */
	uint64_t keep; /* so many days, 0: not given */
};

/* --- The command lines. */

static const struct opt export_options[] = {
	{ 0, "safe-csv", NULL, "defuse cells that spreadsheets would run",
	    opt_flag, offsetof(struct days_command, safe_csv), NULL },
	{ 'o', "output", "FILE", "write to FILE, whole or not at all",
	    opt_string, offsetof(struct days_command, output), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const struct opt forget_options[] = {
	{ 0, "keep", "DAYS", "forget all but the last days: 90d, 12w",
	    retention_option, offsetof(struct days_command, keep), NULL },
	{ 0, "wait", "[=DURATION]", "wait for another process to end",
	    command_wait, offsetof(struct days_command, wait), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

const struct opt_command db_days_export_command = {
	.name = "db export",
	.summary = "Print days as a tally, which scan reads again.",
	.usage = "[OPTION]... DAY|DAY..DAY",
	.examples = "  tallyman db export -o monday.csv 2013-06-10\n"
		    "  tallyman db export 2013-06-05..yesterday\n",
	.options = export_options,
	.shared = db_place_options,
	.shared_at = offsetof(struct days_command, db),
};

const struct opt_command db_days_forget_command = {
	.name = "db forget",
	.summary = "Delete days, and give their space back.",
	.usage = "[OPTION]... DAY|DAY..DAY|--keep DAYS",
	.examples = "  tallyman db forget 2013-06-10\n"
		    "  tallyman db forget --keep 90d --wait\n",
	.options = forget_options,
	.shared = db_place_options,
	.shared_at = offsetof(struct days_command, db),
};

/* Parses; returns the operand, or NULL without one. Dies when that cannot be
 * done. */
static const char *
begin(struct days_command *command, const struct opt_command *described,
    int argc, char **argv)
{
	struct err err;
	int first = opt_parse(described, argc, argv, command, &err);

	if (first < 0)
		msg_die("%s", err.text);
	if (first + 1 < argc)
		msg_die("one day, or a range of days; '%s' is one more",
		    argv[first + 1]);
	return argv[first];
}

static int
end(int status, const struct err *err)
{
	if (status < 0)
		msg_error("%s", err->text);
	return status < 0 ? EXIT_TROUBLE : status;
}

static int
no_such_day(const char *text)
{
	msg_note("%s: the store holds no such day", text);
	return EXIT_NO_DAY;
}

/* --- export */

static int
write_days(const struct days_command *command, struct days *days,
    const struct dayrange *range, struct output *output,
    struct scan_report *report, struct err *err)
{
	const struct stored_days which = {
		.first = slice_str(range->first),
		.last = slice_str(range->last),
		.last_hour = -1,
	};
	struct scan_options options = scan_defaults;
	struct scan_printer printer = {
		.format = SCAN_CSV,
		.sort = SORT_KEY,
		.safe_csv = command->safe_csv,
		.memory = options.memory,
		.output = output,
		.keys = &report->keys,
	};
	int status = tally_keys_parse(&options.keys,
	    "day,hour,host,revision,site,operation", err);

	if (status == 0)
		status = stored_run(&options, days, &which, scan_printer_row,
		    &printer, report, err);
	if (status == 0)
		status = scan_printer_finish(&printer, err);
	scan_printer_release(&printer);
	return status;
}

/* The exit status, or -1 with err set. A file is left alone where there is no
 * such day. */
static int
export_days(const struct days_command *command, struct days *days,
    const char *text, struct err *err)
{
	struct scan_report report = { 0 };
	struct dayrange range;
	struct output *output;

	if (db_place_range(days, text, &range, err) != 0)
		return -1;
	output = output_open(command->output, err);
	if (output == NULL)
		return -1;
	if (write_days(command, days, &range, output, &report, err) != 0) {
		/* What the disk said is worth more than "cannot write". */
		if (output_failed(output))
			return output_commit(output, err);
		output_discard(output);
		return -1;
	}
	if (report.inputs == 0) {
		output_discard(output);
		return no_such_day(text);
	}
	if (output_commit(output, err) != 0)
		return -1;
	if (report.is_trouble)
		scan_report_print(&report);
	return report.is_trouble ? EXIT_TROUBLE : EXIT_DONE;
}

int
db_days_export(int argc, char **argv)
{
	struct days_command command = { 0 };
	const char *text = begin(&command, &db_days_export_command, argc, argv);
	struct days *days;
	struct err err;
	int status = -1;

	if (text == NULL)
		msg_die("which day? 2013-06-12, or 2013-06-05..2013-06-12");
	days = db_place_open(command.db, &err);
	if (days != NULL)
		status = export_days(&command, days, text, &err);
	days_close(days);
	return end(status, &err);
}

/* --- forget */

/* What is to be forgotten: a range, or with --keep what is older than so many
 * days. */
struct forgetting {
	const struct days_command *command;
	const char *text; /* NULL with --keep */
	struct dayrange range;
	char today[DAYNAME_SIZE];
};

/* Reads the store before the lock is taken: a wrong day is told at once, and
 * nothing is made where there is no store. */
static int
prepare(struct forgetting *what, const char *folder, struct err *err)
{
	struct days *days = days_open(folder, DB_READ, err);
	int status = -1;

	if (days != NULL)
		status = db_place_today(days, what->today, err);
	if (status == 0 && what->text != NULL)
		status = dayrange_read(slice_str(what->text),
		    slice_str(what->today), &what->range, err);
	days_close(days);
	return status;
}

/* In a transaction of its own. */
static int
drop(const struct forgetting *what, struct days *days, uint64_t *forgotten,
    struct err *err)
{
	int status = days_begin(days, err);

	if (status != 0)
		return -1;
	if (what->text != NULL)
		status = days_forget(days, slice_str(what->range.first),
		    slice_str(what->range.last), forgotten, err);
	else
		status = retention_keep(days, what->command->keep,
		    slice_str(what->today), forgotten, err);
	if (status == 0)
		return days_commit(days, err);
	days_rollback(days);
	return -1;
}

/* How large the store's file is; 0 where that cannot be told. */
static uint64_t
file_size(const char *folder)
{
	char *path = days_path(folder);
	struct stat st = { 0 };
	int status = stat(path, &st);

	free(path);
	return status == 0 ? (uint64_t)st.st_size : 0;
}

static void
say(uint64_t forgotten, uint64_t before, uint64_t after)
{
	struct buf text = { 0 };

	buf_add_count(&text, forgotten);
	buf_add_str(&text, forgotten == 1 ? " day" : " days");
	buf_add_str(&text, " forgotten, ");
	buf_add_count(&text, before > after ? before - after : 0);
	buf_add_str(&text, " bytes given back");
	msg_note("%.*s", SLICE_ARG(buf_slice(&text)));
	buf_release(&text);
}

/* The exit status, or -1 with err set. */
static int
forget_locked(const struct forgetting *what, const char *folder,
    struct err *err)
{
	struct days *days = days_open(folder, DB_WRITE, err);
	uint64_t before = file_size(folder);
	uint64_t forgotten = 0;
	int status = -1;

	if (days != NULL)
		status = drop(what, days, &forgotten, err);
	if (status == 0)
		status = days_shrink(days, err);
	days_close(days);
	if (status != 0)
		return -1;
	if (forgotten == 0 && what->text != NULL)
		return no_such_day(what->text);
	say(forgotten, before, file_size(folder));
	return EXIT_DONE;
}

static int
forget_in(struct forgetting *what, const char *folder, struct err *err)
{
	int status;
	int lock;

	if (prepare(what, folder, err) != 0)
		return -1;
	lock = days_lock(folder, what->command->wait, err);
	if (lock == FOLDER_BUSY) {
		msg_error("%s: another process writes to the store (--wait)",
		    folder);
		return EX_TEMPFAIL;
	}
	if (lock < 0)
		return -1;
	status = forget_locked(what, folder, err);
	(void)close(lock);
	return status;
}

int
db_days_forget(int argc, char **argv)
{
	struct days_command command = { 0 };
	struct forgetting what = { .command = &command };
	struct err err;
	int status = -1;
	char *folder;

	what.text = begin(&command, &db_days_forget_command, argc, argv);
	if ((what.text != NULL) == (command.keep > 0))
		msg_die("give the day to forget, 2013-06-12 or "
			"2013-06-05..2013-06-12, or else --keep 90d");
	folder = folder_store(command.db, &err);
	if (folder != NULL)
		status = forget_in(&what, folder, &err);
	free(folder);
	return end(status, &err);
}
