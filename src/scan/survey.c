/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/survey.h"

#include <string.h>

#include "base/buf.h"
#include "base/msg.h"
#include "scan/detect.h"

/* The presets that come into question: all, or what -p or -x says. */
static int
choose_presets(struct survey *survey, struct err *err)
{
	const struct scan_options *options = survey->options;
	const struct preset *preset;
	struct buf text = { 0 };
	int status;

	if (options->regex != NULL) {
		buf_add_format(&text, "reader = regex\npattern = \"%s\"\n",
		    options->regex);
		status = presets_add(&survey->presets, "-x", "-x",
		    buf_slice(&text), err);
		buf_release(&text);
		if (status != 0)
			return -1;
	}
	if (options->regex == NULL && options->preset == NULL) {
		for (size_t i = 0; i < survey->presets.count &&
		     survey->count < SURVEY_MOST_PRESETS;
		     i++)
			if (survey->presets.items[i]->reader != NULL)
				survey->candidates[survey->count++] =
				    survey->presets.items[i];
		return 0;
	}
	preset = presets_find(&survey->presets,
	    options->regex != NULL ? "-x" : options->preset, err);
	if (preset == NULL)
		return -1;
	survey->count = presets_expand(&survey->presets, preset,
	    survey->candidates, SURVEY_MOST_PRESETS);
	return 0;
}

int
survey_open(struct survey *survey, const struct scan_options *options,
    struct err *err)
{
	*survey = (struct survey){ .options = options };
	if (presets_load(&survey->presets, err) == 0 &&
	    choose_presets(survey, err) == 0)
		return 0;
	survey_close(survey);
	return -1;
}

void
survey_close(struct survey *survey)
{
	presets_release(&survey->presets);
	survey->count = 0;
}

bool
survey_has(const struct survey *survey, const struct preset *preset)
{
	for (size_t i = 0; i < survey->count; i++)
		if (survey->candidates[i] == preset)
			return true;
	return false;
}

/* There is but one format: text inside JSON is not sought. */
static void
take_only(const struct survey *survey, const struct detect *detect,
    struct source *source, struct input *input)
{
	struct detect_hit hit = { 0 };

	input->preset = survey->candidates[0];
	if (survey->must_look)
		detect_source(detect, source, &hit);
	input->is_guess = survey->must_look &&
	    (hit.callers == 0 || hit.json_pointer != NULL);
}

/* Tells what an input is: a tally, or a log of which format. */
static void
look_at(const struct survey *survey, const struct detect *detect,
    struct input *input)
{
	struct err err;
	struct source *source = input_open(input, &err);
	struct detect_hit hit = { 0 };

	if (source == NULL)
		goto bad;
	switch (tally_header_read(source_peek(source, 4096), &input->tally_keys,
	    &err)) {
	case 1:
		input->is_tally = true;
		break;
	case 0:
		if (survey->count == 1 && detect->json_pointer == NULL) {
			take_only(survey, detect, source, input);
			break;
		}
		detect_source(detect, source, &hit);
		input->preset = hit.preset;
		input->json_pointer = hit.preset != NULL ? hit.json_pointer :
							   detect->json_pointer;
		input->is_guess = hit.own == 0;
		break;
	default:
		err_wrap(&err, "%s: line 1", input_name(input));
		input_put_back(input, source);
		goto bad;
	}
	input_put_back(input, source);
	return;
bad:
	msg_error("%s", err.text);
	input->is_bad = true;
}

/* The format that most inputs have; the first one where several have as
 * many. */
static const struct input *
most_usual(const struct inputs *inputs)
{
	const struct input *best = NULL;
	size_t best_count = 0;

	for (size_t i = 0; i < inputs->count; i++) {
		const struct input *input = &inputs->items[i];
		size_t n = 0;

		if (input->preset == NULL || input->is_guess)
			continue;
		for (size_t k = i; k < inputs->count; k++)
			n += inputs->items[k].preset == input->preset &&
			    !inputs->items[k].is_guess;
		if (n > best_count) {
			best = input;
			best_count = n;
		}
		if (best_count > inputs->count / 2)
			break;
	}
	return best;
}

/* What is sought in an input of which nothing is known: the counts of a hook,
 * which may be few and far between, or the most general format of a family. */
