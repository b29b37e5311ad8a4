/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/changes.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

/* A commit is said as four texts with a NUL behind each; what follows with a
 * colon at its front is a file of it. */
#define COMMIT_FORMAT "--format=%H%x00%ct%x00%an%x00%s"

/* Of how many files added and removed git looks at all pairs for renames that
 * are not exact: what it costs grows with the square. */
#define LIMIT_BETWEEN "-l1000"
#define LIMIT_COMMIT "-l400"

enum { ARGUMENTS_MAX = 16 };

struct parser {
	struct changes *changes;
	struct slice rest;
	size_t room;                /* for commits */
	struct changes_file *files; /* of the commit that is being read */
	size_t file_count;
	size_t file_room;
};

static struct changes_commit *
add_commit(struct parser *parser)
{
	struct changes *changes = parser->changes;

	xgrow(&changes->commits, &parser->room, changes->count + 1,
	    sizeof(*changes->commits));
	changes->commits[changes->count] = (struct changes_commit){ 0 };
	return &changes->commits[changes->count++];
}

/* Gives the files read since to the last commit. */
static void
end_commit(struct parser *parser)
{
	struct changes *changes = parser->changes;
	size_t size = parser->file_count * sizeof(*parser->files);
	struct changes_file *files;

	if (parser->file_count == 0)
		return;
	files = arena_take(&changes->arena, size);
	memcpy(files, parser->files, size);
	changes->commits[changes->count - 1].files = files;
	changes->commits[changes->count - 1].file_count = parser->file_count;
	parser->file_count = 0;
}

/* Seconds; none at all where git could not read them in the commit. */
static int
parse_time(struct slice text, int64_t *time)
{
	uint64_t number = 0;

	if (text.len > 0 && slice_number(text, &number) != 0)
		return -1;
	*time = number > INT64_MAX ? INT64_MAX : (int64_t)number;
	return 0;
}

/* "ID\0TIME\0AUTHOR\0SUBJECT\0", and a newline where files follow. */
static int
parse_commit(struct parser *parser)
{
	struct changes_commit *commit;
	struct slice time;

	end_commit(parser);
	commit = add_commit(parser);
	if (!slice_cut(&parser->rest, '\0', &commit->id) ||
	    !git_is_id(commit->id) || !slice_cut(&parser->rest, '\0', &time) ||
	    parse_time(time, &commit->time) != 0 ||
	    !slice_cut(&parser->rest, '\0', &commit->author) ||
	    !slice_cut(&parser->rest, '\0', &commit->subject))
		return -1;
	if (slice_starts(parser->rest, "\n:"))
		parser->rest = slice_from(parser->rest, 1);
	return 0;
}

/* The id of a side, if it is of a file and not all zeros. */
static int
take_id(struct slice *line, struct slice mode, struct slice *id)
{
	size_t zeros = 0;

	if (!slice_cut(line, ' ', id) || !git_is_id(*id))
		return -1;
	while (zeros < id->len && id->ptr[zeros] == '0')
		zeros++;
	if (zeros == id->len || !slice_starts(mode, "100"))
		*id = slice_make(NULL, 0);
	return 0;
}

/* "M", "R086" */
static int
parse_status(struct slice text, char *status)
{
	if (text.len == 0 || memchr("ACDMRT", text.ptr[0], 6) == NULL ||
	    slice_digits(slice_from(text, 1)) != text.len - 1)
		return -1;
	*status = text.ptr[0];
	return 0;
}

/* ":100644 100644 ID ID M\0PATH\0", of R and C ":... R086\0OLD\0NEW\0" */
static int
parse_file(struct parser *parser)
{
	struct changes_file file;
	struct slice line;
	struct slice modes[2];

	if (!slice_cut(&parser->rest, '\0', &line))
		return -1;
	line = slice_from(line, 1);
	if (!slice_cut(&line, ' ', &modes[0]) || modes[0].len != 6 ||
	    !slice_cut(&line, ' ', &modes[1]) || modes[1].len != 6 ||
	    take_id(&line, modes[0], &file.old_id) != 0 ||
	    take_id(&line, modes[1], &file.new_id) != 0 ||
	    parse_status(line, &file.status) != 0 ||
	    !slice_cut(&parser->rest, '\0', &file.old_path))
		return -1;
	file.new_path = file.old_path;
	if ((file.status == 'R' || file.status == 'C') &&
	    !slice_cut(&parser->rest, '\0', &file.new_path))
		return -1;
	if (file.old_path.len == 0 || file.new_path.len == 0)
		return -1;
	xgrow(&parser->files, &parser->file_room, parser->file_count + 1,
	    sizeof(*parser->files));
	parser->files[parser->file_count++] = file;
	return 0;
}

