/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "scan/pattern.h"

/* The default of --match-limit, which is for lines; no path needs more. */
enum { MATCH_LIMIT = 100000 };

struct place_pattern {
	struct pattern *pattern;
	unsigned host; /* the groups' numbers; 0 where it has none */
	unsigned revision;
};

static int
unknown_group(const char *name, struct err *err)
{
	struct suggest suggest;
	const char *nearest;

	suggest_init(&suggest, name);
	suggest_offer(&suggest, "host");
	suggest_offer(&suggest, "revision");
	nearest = suggest_nearest(&suggest);
	if (nearest != NULL)
		return err_set(err, "unknown group '%s'; did you mean %s?",
		    name, nearest);
	return err_set(err, "unknown group '%s'; there are host and revision",
	    name);
}

/* Finds the groups. */
static int
check_groups(struct place_pattern *place, struct err *err)
{
	const char *name;

	for (unsigned n = 0;
	     (name = pattern_group_name(place->pattern, n)) != NULL; n++)
		if (strcmp(name, "host") != 0 && strcmp(name, "revision") != 0)
			return unknown_group(name, err);
	place->host = pattern_group(place->pattern, "host");
	place->revision = pattern_group(place->pattern, "revision");
	if (place->host == 0 && place->revision == 0)
		return err_set(err,
		    "there is no group 'host' or 'revision', as in "
		    "'/(?<host>web\\d+)/'");
	return 0;
}

struct place_pattern *
place_new(const char *pattern, struct err *err)
{
	struct place_pattern *place = xcalloc(1, sizeof(*place));

	place->pattern = pattern_new(pattern, 0, err);
	if (place->pattern != NULL && check_groups(place, err) == 0)
		return place;
	(void)err_wrap(err, "--path-pattern");
	place_free(place);
	return NULL;
}

void
place_free(struct place_pattern *pattern)
{
	if (pattern == NULL)
		return;
	pattern_free(pattern->pattern);
	free(pattern);
}

/* What the group held; nothing of one that the pattern does not have. */
static struct slice
group(const struct scratch *scratch, unsigned number)
{
	return number == 0 ? slice_make(NULL, 0) :
			     scratch_group(scratch, number);
}

/* Paths are few: the scratch memory is made anew for each, so that a pattern
 * stays what it is. */
struct place
place_from_path(const struct place_pattern *pattern, struct slice path)
{
	struct place place = { 0 };
	struct scratch *scratch;

	if (pattern == NULL)
		return place;
	scratch = scratch_new(MATCH_LIMIT);
	if (pattern_match(pattern->pattern, scratch, path) == PATTERN_YES) {
		place.host = group(scratch, pattern->host);
		place.revision = group(scratch, pattern->revision);
	}
	scratch_free(scratch);
	return place;
}
