/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBKEYS_H
#define FETCH_JOBKEYS_H

/*
 * JSON objects read into structs, by tables of their keys. A row says which
 * function reads the value, into which field, and in what bounds:
 *
 *	static const struct job_key keys[] = {
 *		{ "ttl", key_duration,
 *		    .offset = offsetof(struct job_cache, ttl),
 *		    .max = DURATION_MAX },
 *		{ 0 },
 *	};
 *
 * Keys are read in the order of the table, not of the file, so a row may rely
 * on those above it. A key that is absent leaves its field alone: defaults are
 * set before. Errors name the way to the key: "limits[1].per: must be ...".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/suggest.h"
#include "fetch/jobfile.h"

/* What is common to the reading of one job. */
struct job_reader {
	struct job *job;
	struct arena *arena; /* the job's */
	struct secrets *secrets;
	struct slice folder; /* of the file, with its "/"; empty: the current */
	const json_t *root;
	struct buf path; /* to the value that is being read */
	struct err *err;
};

struct job_key;

/* Reads a value into a field. Returns 0, or key_error(). */
typedef int key_reader(struct job_reader *reader, const struct job_key *key,
    json_t *value, void *field);

struct job_key {
	const char *name;
	key_reader *read;
	size_t offset; /* of the field in the struct */
	int64_t min;   /* of numbers, bytes and durations */
	int64_t max;
	const char *const *words;      /* NULL at the end */
	const struct job_key *members; /* of key_object */
	bool required;
};

/* Sets err to "PATH: ..." of the value that is being read; returns -1. */
int key_error(struct job_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, about a member of it. */
int key_error_at(struct job_reader *reader, const char *name,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Sets err to "PATH: what; did you mean NEAREST?"; returns -1. */
int key_refuse(struct job_reader *reader, const char *what,
    const struct suggest *suggest);

/* Puts the path before what err holds already; returns -1. */
int key_wrap(struct job_reader *reader);

/* Goes into a member, or an item, and back to where the path was: for readers
 * that step through values by themselves. After an error nobody goes back. */
size_t key_enter(struct job_reader *reader, const char *name);
size_t key_enter_item(struct job_reader *reader, size_t index);
void key_leave(struct job_reader *reader, size_t before);

/* Reads an object into the struct at base. Refuses keys that have no row. */
int keys_read(struct job_reader *reader, const struct job_key *keys,
    json_t *object, void *base) CHECKED;

/*
 * Reads an object that comes in several kinds, told by the one key of a kind
 * that is present. *kind is its index; a table ends with a row without name.
 */
struct job_variant {
	const char *name;
	const struct job_key *keys;
};
int key_find_variant(struct job_reader *reader,
    const struct job_variant *variants, const json_t *object,
    size_t *kind) CHECKED;

/* Memory of the job, cleared. */
void *key_take(struct job_reader *reader, size_t n, size_t size);
const char *key_copy(struct job_reader *reader, struct slice text);

#endif
