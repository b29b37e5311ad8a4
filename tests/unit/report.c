/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/report.h"

#include "rows.h"
#include "tap.h"

/* A report with all that it refers to. */
struct example {
	struct rows rows;
	struct level level;
	struct suspect commits[3];
	struct suspects suspects;
	struct report report;
};

static void
begin(struct example *example, double factor)
{
	*example = (struct example){ .rows = { .factor = factor } };
}

/* Days that are like each other, beside what is added. */
static void
add_quiet(struct example *example)
{
	struct rows *rows = &example->rows;

	rows_add(rows, "app/a.rb:1 index City.get", 1000, 1010);
	rows_add(rows, "app/b.rb:3 index City.get", 2000, 1990);
	rows_add(rows, "app/b.rb:4 index Role.get", 300, 300);
	rows_add(rows, "lib/c.rb:7 run Job.put", 800, 800);
	rows_add(rows, "lib/d.rb:5 load User.get", 600, 610);
}

static void
finish(struct example *example)
{
	struct report *report = &example->report;

	rows_finish(&example->rows);
	level_tell(&example->level, &example->rows.ranking);
	report->ranking = &example->rows.ranking;
	report->fine = &example->rows.ranking;
	report->told = report->fine;
	report->rows = example->rows.ranking.count;
	report->level = &example->level;
	if (example->rows.factor != 1)
		report->traffic = TRAFFIC_GIVEN;
}

static void
check_sentence(struct example *example, const char *want)
{
	struct buf buf = { 0 };

	finish(example);
	report_sentence(&buf, &example->report);
	CHECK_SLICE(buf, want);
	buf_release(&buf);
}

static void
suspect(struct example *example, enum suspect_reason reason, size_t site)
{
	example->commits[example->suspects.count++] = (struct suspect){
		.id = SLICE("3f2c1ab2d0a1b2c3d4e5f60718293a4b5c6d7e8f"),
		.subject = SLICE("badges: recompute on login"),
		.author = SLICE("ana"),
		.time = 1370943000,
		.reason = reason,
		.site = site,
		.path = SLICE("config/badges.yml"),
		.line = 12,
	};
	example->suspects.items = example->commits;
	example->suspects.commits = 7;
	example->report.suspects = &example->suspects;
}

static void
begin_badges(struct example *example)
{
	begin(example, 1.04);
	example->report.subject = slice_str("UserData.put");
	example->report.since = slice_str("02:45");
	rows_add_moved(&example->rows,
	    "app/models/badge.rb:82 award_badges UserData.put",
	    "app/models/badge.rb:88 award_badges UserData.put", 1000, 3900);
	rows_add(&example->rows, "app/models/user.rb:5 save UserData.put", 160,
	    300);
	rows_add(&example->rows, "app/models/user.rb:9 drop UserData.put", 100,
	    62);
}

static void
answers_about_an_operation(void)
{
	struct example example;

	begin_badges(&example);
	suspect(&example, SUSPECT_LINE, 0);
	check_sentence(&example,
	    "UserData.put +238 % (traffic +4 %) since 02:45; 96 % from "
	    "app/models/badge.rb:88 (was :82) award_badges; 3f2c1ab "
	    "\"badges: recompute on login\" touched it");
}

static void
says_what_a_commit_touched(void)
{
	struct example example;

	begin_badges(&example);
	suspect(&example, SUSPECT_FILE, 0);
	check_sentence(&example,
	    "UserData.put +238 % (traffic +4 %) since 02:45; 96 % from "
	    "app/models/badge.rb:88 (was :82) award_badges; 3f2c1ab "
	    "\"badges: recompute on login\" touched its file");
	begin_badges(&example);
	suspect(&example, SUSPECT_FUNCTION, 1);
	check_sentence(&example,
	    "UserData.put +238 % (traffic +4 %) since 02:45; 96 % from "
	    "app/models/badge.rb:88 (was :82) award_badges; 3f2c1ab "
	    "\"badges: recompute on login\" touched app/models/user.rb:5 in "
	    "save");
	begin_badges(&example);
	suspect(&example, SUSPECT_CONFIG, 0);
	check_sentence(&example,
	    "UserData.put +238 % (traffic +4 %) since 02:45; 96 % from "
	    "app/models/badge.rb:88 (was :82) award_badges; 3f2c1ab "
	    "\"badges: recompute on login\" touched config/badges.yml");
	begin_badges(&example);
	suspect(&example, SUSPECT_LINE, 0);
	example.suspects.count = 0;
	check_sentence(&example,
	    "UserData.put +238 % (traffic +4 %) since 02:45; 96 % from "
	    "app/models/badge.rb:88 (was :82) award_badges; no commit in "
	    "between touches it");
}

