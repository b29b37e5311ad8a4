/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_give.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/json.h"
#include "base/msg.h"
#include "base/output.h"
#include "cmd/fetch_place.h"
#include "fetch/csvcolumns.h"
#include "fetch/summary.h"

enum exit_status { EXIT_FINE, EXIT_NOT_ALL, EXIT_TROUBLE };

struct give {
	struct opt_common common;
	const char *db;
	bool stale;          /* get */
	int format;          /* export: enum format, or NOT_GIVEN */
	const char *columns; /* export */
	bool safe_csv;
	bool all;
	const char *output;
	bool unlisted; /* forget */
	/* What was found at the place. */
	struct fetch_place place;
	struct archive *archive;
};

enum format { FORMAT_JSONL, FORMAT_CSV };

enum { NOT_GIVEN = -1 };

/* --- The command lines. */

static const char *const formats[] = { "jsonl", "csv", NULL };

static const struct opt get_options[] = {
	{ 0, "stale", NULL, "give an answer however old", opt_flag,
	    offsetof(struct give, stale), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const struct opt export_options[] = {
	{ 0, "format", "FORMAT", "jsonl, or csv with --columns", opt_choice,
	    offsetof(struct give, format), formats },
	{ 0, "columns", "LIST", "CSV: id,views=.statistics.viewCount",
	    opt_string, offsetof(struct give, columns), NULL },
	{ 0, "safe-csv", NULL, "defuse cells that spreadsheets would run",
	    opt_flag, offsetof(struct give, safe_csv), NULL },
	{ 0, "all", NULL, "ids that are no longer listed too", opt_flag,
	    offsetof(struct give, all), NULL },
	{ 'o', "output", "FILE", "write to FILE, whole or not at all",
	    opt_string, offsetof(struct give, output), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

static const struct opt forget_options[] = {
	{ 0, "unlisted", NULL, "the ids that are no longer listed", opt_flag,
	    offsetof(struct give, unlisted), NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

const struct opt_command fetch_get_command = {
	.name = "fetch get",
	.summary = "Print the answer for an id.",
	.usage = "[OPTION]... JOB ID",
	.examples = "  tallyman fetch get video-stats dQw4w9WgXcQ\n",
	.options = get_options,
	.shared = fetch_shared_options,
	.shared_at = offsetof(struct give, db),
};

const struct opt_command fetch_export_command = {
	.name = "fetch export",
	.summary = "Print all answers.",
	.usage = "[OPTION]... JOB",
	.examples = "  tallyman fetch export -o videos.jsonl video-stats\n"
		    "  tallyman fetch export --columns "
		    "'id,views=.statistics.viewCount' video-stats\n",
	.options = export_options,
	.shared = fetch_shared_options,
	.shared_at = offsetof(struct give, db),
};

const struct opt_command fetch_forget_command = {
	.name = "fetch forget",
	.summary = "Delete ids and their answers.",
	.usage = "[OPTION]... JOB ID...",
	.examples = "  tallyman fetch forget --unlisted video-stats\n",
	.options = forget_options,
	.shared = fetch_shared_options,
	.shared_at = offsetof(struct give, db),
};

/* --- What they have in common. */

/* Parses, and opens the job's archive; returns the index of the operand behind
 * JOB. Dies when that cannot be done. */
static int
begin(struct give *give, const struct opt_command *command, int argc,
    char **argv)
{
	struct err err;
	int first = opt_parse(command, argc, argv, give, &err);

	if (first < 0)
		msg_die("%s", err.text);
	if (first == argc)
		msg_die("give a job: its name, or the path of its file");
	if (fetch_place_find(&give->place, give->db, argv[first], &err) != 0)
		msg_die("%s", err.text);
	give->archive = fetch_place_open(&give->place, &err);
	if (give->archive == NULL)
		msg_die("%s", err.text);
	return first + 1;
}

/* Adds a server's bytes; on a terminal what could drive it is made visible. */
static void
add_text(struct output *output, struct slice text)
{
	struct buf line = { 0 };
	struct slice rest = text;
	struct slice taken;

	if (!output_is_terminal(output)) {
		output_add(output, text);
		return;
	}
	while (slice_cut(&rest, '\n', &taken)) {
		buf_clear(&line);
		buf_add_visible(&line, taken);
		buf_add_char(&line, '\n');
		output_add(output, buf_slice(&line));
	}
	buf_release(&line);
}

/* Frees all, and says what went wrong where status is below 0. */
static int
end(struct give *give, int status, const struct err *err)
{
	archive_close(give->archive);
	fetch_place_release(&give->place);
	if (status < 0)
		msg_error("%s", err->text);
	return status < 0 ? EXIT_TROUBLE : status;
}

/* --- get */

static void
say_why_not(const struct archive_item *item)
{
	if (item->has_answer)
		msg_note("%.*s: its answer is too old (--stale gives it)",
		    SLICE_ARG(item->id));
	else if (item->state == ITEM_GONE)
		msg_note("%.*s: gone: %.*s", SLICE_ARG(item->id),
		    SLICE_ARG(item->cause));
	else if (item->cause.len > 0)
		msg_note("%.*s: no answer yet: %.*s", SLICE_ARG(item->id),
		    SLICE_ARG(item->cause));
	else
		msg_note("%.*s: no answer yet", SLICE_ARG(item->id));
}

/* The exit status, or -1 with err set. */
static int
give_answer(const struct give *give, const char *id, struct err *err)
{
	struct archive_item item;
	struct output *output;
	int found = archive_find(give->archive, slice_str(id), &item, err);

	if (found < 0)
		return -1;
	if (found == 0) {
		msg_note("%s: no such id in %s", id, give->place.name);
		return EXIT_NOT_ALL;
	}
	if (!archive_may_give(&item, clock_real()) &&
	    !(give->stale && item.has_answer)) {
		say_why_not(&item);
		return EXIT_NOT_ALL;
	}
	output = output_open(NULL, err);
	if (output == NULL)
		return -1;
	add_text(output, item.body);
	return output_commit(output, err);
}

int
fetch_get(int argc, char **argv)
{
	struct give give = { 0 };
	int at = begin(&give, &fetch_get_command, argc, argv);
	struct err err;
	int status;

	if (argc != at + 1)
		status = err_set(&err, "give a job and one id");
	else
		status = give_answer(&give, argv[at], &err);
	return end(&give, status, &err);
}

/* --- export */

/* JSON as it came, text as a string, other bytes as base64. */
static void
add_body(struct buf *line, struct slice body)
{
	size_t before = line->len;

	if (json_add_compact(line, body) || json_add_string(line, body))
		return;
	line->len = before;
	buf_add_str(line, "{\"base64\":");
	json_add_base64(line, body);
	buf_add_char(line, '}');
}

static void
add_object(struct buf *line, const struct archive_item *item)
{
	buf_add_str(line, "{\"id\":");
	(void)json_add_string(line, item->id);
	summary_add_json_time(line, "fetched_at", item->received);
	buf_add_format(line, ",\"status\":%d,\"body\":", item->status);
	add_body(line, item->body);
	buf_add_str(line, "}\n");
}

/* Cells that stay empty because an expression failed: the first are named. */
static void
say_failure(const struct archive_item *item, uint64_t failures,
    const struct err *why)
{
	if (failures <= 3)
		msg_error("%.*s: %s", SLICE_ARG(item->id), why->text);
	else if (failures == 4)
		msg_error("more rows have empty cells");
}

/* Writes what there is. Returns how many rows have cells that could not be
 * filled, or -1 with err set. */
static int64_t
write_items(const struct give *give, struct csvcolumns *columns,
    struct output *output, struct err *err)
{
	struct archive_item item;
	struct buf line = { 0 };
	int64_t failures = 0;
	int status = 0;
	struct err why;

	if (columns != NULL)
		csvcolumns_add_header(columns, &line);
	output_add(output, buf_slice(&line));
	while (!output_failed(output) &&
	    (status = archive_next(give->archive, &item, err)) == 1) {
		if (!item.has_answer || (!item.listed && !give->all))
			continue;
		buf_clear(&line);
		if (columns == NULL)
			add_object(&line, &item);
		else if (csvcolumns_add_row(columns, &item, give->safe_csv,
			     &line, &why) != 0)
			say_failure(&item, (uint64_t)++failures, &why);
		add_text(output, buf_slice(&line));
	}
	buf_release(&line);
	return status < 0 ? -1 : failures;
}

static int
export_with(const struct give *give, struct csvcolumns *columns,
    struct err *err)
{
	struct output *output = output_open(give->output, err);
	int64_t failures;

	if (output == NULL)
		return -1;
	failures = write_items(give, columns, output, err);
	if (failures < 0) {
		output_discard(output);
		return -1;
	}
	if (output_commit(output, err) != 0)
		return -1;
	return failures == 0 ? EXIT_FINE : EXIT_NOT_ALL;
}

static int export(const struct give *give, struct err *err)
{
	struct csvcolumns *columns = NULL;
	int status;

	if (give->columns == NULL) {
		if (give->format == FORMAT_CSV)
			return err_set(err, "--format csv needs --columns");
		if (give->safe_csv)
			return err_set(err, "--safe-csv goes with --columns");
		return export_with(give, NULL, err);
	}
	if (give->format == FORMAT_JSONL)
		return err_set(err, "--columns is for --format csv");
	columns = csvcolumns_new(give->columns, err);
	if (columns == NULL)
		return err_wrap(err, "--columns");
	status = export_with(give, columns, err);
	csvcolumns_free(columns);
	return status;
}

int
fetch_export(int argc, char **argv)
{
	struct give give = { .format = NOT_GIVEN };
	int at = begin(&give, &fetch_export_command, argc, argv);
	struct err err;
	int status;

	if (argc != at)
		status = err_set(&err, "one job at a time; '%s' is one more",
		    argv[at]);
	else
		status = export(&give, &err);
	return end(&give, status, &err);
}

/* --- forget */

/* ids NULL: those that are no longer listed. */
static int
forget_locked(const struct give *give, const struct slice *ids, size_t count,
    struct err *err)
{
	int64_t forgotten = archive_forget(give->place.file, ids, count, err);

	if (forgotten < 0)
		return -1;
	msg_note("%s: %" PRId64 " id%s forgotten", give->place.name, forgotten,
	    forgotten == 1 ? "" : "s");
	return forgotten > 0 || ids == NULL ? EXIT_FINE : EXIT_NOT_ALL;
}

static int
forget(const struct give *give, const struct slice *ids, size_t count,
    struct err *err)
{
	int lock = fetch_place_lock(&give->place, 0, err);
	int status;

	if (lock == FOLDER_BUSY) {
		msg_note("%s: a run of it is under way", give->place.name);
		return EX_TEMPFAIL;
	}
	if (lock < 0)
		return -1;
	status = forget_locked(give, ids, count, err);
	(void)close(lock);
	return status;
}

int
fetch_forget(int argc, char **argv)
{
	struct give give = { 0 };
	int at = begin(&give, &fetch_forget_command, argc, argv);
	size_t count = (size_t)(argc - at);
	struct slice *ids = NULL;
	struct err err;
	int status;

	/* The file is to be open once. */
	archive_close(give.archive);
	give.archive = NULL;
	if (count > 0)
		ids = xcalloc(count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = slice_str(argv[at + (int)i]);
	if (give.unlisted == (count > 0))
		status = err_set(&err,
		    "give the ids to forget, or else --unlisted");
	else
		status = forget(&give, ids, count, &err);
	free(ids);
	return end(&give, status, &err);
}
