/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/preset.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "scan/reader.h"

enum { TEXT_MOST = 64 * 1024, PRIORITY_MOST = 1000 };

static const char *const reader_keys[] = { "summary", "aliases", "priority",
	"reader", "stamp", NULL };
static const char *const family_keys[] = { "summary", "aliases", "priority",
	"any", NULL };
static const char *const repeatable_keys[] = { "pattern", "map", NULL };

const struct preset_value *
preset_next(const struct preset *preset, const char *key,
    const struct preset_value *last)
{
	size_t i = last == NULL ? 0 : (size_t)(last - preset->values) + 1;

	for (; i < preset->count; i++) {
		if (strcmp(preset->values[i].key, key) == 0)
			return &preset->values[i];
	}
	return NULL;
}

const char *
preset_get(const struct preset *preset, const char *key)
{
	const struct preset_value *value = preset_next(preset, key, NULL);

	return value == NULL ? NULL : value->value;
}

bool
preset_word(struct slice *list, struct slice *word)
{
	size_t len = 0;

	*list = slice_trim(*list);
	while (
	    len < list->len && list->ptr[len] != ' ' && list->ptr[len] != '\t')
		len++;
	*word = slice_head(*list, len);
	*list = slice_from(*list, len);
	return len > 0;
}

static void
add_value(struct preset *preset, struct slice key, struct slice value,
    unsigned line)
{
	struct preset_value *added;

	xgrow(&preset->values, &preset->room, preset->count + 1,
	    sizeof(preset->values[0]));
	added = &preset->values[preset->count++];
	added->key = xmemdup(key.ptr, key.len);
	added->value = xmemdup(value.ptr, value.len);
	added->line = line;
}

/* Quotes keep blanks at the ends; within them nothing is special. */
static struct slice
unquote(struct slice value)
{
	if (value.len >= 2 && value.ptr[0] == '"' &&
	    value.ptr[value.len - 1] == '"')
		return slice_make(value.ptr + 1, value.len - 2);
	return value;
}

static int
parse_line(struct preset *preset, struct slice line, unsigned number,
    struct err *err)
{
	const char *equals;
	struct slice key;
	struct slice value;

	line = slice_trim(line);
	if (line.len == 0 || line.ptr[0] == '#')
		return 0;
	equals = slice_chr(line, '=');
	if (equals == NULL)
		return err_set(err, "line %u: not 'key = value'", number);
	key = slice_trim(slice_between(line.ptr, equals));
	value = slice_trim(slice_between(equals + 1, line.ptr + line.len));
	if (value.len == 0)
		return err_set(err, "line %u: '%.*s' has no value", number,
		    SLICE_ARG(slice_head(key, 64)));
	add_value(preset, key, unquote(value), number);
	return 0;
}

static int
parse(struct preset *preset, struct slice text, struct err *err)
{
	unsigned number = 1;
	struct slice line;

	if (text.len > TEXT_MOST)
		return err_set(err, "longer than 64 KiB");
	if (slice_chr(text, '\0') != NULL)
		return err_set(err, "holds a NUL byte");
	for (; slice_cut(&text, '\n', &line); number++) {
		if (parse_line(preset, line, number, err) != 0)
			return -1;
	}
	return 0;
}

/* Sets "line 3: unknown WHAT 'word'; did you mean NEAREST?". */
static int
unknown(struct err *err, unsigned line, const char *what,
    const struct suggest *suggest)
{
	const char *nearest = suggest_nearest(suggest);

	if (nearest == NULL)
		return err_set(err, "line %u: unknown %s '%.64s'", line, what,
		    suggest->word);
	return err_set(err, "line %u: unknown %s '%.64s'; did you mean %s?",
	    line, what, suggest->word, nearest);
}

static bool
is_among(const char *const *keys, const char *key)
{
	for (; keys != NULL && *keys != NULL; keys++)
		if (strcmp(*keys, key) == 0)
			return true;
	return false;
}