static void
begins_with_the_place(void)
{
	struct example example;

	begin(&example, 1.45);
	add_quiet(&example);
	rows_add(&example.rows,
	    "app/controllers/cities_controller.rb:4 index restaurants.select",
	    736, 3463);
	rows_add(&example.rows, "app/x.rb:9 - City.put", 1000, 1900);
	check_sentence(&example,
	    "app/controllers/cities_controller.rb:4 in index rose from 736 to "
	    "3,463 restaurants.select (+371 %, traffic +45 %): 84 % of the "
	    "whole excess");
	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "app/new.rb:4 index City.put", -1, 4000);
	check_sentence(&example,
	    "app/new.rb:4 in index is new with 4,000 City.put: 99 % of the "
	    "whole excess");
}

static void
thinks_of_lines(void)
{
	struct example example;

	for (int fell = 0; fell < 2; fell++) {
		begin(&example, 1);
		add_quiet(&example);
		rows_add(&example.rows, "web/x.rb:4 index City.put", 700, 9000);
		rows_add(&example.rows, "web/x.rb:4 index City.get", 4000,
		    fell ? 1000 : 4100);
		check_sentence(&example,
		    fell ? "web/x.rb:4 in index rose from 700 to 9,000 "
			   "City.put (x13): 99 % of the whole excess" :
			   "web/x.rb:4 in index rose from 4,700 to 13,100 "
			   "(+179 %): 99 % of the whole excess, City.put "
			   "above all");
	}
}

static void
names_a_site(void)
{
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "web/x.rb:4 index City.put", 700, 9000);
	rows_add(&example.rows, "web/x.rb:4 index City.get", 800, 10000);
	check_sentence(&example,
	    "web/x.rb:4 in index rose from 1,500 to 19,000 (x13): 99 % of the "
	    "whole excess, alike in its 2 operations");
}

static void
names_a_function(void)
{
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "web/x.rb:4 update City.put", 700, 2100);
	rows_add(&example.rows, "web/x.rb:6 update City.get", 800, 2500);
	check_sentence(&example,
	    "update in web/x.rb rose from 1,500 to 4,600 (+207 %): 99 % of "
	    "the whole excess, alike at both of its sites");
}

static void
names_a_file(void)
{
	struct example example;

	begin(&example, 1.2);
	add_quiet(&example);
	rows_add(&example.rows, "web/x.rb:4 update City.put", 700, 2100);
	rows_add(&example.rows, "web/x.rb:6 save City.get", 800, 2500);
	rows_add(&example.rows, "web/x.rb:8 index City.get", 300, 850);
	check_sentence(&example,
	    "web/x.rb rose from 1,800 to 5,450 (+203 %, traffic +20 %): all "
	    "of the excess, alike at all 3 of its sites");
}

static void
names_a_directory(void)
{
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "web/x.rb:4 update City.put", 700, 2100);
	rows_add(&example.rows, "web/y.rb:6 save City.get", 800, 2500);
	rows_add(&example.rows, "web/z.rb:8 index City.get", 300, 850);
	check_sentence(&example,
	    "web/ rose from 1,800 to 5,450 (+203 %): 99 % of the whole "
	    "excess, alike at all 3 of its sites");
}

static void
names_an_operation(void)
{
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "web/x.rb:4 update Cache.get", 700, 2100);
	rows_add(&example.rows, "app/y.rb:6 save Cache.get", 800, 2500);
	rows_add(&example.rows, "lib/z.rb:8 index Cache.get", 300, 850);
	check_sentence(&example,
	    "Cache.get rose from 1,800 to 5,450 (+203 %): 99 % of the whole "
	    "excess, alike at all 3 of its sites");
}

