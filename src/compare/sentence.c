/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/sentence.h"

enum { ID_LENGTH = 7 }; /* of a commit's id, as people write it */

/* See is_rather_site(). */
#define LITTLE_LESS .8

/* More traffic than is told as +0 %. */
#define TRAFFIC_LEAST 1.005

/* What all that adds to the sentence needs. */
struct sentence {
	struct buf *buf;
	const struct report *report;
	const struct report_style *style;
};

static void
add(const struct sentence *sentence, const char *text)
{
	buf_add_str(sentence->buf, text);
}

static void
add_name(const struct sentence *sentence, struct slice name)
{
	sentence->style->add_name(sentence->buf, name);
}

/* "1 row", "4 rows". */
static void
add_number(const struct sentence *sentence, size_t number, const char *what)
{
	buf_add_count(sentence->buf, number);
	buf_add_format(sentence->buf, " %s%s", what, number == 1 ? "" : "s");
}

/* "91 %"; never all of it where something is left. */
static void
add_share(const struct sentence *sentence, double share)
{
	double percent = share * 100;

	if (percent > 99 && share < 1)
		percent = 99;
	buf_add_format(sentence->buf, "%.0f %%", percent);
}

static void
add_share_of_excess(const struct sentence *sentence, double share)
{
	if (share >= 1) {
		add(sentence, "all of the excess");
		return;
	}
	add_share(sentence, share);
	add(sentence, " of the whole excess");
}

static void
add_traffic(const struct sentence *sentence, const char *before,
    const char *after)
{
	const struct report *report = sentence->report;

	if (report->traffic == TRAFFIC_NONE)
		return;
	buf_add_format(sentence->buf, "%straffic ", before);
	report_percent(sentence->buf, 1, report->ranking->factor);
	add(sentence, after);
}

static void
add_since(const struct sentence *sentence)
{
	if (sentence->report->since.len == 0)
		return;
	add(sentence, " since ");
	buf_add_visible(sentence->buf, sentence->report->since);
}

/* A site, and after `before` its function; without a place its operation, or
 * just the function. */
static void
add_place(const struct sentence *sentence, const struct change *change,
    const char *before)
{
	struct buf place = { 0 };
	struct slice function = change_function(change);

	report_place(&place, change);
	if (place.len == 0)
		buf_add(&place, change_site(change)->operation);
	if (place.len > 0)
		add_name(sentence, buf_slice(&place));
	if (place.len > 0 && function.len > 0)
		add(sentence, before);
	if (function.len > 0)
		add_name(sentence, function);
	buf_release(&place);
}

static void
add_directory(const struct sentence *sentence, struct slice directory)
{
	struct buf name = { 0 };

	buf_add(&name, directory);
	if (!slice_ends(directory, "/"))
		buf_add_char(&name, '/');
	add_name(sentence, buf_slice(&name));
	buf_release(&name);
}

/* What rose, as its level names it. */
static void
add_element(const struct sentence *sentence,
    const struct level_element *element, const char *before_function)
{
	const struct site *site = change_site(element->change);

	switch (sentence->report->level->kind) {
	case LEVEL_OPERATION:
		add_name(sentence, site->operation);
		return;
	case LEVEL_KIND:
		add_name(sentence, element->name);
		return;
	case LEVEL_DIRECTORY:
		add_directory(sentence, element->name);
		return;
	case LEVEL_FILE:
		add_name(sentence, site->file);
		return;
	case LEVEL_FUNCTION:
		add_name(sentence, change_function(element->change));
		add(sentence, " in ");
		add_name(sentence, site->file);
		return;
	case LEVEL_SITE:
	case LEVEL_CHANGE:
	case LEVEL_NONE:
		break;
	}
	add_place(sentence, element->change, before_function);
}

/* "(+371 %, traffic +45 %)" */
static void
add_rise(const struct sentence *sentence, double old, double new)
{
	add(sentence, " (");
	report_percent(sentence->buf, old, new);
	add_traffic(sentence, ", ", "");
	add(sentence, ")");
}

/* " rose from 736 to 3,463", and of what where that is one operation. */
static void
add_counts(const struct sentence *sentence, uint64_t old, uint64_t new,
    struct slice operation)
{
	add(sentence, old == 0 ? " is new with " : " rose from ");
	if (old > 0) {
		buf_add_count(sentence->buf, old);
		add(sentence, " to ");
	}
	buf_add_count(sentence->buf, new);
	if (operation.len > 0) {
		add(sentence, " ");
		add_name(sentence, operation);
	} else if (old == 0) {
		add(sentence, new == 1 ? " operation" : " operations");
	}
	if (old > 0)
		add_rise(sentence, (double)old, (double)new);
	else
		add_traffic(sentence, " (", ")");
	add_since(sentence);
}