int
changes_parse(struct changes *changes, struct slice text, struct err *err)
{
	struct parser parser = { .changes = changes };
	int status = 0;

	*changes = (struct changes){ 0 };
	if (text.len > 0 && text.ptr[text.len - 1] != '\0')
		return err_set(err, "git diff-tree prints half a change");
	parser.rest = arena_copy(&changes->arena, text);
	if (slice_starts(parser.rest, ":"))
		(void)add_commit(&parser);
	while (status == 0 && parser.rest.len > 0)
		status = slice_starts(parser.rest, ":") ? parse_file(&parser) :
							  parse_commit(&parser);
	if (status == 0)
		end_commit(&parser);
	free(parser.files);
	return status == 0 ? 0 :
			     err_set(err, "git diff-tree prints no changes");
}

void
changes_release(struct changes *changes)
{
	free(changes->commits);
	arena_release(&changes->arena);
	*changes = (struct changes){ 0 };
}

/*
 * Runs "git diff-tree -M ARGUMENTS..." (NULL at the end), and parses what it
 * prints. To see renames that are not exact git has to read files: where one is
 * missing, damaged or too large for its memory, the exact ones have to do.
 */
static int
read_changes(struct changes *changes, const struct git *git,
    const char *const *arguments, struct slice input, struct err *err)
{
	const char *all[ARGUMENTS_MAX] = { "diff-tree", "-M" };
	struct buf output = { 0 };
	struct err why;
	int status;

	for (size_t i = 2; arguments[i - 2] != NULL; i++)
		all[i] = arguments[i - 2];
	status = git_run(git, all, input, GIT_OUTPUT_MAX, &output, &why);
	if (status != 0) {
		all[1] = "-M100%";
		buf_clear(&output);
		status = git_run(git, all, input, GIT_OUTPUT_MAX, &output, err);
	}
	if (status == 0 && changes_parse(changes, buf_slice(&output), err) != 0)
		status = err_wrap(err, "%s", git->dir);
	buf_release(&output);
	return status;
}

int
changes_between(struct changes *changes, const struct git *git, const char *old,
    const char *new, struct err *err)
{
	const char *const arguments[] = { LIMIT_BETWEEN, "-r", "--raw", "-z",
		"--no-abbrev", "--no-relative", "--end-of-options", old, new,
		NULL };
	struct parser parser = { .changes = changes };

	*changes = (struct changes){ 0 };
	if (read_changes(changes, git, arguments, slice_make(NULL, 0), err) !=
	    0)
		return -1;
	if (changes->count == 0)
		(void)add_commit(&parser);
	return 0;
}

/* What each of the commits changed. Those at the border of a shallow clone look
 * as if they had added all files: nothing is said there of what a first commit
 * added. */
static int
read_commits(struct changes *changes, const struct git *git, struct slice ids,
    struct err *err)
{
	const char *const arguments[] = { LIMIT_COMMIT, "--stdin", "--always",
		"-r", "--raw", "-z", "--no-abbrev", "--no-relative",
		"--encoding=UTF-8", COMMIT_FORMAT,
		git->is_shallow ? NULL : "--root", NULL };

	return read_changes(changes, git, arguments, ids, err);
}

int
changes_commits(struct changes *changes, const struct git *git, const char *old,
    const char *new, struct err *err)
{
	char *excluded = xasprintf("^%s", old);
	const char *const arguments[] = { "rev-list", "--no-merges",
		"--end-of-options", new, excluded, NULL };
	struct buf ids = { 0 };
	int status;

	*changes = (struct changes){ 0 };
	status = git_run(git, arguments, slice_make(NULL, 0), GIT_OUTPUT_MAX,
	    &ids, err);
	if (status == 0)
		status = read_commits(changes, git, buf_slice(&ids), err);
	buf_release(&ids);
	free(excluded);
	return status;
}
