/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmd/fetch_place.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/folder.h"
#include "base/slice.h"
#include "base/suggest.h"
#include "fetch/jobfile.h"

const struct opt fetch_shared_options[] = {
	{ 0, "db", "FOLDER", "where the answers are kept", opt_string, 0,
	    NULL },
	{ 0, NULL, NULL, NULL, NULL, 0, NULL },
};

/* --- The name of a job. */

/* What follows the last slash, without ".json". */
static char *
name_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct slice name = slice_str(slash == NULL ? path : slash + 1);

	if (slice_ends(name, ".json"))
		name.len -= strlen(".json");
	return xmemdup(name.ptr, name.len);
}

/* What the file says, else what it is called. NULL with err set. */
static char *
name_in_file(const char *path, struct err *err)
{
	FILE *file = fopen(path, "re");
	json_error_t error;
	json_t *root;
	const char *name;
	char *copy = NULL;

	if (file == NULL) {
		(void)err_errno(err, "%s", path);
		return NULL;
	}
	root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
	(void)fclose(file);
	name = json_string_value(json_object_get(root, "name"));
	if (root != NULL)
		copy = name == NULL ? name_of_path(path) : xstrdup(name);
	else
		(void)err_set(err, "%s:%d: %s", path, error.line, error.text);
	json_decref(root);
	return copy;
}

/* NULL with err set. */
static char *
job_name(const char *job, struct err *err)
{
	bool is_path = strchr(job, '/') != NULL ||
	    slice_ends(slice_str(job), ".json");
	char *name = is_path ? name_in_file(job, err) : xstrdup(job);

	if (name == NULL || job_name_is_valid(name))
		return name;
	(void)err_set(err, "'%.100s' is no name of a job", name);
	free(name);
	return NULL;
}

/* --- Its place. */

int
fetch_place_init(struct fetch_place *place, const char *db, const char *name,
    struct err *err)
{
	char *store = folder_store(db, err);

	if (store == NULL)
		return -1;
	place->name = xstrdup(name);
	place->store = store;
	place->folder = xasprintf("%s/fetch", store);
	place->file = xasprintf("%s/%s.db", place->folder, name);
	place->lock = xasprintf("%s.lock", place->file);
	return 0;
}

int
fetch_place_find(struct fetch_place *place, const char *db, const char *job,
    struct err *err)
{
	char *name = job_name(job, err);
	int status;

	if (name == NULL)
		return -1;
	status = fetch_place_init(place, db, name, err);
	free(name);
	return status;
}

void
fetch_place_release(struct fetch_place *place)
{
	free(place->name);
	free(place->store);
	free(place->folder);
	free(place->file);
	free(place->lock);
	*place = (struct fetch_place){ 0 };
}

int
fetch_place_lock(const struct fetch_place *place, int64_t wait, struct err *err)
{
	if (folder_make(place->folder, err) != 0)
		return -1;
	return folder_lock(place->lock, wait, err);
}

/* --- Who is there. */

static void
add_job(struct fetch_jobs *jobs, const char *file)
{
	struct slice name = slice_str(file);

	if (!slice_ends(name, ".db"))
		return;
	xgrow(&jobs->names, &jobs->room, jobs->count + 1,
	    sizeof(jobs->names[0]));
	name.len -= strlen(".db");
	jobs->names[jobs->count] = xmemdup(name.ptr, name.len);
	if (job_name_is_valid(jobs->names[jobs->count]))
		jobs->count++;
	else
		free(jobs->names[jobs->count]);
}

static int
by_name(const void *a, const void *b)
{
	char *const *left = a;
	char *const *right = b;

	return strcmp(*left, *right);
}

static int
list_folder(struct fetch_jobs *jobs, const char *path, struct err *err)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	if (folder == NULL)
		return errno == ENOENT ? 0 : err_errno(err, "%s", path);
	while ((entry = readdir(folder)) != NULL)
		add_job(jobs, entry->d_name);
	(void)closedir(folder);
	if (jobs->count > 0)
		qsort(jobs->names, jobs->count, sizeof(jobs->names[0]),
		    by_name);
	return 0;
}

int
fetch_jobs_list(struct fetch_jobs *jobs, const char *db, struct err *err)
{
	char *store = folder_store(db, err);
	char *folder;
	int status;

	*jobs = (struct fetch_jobs){ 0 };
	if (store == NULL)
		return -1;
	folder = xasprintf("%s/fetch", store);
	status = list_folder(jobs, folder, err);
	free(folder);
	free(store);
	return status;
}

void
fetch_jobs_release(struct fetch_jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		free(jobs->names[i]);
	free(jobs->names);
	*jobs = (struct fetch_jobs){ 0 };
}

static void
explain_absence(const struct fetch_place *place, struct err *err)
{
	struct fetch_jobs jobs = { 0 };
	struct suggest suggest;
	struct err ignored;

	suggest_init(&suggest, place->name);
	if (list_folder(&jobs, place->folder, &ignored) == 0)
		for (size_t i = 0; i < jobs.count; i++)
			suggest_offer(&suggest, jobs.names[i]);
	if (suggest_nearest(&suggest) != NULL)
		(void)err_set(err, "%s: no job '%s' has run; did you mean %s?",
		    place->folder, place->name, suggest_nearest(&suggest));
	else
		(void)err_set(err, "%s: no job '%s' has run", place->folder,
		    place->name);
	fetch_jobs_release(&jobs);
}

struct archive *
fetch_place_open(const struct fetch_place *place, struct err *err)
{
	if (access(place->file, F_OK) == 0 || errno != ENOENT)
		return archive_open(place->file, err);
	explain_absence(place, err);
	return NULL;
}
