/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/diff_hosts.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/msg.h"

enum {
	NAMED = 8, /* hosts of each plight; the others are counted */
	EARLY = 2  /* hours before the day's end */
};

/* A value of the table: the hours of a host on both sides. */
struct host {
	uint32_t old;
	uint32_t new;
	const char *day;  /* the last old one that has it, */
	uint64_t entries; /* and how many of its entries, at any hour */
};

enum plight { HOST_FINE, HOST_MISSING, HOST_NEW, HOST_ENDS };

void
diff_hosts_init(struct diff_hosts *hosts)
{
	*hosts = (struct diff_hosts){ .last_hour = -1 };
	table_init(&hosts->hosts, sizeof(struct host));
}

void
diff_hosts_release(struct diff_hosts *hosts)
{
	table_release(&hosts->hosts);
}

/* The slots up to an hour; what has no hour is there when all are. */
static uint32_t
slots_upto(int last_hour)
{
	return last_hour < 0 ? UINT32_MAX : (UINT32_C(2) << last_hour) - 1;
}

static void
add_entries(struct host *host, const struct stored_day *day, uint64_t entries)
{
	if (host->day != day->name)
		host->entries = 0;
	host->day = day->name;
	if (__builtin_add_overflow(host->entries, entries, &host->entries))
		host->entries = UINT64_MAX;
}

void
diff_hosts_add_old(struct diff_hosts *hosts, const struct stored_day *day,
    int last_hour)
{
	for (size_t i = 0; i < day->parts.count; i++) {
		const struct days_part *part = &day->parts.items[i];
		struct host *host = table_add(&hosts->hosts, part->host, NULL);

		host->old |= (part->slots & slots_upto(last_hour));
		add_entries(host, day, part->entries);
	}
	hosts->old = day;
	hosts->old_count++;
}

void
diff_hosts_add_new(struct diff_hosts *hosts, const struct stored_day *day,
    int last_hour)
{
	for (size_t i = 0; i < day->parts.count; i++) {
		const struct days_part *part = &day->parts.items[i];
		struct host *host = table_add(&hosts->hosts, part->host, NULL);

		host->new |= (part->slots & slots_upto(last_hour));
	}
	hosts->new = day;
	hosts->last_hour = last_hour;
}

/* The last hour of these slots, which are not 0. */
static int
last_of(uint32_t slots)
{
	return 31 - __builtin_clz(slots);
}

static enum plight
plight_of(const struct diff_hosts *hosts, const struct host *host)
{
	if (host->old == 0)
		return host->new == 0 ? HOST_FINE : HOST_NEW;
	if (host->new == 0)
		return HOST_MISSING;
	if (last_of(host->new) + EARLY <= hosts->last_hour &&
	    last_of(host->new) < last_of(host->old))
		return HOST_ENDS;
	return HOST_FINE;
}

/* Notes the plight of one host; name is "host web03". */
static void
note(const struct diff_hosts *hosts, enum plight plight, struct slice name,
    const struct host *host)
{
	struct buf entries = { 0 };

	switch (plight) {
	case HOST_FINE:
		break;
	case HOST_MISSING:
		buf_add_count(&entries, host->entries);
		msg_note("%.*s has nothing on %s (%s: %.*s entr%s)",
		    SLICE_ARG(name), hosts->new->name, host->day,
		    SLICE_ARG(buf_slice(&entries)),
		    host->entries == 1 ? "y" : "ies");
		break;
	case HOST_NEW:
		if (hosts->old_count == 1)
			msg_note("%.*s is new: nothing on %s", SLICE_ARG(name),
			    hosts->old->name);
		else
			msg_note("%.*s is new: nothing on any of %zu days",
			    SLICE_ARG(name), hosts->old_count);
		break;
	case HOST_ENDS:
		msg_note("%.*s ends in its hour %02d, %s in %02d",
		    SLICE_ARG(name), last_of(host->new), hosts->new->name,
		    hosts->last_hour);
		break;
	}
	buf_release(&entries);
}

static void
note_named(const struct diff_hosts *hosts, enum plight plight,
    const struct table_entry *entry)
{
	struct buf name = { 0 };

	buf_add_str(&name, entry->key.len == 0 ? "what has no host" : "host ");
	buf_add(&name, entry->key);
	note(hosts, plight, buf_slice(&name), (const void *)entry->value);
	buf_release(&name);
}

static void
tell(const struct diff_hosts *hosts, struct table_entry *const *entries,
    enum plight plight)
{
	size_t count = 0;

	for (size_t i = 0; i < hosts->hosts.count; i++) {
		const struct host *host = (const void *)entries[i]->value;

		if (plight_of(hosts, host) == plight && count++ < NAMED)
			note_named(hosts, plight, entries[i]);
	}
	if (count > NAMED)
		msg_note("and %zu more", count - NAMED);
}

void
diff_hosts_tell(const struct diff_hosts *hosts)
{
	struct table_entry **entries = table_sorted(&hosts->hosts);

	tell(hosts, entries, HOST_MISSING);
	tell(hosts, entries, HOST_NEW);
	tell(hosts, entries, HOST_ENDS);
	free(entries);
}
