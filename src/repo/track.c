/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/track.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "compare/align.h"
#include "compare/mention.h"
#include "repo/changes.h"
#include "repo/elsewhere.h"
#include "repo/pairing.h"
#include "repo/tree.h"
#include "repo/versions.h"

/* Of texts that were read no more are kept from one file to the next. */
enum { KEEP_BYTES = 64 << 20 };

struct track {
	const struct git *git;
	struct tree *old_tree;
	struct tree *new_tree;
	struct changes between;
	struct versions *versions;
	struct pairing *pairing;
	struct table
	    names; /* from paths of the new tree to how logs write it */
	struct table files; /* from names in the new log to files of the tree */
	struct arena arena;
	char old[GIT_ID_SIZE];
	char new[GIT_ID_SIZE];
};

/* An old site with its place in the old revision. */
struct place {
	size_t site;
	const struct tree_file *file;
	size_t line;
};

/* What track_sites() works on. */
struct work {
	struct track *track;
	const struct site *old;
	struct match_target *targets;
	struct track_report *report;
	struct place *places; /* ordered by file and line */
	size_t count;
	struct elsewhere elsewhere;
	size_t *lost; /* for each place: index in elsewhere + 1, or 0 */
};

static int
open_parts(struct track *track, struct err *err)
{
	track->old_tree = tree_open(track->git, track->old, err);
	if (track->old_tree == NULL)
		return -1;
	track->new_tree = tree_open(track->git, track->new, err);
	if (track->new_tree == NULL)
		return -1;
	if (changes_between(&track->between, track->git, track->old, track->new,
		err) != 0)
		return -1;
	track->versions = versions_open(track->git, UINT64_MAX, err);
	if (track->versions == NULL)
		return -1;
	track->pairing = pairing_new(track->git, track->old, track->new,
	    track->old_tree, track->new_tree, &track->between);
	return 0;
}

struct track *
track_open(const struct git *git, const char *old, const char *new,
    struct err *err)
{
	struct track *track = xcalloc(1, sizeof(*track));

	track->git = git;
	(void)snprintf(track->old, sizeof(track->old), "%s", old);
	(void)snprintf(track->new, sizeof(track->new), "%s", new);
	table_init(&track->names, sizeof(struct slice));
	table_init(&track->files, sizeof(const struct tree_file *));
	if (open_parts(track, err) == 0)
		return track;
	track_close(track);
	return NULL;
}

void
track_close(struct track *track)
{
	if (track == NULL)
		return;
	pairing_free(track->pairing);
	versions_close(track->versions);
	changes_release(&track->between);
	tree_free(track->new_tree);
	tree_free(track->old_tree);
	table_release(&track->names);
	table_release(&track->files);
	arena_release(&track->arena);
	free(track);
}

static void
learn(struct tree *tree, const struct site *sites, size_t count)
{
	struct slice *paths = xcalloc(count + 1, sizeof(*paths));

	for (size_t i = 0; i < count; i++)
		paths[i] = sites[i].file;
	tree_learn(tree, paths, count);
	free(paths);
}

/* How the new day's log names the files of the new tree. */
static void
learn_names(struct track *track, const struct site *sites, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct tree_file **named;
		const struct tree_file *file;
		struct slice *name;
		bool added;

		if (i > 0 && slice_equal(sites[i].file, sites[i - 1].file))
			continue;
		file = tree_resolve(track->new_tree, sites[i].file);
		if (file == NULL)
			continue;
		named = table_add(&track->files, sites[i].file, NULL);
		*named = file;
		name = table_add(&track->names, file->path, &added);
		if (added)
			*name = arena_copy(&track->arena, sites[i].file);
	}
}

/* Any name of a file, as the new day's log has it or would have it. */
static struct slice
any_name_of(struct track *track, struct slice path)
{
	struct slice *name = table_find(&track->names, path);
	struct slice front = tree_front(track->new_tree);
	struct buf buf = { 0 };

	if (name != NULL)
		return *name;
	buf_add(&buf, front);
	buf_add(&buf, path);
	name = table_add(&track->names, path, NULL);
	*name = arena_copy(&track->arena, buf_slice(&buf));
	buf_release(&buf);
	return *name;
}

/*
 * How the new day's log names a file that the code of a place is in. It may
 * have several names, as of two releases that ran: where one is as the old log
 * would have it, then that.
 */