static void
names_several(void)
{
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "web/x.rb:4 update City.put", 700, 3100);
	rows_add(&example.rows, "lib/y.rb:6 - Page.get", 100, 2100);
	check_sentence(&example,
	    "web/x.rb:4 in update rose from 700 to 3,100 City.put (+343 %): "
	    "54 % of the whole excess; then lib/y.rb:6 (x21) with 45 %");
	begin(&example, 1);
	example.report.subject = slice_str("City.put");
	rows_add(&example.rows, "web/x.rb:4 update City.put", 700, 3100);
	rows_add(&example.rows, "lib/y.rb:6 - City.put", 100, 2100);
	rows_add(&example.rows, "lib/z.rb:6 - City.put", 100, 100);
	check_sentence(&example,
	    "City.put +489 %; 55 % from web/x.rb:4 update and 45 % from "
	    "lib/y.rb:6");
}

/* Without a file, or with counts that no sum holds. */
static void
names_what_there_is(void)
{
	struct example example;

	begin(&example, 1);
	rows_add(&example.rows, " foo ", 10, 1000);
	check_sentence(&example,
	    "foo rose from 10 to 1,000 (x100): all of the excess");
	begin(&example, 1);
	rows_add(&example.rows, "a.rb:1 f A.get", 1000, INT64_MAX);
	rows_add(&example.rows, "a.rb:1 f A.put", INT64_MAX, INT64_MAX);
	rows_add(&example.rows, "a.rb:1 f A.post", 1000, 1100);
	check_sentence(&example,
	    "a.rb:1 in f rose from 9,223,372,036,854,777,807 to "
	    "18,446,744,073,709,551,615 (+100 %): all of the excess, "
	    "A.get above all");
}

static void
says_that_it_is_everywhere(void)
{
	static const char *const places[] = { "a/a.rb:1 a A.get",
		"b/b.rb:1 b B.get", "c/c.rb:1 c C.get", "d/d.rb:1 d D.get" };
	struct example example;

	for (int i = 0; i < 2; i++) {
		begin(&example, 1);
		example.report.subject = slice_str(i == 0 ? "" : "A.get");
		for (size_t j = 0; j < 4; j++)
			rows_add(&example.rows, places[j], 1000, 2000);
		check_sentence(&example,
		    i == 0 ?
			"everything rose from 4,000 to 8,000 (+100 %), alike "
			"in its 4 rows: look at traffic first" :
			"A.get +100 %; alike in all of its 4 rows");
	}
	begin(&example, 1.1);
	for (size_t j = 0; j < 4; j++)
		rows_add(&example.rows, places[j], 1000, 2000);
	check_sentence(&example,
	    "everything rose from 4,000 to 8,000 (+100 %, traffic +10 %), "
	    "alike in its 4 rows");
}

static void
says_that_it_is_spread(void)
{
	static const char *const places[] = { "a/a.rb:1 a A.get",
		"b/b.rb:1 b B.get", "c/c.rb:1 c C.get", "d/d.rb:1 d D.get",
		"e/e.rb:1 e E.get", "f/f.rb:1 f F.get" };
	struct example example;

	for (int i = 0; i < 2; i++) {
		begin(&example, 1);
		example.report.subject = slice_str(i == 0 ? "" : "A.get");
		for (size_t j = 0; j < 6; j++)
			rows_add(&example.rows, places[j], 2000 >> j,
			    2000 + (2000 >> j));
		check_sentence(&example,
		    i == 0 ?
			"f/f.rb:1 in f rose from 62 to 2,062 F.get (x33): "
			"17 % of the whole excess, which is spread over 6 "
			"rows" :
			"A.get +305 %; spread over 6 rows, f/f.rb:1 f first "
			"with 17 %");
	}
}

