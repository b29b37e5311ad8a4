/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/lister.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/source.h"
#include "fetch/archive.h"
#include "fetch/query.h"

enum { READ_SIZE = 64 * 1024 };

/* In place of a value that can be no id. */
static const struct slice no_id = { "\n", 1 };

/* One value after the other: the lines of a file, the results of a job. */
struct values {
	const struct job_source *source;
	/* SOURCE_FILE: what was read and not yet given, from at on. */
	struct source *file;
	struct buf text;
	size_t at;
	/* SOURCE_JOB: the item whose results are being given. */
	struct archive *archive;
	struct query_value *body;
};

struct lister {
	const struct job_source *source;
	struct values values;
	bool started; /* SOURCE_URL without each: its one walk was given */
};

static int
values_open(struct values *values, const struct job_source *source,
    const char *folder, struct err *err)
{
	values->source = source;
	if (source->kind == SOURCE_FILE) {
		values->file = source_open(source->path, err);
		return values->file == NULL ? -1 : 0;
	} else {
		char *path = xasprintf("%s/fetch/%s.db", folder, source->job);

		values->archive = archive_open(path, err);
		free(path);
		return values->archive == NULL ? -1 : 0;
	}
}

static void
values_release(struct values *values)
{
	source_close(values->file);
	buf_release(&values->text);
	query_value_free(values->body);
	archive_close(values->archive);
}

/* Reads more of the file behind what is left of it. 1, 0 at the end, -1. */
static int
read_more(struct values *values, struct err *err)
{
	ssize_t n;

	buf_drop(&values->text, values->at);
	values->at = 0;
	if (values->text.len > ID_MAX)
		values->text.len = ID_MAX + 1; /* too long to be an id anyway */
	n = source_read(values->file, buf_reserve(&values->text, READ_SIZE),
	    READ_SIZE, err);
	if (n <= 0)
		return (int)n;
	values->text.len += (size_t)n;
	return 1;
}

/* The next line, without its end. 1, 0 at the end, -1 with err set. */
static int
next_line(struct values *values, struct slice *line, struct err *err)
{
	struct slice rest;
	const char *end;
	int more = 1;

	for (;;) {
		rest = slice_from(buf_slice(&values->text), values->at);
		end = slice_chr(rest, '\n');
		if (end != NULL || more == 0)
			break;
		more = read_more(values, err);
		if (more < 0)
			return -1;
	}
	if (rest.len == 0)
		return 0;
	*line = end == NULL ? rest : slice_between(rest.ptr, end);
	values->at += line->len + (end != NULL);
	if (slice_ends(*line, "\r"))
		line->len--;
	return 1;
}

/* Moves on to the next item of the other job that has an answer; body stays
 * NULL where that is no JSON. */
static int
next_body(struct values *values, struct err *err)
{
	struct archive_item item;
	struct err ignored;
	int found;

	while ((found = archive_next(values->archive, &item, err)) == 1)
		if (item.has_answer && item.listed)
			break;
	if (found != 1)
		return found;
	values->body = query_parse(item.body, &ignored);
	if (values->body != NULL)
		query_start(values->source->items, values->body);
	return 1;
}

/* The next result of the expression on the body; 0 at the end. What is no id,
 * an expression that fails among it, stands there as one that is refused. */
static int
result_of_body(struct values *values, struct slice *value)
{
	struct buf json = { 0 };
	struct err ignored;
	int more = query_next_json(values->source->items, &json, &ignored);

	buf_clear(&values->text);
	if (more == 1 && id_from_json(buf_slice(&json), &values->text))
		*value = buf_slice(&values->text);
	else
		*value = no_id;
	buf_release(&json);
	if (more != 1) {
		query_value_free(values->body);
		values->body = NULL;
	}
	return more != 0;
}

/* The next result of the other job. */
static int
next_result(struct values *values, struct slice *value, struct err *err)
{
	for (;;) {
		int more;

		if (values->body != NULL && result_of_body(values, value))
			return 1;
		more = next_body(values, err);
		if (more != 1)
			return more;
		if (values->body == NULL) {
			*value = no_id;
			return 1;
		}
	}
}

static int
values_next(struct values *values, struct slice *value, struct err *err)
{
	return values->source->kind == SOURCE_FILE ?
	    next_line(values, value, err) :
	    next_result(values, value, err);
}

struct lister *
lister_new(const struct job_source *source, const char *folder, struct err *err)
{
	struct lister *lister = xcalloc(1, sizeof(*lister));
	const struct job_source *values = source;

	lister->source = source;
	if (source->kind == SOURCE_URL)
		values = source->each;
	if (values != NULL &&
	    values_open(&lister->values, values, folder, err) != 0) {
		lister_free(lister);
		return NULL;
	}
	return lister;
}

void
lister_free(struct lister *lister)
{
	if (lister == NULL)
		return;
	values_release(&lister->values);
	free(lister);
}

/* The walk for the next line of each, or the only one. */
static enum lister_word
next_walk(struct lister *lister, size_t *refused, struct page_walk **walk,
    struct err *err)
{
	struct slice each = { NULL, 0 };
	int more = 1;

	if (lister->source->each == NULL) {
		if (lister->started)
			return LISTER_END;
		lister->started = true;
	} else {
		while ((more = values_next(&lister->values, &each, err)) == 1 &&
		    !id_is_valid(each))
			if (each.len > 0)
				(*refused)++;
	}
	if (more != 1)
		return more == 0 ? LISTER_END : LISTER_ERROR;
	*walk = page_walk_new(lister->source, each, err);
	return *walk == NULL ? LISTER_ERROR : LISTER_WALK;
}

enum lister_word
lister_next(struct lister *lister, size_t max, struct buf *ids, size_t *count,
    size_t *refused, struct page_walk **walk, struct err *err)
{
	struct slice value;
	int more = 1;

	*count = 0;
	*refused = 0;
	if (lister->source->kind == SOURCE_URL)
		return next_walk(lister, refused, walk, err);
	while (*count < max &&
	    (more = values_next(&lister->values, &value, err)) == 1) {
		if (id_is_valid(value)) {
			buf_add(ids, value);
			buf_add_char(ids, '\0');
			(*count)++;
		} else if (value.len > 0) {
			(*refused)++;
		}
	}
	if (more == -1)
		return LISTER_ERROR;
	return *count == 0 && more == 0 ? LISTER_END : LISTER_IDS;
}
