/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/days.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/fnv.h"
#include "base/folder.h"
#include "daystore.h"
#include "tap.h"

/* Whether an index alone, or it and the rows found, answers the query. */
static bool
plan_has(const char *name, const char *sql, const char *wanted)
{
	char *path = days_path(scratch_path(name));
	sqlite3_stmt *stmt = NULL;
	sqlite3 *file;
	bool has = false;

	scratch_need(sqlite3_open(path, &file) == SQLITE_OK, path);
	if (sqlite3_prepare_v2(file, sql, -1, &stmt, NULL) != SQLITE_OK)
		abort();
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(stmt, 3);

		printf("# %s\n", text);
		has = has || strstr(text, wanted) != NULL;
	}
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(file);
	free(path);
	return has;
}

/* Adds a row to what is written: a line with a count in an hour. */
static void
add_row(struct part_writer *writer, const char *line, int slot, uint64_t count)
{
	struct part_row row = { .slots = UINT32_C(1) << slot };
	struct tally_row values = { 0 };
	struct buf key = { 0 };

	values.value[TALLY_FILE] = slice_str("badge.rb");
	values.value[TALLY_LINE] = slice_str(line);
	tally_key_add(&key, &part_keys, &values);
	row.key = buf_slice(&key);
	row.count[slot] = count;
	row.entries[slot] = 1;
	part_add(writer, &row);
	buf_release(&key);
}

/* A part of one row; the host is web1. */
static void
add_part(struct days *days, const char *day, int64_t input, uint64_t count)
{
	struct part_writer writer = { 0 };
	struct err err = { "" };

	add_row(&writer, "88", 5, count);
	need(days_add(days, slice_str(day), slice_str("web1"), input, &writer,
		 &err),
	    &err);
	part_writer_release(&writer);
}

/* An input with such first bytes, which is saved. */
static int64_t
add_input(struct days *days, const char *host, const char *path,
    struct slice text)
{
	struct days_input input = { .device = 1, .inode = 2, .seen = 1000 };
	struct err err = { "" };
	int64_t id;

	input.position = text.len;
	input.head_len = text.len < DAYS_KIB ? text.len : DAYS_KIB;
	input.head = fnv_add(FNV_START, slice_head(text, DAYS_KIB));
	buf_add_str(&input.host, host);
	buf_add_str(&input.path, path);
	need(days_save(days, &input, &err), &err);
	id = input.id;
	days_input_release(&input);
	return id;
}

/* How many parts there are of all days, and the sum of their counts. */
static size_t
count_parts(struct days *days, uint64_t *sum)
{
	struct days_list list = { 0 };
	struct err err = { "" };
	size_t count;

	need(days_parts(days, slice_str(""), slice_str("~"), &list, &err),
	    &err);
	*sum = 0;
	for (size_t i = 0; i < list.count; i++)
		*sum += list.items[i].count;
	count = list.count;
	days_list_release(&list);
	return count;
}

static void
has_parts(struct days *days, size_t count, uint64_t sum)
{
	uint64_t got;

	CHECK_INT(count_parts(days, &got), count);
	CHECK_INT(got, sum);
}

static int
add_path(void *context, const struct days_input *input, struct err *err)
{
	struct buf *paths = context;

	(void)err;
	buf_add(paths, buf_slice(&input->path));
	buf_add_char(paths, ' ');
	return 0;
}

static int
stop(void *context, const struct days_input *input, struct err *err)
{
	(void)add_path(context, input, err);
	return 1;
}

static int
refuse(void *context, const struct days_input *input, struct err *err)
{
	(void)context;
	(void)input;
	return err_set(err, "no");
}

/* The paths of all inputs. */
static void
has_inputs(struct days *days, const char *want)
{
	struct buf paths = { 0 };
	struct err err = { "" };

	need(days_inputs(days, add_path, &paths, &err), &err);
	CHECK_SLICE(paths, want);
	buf_release(&paths);
}

static void
has_like(struct days *days, const char *host, struct slice head,
    const char *want)
{
	struct buf paths = { 0 };
	struct err err = { "" };

	need(days_inputs_like(days, slice_str(host), head, add_path, &paths,
		 &err),
	    &err);
	CHECK_SLICE(paths, want);
	buf_release(&paths);
}

static void
add_complaint(void *context, const char *what)
{
	buf_add_str(context, what);
	buf_add_char(context, '\n');
}

