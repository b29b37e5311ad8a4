/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/mapper.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/find.h"
#include "scan/counter.h"
#include "scan/detect.h"
#include "scan/lines.h"

enum { MOST_READERS = 16 };

/* A reader that was made for one format, kept for the next input of it. */
struct kept_reader {
	const struct preset *preset;
	const char *json_pointer;
	struct reader *reader;
};

struct mapper {
	struct scan_run *run;
	struct emit *emit;
	struct reader_events events;
	struct kept_reader readers[MOST_READERS];
	size_t reader_count;

	/* of the segment */
	size_t input_index;
	const struct input *input;
	struct reader *reader;             /* NULL for a tally */
	struct tally_reader *tally_reader; /* NULL for a log */
	bool is_given_up;  /* the tally broke off: its rest is not read */
	uint64_t position; /* in the input: behind what was mapped */
	uint64_t told[NOTE_KINDS]; /* notes without --rejects */
	struct block block;        /* being mapped */

	struct counter counter;
	struct buf note;
	struct scan_report sums;
	uint64_t *input_entries;
	double least_duration;
};

/* --- notes --- */

static void
emit_note(struct mapper *mapper, const struct note *note)
{
	buf_clear(&mapper->note);
	note_pack(&mapper->note, note);
	emit_side(mapper->emit, buf_slice(&mapper->note));
}

static bool
is_in(struct slice text, const char *at)
{
	return text.len > 0 && at >= text.ptr && at < text.ptr + text.len;
}

/* Whether a further note of this kind is of use to anyone. */
static bool
is_noted(struct mapper *mapper, enum note_kind kind)
{
	if (mapper->run->keep_rejects)
		return true;
	return kind != NOTE_NO_CALLER && kind != NOTE_REPEAT &&
	    mapper->told[kind]++ < NOTES_TOLD;
}

/* Notes a line that was not counted; only as many of a segment as may be
 * printed, unless all are kept. Its place is where it lies in the block; a
 * text put together elsewhere has that of the line that was being read. */
static void
note_line(struct mapper *mapper, enum note_kind kind, struct slice line,
    const char *reason)
{
	const struct block *block = &mapper->block;
	const char *at = line.ptr;
	struct note note = {
		.kind = kind,
		.path = input_name(mapper->input),
		.offset = block->offset,
		.line = block->line,
		.reason = slice_str(reason),
	};

	if (!is_noted(mapper, kind))
		return;
	if (mapper->run->keep_rejects)
		note.text = line;
	if (!is_in(block->text, at) && mapper->reader != NULL)
		at = mapper->reader->at;
	if (is_in(block->text, at)) {
		note.offset += (uint64_t)(at - block->text.ptr);
		if (block->line != 0)
			note.line = block->line +
			    find_count(slice_between(block->text.ptr, at),
				'\n');
	}
	emit_note(mapper, &note);
}

/* --- what readers tell --- */

static void
take_entry(void *context, const struct entry *entry)
{
	struct mapper *mapper = context;

	mapper->input_entries[mapper->input_index]++;
	counter_entry(&mapper->counter, entry);
}

static bool
take_again(void *context, struct slice source, uint64_t count,
    const struct stamp *stamp)
{
	struct mapper *mapper = context;

	if (!counter_again(&mapper->counter, source, count, stamp))
		return false;
	mapper->input_entries[mapper->input_index]++;
	return true;
}

/* A pattern reached its limit. */
static void
take_gave_up(void *context, struct slice line)
{
	note_line(context, NOTE_GIVEN_UP, line,
	    "a pattern reached its limit (--match-limit, --match-bytes)");
}

static void
take_no_caller(void *context, struct slice line)
{
	struct mapper *mapper = context;

	mapper->sums.no_caller++;
	note_line(mapper, NOTE_NO_CALLER, line, "no caller");
}

static void
take_malformed(void *context, struct slice line, const char *reason)
{
	struct mapper *mapper = context;

	mapper->sums.malformed++;
	note_line(mapper, NOTE_MALFORMED, line, reason);
}

static void
take_repeat(void *context, struct slice line)
{
	struct mapper *mapper = context;

	mapper->sums.repeats++;
	note_line(mapper, NOTE_REPEAT, line, "counted already");
}

static void
take_given_up(void *context, struct slice line, const char *reason)
{
	struct mapper *mapper = context;

	mapper->sums.given_up++;
	note_line(mapper, NOTE_GIVEN_UP, line, reason);
}

