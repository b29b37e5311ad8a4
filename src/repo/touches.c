/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/touches.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "repo/callers.h"
#include "repo/ignored.h"
#include "repo/settings.h"
#include "repo/touches_inside.h"

enum { BYTES_MOST = 256 << 20 }; /* read in all; then callers are not told */

void
touches_add(struct touches_hunt *hunt, size_t commit,
    const struct touches_subject *subject, enum suspect_reason reason,
    struct slice path, size_t line)
{
	xgrow(&hunt->touches, &hunt->touch_room, hunt->touch_count + 1,
	    sizeof(*hunt->touches));
	hunt->touches[hunt->touch_count++] = (struct suspect_touch){ commit,
		subject->site, reason, path, line };
}

/* What a commit did to lines that name the functions. The bits of subjects go
 * into the touches as if all counted; drop_common() has the last word. */
static int
look_for_callers(struct touches_hunt *hunt, struct callers *callers,
    size_t commit, struct err *err)
{
	const struct changes_commit *changes = &hunt->changes.commits[commit];
	uint32_t told = 0;

	for (size_t i = 0; i < changes->file_count; i++) {
		uint32_t names;

		if (callers_touched(callers, &changes->files[i], &names, err) !=
		    0)
			return -1;
		for (size_t s = 0; s < hunt->subject_count; s++)
			if ((names & ~told & UINT32_C(1) << s) != 0)
				touches_add(hunt, commit, &hunt->subjects[s],
				    SUSPECT_CALLER, changes->files[i].new_path,
				    0);
		told |= names;
	}
	return 0;
}

static bool
is_common(const struct touches_hunt *hunt, const struct callers *callers,
    const struct suspect_touch *touch)
{
	for (size_t s = 0; s < hunt->subject_count; s++)
		if (hunt->subjects[s].site == touch->site)
			return callers_is_common(callers, s);
	return false;
}

static void
drop_common(struct touches_hunt *hunt, const struct callers *callers)
{
	size_t kept = 0;

	for (size_t i = 0; i < hunt->touch_count; i++)
		if (hunt->touches[i].reason != SUSPECT_CALLER ||
		    !is_common(hunt, callers, &hunt->touches[i]))
			hunt->touches[kept++] = hunt->touches[i];
	hunt->touch_count = kept;
}

static int
find_callers(struct touches_hunt *hunt, struct err *err)
{
	struct slice names[SITES_MOST];
	struct callers *callers;
	int status = 0;

	for (size_t s = 0; s < hunt->subject_count; s++)
		names[s] = hunt->subjects[s].name;
	callers = callers_new(hunt->versions, names, hunt->subject_count);
	for (size_t i = 0; status == 0 && i < hunt->changes.count; i++)
		status = look_for_callers(hunt, callers, i, err);
	drop_common(hunt, callers);
	callers_free(callers);
	return status;
}

/* The first file of settings that a commit changed, or NULL. */
static const struct changes_file *
find_setting(const struct changes_commit *commit)
{
	for (size_t i = 0; i < commit->file_count; i++)
		if (settings_path(commit->files[i].new_path))
			return &commit->files[i];
	return NULL;
}

static void
find_settings(struct touches_hunt *hunt)
{
	for (size_t c = 0; c < hunt->changes.count; c++) {
		const struct changes_file *file = find_setting(
		    &hunt->changes.commits[c]);

		for (size_t s = 0; file != NULL && s < hunt->subject_count; s++)
			touches_add(hunt, c, &hunt->subjects[s], SUSPECT_CONFIG,
			    file->new_path, 0);
	}
}

/* Takes a site up among those looked into, if it is heavy enough. */
static void
add_subject(struct touches_hunt *hunt, const struct touches_site *sites,
    size_t site)
{
	size_t at = hunt->subject_count;

	while (at > 0 &&
	    sites[hunt->subjects[at - 1].site].weight < sites[site].weight)
		at--;
	if (at == SITES_MOST || !(sites[site].weight > 0))
		return;
	if (hunt->subject_count < SITES_MOST)
		hunt->subject_count++;
	memmove(&hunt->subjects[at + 1], &hunt->subjects[at],
	    (hunt->subject_count - at - 1) * sizeof(*hunt->subjects));
	hunt->subjects[at] = (struct touches_subject){ .site = site };
}

/* By revision, then by file. */
static int
compare_subjects(const void *a, const void *b)
{
	const struct touches_subject *x = a;
	const struct touches_subject *y = b;
	static const struct slice none;
	int order = slice_compare(x->file == NULL ? none : x->file->path,
	    y->file == NULL ? none : y->file->path);

	if (x->is_old != y->is_old)
		return x->is_old ? 1 : -1;
	if (order != 0)
		return order;
	return x->site < y->site ? -1 : x->site > y->site;
}