static struct slice
name_of(const struct work *work, const struct place *place, struct slice path)
{
	struct track *track = work->track;
	struct slice said = work->old[place->site].file;
	struct slice was = place->file->path;
	struct buf buf = { 0 };
	const struct tree_file **file = NULL;
	struct slice name;

	if (slice_equal(path, was)) {
		buf_add(&buf, said);
	} else if (said.len >= was.len &&
	    slice_equal(slice_from(said, said.len - was.len), was)) {
		buf_add(&buf, slice_head(said, said.len - was.len));
		buf_add(&buf, path);
	}
	if (buf.len > 0)
		file = table_find(&track->files, buf_slice(&buf));
	if (file != NULL && slice_equal((*file)->path, path))
		name = arena_copy(&track->arena, buf_slice(&buf));
	else
		name = any_name_of(track, path);
	buf_release(&buf);
	return name;
}

/* The same of where it was, empty if the new tree has it not. */
static struct slice
old_name_of(const struct work *work, const struct place *place)
{
	if (tree_find(work->track->new_tree, place->file->path) == NULL)
		return slice_make(NULL, 0);
	return name_of(work, place, place->file->path);
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;
	int order = slice_compare(x->file->path, y->file->path);

	if (order != 0)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->site < y->site ? -1 : x->site > y->site;
}

/* The file of the old tree that a path of the log means. found remembers. */
static const struct tree_file *
resolve(struct work *work, struct table *found, struct slice path)
{
	const struct tree_file **file;
	bool added;

	file = table_add(found, path, &added);
	if (!added)
		return *file;
	*file = tree_resolve(work->track->old_tree, path);
	if (*file == NULL && work->report->unresolved++ == 0)
		work->report->first_unresolved = path;
	return *file;
}

/* The places of all sites that have one. */
static void
find_places(struct work *work, size_t count)
{
	struct table found;

	table_init(&found, sizeof(const struct tree_file *));
	for (size_t i = 0; i < count; i++) {
		const struct tree_file *file = resolve(work, &found,
		    work->old[i].file);
		uint64_t line;

		if (file == NULL ||
		    slice_number(work->old[i].line, &line) != 0 || line == 0)
			continue;
		work->places[work->count++] = (struct place){ i, file,
			(size_t)line };
	}
	table_release(&found);
	if (work->count > 1)
		qsort(work->places, work->count, sizeof(*work->places),
		    compare_places);
}

/* Sets where the line of a place went; the kind as in a file of the same
 * path. */
static void
set_target(struct work *work, const struct place *place, struct slice path,
    size_t line, enum match_kind kind, double score)
{
	struct match_target *target = &work->targets[place->site];
	struct buf digits = { 0 };

	buf_add_format(&digits, "%zu", line);
	target->is_known = true;
	target->file = name_of(work, place, path);
	target->old_file = old_name_of(work, place);
	target->line = arena_copy(&work->track->arena, buf_slice(&digits));
	target->kind = kind;
	target->score = score;
	target->names_operation = true;
	buf_release(&digits);
	if (!slice_equal(path, place->file->path))
		target->kind = MATCH_MOVED;
	if (score < MATCH_SURE)
		target->kind = MATCH_MAYBE;
}

/* Gone from its file: perhaps it is in another. */
static void
set_lost(struct work *work, size_t at)
{
	struct place *place = &work->places[at];

	work->targets[place->site].is_known = true;
	work->targets[place->site].kind = MATCH_NONE;
	work->targets[place->site].old_file = old_name_of(work, place);
	if (at > 0 && work->lost[at - 1] != 0 &&
	    work->places[at - 1].file == place->file &&
	    work->places[at - 1].line == place->line) {
		work->lost[at] = work->lost[at - 1];
		return;
	}
	elsewhere_add(&work->elsewhere, place->file, place->line);
	work->lost[at] = work->elsewhere.count;
}

static enum match_kind
kind_of(const struct text_line *old, size_t line, const struct text_line *new,
    const struct align_line *at)
{
	if (at->kind == ALIGN_SPLIT)
		return MATCH_SPLIT;
	if (!slice_equal(old->text, new->text))
		return MATCH_EDITED;
	return at->to == line ? MATCH_EXACT : MATCH_SHIFTED;
}

/* Of a split line all its new ones are looked at. */
static bool
names_operation(const struct text *new, const struct align *align, size_t to,
    struct slice operation)
{
	size_t old = align->from[to - 1];

	for (size_t i = to; i <= new->count && align->from[i - 1] == old; i++)
		if (mention_operation(new->lines[i - 1].text, operation))
			return true;
	return false;
}

