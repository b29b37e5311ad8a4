/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/listing.h"

#include <inttypes.h>
#include <math.h>

#include "base/csv.h"
#include "base/json.h"

/* The columns, in the order in which fill() adds their fields. */
static const struct {
	const char *name;
	bool is_number;
	bool is_file; /* any bytes, which JSON cannot hold */
} columns[] = {
	{ "rank", true, false },
	{ "change", false, false },
	{ "old_file", false, true },
	{ "old_line", true, false },
	{ "new_file", false, true },
	{ "new_line", true, false },
	{ "function", false, false },
	{ "operation", false, false },
	{ "old_count", true, false },
	{ "expected", true, false },
	{ "new_count", true, false },
	{ "delta", true, false },
	{ "ratio", true, false },
	{ "ratio_low", true, false },
	{ "ratio_high", true, false },
	{ "excess", true, false },
	{ "excess_low", true, false },
	{ "share", true, false },
	{ "q_value", true, false },
	{ "match", false, false },
	{ "score", true, false },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* The fields of a row, one behind the other. */
struct fields {
	struct buf text;
	size_t ends[COLUMNS];
	size_t count;
};

static void
end_field(struct fields *fields)
{
	fields->ends[fields->count++] = fields->text.len;
}

static void
add_text(struct fields *fields, struct slice text)
{
	buf_add(&fields->text, text);
	end_field(fields);
}

/* Digits without printf: a listing is mostly numbers. At least so many. */
static void
add_digits(struct fields *fields, uint64_t number, int least)
{
	char digits[24];
	size_t first = sizeof(digits);

	for (; number > 0 || least > 0; number /= 10, least--)
		digits[--first] = (char)('0' + number % 10);
	buf_add(&fields->text,
	    slice_make(digits + first, sizeof(digits) - first));
}

static void
add_count(struct fields *fields, uint64_t number)
{
	add_digits(fields, number, 1);
	end_field(fields);
}

/* Empty when the number is not known: a NaN, or without bounds. */
static void
add_decimal(struct fields *fields, double number, int places)
{
	static const double powers[] = { 1, 10, 100, 1000, 10000 };
	double scaled = nearbyint(fabs(number) * powers[places]);
	uint64_t power = (uint64_t)powers[places];

	if (scaled < 1e15) {
		if (number < 0 && scaled > 0)
			buf_add_char(&fields->text, '-');
		add_digits(fields, (uint64_t)scaled / power, 1);
		buf_add_char(&fields->text, '.');
		add_digits(fields, (uint64_t)scaled % power, places);
	} else if (isfinite(number)) {
		buf_add_format(&fields->text, "%.*f", places, number);
	}
	end_field(fields);
}

/* A probability, which may be very small. */
static void
add_probability(struct fields *fields, double number)
{
	if (isfinite(number))
		buf_add_format(&fields->text, "%.3g", number);
	end_field(fields);
}

static void
add_unknown(struct fields *fields)
{
	end_field(fields);
}

static void
add_place(struct fields *fields, const struct site *site)
{
	if (site == NULL) {
		add_unknown(fields);
		add_unknown(fields);
		return;
	}
	add_text(fields, site->file);
	add_text(fields, site->line);
}

static void
add_delta(struct fields *fields, const struct change *change)
{
	if (change->new_count < change->old_count)
		buf_add_char(&fields->text, '-');
	add_count(fields, change_size(change));
}

static void
add_ratios(struct fields *fields, const struct change *change)
{
	double ratio = NAN;

	if (change->old_count > 0)
		ratio = (double)change->new_count / (double)change->old_count;
	add_decimal(fields, ratio, 3);
	add_decimal(fields, change->noise.ratio_low, 3);
	add_decimal(fields, change->noise.ratio_high, 3);
}

static void
fill(struct fields *fields, const struct change *change, size_t rank)
{
	const struct pair *pair = &change->pair;

	buf_clear(&fields->text);
	fields->count = 0;
	add_count(fields, rank);
	add_text(fields, slice_str(change_name(change->kind)));
	add_place(fields, pair->old);
	add_place(fields, pair->new);
	add_text(fields, change_function(change));
	add_text(fields, change_site(change)->operation);
	add_count(fields, change->old_count);
	add_decimal(fields, change->noise.expected, 1);
	add_count(fields, change->new_count);
	add_delta(fields, change);
	add_ratios(fields, change);
	add_decimal(fields, change->noise.excess, 1);
	add_decimal(fields, change->noise.low, 1);
	add_decimal(fields, change->share >= 0 ? change->share : NAN, 4);
	add_probability(fields, change->noise.q);
	add_text(fields, slice_str(match_name(pair->kind)));
	add_decimal(fields, pair->score >= 0 ? pair->score : NAN, 2);
}

static struct slice
field(const struct fields *fields, size_t i)
{
	size_t start = i == 0 ? 0 : fields->ends[i - 1];

	return slice_make(fields->text.ptr + start, fields->ends[i] - start);
}

void
listing_csv_header(struct buf *buf)
{
	for (size_t i = 0; i < COLUMNS; i++)
		csv_add(buf, slice_str(columns[i].name), i == 0, false);
	csv_end(buf);
}

void
listing_csv_row(struct buf *buf, const struct change *change, size_t rank,
    bool safe)
{
	struct fields fields = { 0 };

	fill(&fields, change, rank);
	for (size_t i = 0; i < COLUMNS; i++)
		csv_add(buf, field(&fields, i), i == 0, safe);
	csv_end(buf);
	buf_release(&fields.text);
}

static void
add_member(struct buf *buf, size_t column, struct slice text)
{
	bool is_utf8 = true;

	buf_add_format(buf, "%s\"%s\":", column == 0 ? "" : ",",
	    columns[column].name);
	if (text.len == 0)
		buf_add_str(buf, "null");
	else if (columns[column].is_number)
		buf_add(buf, text);
	else
		is_utf8 = json_add_string(buf, text);
	if (!is_utf8 && columns[column].is_file) {
		buf_add_format(buf, ",\"%s_base64\":", columns[column].name);
		json_add_base64(buf, text);
	}
}

void
listing_json(struct buf *buf, const struct ranking *ranking, size_t count)
{
	struct fields fields = { 0 };

	buf_add_char(buf, '[');
	for (size_t rank = 1; rank <= count; rank++) {
		fill(&fields, &ranking->changes[rank - 1], rank);
		buf_add_str(buf, rank == 1 ? "\n{" : ",\n{");
		for (size_t i = 0; i < COLUMNS; i++)
			add_member(buf, i, field(&fields, i));
		buf_add_char(buf, '}');
	}
	buf_add_str(buf, count == 0 ? "]\n" : "\n]\n");
	buf_release(&fields.text);
}

/* Cut, not rounded, so that 99.9 % is not told as all. */
void
listing_percent(struct buf *buf, const struct change *change)
{
	double percent;

	if (change->old_count == 0) {
		buf_add_str(buf, "new");
		return;
	}
	percent = (double)change_size(change) * 100 / (double)change->old_count;
	if (percent < 1e15)
		percent = (double)(int64_t)percent;
	buf_add_format(buf, "%c%.0f %%",
	    change->new_count < change->old_count ? '-' : '+', percent);
}

void
listing_quickfix(struct buf *buf, const struct change *change)
{
	const struct site *site = change_site(change);

	buf_add_visible(buf, site->file);
	buf_add_char(buf, ':');
	if (site->line.len > 0)
		buf_add_format(buf, "%.*s:", SLICE_ARG(site->line));
	buf_add_char(buf, ' ');
	buf_add_visible(buf, site->operation);
	if (site->operation.len > 0)
		buf_add_char(buf, ' ');
	buf_add_format(buf, "%" PRIu64 " -> %" PRIu64 " (", change->old_count,
	    change->new_count);
	listing_percent(buf, change);
	buf_add_str(buf, ")\n");
}
