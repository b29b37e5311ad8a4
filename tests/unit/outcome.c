/* SPDX-License-Identifier: MIT */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "fetch/outcome.h"
#include "fetch/query.h"

#include "tap.h"

#define JSON_HEADER "Content-Type: application/json; charset=utf-8\r\n"

static const struct outcome_expect anything = { NULL, NULL };

static struct outcome_result
decide(const struct outcome_expect *expect, int status, const char *header,
    const char *body)
{
	struct outcome_input input = { .status = status,
		.header = slice_str(header),
		.body = slice_str(body),
		.now = DURATION_D };
	struct outcome_result result;

	outcome_decide(NULL, 0, expect, &input, DURATION_H, &result);
	return result;
}

static void
check_result(const struct outcome_result *result, enum outcome outcome,
    const char *cause)
{
	CHECK_STR(outcome_name(result->outcome), outcome_name(outcome));
	CHECK_STR(result->cause, cause);
}

static void
check_error(int status, const char *header, const char *body,
    enum outcome outcome, const char *cause)
{
	struct outcome_result result = decide(&anything, status, header, body);

	check_result(&result, outcome, cause);
}

static struct query *
must_compile(const char *expression)
{
	struct err err;
	struct query *query = query_new(expression, &err);

	if (query == NULL) {
		printf("# %s\n", err.text);
		abort();
	}
	return query;
}

static void
has_names(void)
{
	enum outcome outcome = OUTCOME_GOOD;

	for (int i = OUTCOME_GOOD; i <= OUTCOME_PARSE; i++) {
		CHECK(outcome_find(outcome_name((enum outcome)i), &outcome));
		CHECK_INT(outcome, i);
	}
	CHECK_STR(outcome_name(OUTCOME_THROTTLE), "throttle");
	CHECK(!outcome_find("Retry", &outcome));
	CHECK(!outcome_find("", &outcome));
}

static void
judges_troubles(void)
{
	static const struct {
		enum outcome_trouble trouble;
		enum outcome outcome;
	} table[] = {
		{ TROUBLE_RESOLVE, OUTCOME_RETRY },
		{ TROUBLE_CONNECT, OUTCOME_RETRY },
		{ TROUBLE_TIMEOUT, OUTCOME_RETRY },
		{ TROUBLE_CUT, OUTCOME_RETRY },
		{ TROUBLE_TLS, OUTCOME_RETRY },
		{ TROUBLE_PROXY, OUTCOME_RETRY },
		{ TROUBLE_CERT, OUTCOME_PERMANENT },
		{ TROUBLE_TOO_LARGE, OUTCOME_PERMANENT },
		{ TROUBLE_REFUSED, OUTCOME_PERMANENT },
		{ TROUBLE_BROKEN, OUTCOME_PARSE },
		{ TROUBLE_NONE, OUTCOME_GOOD },
	};
	static const struct outcome_rule rule = { .outcome = OUTCOME_GONE };
	struct outcome_result result;

	for (size_t i = 0; table[i].trouble != TROUBLE_NONE; i++) {
		struct outcome_input input = { .trouble = table[i].trouble,
			.trouble_text = "timed out after 30s" };

		outcome_decide(&rule, 1, &anything, &input, DURATION_H,
		    &result);
		check_result(&result, table[i].outcome, "timed out after 30s");
	}
}

static void
judges_statuses(void)
{
	static const struct {
		int status;
		enum outcome outcome;
	} table[] = {
		{ 100, OUTCOME_PERMANENT },
		{ 199, OUTCOME_PERMANENT },
		{ 200, OUTCOME_GOOD },
		{ 204, OUTCOME_GOOD },
		{ 299, OUTCOME_GOOD },
		{ 301, OUTCOME_PERMANENT },
		{ 304, OUTCOME_PERMANENT },
		{ 400, OUTCOME_PERMANENT },
		{ 401, OUTCOME_AUTH },
		{ 403, OUTCOME_PERMANENT },
		{ 404, OUTCOME_GONE },
		{ 407, OUTCOME_PERMANENT },
		{ 408, OUTCOME_RETRY },
		{ 409, OUTCOME_PERMANENT },
		{ 410, OUTCOME_GONE },
		{ 425, OUTCOME_RETRY },
		{ 429, OUTCOME_THROTTLE },
		{ 500, OUTCOME_RETRY },
		{ 501, OUTCOME_PERMANENT },
		{ 502, OUTCOME_RETRY },
		{ 503, OUTCOME_RETRY },
		{ 504, OUTCOME_RETRY },
		{ 505, OUTCOME_PERMANENT },
		{ 599, OUTCOME_RETRY },
		{ 600, OUTCOME_PERMANENT },
		{ 999, OUTCOME_PERMANENT },
		{ 0, OUTCOME_PERMANENT },
	};
	char cause[20];

	for (size_t i = 0; table[i].status != 0; i++) {
		(void)snprintf(cause, sizeof(cause), "HTTP %d",
		    table[i].status);
		check_error(table[i].status, "", "", table[i].outcome, cause);
	}
}

