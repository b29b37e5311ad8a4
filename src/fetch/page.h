/* SPDX-License-Identifier: MIT */
#ifndef FETCH_PAGE_H
#define FETCH_PAGE_H

/*
 * Going through the pages of a listing: which URL is next, and when it is
 * enough. Pure but for the expressions. Sees an endless listing by its
 * max_pages and a cycle by a URL (with its token) that comes again: the last
 * 64, and every power-of-two-th page before (Brent), are remembered by hash,
 * so a cycle of any length is found in bounded memory.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "fetch/jobfile.h"

struct page_walk;

enum page_step {
	PAGE_NEXT,  /* page_url() is to be asked for */
	PAGE_END,   /* the listing is complete */
	PAGE_ERROR, /* err says why: no JSON, an expression that failed, a
		     * next page that cannot be, a cycle, too many pages */
};

/* Starts at the source's URL with {each} filled in and its parameters added;
 * for NEXT_PAGE and NEXT_OFFSET with theirs at "first". The source is borrowed
 * until page_walk_free(). NULL with err set. */
struct page_walk *page_walk_new(const struct job_source *source,
    struct slice each, struct err *err);
void page_walk_free(struct page_walk *walk); /* NULL is allowed */

/* The URL to ask for now, and which page it is, from 1. */
const char *page_url(const struct page_walk *walk);
int64_t page_number(const struct page_walk *walk);

/*
 * A page has come: adds its ids to ids, each followed by a NUL; *count says how
 * many. Ids are strings and numbers; *refused says how many results were no
 * ids: other values, and what id_is_valid() refuses. Then says what is next;
 * after PAGE_ERROR, ids is as it was. final_url is the URL that answered,
 * after redirects: what relative links are seen from.
 *
 * A token or URL that is null, false, "" or absent ends the listing; counting
 * (NEXT_PAGE, NEXT_OFFSET) ends at a page without results, or with nothing but
 * null.
 */
enum { ID_MAX = 2048 };
enum page_step page_come(struct page_walk *walk, const char *final_url,
    struct slice header, struct slice body, struct buf *ids, size_t *count,
    size_t *refused, struct err *err);

/* Whether text may be an id: not empty, at most ID_MAX bytes, and none of them
 * CR, LF or NUL. */
bool id_is_valid(struct slice text);

/* Adds the id that a result of an expression stands for: the characters of a
 * string, the digits of a number; false where it is another value. */
bool id_from_json(struct slice json, struct buf *id);

#endif
