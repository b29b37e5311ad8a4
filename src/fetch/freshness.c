/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/freshness.h"

#include "fetch/header.h"

/* What the fields say: durations in nanoseconds, negative: not said. */
struct directives {
	int64_t max_age; /* the least, where it is said twice */
	int64_t stale_if_error;
	bool no_store;
	bool no_cache;
	bool must_revalidate;
};

static void
take_least(struct slice value, int64_t *least)
{
	int64_t duration;

	if (header_seconds(value, &duration) &&
	    (*least < 0 || duration < *least))
		*least = duration;
}

static void
read_directive(struct slice text, struct directives *said)
{
	struct slice name;
	struct slice value;

	header_pair(text, &name, &value);
	if (slice_is_nocase(name, "max-age"))
		take_least(value, &said->max_age);
	else if (slice_is_nocase(name, "stale-if-error"))
		take_least(value, &said->stale_if_error);
	else if (slice_is_nocase(name, "no-store"))
		said->no_store = true;
	else if (slice_is_nocase(name, "no-cache"))
		said->no_cache = true;
	else if (slice_is_nocase(name, "must-revalidate"))
		said->must_revalidate = true;
}

static void
read_directives(struct slice header, struct directives *said)
{
	struct slice list;
	struct slice member;
	size_t at = 0;

	*said = (struct directives){ .max_age = -1, .stale_if_error = -1 };
	while (header_next(header, "Cache-Control", &at, &list))
		while (header_next_member(&list, &member))
			read_directive(member, said);
}

static bool
varies_with_all(struct slice header)
{
	struct slice list;
	struct slice member;
	size_t at = 0;

	while (header_next(header, "Vary", &at, &list))
		while (header_next_member(&list, &member))
			if (slice_is(member, "*"))
				return true;
	return false;
}

/* Expires less Date; negative when there is no Expires. */
static int64_t
until_expires(struct slice header, int64_t received)
{
	struct slice value;
	int64_t expires;
	int64_t date;

	if (!header_find(header, "Expires", &value))
		return -1;
	if (!header_date(value, &expires))
		return 0;
	if (!header_find(header, "Date", &value) || !header_date(value, &date))
		date = received;
	return expires < date ? 0 : expires - date;
}

static int64_t
age_of(struct slice header)
{
	struct slice value;
	int64_t age;

	if (!header_find(header, "Age", &value) || !header_seconds(value, &age))
		return 0;
	return age;
}

void
freshness_read(struct slice header, int64_t ttl, bool obey, int64_t received,
    struct freshness *freshness)
{
	struct directives said;
	int64_t lifetime;

	*freshness = (struct freshness){ true, ttl, false, -1 };
	if (!obey)
		return;
	read_directives(header, &said);
	freshness->store = !said.no_store;
	freshness->must_revalidate = said.must_revalidate || said.no_cache;
	freshness->stale_if_error = said.stale_if_error;

	lifetime = said.max_age;
	if (lifetime < 0)
		lifetime = until_expires(header, received);
	if (lifetime >= 0) {
		lifetime -= age_of(header);
		if (lifetime < ttl)
			freshness->lifetime = lifetime < 0 ? 0 : lifetime;
	}
	if (said.no_cache || varies_with_all(header))
		freshness->lifetime = 0;
}
