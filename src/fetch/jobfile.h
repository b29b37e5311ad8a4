/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBFILE_H
#define FETCH_JOBFILE_H

/*
 * A job, as its JSON file describes it: tallyman-job(5) has every key with its
 * default. Loading checks all that can be checked without the network: types,
 * ranges, unknown keys (the nearest known one is named), templates, origins,
 * and expressions by compiling them (query.h). Errors name the file and the
 * line (of broken JSON) or the key ("retry.factor: must be at least 1").
 *
 * A string that is sent, or names a file, may hold "${NAME}", a secret
 * (secret.h), which is put in while loading; expressions, patterns, commands
 * and names hold none. Text with a secret in it must not be printed:
 * secrets_redact(). A relative path is seen from the folder of the job's file.
 *
 * All memory belongs to the job and lives until job_free(). Absent strings are
 * NULL, absent lists empty. A job is read-only once loaded.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "fetch/outcome.h"
#include "fetch/rate.h"
#include "fetch/retry.h"
#include "fetch/secret.h"
#include "fetch/template.h"

struct query;

struct job_header {
	const char *name;
	struct template *value;
	bool secret; /* holds a secret: sent to trusted origins only */
};

struct job_parameter {
	const char *name;
	/* As it is (TEMPLATE_TEXT): origin_set_parameter() encodes it. */
	struct template *value;
};

/* What is asked for: of the source's pages or of the items. */
struct job_request {
	const char *method;   /* "GET" */
	struct template *url; /* with {id}, {ids} or {each} */
	struct job_parameter *params;
	size_t param_count;
	struct job_header *headers;
	size_t header_count;
	struct template *body; /* NULL: none */
	int64_t cost;          /* units; 1 */
	/* What an answer with a 2xx status must be to be believed. */
	const char *expect_type; /* "application/json": parameters ignored */
	struct query *expect;    /* must give a value that is true */
	bool repeatable;         /* GET, HEAD, PUT, DELETE, or has a key */
	bool idempotency_key;    /* sends an Idempotency-Key header */
};

enum job_source_kind { SOURCE_FILE, SOURCE_JOB, SOURCE_URL };

/* How the next page of a listing is found. */
enum job_next_kind {
	NEXT_NONE,
	NEXT_TOKEN,  /* parameter = what the expression gives */
	NEXT_URL,    /* the expression gives the URL */
	NEXT_LINK,   /* the Link header (RFC 8288) with this rel */
	NEXT_PAGE,   /* parameter counts pages from first */
	NEXT_OFFSET, /* parameter counts items from first */
};

struct job_next {
	enum job_next_kind kind;
	const char *parameter;
	const char *rel;
	struct query *from;
	int64_t first;
	int64_t step; /* of NEXT_OFFSET: 0: the items of the last page */
};

struct job_source {
	enum job_source_kind kind;
	const char *path;    /* SOURCE_FILE; "-" is standard input */
	const char *job;     /* SOURCE_JOB: its name */
	struct query *items; /* of SOURCE_JOB and SOURCE_URL: gives the ids */
	struct job_request request; /* SOURCE_URL */
	struct job_next next;
	int64_t max_pages;       /* of one listing; 100,000 */
	struct job_source *each; /* the list whose lines {each} stands for */
};

enum job_auth_kind {
	AUTH_NONE,
	AUTH_OAUTH2, /* refresh token grant, RFC 6749 section 6 */
	AUTH_COMMAND,
	AUTH_BASIC,
	AUTH_NEGOTIATE,
};

struct job_auth {
	enum job_auth_kind kind;
	const char *token_url;
	const char *client_id;
	const char *client_secret;
	const char *refresh_token;
	const char *scope;
	const char *const *command; /* NULL at the end */
	const char *user;
	const char *password;
};

struct job_tls {
	const char *ca;
	const char *cert;
	const char *key;
	const char *password; /* of the key */
};

struct job_cache {
	int64_t ttl;
	bool obey;              /* Cache-Control may shorten ttl */
	int64_t stale_if_error; /* beyond ttl */
	bool absent_is_gone;    /* else it failed */
	int64_t negative_ttl;
};

enum { JOB_BATCH_MAX = 1000 };

struct job {
	const char *name;
	const char *path; /* of the file */
	struct job_source source;
	size_t batch; /* 1 .. JOB_BATCH_MAX */
	struct job_request request;
	bool together;       /* {ids}: one request a batch */
	struct query *split; /* takes a batch's answer apart */
	struct query *key;   /* the id of such a part */
	struct rate_spec *limits;
	size_t limit_count;
	unsigned concurrency; /* 0: finds its own level */
	struct retry_policy retry;
	struct job_cache cache;
	struct outcome_rule *rules; /* "classify" */
	size_t rule_count;
	struct job_auth auth;
	struct job_tls tls;
	const char *proxy;
	const char *no_proxy;
	/* Globs of origins that are trusted besides those of the job's own
	 * URLs; NULL at the end. */
	const char *const *origins;
	const char *const *hook; /* a command, NULL at the end */
	const char *share;       /* whose limits; NULL: its own */
	int64_t timeout;         /* of one request */
	int64_t connect_timeout;
	size_t max_body; /* decoded bytes */
};

/*
 * Finds and loads a job. name with a "/" in it, or that ends in ".json", is a
 * path; else NAME.json is looked for in $XDG_CONFIG_HOME/tallyman/jobs (of
 * HOME/.config where that is unset) and in /etc/tallyman/jobs. secrets is
 * where its secrets are put. NULL with err set.
 */
struct job *job_load(const char *name, struct secrets *secrets,
    struct err *err);

/* The same of a text; path is for messages and for the default name. */
struct job *job_parse(struct slice text, const char *path,
    struct secrets *secrets, struct err *err);

void job_free(struct job *job); /* NULL is allowed */

/* Whether name is [A-Za-z0-9_][A-Za-z0-9._-]{0,63}. */
bool job_name_is_valid(const char *name);

#endif
