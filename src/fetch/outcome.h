/* SPDX-License-Identifier: MIT */
#ifndef FETCH_OUTCOME_H
#define FETCH_OUTCOME_H

/*
 * What an answer, or its absence, means for the item. Pure, but for the
 * expressions of the job, which are run on the body.
 *
 * First, where there is an answer, the job's own rules ("classify") in their
 * order; a rule's word is final. Then:
 *
 *	no answer (resolve, connect, TLS, timeout, cut, reset)  retry
 *	304 to a conditional request; 2xx that is as expected   good
 *	2xx that is not as expected (type, expression), a body
 *	that is no JSON where JSON is expected                  parse
 *	401                                                     auth
 *	404, 410                                                gone
 *	429; 503 with Retry-After; 403 with Retry-After, or with
 *	a remaining of 0, or with a reason rateLimitExceeded,
 *	userRateLimitExceeded, RATE_LIMIT_EXCEEDED,
 *	RESOURCE_EXHAUSTED, or "secondary rate limit"           throttle
 *	403 or 429 without such fields, but with a reason
 *	quotaExceeded, dailyLimitExceeded or QUOTA_EXCEEDED     quota
 *	408, 425, 5xx but 501 and 505                           retry
 *	a certificate that is not valid, a body over max_body,
 *	a forbidden redirect, any other status                  permanent
 *
 * A reason is the text in .error.errors[].reason, .error.details[].reason or
 * .error.status of a JSON body, as Google's APIs have it. For reasons and
 * patterns the first 64 KiB of a body are searched; a pattern that gives up
 * there (PCRE2's match limit) or an expression that fails does not hold.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "fetch/hint.h"

struct query;
struct pcre2_real_code_8;

enum outcome {
	OUTCOME_GOOD,
	OUTCOME_RETRY,     /* may go better next time: costs an attempt */
	OUTCOME_THROTTLE,  /* too fast: costs none, pauses the host */
	OUTCOME_QUOTA,     /* used up until the day's reset: deferred */
	OUTCOME_AUTH,      /* credentials: renewed once, else permanent */
	OUTCOME_GONE,      /* the API has it no more */
	OUTCOME_PERMANENT, /* will not go better: fails softly at once */
	OUTCOME_PARSE,     /* an answer that cannot be used: as retry */
};

/* "good", "retry", ... and back; false for a word that is none. */
const char *outcome_name(enum outcome outcome);
bool outcome_find(const char *name, enum outcome *outcome);

/* How a transfer ended before there was a whole answer. */
enum outcome_trouble {
	TROUBLE_NONE,
	TROUBLE_RESOLVE,
	TROUBLE_CONNECT,
	TROUBLE_TIMEOUT,
	TROUBLE_CUT,       /* reset, or shorter than announced */
	TROUBLE_TLS,       /* a handshake that failed, a broken record */
	TROUBLE_CERT,      /* a certificate that is not valid for it */
	TROUBLE_TOO_LARGE, /* body or header over the limit */
	TROUBLE_REFUSED,   /* by us: scheme, address, redirects */
	TROUBLE_BROKEN,    /* no HTTP, bad content coding */
	TROUBLE_PROXY,     /* the proxy refused or cannot be reached */
};

/* One element of "classify": all conditions that are given must hold. */
struct outcome_rule {
	int status_low, status_high;       /* 0, 0: any */
	struct query *query;               /* on the body; NULL: any */
	struct pcre2_real_code_8 *pattern; /* in the body; NULL: any */
	enum outcome outcome;
};

struct outcome_input {
	enum outcome_trouble trouble;
	const char *trouble_text; /* "Connection refused", one line */
	int status;               /* HTTP; 0 with a trouble */
	struct slice header;      /* header.h */
	struct slice body;        /* decoded */
	bool conditional;         /* an If-None-Match was sent */
	int64_t now;
};

struct outcome_expect {
	const char *type;    /* NULL: any; of JSON: the body must be, too */
	struct query *query; /* NULL: any */
};

struct outcome_result {
	enum outcome outcome;
	/* One line for people: "HTTP 500", "HTTP 200, but .items is null",
	 * "timed out after 30 s". No body text but a reason's word, and of the
	 * job an expression's first 60 bytes. */
	char cause[200];
	struct hint hint;
};

void outcome_decide(const struct outcome_rule *rules, size_t rule_count,
    const struct outcome_expect *expect, const struct outcome_input *input,
    int64_t max_wait, struct outcome_result *result);

#endif
