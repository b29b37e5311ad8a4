/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fetch/jobfile.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/duration.h"
#include "base/source.h"
#include "fetch/jobauth.h"
#include "fetch/jobkeys.h"
#include "fetch/jobrequest.h"
#include "fetch/jobrules.h"
#include "fetch/jobsettings.h"
#include "fetch/jobsource.h"
#include "fetch/jobtemplates.h"
#include "fetch/jobvalues.h"
#include "fetch/query.h"

#define TIMEOUT_LEAST (100 * DURATION_MS)

enum {
	FILE_MOST = 1024 * 1024,
	READ_SIZE = 16 * 1024,
	NAME_MOST = 64,
	CONCURRENCY_MOST = 1000,
	BODY_MOST = 512 * 1024 * 1024,
};

/* A job and its memory: job_free() gets the first member. */
struct owned {
	struct job job;
	struct arena arena;
};

bool
job_name_is_valid(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > NAME_MOST || name[0] == '.' || name[0] == '-')
		return false;
	for (; *name != '\0'; name++) {
		if (!ascii_is_alnum(*name) && strchr("._-", *name) == NULL)
			return false;
	}
	return true;
}

void
job_free(struct job *job)
{
	struct owned *owned = (struct owned *)job;

	if (job == NULL)
		return;
	job_source_release(&job->source);
	job_request_release(&job->request);
	job_rules_release(job);
	query_free(job->split);
	query_free(job->key);
	arena_release(&owned->arena);
	free(owned);
}

/* Comes first, so that the file is there before a secret is asked for. */
static int
read_secrets(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field)
{
	struct buf path = { 0 };
	const char *name;
	int status;

	(void)field;
	if (key_plain(reader, key, value, &name) != 0)
		return -1;
	if (name[0] != '/')
		buf_add(&path, reader->folder);
	buf_add_str(&path, name);
	buf_add_char(&path, '\0');
	status = secrets_add_file(reader->secrets, path.ptr, reader->err);
	buf_release(&path);
	return status == 0 ? 0 : key_wrap(reader);
}

#define AT(member) .offset = offsetof(struct job, member)

static const struct job_key job_keys[] = {
	{ "secrets", read_secrets, .offset = 0 },
	{ "name", key_name, AT(name) },
	{ "batch", key_size, AT(batch), .min = 1, .max = JOB_BATCH_MAX },
	{ "request", read_request, AT(request), .required = true },
	{ "source", read_source, AT(source), .required = true },
	{ "split", read_split, .offset = 0 },
	{ "key", read_split, .offset = 0 },
	{ "limits", read_limits, .offset = 0 },
	{ "concurrency", key_unsigned, AT(concurrency), .min = 1,
	    .max = CONCURRENCY_MOST },
	{ "retry", read_retry, AT(retry) },
	{ "cache", read_cache, AT(cache) },
	{ "classify", read_classify, .offset = 0 },
	{ "auth", read_auth, AT(auth) },
	{ "timeout", key_duration, AT(timeout), .min = TIMEOUT_LEAST,
	    .max = DURATION_D },
	{ "connect_timeout", key_duration, AT(connect_timeout),
	    .min = TIMEOUT_LEAST, .max = DURATION_D },
	{ "max_body", key_bytes, AT(max_body), .min = 1, .max = BODY_MOST },
	{ "proxy", key_string, AT(proxy) },
	{ "no_proxy", key_string, AT(no_proxy) },
	{ "tls", read_tls, AT(tls) },
	{ "origins", key_list, AT(origins) },
	{ "hook", key_list, AT(hook) },
	{ "share", key_name, AT(share) },
	{ 0 },
};

static void
set_defaults(struct job *job)
{
	static const char *const none[] = { NULL };

	job->batch = 25;
	job_request_defaults(&job->request);
	retry_defaults(&job->retry);
	job_cache_defaults(&job->cache);
	job->auth.command = none;
	job->origins = none;
	job->hook = none;
	job->timeout = 60 * DURATION_S;
	job->connect_timeout = 10 * DURATION_S;
	job->max_body = (size_t)16 * 1024 * 1024;
}

/* The name of the file, without ".json". */
static int
set_name(struct job_reader *reader)
{
	struct slice name = slice_str(reader->job->path);

	if (reader->job->name != NULL)
		return 0;
	name = slice_from(name, reader->folder.len);
	if (slice_ends(name, ".json"))
		name.len -= strlen(".json");
	reader->job->name = key_copy(reader, name);
	if (!job_name_is_valid(reader->job->name))
		return key_error_at(reader, "name",
		    "must be given, since the name of the file is none");
	return 0;
}