static const struct preset *
fallback_of(const struct survey *survey)
{
	const struct preset *fallback = NULL;

	for (size_t i = 0; i < survey->count; i++) {
		const struct preset *preset = survey->candidates[i];

		if (preset->reader == &reader_callcount)
			return preset;
		if (fallback == NULL || preset->priority < fallback->priority)
			fallback = preset;
	}
	return fallback;
}

/* The format of an input whose samples tell none: that of most others,
 * else what its statements look like. */
static void
guess_format(struct input *input, const struct input *usual,
    const struct preset *fallback)
{
	input->is_guess = true;
	if (usual != NULL) {
		input->preset = usual->preset;
		input->json_pointer = usual->json_pointer;
	} else if (input->preset == NULL) {
		input->preset = fallback;
	}
}

void
survey_tell_formats(const struct survey *survey, const struct inputs *inputs,
    const uint64_t *entries)
{
	struct buf text = { 0 };

	if (survey->options->preset != NULL || survey->options->regex != NULL)
		return;
	for (size_t c = 0; c < survey->count; c++) {
		size_t n = 0;

		for (size_t i = 0; i < inputs->count; i++)
			n += inputs->items[i].preset == survey->candidates[c] &&
			    !inputs->items[i].is_known &&
			    inputs->items[i].is_guess == (entries != NULL) &&
			    (entries == NULL || entries[i] > 0);
		if (n > 0)
			buf_add_format(&text, "%s%s for %zu file%s",
			    text.len == 0 ? "" : ", ",
			    survey->candidates[c]->name, n, n == 1 ? "" : "s");
	}
	if (text.len > 0)
		msg_note("preset: %.*s", SLICE_ARG(buf_slice(&text)));
	buf_release(&text);
}

void
survey_inputs(const struct survey *survey,
    const struct reader_options *reader_options, struct inputs *inputs)
{
	const struct detect detect = {
		.candidates = survey->candidates,
		.count = survey->count,
		.options = reader_options,
		.json_pointer = survey->options->json_text,
	};
	const struct input *usual;

	for (size_t i = 0; i < inputs->count; i++)
		if (!inputs->items[i].is_bad && !inputs->items[i].is_known)
			look_at(survey, &detect, &inputs->items[i]);
	usual = most_usual(inputs);
	for (size_t i = 0; i < inputs->count; i++) {
		struct input *input = &inputs->items[i];

		if (!input->is_bad && !input->is_tally && !input->is_known &&
		    (input->preset == NULL || input->is_guess))
			guess_format(input, usual, fallback_of(survey));
	}
	for (size_t i = 0; i < inputs->count; i++)
		preset_choose(inputs->items[i].preset);
	survey_tell_formats(survey, inputs, NULL);
}

static bool
is_same_keys(const struct tally_keys *a, const struct tally_keys *b)
{
	return a->count == b->count &&
	    memcmp(a->column, b->column, a->count * sizeof(a->column[0])) == 0;
}

void
survey_choose_keys(const struct inputs *inputs, struct tally_keys *keys)
{
	const struct tally_keys *shared = NULL;

	if (keys->count > 0)
		return;
	*keys = tally_default_keys;
	for (size_t i = 0; i < inputs->count; i++) {
		const struct input *input = &inputs->items[i];

		if (input->is_bad)
			continue;
		if (!input->is_tally ||
		    (shared != NULL &&
			!is_same_keys(shared, &input->tally_keys)))
			return;
		shared = &input->tally_keys;
	}
	if (shared != NULL)
		*keys = *shared;
}

/* Whether a column can be had from a tally's columns. */
static bool
tells(const struct tally_keys *keys, enum tally_column column)
{
	if (tally_keys_have(keys, column))
		return true;
	if (column == TALLY_KIND || column == TALLY_VERB)
		return tally_keys_have(keys, TALLY_OPERATION);
	return column == TALLY_DAY && tally_keys_have(keys, TALLY_HOUR);
}

void
survey_tell_lacks(const struct survey *survey, const struct inputs *inputs,
    const struct tally_keys *keys)
{
	for (size_t i = 0; i < inputs->count; i++) {
		const struct input *input = &inputs->items[i];

		if (!input->is_tally)
			continue;
		if (survey->options->line_pattern != NULL)
			msg_note("%s: a tally has no lines for --line-pattern",
			    input_name(input));
		for (size_t k = 0; k < keys->count; k++)
			if (!tells(&input->tally_keys, keys->column[k]))
				msg_note("%s: a tally without the column %s",
				    input_name(input),
				    tally_column_name(keys->column[k]));
	}
}
