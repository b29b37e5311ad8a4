/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/days.h"

#include <inttypes.h>

#include "base/fnv.h"
#include "model/days_inside.h"

/* In the order of the parameters from 2 and of the columns from 1; the id
 * comes before them. */
#define COLUMNS                                                               \
	"device, inode, size, modified, position, head_len, head, tail,"      \
	" preset_hash, is_guess, seen, host, path, preset, pointer, problem," \
	" state"
#define VALUES                                            \
	"?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, " \
	"?13, ?14, ?15, ?16, ?17, ?18"
#define SELECT "SELECT id, " COLUMNS " FROM input "

void
days_input_release(struct days_input *input)
{
	buf_release(&input->host);
	buf_release(&input->path);
	buf_release(&input->preset);
	buf_release(&input->pointer);
	buf_release(&input->state);
	buf_release(&input->problem);
	*input = (struct days_input){ 0 };
}

static void
set_numbers(struct db_query *query, const struct days_input *input)
{
	db_set_int(query, 2, (int64_t)input->device);
	db_set_int(query, 3, (int64_t)input->inode);
	db_set_int(query, 4, (int64_t)input->size);
	db_set_int(query, 5, input->modified);
	db_set_int(query, 6, (int64_t)input->position);
	db_set_int(query, 7, (int64_t)input->head_len);
	db_set_int(query, 8, (int64_t)input->head);
	db_set_int(query, 9, (int64_t)input->tail);
	db_set_int(query, 10, (int64_t)input->preset_hash);
	db_set_int(query, 11, input->is_guess);
	db_set_int(query, 12, input->seen);
}

static void
set_texts(struct db_query *query, const struct days_input *input)
{
	struct slice state = buf_slice(&input->state);

	days_set_text(query, 13, buf_slice(&input->host));
	days_set_text(query, 14, buf_slice(&input->path));
	days_set_text(query, 15, buf_slice(&input->preset));
	days_set_text(query, 16, buf_slice(&input->pointer));
	days_set_text(query, 17, buf_slice(&input->problem));
	db_set_blob(query, 18, state.ptr == NULL ? slice_make("", 0) : state);
}

static int
run_with_input(struct db_query *query, const struct days_input *input,
    struct err *err)
{
	if (query == NULL)
		return -1;
	set_numbers(query, input);
	set_texts(query, input);
	return db_run(query, err);
}

static int
add_input(struct days *days, struct days_input *input, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_INPUT_ADD,
	    "INSERT INTO input (" COLUMNS ") VALUES (" VALUES ")", err);

	if (run_with_input(query, input, err) != 0)
		return -1;
	input->id = db_last_id(days->db);
	return 0;
}

static int
set_input(struct days *days, const struct days_input *input, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_INPUT_SET,
	    "UPDATE input SET (" COLUMNS ") = (" VALUES ") WHERE id = ?1", err);

	if (query != NULL)
		db_set_int(query, 1, input->id);
	if (run_with_input(query, input, err) != 0)
		return -1;
	if (db_changes(days->db) == 0)
		return err_set(err, "%s: input %" PRId64 " is gone", days->path,
		    input->id);
	return 0;
}

int
days_save(struct days *days, struct days_input *input, struct err *err)
{
	return input->id == 0 ? add_input(days, input, err) :
				set_input(days, input, err);
}

static void
read_numbers(const struct db_query *query, struct days_input *input)
{
	input->id = db_int(query, 0);
	input->device = (uint64_t)db_int(query, 1);
	input->inode = (uint64_t)db_int(query, 2);
	input->size = (uint64_t)db_int(query, 3);
	input->modified = db_int(query, 4);
	input->position = (uint64_t)db_int(query, 5);
	input->head_len = (uint64_t)db_int(query, 6);
	input->head = (uint64_t)db_int(query, 7);
	input->tail = (uint64_t)db_int(query, 8);
	input->preset_hash = (uint64_t)db_int(query, 9);
	input->is_guess = db_int(query, 10) != 0;
	input->seen = db_int(query, 11);
}

