/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/elsewhere.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/table.h"
#include "compare/align.h"
#include "repo/pairing.h"
#include "repo/versions.h"

enum {
	BYTES_MOST = 64 << 20,
	KEEP_BYTES = 256 << 20, /* as texts, from one file to the next */
	TEXT_LEAST = 4,         /* "end" and "}" are everywhere */
	/* How many places are looked at: of one line, and of all together,
	 * though some of each line. */
	PLACES_MOST = 500,
	PLACES_LEAST = 4,
	PLACES_TOTAL = 200000
};

#define SCORE_LEAST .5
#define SAME_NAME .1

/* A line that another one may be. */
struct place {
	size_t line; /* index of an elsewhere_line */
	struct slice path;
	size_t to;
	double score;
};

struct search {
	struct elsewhere *elsewhere;
	struct versions *versions;
	struct table wanted; /* from hashes to the first line, from 1 */
	size_t *next;        /* the next line of the same hash, from 1, or 0 */
	size_t *looks;       /* how many places of a line were looked at */
	size_t looks_most;
	struct place *places;
	size_t place_count;
	size_t place_room;
};

void
elsewhere_add(struct elsewhere *elsewhere, const struct tree_file *old,
    size_t line)
{
	xgrow(&elsewhere->lines, &elsewhere->room, elsewhere->count + 1,
	    sizeof(*elsewhere->lines));
	elsewhere->lines[elsewhere->count++] =
	    (struct elsewhere_line){ .old = old, .line = line };
}

void
elsewhere_release(struct elsewhere *elsewhere)
{
	free(elsewhere->lines);
	arena_release(&elsewhere->arena);
}

static struct slice
hash_key(const struct text_line *line)
{
	return slice_make((const char *)&line->hash, sizeof(line->hash));
}

/* Notes what is looked for. */
static int
want_lines(struct search *search, struct err *err)
{
	for (size_t i = 0; i < search->elsewhere->count; i++) {
		struct elsewhere_line *line = &search->elsewhere->lines[i];
		const struct text *text;
		size_t *first;
		int is_text = versions_text(search->versions, line->old->id,
		    &text, err);

		if (is_text < 0)
			return -1;
		if (is_text == 0 || line->line > text->count ||
		    text->lines[line->line - 1].text.len < TEXT_LEAST)
			continue;
		line->text = arena_copy(&search->elsewhere->arena,
		    text->lines[line->line - 1].text);
		first = table_add(&search->wanted,
		    hash_key(&text->lines[line->line - 1]), NULL);
		search->next[i] = *first;
		*first = i + 1;
	}
	return 0;
}

static double
score_place(const struct elsewhere_line *line, const struct text *old,
    const struct changes_file *file, const struct text *new, size_t to)
{
	/* What align_score() says of lines of the same text is .6 and .4 times
	 * the context. */
	double score = (align_score(old, line->line, new, to) - .6) / .4;

	if (slice_equal(path_base(line->old->path), path_base(file->new_path)))
		score += SAME_NAME;
	return score < 1 ? score : 1;
}

/* Notes that a wanted line may be line `to` of a file. */
static int
add_place(struct search *search, size_t wanted, const struct changes_file *file,
    const struct text *text, size_t to, struct err *err)
{
	const struct elsewhere_line *line = &search->elsewhere->lines[wanted];
	const struct text *old;
	double score;
	int is_text = versions_text(search->versions, line->old->id, &old, err);

	if (is_text <= 0)
		return is_text;
	score = score_place(line, old, file, text, to);
	if (score < SCORE_LEAST)
		return 0;
	xgrow(&search->places, &search->place_room, search->place_count + 1,
	    sizeof(*search->places));
	search->places[search->place_count++] = (struct place){ wanted,
		file->new_path, to, score };
	return 0;
}

/* A line of a file that is wanted, and free there. Those for which enough was
 * looked at are no longer wanted. */
static int
add_places(struct search *search, size_t *link, const struct changes_file *file,
    const struct text *text, size_t to, struct err *err)
{
	while (*link > 0) {
		size_t wanted = *link - 1;

		if (search->looks[wanted]++ == search->looks_most) {
			*link = search->next[wanted];
			continue;
		}
		if (slice_equal(search->elsewhere->lines[wanted].text,
			text->lines[to - 1].text) &&
		    add_place(search, wanted, file, text, to, err) != 0)
			return -1;
		link = &search->next[wanted];
	}
	return 0;
}