/* How the rise is spread within an element: evenly, or most of it where. */
static void
add_spread(const struct sentence *sentence, enum level_kind kind,
    const struct level_element *element)
{
	if (element->changes < 2)
		return;
	if (element->is_alike && kind == LEVEL_SITE) {
		buf_add_format(sentence->buf, ", alike in its %zu operations",
		    element->changes);
	} else if (element->is_alike && element->sites == 2) {
		add(sentence, ", alike at both of its sites");
	} else if (element->is_alike) {
		buf_add_format(sentence->buf, ", alike at all %zu of its sites",
		    element->sites);
	} else if (kind == LEVEL_SITE) {
		add(sentence, ", ");
		add_name(sentence, change_site(element->change)->operation);
		add(sentence, " above all");
	} else {
		add(sentence, ", ");
		add_place(sentence, element->change, " in ");
		add(sentence, " above all");
	}
}

/* "; then app/a.rb:3 (x12) with 20 %" */
static void
add_others(const struct sentence *sentence)
{
	const struct level *level = sentence->report->level;

	for (size_t i = 1; i < level->count; i++) {
		const struct level_element *element = &level->elements[i];

		add(sentence, i == 1 ? "; then " : ", ");
		add_element(sentence, element, " in ");
		add(sentence, " (");
		report_percent(sentence->buf, (double)element->old,
		    (double)element->new);
		add(sentence, ") with ");
		add_share(sentence, element->share);
	}
}

/* The first row that stands out, where no level says more. */
static void
add_first(const struct sentence *sentence)
{
	const struct ranking *told = sentence->report->told;
	const struct change *change = ranking_first(told);

	add_place(sentence, change, " in ");
	add_counts(sentence, change->old_count, change->new_count,
	    change_site(change)->operation);
	add(sentence, ": ");
	add_share_of_excess(sentence, change->share);
	add(sentence, ", which is spread over ");
	add_number(sentence, told->risers, "row");
}

static void
add_everything(const struct sentence *sentence)
{
	const struct ranking *told = sentence->report->told;

	add(sentence, "everything");
	add_counts(sentence, told->old_sum, told->new_sum, (struct slice){ 0 });
	buf_add_format(sentence->buf, ", alike in its %zu rows", told->count);
	if (sentence->report->traffic != TRAFFIC_GIVEN)
		add(sentence, ": look at traffic first");
}

static uint64_t
add_up(uint64_t sum, uint64_t more)
{
	return more > UINT64_MAX - sum ? UINT64_MAX : sum + more;
}

/* The site of a row with all of its operations. */
static struct level_element
whole_site(const struct ranking *told, const struct change *row)
{
	const struct site *site = change_site(row);
	struct level_element element = { .change = row, .sites = 1 };

	for (size_t i = 0; i < told->count; i++) {
		const struct change *change = &told->changes[i];
		const struct site *other = change_site(change);

		if (!slice_equal(site->line, other->line) ||
		    !slice_equal(site->file, other->file))
			continue;
		element.old = add_up(element.old, change->old_count);
		element.new = add_up(element.new, change->new_count);
		element.expected += change->noise.expected;
		element.changes++;
		if (change_rose(change))
			element.share += change->noise.excess /
			    told->excess_sum;
	}
	return element;
}

/*
 * People think of a line rather than of an operation of it: where the others
 * did not fall meanwhile, what rose is the line, that operation above all.
 */
static bool
is_rather_site(const struct level_element *site,
    const struct level_element *row)
{
	double of_site = (double)site->new - site->expected;
	double of_row = (double)row->new - row->expected;

	return change_site(row->change)->file.len > 0 && site->changes > 1 &&
	    of_site >= of_row * LITTLE_LESS;
}

static void
add_place_and_rise(const struct sentence *sentence, enum level_kind kind,
    const struct level_element *element)
{
	const struct site *site = change_site(element->change);
	bool is_row = kind == LEVEL_CHANGE && site->file.len > 0;

	add_element(sentence, element, " in ");
	add_counts(sentence, element->old, element->new,
	    is_row ? site->operation : slice_str(""));
	add(sentence, ": ");
	add_share_of_excess(sentence, element->share);
	add_spread(sentence, kind, element);
}

