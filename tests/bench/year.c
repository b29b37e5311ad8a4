/* SPDX-License-Identifier: MIT */
/*
 * year FOLDER DAYS SITES HOURS HOSTS [PARTS]: makes a store in FOLDER as scans
 * of DAYS days would leave it, the last of them 2023-12-31, each day of each
 * host as one part, or as so many, of which each holds some of the hours.
 *
 * Every host runs the same program of SITES sites, 25 to a file. A site works
 * in HOURS hours of the day, but not on each fiftieth day. With the numbers of
 * site, day, host and hour from 0 on, which those who check by their own count
 * need to know:
 *
 *	file       app/FOLDER/STEM_N.rb: the folder changes first, then the
 *	           stem, then N
 *	line       8 for the first of its file, each other 7 behind the last
 *	function, kind, verb
 *	           the next of the lists below, by the site's place in its
 *	           file (plus the file's number for the kind), and by its number
 *	hours      from the site's number modulo 24 on, round the clock
 *	idle       on days where site + day is a multiple of 50
 *	entries    1 + (31 site + 17 day + 7 host + 3 hour) modulo 40
 *	count      entries times 1, 2, 3 or 4: 1 + site modulo 4
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/msg.h"
#include "model/days.h"
#include "model/part.h"
#include "scan/dayname.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum {
	FILE_SITES = 25,
	IDLE = 50,
	HOURS_OF_DAY = 24,
	DAYS_AT_ONCE = 8 /* in one transaction */
};

static const char *const folders[] = { "models", "controllers", "jobs",
	"helpers", "services", "mailers" };
static const char *const stems[] = { "badge", "cart", "exercise", "goal",
	"login", "order", "profile", "search", "session", "user", "video" };
static const char *const functions[] = { "save", "load", "award", "rename",
	"render", "migrate", "recent", "sync", "finish", "find" };
static const char *const kinds[] = { "UserData", "Badge", "Exercise", "Goal",
	"Session", "Setting", "Video", "Order", "Feedback" };
static const char *const verbs[] = { "get", "put", "query", "count", "delete" };

/* What the command line asks for; parts 0: one. */
struct year {
	const char *folder;
	uint64_t days, sites, hours, hosts, parts;
};

struct site {
	struct slice key;
	uint64_t number;
};

static void
add_file(struct buf *text, uint64_t file)
{
	uint64_t stem = file / LENGTH(folders);

	buf_add_format(text, "app/%s/%s_%u.rb", folders[file % LENGTH(folders)],
	    stems[stem % LENGTH(stems)], (unsigned)(stem / LENGTH(stems)));
}

/* The site's key, as parts have it. */
static struct slice
key_of(uint64_t site, struct arena *arena)
{
	uint64_t place = site % FILE_SITES;
	uint64_t file = site / FILE_SITES;
	uint64_t kind = place / LENGTH(functions) + file;
	struct buf name = { 0 }, line = { 0 }, operation = { 0 }, key = { 0 };
	struct tally_row row = { 0 };
	struct slice kept;

	add_file(&name, file);
	buf_add_format(&line, "%u", (unsigned)(8 + 7 * place));
	buf_add_format(&operation, "%s.%s", kinds[kind % LENGTH(kinds)],
	    verbs[site % LENGTH(verbs)]);
	row.value[TALLY_FILE] = buf_slice(&name);
	row.value[TALLY_LINE] = buf_slice(&line);
	row.value[TALLY_FUNCTION] = slice_str(
	    functions[place % LENGTH(functions)]);
	row.value[TALLY_OPERATION] = buf_slice(&operation);
	tally_key_add(&key, &part_keys, &row);
	kept = arena_copy(arena, buf_slice(&key));
	buf_release(&name);
	buf_release(&line);
	buf_release(&operation);
	buf_release(&key);
	return kept;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct site *left = a;
	const struct site *right = b;

	return slice_compare(left->key, right->key);
}

static struct site *
make_sites(uint64_t count, struct arena *arena)
{
	struct site *sites = xcalloc(count, sizeof(sites[0]));

	for (uint64_t i = 0; i < count; i++)
		sites[i] = (struct site){ key_of(i, arena), i };
	qsort(sites, count, sizeof(sites[0]), compare_keys);
	return sites;
}

