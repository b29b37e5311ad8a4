/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/followed.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/inflate.h"
#include "base/msg.h"
#include "engine/split.h"

enum { WAITING = 64 * 1024 }; /* tells the format, or it is guessed */

struct followed *
followed_new(struct following *follow, struct input *input, bool from_end)
{
	struct followed *file = xcalloc(1, sizeof(*file));
	bool has_choice = follow->survey.count > 1 ||
	    follow->run.options->json_text != NULL;

	file->follow = follow;
	file->input = *input;
	input_place(&file->input, follow->run.places,
	    follow->run.options->revision);
	if (!has_choice && file->input.preset == NULL) {
		file->input.preset = follow->survey.candidates[0];
		file->input.is_guess = false;
	}
	file->is_settled = file->input.preset != NULL && !file->input.is_guess;
	if (file->is_settled && follow->usual == NULL)
		follow->usual = &file->input;
	file->run = follow->run;
	file->run.inputs = (struct inputs){ .items = &file->input, .count = 1 };
	file->run.input_entries = &file->entries;
	tail_init(&file->tail, file->input.path, from_end,
	    follow->run.options->max_line);
	return file;
}

void
followed_free(struct followed *file)
{
	if (file->mapper != NULL)
		mapper_free(file->mapper);
	tail_release(&file->tail);
	buf_release(&file->waiting);
	input_release(&file->input);
	free(file);
}

/* --- segments --- */

static void
begin(struct followed *file)
{
	if (file->mapper == NULL)
		file->mapper = mapper_new(&file->run,
		    feed_emit(file->follow->feed));
	mapper_begin(file->mapper, 0);
	file->is_begun = true;
}

/* Gives whole lines to the mapper. */
static void
map(struct followed *file, struct slice text, uint64_t offset, uint64_t line)
{
	struct split split;
	enum split_kind kind;

	split_text(&split, text, offset, line, file->run.options->max_line);
	while ((kind = split_next(&split)) != SPLIT_END)
		if (kind == SPLIT_LINES)
			mapper_map(file->mapper, &split.block);
		else
			mapper_too_long(file->mapper, split.block.offset,
			    split.too_long, split.block.offset + split.step);
	split_release(&split);
}

/* What stood there before the start: it is not counted, but what it carries
 * on holds for what follows. */
static void
map_before(struct followed *file)
{
	if (!file->is_begun)
		return;
	mapper_flush(file->mapper);
	mapper_report(file->mapper, &file->follow->report);
	feed_pause(file->follow->feed, true);
	map(file, file->tail.text, file->tail.offset, file->tail.line);
	mapper_flush(file->mapper);
	mapper_forget(file->mapper);
	feed_pause(file->follow->feed, false);
}

/* --- formats --- */

/* Whether it is of no use to follow what begins so; *what it is. */
bool
followed_is_whole(struct slice head, const char **what)
{
	struct tally_keys keys;
	struct err err;

	*what = inflate_format(slice_head(head, INFLATE_HEAD));
	if (*what != NULL)
		return true;
	*what = "a tally";
	return tally_header_read(head, &keys, &err) > 0;
}

/* Looks at the lines that wait as at a file that holds them. */
static void
survey_waiting(struct followed *file)
{
	struct input *input = &file->input;
	struct err err;

	input->source = source_open_memory(buf_slice(&file->waiting), &err);
	if (input->source == NULL)
		return;
	survey_inputs(&file->follow->survey, &file->run.reader_options,
	    &file->run.inputs);
	source_close(input->source);
	input->source = NULL;
	file->is_ignored = input->is_bad;
}

/* Tells the format by the lines that wait, and maps them; must: now, though
 * nothing be known. */
static void
settle(struct followed *file, bool must)
{
	struct following *follow = file->follow;

	survey_waiting(file);
	if (file->is_ignored || (file->input.is_guess && !must))
		return;
	if (file->input.is_guess && follow->usual != NULL) {
		file->input.preset = follow->usual->preset;
		file->input.json_pointer = follow->usual->json_pointer;
	}
	file->is_settled = true;
	if (!file->input.is_guess && follow->usual == NULL)
		follow->usual = &file->input;
	begin(file);
	map(file, buf_slice(&file->waiting), file->waiting_offset,
	    file->waiting_line);
	buf_release(&file->waiting);
}

static void
wait_for_format(struct followed *file)
{
	const struct tail *tail = &file->tail;

	if (file->waiting.len == 0) {
		file->waiting_offset = tail->offset;
		file->waiting_line = tail->line;
	}
	buf_add(&file->waiting, tail->text);
	settle(file, file->waiting.len >= WAITING);
}

/* The file ended, or is left. */
static void
end_segment(struct followed *file)
{
	if (!file->is_settled && file->waiting.len > 0)
		settle(file, true);
	if (file->is_begun)
		mapper_end(file->mapper);
	file->is_begun = false;
}