static void
learn(struct tree *tree, const struct touches_site *sites, size_t count,
    bool is_old)
{
	struct slice *paths = xcalloc(count + 1, sizeof(*paths));
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (sites[i].is_old == is_old)
			paths[n++] = sites[i].file;
	tree_learn(tree, paths, n);
	free(paths);
}

/* Chooses the sites that are looked into, and finds their files. */
static void
choose_subjects(struct touches_hunt *hunt, const struct touches_site *sites,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_subject(hunt, sites, i);
	learn(hunt->old_tree, sites, count, true);
	learn(hunt->new_tree, sites, count, false);
	for (size_t i = 0; i < hunt->subject_count; i++) {
		struct touches_subject *subject = &hunt->subjects[i];
		const struct touches_site *site = &sites[subject->site];
		uint64_t line = 0;

		subject->is_old = site->is_old;
		subject->function = site->function;
		subject->name = touched_name(site->function);
		subject->file = tree_resolve(site->is_old ? hunt->old_tree :
							    hunt->new_tree,
		    site->file);
		if (slice_number(site->line, &line) == 0)
			subject->line = (size_t)line;
	}
	qsort(hunt->subjects, hunt->subject_count, sizeof(*hunt->subjects),
	    compare_subjects);
}

/* Leaves those out that the project wants to be passed over. */
static void
drop_ignored(struct touches_hunt *hunt)
{
	struct changes *changes = &hunt->changes;
	size_t kept = 0;

	for (size_t i = 0; i < changes->count; i++)
		if (table_find(&hunt->ignored, changes->commits[i].id) == NULL)
			changes->commits[kept++] = changes->commits[i];
	changes->count = kept;
}

static int
open_hunt(struct touches_hunt *hunt, const char *old, const char *new,
    struct err *err)
{
	hunt->old_tree = tree_open(hunt->git, old, err);
	if (hunt->old_tree == NULL)
		return -1;
	hunt->new_tree = tree_open(hunt->git, new, err);
	if (hunt->new_tree == NULL)
		return -1;
	hunt->versions = versions_open(hunt->git, BYTES_MOST, err);
	if (hunt->versions == NULL)
		return -1;
	if (changes_commits(&hunt->changes, hunt->git, old, new, err) != 0 ||
	    ignored_read(&hunt->ignored, hunt->git, hunt->new_tree,
		hunt->versions, err) != 0)
		return -1;
	drop_ignored(hunt);
	return 0;
}

static void
close_hunt(struct touches_hunt *hunt)
{
	free(hunt->touches);
	versions_close(hunt->versions);
	changes_release(&hunt->changes);
	tree_free(hunt->new_tree);
	tree_free(hunt->old_tree);
	table_release(&hunt->ignored);
	arena_release(&hunt->arena);
}

static int
find_touches(struct touches_hunt *hunt, struct err *err)
{
	find_settings(hunt);
	if (touches_follow(hunt, err) != 0)
		return -1;
	return find_callers(hunt, err);
}

/* Ranks, and copies what the suspects keep. */
static void
fill_suspects(struct suspects *suspects, const struct touches_hunt *hunt,
    const struct touches_site *sites, size_t count)
{
	const struct changes *changes = &hunt->changes;
	double *weights = xcalloc(count + 1, sizeof(*weights));

	for (size_t i = 0; i < count; i++)
		weights[i] = sites[i].weight > 0 ? sites[i].weight : 0;
	suspects->commits = changes->count;
	suspects->items = xcalloc(changes->count + 1, sizeof(struct suspect));
	for (size_t i = 0; i < changes->count; i++) {
		suspects->items[i].id = changes->commits[i].id;
		suspects->items[i].subject = changes->commits[i].subject;
		suspects->items[i].author = changes->commits[i].author;
		suspects->items[i].time = changes->commits[i].time;
	}
	suspects->count = suspects_rank(suspects->items, changes->count,
	    hunt->touches, hunt->touch_count, weights, count);
	for (size_t i = 0; i < suspects->count; i++) {
		struct suspect *suspect = &suspects->items[i];

		suspect->id = arena_copy(&suspects->arena, suspect->id);
		suspect->subject = arena_copy(&suspects->arena,
		    suspect->subject);
		suspect->author = arena_copy(&suspects->arena, suspect->author);
		suspect->path = arena_copy(&suspects->arena, suspect->path);
	}
	free(weights);
}

int
touches_find(struct suspects *suspects, const struct git *git, const char *old,
    const char *new, const struct touches_site *sites, size_t count,
    struct err *err)
{
	struct touches_hunt hunt = { .git = git };
	int status;

	*suspects = (struct suspects){ 0 };
	table_init(&hunt.ignored, 0);
	status = open_hunt(&hunt, old, new, err);
	if (status == 0) {
		choose_subjects(&hunt, sites, count);
		status = find_touches(&hunt, err);
	}
	if (status == 0)
		fill_suspects(suspects, &hunt, sites, count);
	close_hunt(&hunt);
	return status;
}