static int
unknown_key(const struct preset_value *value, const char *const *keys,
    const char *const *more, struct err *err)
{
	struct suggest suggest;

	suggest_init(&suggest, value->key);
	for (; *keys != NULL; keys++)
		suggest_offer(&suggest, *keys);
	for (; more != NULL && *more != NULL; more++)
		suggest_offer(&suggest, *more);
	return unknown(err, value->line, "key", &suggest);
}

static int
check_key(const struct preset *preset, const struct preset_value *value,
    struct err *err)
{
	bool is_family = preset->reader == NULL;
	const char *const *keys = is_family ? family_keys : reader_keys;
	const char *const *more = is_family ? NULL : preset->reader->keys;

	if (!is_among(keys, value->key) && !is_among(more, value->key))
		return unknown_key(value, keys, more, err);
	if (preset_next(preset, value->key, NULL) != value &&
	    !is_among(repeatable_keys, value->key))
		return err_set(err, "line %u: '%s' stands there already",
		    value->line, value->key);
	return 0;
}

static int
find_reader(struct preset *preset, struct err *err)
{
	const struct preset_value *family = preset_next(preset, "any", NULL);
	const struct preset_value *reader = preset_next(preset, "reader", NULL);
	const struct reader_type *type;
	struct suggest suggest;

	if (family == NULL && reader == NULL)
		return err_set(err, "says neither 'reader' nor 'any'");
	if (family != NULL && reader != NULL)
		return err_set(err, "line %u: a family has no reader",
		    reader->line);
	if (reader == NULL)
		return 0;
	preset->reader = reader_type_find(reader->value);
	if (preset->reader != NULL)
		return 0;
	suggest_init(&suggest, reader->value);
	for (size_t n = 0; (type = reader_type_at(n)) != NULL; n++)
		suggest_offer(&suggest, type->name);
	return unknown(err, reader->line, "reader", &suggest);
}

static int
read_priority(struct preset *preset, struct err *err)
{
	const struct preset_value *value = preset_next(preset, "priority",
	    NULL);
	uint64_t number;

	if (value == NULL)
		return 0;
	if (slice_number(slice_str(value->value), &number) != 0 ||
	    number > PRIORITY_MOST)
		return err_set(err, "line %u: priority is a number up to %d",
		    value->line, PRIORITY_MOST);
	preset->priority = (unsigned)number;
	return 0;
}

static int
fill(struct preset *preset, struct slice text, struct err *err)
{
	if (parse(preset, text, err) != 0 || find_reader(preset, err) != 0)
		return -1;
	for (size_t i = 0; i < preset->count; i++) {
		if (check_key(preset, &preset->values[i], err) != 0)
			return -1;
	}
	if (read_priority(preset, err) != 0)
		return -1;
	if (preset->reader == NULL || preset->reader->prepare == NULL)
		return 0;
	return preset->reader->prepare(preset, err);
}

struct preset *
preset_new(const char *name, const char *origin, struct slice text,
    struct err *err)
{
	struct preset *preset = xcalloc(1, sizeof(*preset));

	preset->name = xstrdup(name);
	preset->origin = xstrdup(origin);
	if (fill(preset, text, err) == 0)
		return preset;
	(void)err_wrap(err, "%s", origin);
	preset_free(preset);
	return NULL;
}

void
preset_choose(const struct preset *preset)
{
	if (preset != NULL && preset->reader != NULL &&
	    preset->reader->choose != NULL)
		preset->reader->choose(preset->prepared);
}

void
preset_free(struct preset *preset)
{
	if (preset == NULL)
		return;
	if (preset->prepared != NULL && preset->reader->unprepare != NULL)
		preset->reader->unprepare(preset->prepared);
	for (size_t i = 0; i < preset->count; i++) {
		free(preset->values[i].key);
		free(preset->values[i].value);
	}
	free(preset->values);
	free(preset->name);
	free(preset->origin);
	free(preset);
}