/* That a look through the store finds so many parts whole, and this wrong. */
static void
finds(const char *name, uint64_t whole, const char *want)
{
	struct days *days = open_days(name, DB_READ);
	struct buf said = { 0 };
	struct err err = { "" };
	uint64_t parts = 99;

	need(days_check(days, add_complaint, &said, &parts, &err), &err);
	CHECK_SLICE(said, want);
	CHECK_INT(parts, whole);
	buf_release(&said);
	days_close(days);
}

static void
needs_a_store(void)
{
	const char *folder = scratch_path("absent");
	char *want = xasprintf("%s: no store here yet; tallyman scan --store "
			       "makes one",
	    folder);
	struct err err = { "" };

	CHECK(days_open(folder, DB_READ, &err) == NULL);
	CHECK_STR(err.text, want);
	CHECK(access(folder, F_OK) != 0);
	free(want);
	days_close(NULL);
}

static void
locks(void)
{
	const char *folder = scratch_path("locked/deep");
	struct err err = { "" };
	int first = days_lock(folder, 0, &err);
	int second;

	need(first, &err);
	CHECK_INT(days_lock(folder, 0, &err), FOLDER_BUSY);
	(void)close(first);
	second = days_lock(folder, 0, &err);
	CHECK(second >= 0);
	(void)close(second);
	(void)scratch_write("file", slice_make("", 0));
	CHECK_INT(days_lock(scratch_path("file"), 0, &err), -1);
	CHECK(strstr(err.text, "Not a directory") != NULL);
}

static void
keeps_zone(void)
{
	struct days *days = open_days("zone", DB_WRITE);
	struct buf zone = { 0 };
	struct err err = { "" };
	bool is_set = true;

	need(days_zone(days, &zone, &is_set, &err), &err);
	CHECK(!is_set);
	need(days_set_zone(days, slice_make(NULL, 0), &err), &err);
	need(days_zone(days, &zone, &is_set, &err), &err);
	CHECK(is_set);
	CHECK_INT(zone.len, 0);
	CHECK_INT(days_set_zone(days, slice_str("UTC"), &err), -1);
	days_close(days);

	days = open_days("zone2", DB_WRITE);
	need(days_set_zone(days, slice_str("Europe/Berlin"), &err), &err);
	days_close(days);
	days = open_days("zone2", DB_READ);
	need(days_zone(days, &zone, &is_set, &err), &err);
	CHECK_SLICE(zone, "Europe/Berlin");
	need(days_kept_from(days, &zone, &err), &err);
	CHECK_INT(zone.len, 0);
	days_close(days);
	buf_release(&zone);
}

/* Any host, even one that is no text. */
static void
lists_parts(void)
{
	static const char strange[] = "a\0b\xff";
	struct days *days = open_days("list", DB_WRITE);
	struct slice host = slice_make(strange, 4);
	struct part_writer writer = { 0 };
	struct days_list list = { 0 };
	struct err err = { "" };
	const struct days_part *part;

	add_part(days, "2013-06-13", 0, 1);
	add_part(days, "2013-06-12", 0, 2);
	add_part(days, "", 0, 4);
	add_row(&writer, "9", 3, UINT64_MAX);
	add_row(&writer, "88", 4, 7);
	need(days_add(days, slice_str("2013-06-12"), host, 0, &writer, &err),
	    &err);
	need(days_parts(days, slice_str("2013-06-12"), slice_str("2013-06-12"),
		 &list, &err),
	    &err);
	if (!CHECK_INT(list.count, 2))
		return;
	part = &list.items[0];
	CHECK_BYTES(part->host.ptr, part->host.len, strange, 4);
	CHECK_SLICE(part->day, "2013-06-12");
	CHECK_INT(part->id, 4);
	CHECK_INT(part->input, 0);
	CHECK_INT(part->slots, 8 | 16);
	CHECK_INT(part->rows, 2);
	CHECK(part->count == INT64_MAX);
	CHECK_INT(part->entries, 2);
	CHECK_INT(part->size, writer.bytes.len);
	CHECK_SLICE(list.items[1].host, "web1");
	CHECK_INT(list.items[1].count, 2);
	need(days_parts(days, slice_str(""), slice_make(NULL, 0), &list, &err),
	    &err);
	if (CHECK_INT(list.count, 1))
		CHECK_INT(list.items[0].count, 4);
	days_list_release(&list);
	part_writer_release(&writer);
	days_close(days);
	finds("list", 4, "");
}

