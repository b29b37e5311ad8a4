/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobsettings.h"

#include "base/duration.h"

enum { ATTEMPTS_MOST = 1000, FACTOR_MOST = 100 };

void
job_cache_defaults(struct job_cache *cache)
{
	*cache = (struct job_cache){
		.ttl = 20 * DURATION_H,
		.obey = true,
		.stale_if_error = 7 * DURATION_D,
		.absent_is_gone = true,
		.negative_ttl = 7 * DURATION_D,
	};
}

static int
read_jitter(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	static const char *const words[] = { "full", "equal", "none", NULL };
	static const enum retry_jitter jitters[] = { JITTER_FULL, JITTER_EQUAL,
		JITTER_NONE };
	int index = key_find_word(reader, value, words);

	(void)key;
	if (index < 0)
		return -1;
	*(enum retry_jitter *)field = jitters[index];
	return 0;
}

/* A double, min to max. */
static int
read_factor(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	double factor = json_number_value(value);

	if (!json_is_number(value))
		return key_error(reader, "must be a number");
	if (factor < (double)key->min || factor > (double)key->max)
		return key_error(reader, "must be at least %d, at most %d",
		    (int)key->min, (int)key->max);
	*(double *)field = factor;
	return 0;
}

static const char *const absents[] = { "gone", "fail", NULL };
static const char *const cache_controls[] = { "obey", "ignore", NULL };

#define AT(member) .offset = offsetof(struct retry_policy, member)

static const struct job_key retry_keys[] = {
	{ "max_attempts", key_unsigned, AT(max_attempts), .min = 1,
	    .max = ATTEMPTS_MOST },
	{ "backoff", key_duration, AT(backoff), .max = DURATION_MAX },
	{ "factor", read_factor, AT(factor), .min = 1, .max = FACTOR_MOST },
	{ "max_backoff", key_duration, AT(max_backoff), .max = DURATION_MAX },
	{ "jitter", read_jitter, AT(jitter) },
	{ "max_retry_after", key_duration, AT(max_retry_after),
	    .max = DURATION_MAX },
	{ "max_wait", key_duration, AT(max_wait), .max = DURATION_MAX },
	{ 0 },
};

#undef AT
#define AT(member) .offset = offsetof(struct job_cache, member)

static const struct job_key cache_keys[] = {
	{ "ttl", key_duration, AT(ttl), .max = DURATION_MAX },
	{ "stale_if_error", key_duration, AT(stale_if_error),
	    .max = DURATION_MAX },
	{ "absent", key_is_first, AT(absent_is_gone), .words = absents },
	{ "negative_ttl", key_duration, AT(negative_ttl), .max = DURATION_MAX },
	{ "cache_control", key_is_first, AT(obey), .words = cache_controls },
	{ 0 },
};

#undef AT
#define AT(member) .offset = offsetof(struct job_tls, member)

static const struct job_key tls_keys[] = {
	{ "ca", key_path, AT(ca) },
	{ "cert", key_path, AT(cert) },
	{ "key", key_path, AT(key) },
	{ "password", key_string, AT(password) },
	{ 0 },
};

int
read_retry(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	(void)key;
	return keys_read(reader, retry_keys, value, field);
}

int
read_cache(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	(void)key;
	return keys_read(reader, cache_keys, value, field);
}

int
read_tls(struct job_reader *reader, const struct job_key *key, json_t *value,
    void *field)
{
	const struct job_tls *tls = field;

	(void)key;
	if (keys_read(reader, tls_keys, value, field) != 0)
		return -1;
	if ((tls->cert == NULL) != (tls->key == NULL))
		return key_error(reader,
		    "must have both of cert and key, or neither");
	return 0;
}