static void
takes_not_modified(void)
{
	struct outcome_input input = { .status = 304, .conditional = true };
	struct outcome_expect expect = { "application/json", NULL };
	struct outcome_result result;

	outcome_decide(NULL, 0, &expect, &input, DURATION_H, &result);
	check_result(&result, OUTCOME_GOOD, "HTTP 304");
}

static void
sees_throttles(void)
{
	struct outcome_result result = decide(&anything, 503,
	    "Retry-After: 7200\r\n", "");

	check_result(&result, OUTCOME_THROTTLE, "HTTP 503");
	CHECK_INT(result.hint.retry_after, DURATION_H);
	check_error(503, "Retry-After: -1\r\n", "", OUTCOME_RETRY, "HTTP 503");
	check_error(500, "Retry-After: 5\r\n", "", OUTCOME_RETRY, "HTTP 500");
	check_error(403, "Retry-After: 0\r\n", "", OUTCOME_THROTTLE,
	    "HTTP 403");
	check_error(403, "X-RateLimit-Remaining: 0\r\n", "", OUTCOME_THROTTLE,
	    "HTTP 403");
	check_error(403, "X-RateLimit-Remaining: 1\r\n", "", OUTCOME_PERMANENT,
	    "HTTP 403");
	check_error(404, "X-RateLimit-Remaining: 0\r\n", "", OUTCOME_GONE,
	    "HTTP 404");
	check_error(403, "",
	    "{\"message\":\"You have exceeded a secondary rate limit.\"}",
	    OUTCOME_THROTTLE, "HTTP 403 secondary rate limit");
}

#define GOOGLE(list, reason) \
	"{\"error\":{\"code\":403,\"" list "\":[{\"reason\":\"" reason "\"}]}}"

static void
knows_reasons(void)
{
	check_error(403, "", GOOGLE("errors", "quotaExceeded"), OUTCOME_QUOTA,
	    "HTTP 403 quotaExceeded");
	check_error(403, "", GOOGLE("details", "dailyLimitExceeded"),
	    OUTCOME_QUOTA, "HTTP 403 dailyLimitExceeded");
	check_error(403, "", GOOGLE("errors", "rateLimitExceeded"),
	    OUTCOME_THROTTLE, "HTTP 403 rateLimitExceeded");
	check_error(403, "", GOOGLE("details", "userRateLimitExceeded"),
	    OUTCOME_THROTTLE, "HTTP 403 userRateLimitExceeded");
	check_error(403, "", GOOGLE("errors", "forbidden"), OUTCOME_PERMANENT,
	    "HTTP 403 forbidden");
	check_error(400, "", GOOGLE("errors", "quotaExceeded"),
	    OUTCOME_PERMANENT, "HTTP 400 quotaExceeded");
	check_error(403, "",
	    "{\"error\":{\"errors\":[7,{\"reason\":1},{\"reason\":\"other\"}],"
	    "\"details\":[{\"reason\":\"x\"},{\"reason\":\"quotaExceeded\"}]}}",
	    OUTCOME_QUOTA, "HTTP 403 quotaExceeded");
	check_error(403, "",
	    "{\"error\":{\"errors\":[{\"reason\":\"a\"},{\"reason\":\"b\"}]}}",
	    OUTCOME_PERMANENT, "HTTP 403 a");
}

