/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobkeys.h"

#include <stdarg.h>
#include <stdio.h>

int
key_wrap(struct job_reader *reader)
{
	if (reader->path.len == 0)
		return -1;
	return err_wrap(reader->err, "%.*s",
	    SLICE_ARG(buf_slice(&reader->path)));
}

static int verror(struct job_reader *reader, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static int
verror(struct job_reader *reader, const char *format, va_list args)
{
	(void)vsnprintf(reader->err->text, sizeof(reader->err->text), format,
	    args);
	return key_wrap(reader);
}

int
key_error(struct job_reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)verror(reader, format, args);
	va_end(args);
	return -1;
}

int
key_error_at(struct job_reader *reader, const char *name, const char *format,
    ...)
{
	va_list args;

	(void)key_enter(reader, name);
	va_start(args, format);
	(void)verror(reader, format, args);
	va_end(args);
	return -1;
}

size_t
key_enter(struct job_reader *reader, const char *name)
{
	size_t before = reader->path.len;

	buf_add_format(&reader->path, "%s%s", before > 0 ? "." : "", name);
	return before;
}

size_t
key_enter_item(struct job_reader *reader, size_t index)
{
	size_t before = reader->path.len;

	buf_add_format(&reader->path, "[%zu]", index);
	return before;
}

void
key_leave(struct job_reader *reader, size_t before)
{
	reader->path.len = before;
}

int
key_refuse(struct job_reader *reader, const char *what,
    const struct suggest *suggest)
{
	const char *nearest = suggest_nearest(suggest);

	if (nearest == NULL)
		return key_error(reader, "%s", what);
	return key_error(reader, "%s; did you mean %s?", what, nearest);
}

static int
check_known(struct job_reader *reader, const struct job_key *keys,
    const char *name)
{
	struct suggest suggest;

	suggest_init(&suggest, name);
	for (; keys->name != NULL; keys++) {
		if (strcmp(keys->name, name) == 0)
			return 0;
		suggest_offer(&suggest, keys->name);
	}
	(void)key_enter(reader, name);
	return key_refuse(reader, "there is no such key here", &suggest);
}

static int
read_row(struct job_reader *reader, const struct job_key *key,
    const json_t *object, void *base)
{
	json_t *value = json_object_get(object, key->name);
	size_t before;

	if (value == NULL && !key->required)
		return 0;
	before = key_enter(reader, key->name);
	if (value == NULL)
		return key_error(reader, "must be given");
	if (key->read(reader, key, value, (char *)base + key->offset) != 0)
		return -1;
	key_leave(reader, before);
	return 0;
}

int
keys_read(struct job_reader *reader, const struct job_key *keys, json_t *object,
    void *base)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return key_error(reader, "must be an object");
	json_object_foreach(object, name, value)
	{
		if (check_known(reader, keys, name) != 0)
			return -1;
	}
	for (; keys->name != NULL; keys++) {
		if (read_row(reader, keys, object, base) != 0)
			return -1;
	}
	return 0;
}

/* "must have one of file, job, url". */
static int
refuse_variants(struct job_reader *reader, const struct job_variant *variants)
{
	struct buf names = { 0 };
	int status;

	for (size_t i = 0; variants[i].name != NULL; i++)
		buf_add_format(&names, "%s%s", i > 0 ? ", " : "",
		    variants[i].name);
	status = key_error(reader, "must have one of %.*s",
	    SLICE_ARG(buf_slice(&names)));
	buf_release(&names);
	return status;
}

int
key_find_variant(struct job_reader *reader, const struct job_variant *variants,
    const json_t *object, size_t *kind)
{
	size_t count = 0;

	if (!json_is_object(object))
		return key_error(reader, "must be an object");
	for (size_t i = 0; variants[i].name != NULL; i++) {
		if (json_object_get(object, variants[i].name) != NULL) {
			*kind = i;
			count++;
		}
	}
	return count == 1 ? 0 : refuse_variants(reader, variants);
}

void *
key_take(struct job_reader *reader, size_t n, size_t size)
{
	/* n is a count of JSON values, so the product cannot overflow. */
	void *taken = arena_take(reader->arena, n * size);

	memset(taken, 0, n * size);
	return taken;
}

const char *
key_copy(struct job_reader *reader, struct slice text)
{
	return arena_str(reader->arena, text);
}
