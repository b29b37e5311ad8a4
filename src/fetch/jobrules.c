/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobrules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/ascii.h"
#include "base/duration.h"
#include "base/zone.h"
#include "fetch/query.h"

enum { AMOUNT_MOST = 1000000000, STATUS_LEAST = 100, STATUS_MOST = 599 };

void
job_rules_release(struct job *job)
{
	for (size_t i = 0; i < job->limit_count; i++)
		zone_free(job->limits[i].zone);
	for (size_t i = 0; i < job->rule_count; i++) {
		query_free(job->rules[i].query);
		pcre2_code_free(job->rules[i].pattern);
	}
}

/* Steps through the items of a list, each read by a table into its struct of
 * size bytes at array; *count says how many are there to be released. */
static int
read_items(struct job_reader *reader, json_t *list, char *array, size_t size,
    size_t *count,
    int (*read_one)(struct job_reader *reader, json_t *value, void *item))
{
	json_t *value;
	size_t index;

	json_array_foreach(list, index, value)
	{
		size_t before = key_enter_item(reader, index);

		++*count;
		if (read_one(reader, value, array + index * size) != 0)
			return -1;
		key_leave(reader, before);
	}
	return 0;
}

/* "day", or a duration. */
static int
read_per(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct rate_spec *spec = field;

	if (json_is_string(value) &&
	    strcmp(json_string_value(value), "day") == 0) {
		spec->kind = RATE_DAY;
		return 0;
	}
	spec->kind = RATE_PER;
	return key_duration(reader, key, value, &spec->per);
}

static int
read_zone(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	const char *name;

	if (key_plain(reader, key, value, &name) != 0)
		return -1;
	*(struct zone **)field = zone_open(name, reader->err);
	return *(struct zone **)field == NULL ? key_wrap(reader) : 0;
}

#define AT(member) .offset = offsetof(struct rate_spec, member)
#define AMOUNT AT(amount), .min = 1, .max = AMOUNT_MOST

/* The keys of a limit per time, whatever it counts. */
#define PER_TIME(unit)                                                       \
	{ unit, key_int64, AMOUNT },                                         \
	    { "per", read_per, .offset = 0, .min = 10 * DURATION_MS,         \
		    .max = 366 * DURATION_D, .required = true },             \
	    { "burst", key_int64, AT(burst), .min = 1, .max = AMOUNT_MOST }, \
	    { "zone", read_zone, AT(zone) },                                 \
	{                                                                    \
		"reserve", key_int64, AT(reserve), .max = AMOUNT_MOST        \
	}

static const struct job_key request_keys[] = { PER_TIME("requests"), { 0 } };

static const struct job_key unit_keys[] = { PER_TIME("units"), { 0 } };

static const struct job_key concurrent_keys[] = {
	{ "concurrent", key_int64, AMOUNT },
	{ 0 },
};

static const struct job_variant limits[] = {
	{ "requests", request_keys },
	{ "units", unit_keys },
	{ "concurrent", concurrent_keys },
	{ 0 },
};

/* A burst is at most as far ahead as time can be told. */
static int
check_per(struct job_reader *reader, const struct rate_spec *spec)
{
	int64_t interval = spec->per / spec->amount;

	if (spec->zone != NULL)
		return key_error_at(reader, "zone", "goes with \"day\" only");
	if (spec->reserve > 0)
		return key_error_at(reader, "reserve",
		    "goes with \"day\" only");
	if (interval == 0)
		return key_error_at(reader, "per", "is too short for so many");
	if (spec->burst > DURATION_MAX / interval)
		return key_error_at(reader, "burst", "is too large");
	return 0;
}

static int
check_day(struct job_reader *reader, struct rate_spec *spec)
{
	if (spec->burst > 0)
		return key_error_at(reader, "burst",
		    "does not go with \"day\"");
	if (spec->reserve >= spec->amount)
		return key_error_at(reader, "reserve", "leaves nothing");
	if (spec->zone == NULL)
		spec->zone = zone_open("UTC", reader->err);
	return spec->zone == NULL ? key_wrap(reader) : 0;
}

