/* SPDX-License-Identifier: MIT */
#ifndef FETCH_JOBVALUES_H
#define FETCH_JOBVALUES_H

/* Values of a job's keys, by type: what rows of jobkeys.h read with. */

#include <stdbool.h>

#include "fetch/jobkeys.h"

/* What "read" of a row may be, and its field. key_string, key_path and key_url
 * put secrets in (secret.h), the others take strings as they stand. */
key_reader key_plain;       /* const char *: no secrets */
key_reader key_string;      /* const char * */
key_reader key_path;        /* const char *: seen from the file's folder */
key_reader key_name;        /* const char *: of a job */
key_reader key_url;         /* const char *: http or https */
key_reader key_list;        /* const char *const *: strings, not empty */
key_reader key_bool;        /* bool */
key_reader key_is_first;    /* bool: words[0], not words[1] */
key_reader key_int64;       /* int64_t, min to max */
key_reader key_size;        /* size_t, min to max */
key_reader key_unsigned;    /* unsigned, min to max */
key_reader key_bytes;       /* size_t: a number, or "16M", min to max */
key_reader key_duration;    /* int64_t: "1.5s", min to max */
key_reader key_query;       /* struct query * */
key_reader key_query_parts; /* of query_new_parts() */
key_reader key_object;      /* the struct that members are of */

/* The text of a string without control bytes; false with err set. */
bool key_slice(struct job_reader *reader, const json_t *value,
    struct slice *text);
/* The index of a string among words, the first that is nearest named in the
 * error; -1 with err set. */
int key_find_word(struct job_reader *reader, const json_t *value,
    const char *const *words);

#endif
