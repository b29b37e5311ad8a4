/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/markdown.h"

#include "rows.h"
#include "tap.h"

/* Adds the report on what was added to rows. */
static void
add(struct buf *buf, struct rows *rows, struct report *report)
{
	static struct level level;

	rows_finish(rows);
	level_tell(&level, &rows->ranking);
	report->ranking = &rows->ranking;
	report->fine = &rows->ranking;
	report->told = &rows->ranking;
	report->level = &level;
	if (report->rows == 0)
		report->rows = rows->ranking.count;
	markdown_add(buf, report);
}

static void
writes_a_ticket(void)
{
	struct rows rows = { .factor = 1.04 };
	struct suspect commit = {
		.id = SLICE("3f2c1ab2d0a1b2c3d4e5f60718293a4b5c6d7e8f"),
		.subject = SLICE("badges: recompute"),
		.author = SLICE("ana"),
		.time = 1370943000,
		.reason = SUSPECT_FUNCTION,
	};
	struct suspects suspects = { .items = &commit, .count = 1 };
	struct report report = {
		.subject = SLICE("User.put"),
		.traffic = TRAFFIC_GIVEN,
		.suspects = &suspects,
		.rows = 2,
	};
	struct buf buf = { 0 };

	rows_add_moved(&rows, "app/badge.rb:82 award User.put",
	    "app/badge.rb:88 award User.put", 1000, 3900)
	    ->noise.q = 1.25e-7;
	rows_add(&rows, "app/user.rb:5 save User.put", -1, 300);
	rows_add(&rows, "app/user.rb:9 drop User.put", 200, -1);
	add(&buf, &rows, &report);
	CHECK_SLICE(buf,
	    "**`User.put` +250 % (traffic +4 %); 91 % from `app/badge.rb:88 "
	    "(was :82)` `award`; 3f2c1ab \"`badges: recompute`\" touched "
	    "it**\n"
	    "\n"
	    "| change | place | operation | old | expected | new | at least "
	    "| ratio | q |\n"
	    "|---|---|---|--:|--:|--:|--:|--:|--:|\n"
	    "| grew | `app/badge.rb:88 (was :82)` | `User.put` | 1,000 | 1,040 "
	    "| 3,900 | +2,516 | x3.90 | 1.2e-07 |\n"
	    "| appeared | `app/user.rb:5` | `User.put` | 0 | 0 | 300 | +295 | "
	    "new | - |\n"
	    "\n"
	    "1 more row.\n"
	    "\n"
	    "- `3f2c1ab2d0` 2013-06-11 `badges: recompute` (`ana`): changed "
	    "the function around `app/badge.rb:88`\n"
	    "\n"
	    "<sub>days: the new day with 4,200, against 1,200 of the old "
	    "day<br>\n"
	    "traffic: x1.04, given<br>\n"
	    "noise: 12 % a day, assumed<br>\n"
	    "no baseline: significance not claimed (1 old day; it takes "
	    "3)<br>\n"
	    "matched: 83 % of the old counts and 93 % of the new, by place "
	    "and order; 1 vanished, 1 appeared<br>\n"
	    "</sub>\n");
	buf_release(&buf);
}

static void
writes_small_tickets(void)
{
	struct rows rows = { .factor = 1 };
	struct report report = { 0 };
	struct buf buf = { 0 };

	add(&buf, &rows, &report);
	CHECK(slice_starts(buf_slice(&buf),
	    "**nothing to compare: no day counts anything**\n\n<sub>days: "));
	buf_release(&buf);
}

/* Whether the ticket of a row with such an operation has this text. */
static void
check_operation(const char *operation, const char *want)
{
	struct rows rows = { .factor = 1 };
	struct report report = { 0 };
	struct buf buf = { 0 };
	char place[100];

	snprintf(place, sizeof(place), "a.rb:1 - %s", operation);
	rows_add(&rows, place, 100, 100);
	add(&buf, &rows, &report);
	if (!CHECK(slice_find(buf_slice(&buf), want) != NULL))
		printf("# %.*s\n", SLICE_ARG(buf));
	buf_release(&buf);
}

static void
keeps_names_in(void)
{
	check_operation("a`b", "| ``a`b`` |");
	check_operation("`", "| `` ` `` |");
	check_operation("``x", "| ``` ``x ``` |");
	check_operation("x`` `", "| ``` x`` ` ``` |");
	check_operation(" x ", "| `  x  ` |");
	check_operation("<b>@ana</b> *x* [a](b)",
	    "| `<b>@ana</b> *x* [a](b)` |");
	check_operation("a\n\n# b", "| `a\\n\\n# b` |");
}

static void
keeps_cells(void)
{
	check_operation("a|b", "| `a\\|b` |");
	check_operation("|", "| `\\|` |");
	check_operation("a\\|b", "| `a\\`&#124;`b` |");
	check_operation("\\|", "| `\\`&#124; |");
	check_operation("a\\\\|b|c", "| `a\\\\`&#124;`b\\|c` |");
	check_operation("a\\", "| `a\\` |");
}

static const struct tap_test tests[] = {
	{ "a ticket has sentence, table, commits and caveats",
	    writes_a_ticket },
	{ "without rows it is the sentence and the caveats",
	    writes_small_tickets },
	{ "names cannot end the code that they are", keeps_names_in },
	{ "nor the cells of the table", keeps_cells },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