static void
says_that_nothing_stands_out(void)
{
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	check_sentence(&example,
	    "nothing stands out: 2 rows rose, none by more than noise (12 % "
	    "a day)");
	begin(&example, 1.04);
	example.report.subject = slice_str("City.get");
	rows_add(&example.rows, "a.rb:1 - City.get", 100, 110);
	check_sentence(&example,
	    "City.get +10 % (traffic +4 %): nothing stands out: 1 row rose, "
	    "not by more than noise (12 % a day)");
	begin(&example, 1);
	rows_add(&example.rows, "a.rb:1 - City.get", 100, 100);
	check_sentence(&example, "nothing changed: 1 row is as before");
	begin(&example, 1);
	check_sentence(&example, "nothing to compare: no day counts anything");
	begin(&example, 1);
	example.report.subject = slice_str("City.get");
	check_sentence(&example, "nothing to compare: no day counts City.get");
}

static void
says_that_it_fell(void)
{
	struct example example;

	begin(&example, 1);
	rows_add(&example.rows, "a.rb:1 - City.get", 100, -1);
	rows_add(&example.rows, "b.rb:1 - City.get", 300, 300);
	check_sentence(&example, "nothing rose, 1 row vanished (-25 %)");
	begin(&example, 1.1);
	rows_add(&example.rows, "a.rb:1 - City.get", 100, -1);
	rows_add(&example.rows, "b.rb:1 - City.get", 300, 200);
	check_sentence(&example,
	    "nothing rose, 2 rows fell, 1 of them vanished (-50 %, traffic "
	    "+10 %)");
	begin(&example, 1.1);
	example.report.subject = slice_str("City.get");
	rows_add(&example.rows, "a.rb:1 - City.get", 200, 50);
	check_sentence(&example,
	    "City.get -75 % (traffic +10 %): nothing rose, 1 row fell");
}

static void
tells_the_traffic_from_a_rise(void)
{
	struct example example;

	begin(&example, 2);
	rows_add(&example.rows, "a.rb:1 - City.get", 100, 200);
	check_sentence(&example,
	    "nothing rose by more than the traffic (+100 %, traffic +100 %)");
	begin(&example, 2);
	example.report.subject = slice_str("City.get");
	rows_add(&example.rows, "a.rb:1 - City.get", 1000, 1500);
	rows_add(&example.rows, "b.rb:1 - City.get", 1000, 900);
	check_sentence(&example,
	    "City.get +20 % (traffic +100 %): nothing rose by more than the "
	    "traffic, 1 row fell");
}

static void
takes_no_move_for_a_rise(void)
{
	static const struct site old = { .file = SLICE("a.rb"),
		.line = SLICE("9") };
	struct example example;
	struct buf buf = { 0 };

	begin(&example, 1);
	rows_add(&example.rows, "b.rb:1 - City.get", -1, 20000)->pair.twin =
	    &old;
	finish(&example);
	example.rows.ranking.standing = 0;
	report_sentence(&buf, &example.report);
	CHECK_SLICE(buf,
	    "nothing stands out: what appeared may only have moved");
	buf_release(&buf);
}

/* A row may be all that a function did, whatever the line. */
static void
names_nothing_twice(void)
{
	struct example example;
	struct rows coarse = { .factor = 1 };
	struct level level;
	struct buf buf = { 0 };

	begin(&example, 1);
	rows_add(&example.rows, "app/busy.py:8 busy City.put", 100, 4000);
	suspect(&example, SUSPECT_FUNCTION, 0);
	finish(&example);
	rows_add(&coarse, "app/busy.py: busy ", 100, 4000);
	rows_finish(&coarse);
	level_tell(&level, &coarse.ranking);
	example.report.told = &coarse.ranking;
	example.report.level = &level;
	report_sentence(&buf, &example.report);
	CHECK(slice_ends(buf_slice(&buf), "login\" touched it"));
	buf_release(&buf);
}

static void
tells_functions_of_a_file_apart(void)
{
	struct example example;
	struct buf buf = { 0 };

	for (int other = 0; other < 2; other++) {
		begin(&example, 1);
		add_quiet(&example);
		rows_add(&example.rows, "web/x.rb:4 update A.put", 700, 2100);
		rows_add(&example.rows, "web/x.rb:6 update A.get", 800, 2500);
		rows_add(&example.rows, "web/x.rb:9 show A.get", 2000, 2020);
		suspect(&example, SUSPECT_LINE, other ? 2 : 1);
		finish(&example);
		buf_clear(&buf);
		report_sentence(&buf, &example.report);
		CHECK(slice_ends(buf_slice(&buf),
		    other ? "touched web/x.rb:9 in show" : "touched it"));
	}
	buf_release(&buf);
}

