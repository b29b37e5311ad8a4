/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/hint.h"

#include <string.h>

#include "base/duration.h"
#include "fetch/header.h"

/* Resets beyond this are seconds since 1970. */
#define EPOCH_FROM (INT64_C(1000000000) * DURATION_S)

/* Of RateLimit-Policy. Further policies are not looked at. */
enum { MAX_POLICIES = 16 };

enum unit {
	UNIT_REQUESTS,
	UNIT_CONCURRENT,
	UNIT_OTHER, /* bytes, or one we do not know: no limit of ours */
};

struct policy {
	struct slice name; /* with its quotes */
	enum unit unit;
	int64_t quota;  /* negative: malformed */
	int64_t window; /* nanoseconds; 0: not said */
};

/* What is common to the reading of an answer's fields. */
struct reading {
	struct slice header;
	int64_t now;
	int64_t max_wait;
	struct policy policies[MAX_POLICIES];
	size_t policy_count;
	struct hint *hint;
};

static int64_t
clamp(const struct reading *reading, int64_t wait)
{
	if (wait < 0)
		return 0;
	return wait < reading->max_wait ? wait : reading->max_wait;
}

/* The wait until an instant of the server's clock, which the Date field tells:
 * ours may be wrong. */
static int64_t
wait_until(const struct reading *reading, int64_t instant)
{
	struct slice value;
	int64_t date;

	if (!header_find(reading->header, "Date", &value) ||
	    !header_date(value, &date))
		date = reading->now;
	return clamp(reading, instant - date);
}

static void
read_retry_after(const struct reading *reading)
{
	struct slice value;
	int64_t time;

	if (!header_find(reading->header, "Retry-After", &value))
		return;
	if (header_seconds(value, &time))
		reading->hint->retry_after = clamp(reading, time);
	else if (header_date(value, &time))
		reading->hint->retry_after = wait_until(reading, time);
}

static bool
is_from_cache(struct slice header)
{
	struct slice value;
	int64_t age;

	return header_find(header, "Age", &value) &&
	    header_number(value, &age) && age > 0;
}

/* Of several limits the one with the least left counts, and of those with the
 * same the one that lasts longer. A wait below 0 was not said. */
static void
add_limit(const struct reading *reading, int64_t remaining, int64_t wait)
{
	struct hint *hint = reading->hint;
	int64_t reset_at = wait < 0 ? 0 : reading->now + wait;

	if (hint->remaining >= 0 &&
	    (remaining > hint->remaining ||
		(remaining == hint->remaining && reset_at <= hint->reset_at)))
		return;
	hint->remaining = remaining;
	hint->reset_at = reset_at;
}

static enum unit
unit_of(struct slice name)
{
	if (slice_is(name, "requests"))
		return UNIT_REQUESTS;
	return slice_is(name, "concurrent-requests") ? UNIT_CONCURRENT :
						       UNIT_OTHER;
}

static void
read_policy(struct slice member, struct policy *policy)
{
	struct slice name;
	struct slice value;

	*policy = (struct policy){ header_head(member), UNIT_REQUESTS, -1, 0 };
	while (header_next_parameter(&member, &name, &value)) {
		if (slice_is(name, "q"))
			(void)header_number(value, &policy->quota);
		else if (slice_is(name, "w"))
			(void)header_seconds(value, &policy->window);
		else if (slice_is(name, "qu"))
			policy->unit = unit_of(value);
	}
}

static void
add_concurrent(struct hint *hint, int64_t quota)
{
	if (quota < 1)
		quota = 1; /* 0 is for what was not said */
	if (hint->concurrent == 0 || quota < hint->concurrent)
		hint->concurrent = quota;
}

static void
read_policies(struct reading *reading)
{
	struct slice list;
	struct slice member;
	struct policy *policy;
	size_t at = 0;

	while (header_next(reading->header, "RateLimit-Policy", &at, &list)) {
		while (header_next_member(&list, &member)) {
			if (reading->policy_count == MAX_POLICIES)
				return;
			policy = &reading->policies[reading->policy_count];
			read_policy(member, policy);
			if (policy->quota < 0)
				continue;
			reading->policy_count++;
			if (policy->unit == UNIT_CONCURRENT)
				add_concurrent(reading->hint, policy->quota);
		}
	}
}