static void
reads_parts(void)
{
	struct days *days = open_days("read", DB_WRITE);
	struct part_writer writer = { 0 };
	struct buf bytes = { 0 };
	struct err err = { "" };
	char *want = days_path(scratch_path("read"));

	need(days_add(days, slice_str(""), slice_str(""), 0, &writer, &err),
	    &err);
	has_parts(days, 0, 0); /* of nothing there is no part */
	part_start(&writer);
	add_row(&writer, "88", 4, 7);
	need(days_add(days, slice_make(NULL, 0), slice_make(NULL, 0), 0,
		 &writer, &err),
	    &err);
	buf_add_char(&bytes, 'x');
	need(days_read(days, 1, &bytes, &err), &err);
	CHECK_INT(bytes.ptr[0], 'x');
	CHECK_BYTES(bytes.ptr + 1, bytes.len - 1, writer.bytes.ptr,
	    writer.bytes.len);
	need(days_drop(days, 1, &err), &err);
	CHECK_INT(days_read(days, 1, &bytes, &err), -1);
	CHECK(slice_starts(slice_str(err.text), want));
	CHECK(slice_ends(slice_str(err.text), "tally.db: part 1 is gone"));
	free(want);
	buf_release(&bytes);
	part_writer_release(&writer);
	days_close(days);
}

static void
reads_no_others(void)
{
	days_close(open_days("plan", DB_WRITE));
	CHECK(plan_has("plan",
	    "EXPLAIN QUERY PLAN"
	    " SELECT id, day, host, input, slots, rows, count, entries, size"
	    " FROM part WHERE day BETWEEN ? AND ? ORDER BY day, host, id",
	    "USING COVERING INDEX part_day"));
	CHECK(!plan_has("plan",
	    "EXPLAIN QUERY PLAN"
	    " SELECT id, day, host, input, slots, rows, count, entries, size"
	    " FROM part WHERE day BETWEEN ? AND ? ORDER BY day, host, id",
	    "B-TREE"));
	CHECK(plan_has("plan",
	    "EXPLAIN QUERY PLAN SELECT data FROM part"
	    " WHERE day = ? AND host = ? AND input IS NULL ORDER BY id",
	    "INDEX part_day (day=? AND host=?"));
	CHECK(plan_has("plan",
	    "EXPLAIN QUERY PLAN DELETE FROM part WHERE input = ?",
	    "INDEX part_end"));
	CHECK(plan_has("plan",
	    "EXPLAIN QUERY PLAN SELECT * FROM input"
	    " WHERE head = ? AND head_len = ? AND host = ? ORDER BY id",
	    "INDEX input_head (head=? AND head_len=? AND host=?)"));
	CHECK(plan_has("plan",
	    "EXPLAIN QUERY PLAN SELECT DISTINCT head_len FROM input"
	    " WHERE host = ? AND head_len < 1024 AND head_len BETWEEN 0 AND ?"
	    " ORDER BY head_len",
	    "INDEX input_short (host=? AND head_len>? AND head_len<?)"));
}

static void
merges(void)
{
	struct days *days = open_days("merge", DB_WRITE);
	struct slice day = slice_str("2013-06-12");
	int64_t input = add_input(days, "", "a.log", slice_str("abc"));
	struct err err = { "" };

	add_part(days, "2013-06-12", 0, 1);
	add_part(days, "2013-06-12", 0, 2);
	add_part(days, "2013-06-12", input, 4);
	add_part(days, "2013-06-11", 0, 8);
	need(days_merge(days, day, slice_str("web2"), &err), &err);
	has_parts(days, 4, 15);
	need(days_merge(days, day, slice_str("web1"), &err), &err);
	has_parts(days, 3, 15);
	need(days_merge(days, day, slice_str("web1"), &err), &err);
	has_parts(days, 3, 15);
	need(days_drop_ends(days, input, &err), &err);
	has_parts(days, 2, 11);
	days_close(days);
	finds("merge", 2, "");
}