static void
cuts_long_subjects(void)
{
	struct example example;
	struct buf buf = { 0 };
	struct buf subject = { 0 };
	struct buf want = { 0 };

	for (int i = 0; i < 5000; i++) {
		buf_add_str(&subject, "\xc3\xbc");
		if (i < 100)
			buf_add_str(&want, "\xc3\xbc");
	}
	buf_add_str(&want, "... (ana): changed");
	begin_badges(&example);
	suspect(&example, SUSPECT_LINE, 0);
	example.commits[0].subject = buf_slice(&subject);
	finish(&example);
	report_sentence(&buf, &example.report);
	CHECK(slice_ends(buf_slice(&buf), "\xbc...\" touched it"));
	CHECK(buf.len < 400);
	buf_clear(&buf);
	report_commits(&buf, &example.report, 1);
	buf_add_char(&want, '\0');
	CHECK(slice_find(buf_slice(&buf), want.ptr) != NULL);
	buf_release(&subject);
	buf_release(&want);
	buf_release(&buf);
}

/* Of inputs in which nothing was selected. */
static void
tells_days_without_names(void)
{
	static const struct slice days[] = { SLICE("05-15"), { NULL, 0 } };
	struct example example;
	struct buf buf = { 0 };

	begin(&example, 1);
	example.report.old_days = days + 1;
	example.report.old_day_count = 1;
	finish(&example);
	report_caveats(&buf, &example.report);
	CHECK(slice_starts(buf_slice(&buf),
	    "days: the new day with 0, against 0 of the old day\n"));
	buf_clear(&buf);
	example.report.old_days = days;
	example.report.old_day_count = 2;
	example.rows.ranking.days = 2;
	report_caveats(&buf, &example.report);
	CHECK(slice_starts(buf_slice(&buf),
	    "days: the new day with 0, against 0, the mean of 2 days\n"));
	buf_release(&buf);
}

static void
makes_names_visible(void)
{
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "app/\033[2J.rb:4 x\ny U\0331.put", 10, 4000);
	suspect(&example, SUSPECT_LINE, 0);
	example.commits[0].subject = slice_str("a\tb");
	check_sentence(&example,
	    "app/\\033[2J.rb:4 in x\\ny rose from 10 to 4,000 U\\0331.put "
	    "(x400): 99 % of the whole excess; 3f2c1ab \"a\\tb\" touched it");
}

static void
check_caveats(struct example *example, const char *want)
{
	struct buf buf = { 0 };

	finish(example);
	report_caveats(&buf, &example->report);
	CHECK_SLICE(buf, want);
	buf_release(&buf);
}

static void
tells_what_is_not_claimed(void)
{
	static const struct slice day[] = { SLICE("2013-06-05") };
	struct example example;

	begin(&example, 1);
	add_quiet(&example);
	rows_add(&example.rows, "b.rb:1 - City.get", 2300, -1);
	rows_add(&example.rows, "c.rb:1 - City.get", 100, 50)->pair.kind =
	    MATCH_MAYBE;
	rows_add(&example.rows, "d.rb:1 - City.get", 100, 50)->pair.kind =
	    MATCH_DOUBTFUL;
	example.report.old_days = day;
	example.report.old_day_count = 1;
	example.report.new_day = slice_str("2013-06-12");
	check_caveats(&example,
	    "days: 2013-06-12 with 4,810, against 7,200 of 2013-06-05\n"
	    "traffic: taken as equal: fewer than 10 sites tell it\n"
	    "noise: 12 % a day, assumed\n"
	    "no baseline: significance not claimed (1 old day; it takes 3)\n"
	    "matched: 68 % of the old counts and 100 % of the new, by place "
	    "and order; 1 vanished\n"
	    "1 site is matched by guess (maybe): its counts are compared all "
	    "the same\n"
	    "1 site is matched although other evidence speaks against it "
	    "(doubtful)\n");
}