/* --- which files are read --- */

struct slice
followed_id(const struct tail_id *id)
{
	return slice_make((const char *)id, sizeof(*id));
}

/* Whether the file was read before, under this name or another. Where numbers
 * may come back unnoticed, a new file of the same name is taken for new. */
static bool
was_read(struct followed *file)
{
	const struct tail_id *id = &file->tail.id;
	bool is_new;
	struct followed **reader = table_add(&file->follow->ids,
	    followed_id(id), &is_new);
	bool was_own = *reader == file;

	if (is_new)
		*reader = file;
	return !is_new && (!was_own || id->born != 0);
}

/* Whether another input gives the lines of the file; when it has left it, this
 * one does. */
static bool
is_read_elsewhere(struct followed *file)
{
	struct followed **reader;

	if (file->tail.is_stream)
		return false;
	reader = table_find(&file->follow->ids, followed_id(&file->tail.id));
	if (reader == NULL || *reader == file)
		return false;
	if (*reader != NULL && !(*reader)->is_ignored &&
	    slice_equal(followed_id(&(*reader)->tail.id),
		followed_id(&file->tail.id)))
		return true;
	*reader = file;
	return false;
}

/* --- what tails tell --- */

static void
mark_bad(struct followed *file)
{
	file->follow->report.bad_inputs += !file->is_bad;
	file->is_bad = true;
}

static void
ignore(struct followed *file, const char *what)
{
	file->is_ignored = true;
	if (file->input.is_listed)
		return;
	msg_error("%s: %s, which is whole: scan it without --follow",
	    input_name(&file->input), what);
	mark_bad(file);
}

static void
take_new(struct followed *file)
{
	end_segment(file);
	file->is_there = true;
	when_input_of(&file->input.when, slice_str(file->input.path),
	    clock_wall());
	if (!file->tail.is_stream && was_read(file))
		tail_skip(&file->tail);
	if (file->is_settled)
		begin(file);
}

static void
take_lines(struct followed *file)
{
	const struct tail *tail = &file->tail;
	const char *what;

	if (tail->offset == 0 && followed_is_whole(tail->text, &what))
		ignore(file, what);
	if (file->is_ignored || is_read_elsewhere(file))
		return;
	if (file->is_settled)
		map(file, tail->text, tail->offset, tail->line);
	else
		wait_for_format(file);
}

static void
take_too_long(struct followed *file)
{
	if (is_read_elsewhere(file))
		return;
	if (!file->is_settled)
		settle(file, true);
	if (file->is_begun)
		mapper_too_long(file->mapper, file->tail.offset,
		    file->tail.too_long,
		    file->tail.offset + file->tail.too_long + 1);
}

static void
take_cut(struct followed *file)
{
	msg_note("%s: it was cut, and is read from its beginning",
	    input_name(&file->input));
	end_segment(file);
	if (file->is_settled)
		begin(file);
}

/* One that was never there was told already, by those who looked for it; those
 * in directories come and go. */
static void
take_gone(struct followed *file)
{
	if (file->input.is_listed)
		return;
	if (file->is_there)
		msg_note("%s; waiting for it", file->tail.err.text);
	else
		msg_note("%s: waiting for it", input_name(&file->input));
}

static void
take_event(struct followed *file, enum tail_kind kind)
{
	switch (kind) {
	case TAIL_NOTHING:
		break;
	case TAIL_NEW:
		take_new(file);
		break;
	case TAIL_BEFORE:
		map_before(file);
		break;
	case TAIL_LINES:
		take_lines(file);
		break;
	case TAIL_TOO_LONG:
		take_too_long(file);
		break;
	case TAIL_CUT:
		take_cut(file);
		break;
	case TAIL_GONE:
		take_gone(file);
		break;
	case TAIL_TROUBLE:
		msg_error("%s", file->tail.err.text);
		mark_bad(file);
		break;
	case TAIL_END:
		end_segment(file);
		break;
	}
}

bool
followed_step(struct followed *file)
{
	enum tail_kind kind;

	if (file->is_ignored)
		return false;
	kind = tail_step(&file->tail);
	take_event(file, kind);
	return kind != TAIL_NOTHING;
}

bool
followed_has_ended(const struct followed *file)
{
	return file->is_ignored || file->tail.is_ended;
}

int
followed_fd(const struct followed *file)
{
	return file->is_ignored ? -1 : tail_fd(&file->tail);
}

void
followed_end(struct followed *file)
{
	struct following *follow = file->follow;

	end_segment(file);
	if (!file->is_there && !file->is_bad && !file->input.is_listed)
		follow->report.bad_inputs++;
	if (file->mapper == NULL)
		return;
	mapper_flush(file->mapper);
	mapper_free(file->mapper);
	file->mapper = NULL;
	if (file->run.least_duration < follow->run.least_duration)
		follow->run.least_duration = file->run.least_duration;
}