/* Whether the request is for one id, or for several together. */
static int
set_together(struct job_reader *reader)
{
	struct job *job = reader->job;
	bool has_id = job_request_has(&job->request, template_has_id);
	bool has_ids = job_request_has(&job->request, template_has_ids);

	job->together = has_ids;
	if (has_id == has_ids)
		return key_error_at(reader, "request",
		    "must have {id} or {ids} in it, and not both");
	if (has_ids && (job->split == NULL || job->key == NULL))
		return key_error_at(reader,
		    job->split == NULL ? "split" : "key",
		    "must be given where {ids} is");
	if (has_id && (job->split != NULL || job->key != NULL))
		return key_error_at(reader,
		    job->split != NULL ? "split" : "key",
		    "goes with {ids} only");
	return 0;
}

static int
check_whole(struct job_reader *reader)
{
	const struct job *job = reader->job;

	if (job->auth.kind != AUTH_NONE &&
	    (job_request_header(&job->request, "Authorization") != NULL ||
		job_request_header(&job->source.request, "Authorization") !=
		    NULL))
		return key_error_at(reader, "auth",
		    "does not go with a header Authorization");
	if (job->source.job != NULL && strcmp(job->source.job, job->name) == 0)
		return key_error_at(reader, "source",
		    "a job cannot be its own source");
	return 0;
}

static int
read_job(struct job_reader *reader, json_t *root)
{
	if (keys_read(reader, job_keys, root, reader->job) != 0 ||
	    set_name(reader) != 0 || set_together(reader) != 0)
		return -1;
	return check_whole(reader);
}

static json_t *
parse_json(struct slice text, const char *path, struct err *err)
{
	json_error_t error;
	json_t *root;

	if (text.len > FILE_MOST) {
		(void)err_set(err, "%s: longer than 1 MiB", path);
		return NULL;
	}
	root = json_loadb(text.len == 0 ? "" : text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		(void)err_set(err, "%s:%d: %s", path, error.line, error.text);
	return root;
}

/* Fills in an empty job. Its path is set. */
static int
read_text(struct owned *owned, struct slice text, struct secrets *secrets,
    struct err *err)
{
	const char *path = owned->job.path;
	const char *slash = strrchr(path, '/');
	struct job_reader reader = {
		.job = &owned->job,
		.arena = &owned->arena,
		.secrets = secrets,
		.folder = { path, slash == NULL ? 0 : slash + 1 - path },
		.err = err,
	};
	json_t *root = parse_json(text, path, err);
	int status;

	if (root == NULL)
		return -1;
	reader.root = root;
	status = read_job(&reader, root);
	json_decref(root);
	buf_release(&reader.path);
	if (status == 0)
		return 0;
	secrets_redact_err(secrets, err);
	return err_wrap(err, "%s", path);
}

struct job *
job_parse(struct slice text, const char *path, struct secrets *secrets,
    struct err *err)
{
	struct owned *owned = xcalloc(1, sizeof(*owned));

	set_defaults(&owned->job);
	owned->job.path = arena_str(&owned->arena, slice_str(path));
	if (read_text(owned, text, secrets, err) != 0) {
		job_free(&owned->job);
		return NULL;
	}
	return &owned->job;
}

static struct job *
load_file(const char *path, struct secrets *secrets, struct err *err)
{
	struct source *source = source_open(path, err);
	struct job *job = NULL;
	struct buf text = { 0 };
	ssize_t n;

	if (source == NULL)
		return NULL;
	do {
		n = source_read(source, buf_reserve(&text, READ_SIZE),
		    READ_SIZE, err);
		text.len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && text.len <= FILE_MOST);
	source_close(source);
	if (n >= 0)
		job = job_parse(buf_slice(&text), path, secrets, err);
	buf_release(&text);
	return job;
}

/* Where the user's jobs are; NULL where that is not known. */
static char *
user_path(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		return xasprintf("%s/tallyman/jobs/%s.json", config, name);
	if (home != NULL && home[0] == '/')
		return xasprintf("%s/.config/tallyman/jobs/%s.json", home,
		    name);
	return NULL;
}

static struct job *
load_named(const char *name, struct secrets *secrets, struct err *err)
{
	char *user = user_path(name);
	char *machine = xasprintf("/etc/tallyman/jobs/%s.json", name);
	struct job *job = NULL;

	if (user != NULL && access(user, F_OK) == 0)
		job = load_file(user, secrets, err);
	else if (access(machine, F_OK) == 0)
		job = load_file(machine, secrets, err);
	else if (user != NULL)
		(void)err_set(err, "no job '%s': neither %s nor %s is there",
		    name, user, machine);
	else
		(void)err_set(err, "no job '%s': %s is not there", name,
		    machine);
	free(user);
	free(machine);
	return job;
}

struct job *
job_load(const char *name, struct secrets *secrets, struct err *err)
{
	if (strchr(name, '/') != NULL || slice_ends(slice_str(name), ".json"))
		return load_file(name, secrets, err);
	if (!job_name_is_valid(name)) {
		(void)err_set(err, "'%.100s' is no name of a job", name);
		return NULL;
	}
	return load_named(name, secrets, err);
}