static void
take_duration(void *context, double milliseconds)
{
	struct mapper *mapper = context;

	if (milliseconds < mapper->least_duration)
		mapper->least_duration = milliseconds;
}

/* --- rows of tallies --- */

static int
take_row(void *context, const struct tally_row *row, struct err *err)
{
	struct mapper *mapper = context;

	(void)err;
	mapper->input_entries[mapper->input_index]++;
	counter_row(&mapper->counter, row);
	return 0;
}

static void
take_bad_row(void *context, uint64_t line, const char *reason)
{
	struct mapper *mapper = context;
	struct note note = {
		.kind = NOTE_MALFORMED,
		.path = input_name(mapper->input),
		.line = line,
		.reason = slice_str(reason),
	};

	mapper->sums.malformed++;
	if (is_noted(mapper, NOTE_MALFORMED))
		emit_note(mapper, &note);
}

static void
tally_broke_off(struct mapper *mapper, const struct err *why)
{
	mapper->is_given_up = true;
	mapper_trouble(mapper, mapper->input_index, why, 0);
}

/* --- the job's functions --- */

void *
mapper_new(void *context, struct emit *emit)
{
	struct mapper *mapper = xcalloc(1, sizeof(*mapper));

	mapper->run = context;
	mapper->emit = emit;
	counter_init(&mapper->counter, mapper->run, emit, &mapper->sums,
	    take_gave_up, mapper);
	mapper->input_entries = xcalloc(mapper->run->inputs.count,
	    sizeof(uint64_t));
	mapper->least_duration = HUGE_VAL;
	mapper->events = (struct reader_events){
		.context = mapper,
		.entry = take_entry,
		.again = take_again,
		.no_caller = take_no_caller,
		.malformed = take_malformed,
		.repeat = take_repeat,
		.given_up = take_given_up,
		.duration = take_duration,
	};
	return mapper;
}

static void
add_sums(struct scan_report *into, const struct scan_report *more)
{
	into->bytes += more->bytes;
	into->lines += more->lines;
	into->entries += more->entries;
	into->selected += more->selected;
	into->unresolved += more->unresolved;
	into->no_caller += more->no_caller;
	into->malformed += more->malformed;
	into->repeats += more->repeats;
	into->given_up += more->given_up;
	into->no_day += more->no_day;
	into->other_day += more->other_day;
	into->bad_inputs += more->bad_inputs;
	into->is_filtered |= more->is_filtered;
}

void
mapper_free(void *context)
{
	struct mapper *mapper = context;
	struct scan_run *run = mapper->run;

	add_sums(run->report, &mapper->sums);
	for (size_t i = 0; i < run->inputs.count; i++)
		run->input_entries[i] += mapper->input_entries[i];
	if (mapper->least_duration < run->least_duration)
		run->least_duration = mapper->least_duration;
	for (size_t i = 0; i < mapper->reader_count; i++)
		reader_free(mapper->readers[i].reader);
	counter_release(&mapper->counter);
	buf_release(&mapper->note);
	free(mapper->input_entries);
	free(mapper);
}

/* The reader of the input's format, made anew where there is none yet. */
static struct reader *
reader_of(struct mapper *mapper, const struct input *input)
{
	struct kept_reader *kept = mapper->readers;
	size_t n = mapper->reader_count;

	for (size_t i = 0; i < n; i++)
		if (kept[i].preset == input->preset &&
		    kept[i].json_pointer == input->json_pointer)
			return kept[i].reader;
	if (n == MOST_READERS)
		reader_free(kept[--n].reader);
	kept[n] = (struct kept_reader){
		.preset = input->preset,
		.json_pointer = input->json_pointer,
		.reader = detect_reader(input->preset, input->json_pointer,
		    &mapper->run->reader_options, &mapper->events),
	};
	mapper->reader_count = n + 1;
	return kept[n].reader;
}

/* What a reader may confine itself to. Not where all that is not counted must
 * be written, nor in an input that may have no call sites at all: then that is
 * what must be told. */
static void
set_wanted(struct mapper *mapper, const struct input *input)
{
	const struct select *select = &mapper->run->select;
	bool is_filtered = select->wanted.count > 0 && input->preset != NULL &&
	    !mapper->run->keep_rejects && !input->is_guess &&
	    input->json_pointer == NULL && input->preset->reader->can_filter;

	mapper->reader->wanted = is_filtered ? &select->wanted : NULL;
	mapper->reader->wanted_begins = select->wanted_begins;
	mapper->sums.is_filtered |= is_filtered;
}

