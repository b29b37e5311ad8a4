/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/html.h"

#include <math.h>

#include "compare/html_charts.h"
#include "compare/html_table.h"
#include "compare/html_text.h"
#include "compare/html_web.h"

#include "tap.h"

enum { MANY = 300 };

/* A comparison that a test fills in: changes of one old site and one new. */
static struct fixture {
	struct site old[MANY], new[MANY];
	struct change changes[MANY];
	struct ranking ranking;
	struct level level;
	struct slice days[3];
	struct report report;
} fixture;

static struct buf page;

static void
begin(void)
{
	memset(&fixture, 0, sizeof(fixture));
	fixture.ranking.changes = fixture.changes;
	fixture.ranking.days = 1;
	fixture.ranking.factor = 1;
	fixture.level.kind = LEVEL_NONE;
	fixture.days[0] = slice_str("2013-06-05");
	fixture.report = (struct report){
		.ranking = &fixture.ranking,
		.fine = &fixture.ranking,
		.told = &fixture.ranking,
		.level = &fixture.level,
		.old_days = fixture.days,
		.old_day_count = 1,
		.new_day = SLICE("2013-06-12"),
	};
	buf_clear(&page);
}

/* Adds a change at FILE:LINE that was not moved; the caller may change it. */
static struct change *
add(const char *file, const char *line, uint64_t old, uint64_t new)
{
	size_t i = fixture.ranking.count++;
	struct change *change = &fixture.changes[i];

	fixture.old[i] = (struct site){ .file = slice_str(file),
		.line = slice_str(line),
		.operation = SLICE("User.get"),
		.count = old };
	fixture.new[i] = fixture.old[i];
	fixture.new[i].count = new;
	*change = (struct change){
		.pair = { &fixture.old[i], &fixture.new[i], MATCH_EXACT, 1,
		    NULL },
		.old_counts = &fixture.old[i].count,
		.kind = new > old ? CHANGE_GREW : CHANGE_SHRANK,
		.old_count = old,
		.new_count = new,
		.noise = { .expected = (double)old,
		    .excess = (double)new - (double)old,
		    .ratio_low = NAN,
		    .ratio_high = NAN,
		    .p = NAN,
		    .q = NAN },
		.share = -1,
	};
	fixture.report.rows++;
	return change;
}

static bool
has(const char *text)
{
	return slice_find(buf_slice(&page), text) != NULL;
}

/* How often a text stands in the page. */
static size_t
times(const char *text)
{
	struct slice rest = buf_slice(&page);
	size_t count = 0;
	const char *at;

	for (; (at = slice_find(rest, text)) != NULL; count++)
		rest = slice_from(rest, (size_t)(at - rest.ptr) + 1);
	return count;
}

static struct slice
text_of(const char *bytes, size_t len)
{
	buf_clear(&page);
	html_add_text(&page, slice_make(bytes, len));
	return buf_slice(&page);
}

#define TEXT(literal) text_of("" literal, sizeof(literal) - 1)

static void
escapes(void)
{
	CHECK_SLICE(TEXT("a&b<c>\"d'"), "a&amp;b&lt;c&gt;&quot;d&#39;");
	CHECK_SLICE(TEXT("</script><!--"), "&lt;/script&gt;&lt;!--");
	CHECK_SLICE(TEXT(""), "");
}

static void
makes_visible(void)
{
	CHECK_SLICE(TEXT("a\0b\nc\033"), "a\\000b\\nc\\033");
	/* NOLINTNEXTLINE(misc-misleading-bidirectional) */
	CHECK_SLICE(TEXT("\xe2\x80\xaegnp"), "\\342\\200\\256gnp");
	CHECK_SLICE(TEXT("\xc2\x85"), "\\302\\205");
}

