/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/listing.h"

#include <math.h>

#include "tap.h"

static const struct site old_site = { SLICE("a,b.py"), SLICE("27"), SLICE(""),
	SLICE("User.put"), 736 };
static const struct site new_site = { SLICE("a,b.py"), SLICE("28"),
	SLICE("save"), SLICE("User.put"), 3463 };
static const struct site odd_site = { SLICE("=\xff\n.py"), SLICE("3"),
	SLICE(""), SLICE(""), 65 };

/* A change of which nothing is claimed. */
static struct change
make(const struct site *old, const struct site *new, enum match_kind kind)
{
	struct change change = {
		.pair = { old, new, kind, kind == MATCH_EXACT ? 1 : -1, NULL },
		.old_count = old == NULL ? 0 : old->count,
		.new_count = new == NULL ? 0 : new->count,
		.noise = { .ratio_low = NAN, .ratio_high = NAN, .q = NAN },
		.share = -1,
	};

	if (old == NULL)
		change.kind = CHANGE_APPEARED;
	else if (new == NULL)
		change.kind = CHANGE_VANISHED;
	else
		change.kind = new->count > old->count ? CHANGE_GREW :
							CHANGE_SHRANK;
	change.noise.expected = (double)change.old_count;
	change.noise.excess = (double)change.new_count -
	    (double)change.old_count;
	if (change.noise.excess > 0)
		change.share = 1;
	return change;
}

/* The row of a change, the n-th. */
static void
check_row(const struct change *change, size_t n, bool safe, const char *want)
{
	struct buf buf = { 0 };

	listing_csv_row(&buf, change, n, safe);
	CHECK_SLICE(buf, want);
	buf_release(&buf);
}

static void
writes_header(void)
{
	struct buf buf = { 0 };

	listing_csv_header(&buf);
	CHECK_SLICE(buf,
	    "rank,change,old_file,old_line,new_file,new_line,"
	    "function,operation,old_count,expected,new_count,"
	    "delta,ratio,ratio_low,ratio_high,excess,excess_low,"
	    "share,q_value,match,score\n");
	buf_release(&buf);
}

static void
writes_rows(void)
{
	struct change change = make(&old_site, &new_site, MATCH_SHIFTED);

	check_row(&change, 1, false,
	    "1,grew,\"a,b.py\",27,\"a,b.py\",28,save,User.put,"
	    "736,736.0,3463,2727,4.705,,,2727.0,0.0,1.0000,,shifted,\n");
	change = make(&new_site, &old_site, MATCH_EXACT);
	change.noise.expected = 1731.5;
	change.noise.excess = -995.5;
	check_row(&change, 7, false,
	    "7,shrank,\"a,b.py\",28,\"a,b.py\",27,save,User.put,"
	    "3463,1731.5,736,-2727,0.213,,,-995.5,0.0,,,exact,1.00\n");
}

static void
writes_what_is_claimed(void)
{
	struct change change = make(&old_site, &new_site, MATCH_EDITED);

	change.pair.score = .875;
	change.share = .85;
	change.noise.low = 2100.25;
	change.noise.ratio_low = 3.9;
	change.noise.ratio_high = 5.6789;
	change.noise.q = 1.25e-7;
	check_row(&change, 1, false,
	    "1,grew,\"a,b.py\",27,\"a,b.py\",28,save,User.put,"
	    "736,736.0,3463,2727,4.705,3.900,5.679,2727.0,2100.2,0.8500,"
	    "1.25e-07,edited,0.88\n");
	change.noise.ratio_high = INFINITY;
	change.noise.q = 1;
	check_row(&change, 1, false,
	    "1,grew,\"a,b.py\",27,\"a,b.py\",28,save,User.put,"
	    "736,736.0,3463,2727,4.705,3.900,,2727.0,2100.2,0.8500,"
	    "1,edited,0.88\n");
}