/* Nothing was asked about: begins with the place. */
static void
add_places(const struct sentence *sentence)
{
	const struct level *level = sentence->report->level;
	const struct level_element *first = &level->elements[0];
	struct level_element site = { 0 };

	if (level->count == 0 && level->share > 0) {
		add_everything(sentence);
		return;
	}
	if (level->count == 0) {
		add_first(sentence);
		return;
	}
	if (level->kind == LEVEL_CHANGE)
		site = whole_site(sentence->report->told, first->change);
	if (is_rather_site(&site, first))
		add_place_and_rise(sentence, LEVEL_SITE, &site);
	else
		add_place_and_rise(sentence, level->kind, first);
	add_others(sentence);
}

/* "91 % from app/models/badge.rb:88 (was :82) award_badges" */
static void
add_sources(const struct sentence *sentence)
{
	const struct level *level = sentence->report->level;

	for (size_t i = 0; i < level->count; i++) {
		const struct level_element *element = &level->elements[i];

		if (i > 0)
			add(sentence, i + 1 < level->count ? ", " : " and ");
		add_share(sentence, element->share);
		add(sentence, " from ");
		add_element(sentence, element, " ");
		add_spread(sentence, level->kind, element);
	}
}

/* "UserData.put +238 % (traffic +4 %)" */
static void
add_subject(const struct sentence *sentence)
{
	const struct ranking *told = sentence->report->told;

	add_name(sentence, sentence->report->subject);
	add(sentence, " ");
	report_percent(sentence->buf, (double)told->old_sum,
	    (double)told->new_sum);
	add_traffic(sentence, " (", ")");
}

/* An operation was asked about: begins with it. */
static void
add_answer(const struct sentence *sentence)
{
	const struct ranking *told = sentence->report->told;
	const struct level *level = sentence->report->level;

	add_subject(sentence);
	add_since(sentence);
	add(sentence, "; ");
	if ((double)told->new_sum < told->expected_sum)
		add(sentence, "of what rose, ");
	if (level->count > 0) {
		add_sources(sentence);
	} else if (level->share > 0) {
		buf_add_format(sentence->buf, "alike in all of its %zu rows",
		    told->count);
	} else {
		add(sentence, "spread over ");
		add_number(sentence, told->risers, "row");
		add(sentence, ", ");
		add_place(sentence, ranking_first(told), " ");
		add(sentence, " first with ");
		add_share(sentence, ranking_first(told)->share);
	}
}

/* "2 rows fell, 1 of them vanished", or nothing of none. */
static void
add_fallen(const struct sentence *sentence, size_t fell, size_t vanished)
{
	if (fell == 0)
		return;
	add(sentence, ", ");
	add_number(sentence, fell, "row");
	add(sentence, fell == vanished ? " vanished" : " fell");
	if (vanished > 0 && vanished < fell)
		buf_add_format(sentence->buf, ", %zu of them vanished",
		    vanished);
}

/* What fell, where nothing rose, or no more than the traffic tells. */
static void
add_falls(const struct sentence *sentence)
{
	const struct ranking *told = sentence->report->told;
	size_t vanished = 0;
	size_t shrank = 0;
	size_t grew = 0;

	for (size_t i = 0; i < told->count; i++) {
		vanished += told->changes[i].kind == CHANGE_VANISHED;
		shrank += told->changes[i].kind == CHANGE_SHRANK;
		grew += told->changes[i].kind == CHANGE_GREW;
	}
	add(sentence, "nothing rose");
	if (grew > 0 && told->factor >= TRAFFIC_LEAST)
		add(sentence, " by more than the traffic");
	add_fallen(sentence, shrank + vanished, vanished);
	if (sentence->report->subject.len == 0)
		add_rise(sentence, (double)told->old_sum,
		    (double)told->new_sum);
}

/* Whether something appeared that may only have moved. */
static bool
has_moved(const struct ranking *told)
{
	for (size_t i = 0; i < told->count; i++)
		if (told->changes[i].pair.twin != NULL &&
		    told->changes[i].pair.new != NULL)
			return true;
	return false;
}

/* What rose, or appeared, where none of it stands out. */
static void
add_noise(const struct sentence *sentence)
{
	const struct ranking *told = sentence->report->told;

	add(sentence, "nothing stands out: ");
	if (told->risers == 0) {
		add(sentence, "what appeared may only have moved");
		return;
	}
	add_number(sentence, told->risers, "row");
	buf_add_format(sentence->buf,
	    " rose, %s by more than noise (%.0f %% a day)",
	    told->risers == 1 ? "not" : "none", told->noise.cv * 100);
}