void
mapper_begin(void *context, size_t index)
{
	struct mapper *mapper = context;
	const struct input *input = &mapper->run->inputs.items[index];

	mapper->input_index = index;
	mapper->input = input;
	mapper->reader = NULL;
	mapper->tally_reader = NULL;
	mapper->is_given_up = false;
	mapper->position = input->begin;
	memset(mapper->told, 0, sizeof(mapper->told));
	counter_begin(&mapper->counter, input);
	mapper->block = (struct block){ 0 };
	if (input->is_tally)
		mapper->tally_reader = tally_reader_new(take_row, take_bad_row,
		    mapper);
	else if (input->preset != NULL)
		mapper->reader = reader_of(mapper, input);
	if (mapper->reader != NULL)
		set_wanted(mapper, input);
}

/* The last line of an input may lack its end. */
static uint64_t
line_count(struct slice text)
{
	bool is_open = text.len > 0 && text.ptr[text.len - 1] != '\n';

	return find_count(text, '\n') + is_open;
}

/* Sets a reader to what was carried where the input is read on; where that is
 * of no use, another release's say, it is told, since an entry may be missing.
 */
static void
load_reader(struct mapper *mapper)
{
	const struct input *input = mapper->input;
	struct kept_reader *kept = mapper->readers;

	if (reader_load(mapper->reader, input->state))
		return;
	while (kept->reader != mapper->reader)
		kept++;
	reader_free(kept->reader);
	*kept = mapper->readers[--mapper->reader_count];
	mapper->reader = reader_of(mapper, input);
	set_wanted(mapper, input);
	mapper->sums.given_up++;
	note_line(mapper, NOTE_GIVEN_UP, slice_make(NULL, 0),
	    "what was carried from the lines before is damaged, or another "
	    "release's");
}

static void
feed_tally(struct mapper *mapper, struct slice text)
{
	struct err err;

	if (!mapper->is_given_up &&
	    tally_reader_feed(mapper->tally_reader, text, &err) != 0)
		tally_broke_off(mapper, &err);
}

/* What stands before the first block of an input that is read on. */
static void
begin_again(struct mapper *mapper)
{
	if (mapper->reader != NULL && mapper->input->state.len > 0)
		load_reader(mapper);
	else if (mapper->tally_reader != NULL)
		feed_tally(mapper, mapper->input->state);
}

/* Keeps the place of what is to be read next. */
static void
reach(struct mapper *mapper, uint64_t position, struct slice text)
{
	struct reached *reached = mapper->run->reached;

	mapper->position = position;
	if (reached != NULL && !mapper->input->is_plain)
		reached_add_tail(&reached[mapper->input_index], text);
}

void
mapper_map(void *context, const struct block *block)
{
	struct mapper *mapper = context;
	const struct input *input = mapper->input;
	struct slice text = block->text;
	bool is_first = block->offset == 0;

	mapper->block = *block;
	mapper->block.offset += input->begin;
	if (input->begin > 0)
		mapper->block.line = 0;
	if (is_first && input->begin > 0)
		begin_again(mapper);
	else if (is_first)
		text = without_bom(text);
	mapper->sums.bytes += block->text.len;
	if (mapper->run->count_lines)
		mapper->sums.lines += line_count(block->text);
	if (mapper->reader != NULL)
		reader_read(mapper->reader, text);
	else if (mapper->tally_reader != NULL)
		feed_tally(mapper, text);
	reach(mapper, mapper->block.offset + block->text.len, block->text);
}

/* What is needed to read on from here. */
void
mapper_at_end(void *context)
{
	struct mapper *mapper = context;
	struct reached *reached = mapper->run->reached;

	if (reached == NULL)
		return;
	reached += mapper->input_index;
	reached->position = mapper->position;
	if (mapper->reader != NULL && mapper->position > mapper->input->begin)
		reader_save(mapper->reader, &reached->state);
	else
		buf_add(&reached->state, mapper->input->state);
	mapper->counter.end_of = (uint32_t)mapper->input_index + 1;
}

