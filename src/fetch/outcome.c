/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/msg.h"
#include "fetch/header.h"
#include "fetch/query.h"

/* So far bodies are searched, by patterns and for reasons. */
enum { SEARCHED = 64 * 1024 };

/* Where a pattern gives up (pcre2_set_match_limit). The limit holds for each
 * place where a match may start, of which there are many here: at ten times as
 * much, "\s+$" on a body of blanks takes 20 s without JIT. */
enum { MATCH_LIMIT = 10000 };

/* What is shown of an expression, and of a word of the answer. */
enum { SHOWN = 60 };

static const char *const names[] = {
	[OUTCOME_GOOD] = "good",
	[OUTCOME_RETRY] = "retry",
	[OUTCOME_THROTTLE] = "throttle",
	[OUTCOME_QUOTA] = "quota",
	[OUTCOME_AUTH] = "auth",
	[OUTCOME_GONE] = "gone",
	[OUTCOME_PERMANENT] = "permanent",
	[OUTCOME_PARSE] = "parse",
};

/* Of Google's APIs, older and newer ones, with what they mean for a 403. That a
 * resource is exhausted is said of rates as of quotas, so it is not believed to
 * last until tomorrow. */
static const struct reason {
	const char *word;
	enum outcome outcome;
} reasons[] = {
	{ "rateLimitExceeded", OUTCOME_THROTTLE },
	{ "userRateLimitExceeded", OUTCOME_THROTTLE },
	{ "quotaExceeded", OUTCOME_QUOTA },
	{ "dailyLimitExceeded", OUTCOME_QUOTA },
	{ "RATE_LIMIT_EXCEEDED", OUTCOME_THROTTLE },
	{ "RESOURCE_EXHAUSTED", OUTCOME_THROTTLE },
	{ "QUOTA_EXCEEDED", OUTCOME_QUOTA },
	{ NULL, OUTCOME_PERMANENT },
};

/* An answer that is being judged. */
struct answer {
	const struct outcome_input *input;
	struct slice start;        /* of the body */
	struct query_value *value; /* of the body, for all expressions */
	bool parsed;               /* value is NULL if the body is no JSON */
	struct outcome_result *result;
};

const char *
outcome_name(enum outcome outcome)
{
	return names[outcome];
}

bool
outcome_find(const char *name, enum outcome *outcome)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			*outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}

/* Adds to the cause; what does not fit is cut. */
static void __attribute__((format(printf, 2, 3)))
say(const struct answer *answer, const char *format, ...)
{
	char *cause = answer->result->cause;
	size_t used = strlen(cause);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(cause + used, sizeof(answer->result->cause) - used,
	    format, args);
	va_end(args);
}

/* Adds an expression on one line, shortened at the end of a character. */
static void
say_query(const struct answer *answer, const struct query *query)
{
	struct slice text = slice_str(query_text(query));
	struct buf visible = { 0 };
	size_t len = 0;

	while (len < text.len) {
		size_t n = utf8_length(slice_from(text, len));

		if (n == 0)
			n = 1;
		if (len + n > SHOWN)
			break;
		len += n;
	}
	buf_add_visible(&visible, slice_head(text, len));
	say(answer, "%.*s%s", SLICE_ARG(buf_slice(&visible)),
	    len < text.len ? "..." : "");
	buf_release(&visible);
}

/* 1, 0, or -1 where the expression fails on the body, or it is no JSON. */
static int
query_holds(struct answer *answer, struct query *query)
{
	struct err err;

	if (!answer->parsed)
		answer->value = query_parse(answer->input->body, &err);
	answer->parsed = true;
	if (answer->value == NULL)
		return -1;
	return query_is_true(query, answer->value, &err);
}

static void *
checked(void *ptr)
{
	if (ptr == NULL)
		msg_out_of_memory();
	return ptr;
}

/* A match that is given up is none. */
static bool
pattern_holds(const struct answer *answer, const pcre2_code *pattern)
{
	struct slice text = answer->start;
	pcre2_match_context *context;
	pcre2_match_data *data;
	int status;

	context = checked(pcre2_match_context_create(NULL));
	data = checked(pcre2_match_data_create_from_pattern(pattern, NULL));
	(void)pcre2_set_match_limit(context, MATCH_LIMIT);
	status = pcre2_match(pattern,
	    (PCRE2_SPTR)(text.len == 0 ? "" : text.ptr), text.len, 0, 0, data,
	    context);
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	return status >= 0;
}

