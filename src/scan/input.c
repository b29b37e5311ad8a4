/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/walk.h"
#include "model/operation.h"

enum { SAMPLE = 64 * 1024 };

struct input *
inputs_append(struct inputs *inputs)
{
	xgrow(&inputs->items, &inputs->room, inputs->count + 1,
	    sizeof(inputs->items[0]));
	inputs->items[inputs->count] = (struct input){ 0 };
	return &inputs->items[inputs->count++];
}

static struct input *
add(struct inputs *inputs, const char *path, bool is_listed)
{
	struct input *input = inputs_append(inputs);

	*input = (struct input){
		.path = xstrdup(path),
		.is_listed = is_listed,
	};
	return input;
}

static void
add_file(struct inputs *inputs, const char *path, bool is_listed)
{
	struct input *input = add(inputs, path, is_listed);
	struct stat st = { 0 };
	bool has_stat = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) == 0 :
						 stat(path, &st) == 0;
	bool is_file = has_stat && S_ISREG(st.st_mode);

	if (is_file)
		input->size = (uint64_t)st.st_size;
	when_input_of(&input->when, slice_str(path),
	    is_file ? st.st_mtime : clock_wall());
}

/* "UserData" or "UserData.<put>" where a file should stand: the pattern
 * first, as people type it after grep; "app.log" is none. */
static bool
looks_like_operation(const char *operand)
{
	struct slice verb = operation_verb(slice_str(operand));

	if (slice_starts(verb, "<") && slice_ends(verb, ">"))
		verb = slice_make(verb.ptr + 1, verb.len - 2);
	return operand[0] != '\0' &&
	    (verb.len == 0 || operation_verb_is_known(verb)) &&
	    operand[strspn(operand,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_:.<>")] == '\0' &&
	    strchr("./-", operand[0]) == NULL;
}

static void
tell_missing(const char *path)
{
	struct slice verb = operation_verb(slice_str(path));

	if (errno != ENOENT || !looks_like_operation(path))
		msg_error("%s: %s", path, strerror(errno));
	else if (verb.len == 0)
		msg_error("%s: no such file; to select a kind: -k %s; "
			  "an operation: -e %s",
		    path, path, path);
	else
		msg_error("%s: no such file; to select an operation: -e '%s'",
		    path, path);
}

static void
tell_trouble(void *context, const char *message)
{
	struct inputs *inputs = context;

	if (inputs->ignore_gone &&
	    slice_ends(slice_str(message), strerror(ENOENT)))
		return;
	msg_error("%s", message);
	add(inputs, "", true)->is_bad = true;
}

/* A list of options as a NULL-terminated array; the caller frees it. */
static const char **
terminated(const struct opt_list *list)
{
	const char **items = xcalloc(list->count + 1, sizeof(items[0]));

	for (size_t i = 0; i < list->count; i++)
		items[i] = list->items[i];
	return items;
}

static void
add_directory(struct inputs *inputs, const struct scan_options *options,
    const char *path)
{
	const char **include = terminated(&options->include);
	const char **exclude = terminated(&options->exclude);
	struct walk_filter filter = {
		.include = options->include.count > 0 ? include : NULL,
		.exclude = options->exclude.count > 0 ? exclude : NULL,
	};
	struct walk walk = { 0 };
	struct err err;

	if (walk_add(&walk, path, &filter, tell_trouble, inputs, &err) != 0)
		tell_trouble(inputs, err.text);
	else if (walk.count == 0)
		msg_note("%s: a directory without files%s", path,
		    filter.include != NULL || filter.exclude != NULL ?
			" that --include and --exclude leave" :
			"");
	for (size_t i = 0; i < walk.count; i++)
		add_file(inputs, walk.paths[i], true);
	walk_release(&walk);
	free(include);
	free(exclude);
}

static void
add_operand(struct inputs *inputs, const struct scan_options *options,
    const char *operand)
{
	bool is_path = strcmp(operand, "-") != 0;
	struct stat st;

	if (is_path && stat(operand, &st) != 0) {
		tell_missing(operand);
		add(inputs, operand, false)->is_bad = true;
	} else if (is_path && S_ISDIR(st.st_mode)) {
		add_directory(inputs, options, operand);
	} else {
		add_file(inputs, operand, false);
	}
}

int
inputs_add(struct inputs *inputs, const struct scan_options *options,
    char *const *operands, size_t count, struct err *err)
{
	if (count == 0 && isatty(STDIN_FILENO))
		return err_set(err,
		    "give a log file or directory, or - for "
		    "standard input");
	if (count == 0)
		add_file(inputs, "-", false);
	for (size_t i = 0; i < count; i++)
		add_operand(inputs, options, operands[i]);
	return 0;
}

void
input_place(struct input *input, const struct place_pattern *pattern,
    const char *revision)
{
	input->place = place_from_path(pattern, slice_str(input->path));
	if (input->place.revision.len == 0 && revision != NULL)
		input->place.revision = slice_str(revision);
}

void
inputs_place(struct inputs *inputs, const struct place_pattern *pattern,
    const char *revision)
{
	for (size_t i = 0; i < inputs->count; i++)
		input_place(&inputs->items[i], pattern, revision);
}

void
input_release(struct input *input)
{
	free(input->path);
	source_close(input->source);
	buf_release(&input->sample);
}

void
inputs_release(struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		input_release(&inputs->items[i]);
	free(inputs->items);
	*inputs = (struct inputs){ 0 };
}

void
inputs_allow_many(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

const char *
input_name(const struct input *input)
{
	return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

struct source *
input_open(struct input *input, struct err *err)
{
	struct source *source = input->source;

	input->source = NULL;
	if (source != NULL)
		return source;
	source = input->has_fd ? source_open_fd(input->fd, input->path, err) :
				 source_open(input->path, err);
	if (source == NULL || input->begin == 0 ||
	    source_skip(source, input->begin, err) == 0)
		return source;
	source_close(source);
	return NULL;
}

/* A pipe, or a device, is read once. */
static bool
can_reopen(const struct input *input)
{
	struct stat st;

	if (input->has_fd)
		return true;
	return strcmp(input->path, "-") != 0 && stat(input->path, &st) == 0 &&
	    S_ISREG(st.st_mode);
}

void
input_put_back(struct input *input, struct source *source)
{
	if (can_reopen(input)) {
		source_close(source);
		return;
	}
	input->source = source;
	buf_clear(&input->sample);
	buf_add(&input->sample, source_peek(source, SAMPLE));
}

int
input_sample(const struct input *input, struct buf *bytes, struct err *err)
{
	struct source *source;

	buf_clear(bytes);
	if (!can_reopen(input)) {
		buf_add(bytes, buf_slice(&input->sample));
		return 0;
	}
	source = source_open(input->path, err);
	if (source == NULL)
		return -1;
	buf_add(bytes, source_peek(source, SAMPLE));
	source_close(source);
	return 0;
}