static void
merges_whole_or_not(void)
{
	struct days *days = open_days("whole", DB_WRITE);
	struct err err = { "" };

	add_part(days, "2013-06-12", 0, 1);
	add_part(days, "2013-06-12", 0, 2);
	run_sql("whole", "UPDATE part SET data = x'0100000000' WHERE id = 2");
	CHECK_INT(days_merge(days, slice_str("2013-06-12"), slice_str("web1"),
		      &err),
	    -1);
	CHECK(slice_ends(slice_str(err.text),
	    "tally.db: 2013-06-12: part 2: damaged: wrong checksum"));
	has_parts(days, 2, 3);
	days_close(days);
}

static int
check_input(void *context, const struct days_input *input, struct err *err)
{
	int *seen = context;

	(void)err;
	++*seen;
	CHECK_INT(input->id, 2);
	CHECK_SLICE(input->host, "web1");
	CHECK_SLICE(input->path, "/var/log/\xff.log");
	CHECK(input->device == UINT64_MAX);
	CHECK(input->inode == UINT64_MAX - 1);
	CHECK_INT(input->size, 3);
	CHECK_INT(input->modified, -4);
	CHECK_INT(input->position, 5);
	CHECK_INT(input->head_len, 5);
	CHECK(input->head == UINT64_MAX - 6);
	CHECK(input->tail == UINT64_MAX - 7);
	CHECK_SLICE(input->preset, "rails");
	CHECK(input->preset_hash == UINT64_MAX - 8);
	CHECK_SLICE(input->pointer, "/message");
	CHECK(input->is_guess);
	CHECK_BYTES(input->state.ptr, input->state.len, "a\0b", 3);
	CHECK_INT(input->seen, 9);
	CHECK_SLICE(input->problem, "gone");
	return 0;
}

static void
fill_input(struct days_input *input)
{
	*input = (struct days_input){ .device = UINT64_MAX,
		.inode = UINT64_MAX - 1,
		.size = 3,
		.modified = -4,
		.position = 5,
		.head_len = 5,
		.head = UINT64_MAX - 6,
		.tail = UINT64_MAX - 7,
		.preset_hash = UINT64_MAX - 8,
		.is_guess = true,
		.seen = 9 };
	buf_add_str(&input->host, "web1");
	buf_add_str(&input->path, "/var/log/\xff.log");
	buf_add_str(&input->preset, "rails");
	buf_add_str(&input->pointer, "/message");
	buf_add(&input->state, slice_make("a\0b", 3));
	buf_add_str(&input->problem, "gone");
}

static void
keeps_inputs(void)
{
	struct days *days = open_days("inputs", DB_WRITE);
	struct days_input input;
	struct err err = { "" };
	int seen = 0;

	(void)add_input(days, "", "first", slice_str(""));
	fill_input(&input);
	need(days_save(days, &input, &err), &err);
	CHECK_INT(input.id, 2);
	need(days_inputs_at(days, UINT64_MAX, UINT64_MAX - 1, check_input,
		 &seen, &err),
	    &err);
	CHECK_INT(seen, 1);
	need(days_inputs_at(days, 3, 2, check_input, &seen, &err), &err);
	CHECK_INT(seen, 1);
	input.position = 6;
	need(days_save(days, &input, &err), &err);
	input.position = 5;
	need(days_save(days, &input, &err), &err);
	need(days_inputs_at(days, UINT64_MAX, UINT64_MAX - 1, check_input,
		 &seen, &err),
	    &err);
	CHECK_INT(seen, 2);
	has_inputs(days, "/var/log/\xff.log first ");
	input.id = 17;
	CHECK_INT(days_save(days, &input, &err), -1);
	CHECK(slice_ends(slice_str(err.text), "tally.db: input 17 is gone"));
	days_input_release(&input);
	days_close(days);
}

static void
finds_likes(void)
{
	struct days *days = open_days("like", DB_WRITE);
	struct slice head;
	char bytes[2000];

	memset(bytes, 'x', sizeof(bytes));
	head = slice_make(bytes, sizeof(bytes));
	(void)add_input(days, "web1", "long", head);
	(void)add_input(days, "web1", "just", slice_head(head, 1024));
	(void)add_input(days, "web1", "short", slice_head(head, 1023));
	(void)add_input(days, "web1", "three", slice_str("xxx"));
	(void)add_input(days, "web1", "other", slice_str("xxy"));
	(void)add_input(days, "web1", "none", slice_str(""));
	(void)add_input(days, "web2", "theirs", head);
	(void)add_input(days, "web2", "small", slice_str("xx"));
	has_like(days, "web1", slice_head(head, 1024),
	    "long just none three short ");
	has_like(days, "web1", slice_head(head, 1023), "none three short ");
	has_like(days, "web1", slice_str("xxyz"), "none other ");
	has_like(days, "web1", slice_make(NULL, 0), "none ");
	has_like(days, "web2", slice_head(head, 1024), "theirs small ");
	has_like(days, "web3", slice_head(head, 1024), "");
	days_close(days);
}