static bool
rule_holds(struct answer *answer, const struct outcome_rule *rule)
{
	int status = answer->input->status;

	if (rule->status_high != 0 &&
	    (status < rule->status_low || status > rule->status_high))
		return false;
	if (rule->pattern != NULL && !pattern_holds(answer, rule->pattern))
		return false;
	return rule->query == NULL || query_holds(answer, rule->query) == 1;
}

static bool
find_rule(struct answer *answer, const struct outcome_rule *rules,
    size_t rule_count)
{
	for (size_t i = 0; i < rule_count; i++) {
		if (!rule_holds(answer, &rules[i]))
			continue;
		answer->result->outcome = rules[i].outcome;
		say(answer, ", %s by rule %zu of classify",
		    outcome_name(rules[i].outcome), i + 1);
		return true;
	}
	return false;
}

/* Whether text is one of those words that are shown: what a server sends is
 * not to be trusted with a log. */
static bool
is_word(struct slice text, const char *others)
{
	if (text.len == 0 || text.len > SHOWN)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.ptr[i]) &&
		    (text.ptr[i] == '\0' ||
			strchr(others, text.ptr[i]) == NULL))
			return false;
	return true;
}

static const struct reason *
reason_of(struct slice word)
{
	const struct reason *reason = reasons;

	while (reason->word != NULL && !slice_is(word, reason->word))
		reason++;
	return reason;
}

/* What may be a reason: into word goes the first, or the first that we know
 * where there is one. */
static void
take_reason(const struct json_value *value, struct slice *word)
{
	struct slice text;

	if (value->kind != JSON_STRING || reason_of(*word)->word != NULL)
		return;
	text = slice_make(value->raw.ptr + 1, value->raw.len - 2);
	if (is_word(text, "_-") &&
	    (word->len == 0 || reason_of(text)->word != NULL))
		*word = text;
}

static void
take_reasons(struct slice body, const char *pointer, struct slice *word)
{
	struct json_value items;
	struct json_value item;
	struct json_value value;

	if (!json_pointer(body, pointer, &items))
		return;
	while (json_next_item(&items.raw, &item))
		if (json_member(item.raw, "reason", &value))
			take_reason(&value, word);
}

/* A word of an error, or nothing. */
static struct slice
find_reason(struct slice body)
{
	struct slice word = { NULL, 0 };
	struct json_value status;

	take_reasons(body, "/error/errors", &word);
	take_reasons(body, "/error/details", &word);
	if (json_pointer(body, "/error/status", &status))
		take_reason(&status, &word);
	return word;
}

/* Whether the header says that we are to come back later. */
static bool
is_slowed(const struct answer *answer)
{
	const struct hint *hint = &answer->result->hint;

	return hint->retry_after >= 0 || hint->remaining == 0;
}

/* What a 403 means; the reason is said already. */
static enum outcome
outcome_of_403(const struct answer *answer, const struct reason *reason)
{
	if (is_slowed(answer))
		return OUTCOME_THROTTLE;
	if (slice_find(answer->start, "secondary rate limit") == NULL)
		return reason->outcome;
	say(answer, " secondary rate limit");
	return OUTCOME_THROTTLE;
}

static enum outcome
outcome_of_429(const struct answer *answer, const struct reason *reason)
{
	return reason->outcome == OUTCOME_QUOTA && !is_slowed(answer) ?
	    OUTCOME_QUOTA :
	    OUTCOME_THROTTLE;
}

static enum outcome
outcome_of_status(const struct answer *answer, const struct reason *reason)
{
	int status = answer->input->status;

	switch (status) {
	case 401:
		return OUTCOME_AUTH;
	case 403:
		return outcome_of_403(answer, reason);
	case 404:
	case 410:
		return OUTCOME_GONE;
	case 429:
		return outcome_of_429(answer, reason);
	case 503:
		return answer->result->hint.retry_after >= 0 ?
		    OUTCOME_THROTTLE :
		    OUTCOME_RETRY;
	case 408:
	case 425:
		return OUTCOME_RETRY;
	case 501:
	case 505:
		return OUTCOME_PERMANENT;
	default:
		return status >= 500 && status <= 599 ? OUTCOME_RETRY :
							OUTCOME_PERMANENT;
	}
}