static void
tells_what_is_claimed(void)
{
	static const struct slice days[] = { SLICE("05-15"), SLICE("05-22"),
		SLICE("05-29"), SLICE("06-05") };
	struct example example;
	struct buf buf = { 0 };

	begin(&example, 1.45);
	add_quiet(&example);
	for (int i = 0; i < 3; i++)
		rows_add(&example.rows, "c.rb:1 - City.get", 100, 50)
		    ->pair.kind = MATCH_MAYBE;
	finish(&example);
	example.rows.ranking.days = 4;
	example.rows.ranking.noise.is_claimed = true;
	example.rows.ranking.noise.sites = 38;
	example.report.traffic = TRAFFIC_MEDIAN;
	example.report.traffic_sites = 38;
	example.report.traffic_total = 1.39;
	example.report.old_days = days;
	example.report.old_day_count = 4;
	example.report.new_day = slice_str("06-12");
	example.report.old_revision = slice_str("v1");
	example.report.new_revision = slice_str("v2");
	report_caveats(&buf, &example.report);
	CHECK_SLICE(buf,
	    "days: 06-12 with 4,860, against 5,000, the mean of 4 days: "
	    "05-15, 05-22, 05-29, 06-05\n"
	    "traffic: x1.45, the median of 38 sites (the sums: x1.39)\n"
	    "noise: 12 % a day, told from 38 sites\n"
	    "baseline: 4 old days; q is the share of claims up to a row that "
	    "are expected to be false\n"
	    "matched: 100 % of the old counts and 100 % of the new, by the "
	    "repository (v1 to v2)\n"
	    "3 sites are matched by guess (maybe): their counts are compared "
	    "all the same\n");
	buf_release(&buf);
}

static void
tells_the_traffic(void)
{
	struct example example;
	struct buf buf = { 0 };

	begin(&example, 1.452);
	finish(&example);
	report_caveats(&buf, &example.report);
	CHECK(slice_find(buf_slice(&buf), "traffic: x1.45, given\n") != NULL);
	buf_clear(&buf);
	example.report.traffic = TRAFFIC_SUMS;
	report_caveats(&buf, &example.report);
	CHECK(slice_find(buf_slice(&buf),
		  "traffic: x1.45, the ratio of the sums: fewer than 10 sites "
		  "tell it\n") != NULL);
	buf_release(&buf);
}

static void
check_commits(struct example *example, size_t count, const char *want)
{
	struct buf buf = { 0 };

	finish(example);
	report_commits(&buf, &example->report, count);
	CHECK_SLICE(buf, want);
	buf_release(&buf);
}

static void
lists_commits(void)
{
	struct example example;

	begin_badges(&example);
	suspect(&example, SUSPECT_FUNCTION, 0);
	suspect(&example, SUSPECT_LINE, 1);
	suspect(&example, SUSPECT_CONFIG, 0);
	check_commits(&example, 5,
	    "3f2c1ab2d0 2013-06-11 badges: recompute on login (ana): changed "
	    "the function around app/models/badge.rb:88\n"
	    "3f2c1ab2d0 2013-06-11 badges: recompute on login (ana): changed "
	    "app/models/user.rb:5\n"
	    "3f2c1ab2d0 2013-06-11 badges: recompute on login (ana): changed "
	    "settings or a lock file: config/badges.yml:12\n");
	begin_badges(&example);
	suspect(&example, SUSPECT_CALLER, 0);
	suspect(&example, SUSPECT_FILE, 0);
	suspect(&example, SUSPECT_FILE, 0);
	example.commits[0].time = -1;
	check_commits(&example, 1,
	    "3f2c1ab2d0 1969-12-31 badges: recompute on login (ana): changed "
	    "a line that names the function of app/models/badge.rb:88: "
	    "config/badges.yml:12\n"
	    "and 2 more commits\n");
}

static void
says_that_no_commit_did_it(void)
{
	struct example example;

	begin_badges(&example);
	suspect(&example, SUSPECT_LINE, 0);
	example.suspects.count = 0;
	check_commits(&example, 0,
	    "no commit between these revisions touches these sites: look at "
	    "traffic or data (7 commits looked at)\n");
	begin_badges(&example);
	check_commits(&example, 5, "");
}

