/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/walk.h"

#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

/* What walk_add() was given. */
struct visit {
	struct walk *walk;
	const struct walk_filter *filter;
	void (*trouble)(void *context, const char *message);
	void *context;
};

/* So that messages come in the order of names, too. */
static int
compare_entries(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
tell(const struct visit *visit, const FTSENT *entry, int error)
{
	struct err err;

	errno = error;
	(void)err_errno(&err, "%s", entry->fts_path);
	visit->trouble(visit->context, err.text);
}

static bool
fits_any(const char *const *patterns, const FTSENT *entry)
{
	for (; patterns != NULL && *patterns != NULL; patterns++) {
		bool whole = strchr(*patterns, '/') != NULL;

		if (fnmatch(*patterns,
			whole ? entry->fts_path : entry->fts_name, 0) == 0)
			return true;
	}
	return false;
}

/* Whether it and what is below it are passed over. */
static bool
is_left_out(const struct visit *visit, const FTSENT *entry)
{
	return entry->fts_name[0] == '.' ||
	    (visit->filter != NULL && fits_any(visit->filter->exclude, entry));
}

static bool
is_wanted(const struct visit *visit, const FTSENT *entry)
{
	return visit->filter == NULL || visit->filter->include == NULL ||
	    visit->filter->include[0] == NULL ||
	    fits_any(visit->filter->include, entry);
}

static void
take(struct walk *walk, const char *path)
{
	xgrow(&walk->paths, &walk->room, walk->count + 1, sizeof(*walk->paths));
	walk->paths[walk->count++] = xstrdup(path);
}

/* A link counts as the file it leads to. */
static void
take_link(const struct visit *visit, const FTSENT *entry)
{
	struct stat st;

	if (stat(entry->fts_accpath, &st) != 0)
		tell(visit, entry, errno);
	else if (S_ISREG(st.st_mode))
		take(visit->walk, entry->fts_path);
}

static void
visit_entry(const struct visit *visit, const FTSENT *entry)
{
	switch (entry->fts_info) {
	case FTS_F:
		if (is_wanted(visit, entry))
			take(visit->walk, entry->fts_path);
		break;
	case FTS_SL:
	case FTS_SLNONE:
		if (is_wanted(visit, entry))
			take_link(visit, entry);
		break;
	case FTS_DC:
		tell(visit, entry, ELOOP);
		break;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		tell(visit, entry, entry->fts_errno);
		break;
	default: /* FTS_D, FTS_DP and what is no file */
		break;
	}
}

/* Whether the directory that was named can be read; else sets errno. */
static bool
root_is_readable(const FTSENT *root)
{
	switch (root->fts_info) {
	case FTS_D:
	case FTS_DP:
		return true;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		errno = root->fts_errno;
		return false;
	default:
		errno = ENOTDIR;
		return false;
	}
}

/* Returns 0, or -1 with errno set. */
static int
visit_all(const struct visit *visit, FTS *fts)
{
	FTSENT *entry;

	while (errno = 0, (entry = fts_read(fts)) != NULL) {
		if (entry->fts_level == FTS_ROOTLEVEL) {
			if (!root_is_readable(entry))
				return -1;
		} else if (!is_left_out(visit, entry)) {
			visit_entry(visit, entry);
		} else if (entry->fts_info == FTS_D) {
			(void)fts_set(fts, entry, FTS_SKIP);
		}
	}
	return errno == 0 ? 0 : -1;
}

int
walk_add(struct walk *walk, const char *dir, const struct walk_filter *filter,
    void (*trouble)(void *context, const char *message), void *context,
    struct err *err)
{
	struct visit visit = { walk, filter, trouble, context };
	size_t before = walk->count;
	char *name = xstrdup(dir);
	char *const roots[] = { name, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR,
	    compare_entries);
	int status = -1;

	if (fts == NULL || visit_all(&visit, fts) != 0)
		(void)err_errno(err, "%s", dir);
	else
		status = 0;
	if (fts != NULL)
		(void)fts_close(fts);
	free(name);
	if (walk->count > before)
		qsort(walk->paths + before, walk->count - before,
		    sizeof(*walk->paths), compare_paths);
	return status;
}

void
walk_release(struct walk *walk)
{
	for (size_t i = 0; i < walk->count; i++)
		free(walk->paths[i]);
	free(walk->paths);
	*walk = (struct walk){ 0 };
}