static void
replaces(void)
{
	CHECK_SLICE(TEXT("x\xffz"), "x\xef\xbf\xbdz");
	CHECK_SLICE(TEXT("\xc3"), "\xef\xbf\xbd");
	CHECK_SLICE(TEXT("\xed\xa0\x80"),
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_SLICE(TEXT("gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80"),
	    "gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80");
	CHECK_SLICE(TEXT("x\xe2\x80\xa8z"), "x\xe2\x80\xa8z");
}

static struct slice
number(double value)
{
	buf_clear(&page);
	html_add_number(&page, value);
	return buf_slice(&page);
}

static void
writes_numbers(void)
{
	CHECK_SLICE(number(0), "0");
	CHECK_SLICE(number(8.33), "8.3");
	CHECK_SLICE(number(8.01), "8");
	CHECK_SLICE(number(-.01), "0");
	CHECK_SLICE(number(99.96), "100");
	CHECK_SLICE(number(123.4), "123");
	CHECK_SLICE(number(1234567.8), "1,234,568");
	CHECK_SLICE(number(-12.5), "\u221212.5");
	CHECK_SLICE(number(1.5e30), "1.5e+30");
	CHECK_SLICE(number(NAN), "");
	CHECK_SLICE(number(INFINITY), "");
}

static const char hostile[] = "</script><script>alert(1)</script><!--\"'";

/* A name in each place where one can stand. */
static void
keeps_names_text(void)
{
	struct suspect suspect = {
		.id = slice_str(hostile),
		.subject = slice_str(hostile),
		.author = slice_str(hostile),
		.path = slice_str(hostile),
	};
	struct suspects suspects = { .items = &suspect, .count = 1 };
	double before = 1;
	struct report_history history = { &fixture.changes[0], &before };
	size_t scripts = html_has_charts() ? 2 : 1;

	begin();
	add(hostile, "1", 1, 2);
	fixture.old[0].file = slice_str("<old>");
	fixture.new[0].function = slice_str(hostile);
	fixture.new[0].operation = slice_str(hostile);
	fixture.days[0] = slice_str(hostile);
	fixture.report.subject = slice_str(hostile);
	fixture.report.new_day = slice_str(hostile);
	fixture.report.old_revision = slice_str("<b>");
	fixture.report.new_revision = slice_str(hostile);
	fixture.report.suspects = &suspects;
	fixture.report.history = &history;
	fixture.report.history_count = 1;
	fixture.report.history_days = fixture.days;
	fixture.report.history_day_count = 1;
	html_add(&page, &fixture.report);
	CHECK(!has("alert(1)<"));
	CHECK(!has("<!--"));
	CHECK(!has("<old>"));
	CHECK(!has("<b>"));
	CHECK_INT(times("<script>"), scripts);
	CHECK_INT(times("</script>"), scripts);
	CHECK(times("&lt;script&gt;alert(1)&lt;/") >= 12);
}

static void
tells_its_policy(void)
{
	begin();
	html_add(&page, &fixture.report);
	CHECK(has(web_style.hash));
	CHECK(has(web_script.hash));
	CHECK(!html_has_charts() || has(web_chart.hash));
	CHECK(has("content=\"default-src 'none'; script-src 'sha256-"));
	CHECK(has("img-src data:; base-uri 'none'; form-action 'none'\">"));
	CHECK(!has("unsafe"));
	CHECK(!has(" style="));
}

static void
brings_its_scripts(void)
{
	struct buf style = { 0 };

	begin();
	html_add(&page, &fixture.report);
	buf_add_str(&style, "<style>");
	buf_add(&style, web_style.text);
	buf_add_str(&style, "</style>");
	buf_add_char(&style, '\0');
	CHECK(has(style.ptr));
	CHECK_INT(has("without a charting library"), !html_has_charts());
	CHECK_INT(has("Released under the MIT License"), html_has_charts());
	buf_release(&style);
}

static void
draws_the_line(void)
{
	begin();
	add("a", "1", 1, 100)->noise.stands_out = true;
	fixture.changes[0].noise.low = 50;
	add("b", "1", 1, 2);
	fixture.changes[1].noise.low = 0;
	html_table_add(&page, &fixture.report);
	CHECK(has("</td></tr>\n<tr class=\"edge\">"));
	CHECK(has("below: may be chance"));
	CHECK_INT(times("class=\"out\""), 1);
	begin();
	add("b", "1", 1, 2);
	fixture.changes[0].noise.low = 0;
	html_table_add(&page, &fixture.report);
	CHECK(has("<tbody>\n<tr class=\"edge\">"));
	CHECK(has("nothing rose by more than chance"));
	begin();
	add("a", "1", 1, 100)->noise.stands_out = true;
	fixture.changes[0].noise.low = 50;
	html_table_add(&page, &fixture.report);
	CHECK(!has("edge"));
}

static void
leaves_columns_out(void)
{
	begin();
	add("a", "", 1, 2);
	fixture.old[0].operation = fixture.new[0].operation = slice_str("");
	html_table_add(&page, &fixture.report);
	CHECK(has(">place</th>"));
	CHECK(!has(">function</th>"));
	CHECK(!has(">operation</th>"));
	CHECK(!has(">q</th>"));
	fixture.changes[0].noise.q = .0123;
	fixture.new[0].function = slice_str("f");
	buf_clear(&page);
	html_table_add(&page, &fixture.report);
	CHECK(has(">function</th>"));
	CHECK(has(">q</th>"));
	CHECK(has("<td>0.012</td>"));
}

static void
says_where_it_was(void)
{
	begin();
	add("a/b", "88", 1, 2);
	html_table_add(&page, &fixture.report);
	CHECK(has(">a/<wbr>b:88</td>"));
	fixture.old[0].line = slice_str("82");
	html_table_add(&page, &fixture.report);
	CHECK(has(">a/<wbr>b:88 <small>was :82</small></td>"));
	fixture.old[0].file = slice_str("c");
	html_table_add(&page, &fixture.report);
	CHECK(has(">a/<wbr>b:88 <small>was c:82</small></td>"));
	fixture.changes[0].pair.new = NULL;
	buf_clear(&page);
	html_table_add(&page, &fixture.report);
	CHECK(has(">c:82</td>"));
}

static void
fills_a_row(void)
{
	struct change *change;

	begin();
	change = add("a", "1", 736, 3463);
	change->share = .9767;
	change->noise.low = 1980.2;
	change->noise.ratio_low = 3.9;
	change->noise.ratio_high = 5.65;
	change->pair.kind = MATCH_EDITED;
	change->pair.score = .87;
	html_table_add(&page, &fixture.report);
	CHECK(has("<td>1</td><td class=\"t\">grew</td>"));
	CHECK(has("<td>736</td><td>736</td><td>3,463</td><td>2,727</td>"
		  "<td>1,980</td><td>\xc3\x97"
		  "4.71</td>"
		  "<td>3.90\xe2\x80\x93"
		  "5.65</td><td>97.7 %</td>"
		  "<td class=\"t\">edited <small>0.87</small></td>"));
}

static void
hides_later_rows(void)
{
	begin();
	for (size_t i = 0; i < 250; i++)
		add("a", "1", 2, 1);
	html_table_add(&page, &fixture.report);
	CHECK_INT(times("<tbody"), 1);
	add("last", "1", 2, 1);
	buf_clear(&page);
	html_table_add(&page, &fixture.report);
	CHECK_INT(times("<tbody"), 2);
	CHECK(has("<tbody class=\"later\">\n<tr><td>251</td>"));
	CHECK(has("<td>250</td>"));
	fixture.report.rows = 7;
	buf_clear(&page);
	html_table_add(&page, &fixture.report);
	CHECK(!has("<td>8</td><td"));
}

static void
tells_of_rows_left_out(void)
{
	begin();
	for (size_t i = 0; i < 5; i++)
		add("a", "1", 2, 1);
	html_add(&page, &fixture.report);
	CHECK(!has("left out"));
	fixture.report.rows = 2;
	buf_clear(&page);
	html_add(&page, &fixture.report);
	CHECK(has("<p>3 more rows are left out.</p>"));
}

static void
adds_up_by_place(void)
{
	begin();
	add("b", "1", 10, 20);
	add("a", "2", 100, 300);
	add("a", "1", 10, 20);
	add("a", "2", 1, 2);
	html_charts_add(&page, &fixture.report);
	CHECK(has("<tr><th scope=\"row\">a</th><td>111</td><td>111</td>"
		  "<td>322</td></tr>\n<tr><th scope=\"row\">b</th>"));
	CHECK(has("<tr><th scope=\"row\">a:2</th><td>101</td><td>101</td>"
		  "<td>302</td></tr>\n<tr><th scope=\"row\">a:1</th>"));
	CHECK_INT(times("<figure data-chart=\"bars\">"), 2);
	CHECK(!has("lines"));
}

static void
shows_ten_bars(void)
{
	static const char *const files[] = { "a", "b", "c", "d", "e", "f", "g",
		"h", "i", "j", "k" };

	begin();
	for (size_t i = 0; i < 11; i++)
		add(files[i], "", 0, 100 + i);
	html_charts_add(&page, &fixture.report);
	CHECK(has("<tbody>\n<tr><th scope=\"row\">k</th>"));
	CHECK(has(">b</th>"));
	CHECK(!has(">a</th>"));
}

static void
shows_hours(void)
{
	double old[REPORT_HOURS] = { 0 };
	double new[REPORT_HOURS] = { 0 };

	begin();
	old[23] = 1.5;
	new[23] = 4000;
	fixture.report.old_hours = old;
	html_charts_add(&page, &fixture.report);
	CHECK(!has("lines"));
	fixture.report.new_hours = new;
	html_charts_add(&page, &fixture.report);
	CHECK(has("<th scope=\"row\">23</th><td>1.5</td><td>4,000</td>"));
	CHECK(has(">old</th>"));
	CHECK_INT(times("<th scope=\"row\">"), 24);
}

static void
shows_weeks(void)
{
	const double counts[] = { NAN, 7 };
	struct report_history history = { &fixture.changes[0], counts };

	begin();
	add("a", "1", 7, 900);
	fixture.report.history = &history;
	fixture.report.history_count = 1;
	fixture.report.history_days = fixture.days;
	fixture.report.history_day_count = 2;
	fixture.days[1] = slice_str("2013-06-06");
	html_charts_add(&page, &fixture.report);
	CHECK(has("2013-06-06</th><th scope=\"col\">2013-06-12</th></tr>"));
	CHECK(has("<th scope=\"row\">a:1 User.get</th><td></td><td>7</td>"
		  "<td>900</td></tr>"));
	fixture.days[1] = fixture.report.new_day;
	buf_clear(&page);
	html_charts_add(&page, &fixture.report);
	CHECK(has("a:1 User.get</th><td></td><td>7</td></tr>"));
	CHECK_INT(times("2013-06-12</th>"), 1);
}

static void
names_commits(void)
{
	struct suspect suspect = {
		.id = SLICE("3f2c1abd99aa0011223344556677889900112233"),
		.subject = SLICE("badges: recompute"),
		.author = SLICE("Ann"),
		.time = 1370390400,
		.reason = SUSPECT_LINE,
		.path = SLICE("app/badge.rb"),
		.line = 88,
	};
	struct suspects suspects = { .items = &suspect, .count = 1 };

	begin();
	html_add(&page, &fixture.report);
	CHECK(!has("Commits"));
	fixture.report.suspects = &suspects;
	buf_clear(&page);
	html_add(&page, &fixture.report);
	CHECK(has("<li>3f2c1abd99 2013-06-05 badges: recompute (Ann): "));
	suspects.count = 0;
	buf_clear(&page);
	html_add(&page, &fixture.report);
	CHECK(has("<h2>Commits</h2>\n<ul class=\"lines\">\n<li>no commit"));
}

static void
shows_nothing(void)
{
	begin();
	fixture.report.old_day_count = 0;
	fixture.report.new_day = slice_str("");
	html_add(&page, &fixture.report);
	CHECK(has("<title>what changed</title>"));
	fixture.days[0] = slice_str("");
	fixture.report.old_day_count = 1;
	buf_clear(&page);
	html_add(&page, &fixture.report);
	CHECK(has("<title>what changed</title>"));
	CHECK(!has("<figure data-chart"));
	CHECK(slice_ends(buf_slice(&page), "</body>\n</html>\n"));
}

static const struct tap_test tests[] = {
	{ "names are text, between tags and between quotes", escapes },
	{ "what drives or turns a line around is made visible", makes_visible },
	{ "what is no UTF-8 is replaced", replaces },
	{ "numbers are as long as people want them", writes_numbers },
	{ "no name ends the element that it stands in", keeps_names_text },
	{ "the policy allows the page's own scripts alone", tells_its_policy },
	{ "style and library are there as they are", brings_its_scripts },
	{ "a line is drawn where lower bounds end", draws_the_line },
	{ "columns without anything in them are left out", leaves_columns_out },
	{ "a row says where the site was", says_where_it_was },
	{ "a row has all figures", fills_a_row },
	{ "rows beyond the first are marked", hides_later_rows },
	{ "a page of some rows says how many there are beside them",
	    tells_of_rows_left_out },
	{ "files and sites are added up, the furthest first",
	    adds_up_by_place },
	{ "ten of them are shown", shows_ten_bars },
	{ "hours are shown where they are known", shows_hours },
	{ "weeks end with the new day", shows_weeks },
	{ "commits have id, reason, author, date; or it says none",
	    names_commits },
	{ "a comparison of nothing is a page", shows_nothing },
	{ 0 },
};

int
main(void)
{
	int status = tap_run(tests);

	buf_release(&page);
	return status;
}
