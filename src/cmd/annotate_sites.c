/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/annotate_sites.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/table.h"

enum { FILES_LISTED = 8 };

/* Which of the files that changes name could be meant. */
struct search {
	const struct ranking *ranking;
	struct slice given;
	bool is_of_old; /* looks at those that only the old days name */
	struct table found;
	struct slice longest; /* of them */
};

static struct slice
without_dots(struct slice path)
{
	while (slice_starts(path, "./"))
		path = slice_from(path, 2);
	return path;
}

/* Whether a path ends with another one, from a '/' on. */
static bool
ends_with(struct slice path, struct slice end)
{
	size_t front;

	if (end.len == 0 || end.len > path.len)
		return false;
	front = path.len - end.len;
	return slice_equal(slice_from(path, front), end) &&
	    (front == 0 || path.ptr[front - 1] == '/' || end.ptr[0] == '/');
}

static struct slice
file_of(const struct search *search, const struct change *change)
{
	if (change->pair.new != NULL)
		return search->is_of_old ? slice_make(NULL, 0) :
					   change->pair.new->file;
	return search->is_of_old ? change->pair.old->file : slice_make(NULL, 0);
}

static void
search_add(struct search *search, struct slice file)
{
	bool is_new;

	table_add(&search->found, file, &is_new);
	if (file.len > search->longest.len)
		search->longest = file;
}

/* Finds the files that end with what was given; with is_inner those with which
 * it ends itself. Returns whether there are any. */
static bool
look(struct search *search, bool is_inner)
{
	const struct ranking *ranking = search->ranking;

	for (size_t i = 0; i < ranking->count; i++) {
		struct slice file = file_of(search, &ranking->changes[i]);

		if (is_inner ? ends_with(search->given, file) :
			       ends_with(file, search->given))
			search_add(search, file);
	}
	return search->found.count > 0;
}

static int
refuse_several(const struct search *search, struct err *err)
{
	struct table_entry **entries = table_sorted(&search->found);
	size_t count = search->found.count;
	struct buf list = { 0 };

	for (size_t i = 0; i < count && i < FILES_LISTED; i++)
		buf_add_format(&list, "%s%.*s", i == 0 ? "" : ", ",
		    SLICE_ARG(entries[i]->key));
	if (count > FILES_LISTED)
		buf_add_format(&list, " and %zu more", count - FILES_LISTED);
	err_set(err,
	    "%.*s may be any of %zu files: %.*s; give more of its path",
	    SLICE_ARG(search->given), count, (int)list.len, list.ptr);
	buf_release(&list);
	free(entries);
	return -1;
}

/* Of several, one that is named just so is meant. */
static int
choose(const struct search *search, bool is_inner, struct slice *file,
    struct err *err)
{
	*file = search->longest;
	if (is_inner || search->found.count == 1)
		return 0;
	*file = search->given;
	if (table_find(&search->found, search->given) != NULL)
		return 0;
	return refuse_several(search, err);
}

static int
find_file(const struct ranking *ranking, struct slice given, struct slice *file,
    struct err *err)
{
	struct search search = { .ranking = ranking, .given = given };
	bool is_found = false;
	bool is_inner = false;
	int status;

	table_init(&search.found, 0);
	for (int i = 0; i < 4 && !is_found; i++) {
		is_inner = i >= 2;
		search.is_of_old = i % 2 == 1;
		is_found = look(&search, is_inner);
	}
	if (is_found)
		status = choose(&search, is_inner, file, err);
	else
		status = err_set(err, "no call site in %.*s on any of the days",
		    SLICE_ARG(given));
	table_release(&search.found);
	return status;
}

static bool
is_in(const struct site *site, struct slice file)
{
	return site != NULL && slice_equal(site->file, file);
}

int
annotate_sites_find(struct annotate_sites *sites, const struct ranking *ranking,
    const char *given, struct err *err)
{
	struct slice path = without_dots(slice_str(given));

	*sites = (struct annotate_sites){ 0 };
	if (find_file(ranking, path, &sites->file, err) != 0)
		return -1;
	sites->changes = xcalloc(ranking->count, sizeof(sites->changes[0]));
	for (size_t i = 0; i < ranking->count; i++) {
		const struct change *change = &ranking->changes[i];

		if (is_in(change->pair.new, sites->file) ||
		    is_in(change->pair.old, sites->file))
			sites->changes[sites->count++] = change;
	}
	return 0;
}

void
annotate_sites_release(struct annotate_sites *sites)
{
	free(sites->changes);
	*sites = (struct annotate_sites){ 0 };
}