static void
stops(void)
{
	struct days *days = open_days("stop", DB_WRITE);
	struct slice none = slice_str("");
	struct buf paths = { 0 };
	struct err err = { "" };

	(void)add_input(days, "", "a", none);
	(void)add_input(days, "", "b", slice_str("xx"));
	CHECK_INT(days_inputs(days, stop, &paths, &err), 0);
	CHECK_INT(days_inputs_like(days, none, slice_str("xx"), stop, &paths,
		      &err),
	    0);
	CHECK_INT(days_inputs_at(days, 1, 2, stop, &paths, &err), 0);
	CHECK_SLICE(paths, "a a a ");
	CHECK_INT(days_inputs(days, refuse, NULL, &err), -1);
	CHECK_INT(days_inputs_like(days, none, none, refuse, NULL, &err), -1);
	CHECK_INT(days_inputs_at(days, 1, 2, refuse, NULL, &err), -1);
	CHECK_STR(err.text, "no");
	buf_release(&paths);
	days_close(days);
}

static void
forgets(void)
{
	struct days *days = open_days("forget", DB_WRITE);
	struct err err = { "" };
	uint64_t forgotten = 0;

	add_part(days, "", 0, 1);
	for (int i = 0; i < 2; i++) {
		add_part(days, "2013-06-11", 0, 2);
		add_part(days, "2013-06-12", 0, 4);
		add_part(days, "2013-06-13", 0, 8);
		add_part(days, "2013-06-14", 0, 16);
	}
	need(days_forget(days, slice_str("2013-06-12"), slice_str("2013-06-13"),
		 &forgotten, &err),
	    &err);
	CHECK_INT(forgotten, 2);
	has_parts(days, 5, 1 + 4 + 32);
	need(days_forget(days, slice_str(""), slice_str(""), NULL, &err), &err);
	has_parts(days, 4, 4 + 32);
	need(days_forget(days, slice_str(""), slice_str("~"), &forgotten, &err),
	    &err);
	CHECK_INT(forgotten, 2);
	has_parts(days, 0, 0);
	days_close(days);
}

static void
retains(void)
{
	struct days *days = open_days("retain", DB_WRITE);
	int64_t input = add_input(days, "", "a.log", slice_str("abc"));
	struct buf day = { 0 };
	struct err err = { "" };
	uint64_t forgotten = 0;

	add_part(days, "", 0, 1);
	add_part(days, "2013-06-11", 0, 2);
	add_part(days, "2013-06-12", input, 4);
	need(days_keep(days, slice_str("2013-06-12"), 1000, &forgotten, &err),
	    &err);
	CHECK_INT(forgotten, 1);
	has_parts(days, 2, 1 + 4);
	has_inputs(days, "a.log ");
	need(days_kept_from(days, &day, &err), &err);
	CHECK_SLICE(day, "2013-06-12");
	need(days_keep(days, slice_str("2013-06-01"), 1001, &forgotten, &err),
	    &err);
	CHECK_INT(forgotten, 0);
	has_inputs(days, "");
	need(days_kept_from(days, &day, &err), &err);
	CHECK_SLICE(day, "2013-06-01");
	/* What hung on its end is counted for good. */
	need(days_drop_ends(days, input, &err), &err);
	has_parts(days, 2, 1 + 4);
	buf_release(&day);
	days_close(days);
	finds("retain", 2, "");
}

static off_t
size_of(const char *name)
{
	char *path = days_path(scratch_path(name));
	struct stat st;

	scratch_need(stat(path, &st) == 0, path);
	free(path);
	return st.st_size;
}

/* A part of about so many KiB. */
static void
add_large_part(struct days *days, const char *day, int kib)
{
	struct part_writer writer = { 0 };
	struct err err = { "" };
	char line[16];

	for (int i = 0; i < kib * 50; i++) {
		(void)snprintf(line, sizeof(line), "%d", 1000000 + i);
		add_row(&writer, line, i % PART_SLOTS, 1);
	}
	need(days_add(days, slice_str(day), slice_str("web1"), 0, &writer,
		 &err),
	    &err);
	part_writer_release(&writer);
}

