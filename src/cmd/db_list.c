/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/db_list.h"

#include <stddef.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/output.h"
#include "base/zone.h"
#include "cmd/db_place.h"
#include "cmd/db_rows.h"
#include "model/days.h"

enum exit_status { EXIT_FOUND, EXIT_NOTHING, EXIT_TROUBLE };

enum { NOT_GIVEN = -1 };

struct list {
	struct opt_common common;
	const char *db;
	bool hosts;
	bool inputs;
	int format; /* enum scan_format, or NOT_GIVEN */
	bool safe_csv;
	const char *output;
};

/* --- The command line. */

static const char *const formats[] = { "csv", "json", "table", NULL };

static const struct opt options[] = {
	{ 0, "hosts", NULL, "a row for each host of a day", opt_flag,
	    offsetof(struct list, hosts), NULL },
	{ 0, "inputs", NULL, "the logs that were read, and how far", opt_flag,
	    offsetof(struct list, inputs), NULL },
	{ 0, "format", "FORMAT", "csv, json or table", opt_choice,
	    offsetof(struct list, format), formats },
	{ 0, "safe-csv", NULL, "defuse cells that spreadsheets would run",
	    opt_flag, offsetof(struct list, safe_csv), NULL },
	{ 'o', "output", "FILE", "write to FILE, whole or not at all",
	    opt_string, offsetof(struct list, output), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

const struct opt_command db_list_command = {
	.name = "db list",
	.summary = "List the days of the store.",
	.usage = "[OPTION]...",
	.examples = "  tallyman db list\n"
		    "  tallyman db list --inputs --format csv\n",
	.options = options,
	.shared = db_place_options,
	.shared_at = offsetof(struct list, db),
};

static int
check_options(const struct list *list, struct err *err)
{
	if (list->hosts && list->inputs)
		return err_set(err, "--hosts and --inputs exclude each other");
	if (list->safe_csv && list->format > SCAN_CSV)
		return err_set(err, "--safe-csv is for --format csv");
	return 0;
}

/* --- Days. */

static const struct db_rows_column day_columns[] = {
	{ "day", { "DAY", .right = false } },
	{ "hosts", { "HOSTS", .right = true } },
	{ "first_hour", { "FIRST HOUR", .right = true } },
	{ "last_hour", { "LAST HOUR", .right = true } },
	{ "parts", { "PARTS", .right = true } },
	{ "bytes", { "BYTES", .right = true } },
	{ "count", { "COUNT", .right = true } },
	{ "entries", { "ENTRIES", .right = true } },
};

static const struct db_rows_column host_columns[] = {
	{ "day", { "DAY", .right = false } },
	{ "host", { "HOST", .narrowest = 12 } },
	{ "first_hour", { "FIRST HOUR", .right = true } },
	{ "last_hour", { "LAST HOUR", .right = true } },
	{ "parts", { "PARTS", .right = true } },
	{ "bytes", { "BYTES", .right = true } },
	{ "count", { "COUNT", .right = true } },
	{ "entries", { "ENTRIES", .right = true } },
};

enum { DAY_COLUMNS = sizeof(day_columns) / sizeof(day_columns[0]) };

/* Adds the first and the last hour that have sums. */
static void
add_hours(struct db_rows *rows, uint32_t slots)
{
	uint64_t first = 0;
	uint64_t last = PART_NO_HOUR - 1;

	slots &= (UINT32_C(1) << PART_NO_HOUR) - 1;
	if (slots == 0) {
		db_rows_none(rows);
		db_rows_none(rows);
		return;
	}
	while ((slots >> first & 1) == 0)
		first++;
	while ((slots >> last & 1) == 0)
		last--;
	db_rows_number(rows, first);
	db_rows_number(rows, last);
}

/* Adds a row of the parts in front that are of one day, or of one host of it.
 * Returns how many they are. */
static size_t
add_day(struct db_rows *rows, const struct days_part *parts, size_t count,
    bool by_host)
{
	struct tally_sum sum = { 0 };
	uint32_t slots = 0;
	uint64_t hosts = 0;
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < count && slice_equal(parts[i].day, parts->day); i++) {
		const struct days_part *part = &parts[i];
		struct tally_sum more = { part->count, part->entries, false };

		if (i == 0 || !slice_equal(part->host, part[-1].host))
			hosts++;
		if (by_host && hosts > 1)
			break;
		tally_sum_add(&sum, &more);
		slots |= part->slots;
		bytes += part->size;
	}
	db_rows_text(rows, parts->day);
	if (by_host)
		db_rows_text(rows, parts->host);
	else
		db_rows_number(rows, hosts);
	add_hours(rows, slots);
	db_rows_number(rows, i);
	db_rows_number(rows, bytes);
	db_rows_number(rows, sum.count);
	db_rows_number(rows, sum.entries);
	return i;
}

static int
add_days(struct db_rows *rows, struct days *days, bool by_host, struct err *err)
{
	struct days_list list = { 0 };
	int status = days_parts(days, slice_str(""), slice_str("~"), &list,
	    err);
	size_t at = 0;

	while (status == 0 && at < list.count)
		at += add_day(rows, list.items + at, list.count - at, by_host);
	days_list_release(&list);
	return status;
}

/* --- Inputs. */

static const struct db_rows_column input_columns[] = {
	{ "path", { "PATH", .narrowest = 24 } },
	{ "host", { "HOST", .narrowest = 12 } },
	{ "position", { "POSITION", .right = true } },
	{ "preset", { "PRESET", .right = false } },
	{ "seen", { "SEEN", .right = false } },
	{ "problem", { "PROBLEM", .narrowest = 24 } },
};

enum { INPUT_COLUMNS = sizeof(input_columns) / sizeof(input_columns[0]) };

/* Adds an instant as RFC 3339 has it, "2013-06-12T05:04:03Z". */
static void
add_time(struct db_rows *rows, int64_t instant)
{
	struct buf text = { 0 };
	struct civil civil;

	civil_from_instant(instant, 0, &civil);
	buf_add_format(&text, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)civil.year,
	    civil.month, civil.day, civil.hour, civil.minute, civil.second);
	db_rows_text(rows, buf_slice(&text));
	buf_release(&text);
}

