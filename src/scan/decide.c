/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "scan/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "scan/fingerprint.h"

enum { SOURCES_KEPT = 16 }; /* each takes about half a MiB */

/* Whether a file begins with what was read of an input. */
static bool
fits(struct finding *finding, const struct record *record)
{
	const struct days_input *known = &record->known;
	struct fingerprint *print = &finding->print;
	uint64_t tail;

	return print->head_len >= known->head_len &&
	    fingerprint_head_hash(print, known->head_len) == known->head &&
	    fingerprint_hash(print, known->position, &tail) &&
	    tail == known->tail;
}

/* --- decisions --- */

static void
decide(struct finding *finding, enum known_kind kind)
{
	finding->input->kind = kind;
	finding->is_open = false;
	finding->is_kept = kind == KNOWN_NEW || kind == KNOWN_MORE ||
	    kind == KNOWN_UNTOUCHED;
}

static void
decide_bad(struct findings *findings, struct finding *finding)
{
	decide(finding, KNOWN_BAD);
	finding_close(findings, finding);
}

static void
decide_copy(struct findings *findings, struct finding *finding,
    struct finding *of)
{
	decide(finding, KNOWN_COPY);
	finding->copy_of = of;
	finding->takes = NULL;
	finding_close(findings, finding);
}

/* The input is read on from where a record ends. */
static void
take(struct findings *findings, struct finding *finding, struct record *record)
{
	struct known_input *input = finding->input;
	uint64_t position = record->known.position;

	decide(finding, KNOWN_MORE);
	finding->takes = record;
	record->holder = finding;
	if (!fingerprint_tail(&finding->print, position, input->tail,
		&input->tail_len) &&
	    !finding->print.failed) {
		finding->print.failed = true;
		(void)err_set(&input->err, "%s: cut meanwhile", input->path);
	}
	if (findings->sources < SOURCES_KEPT)
		input->source = fingerprint_take_source(&finding->print,
		    position);
	findings->sources += input->source != NULL;
}

/* A longer one is read instead of one that was kept before. */
static void
take_over(struct findings *findings, struct finding *finding,
    struct finding *from)
{
	struct record *record = from->takes;

	if (record != NULL)
		take(findings, finding, record);
	else
		decide(finding, KNOWN_NEW);
	decide_copy(findings, from, finding);
}

/*
 * Decides between an input and one that is kept, where one begins with all of
 * the other: the longer is read. When that one cannot be read now, as it is
 * gone since it was listed, this one counts as its copy until the next scan:
 * late is better than twice.
 */
static bool
decide_between(struct findings *findings, struct finding *finding,
    struct finding *kept)
{
	int order;

	finding_drop_source(findings, kept);
	if (!fingerprint_match(&finding->print, &kept->print, &order)) {
		if (finding->print.failed || !kept->print.failed)
			return false;
		order = -1;
	}
	if (order > 0 && (kept->takes == NULL || fits(finding, kept->takes)))
		take_over(findings, finding, kept);
	else
		decide_copy(findings, finding, kept);
	return true;
}

/* --- by records --- */

static bool
decide_by(struct findings *findings, struct finding *finding,
    struct record *record)
{
	struct finding *holder = record->holder;
	bool is_decided;

	if (holder == NULL) {
		take(findings, finding, record);
		return true;
	}
	is_decided = decide_between(findings, finding, holder);
	fingerprint_rest(&holder->print);
	return is_decided;
}

/* Which of its likes fit, of a compressed file, which is decoded only once so.
 * The caller frees it. */
static bool *
find_fitting(struct finding *finding)
{
	const struct likes *likes = finding->likes;
	bool *is_fitting = xcalloc(likes->count + 1, sizeof(*is_fitting));

	for (size_t i = 0; i < likes->count; i++)
		is_fitting[i] = fits(finding, likes->items[i]);
	return is_fitting;
}

/* The one at its path is the likeliest; else the one that was read furthest. */
static bool
decide_by_records(struct findings *findings, struct finding *finding)
{
	const struct likes *likes = finding->likes;
	bool *is_fitting = NULL;
	bool is_decided = false;

	if (!finding->print.is_plain)
		is_fitting = find_fitting(finding);
	else if (finding->by_path != NULL && fits(finding, finding->by_path))
		is_decided = decide_by(findings, finding, finding->by_path);
	for (size_t i = likes->count; i > 0 && !is_decided; i--)
		if (is_fitting == NULL ? fits(finding, likes->items[i - 1]) :
					 is_fitting[i - 1])
			is_decided = decide_by(findings, finding,
			    likes->items[i - 1]);
	free(is_fitting);
	return is_decided;
}

/* --- by other inputs --- */

/* Whether a kept input may begin as this one does, as far as can be told
 * without reading. */
static bool
has_like_head(const struct finding *finding, const struct finding *kept)
{
	const struct fingerprint *a = &finding->print;
	const struct fingerprint *b = &kept->print;
	size_t len = a->head_len < b->head_len ? a->head_len : b->head_len;

	if (b->has_head && len == DAYS_KIB)
		return a->steps[0] == b->steps[0];
	if (b->has_head)
		return memcmp(a->head, b->head, len) == 0;
	len = kept->takes->known.head_len;
	return a->head_len < len ||
	    fingerprint_head_hash(a, len) == kept->takes->known.head;
}