/* Nothing stands out. */
static void
add_nothing(const struct sentence *sentence)
{
	const struct ranking *told = sentence->report->told;

	if (sentence->report->subject.len > 0 && told->count > 0) {
		add_subject(sentence);
		add(sentence, ": ");
	}
	if (told->count == 0) {
		add(sentence, "nothing to compare: no day counts ");
		if (sentence->report->subject.len > 0)
			add_name(sentence, sentence->report->subject);
		else
			add(sentence, "anything");
	} else if (told->risers > 0 || has_moved(told)) {
		add_noise(sentence);
	} else if (told->changed == 0) {
		add(sentence, "nothing changed: ");
		add_number(sentence, told->count, "row");
		add(sentence,
		    told->count == 1 ? " is as before" : " are as before");
	} else {
		add_falls(sentence);
	}
}

/* Whether a change is of a row, which may be one of many: such a row lacks
 * lines, or more. */
static bool
is_of_row(const struct change *change, const struct change *row)
{
	const struct site *site = change_site(change);
	const struct site *named = change_site(row);

	if (named->file.len == 0)
		return slice_equal(site->operation, named->operation);
	if (!slice_equal(site->file, named->file))
		return false;
	if (named->line.len > 0)
		return slice_equal(site->line, named->line);
	return change_function(row).len == 0 ||
	    slice_equal(change_function(change), change_function(row));
}

/* Whether a commit is suspected for what the sentence names. */
static bool
is_named(const struct report *report, const struct change *change)
{
	const struct level *level = report->level;
	const struct change *first;
	const struct site *site = change_site(change);
	const struct site *named;

	if (level->count == 0)
		return level->share > 0 ||
		    is_of_row(change, ranking_first(report->told));
	first = level->elements[0].change;
	named = change_site(first);
	switch (level->kind) {
	case LEVEL_CHANGE:
	case LEVEL_SITE:
		return is_of_row(change, first);
	case LEVEL_FUNCTION:
		return slice_equal(site->file, named->file) &&
		    slice_equal(change_function(change),
			change_function(first));
	case LEVEL_FILE:
		return slice_equal(site->file, named->file);
	case LEVEL_OPERATION:
		return slice_equal(site->operation, named->operation);
	case LEVEL_DIRECTORY:
	case LEVEL_KIND:
	case LEVEL_NONE:
		break;
	}
	return false;
}

/* What a commit is suspected for; NULL: what the sentence names. */
static const struct change *
other_site(const struct report *report, const struct suspect *suspect)
{
	const struct ranking *fine = report->fine;

	if (suspect->site >= fine->count ||
	    is_named(report, &fine->changes[suspect->site]))
		return NULL;
	return &fine->changes[suspect->site];
}

/* "touched it" */
static void
add_touched(const struct sentence *sentence, const struct suspect *suspect)
{
	const struct change *other = other_site(sentence->report, suspect);

	add(sentence, " touched ");
	if (suspect->reason == SUSPECT_CONFIG) {
		add_name(sentence, suspect->path);
		return;
	}
	if (suspect->reason == SUSPECT_FILE && other == NULL) {
		add(sentence, "its file");
		return;
	}
	if (suspect->reason == SUSPECT_FILE)
		add(sentence, "the file of ");
	if (suspect->reason == SUSPECT_CALLER)
		add(sentence, "a caller of ");
	if (other == NULL)
		add(sentence, "it");
	else
		add_place(sentence, other, " in ");
}

static void
add_commit(const struct sentence *sentence)
{
	const struct suspects *suspects = sentence->report->suspects;

	if (suspects == NULL)
		return;
	if (suspects->count == 0) {
		add(sentence, "; no commit in between touches it");
		return;
	}
	add(sentence, "; ");
	buf_add_visible(sentence->buf,
	    slice_head(suspects->items[0].id, ID_LENGTH));
	add(sentence, " \"");
	report_add_title(sentence->buf, suspects->items[0].subject,
	    sentence->style);
	add(sentence, "\"");
	add_touched(sentence, &suspects->items[0]);
}

void
sentence_add(struct buf *buf, const struct report *report,
    const struct report_style *style)
{
	struct sentence sentence = { buf, report, style };

	if (report->told->standing == 0) {
		add_nothing(&sentence);
		return;
	}
	if (report->subject.len > 0)
		add_answer(&sentence);
	else
		add_places(&sentence);
	add_commit(&sentence);
}