static void
check_percent(double old, double new, const char *want)
{
	struct buf buf = { 0 };

	report_percent(&buf, old, new);
	CHECK_SLICE(buf, want);
	buf_release(&buf);
}

static void
rounds_as_people_do(void)
{
	check_percent(736, 3463, "+371 %");
	check_percent(100, 338, "+238 %");
	check_percent(100, 88, "-12 %");
	check_percent(0, 7, "new");
	check_percent(0, 0, "+0 %");
	check_percent(100, 100, "+0 %");
	check_percent(1000, 998, "+0 %");
	check_percent(1000, 1, "-99 %");
	check_percent(100, 999, "+899 %");
	check_percent(100, 1000, "x10");
	check_percent(1, 1235, "x1235");
	check_percent(0, 5, "new");
	check_percent(5, 0, "gone");
}

static void
check_place(struct change *change, const char *want)
{
	struct buf buf = { 0 };

	report_place(&buf, change);
	CHECK_SLICE(buf, want);
	buf_release(&buf);
}

static void
tells_places(void)
{
	struct rows rows = { .factor = 1 };

	check_place(rows_add(&rows, "a.rb:4 f X.y", 1, 2), "a.rb:4");
	check_place(rows_add(&rows, "a.rb:4 f X.y", 1, -1), "a.rb:4");
	check_place(rows_add(&rows, "a.rb:4 f X.y", -1, 1), "a.rb:4");
	check_place(rows_add(&rows, "a.rb: f X.y", 1, 2), "a.rb");
	check_place(rows_add_moved(&rows, "a.rb:4 f X.y", "a.rb:7 f X.y", 1, 2),
	    "a.rb:7 (was :4)");
	check_place(rows_add_moved(&rows, "a.rb:4 f X.y", "b.rb:7 f X.y", 1, 2),
	    "b.rb:7 (was a.rb:4)");
	check_place(rows_add(&rows, ": - X.y", 1, 2), "");
}

static const struct tap_test tests[] = {
	{ "an answer begins with the operation that was asked about",
	    answers_about_an_operation },
	{ "it says what the first commit touched, and whether that is it",
	    says_what_a_commit_touched },
	{ "where nothing was asked about it begins with the place",
	    begins_with_the_place },
	{ "it names a line, and the operation that rose, unless others fell",
	    thinks_of_lines },
	{ "it names a site, all of whose operations rose", names_a_site },
	{ "it names a function", names_a_function },
	{ "it names a file", names_a_file },
	{ "it names a directory", names_a_directory },
	{ "it names an operation", names_an_operation },
	{ "it names several", names_several },
	{ "it says that everything rose alike", says_that_it_is_everywhere },
	{ "names and sums may be missing, or too large", names_what_there_is },
	{ "it says that a rise is spread", says_that_it_is_spread },
	{ "it says that nothing stands out, or nothing is there",
	    says_that_nothing_stands_out },
	{ "it says that all fell", says_that_it_fell },
	{ "what rose as the traffic did is no rise, and no fall",
	    tells_the_traffic_from_a_rise },
	{ "what may only have moved is no rise", takes_no_move_for_a_rise },
	{ "a commit that touched part of a row touched it",
	    names_nothing_twice },
	{ "one that touched another function of the file did not",
	    tells_functions_of_a_file_apart },
	{ "subjects are cut, between characters", cuts_long_subjects },
	{ "days without names are told all the same",
	    tells_days_without_names },
	{ "names can drive no terminal", makes_names_visible },
	{ "with one old day significance is not claimed",
	    tells_what_is_not_claimed },
	{ "with several it is, and how days and sites were matched is told",
	    tells_what_is_claimed },
	{ "how traffic was told is told", tells_the_traffic },
	{ "commits are listed with date and reason", lists_commits },
	{ "that no commit touches these sites is an answer",
	    says_that_no_commit_did_it },
	{ "percent are rounded, and many times are times",
	    rounds_as_people_do },
	{ "a place says where it was", tells_places },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
