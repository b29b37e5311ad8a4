/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobvalues.h"

#include <inttypes.h>

#include "base/duration.h"
#include "base/suggest.h"
#include "fetch/origin.h"
#include "fetch/query.h"

bool
key_slice(struct job_reader *reader, const json_t *value, struct slice *text)
{
	if (!json_is_string(value)) {
		(void)key_error(reader, "must be a string");
		return false;
	}
	*text = slice_make(json_string_value(value), json_string_length(value));
	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->ptr[i];

		if (c < 0x20 || c == 0x7f) {
			(void)key_error(reader,
			    "must not hold control characters");
			return false;
		}
	}
	return true;
}

int
key_plain(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct slice text;

	(void)key;
	if (!key_slice(reader, value, &text))
		return -1;
	if (text.len == 0)
		return key_error(reader, "must not be empty");
	*(const char **)field = key_copy(reader, text);
	return 0;
}

/* Puts the secrets in. */
static int
expand(struct job_reader *reader, json_t *value, struct buf *text)
{
	struct slice raw;

	if (!key_slice(reader, value, &raw))
		return -1;
	if (raw.len == 0)
		return key_error(reader, "must not be empty");
	if (secrets_expand(reader->secrets, raw, text, NULL, reader->err) != 0)
		return key_wrap(reader);
	return 0;
}

int
key_string(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct buf text = { 0 };
	int status = expand(reader, value, &text);

	(void)key;
	if (status == 0)
		*(const char **)field = key_copy(reader, buf_slice(&text));
	buf_release(&text);
	return status;
}

int
key_path(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct buf path = { 0 };
	struct buf text = { 0 };
	int status = expand(reader, value, &text);

	(void)key;
	if (status == 0 && !slice_starts(buf_slice(&text), "/") &&
	    !slice_is(buf_slice(&text), "-"))
		buf_add(&path, reader->folder);
	buf_add(&path, buf_slice(&text));
	if (status == 0)
		*(const char **)field = key_copy(reader, buf_slice(&path));
	buf_release(&path);
	buf_release(&text);
	return status;
}

int
key_name(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	if (key_plain(reader, key, value, field) != 0)
		return -1;
	if (!job_name_is_valid(*(const char **)field))
		return key_error(reader,
		    "must be at most 64 letters, digits, '.', '_' and '-', "
		    "none of '.' and '-' first");
	return 0;
}

int
key_url(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	char origin[ORIGIN_MAX];

	if (key_string(reader, key, value, field) != 0)
		return -1;
	if (origin_of(*(const char **)field, origin, reader->err) != 0)
		return key_wrap(reader);
	return 0;
}

int
key_list(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	size_t count = json_array_size(value);
	const char **list;

	if (count == 0)
		return key_error(reader, "must be a list of strings");
	list = key_take(reader, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		size_t before = key_enter_item(reader, i);

		if (key_plain(reader, key, json_array_get(value, i),
			&list[i]) != 0)
			return -1;
		key_leave(reader, before);
	}
	*(const char *const **)field = list;
	return 0;
}

int
key_bool(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	(void)key;
	if (!json_is_boolean(value))
		return key_error(reader, "must be true or false");
	*(bool *)field = json_is_true(value);
	return 0;
}

int
key_find_word(struct job_reader *reader, const json_t *value,
    const char *const *words)
{
	struct suggest suggest;
	struct slice text;

	if (!key_slice(reader, value, &text))
		return -1;
	suggest_init(&suggest, text.ptr);
	for (int i = 0; words[i] != NULL; i++) {
		if (slice_is(text, words[i]))
			return i;
		suggest_offer(&suggest, words[i]);
	}
	return key_refuse(reader, "is no word that is known here", &suggest);
}

int
key_is_first(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field)
{
	int index = key_find_word(reader, value, key->words);

	if (index < 0)
		return -1;
	*(bool *)field = index == 0;
	return 0;
}

static int
check_bounds(struct job_reader *reader, const struct job_key *key,
    int64_t number)
{
	if (number < key->min)
		return key_error(reader, "must be at least %" PRId64, key->min);
	if (number > key->max)
		return key_error(reader, "must be at most %" PRId64, key->max);
	return 0;
}

int
key_int64(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	int64_t number;

	if (!json_is_integer(value))
		return key_error(reader, "must be a whole number");
	number = json_integer_value(value);
	if (check_bounds(reader, key, number) != 0)
		return -1;
	*(int64_t *)field = number;
	return 0;
}

int
key_size(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	int64_t number = 0;

	if (key_int64(reader, key, value, &number) != 0)
		return -1;
	*(size_t *)field = (size_t)number;
	return 0;
}

int
key_unsigned(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field)
{
	int64_t number = 0;

	if (key_int64(reader, key, value, &number) != 0)
		return -1;
	*(unsigned *)field = (unsigned)number;
	return 0;
}

/* "16M" and the like; K, M and G are powers of 1024. */
static bool
read_bytes(struct slice text, int64_t *bytes)
{
	static const char units[] = "KMG";
	const char *unit;
	uint64_t number;

	if (text.len < 2 || text.len > 12)
		return false;
	unit = strchr(units, text.ptr[text.len - 1]);
	if (unit == NULL ||
	    slice_number(slice_head(text, text.len - 1), &number) != 0)
		return false;
	for (const char *at = units; at <= unit; at++)
		number *= 1024;
	*bytes = number > INT64_MAX ? INT64_MAX : (int64_t)number;
	return true;
}

int
key_bytes(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct slice text;
	int64_t bytes;

	if (!json_is_string(value))
		return key_size(reader, key, value, field);
	text = slice_make(json_string_value(value), json_string_length(value));
	if (!read_bytes(text, &bytes))
		return key_error(reader,
		    "must be a number of bytes, or one with K, M or G as "
		    "\"16M\"");
	if (check_bounds(reader, key, bytes) != 0)
		return -1;
	*(size_t *)field = (size_t)bytes;
	return 0;
}

int
key_duration(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field)
{
	char text[DURATION_TEXT];
	int64_t duration;

	if (!json_is_string(value) ||
	    !duration_read(slice_make(json_string_value(value),
			       json_string_length(value)),
		&duration))
		return key_error(reader,
		    "must be a duration such as \"1.5s\", \"20h\", \"7d\"");
	if (duration < key->min)
		return key_error(reader, "must be at least %s",
		    duration_text(key->min, text));
	if (duration > key->max)
		return key_error(reader, "must be at most %s",
		    duration_text(key->max, text));
	*(int64_t *)field = duration;
	return 0;
}

static int
read_query(struct job_reader *reader, json_t *value, struct query **field,
    struct query *(*compile)(const char *expression, struct err *err))
{
	if (!json_is_string(value))
		return key_error(reader, "must be a jq expression, a string");
	*field = compile(json_string_value(value), reader->err);
	return *field == NULL ? key_wrap(reader) : 0;
}

int
key_query(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	(void)key;
	return read_query(reader, value, field, query_new);
}

int
key_query_parts(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field)
{
	(void)key;
	return read_query(reader, value, field, query_new_parts);
}

int
key_object(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	return keys_read(reader, key->members, value, field);
}
