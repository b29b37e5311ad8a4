/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/touches_inside.h"

#include "compare/align.h"

enum { KEEP_BYTES = 128 << 20 }; /* kept as texts */

/* The way of one file through the commits. */
struct trail {
	struct touches_hunt *hunt;
	const struct touches_subject *subjects; /* those in the file */
	size_t count;
	bool is_old;       /* from the old revision on, not back from the new */
	struct text text;  /* of the file in that revision */
	struct slice path; /* as the commit at hand knows it */
};

/* What a commit's change of the file touched of each site in it. near is of
 * the trail's own text to the version on its side of the change. */
static void
judge(const struct trail *trail, size_t commit, struct slice path,
    const struct touched_change *change, const struct align *near)
{
	for (size_t i = 0; i < trail->count; i++) {
		const struct touches_subject *subject = &trail->subjects[i];
		struct slice function = subject->name;
		struct touched_place before;
		struct touched_place after;
		enum suspect_reason reason;
		size_t line;

		if (trail->is_old) {
			before = touched_carry(&subject->place, near,
			    change->old, function);
			after = touched_carry(&before, change->align,
			    change->new, function);
		} else {
			after = touched_carry(&subject->place, near,
			    change->new, function);
			before = touched_before(change, &after, function);
		}
		if (touched_what(change, &before, &after, &reason, &line))
			touches_add(trail->hunt, commit, subject, reason, path,
			    line);
	}
}

/* A change of the file's bytes in a commit. Returns 0, or -1 with err set. */
static int
look_at_change(struct trail *trail, size_t commit,
    const struct changes_file *file, struct err *err)
{
	struct touches_hunt *hunt = trail->hunt;
	struct touched_change change;
	struct align align;
	struct align near;
	int has_old;
	int has_new;

	versions_trim(hunt->versions, KEEP_BYTES);
	has_old = versions_text(hunt->versions, file->old_id, &change.old, err);
	if (has_old < 0)
		return -1;
	has_new = versions_text(hunt->versions, file->new_id, &change.new, err);
	if (has_new < 0)
		return -1;
	if (has_old == 0 || has_new == 0) {
		for (size_t i = 0; i < trail->count; i++)
			touches_add(hunt, commit, &trail->subjects[i],
			    SUSPECT_FILE, file->new_path, 0);
		return 0;
	}
	align_init(&align, change.old, change.new);
	align_init(&near, &trail->text,
	    trail->is_old ? change.old : change.new);
	change.align = &align;
	judge(trail, commit, file->new_path, &change, &near);
	align_release(&near);
	align_release(&align);
	return 0;
}

/* The file of the trail in a commit; NULL where it did not change it. */
static const struct changes_file *
find_change(const struct trail *trail, const struct changes_commit *commit)
{
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct changes_file *file = &commit->files[i];

		if (slice_equal(trail->is_old ? file->old_path : file->new_path,
			trail->path))
			return file;
	}
	return NULL;
}

/* One commit. Afterwards path is the file's beyond it. */
static int
follow_commit(struct trail *trail, size_t commit, struct err *err)
{
	const struct changes_file *file = find_change(trail,
	    &trail->hunt->changes.commits[commit]);

	if (file == NULL)
		return 0;
	if (!slice_equal(file->old_id, file->new_id) &&
	    look_at_change(trail, commit, file, err) != 0)
		return -1;
	trail->path = trail->is_old ? file->new_path : file->old_path;
	return 0;
}

static int
follow_commits(struct trail *trail, struct err *err)
{
	size_t count = trail->hunt->changes.count;

	for (size_t i = 0; i < count; i++)
		if (follow_commit(trail, trail->is_old ? count - 1 - i : i,
			err) != 0)
			return -1;
	return 0;
}

/* Where the sites of the trail are in its text. */
static void
locate_subjects(struct trail *trail, struct touches_subject *subjects)
{
	for (size_t i = 0; i < trail->count; i++) {
		struct touches_subject *subject = &subjects[i];

		subject->place = touched_locate(&trail->text, subject->line,
		    subject->function);
		if (subject->place.name.len > 0)
			subject->name = arena_copy(&trail->hunt->arena,
			    touched_name(subject->place.name));
		subject->place.name = slice_make(NULL, 0);
	}
}

/* The sites subjects[0 .. count), all in one file. */
static int
follow_file(struct touches_hunt *hunt, struct touches_subject *subjects,
    size_t count, struct err *err)
{
	struct trail trail = { .hunt = hunt,
		.subjects = subjects,
		.count = count,
		.is_old = subjects->is_old };
	struct slice bytes = { NULL, 0 };
	int status;

	if (subjects->file == NULL)
		return 0;
	status = versions_bytes(hunt->versions, subjects->file->id, &bytes,
	    err);
	if (status < 0)
		return -1;
	trail.path = subjects->file->path;
	text_init(&trail.text,
	    status > 0 && text_is_one(bytes) ? bytes : slice_make(NULL, 0));
	locate_subjects(&trail, subjects);
	status = follow_commits(&trail, err);
	text_release(&trail.text);
	return status;
}

static bool
in_one_file(const struct touches_subject *a, const struct touches_subject *b)
{
	return a->file == b->file && a->is_old == b->is_old;
}

int
touches_follow(struct touches_hunt *hunt, struct err *err)
{
	struct touches_subject *subjects = hunt->subjects;

	for (size_t i = 0, end; i < hunt->subject_count; i = end) {
		for (end = i + 1; end < hunt->subject_count &&
		     in_one_file(&subjects[i], &subjects[end]);
		     end++)
			continue;
		if (follow_file(hunt, &subjects[i], end - i, err) != 0)
			return -1;
	}
	return 0;
}