/* Those whose record is no longer than this input differ from it: it was asked
 * whether that fits. */
static bool
may_match(const struct finding *finding, const struct finding *kept)
{
	return kept->is_kept &&
	    (kept->takes == NULL ||
		kept->takes->known.position > finding->print.reached) &&
	    has_like_head(finding, kept) &&
	    slice_equal(finding->input->host, kept->input->host);
}

static bool
decide_by_inputs(struct findings *findings, struct finding *finding)
{
	bool is_decided = false;

	for (size_t i = 0; i < findings->count && !is_decided; i++) {
		struct finding *kept = &findings->items[i];

		if (!may_match(finding, kept))
			continue;
		is_decided = decide_between(findings, finding, kept);
		fingerprint_rest(&kept->print);
	}
	return is_decided;
}

static void
decide_open(struct findings *findings, struct finding *finding)
{
	if (!decide_by_records(findings, finding) &&
	    !decide_by_inputs(findings, finding))
		decide(finding, KNOWN_NEW);
	fingerprint_rest(&finding->print);
}

/* --- first looks --- */

static bool
is_untouched(const struct finding *finding)
{
	const struct known_input *input = finding->input;

	return finding->at != NULL && finding->at->known.size == input->size &&
	    finding->at->known.modified == input->modified;
}

static void
decide_untouched(struct findings *findings, struct finding *finding)
{
	decide(finding, KNOWN_UNTOUCHED);
	finding->takes = finding->at;
	finding->at->holder = finding;
	finding_close(findings, finding);
}

/* Opens an input, and decides what can be without reading it. */
static int
decide_by_file(struct findings *findings, struct finding *finding,
    struct err *err)
{
	struct finding *first;

	if (!finding_open(finding)) {
		decide_bad(findings, finding);
		return 0;
	}
	first = finding_first(findings, finding);
	if (first != finding) {
		decide_copy(findings, finding, first);
		return 0;
	}
	if (finding_load_at(findings, finding, err) != 0)
		return -1;
	if (is_untouched(finding))
		decide_untouched(findings, finding);
	return 0;
}

/* Decides what can be by the first KiB, and the KiB before the position that
 * the same file was read to. */
static void
decide_by_head(struct findings *findings, struct finding *finding)
{
	if (!fingerprint_head(&finding->print)) {
		decide_bad(findings, finding);
		return;
	}
	if (finding->print.head_len == 0) {
		decide(finding, KNOWN_EMPTY);
		finding_close(findings, finding);
		return;
	}
	finding->input->is_plain = finding->print.is_plain;
	if (finding->at != NULL && fits(finding, finding->at))
		take(findings, finding, finding->at);
	fingerprint_rest(&finding->print);
}

/* --- all of them --- */

/* The order in which inputs are decided that could not be at once: those that
 * go on at their path, then plain ones, the largest first. */
static int
compare_findings(const void *a, const void *b)
{
	const struct finding *x = *(struct finding *const *)a;
	const struct finding *y = *(struct finding *const *)b;

	if ((x->by_path != NULL) != (y->by_path != NULL))
		return x->by_path != NULL ? -1 : 1;
	if (x->print.is_plain != y->print.is_plain)
		return x->print.is_plain ? -1 : 1;
	if (x->input->size != y->input->size)
		return x->input->size > y->input->size ? -1 : 1;
	return x < y ? -1 : 1;
}

static int
decide_all_open(struct findings *findings, struct err *err)
{
	struct finding **open = xcalloc(findings->count + 1, sizeof(*open));
	size_t count = 0;
	int status = 0;

	for (size_t i = 0; i < findings->count && status == 0; i++) {
		if (!findings->items[i].is_open)
			continue;
		open[count++] = &findings->items[i];
		status = finding_load_likes(findings, &findings->items[i], err);
	}
	qsort(open, count, sizeof(struct finding *), compare_findings);
	for (size_t i = 0; i < count && status == 0; i++)
		decide_open(findings, open[i]);
	free(open);
	return status;
}

/* What could not be read when others were compared with it, either. */
static void
decide_failed(struct findings *findings, struct finding *finding)
{
	if (finding->print.failed && finding->is_kept &&
	    finding->input->kind != KNOWN_UNTOUCHED)
		decide_bad(findings, finding);
}

int
decide_all(struct findings *findings, struct err *err)
{
	int status = 0;

	for (size_t i = 0; i < findings->count && status == 0; i++)
		status = decide_by_file(findings, &findings->items[i], err);
	for (size_t i = 0; i < findings->count && status == 0; i++)
		if (findings->items[i].is_open)
			decide_by_head(findings, &findings->items[i]);
	if (status == 0)
		status = decide_all_open(findings, err);
	for (size_t i = 0; i < findings->count && status == 0; i++)
		decide_failed(findings, &findings->items[i]);
	return status;
}