/* Sets the sums of a site's hours that are in the part. */
static void
fill_row(const struct year *year, struct part_row *row, uint64_t site,
    uint64_t day, uint64_t host, uint64_t part)
{
	row->slots = 0;
	for (uint64_t i = 0; i < year->hours; i++) {
		unsigned hour = (unsigned)((site + i) % HOURS_OF_DAY);
		uint64_t n = UINT64_C(31) * site + UINT64_C(17) * day +
		    UINT64_C(7) * host + UINT64_C(3) * hour;

		if (hour % year->parts != part)
			continue;
		row->slots |= UINT32_C(1) << hour;
		row->entries[hour] = 1 + n % 40;
		row->count[hour] = row->entries[hour] * (1 + site % 4);
	}
}

static int
add_part(const struct year *year, const struct site *sites, struct days *days,
    uint64_t day, uint64_t host, uint64_t part, struct err *err)
{
	struct part_writer writer = { 0 };
	char name[DAYNAME_SIZE];
	char host_name[32];
	struct part_row row;
	int status;

	dayname_before(slice_str("2023-12-31"), year->days - 1 - day, name);
	snprintf(host_name, sizeof(host_name), "web%02u", (unsigned)host + 1);
	for (uint64_t i = 0; i < year->sites; i++) {
		if ((sites[i].number + day) % IDLE == 0)
			continue;
		row.key = sites[i].key;
		fill_row(year, &row, sites[i].number, day, host, part);
		if (row.slots != 0)
			part_add(&writer, &row);
	}
	status = days_add(days, slice_str(name), slice_str(host_name), 0,
	    &writer, err);
	part_writer_release(&writer);
	return status;
}

static int
add_day(const struct year *year, const struct site *sites, struct days *days,
    uint64_t day, struct err *err)
{
	for (uint64_t host = 0; host < year->hosts; host++)
		for (uint64_t part = 0; part < year->parts; part++)
			if (add_part(year, sites, days, day, host, part, err) !=
			    0)
				return -1;
	return 0;
}

static int
add_days(const struct year *year, const struct site *sites, struct days *days,
    struct err *err)
{
	if (days_begin(days, err) != 0 ||
	    days_set_zone(days, slice_str(""), err) != 0)
		return -1;
	for (uint64_t day = 0; day < year->days; day++) {
		if (add_day(year, sites, days, day, err) != 0)
			return -1;
		if (day % DAYS_AT_ONCE == DAYS_AT_ONCE - 1 &&
		    (days_commit(days, err) != 0 || days_begin(days, err) != 0))
			return -1;
	}
	return days_commit(days, err);
}

static int
make(const struct year *year, struct err *err)
{
	struct arena arena = { 0 };
	struct site *sites = make_sites(year->sites, &arena);
	struct days *days = NULL;
	int lock = days_lock(year->folder, 0, err);
	int status = -1;

	if (lock >= 0)
		days = days_open(year->folder, DB_WRITE, err);
	if (days != NULL)
		status = add_days(year, sites, days, err);
	days_close(days);
	free(sites);
	arena_release(&arena);
	return status;
}

/* Whether the N arguments are numbers from 1 on. */
static bool
read_numbers(char **arguments, uint64_t **numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (arguments[i] != NULL &&
		    (slice_number(slice_str(arguments[i]), numbers[i]) != 0 ||
			*numbers[i] == 0))
			return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct year year = { .parts = 1 };
	uint64_t *numbers[] = { &year.days, &year.sites, &year.hours,
		&year.hosts, &year.parts };
	struct err err;

	msg_init("year");
	if (argc < 6 || argc > 7 ||
	    !read_numbers(argv + 2, numbers, LENGTH(numbers)) ||
	    year.hours > HOURS_OF_DAY)
		msg_die("usage: year FOLDER DAYS SITES HOURS HOSTS [PARTS]");
	year.folder = argv[1];
	if (make(&year, &err) != 0)
		msg_die("%s", err.text);
	return 0;
}