static void
knows_newer_reasons(void)
{
	static const char exhausted[] =
	    "{\"error\":{\"status\":\"RESOURCE_EXHAUSTED\",\"code\":403}}";

	check_error(403, "", GOOGLE("details", "RATE_LIMIT_EXCEEDED"),
	    OUTCOME_THROTTLE, "HTTP 403 RATE_LIMIT_EXCEEDED");
	check_error(403, "", GOOGLE("details", "QUOTA_EXCEEDED"), OUTCOME_QUOTA,
	    "HTTP 403 QUOTA_EXCEEDED");
	check_error(403, "", exhausted, OUTCOME_THROTTLE,
	    "HTTP 403 RESOURCE_EXHAUSTED");
	check_error(403, "",
	    "{\"error\":{\"status\":\"RESOURCE_EXHAUSTED\",\"details\":["
	    "{\"reason\":\"x\"},{\"reason\":\"QUOTA_EXCEEDED\"}]}}",
	    OUTCOME_QUOTA, "HTTP 403 QUOTA_EXCEEDED");
	check_error(403, "",
	    "{\"error\":{\"status\":\"PERMISSION_DENIED\",\"details\":["
	    "{\"reason\":\"SERVICE_DISABLED\"}]}}",
	    OUTCOME_PERMANENT, "HTTP 403 SERVICE_DISABLED");
	check_error(404, "", "{\"error\":{\"status\":\"NOT_FOUND\"}}",
	    OUTCOME_GONE, "HTTP 404 NOT_FOUND");
	check_error(500, "", "{\"error\":{\"status\":7}}", OUTCOME_RETRY,
	    "HTTP 500");
}

static void
sees_quotas_in_429(void)
{
	check_error(429, "", GOOGLE("errors", "dailyLimitExceeded"),
	    OUTCOME_QUOTA, "HTTP 429 dailyLimitExceeded");
	check_error(429, "Retry-After: 5\r\n",
	    GOOGLE("errors", "dailyLimitExceeded"), OUTCOME_THROTTLE,
	    "HTTP 429 dailyLimitExceeded");
	check_error(429, "RateLimit: remaining=0, reset=5\r\n",
	    GOOGLE("errors", "dailyLimitExceeded"), OUTCOME_THROTTLE,
	    "HTTP 429 dailyLimitExceeded");
	check_error(429, "", GOOGLE("details", "RATE_LIMIT_EXCEEDED"),
	    OUTCOME_THROTTLE, "HTTP 429 RATE_LIMIT_EXCEEDED");
	check_error(429, "", GOOGLE("details", "other"), OUTCOME_THROTTLE,
	    "HTTP 429 other");
}

static void
shows_no_other_text(void)
{
	check_error(403, "", GOOGLE("errors", "key AIza"), OUTCOME_PERMANENT,
	    "HTTP 403");
	check_error(403, "", GOOGLE("errors", "\\u001b[2J"), OUTCOME_PERMANENT,
	    "HTTP 403");
	check_error(403, "", GOOGLE("errors", ""), OUTCOME_PERMANENT,
	    "HTTP 403");
	check_error(500, "", "{\"error\":\"invalid_grant\"}", OUTCOME_RETRY,
	    "HTTP 500");
	check_error(500, "", "{\"error\":{\"errors\":{\"reason\":\"a\"}}}",
	    OUTCOME_RETRY, "HTTP 500");
	check_error(403, "", "{\"error\":{\"errors\":[{\"reason\":\"quotaExc",
	    OUTCOME_PERMANENT, "HTTP 403");
}

static void
looks_no_further_than_64k(void)
{
	static const char text[] = "secondary rate limit";
	const size_t len = 65536;
	char *body = xmalloc(len + 2);

	memset(body, ' ', len + 1);
	body[len + 1] = '\0';
	memcpy(body + len - strlen(text), text, strlen(text));
	check_error(403, "", body, OUTCOME_THROTTLE,
	    "HTTP 403 secondary rate limit");
	memset(body, ' ', len + 1);
	memcpy(body + len + 1 - strlen(text), text, strlen(text));
	check_error(403, "", body, OUTCOME_PERMANENT, "HTTP 403");
	free(body);
}

static void
check_type(const char *type, const char *header, const char *body,
    const char *cause)
{
	struct outcome_expect expect = { type, NULL };
	struct outcome_result result = decide(&expect, 200, header, body);

	check_result(&result,
	    strcmp(cause, "HTTP 200") == 0 ? OUTCOME_GOOD : OUTCOME_PARSE,
	    cause);
}

static void
expects_a_type(void)
{
	static const char *const json = "application/json";

	check_type(json, JSON_HEADER, "{}", "HTTP 200");
	check_type("text/HTML", "Content-Type: Text/html\r\n", "<", "HTTP 200");
	check_type(json, "Content-Type: text/html\r\n", "{}",
	    "HTTP 200, but the type is text/html, not application/json");
	check_type(json, "", "{}",
	    "HTTP 200, but without a type, not application/json");
	check_type(json, "Content-Type: text/\033[2J\r\n", "{}",
	    "HTTP 200, but the type is not application/json");
}