static void
shrinks(void)
{
	struct days *days = open_days("shrink", DB_WRITE);
	struct err err = { "" };
	off_t empty = size_of("shrink");
	off_t full;

	need(days_begin(days, &err), &err);
	add_large_part(days, "2013-06-12", 500);
	need(days_commit(days, &err), &err);
	full = size_of("shrink");
	CHECK(full > empty + INT64_C(256) * 1024);
	need(days_begin(days, &err), &err);
	need(days_forget(days, slice_str(""), slice_str("~"), NULL, &err),
	    &err);
	need(days_commit(days, &err), &err);
	CHECK_INT(size_of("shrink"), full);
	need(days_shrink(days, &err), &err);
	CHECK_INT(size_of("shrink"), empty);
	days_close(days);
}

static void
reads_one_instant(void)
{
	struct days *writer = open_days("instant", DB_WRITE);
	struct days *reader = open_days("instant", DB_READ);
	struct part_writer part = { 0 };
	struct err err = { "" };

	add_part(writer, "2013-06-12", 0, 1);
	need(days_begin(reader, &err), &err);
	has_parts(reader, 1, 1);
	need(days_begin(writer, &err), &err);
	add_part(writer, "2013-06-12", 0, 2);
	has_parts(reader, 1, 1);
	need(days_commit(reader, &err), &err);
	need(days_commit(writer, &err), &err);
	has_parts(reader, 2, 3);
	add_row(&part, "1", 1, 1);
	CHECK_INT(days_add(reader, slice_str(""), slice_str(""), 0, &part,
		      &err),
	    -1);
	part_writer_release(&part);
	days_close(reader);
	days_close(writer);
}

static void
rolls_back(void)
{
	struct days *days = open_days("back", DB_WRITE);
	struct err err = { "" };

	add_part(days, "2013-06-12", 0, 1);
	need(days_begin(days, &err), &err);
	add_part(days, "2013-06-12", 0, 2);
	need(days_merge(days, slice_str("2013-06-12"), slice_str("web1"), &err),
	    &err);
	(void)add_input(days, "", "a.log", slice_str("abc"));
	days_rollback(days);
	has_parts(days, 1, 1);
	has_inputs(days, "");
	days_close(days);
}

static void
write_and_die(const char *name)
{
	struct days *days = open_days(name, DB_WRITE);
	struct err err = { "" };

	need(days_begin(days, &err), &err);
	(void)add_input(days, "", "b.log", slice_str("abc"));
	add_large_part(days, "2013-06-12", 20000);
	(void)raise(SIGKILL);
}

/* With more written than memory takes, so that the file has changed. */
static void
survives_kill(void)
{
	struct days *days = open_days("kill", DB_WRITE);
	int status = 0;
	pid_t child;

	(void)add_input(days, "", "a.log", slice_str("abc"));
	add_part(days, "2013-06-12", 0, 1);
	days_close(days);
	(void)fflush(stdout);
	child = fork();
	if (child == 0)
		write_and_die("kill");
	scratch_need(waitpid(child, &status, 0) == child, "waitpid");
	CHECK(WIFSIGNALED(status));
	days = open_days("kill", DB_READ);
	has_parts(days, 1, 1);
	has_inputs(days, "a.log ");
	days_close(days);
	finds("kill", 1, "");
}