static const struct policy *
find_policy(const struct reading *reading, struct slice name)
{
	for (size_t i = 0; i < reading->policy_count; i++)
		if (slice_equal(reading->policies[i].name, name))
			return &reading->policies[i];
	return NULL;
}

/*
 * What may be sent before the reset: not more than the policy's share of that
 * time, since a server may announce a near reset with all of a long window's
 * quota left ("r=10000;t=10" of "q=10000;w=1000"). At least one where any is
 * left: none is the server's word.
 */
static int64_t
share_of(const struct policy *policy, int64_t remaining, int64_t wait)
{
	double share;

	if (policy == NULL || policy->window == 0 || wait < 0)
		return remaining;
	share = (double)policy->quota * (double)wait / (double)policy->window;
	if (share >= (double)remaining)
		return remaining;
	return share < 1 && remaining > 0 ? 1 : (int64_t)share;
}

/* A member of RateLimit: "name";r=50;t=30. */
static void
read_service_limit(const struct reading *reading, struct slice member)
{
	const struct policy *policy = find_policy(reading, header_head(member));
	struct slice name;
	struct slice value;
	int64_t remaining = -1;
	int64_t wait = -1;

	while (header_next_parameter(&member, &name, &value)) {
		if (slice_is(name, "r"))
			(void)header_number(value, &remaining);
		else if (slice_is(name, "t") && header_seconds(value, &wait))
			wait = clamp(reading, wait);
	}
	if (remaining >= 0 && (policy == NULL || policy->unit == UNIT_REQUESTS))
		add_limit(reading, share_of(policy, remaining, wait), wait);
}

/* The habits from before the drafts, and of the older ones. Empty: not said. */
static void
add_pair(const struct reading *reading, struct slice remaining_text,
    struct slice reset_text)
{
	int64_t remaining;
	int64_t reset;
	int64_t wait = -1;

	if (!header_number(remaining_text, &remaining))
		return;
	if (header_seconds(reset_text, &reset))
		wait = reset > EPOCH_FROM ? wait_until(reading, reset) :
					    clamp(reading, reset);
	add_limit(reading, remaining, wait);
}

static void
read_pair(const struct reading *reading, const char *remaining_name,
    const char *reset_name)
{
	struct slice remaining = { NULL, 0 };
	struct slice reset = { NULL, 0 };

	(void)header_find(reading->header, remaining_name, &remaining);
	(void)header_find(reading->header, reset_name, &reset);
	add_pair(reading, remaining, reset);
}

/* RateLimit as it is, or as draft 07 had it: one limit, whose numbers are
 * members. */
static void
read_service_limits(const struct reading *reading)
{
	struct slice remaining = { NULL, 0 };
	struct slice reset = { NULL, 0 };
	struct slice list;
	struct slice member;
	struct slice name;
	struct slice value;
	size_t at = 0;

	while (header_next(reading->header, "RateLimit", &at, &list)) {
		while (header_next_member(&list, &member)) {
			read_service_limit(reading, member);
			header_pair(header_head(member), &name, &value);
			if (slice_is(name, "remaining"))
				remaining = value;
			else if (slice_is(name, "reset"))
				reset = value;
		}
	}
	add_pair(reading, remaining, reset);
}

/* All names of fields that do begin with one of two letters; most answers have
 * none. */
static bool
may_hint(struct slice header)
{
	struct slice line;

	while (slice_cut(&header, '\n', &line))
		if (line.len > 0 && memchr("RrXx", line.ptr[0], 4) != NULL)
			return true;
	return false;
}

void
hint_read(struct slice header, int64_t now, int64_t max_wait, struct hint *hint)
{
	struct reading reading = { .header = header,
		.now = now,
		.max_wait = max_wait,
		.hint = hint };

	*hint = (struct hint){ .retry_after = -1, .remaining = -1 };
	if (!may_hint(header))
		return;
	read_retry_after(&reading);
	if (is_from_cache(header))
		return;
	read_policies(&reading);
	read_service_limits(&reading);
	read_pair(&reading, "RateLimit-Remaining", "RateLimit-Reset");
	read_pair(&reading, "X-RateLimit-Remaining", "X-RateLimit-Reset");
	read_pair(&reading, "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset");
}
