/* SPDX-License-Identifier: MIT */
#ifndef FETCH_LISTER_H
#define FETCH_LISTER_H

/*
 * Where the ids of a job come from: a file, standard input, the results of
 * another job, or the pages of a URL, once or once for each line of a file or
 * another job. It reads a piece at a time, so that four million ids need no
 * more memory than four thousand.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "fetch/jobfile.h"
#include "fetch/page.h"

struct lister;

/* folder is the store's, where other jobs' results lie. NULL with err set when
 * the source cannot be opened. */
struct lister *lister_new(const struct job_source *source, const char *folder,
    struct err *err);
void lister_free(struct lister *lister); /* NULL is allowed */

enum lister_word {
	LISTER_IDS,  /* ids were added */
	LISTER_WALK, /* *walk is a listing to be gone through, page by page;
		      * the caller's to free */
	LISTER_END,  /* there is nothing more */
	LISTER_ERROR,
};

/*
 * The next piece: up to max ids, each followed by a NUL, added to ids; *count
 * of them, *refused were no ids (id_is_valid()); or a walk.
 */
enum lister_word lister_next(struct lister *lister, size_t max, struct buf *ids,
    size_t *count, size_t *refused, struct page_walk **walk, struct err *err);

#endif