/* A file that may not grow is a full disk. */
static void
full_disk(void)
{
	struct days *days = open_days("full", DB_WRITE);
	struct part_writer part = { 0 };
	struct rlimit all;
	struct rlimit limit;
	struct err err = { "" };
	char line[16];
	int status;

	add_part(days, "2013-06-12", 0, 1);
	for (int i = 0; i < 500000; i++) {
		(void)snprintf(line, sizeof(line), "%d", 1000000 + i);
		add_row(&part, line, i % PART_SLOTS, 1);
	}
	scratch_need(getrlimit(RLIMIT_FSIZE, &all) == 0, "getrlimit");
	limit = (struct rlimit){ UINT64_C(512) * 1024, all.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	scratch_need(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
	need(days_begin(days, &err), &err);
	status = days_add(days, slice_str("2013-06-12"), slice_str("web1"), 0,
	    &part, &err);
	if (status == 0)
		status = days_commit(days, &err);
	CHECK_INT(status, -1);
	CHECK(strstr(err.text, "full/tally.db: ") != NULL);
	days_rollback(days);
	scratch_need(setrlimit(RLIMIT_FSIZE, &all) == 0, "setrlimit");
	has_parts(days, 1, 1);
	part_writer_release(&part);
	days_close(days);
	finds("full", 1, "");
}

static void
checks(void)
{
	struct days *days = open_days("check", DB_WRITE);

	for (int i = 0; i < 10; i++)
		add_part(days, "2013-06-12", 0, 1);
	days_close(days);
	run_sql("check",
	    "UPDATE part SET data = x'0100000000' WHERE id = 1;"
	    "UPDATE part SET rows = 2 WHERE id = 2;"
	    "UPDATE part SET slots = 2 WHERE id = 3;"
	    "UPDATE part SET count = 2 WHERE id = 4;"
	    "UPDATE part SET entries = 2 WHERE id = 5;"
	    "UPDATE part SET size = 2 WHERE id = 6;"
	    "UPDATE part SET day = '2013-02-29' WHERE id = 7;"
	    "UPDATE part SET day = '2013-6-012' WHERE id = 8;"
	    "UPDATE part SET input = 9 WHERE id = 9;");
	finds("check", 1,
	    "part 1, 2013-06-12 of 'web1': damaged: wrong checksum\n"
	    "part 2, 2013-06-12 of 'web1': "
	    "its sums are not those of its rows\n"
	    "part 3, 2013-06-12 of 'web1': "
	    "its sums are not those of its rows\n"
	    "part 4, 2013-06-12 of 'web1': "
	    "its sums are not those of its rows\n"
	    "part 5, 2013-06-12 of 'web1': "
	    "its sums are not those of its rows\n"
	    "part 6, 2013-06-12 of 'web1': "
	    "its sums are not those of its rows\n"
	    "part 7, 2013-02-29 of 'web1': its day is none\n"
	    "part 8, 2013-6-012 of 'web1': its day is none\n"
	    "part 9, 2013-06-12 of 'web1': "
	    "it hangs on an input that is not there\n");
}

/* SQLite tells of its own. */
static void
checks_the_file(void)
{
	char *path = days_path(scratch_path("torn"));
	char *want = xasprintf("%s: ", path);
	struct days *days = open_days("torn", DB_WRITE);
	struct buf said = { 0 };
	struct err err = { "" };
	uint64_t parts = 99;

	add_part(days, "2013-06-12", 0, 1);
	days_close(days);
	run_sql("torn",
	    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql ="
	    " 'CREATE INDEX part_day ON part (host, day, id, input, slots,"
	    " rows, count, entries, size)' WHERE name = 'part_day'");
	days = open_days("torn", DB_READ);
	need(days_check(days, add_complaint, &said, &parts, &err), &err);
	CHECK_INT(parts, 1);
	CHECK(slice_starts(buf_slice(&said), want));
	buf_release(&said);
	days_close(days);
	free(want);
	free(path);
}

static const struct tap_test tests[] = {
	{ "where there is no store readers are told", needs_a_store },
	{ "one process writes, in a folder that is made", locks },
	{ "a zone is set once", keeps_zone },
	{ "parts are listed by day and host", lists_parts },
	{ "their bytes are read one by one", reads_parts },
	{ "queries read what they need and no more", reads_no_others },
	{ "parts of a day and host become one", merges },
	{ "but not when one of them is damaged", merges_whole_or_not },
	{ "what is known of an input comes back", keeps_inputs },
	{ "inputs are found by their first bytes", finds_likes },
	{ "who gets inputs may stop, or fail", stops },
	{ "days are forgotten", forgets },
	{ "so are all before a day, and inputs of old", retains },
	{ "forgetting gives space back", shrinks },
	{ "a reader sees one instant", reads_one_instant },
	{ "parts and inputs are rolled back together", rolls_back },
	{ "kill -9 leaves what was there", survives_kill },
	{ "so does a full disk", full_disk },
	{ "a look through finds parts that are not whole", checks },
	{ "and what SQLite finds", checks_the_file },
	{ 0 },
};

int
main(void)
{
	int status;

	scratch_make();
	status = tap_run(tests);
	scratch_remove();
	return status;
}