static void
read_texts(const struct db_query *query, struct days_input *input)
{
	struct buf *const texts[] = { &input->host, &input->path,
		&input->preset, &input->pointer, &input->problem,
		&input->state };

	for (int i = 0; i < 6; i++) {
		buf_clear(texts[i]);
		buf_add(texts[i], db_bytes(query, 12 + i));
	}
}

/* Gives what a query finds. As days_take returns. */
static int
give(struct db_query *query, days_take *take, void *context, struct err *err)
{
	struct days_input input = { 0 };
	int status;

	while ((status = db_step(query, err)) == 1) {
		read_numbers(query, &input);
		read_texts(query, &input);
		status = take(context, &input, err);
		if (status != 0)
			break;
	}
	db_reset(query);
	days_input_release(&input);
	return status;
}

int
days_inputs_at(struct days *days, uint64_t device, uint64_t inode,
    days_take *take, void *context, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_INPUTS_AT,
	    SELECT "WHERE device = ? AND inode = ? ORDER BY id", err);

	if (query == NULL)
		return -1;
	db_set_int(query, 1, (int64_t)device);
	db_set_int(query, 2, (int64_t)inode);
	return give(query, take, context, err) < 0 ? -1 : 0;
}

int
days_inputs(struct days *days, days_take *take, void *context, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_INPUTS,
	    SELECT "ORDER BY path, id", err);

	if (query == NULL)
		return -1;
	return give(query, take, context, err) < 0 ? -1 : 0;
}

/* Of whom, to whom. */
struct likeness {
	struct slice host;
	days_take *take;
	void *context;
};

/* Gives those whose first bytes, so many, have a hash. */
static int
give_like(struct days *days, const struct likeness *likeness, uint64_t hash,
    size_t len, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_INPUTS_LIKE,
	    SELECT "WHERE head = ? AND head_len = ? AND host = ? ORDER BY id",
	    err);

	if (query == NULL)
		return -1;
	db_set_int(query, 1, (int64_t)hash);
	db_set_int(query, 2, (int64_t)len);
	days_set_text(query, 3, likeness->host);
	return give(query, likeness->take, likeness->context, err);
}

/* Goes through the lengths that are there, the shorter first, so that the hash
 * grows with them. */
static int
give_shorter(struct days *days, const struct likeness *likeness,
    struct slice head, struct err *err)
{
	struct db_query *query = days_query(days, DAYS_INPUT_LENGTHS,
	    "SELECT DISTINCT head_len FROM input"
	    " WHERE host = ? AND head_len < 1024 AND head_len BETWEEN 0 AND ?"
	    " ORDER BY head_len",
	    err);
	uint64_t hash = FNV_START;
	size_t hashed = 0;
	int status;

	if (query == NULL)
		return -1;
	days_set_text(query, 1, likeness->host);
	db_set_int(query, 2, (int64_t)head.len);
	while ((status = db_step(query, err)) == 1) {
		size_t len = (size_t)db_int(query, 0);
		struct slice more = slice_from(slice_head(head, len), hashed);

		hash = fnv_add(hash, more);
		hashed = len;
		status = give_like(days, likeness, hash, len, err);
		if (status != 0)
			break;
	}
	db_reset(query);
	return status;
}

int
days_inputs_like(struct days *days, struct slice host, struct slice head,
    days_take *take, void *context, struct err *err)
{
	struct likeness likeness = { host, take, context };
	int status = 0;

	if (head.len >= DAYS_KIB)
		status = give_like(days, &likeness,
		    fnv_add(FNV_START, slice_head(head, DAYS_KIB)), DAYS_KIB,
		    err);
	if (status == 0)
		status = give_shorter(days, &likeness, head, err);
	return status < 0 ? -1 : 0;
}