/* One place in a file whose texts are aligned. */
static void
follow_line(struct work *work, size_t at, const struct tree_file *file,
    const struct text *old, const struct text *new, const struct align *align)
{
	struct place *place = &work->places[at];
	const struct align_line *line;

	if (place->line > old->count) {
		work->report->beyond++;
		return;
	}
	line = &align->lines[place->line - 1];
	if (line->to == 0) {
		set_lost(work, at);
		return;
	}
	set_target(work, place, file->path, line->to,
	    kind_of(&old->lines[place->line - 1], place->line,
		&new->lines[line->to - 1], line),
	    line->score);
	work->targets[place->site].names_operation = names_operation(new, align,
	    line->to, work->old[place->site].operation);
}

/* Both texts of a file that became another. Returns 1, 0 where it cannot be
 * followed, or -1 with err set. */
static int
read_both(struct track *track, const struct tree_file *old,
    const struct tree_file *new, const struct text **old_text,
    const struct text **new_text, struct err *err)
{
	int status;

	versions_trim(track->versions, KEEP_BYTES);
	status = versions_text(track->versions, old->id, old_text, err);
	if (status <= 0)
		return status;
	return versions_text(track->versions, new->id, new_text, err);
}

static int
follow_changed(struct work *work, size_t first, size_t end,
    const struct tree_file *file, struct err *err)
{
	const struct tree_file *old = work->places[first].file;
	const struct text *old_text;
	const struct text *new_text;
	struct align align;
	int status = read_both(work->track, old, file, &old_text, &new_text,
	    err);

	if (status < 0)
		return -1;
	if (status == 0) {
		if (work->report->unreadable++ == 0)
			work->report->first_unreadable = old->path;
		return 0;
	}
	align_init(&align, old_text, new_text);
	for (size_t i = first; i < end; i++)
		follow_line(work, i, file, old_text, new_text, &align);
	align_release(&align);
	return 0;
}

/* The places [first, end), which are in one file. */
static int
follow_file(struct work *work, size_t first, size_t end, struct err *err)
{
	const struct tree_file *old = work->places[first].file;
	const struct tree_file *new;

	if (pairing_find(work->track->pairing, work->track->versions, old, &new,
		err) != 0)
		return -1;
	if (new != NULL && !slice_equal(old->id, new->id))
		return follow_changed(work, first, end, new, err);
	for (size_t i = first; i < end; i++) {
		if (new == NULL)
			set_lost(work, i);
		else
			set_target(work, &work->places[i], new->path,
			    work->places[i].line, MATCH_EXACT, 1);
	}
	return 0;
}

/* What was lost, and is in another file. */
static int
find_lost(struct work *work, struct err *err)
{
	if (elsewhere_find(&work->elsewhere, work->track->git,
		&work->track->between, err) != 0)
		return -1;
	for (size_t i = 0; i < work->count; i++) {
		const struct place *place = &work->places[i];
		const struct elsewhere_line *line;

		if (work->lost[i] == 0)
			continue;
		line = &work->elsewhere.lines[work->lost[i] - 1];
		if (line->path.len == 0)
			continue;
		set_target(work, place, line->path, line->to, MATCH_MOVED,
		    line->score);
		work->targets[place->site].names_operation = mention_operation(
		    line->text, work->old[place->site].operation);
	}
	return 0;
}

static int
follow_all(struct work *work, struct err *err)
{
	for (size_t first = 0, end; first < work->count; first = end) {
		for (end = first + 1; end < work->count &&
		     work->places[end].file == work->places[first].file;
		     end++)
			continue;
		if (follow_file(work, first, end, err) != 0)
			return -1;
	}
	return find_lost(work, err);
}

int
track_sites(struct track *track, const struct site *old, size_t old_count,
    const struct site *new, size_t new_count, struct match_target *targets,
    struct track_report *report, struct err *err)
{
	struct work work = { .track = track,
		.old = old,
		.targets = targets,
		.report = report };
	int status;

	*report = (struct track_report){ 0 };
	for (size_t i = 0; i < old_count; i++)
		targets[i] = (struct match_target){ 0 };
	learn(track->old_tree, old, old_count);
	learn(track->new_tree, new, new_count);
	learn_names(track, new, new_count);
	report->front = tree_front(track->old_tree);
	work.places = xcalloc(old_count + 1, sizeof(*work.places));
	work.lost = xcalloc(old_count + 1, sizeof(*work.lost));
	find_places(&work, old_count);
	status = follow_all(&work, err);
	elsewhere_release(&work.elsewhere);
	free(work.lost);
	free(work.places);
	return status;
}