static void
expects_json_by_its_type(void)
{
	static const char why[] = "HTTP 200, but the body is no JSON";

	check_type("application/json", JSON_HEADER, "{\"a\":1", why);
	check_type("application/json", JSON_HEADER, "", why);
	check_type("application/json", JSON_HEADER, "{} {}", why);
	check_type("application/problem+JSON",
	    "Content-Type: application/problem+json\r\n", "<html>", why);
	check_type("text/json5", "Content-Type: text/json5\r\n", "{a:1}",
	    "HTTP 200");
}

static void
check_query(const char *expression, int status, const char *body,
    const char *cause)
{
	struct query *query = must_compile(expression);
	struct outcome_expect expect = { NULL, query };
	struct outcome_result result = decide(&expect, status, "", body);

	check_result(&result,
	    strchr(cause, ',') == NULL ? OUTCOME_GOOD : OUTCOME_PARSE, cause);
	query_free(query);
}

static void
expects_an_expression(void)
{
	check_query(".items", 200, "{\"items\":[]}", "HTTP 200");
	check_query(".items", 200, "{\"items\":null}",
	    "HTTP 200, but .items is null or false");
	check_query(".items", 200, "{}",
	    "HTTP 200, but .items is null or false");
	check_query(".items", 200, "<html>",
	    "HTTP 200, but the body is no JSON");
	check_query(".items", 204, "", "HTTP 204, but the body is no JSON");
	check_query(".items", 205, "", "HTTP 205, but the body is no JSON");
	check_query(".items", 200, "[\"CANARY\"]",
	    "HTTP 200, but .items fails on it");
}

static void
shortens_expressions(void)
{
	check_query(
	    ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 200,
	    "{}",
	    "HTTP 200, but .aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaa is null or false");
	check_query(
	    ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    200, "{}",
	    "HTTP 200, but .aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaa... is null or false");
	/* The two bytes of an umlaut at the end are kept together. */
	check_query(
	    ".[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "\xc3\xa4\"]",
	    200, "{}",
	    "HTTP 200, but .[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaa... is null or false");
	check_query(".a\n|\n.b", 200, "{}",
	    "HTTP 200, but .a\\n|\\n.b is null or false");
}

static pcre2_code *
must_compile_pattern(const char *text)
{
	int error;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)text,
	    PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);

	if (code == NULL)
		abort();
	return code;
}

static void
check_rules(const struct outcome_rule *rules, size_t count, int status,
    const char *body, enum outcome outcome, const char *cause)
{
	struct outcome_input input = { .status = status,
		.body = slice_str(body) };
	struct outcome_result result;

	outcome_decide(rules, count, &anything, &input, DURATION_H, &result);
	check_result(&result, outcome, cause);
}

static void
asks_the_rules_first(void)
{
	struct outcome_rule rules[] = {
		{ .status_low = 404,
		    .status_high = 404,
		    .outcome = OUTCOME_RETRY },
		{ .status_low = 400,
		    .status_high = 499,
		    .outcome = OUTCOME_QUOTA },
	};

	check_rules(rules, 2, 404, "", OUTCOME_RETRY,
	    "HTTP 404, retry by rule 1 of classify");
	check_rules(rules, 2, 400, "", OUTCOME_QUOTA,
	    "HTTP 400, quota by rule 2 of classify");
	check_rules(rules, 2, 499, "", OUTCOME_QUOTA,
	    "HTTP 499, quota by rule 2 of classify");
	check_rules(rules, 2, 399, "", OUTCOME_PERMANENT, "HTTP 399");
	check_rules(rules, 2, 500, "", OUTCOME_RETRY, "HTTP 500");
}

static void
has_rules_with_expressions(void)
{
	struct outcome_rule rules[] = {
		{ .status_low = 200,
		    .status_high = 200,
		    .query = must_compile(".error == \"gone\""),
		    .outcome = OUTCOME_GONE },
		{ .query = must_compile(".error.x"), .outcome = OUTCOME_AUTH },
	};

	check_rules(rules, 2, 200, "{\"error\":\"gone\"}", OUTCOME_GONE,
	    "HTTP 200, gone by rule 1 of classify");
	check_rules(rules, 2, 404, "{\"error\":{\"x\":1}}", OUTCOME_AUTH,
	    "HTTP 404, auth by rule 2 of classify");
	check_rules(rules, 2, 200, "{\"error\":\"else\"}", OUTCOME_GOOD,
	    "HTTP 200");
	check_rules(rules, 2, 200, "no JSON", OUTCOME_GOOD, "HTTP 200");
	check_rules(rules, 2, 200, "", OUTCOME_GOOD, "HTTP 200");
	query_free(rules[0].query);
	query_free(rules[1].query);
}