void
mapper_end(void *context)
{
	struct mapper *mapper = context;
	struct err err;

	/* The last block is gone; what still comes has its place behind it. */
	mapper->block.offset += mapper->block.text.len;
	mapper->block.text = slice_make(NULL, 0);
	mapper->block.line = 0;
	if (mapper->reader != NULL)
		reader_end(mapper->reader);
	if (mapper->tally_reader != NULL && !mapper->is_given_up &&
	    tally_reader_finish(mapper->tally_reader, &err) != 0)
		tally_broke_off(mapper, &err);
	tally_reader_free(mapper->tally_reader);
	mapper->tally_reader = NULL;
}

void
mapper_report(void *context, struct scan_report *into)
{
	struct mapper *mapper = context;

	add_sums(into, &mapper->sums);
}

void
mapper_forget(void *context)
{
	struct mapper *mapper = context;

	mapper->sums = (struct scan_report){
		.is_filtered = mapper->sums.is_filtered,
	};
}

void
mapper_flush(void *context)
{
	struct mapper *mapper = context;

	counter_flush(&mapper->counter);
}

void
mapper_too_long(void *context, uint64_t offset, uint64_t len, uint64_t next)
{
	struct mapper *mapper = context;
	struct reached *reached = mapper->run->reached;
	char reason[96];

	(void)snprintf(reason, sizeof(reason),
	    "a line of %" PRIu64 " bytes, longer than --max-line, is not read",
	    len);
	mapper->sums.bytes += len;
	mapper->sums.given_up++;
	if (offset == 0 && mapper->input->begin > 0)
		begin_again(mapper);
	mapper->block = (struct block){
		.offset = mapper->input->begin + offset,
	};
	note_line(mapper, NOTE_GIVEN_UP, slice_make(NULL, 0), reason);
	mapper->position = mapper->input->begin + next;
	if (reached != NULL && !mapper->input->is_plain)
		reached[mapper->input_index].lacks_tail = true;
}

void
mapper_trouble(void *context, size_t index, const struct err *why, uint64_t cut)
{
	struct mapper *mapper = context;
	const char *path = input_name(&mapper->run->inputs.items[index]);
	struct err err = *why;
	struct note note = { .kind = NOTE_TROUBLE, .path = path };

	mapper->sums.bad_inputs++;
	if (strncmp(err.text, path, strlen(path)) != 0)
		err_wrap(&err, "%s", path);
	if (cut > 0)
		err_set(&err,
		    "%s; %" PRIu64 " bytes of an unfinished line "
		    "are not counted",
		    err.text, cut);
	if (mapper->run->reached != NULL) {
		mapper->run->reached[index].is_troubled = true;
		mapper->run->reached[index].why = err;
		if (mapper->run->inputs.items[index].is_plain)
			return; /* nothing of it counts: others tell */
	}
	note.reason = slice_str(err.text);
	emit_note(mapper, &note);
}

bool
mapper_goes_on(void *context, size_t index)
{
	const struct scan_run *run = context;

	(void)index;
	return run->reached != NULL;
}

bool
mapper_has_sync(void *context, size_t index)
{
	const struct scan_run *run = context;
	const struct input *input = &run->inputs.items[index];

	return !input->is_tally && input->preset != NULL &&
	    input->json_pointer == NULL &&
	    input->preset->reader->is_sync != NULL;
}

size_t
mapper_sync(void *context, size_t index, struct slice text, size_t from,
    size_t to)
{
	const struct scan_run *run = context;
	const struct preset *preset = run->inputs.items[index].preset;
	struct slice rest = slice_from(text, from);
	const char *begin = rest.ptr;
	struct slice line;

	while (begin < text.ptr + to && lines_next(&rest, &line)) {
		if (preset->reader->is_sync(preset, line))
			return (size_t)(begin - text.ptr);
		begin = rest.ptr;
	}
	return to;
}

/* --- the state of a key --- */

static void
sum_add(void *state, const void *value, struct arena *arena)
{
	(void)arena;
	tally_sum_add(state, value);
}

static void
sum_write(const void *state, struct buf *bytes)
{
	buf_add(bytes, slice_make(state, sizeof(struct tally_sum)));
}

static void
sum_read(void *state, struct slice bytes, struct arena *arena)
{
	(void)arena;
	memcpy(state, bytes.ptr, sizeof(struct tally_sum));
}

const struct state_type mapper_state = {
	.size = sizeof(struct tally_sum),
	.add = sum_add,
	.merge = sum_add,
	.write = sum_write,
	.read = sum_read,
};
