/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/update_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fnv.h"
#include "base/msg.h"

enum { SEEN_AGAIN = 24 * 3600 }; /* seconds between notes of a quiet file */

/* Of all that a reader is told: what it carried is of use only to one that is
 * told the same. */
uint64_t
update_preset_hash(const struct preset *preset,
    const struct scan_options *options)
{
	uint64_t hash = FNV_START;

	for (size_t i = 0; i < preset->count; i++) {
		hash = fnv_add(hash, slice_str(preset->values[i].key));
		hash = fnv_add(hash, slice_make("", 1));
		hash = fnv_add(hash, slice_str(preset->values[i].value));
		hash = fnv_add(hash, slice_make("", 1));
	}
	return fnv_add(hash, slice_str(options->fold_queries ? "f" : ""));
}

int
update_find(struct update *update, char *const *operands, size_t count,
    struct err *err)
{
	struct inputs *found = &update->found;

	for (size_t i = 0; i < count; i++)
		if (strcmp(operands[i], "-") == 0)
			return err_set(err,
			    "-: --store knows inputs by what they hold; "
			    "standard input cannot be known again");
	if (count == 0)
		return err_set(err, "--store: give a log file or directory");
	found->ignore_gone = true;
	if (inputs_add(found, &update->options, operands, count, err) != 0)
		return -1;
	inputs_place(found, update->pass.run.places, update->options.revision);
	update->known = xcalloc(found->count + 1, sizeof(*update->known));
	update->known_of = xcalloc(found->count + 1, sizeof(size_t));
	return 0;
}

/* A store may lie in a folder that is read. */
static bool
is_of_store(const struct update *update, const struct input *input)
{
	const char *store = strrchr(days_name(update->days), '/');
	const char *name = strrchr(input->path, '/');

	return input->is_listed && !input->is_bad && store != NULL &&
	    name != NULL && strncmp(name, store, strlen(store)) == 0;
}

/* Forgets what was told to be bad: by the listing, or by reading it before. */
static void
drop_bad_files(struct update *update)
{
	struct inputs *found = &update->found;
	size_t n = 0;

	for (size_t i = 0; i < found->count; i++) {
		struct input *input = &found->items[i];
		bool is_out = table_find(update->left_out,
				  slice_str(input->path)) != NULL;

		if (is_of_store(update, input)) {
			input_release(input);
			continue;
		}

		update->report->bad += input->is_bad || is_out;
		if (input->is_bad || is_out) {
			input_release(input);
			continue;
		}
		found->items[n] = *input;
		update->known[n++] = (struct known_input){
			.path = input->path,
			.host = input->place.host,
		};
	}
	found->count = n;
	update->report->inputs = n + update->report->bad;
}

/* A file that a rotation took away since it was listed will be found under its
 * new name; one that is just being compressed has nothing yet. */
static void
tell_bad(struct update *update, const struct input *input,
    const struct err *why)
{
	if (input->is_listed &&
	    slice_ends(slice_str(why->text), strerror(ENOENT)))
		return;
	if (strstr(why->text, "unexpected end") != NULL) {
		msg_note("%s: nothing can be read of it yet", why->text);
		return;
	}
	msg_error("%s", why->text);
	update->report->bad++;
}

static void
tell_cut(const struct known_input *known)
{
	if (known->is_lost)
		msg_note("%s: was cut (copytruncate?), and what it held then "
			 "is in no other input: lines written before that, "
			 "since the last scan, are not counted",
		    known->path);
	else
		msg_note("%s: was cut (copytruncate?): read from its "
			 "beginning",
		    known->path);
}

/* A text as a string that is the same for the same text. */
static const char *
intern(struct update *update, struct slice text)
{
	char **string = table_add(&update->names, text, NULL);

	if (*string == NULL)
		*string = arena_str(&update->names.arena, text);
	return *string;
}

/* Whether an input is to be read as it was before. */
static bool
is_same_format(const struct update *update, const struct input *input,
    const struct days_input *record)
{
	const char *text = update->options.json_text;

	return survey_has(&update->pass.survey, input->preset) &&
	    update_preset_hash(input->preset, &update->options) ==
	    record->preset_hash &&
	    (text == NULL || strcmp(text, "auto") == 0 ||
		slice_is(buf_slice(&record->pointer), text));
}