static int
read_limit(struct job_reader *reader, json_t *value, void *item)
{
	struct rate_spec *spec = item;
	size_t kind;

	if (key_find_variant(reader, limits, value, &kind) != 0)
		return -1;
	spec->kind = RATE_CONCURRENT;
	spec->units = limits[kind].keys == unit_keys;
	if (keys_read(reader, limits[kind].keys, value, spec) != 0)
		return -1;
	switch (spec->kind) {
	case RATE_CONCURRENT:
		return 0;
	case RATE_DAY:
		return check_day(reader, spec);
	case RATE_PER:
		if (check_per(reader, spec) != 0)
			return -1;
		if (spec->burst == 0)
			spec->burst = 1;
		return 0;
	}
	return 0;
}

int
read_limits(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct job *job = field;

	(void)key;
	if (!json_is_array(value))
		return key_error(reader, "must be a list");
	job->limits = key_take(reader, json_array_size(value),
	    sizeof(job->limits[0]));
	return read_items(reader, value, (char *)job->limits,
	    sizeof(job->limits[0]), &job->limit_count, read_limit);
}

/* "403", "4xx" or "500-599". */
static bool
read_range(struct slice text, int *low, int *high)
{
	uint64_t from;
	uint64_t to;

	if (text.len == 3 && slice_ends(text, "xx") &&
	    ascii_is_digit(text.ptr[0])) {
		from = (uint64_t)(text.ptr[0] - '0') * 100;
		to = from + 99;
	} else if (text.len == 7 && text.ptr[3] == '-') {
		if (slice_number(slice_head(text, 3), &from) != 0 ||
		    slice_number(slice_from(text, 4), &to) != 0)
			return false;
	} else if (text.len == 3 && slice_number(text, &from) == 0) {
		to = from;
	} else {
		return false;
	}
	*low = (int)from;
	*high = (int)to;
	return from >= STATUS_LEAST && to <= STATUS_MOST && from <= to;
}

static int
read_status(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	struct outcome_rule *rule = field;
	struct buf text = { 0 };
	bool is_range;

	(void)key;
	if (json_is_string(value))
		buf_add_str(&text, json_string_value(value));
	else if (json_is_integer(value))
		buf_add_format(&text, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	is_range = read_range(buf_slice(&text), &rule->status_low,
	    &rule->status_high);
	buf_release(&text);
	if (!is_range)
		return key_error(reader,
		    "must be a status such as 403, \"4xx\" or \"500-599\"");
	return 0;
}

/* Matching is bounded where it is done (outcome.h). */
static int
read_match(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	PCRE2_UCHAR why[128];
	PCRE2_SIZE at;
	pcre2_code *code;
	int number;

	(void)key;
	if (!json_is_string(value))
		return key_error(reader, "must be a pattern, a string");
	code = pcre2_compile((PCRE2_SPTR)json_string_value(value),
	    json_string_length(value), 0, &number, &at, NULL);
	if (code == NULL) {
		(void)pcre2_get_error_message(number, why, sizeof(why));
		return key_error(reader, "at its byte %zu: %s", at + 1,
		    (const char *)why);
	}
	/* Where memory that can be run is refused, it is interpreted. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	*(pcre2_code **)field = code;
	return 0;
}

static int
read_class(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	static const char *const classes[] = { "good", "retry", "throttle",
		"quota", "auth", "gone", "permanent", "parse", NULL };
	int index = key_find_word(reader, value, classes);

	(void)key;
	if (index < 0)
		return -1;
	if (!outcome_find(classes[index], field))
		return key_error(reader, "is no class");
	return 0;
}

#undef AT
#define AT(member) .offset = offsetof(struct outcome_rule, member)

static const struct job_key rule_keys[] = {
	{ "status", read_status, .offset = 0 },
	{ "jq", key_query, AT(query) },
	{ "match", read_match, AT(pattern) },
	{ "class", read_class, AT(outcome), .required = true },
	{ 0 },
};

static int
read_rule(struct job_reader *reader, json_t *value, void *item)
{
	const struct outcome_rule *rule = item;

	if (keys_read(reader, rule_keys, value, item) != 0)
		return -1;
	if (rule->status_low == 0 && rule->query == NULL &&
	    rule->pattern == NULL)
		return key_error(reader,
		    "must have one of status, jq, match at least");
	return 0;
}

int
read_classify(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field)
{
	struct job *job = field;

	(void)key;
	if (!json_is_array(value))
		return key_error(reader, "must be a list");
	job->rules = key_take(reader, json_array_size(value),
	    sizeof(job->rules[0]));
	return read_items(reader, value, (char *)job->rules,
	    sizeof(job->rules[0]), &job->rule_count, read_rule);
}
