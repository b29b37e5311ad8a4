/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/update_inside.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/msg.h"

/* A file in which no caller was seen is looked at again from its beginning,
 * until it has so many bytes. */
enum { SAMPLE = 64 * 1024 };

/* Whether a file has become shorter than what was read of it. */
static bool
was_cut(const struct known_input *known, uint64_t position)
{
	struct stat st;

	return known->is_plain && fstat(known->fd, &st) == 0 &&
	    (uint64_t)st.st_size < position;
}

/* What broke off: of a stream all before that counts; a file that can seek was
 * read in several places at once, so nothing does. One that was cut meanwhile,
 * maybe before it was read on, is another one then. */
static void
take_trouble(struct update *update, size_t n)
{
	const struct input *input = &update->pass.run.inputs.items[n];
	const struct known_input *known = &update->known[update->known_of[n]];
	const struct reached *reached = &update->pass.run.reached[n];

	if (!reached->is_troubled || !input->is_plain)
		return;
	update->is_again = true;
	if (slice_ends(slice_str(reached->why.text), "cut while it was read") ||
	    was_cut(known, input->begin)) {
		msg_note("%s; all is read again", reached->why.text);
		return;
	}
	msg_error("%s; it is left out", reached->why.text);
	(void)table_add(update->left_out, slice_str(input->path), NULL);
}

/* Of a tally its header is needed to read on. */
static void
keep_state(struct days_input *record, const struct input *input,
    const struct known_input *known, const struct reached *reached)
{
	struct slice head = slice_make(known->head, known->head_len);
	const char *end = slice_chr(head, '\n');

	if (known->kind == KNOWN_MORE && input->is_tally)
		return;
	buf_clear(&record->state);
	if (!input->is_tally)
		buf_add(&record->state, buf_slice(&reached->state));
	else if (end != NULL)
		buf_add(&record->state, slice_between(head.ptr, end + 1));
}

static void
keep_format(struct update *update, struct days_input *record,
    const struct input *input, bool has_entries)
{
	buf_clear(&record->preset);
	buf_clear(&record->pointer);
	record->preset_hash = 0;
	record->is_guess = !input->is_tally && input->is_guess && !has_entries;
	if (input->is_tally)
		return;
	buf_add_str(&record->preset, input->preset->name);
	record->preset_hash = update_preset_hash(input->preset,
	    &update->options);
	if (input->json_pointer != NULL)
		buf_add_str(&record->pointer, input->json_pointer);
}

/* The last bytes of a stream, with what was known before it was read on; empty
 * where they are not all known. */
static void
tail_of_stream(const struct known_input *known, const struct reached *reached,
    struct buf *tail)
{
	buf_add(tail, slice_make(known->tail, known->tail_len));
	buf_add(tail, buf_slice(&reached->tail));
	if (tail->len > DAYS_KIB)
		buf_drop(tail, tail->len - DAYS_KIB);
	if (reached->lacks_tail || reached->position == known->record.position)
		buf_clear(tail);
}

/* Writes down how far an input was read. */
static int
keep_input(struct update *update, size_t n, struct err *err)
{
	struct scan_run *run = &update->pass.run;
	const struct input *input = &run->inputs.items[n];
	const struct reached *reached = &run->reached[n];
	struct known_input *known = &update->known[update->known_of[n]];
	struct days_input *record = &known->record;
	bool has_entries = run->input_entries[n] > 0;
	bool is_more = reached->position > record->position;
	struct buf tail = { 0 };
	int status;

	update->report->waiting += input->is_plain &&
	    reached->position < known->size;
	if (reached->position == 0 ||
	    (input->preset == NULL && !input->is_tally) ||
	    (input->is_guess && !has_entries && reached->position < SAMPLE))
		return 0;
	if (is_more) {
		keep_state(record, input, known, reached);
		keep_format(update, record, input, has_entries);
	}
	if (!input->is_plain)
		tail_of_stream(known, reached, &tail);
	status = known_advance(known, reached->position, buf_slice(&tail), err);
	buf_release(&tail);
	if (status != 0 && was_cut(known, reached->position)) {
		update->is_again = true;
		return 0;
	}
	record->seen = clock_wall();
	buf_clear(&record->problem);
	if (reached->is_troubled)
		buf_add_str(&record->problem, reached->why.text);
	update->is_changed = true;
	fault_point("update.input");
	if (status != 0 ||
	    (is_more && record->id != 0 &&
		days_drop_ends(update->days, record->id, err) != 0) ||
	    days_save(update->days, record, err) != 0)
		return -1;
	return is_more ?
	    deposit_ends(&update->deposit, (uint32_t)n + 1, record->id, err) :
	    0;
}

int
update_keep(struct update *update, struct err *err)
{
	size_t count = update->pass.run.inputs.count;

	for (size_t i = 0; i < count; i++)
		take_trouble(update, i);
	for (size_t i = 0; i < count && !update->is_again; i++)
		if (keep_input(update, i, err) != 0)
			return -1;
	return 0;
}
