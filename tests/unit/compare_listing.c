/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/listing.h"

#include "tap.h"

static const struct site old_site = { SLICE("a,b.py"), SLICE("27"), SLICE(""),
	SLICE("User.put"), 736 };
static const struct site new_site = { SLICE("a,b.py"), SLICE("28"),
	SLICE("save"), SLICE("User.put"), 3463 };
static const struct site odd_site = { SLICE("=\xff\n.py"), SLICE("3"),
	SLICE(""), SLICE(""), 65 };

/* Ranks one pair. */
static void
rank(struct ranking *ranking, const struct site *old, const struct site *new,
    enum match_kind kind, double factor)
{
	struct pair pair = { old, new, kind, kind == MATCH_EXACT ? 1 : -1 };

	ranking_init(ranking, &pair, 1, factor);
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
	struct buf buf = { 0 };
	struct ranking ranking;

	rank(&ranking, &old_site, &new_site, MATCH_SHIFTED, 0);
	listing_csv_row(&buf, &ranking.changes[0], 1, false);
	CHECK_SLICE(buf,
	    "1,grew,\"a,b.py\",27,\"a,b.py\",28,save,User.put,"
	    "736,,3463,2727,4.705,,,,,1.0000,,shifted,\n");
	ranking_release(&ranking);
	buf_clear(&buf);
	rank(&ranking, &new_site, &old_site, MATCH_EXACT, 0.5);
	listing_csv_row(&buf, &ranking.changes[0], 7, false);
	CHECK_SLICE(buf,
	    "7,shrank,\"a,b.py\",28,\"a,b.py\",27,save,User.put,"
	    "3463,1731.5,736,-2727,0.213,,,-995.5,,,,exact,"
	    "1.00\n");
	ranking_release(&ranking);
	buf_release(&buf);
}

static void
leaves_unknown_fields_empty(void)
{
	struct buf buf = { 0 };
	struct ranking ranking;

	rank(&ranking, NULL, &new_site, MATCH_NONE, 0);
	listing_csv_row(&buf, &ranking.changes[0], 1, false);
	CHECK_SLICE(buf,
	    "1,appeared,,,\"a,b.py\",28,save,User.put,0,,3463,"
	    "3463,,,,,,1.0000,,none,\n");
	ranking_release(&ranking);
	buf_clear(&buf);
	rank(&ranking, &new_site, NULL, MATCH_NONE, 0);
	listing_csv_row(&buf, &ranking.changes[0], 1, false);
	CHECK_SLICE(buf,
	    "1,vanished,\"a,b.py\",28,,,save,User.put,3463,,0,"
	    "-3463,0.000,,,,,,,none,\n");
	ranking_release(&ranking);
	buf_release(&buf);
}

static void
defuses_formulas(void)
{
	struct buf buf = { 0 };
	struct ranking ranking;

	rank(&ranking, &odd_site, NULL, MATCH_NONE, 0);
	listing_csv_row(&buf, &ranking.changes[0], 1, true);
	CHECK_SLICE(buf,
	    "1,vanished,\"'=\xff\n.py\",3,,,,,65,,0,-65,0.000,"
	    ",,,,,,none,\n");
	ranking_release(&ranking);
	buf_release(&buf);
}

static void
writes_json(void)
{
	struct buf buf = { 0 };
	struct ranking ranking;

	rank(&ranking, NULL, &odd_site, MATCH_NONE, 0);
	listing_json(&buf, &ranking, 1);
	CHECK_SLICE(buf,
	    "[\n{\"rank\":1,\"change\":\"appeared\",\"old_file\":null,"
	    "\"old_line\":null,\"new_file\":\"=\xef\xbf\xbd\\n.py\","
	    "\"new_file_base64\":\"Pf8KLnB5\",\"new_line\":3,"
	    "\"function\":null,\"operation\":null,\"old_count\":0,"
	    "\"expected\":null,\"new_count\":65,\"delta\":65,"
	    "\"ratio\":null,\"ratio_low\":null,\"ratio_high\":null,"
	    "\"excess\":null,\"excess_low\":null,\"share\":1.0000,"
	    "\"q_value\":null,\"match\":\"none\",\"score\":null}\n]\n");
	buf_clear(&buf);
	listing_json(&buf, &ranking, 0);
	CHECK_SLICE(buf, "[]\n");
	ranking_release(&ranking);
	buf_release(&buf);
}

static void
writes_quickfix(void)
{
	struct buf buf = { 0 };
	struct ranking ranking;

	rank(&ranking, &old_site, &new_site, MATCH_SHIFTED, 0);
	listing_quickfix(&buf, &ranking.changes[0]);
	CHECK_SLICE(buf, "a,b.py:28: User.put 736 -> 3463 (+370 %)\n");
	ranking_release(&ranking);
	buf_clear(&buf);
	rank(&ranking, &odd_site, NULL, MATCH_NONE, 0);
	listing_quickfix(&buf, &ranking.changes[0]);
	CHECK_SLICE(buf, "=\\377\\n.py:3: 65 -> 0 (-100 %)\n");
	ranking_release(&ranking);
	buf_clear(&buf);
	rank(&ranking, NULL, &new_site, MATCH_NONE, 0);
	listing_quickfix(&buf, &ranking.changes[0]);
	CHECK_SLICE(buf, "a,b.py:28: User.put 0 -> 3463 (new)\n");
	ranking_release(&ranking);
	buf_release(&buf);
}

static const struct tap_test tests[] = {
	{ "the CSV form has its 21 columns", writes_header },
	{ "a row says what was matched and how it changed", writes_rows },
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