/* Where the first line is noted that has this text, if any is wanted. */
static size_t *
find_wanted(const struct search *search, const struct text_line *line)
{
	size_t *first = table_find(&search->wanted, hash_key(line));

	return first == NULL || *first == 0 ? NULL : first;
}

static bool
has_wanted(const struct search *search, const struct text *text)
{
	for (size_t i = 0; i < text->count; i++)
		if (find_wanted(search, &text->lines[i]) != NULL)
			return true;
	return false;
}

static int
search_file(struct search *search, const struct changes_file *file,
    struct err *err)
{
	const struct text *old;
	const struct text *new;
	struct align align;
	int status;

	versions_trim(search->versions, KEEP_BYTES);
	status = versions_text(search->versions, file->new_id, &new, err);
	if (status <= 0 || !has_wanted(search, new))
		return status < 0 ? -1 : 0;
	status = versions_text(search->versions, file->old_id, &old, err);
	if (status <= 0)
		return status;
	align_init(&align, old, new);
	status = 0;
	for (size_t i = 0; status == 0 && i < new->count; i++) {
		size_t *first = find_wanted(search, &new->lines[i]);

		if (first != NULL && align.from[i] == 0)
			status = add_places(search, first, file, new, i + 1,
			    err);
	}
	align_release(&align);
	return status;
}

/* The best first; then in the order in which they were found. */
static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;
	int order = (x->score < y->score) - (x->score > y->score);

	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	if (order == 0)
		order = slice_compare(x->path, y->path);
	return order != 0 ? order : (x->to > y->to) - (x->to < y->to);
}

/* Takes places, the best first, each of both lines once. */
static void
take_places(struct search *search)
{
	struct table taken;

	if (search->place_count > 1)
		qsort(search->places, search->place_count,
		    sizeof(*search->places), compare_places);
	table_init(&taken, 0);
	for (size_t i = 0; i < search->place_count; i++) {
		const struct place *place = &search->places[i];
		struct elsewhere_line *line =
		    &search->elsewhere->lines[place->line];
		struct buf key = { 0 };
		bool added;

		if (line->path.len > 0)
			continue;
		buf_add_format(&key, "%zu:", place->to);
		buf_add(&key, place->path);
		table_add(&taken, buf_slice(&key), &added);
		buf_release(&key);
		if (!added)
			continue;
		line->path = place->path;
		line->to = place->to;
		line->score = place->score;
	}
	table_release(&taken);
}

static int
search_files(struct search *search, const struct changes *between,
    struct err *err)
{
	if (want_lines(search, err) != 0)
		return -1;
	for (size_t c = 0; c < between->count; c++)
		for (size_t i = 0; i < between->commits[c].file_count; i++) {
			const struct changes_file *file =
			    &between->commits[c].files[i];

			if (file->new_id.len > 0 &&
			    search_file(search, file, err) != 0)
				return -1;
		}
	take_places(search);
	return 0;
}

/* How many places are looked at of each of count lines. */
static size_t
looks_each(size_t count)
{
	if (count > PLACES_TOTAL / PLACES_LEAST)
		return PLACES_LEAST;
	return count > PLACES_TOTAL / PLACES_MOST ? PLACES_TOTAL / count :
						    PLACES_MOST;
}

int
elsewhere_find(struct elsewhere *elsewhere, const struct git *git,
    const struct changes *between, struct err *err)
{
	struct search search = { .elsewhere = elsewhere };
	int status;

	if (elsewhere->count == 0)
		return 0;
	search.versions = versions_open(git, BYTES_MOST, err);
	if (search.versions == NULL)
		return -1;
	search.next = xcalloc(elsewhere->count, sizeof(*search.next));
	search.looks = xcalloc(elsewhere->count, sizeof(*search.looks));
	search.looks_most = looks_each(elsewhere->count);
	table_init(&search.wanted, sizeof(size_t));
	status = search_files(&search, between, err);
	table_release(&search.wanted);
	free(search.next);
	free(search.looks);
	free(search.places);
	versions_close(search.versions);
	return status;
}
