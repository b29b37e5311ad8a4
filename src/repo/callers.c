/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/callers.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/table.h"
#include "compare/text.h"

enum {
	NAME_LEAST = 3,
	/* A name in more files than this is in too many. */
	FILES_MOST = 16
};

/* Of one version of a file: for each name the sum of the hashes of its
 * lines. */
struct sums {
	bool is_known;
	uint64_t of[CALLERS_MOST];
};

struct callers {
	struct versions *versions;
	const struct slice *names;
	size_t count;
	struct table blobs; /* from ids to struct sums */
	struct table paths; /* to the bits of the names that are in them */
	size_t files[CALLERS_MOST]; /* how many paths have a name */
};

static const char *const common[] = { "add", "all", "apply", "build", "call",
	"check", "close", "count", "create", "delete", "destroy", "each",
	"edit", "execute", "exists", "filter", "find", "first", "format", "get",
	"handle", "index", "init", "initialize", "load", "main", "map", "name",
	"new", "open", "parse", "perform", "post", "process", "put", "read",
	"remove", "render", "reset", "run", "save", "search", "send", "set",
	"setup", "show", "size", "start", "stop", "test", "to_s", "update",
	"valid", "value", "values", "write", NULL };

static bool
says_nothing(struct slice name)
{
	for (size_t i = 0; common[i] != NULL; i++)
		if (slice_is(name, common[i]))
			return true;
	return name.len < NAME_LEAST;
}

struct callers *
callers_new(struct versions *versions, const struct slice *names, size_t count)
{
	struct callers *callers = xcalloc(1, sizeof(*callers));

	callers->versions = versions;
	callers->names = names;
	callers->count = count < CALLERS_MOST ? count : CALLERS_MOST;
	table_init(&callers->blobs, sizeof(struct sums));
	table_init(&callers->paths, sizeof(uint32_t));
	return callers;
}

void
callers_free(struct callers *callers)
{
	if (callers == NULL)
		return;
	table_release(&callers->blobs);
	table_release(&callers->paths);
	free(callers);
}

static bool
is_word(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The next line that holds the name as a whole word: its end, or NULL. */
static const char *
next_line(struct slice *rest, struct slice name, struct slice *line)
{
	const char *end = rest->ptr + rest->len;

	for (const char *at = rest->ptr;
	     (at = memmem(at, (size_t)(end - at), name.ptr, name.len)) != NULL;
	     at++) {
		const char *first;
		const char *last;

		if ((at > rest->ptr && is_word(at[-1])) ||
		    (at + name.len < end && is_word(at[name.len])))
			continue;
		first = slice_rchr(slice_between(rest->ptr, at), '\n');
		first = first == NULL ? rest->ptr : first + 1;
		last = slice_chr(slice_between(at, end), '\n');
		*line = slice_between(first, last == NULL ? end : last);
		return last == NULL ? end : last + 1;
	}
	return NULL;
}

static uint64_t
sum_lines(struct slice bytes, struct slice name)
{
	uint64_t sum = 0;
	struct slice line;
	const char *next;

	while (
	    bytes.len > 0 && (next = next_line(&bytes, name, &line)) != NULL) {
		struct text text;

		text_init(&text, line);
		if (text.count > 0)
			sum += text.lines[0].hash | 1;
		text_release(&text);
		bytes = slice_between(next, bytes.ptr + bytes.len);
	}
	return sum;
}

/* The sums of a version, which is read unless it was before. */
static int
find_sums(struct callers *callers, struct slice id, const struct sums **found,
    struct err *err)
{
	struct slice bytes = { NULL, 0 };
	struct sums *sums;
	bool added;
	int status;

	sums = table_add(&callers->blobs, id, &added);
	*found = sums;
	if (!added)
		return 0;
	status = id.len == 0 ?
	    1 :
	    versions_bytes(callers->versions, id, &bytes, err);
	if (status < 0)
		return -1;
	sums->is_known = status > 0 && (id.len == 0 || text_is_one(bytes));
	for (size_t i = 0; sums->is_known && i < callers->count; i++)
		if (!says_nothing(callers->names[i]))
			sums->of[i] = sum_lines(bytes, callers->names[i]);
	return 0;
}

static void
note_path(struct callers *callers, struct slice path, const struct sums *sums)
{
	uint32_t *bits = table_add(&callers->paths, path, NULL);

	for (size_t i = 0; i < callers->count; i++) {
		uint32_t bit = UINT32_C(1) << i;

		if (sums->of[i] == 0 || (*bits & bit) != 0)
			continue;
		*bits |= bit;
		callers->files[i]++;
	}
}

int
callers_touched(struct callers *callers, const struct changes_file *file,
    uint32_t *names, struct err *err)
{
	const struct sums *old;
	const struct sums *new;

	*names = 0;
	if (slice_equal(file->old_id, file->new_id))
		return 0;
	if (find_sums(callers, file->old_id, &old, err) != 0 ||
	    find_sums(callers, file->new_id, &new, err) != 0)
		return -1;
	note_path(callers, file->old_path, old);
	note_path(callers, file->new_path, new);
	if (!old->is_known || !new->is_known)
		return 0;
	for (size_t i = 0; i < callers->count; i++)
		if (old->of[i] != new->of[i])
			*names |= UINT32_C(1) << i;
	return 0;
}

bool
callers_is_common(const struct callers *callers, size_t name)
{
	return callers->files[name] > FILES_MOST;
}