static enum outcome
judge_error(const struct answer *answer)
{
	struct slice word = find_reason(answer->start);

	if (word.len > 0)
		say(answer, " %.*s", SLICE_ARG(word));
	return outcome_of_status(answer, reason_of(word));
}

static bool
has_type(const struct answer *answer, const char *type)
{
	struct slice value = { NULL, 0 };

	(void)header_find(answer->input->header, "Content-Type", &value);
	value = header_head(value);
	if (slice_is_nocase(value, type))
		return true;
	if (value.len == 0)
		say(answer, ", but without a type, not %s", type);
	else if (is_word(value, "!#$&^_.+-/"))
		say(answer, ", but the type is %.*s, not %s", SLICE_ARG(value),
		    type);
	else
		say(answer, ", but the type is not %s", type);
	return false;
}

static bool
is_json_type(const char *type)
{
	struct slice text = slice_str(type);

	if (slice_is_nocase(text, "application/json"))
		return true;
	return text.len > 5 &&
	    slice_is_nocase(slice_from(text, text.len - 5), "+json");
}

static bool
is_true(struct answer *answer, struct query *query)
{
	int status = query_holds(answer, query);

	if (status == 1)
		return true;
	if (answer->value == NULL) {
		say(answer, ", but the body is no JSON");
		return false;
	}
	say(answer, ", but ");
	say_query(answer, query);
	/* The error's text may hold parts of the body. */
	say(answer, status == 0 ? " is null or false" : " fails on it");
	return false;
}

static bool
is_as_expected(struct answer *answer, const struct outcome_expect *expect)
{
	if (expect->type != NULL && !has_type(answer, expect->type))
		return false;
	if (expect->query != NULL)
		return is_true(answer, expect->query);
	if (expect->type != NULL && is_json_type(expect->type) &&
	    !json_add_compact(NULL, answer->input->body)) {
		say(answer, ", but the body is no JSON");
		return false;
	}
	return true;
}

static enum outcome
judge(struct answer *answer, const struct outcome_expect *expect)
{
	int status = answer->input->status;

	if (status == 304 && answer->input->conditional)
		return OUTCOME_GOOD;
	if (status < 200 || status > 299)
		return judge_error(answer);
	return is_as_expected(answer, expect) ? OUTCOME_GOOD : OUTCOME_PARSE;
}

static enum outcome
judge_trouble(enum outcome_trouble trouble)
{
	switch (trouble) {
	case TROUBLE_CERT:
	case TROUBLE_TOO_LARGE:
	case TROUBLE_REFUSED:
		return OUTCOME_PERMANENT;
	case TROUBLE_BROKEN:
		return OUTCOME_PARSE;
	case TROUBLE_NONE:
	case TROUBLE_RESOLVE:
	case TROUBLE_CONNECT:
	case TROUBLE_TIMEOUT:
	case TROUBLE_CUT:
	case TROUBLE_TLS:
	case TROUBLE_PROXY:
		break;
	}
	return OUTCOME_RETRY;
}

void
outcome_decide(const struct outcome_rule *rules, size_t rule_count,
    const struct outcome_expect *expect, const struct outcome_input *input,
    int64_t max_wait, struct outcome_result *result)
{
	struct answer answer = { .input = input,
		.start = slice_head(input->body, SEARCHED),
		.result = result };

	result->cause[0] = '\0';
	hint_read(input->header, input->now, max_wait, &result->hint);
	if (input->trouble != TROUBLE_NONE) {
		say(&answer, "%s", input->trouble_text);
		result->outcome = judge_trouble(input->trouble);
		return;
	}
	say(&answer, "HTTP %d", input->status);
	if (!find_rule(&answer, rules, rule_count))
		result->outcome = judge(&answer, expect);
	query_value_free(answer.value);
}