static void
has_rules_with_patterns(void)
{
	struct outcome_rule rule = { .status_low = 200,
		.status_high = 299,
		.pattern = must_compile_pattern("(?i)too many|^$"),
		.outcome = OUTCOME_THROTTLE };

	check_rules(&rule, 1, 200, "<p>Too many requests", OUTCOME_THROTTLE,
	    "HTTP 200, throttle by rule 1 of classify");
	check_rules(&rule, 1, 200, "", OUTCOME_THROTTLE,
	    "HTTP 200, throttle by rule 1 of classify");
	check_rules(&rule, 1, 200, "too few", OUTCOME_GOOD, "HTTP 200");
	check_rules(&rule, 1, 500, "too many", OUTCOME_RETRY, "HTTP 500");
	pcre2_code_free(rule.pattern);
}

static void
wants_all_of_a_rule(void)
{
	struct outcome_rule rule = { .pattern = must_compile_pattern("b"),
		.query = must_compile(".a"),
		.outcome = OUTCOME_AUTH };

	check_rules(&rule, 1, 200, "{\"a\":\"b\"}", OUTCOME_AUTH,
	    "HTTP 200, auth by rule 1 of classify");
	check_rules(&rule, 1, 200, "{\"a\":\"c\"}", OUTCOME_GOOD, "HTTP 200");
	check_rules(&rule, 1, 200, "{\"c\":\"b\"}", OUTCOME_GOOD, "HTTP 200");
	pcre2_code_free(rule.pattern);
	query_free(rule.query);
}

static void
gives_up_on_patterns(void)
{
	struct outcome_rule rule = { .pattern = must_compile_pattern(
					 "^(a+)+$|x"),
		.outcome = OUTCOME_AUTH };

	check_rules(&rule, 1, 200, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!x",
	    OUTCOME_GOOD, "HTTP 200");
	check_rules(&rule, 1, 200, "aaaa!x", OUTCOME_AUTH,
	    "HTTP 200, auth by rule 1 of classify");
	pcre2_code_free(rule.pattern);
}

static void
believes_a_rule_that_says_good(void)
{
	struct outcome_rule rule = { .status_low = 404,
		.status_high = 404,
		.outcome = OUTCOME_GOOD };
	struct outcome_expect expect = { "application/json", NULL };
	struct outcome_input input = { .status = 404 };
	struct outcome_result result;

	outcome_decide(&rule, 1, &expect, &input, DURATION_H, &result);
	check_result(&result, OUTCOME_GOOD,
	    "HTTP 404, good by rule 1 of classify");
}

static const struct tap_test tests[] = {
	{ "outcomes have names", has_names },
	{ "without an answer the trouble decides, whatever the rules",
	    judges_troubles },
	{ "each status has its meaning", judges_statuses },
	{ "304 is good where it was asked for", takes_not_modified },
	{ "a throttle is seen in header and body", sees_throttles },
	{ "the reasons of Google's APIs are known", knows_reasons },
	{ "and those of newer APIs", knows_newer_reasons },
	{ "a 429 may be the end of a quota", sees_quotas_in_429 },
	{ "no other text of a body is shown", shows_no_other_text },
	{ "only the first 64 KiB are searched", looks_no_further_than_64k },
	{ "an expected type must be there", expects_a_type },
	{ "a type of JSON expects JSON", expects_json_by_its_type },
	{ "an expected expression must be true", expects_an_expression },
	{ "an expression is shown on one line, shortened",
	    shortens_expressions },
	{ "the job's rules come first, in their order", asks_the_rules_first },
	{ "a rule may have an expression", has_rules_with_expressions },
	{ "a rule may have a pattern", has_rules_with_patterns },
	{ "all conditions of a rule must hold", wants_all_of_a_rule },
	{ "a pattern that gives up does not match", gives_up_on_patterns },
	{ "a rule that says good is not asked again",
	    believes_a_rule_that_says_good },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
