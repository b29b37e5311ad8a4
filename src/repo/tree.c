/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/tree.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"

/* Longer ones are no paths of a log. */
enum { PATH_SIZE = 4096 };

#define TREE_OUTPUT_MAX ((size_t)256 << 20)

struct front {
	size_t count;      /* of the log's paths */
	struct slice text; /* as the first of them has it */
};

struct tree {
	struct buf text;         /* what git printed: paths and ids lie there */
	struct tree_file *files; /* by path */
	const struct tree_file **by_end; /* by path, read from its end */
	size_t count;
	struct table fronts; /* struct front, by their shapes */
	struct slice front;  /* that most have */
	struct arena arena;  /* what the fronts are made of */
};

static int
compare_paths(const void *a, const void *b)
{
	const struct tree_file *one = a;
	const struct tree_file *other = b;

	return slice_compare(one->path, other->path);
}

/* Order of bytes from the last to the first; an end comes before what ends
 * with it. */
static int
compare_reversed(struct slice a, struct slice b)
{
	while (a.len > 0 && b.len > 0) {
		unsigned char one = (unsigned char)a.ptr[--a.len];
		unsigned char other = (unsigned char)b.ptr[--b.len];

		if (one != other)
			return one < other ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static int
compare_ends(const void *a, const void *b)
{
	const struct tree_file *const *one = a;
	const struct tree_file *const *other = b;

	return compare_reversed((*one)->path, (*other)->path);
}

/* "100644 blob ID\tPATH"; its path is empty for what is no file. Returns 0, or
 * -1 where it is none of git's lines. */
static int
parse_line(struct slice line, struct tree_file *file)
{
	bool is_file = slice_starts(line, "100");
	struct slice field;

	*file = (struct tree_file){ 0 };
	if (!slice_cut(&line, ' ', &field) || field.len != 6 ||
	    !slice_cut(&line, ' ', &field) ||
	    !slice_cut(&line, '\t', &file->id) || !git_is_id(file->id) ||
	    line.len == 0)
		return -1;
	if (is_file)
		file->path = line;
	return 0;
}

static int
parse(struct tree *tree, struct err *err)
{
	struct slice rest = buf_slice(&tree->text);
	struct slice line;
	size_t room = 0;

	while (slice_cut(&rest, '\0', &line)) {
		xgrow(&tree->files, &room, tree->count + 1,
		    sizeof(*tree->files));
		if (parse_line(line, &tree->files[tree->count]) != 0)
			return err_set(err, "git ls-tree prints no files");
		tree->count += tree->files[tree->count].path.len > 0;
	}
	return 0;
}

/* Git's order is that of paths; but a damaged tree may have any. */
static void
sort(struct tree *tree)
{
	size_t i = 1;

	while (i < tree->count &&
	    compare_paths(&tree->files[i - 1], &tree->files[i]) < 0)
		i++;
	if (i < tree->count)
		qsort(tree->files, tree->count, sizeof(*tree->files),
		    compare_paths);
	tree->by_end = xcalloc(tree->count + 1, sizeof(*tree->by_end));
	for (i = 0; i < tree->count; i++)
		tree->by_end[i] = &tree->files[i];
	qsort(tree->by_end, tree->count, sizeof(*tree->by_end), compare_ends);
}

/* The tree of what is in text, which it takes over. */
static struct tree *
tree_of(struct buf *text, struct err *err)
{
	struct tree *tree = xcalloc(1, sizeof(*tree));

	table_init(&tree->fronts, sizeof(struct front));
	tree->text = *text;
	*text = (struct buf){ 0 };
	if (parse(tree, err) != 0) {
		tree_free(tree);
		return NULL;
	}
	sort(tree);
	return tree;
}

struct tree *
tree_parse(struct slice text, struct err *err)
{
	struct buf copy = { 0 };

	buf_add(&copy, text);
	return tree_of(&copy, err);
}

struct tree *
tree_open(const struct git *git, const char *commit, struct err *err)
{
	const char *const arguments[] = { "ls-tree", "-r", "-z", "--full-tree",
		"--end-of-options", commit, NULL };
	struct buf text = { 0 };

	if (git_run(git, arguments, slice_make(NULL, 0), TREE_OUTPUT_MAX, &text,
		err) != 0) {
		buf_release(&text);
		return NULL;
	}
	return tree_of(&text, err);
}

void
tree_free(struct tree *tree)
{
	if (tree == NULL)
		return;
	buf_release(&tree->text);
	free(tree->files);
	free(tree->by_end);
	table_release(&tree->fronts);
	arena_release(&tree->arena);
	free(tree);
}

size_t
tree_count(const struct tree *tree)
{
	return tree->count;
}

const struct tree_file *
tree_files(const struct tree *tree)
{
	return tree->files;
}

const struct tree_file *
tree_find(const struct tree *tree, struct slice path)
{
	struct tree_file key = { .path = path };

	if (tree->count == 0)
		return NULL;
	return bsearch(&key, tree->files, tree->count, sizeof(*tree->files),
	    compare_paths);
}

/*
 * Writes a path without "." and empty names, and with a slash before each name,
 * to into, which holds PATH_SIZE bytes. Empty where it has ".." or is too long.
 */
static struct slice
clean(struct slice path, char *into)
{
	struct slice name;
	size_t len = 0;

	if (path.len >= PATH_SIZE)
		return slice_make(NULL, 0);
	while (slice_cut(&path, '/', &name)) {
		if (name.len == 0 || slice_is(name, "."))
			continue;
		if (slice_is(name, ".."))
			return slice_make(NULL, 0);
		into[len++] = '/';
		memcpy(into + len, name.ptr, name.len);
		len += name.len;
	}
	return slice_make(into, len);
}

/* Whether what lies behind this front is not of the project, though its names
 * may be like the project's: an installed package. */
static bool
is_foreign(struct slice front)
{
	static const char *const folders[] = { "site-packages", "dist-packages",
		"gems", "node_modules", "vendor", ".cargo", NULL };
	struct slice before = { NULL, 0 };
	struct slice name;

	for (; slice_cut(&front, '/', &name); before = name) {
		for (size_t i = 0; folders[i] != NULL; i++)
			if (slice_is(name, folders[i]))
				return true;
		if (slice_is(before, "lib") &&
		    (slice_starts(name, "python") || slice_is(name, "ruby")))
			return true;
		if (slice_is(before, "pkg") && slice_is(name, "mod"))
			return true;
	}
	return false;
}

/* Whether a folder is named by a number, a date, a version or a revision. */
static bool
is_release(struct slice name)
{
	static const char usual[] = "0123456789abcdefv.-_";
	bool has_digit = false;

	for (size_t i = 0; i < name.len; i++) {
		if (memchr(usual, name.ptr[i], sizeof(usual) - 1) == NULL)
			return false;
		has_digit |= name.ptr[i] >= '0' && name.ptr[i] <= '9';
	}
	return has_digit;
}

/* What fronts of one application have in common, whichever release it is:
 * written to into, of PATH_SIZE bytes. */
static struct slice
shape(struct slice front, char *into)
{
	struct slice name;
	size_t len = 0;

	while (slice_cut(&front, '/', &name)) {
		if (is_release(name))
			name = slice_make("0", 1);
		memcpy(into + len, name.ptr, name.len);
		len += name.len;
		into[len++] = '/';
	}
	return slice_make(into, len);
}

static bool
is_known(const struct tree *tree, struct slice front)
{
	char into[PATH_SIZE];

	return table_find(&tree->fronts, shape(front, into)) != NULL;
}

/* Whether the end of a path that stands behind this front is the project's
 * file of that name. */
static bool
may_follow(const struct tree *tree, struct slice front, struct slice end)
{
	if (front.len == 0)
		return true;
	return !is_foreign(front) &&
	    (slice_chr(end, '/') != NULL || is_known(tree, front));
}

/* The longest end of a clean path that is a path of the tree; *front is what
 * stands before it. */
static const struct tree_file *
find_end(const struct tree *tree, struct slice path, struct slice *front)
{
	struct slice rest = path;
	struct slice name;

	do {
		const struct tree_file *file = tree_find(tree, rest);

		*front = slice_head(path, path.len - rest.len);
		if (file != NULL && may_follow(tree, *front, rest))
			return file;
		(void)slice_cut(&rest, '/', &name);
	} while (rest.len > 0);
	return NULL;
}

static bool
ends_with(struct slice path, struct slice end)
{
	return path.len > end.len &&
	    slice_equal(slice_from(path, path.len - end.len), end);
}

/* The only file whose path ends with these names, a slash before each. All that
 * do stand together, from the first that is not before the names. */
static const struct tree_file *
find_only(const struct tree *tree, struct slice names)
{
	size_t low = 0;
	size_t high = tree->count;
	size_t found = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_reversed(tree->by_end[middle]->path, names) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (found < 2 && low + found < tree->count &&
	    ends_with(tree->by_end[low + found]->path, names))
		found++;
	return found == 1 ? tree->by_end[low] : NULL;
}

/* What clean() made of a path, without the slash that the path has not. */
static struct slice
without_slash(struct slice path, struct slice names)
{
	return slice_starts(path, "/") ? names : slice_from(names, 1);
}

const struct tree_file *
tree_resolve(const struct tree *tree, struct slice path)
{
	char into[PATH_SIZE];
	struct slice names = clean(path, into);
	const struct tree_file *file;
	struct slice front;

	if (names.len == 0)
		return NULL;
	file = find_end(tree, without_slash(path, names), &front);
	return file != NULL ? file : find_only(tree, names);
}

/* One name alone teaches nothing: it may be that of any file. */
static const struct front *
learn(struct tree *tree, struct slice path)
{
	char into[PATH_SIZE];
	char shaped[PATH_SIZE];
	struct slice names = clean(path, into);
	const struct tree_file *file = NULL;
	struct slice text = slice_make(NULL, 0);
	struct front *front;

	if (names.len > 0)
		file = find_end(tree, without_slash(path, names), &text);
	if (file == NULL ||
	    (text.len > 0 && slice_chr(file->path, '/') == NULL))
		return NULL;
	front = table_add(&tree->fronts, shape(text, shaped), NULL);
	if (front->count++ == 0)
		front->text = arena_copy(&tree->arena, text);
	return front;
}

void
tree_learn(struct tree *tree, const struct slice *paths, size_t count)
{
	size_t most = 0;

	for (size_t i = 0; i < count; i++) {
		const struct front *front = learn(tree, paths[i]);

		if (front != NULL && front->count > most) {
			most = front->count;
			tree->front = front->text;
		}
	}
}

struct slice
tree_front(const struct tree *tree)
{
	return tree->front;
}