/* Sets the format that an input had before. */
static void
set_format(struct update *update, struct input *input,
    const struct known_input *known)
{
	const struct days_input *record = &known->record;
	struct err err;
	char *name;

	if (known->kind == KNOWN_NEW || record->is_guess)
		return;
	if (record->preset.len == 0) {
		input->is_tally = tally_header_read(buf_slice(&record->state),
				      &input->tally_keys, &err) == 1;
		input->is_known = input->is_tally;
		return;
	}
	name = xmemdup(record->preset.ptr, record->preset.len);
	input->preset = presets_find(&update->pass.survey.presets, name, &err);
	free(name);
	if (!is_same_format(update, input, record)) {
		msg_note("%s: its format is another one than before: what was "
			 "carried from line to line is not",
		    input->path);
		input->preset = NULL;
		input->state = slice_make(NULL, 0);
		return;
	}
	input->is_known = true;
	if (record->pointer.len > 0)
		input->json_pointer = intern(update,
		    buf_slice(&record->pointer));
}

/* Makes an input of a file that is to be read. */
static void
add_input(struct update *update, size_t n)
{
	struct inputs *inputs = &update->pass.run.inputs;
	struct known_input *known = &update->known[n];
	struct input *input = inputs_append(inputs);

	*input = update->found.items[n];
	update->found.items[n] = (struct input){ 0 };
	input->has_fd = true;
	input->fd = known->fd;
	input->is_plain = known->is_plain;
	input->begin = known->record.position;
	input->state = buf_slice(&known->record.state);
	input->source = known->source;
	known->source = NULL;
	set_format(update, input, known);
	update->known_of[inputs->count - 1] = n;
}

/* A file that no line was read of: only where it is now may be news. */
static int
see(struct update *update, struct known_input *known, struct err *err)
{
	struct days_input *record = &known->record;
	int64_t now = clock_wall();

	if (slice_is(buf_slice(&record->path), known->path) &&
	    now - record->seen < SEEN_AGAIN)
		return 0;
	buf_clear(&record->path);
	buf_add_str(&record->path, known->path);
	record->seen = now;
	update->is_changed = true;
	return days_save(update->days, record, err);
}

static int
take_file(struct update *update, size_t n, struct err *err)
{
	struct known_input *known = &update->known[n];

	switch (known->kind) {
	case KNOWN_NEW:
	case KNOWN_MORE:
		if (known->was_cut)
			tell_cut(known);
		add_input(update, n);
		update->is_changed |= known->stale != NULL;
		return known->stale == NULL ?
		    0 :
		    days_save(update->days, known->stale, err);
	case KNOWN_UNTOUCHED:
		update->report->untouched++;
		return see(update, known, err);
	case KNOWN_COPY:
		update->report->copies++;
		msg_detail("%s: the same as %s, and read there", known->path,
		    known->same_as);
		break;
	case KNOWN_EMPTY:
		break;
	case KNOWN_BAD:
		tell_bad(update, &update->found.items[n], &known->err);
		break;
	}
	return 0;
}

/* A tally of fewer columns cannot be told apart by site and hour later. */
static void
check_tally(struct update *update, struct input *input)
{
	static const enum tally_column needed[] = { TALLY_FILE, TALLY_LINE,
		TALLY_OPERATION };
	const struct tally_keys *keys = &input->tally_keys;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!input->is_tally || input->is_bad ||
		    tally_keys_have(keys, needed[i]))
			continue;
		msg_error("%s: a tally without the column %s; the store keeps "
			  "days by site and operation",
		    input->path, tally_column_name(needed[i]));
		input->is_bad = true;
	}
	if (input->is_bad)
		(void)table_add(update->left_out, slice_str(input->path), NULL);
	update->is_again |= input->is_bad;
}

/* Tells of all files what is to be read of them. */
int
update_choose(struct update *update, struct err *err)
{
	struct pass *pass = &update->pass;
	struct inputs *inputs = &pass->run.inputs;

	drop_bad_files(update);
	if (known_tell(update->days, update->known, update->found.count, err) !=
	    0)
		return -1;
	for (size_t i = 0; i < update->found.count; i++)
		if (take_file(update, i, err) != 0)
			return -1;
	survey_inputs(&pass->survey, &pass->run.reader_options, inputs);
	for (size_t i = 0; i < inputs->count; i++)
		check_tally(update, &inputs->items[i]);
	update->report->read = inputs->count;
	return 0;
}
