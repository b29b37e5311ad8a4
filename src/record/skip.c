/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/skip.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

static const char *const libraries[] = {
	"/lib/*",
	"/lib32/*",
	"/lib64/*",
	"/usr/lib/*",
	"/usr/lib32/*",
	"/usr/lib64/*",
	"/usr/libexec/*",
	"/usr/local/lib/*",
	NULL,
};

static const char *const library_sources[] = {
	"*/site-packages/*",
	"*/dist-packages/*",
	"*/lib/python3*/*",
	"*/lib64/python3*/*",
	"/usr/include/*",
	"/usr/local/include/*",
	"<frozen *",
	NULL,
};

static size_t
count_of(const char *list)
{
	size_t count = 1;

	for (; *list != '\0'; list++)
		count += *list == ':';
	return count;
}

/* Copies a list to *room, behind which *room is moved, and cuts it there. What
 * is empty in it is no pattern. */
static const char **
cut(char **room, const char *list)
{
	const char **patterns = calloc(count_of(list) + 1, sizeof(*patterns));
	size_t count = 0;
	size_t len = strlen(list);
	char *text = memcpy(*room, list, len + 1);

	*room += len + 1;
	if (patterns == NULL)
		return NULL;
	for (char *end; text != NULL; text = end) {
		end = strchr(text, ':');
		if (end != NULL)
			*end++ = '\0';
		if (*text != '\0')
			patterns[count++] = text;
	}
	return patterns;
}

static struct slice
copy_root(char *room, const char *root)
{
	size_t len = strlen(root);

	while (len > 0 && root[len - 1] == '/')
		len--;
	return slice_make(memcpy(room, root, len), len);
}

int
skip_init(struct skip *skip, const char *skipped, const char *owned,
    const char *root)
{
	char *room;

	*skip = (struct skip){ 0 };
	skipped = skipped == NULL ? "" : skipped;
	owned = owned == NULL ? "" : owned;
	root = root == NULL ? "" : root;
	room = malloc(strlen(skipped) + strlen(owned) + strlen(root) + 3);
	if (room == NULL)
		return ENOMEM;
	skip->texts = room;
	skip->skipped = cut(&room, skipped);
	skip->owned = cut(&room, owned);
	skip->root = copy_root(room, root);
	if (skip->skipped == NULL || skip->owned == NULL)
		return ENOMEM;
	skip->has_patterns = skip->skipped[0] != NULL;
	return 0;
}

static bool
matches(const char *pattern, const char *path)
{
	const char *name = strrchr(path, '/');

	if (name == NULL || strchr(pattern, '/') != NULL)
		return fnmatch(pattern, path, 0) == 0;
	return fnmatch(pattern, name + 1, 0) == 0;
}

static bool
matches_any(const char *const *patterns, const char *path)
{
	while (*patterns != NULL && !matches(*patterns, path))
		patterns++;
	return *patterns != NULL;
}

bool
skip_program(const struct skip *skip, const char *path)
{
	return !matches_any(skip->owned, path) &&
	    matches_any(skip->skipped, path);
}

bool
skip_module(const struct skip *skip, const char *path)
{
	return skip_program(skip, path) ||
	    (!matches_any(skip->owned, path) && matches_any(libraries, path));
}

bool
skip_written(const struct skip *skip, const char *path, const char *written)
{
	if (matches_any(skip->owned, path) || matches_any(skip->owned, written))
		return false;
	return matches_any(skip->skipped, path) ||
	    matches_any(skip->skipped, written) ||
	    matches_any(library_sources, path);
}

bool
skip_source(const struct skip *skip, const char *path)
{
	return skip_written(skip, path,
	    skip_shorten(skip, slice_str(path)).ptr);
}

struct slice
skip_shorten(const struct skip *skip, struct slice path)
{
	size_t len = skip->root.len;

	if (len == 0 || path.len <= len + 1 || path.ptr[len] != '/' ||
	    memcmp(path.ptr, skip->root.ptr, len) != 0)
		return path;
	return slice_from(path, len + 1);
}