static void
writes_numbers(void)
{
	struct change change = make(&old_site, &new_site, MATCH_EXACT);

	change.noise.expected = 1e19;
	change.noise.excess = -.04;
	change.noise.low = .06;
	change.share = .00004;
	change.new_count = UINT64_MAX;
	change.old_count = 10;
	check_row(&change, 1, false,
	    "1,grew,\"a,b.py\",27,\"a,b.py\",28,save,User.put,10,"
	    "10000000000000000000.0,18446744073709551615,"
	    "18446744073709551605,1844674407370955264.000,,,0.0,0.1,0.0000,"
	    ",exact,1.00\n");
	change.noise.excess = -1234567.05;
	change.noise.low = 0;
	change.old_count = change.new_count = 3;
	change.noise.expected = .95;
	check_row(&change, 10, false,
	    "10,grew,\"a,b.py\",27,\"a,b.py\",28,save,User.put,3,"
	    "1.0,3,0,1.000,,,-1234567.0,0.0,0.0000,,exact,1.00\n");
}

static void
leaves_unknown_fields_empty(void)
{
	struct change change = make(NULL, &new_site, MATCH_NONE);

	check_row(&change, 1, false,
	    "1,appeared,,,\"a,b.py\",28,save,User.put,0,0.0,3463,"
	    "3463,,,,3463.0,0.0,1.0000,,none,\n");
	change = make(&new_site, NULL, MATCH_NONE);
	check_row(&change, 1, false,
	    "1,vanished,\"a,b.py\",28,,,save,User.put,3463,3463.0,0,"
	    "-3463,0.000,,,-3463.0,0.0,,,none,\n");
}

static void
defuses_formulas(void)
{
	struct change change = make(&odd_site, NULL, MATCH_NONE);

	check_row(&change, 1, true,
	    "1,vanished,\"'=\xff\n.py\",3,,,,,65,65.0,0,-65,0.000,"
	    ",,-65.0,0.0,,,none,\n");
}

static void
writes_json(void)
{
	struct buf buf = { 0 };
	struct change change = make(NULL, &odd_site, MATCH_NONE);
	struct ranking ranking = { .changes = &change, .count = 1 };

	listing_json(&buf, &ranking, 1);
	CHECK_SLICE(buf,
	    "[\n{\"rank\":1,\"change\":\"appeared\",\"old_file\":null,"
	    "\"old_line\":null,\"new_file\":\"=\xef\xbf\xbd\\n.py\","
	    "\"new_file_base64\":\"Pf8KLnB5\",\"new_line\":3,"
	    "\"function\":null,\"operation\":null,\"old_count\":0,"
	    "\"expected\":0.0,\"new_count\":65,\"delta\":65,"
	    "\"ratio\":null,\"ratio_low\":null,\"ratio_high\":null,"
	    "\"excess\":65.0,\"excess_low\":0.0,\"share\":1.0000,"
	    "\"q_value\":null,\"match\":\"none\",\"score\":null}\n]\n");
	buf_clear(&buf);
	listing_json(&buf, &ranking, 0);
	CHECK_SLICE(buf, "[]\n");
	buf_release(&buf);
}

static void
check_quickfix(const struct site *old, const struct site *new, const char *want)
{
	struct buf buf = { 0 };
	struct change change = make(old, new, MATCH_NONE);

	listing_quickfix(&buf, &change);
	CHECK_SLICE(buf, want);
	buf_release(&buf);
}

static void
writes_quickfix(void)
{
	check_quickfix(&old_site, &new_site,
	    "a,b.py:28: User.put 736 -> 3463 (+370 %)\n");
	check_quickfix(&odd_site, NULL, "=\\377\\n.py:3: 65 -> 0 (-100 %)\n");
	check_quickfix(NULL, &new_site,
	    "a,b.py:28: User.put 0 -> 3463 (new)\n");
}

static const struct tap_test tests[] = {
	{ "the CSV form has its 21 columns", writes_header },
	{ "a row says what was matched and how it changed", writes_rows },
	{ "bounds and the false discovery rate are there where claimed",
	    writes_what_is_claimed },
	{ "numbers are rounded, the largest too", writes_numbers },
	{ "what is not known is empty", leaves_unknown_fields_empty },
	{ "formulas are defused when asked", defuses_formulas },
	{ "JSON has null for what is not known, and odd bytes as base64",
	    writes_json },
	{ "a quickfix line names place, counts and percent", writes_quickfix },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