static int
add_input(void *context, const struct days_input *input, struct err *err)
{
	struct db_rows *rows = context;

	(void)err;
	db_rows_text(rows, buf_slice(&input->path));
	db_rows_text(rows, buf_slice(&input->host));
	db_rows_number(rows, input->position);
	db_rows_text(rows, buf_slice(&input->preset));
	add_time(rows, input->seen);
	db_rows_text(rows, buf_slice(&input->problem));
	return 0;
}

/* --- The command. */

/* Fills the rows, which are begun. */
static int
fill(const struct list *list, struct db_rows *rows, struct err *err)
{
	struct days *days = db_place_open(list->db, err);
	int status;

	if (days == NULL)
		return -1;
	if (list->inputs)
		status = days_inputs(days, add_input, rows, err);
	else
		status = add_days(rows, days, list->hosts, err);
	days_close(days);
	return status;
}

static void
init_rows(const struct list *list, struct db_rows *rows, bool is_terminal)
{
	enum scan_format format = is_terminal ? SCAN_TABLE : SCAN_CSV;

	if (list->format != NOT_GIVEN)
		format = (enum scan_format)list->format;
	if (list->inputs)
		db_rows_init(rows, input_columns, INPUT_COLUMNS, format);
	else
		db_rows_init(rows, list->hosts ? host_columns : day_columns,
		    DAY_COLUMNS, format);
	rows->safe_csv = list->safe_csv;
}

/* The exit status, or -1 with err set. */
static int
run(const struct list *list, struct err *err)
{
	struct output *output;
	struct db_rows rows;
	bool is_terminal;
	uint64_t count;

	if (check_options(list, err) != 0)
		return -1;
	output = output_open(list->output, err);
	if (output == NULL)
		return -1;
	is_terminal = output_is_terminal(output);
	init_rows(list, &rows, is_terminal);
	if (fill(list, &rows, err) != 0) {
		db_rows_release(&rows);
		output_discard(output);
		return -1;
	}
	db_rows_print(&rows, output,
	    (is_terminal || list->common.color != COLOR_AUTO) &&
		opt_use_color(&list->common, STDOUT_FILENO));
	count = rows.count;
	db_rows_release(&rows);
	if (output_commit(output, err) != 0)
		return -1;
	if (count == 0)
		msg_note("the store holds no %s",
		    list->inputs ? "inputs" : "days");
	return count == 0 ? EXIT_NOTHING : EXIT_FOUND;
}

int
db_list_run(int argc, char **argv)
{
	struct list list = { .format = NOT_GIVEN };
	struct err err;
	int first = opt_parse(&db_list_command, argc, argv, &list, &err);
	int status;

	if (first < 0)
		msg_die("%s", err.text);
	if (first < argc)
		msg_die("list takes no '%s'; a day's lines: "
			"tallyman db export DAY",
		    argv[first]);
	status = run(&list, &err);
	if (status < 0)
		msg_error("%s", err.text);
	return status < 0 ? EXIT_TROUBLE : status;
}
