/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/level.h"

#include "rows.h"
#include "tap.h"

/* A day on which nothing happened but noise. */
static void
add_quiet(struct rows *rows)
{
	rows_add(rows, "app/a.rb:1 index City.get", 1000, 1050);
	rows_add(rows, "app/a.rb:9 show User.get", 400, 380);
	rows_add(rows, "app/b.rb:3 index City.get", 2000, 1950);
	rows_add(rows, "app/b.rb:4 index Role.get", 300, 310);
	rows_add(rows, "lib/c.rb:7 run Job.put", 800, 820);
	rows_add(rows, "lib/c.rb:8 run Job.get", 100, 95);
	rows_add(rows, "lib/d.rb:5 load User.get", 600, 640);
	rows_add(rows, "web/e.rb:5 load Page.get", 5000, 5100);
}

static struct level
tell(struct rows *rows)
{
	struct level level;

	rows_finish(rows);
	level_tell(&level, &rows->ranking);
	return level;
}

static bool
is_percent(double share, int percent)
{
	return fabs(share * 100 - percent) < 1;
}

static void
finds_nothing(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_NONE);
	rows = (struct rows){ .factor = 1 };
	add_quiet(&rows);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_NONE);
	CHECK_INT(level.count, 0);
	CHECK(level.share == 0);
}

static void
finds_one_row(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	rows_add(&rows, "app/a.rb:5 index User.put", 700, 3400);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_SLICE(change_site(level.elements[0].change)->line, "5");
	CHECK_INT(level.elements[0].old, 700);
	CHECK_INT(level.elements[0].new, 3400);
	CHECK_INT(level.elements[0].changes, 1);
	CHECK(!level.elements[0].is_alike);
	CHECK(is_percent(level.share, 92));
}

/* Its directory and file hold nothing else. */
static void
finds_a_row_alone_in_its_directory(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	rows_add(&rows, "new/x.rb:5 go Other.put", 700, 3400);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_SLICE(change_site(level.elements[0].change)->file, "new/x.rb");
}

/* Beside small rows of which noise would allow nearly anything. */
static void
finds_a_row_among_small_ones(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	rows_add(&rows, "new/x.rb:5 go Other.put", 700, 3400);
	rows_add(&rows, "new/x.rb:6 go Other.put", 3, 4);
	rows_add(&rows, "new/x.rb:7 go Other.put", 2, 2);
	rows_add(&rows, "new/y.rb:8 go Other.put", 1, 3);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
}

/* What is new beside it is small, and has no ratio that could be alike. */
static void
finds_a_row_among_new_ones(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	rows_add(&rows, "app/cities.rb:4 index City.select", 572, 3178);
	rows_add(&rows, "app/cities.rb:13 make City.select", 0, 65);
	rows_add(&rows, "app/cities.rb:9 make City.select", 0, 7);
	rows_add(&rows, "app/cities.rb:10 make City.select", 0, 4);
	rows_add(&rows, "app/cities.rb:11 make City.select", 0, 3);
	rows_add(&rows, "app/places.rb:8 index City.select", 0, 1);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_SLICE(change_site(level.elements[0].change)->line, "4");
}

static void
finds_a_site(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	rows_add(&rows, "app/a.rb:5 index User.put", 700, 2200);
	rows_add(&rows, "app/a.rb:5 index User.get", 900, 2600);
	rows_add(&rows, "app/a.rb:5 index Role.get", 300, 1000);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_SITE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_INT(level.elements[0].changes, 3);
	CHECK_INT(level.elements[0].sites, 1);
	CHECK(level.elements[0].is_alike);
}

static void
finds_several_rows(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	rows_add(&rows, "app/a.rb:5 index User.put", 700, 2100);
	rows_add(&rows, "lib/c.rb:5 run Page.get", 900, 9000);
	rows_add(&rows, "web/e.rb:5 load Role.put", 300, 3600);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
	if (!CHECK_INT(level.count, 2))
		return;
	CHECK(level.elements[0].share > level.elements[1].share);
	CHECK_SLICE(change_site(level.elements[0].change)->file, "lib/c.rb");
}

/* Functions: several lines of one. */
static void
finds_a_function(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	rows_add(&rows, "web/e.rb:15 update User.put", 700, 2200);
	rows_add(&rows, "web/e.rb:16 update User.get", 900, 2600);
	rows_add(&rows, "web/e.rb:17 update Role.get", 300, 1000);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_FUNCTION);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_INT(level.elements[0].changes, 3);
	CHECK_INT(level.elements[0].sites, 3);
	CHECK_SLICE(change_function(level.elements[0].change), "update");
}

static void
add_file(struct rows *rows, const char *const *places, double ratio)
{
	static const double spread[] = { 1, 1.1, .95, 1.05, .92, 1, 1.08 };

	for (size_t i = 0; places[i] != NULL; i++) {
		int64_t old = 200 + (int64_t)i * 150;

		rows_add(rows, places[i], old,
		    (int64_t)((double)old * ratio * spread[i % 7]));
	}
}

static const char *const badge[] = { "app/models/badge.rb:3 a User.put",
	"app/models/badge.rb:4 a User.get", "app/models/badge.rb:12 b User.get",
	"app/models/badge.rb:20 c Role.get",
	"app/models/badge.rb:22 c Badge.get",
	"app/models/badge.rb:31 d Badge.put",
	"app/models/badge.rb:40 d Badge.get", NULL };

static const char *const shop[] = { "app/models/shop.rb:3 a Shop.put",
	"app/models/shop.rb:4 b Shop.get", "app/models/shop.rb:5 c Item.get",
	"app/models/shop.rb:8 d Shop.get", "app/models/shop.rb:9 e Shop.get",
	"app/models/shop.rb:12 f Item.put", NULL };

static const char *const medal[] = { "app/models/medal.rb:3 x Medal.put",
	"app/models/medal.rb:4 y Medal.get", "app/models/medal.rb:8 z User.get",
	NULL };

static void
finds_a_file(void)
{
	struct rows rows = { .factor = 1.2 };
	struct level level;

	add_quiet(&rows);
	add_file(&rows, badge, 3.1);
	add_file(&rows, medal, 1.1);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_FILE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_INT(level.elements[0].changes, 7);
	CHECK_INT(level.elements[0].sites, 7);
	CHECK(level.elements[0].is_alike);
	CHECK_SLICE(change_site(level.elements[0].change)->file,
	    "app/models/badge.rb");
}

/* Most of a file is not what one site of it is. */
static void
finds_a_site_in_a_file(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	add_file(&rows, badge, 1);
	rows_add(&rows, "app/models/badge.rb:88 award UserData.put", 4000,
	    19000);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_SLICE(change_site(level.elements[0].change)->line, "88");
}

static void
finds_a_directory(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	add_file(&rows, badge, 2.5);
	add_file(&rows, medal, 2.5);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_DIRECTORY);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_SLICE(level.elements[0].name, "app/models");
	CHECK_INT(level.elements[0].changes, 10);
}

/* Of a directory in which a third one stayed as it was. */
static void
finds_two_files(void)
{
	static const char *const order[] = {
		"app/models/order.rb:1 n Order.put",
		"app/models/order.rb:2 n Order.get",
		"app/models/order.rb:5 m Order.get",
		"app/models/order.rb:6 m Item.get",
		"app/models/order.rb:7 m Item.put", NULL
	};
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	add_file(&rows, badge, 3);
	add_file(&rows, shop, 3);
	add_file(&rows, order, 1);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_FILE);
	if (!CHECK_INT(level.count, 2))
		return;
	CHECK(level.elements[0].is_alike && level.elements[1].is_alike);
}

static const char *const everywhere[] = { "app/a.rb:21 index Cache.get",
	"app/b.rb:31 index Cache.get", "lib/c.rb:17 run Cache.get",
	"lib/d.rb:51 load Cache.get", "web/e.rb:15 load Cache.get",
	"web/f.rb:2 - Cache.get", NULL };

static void
finds_an_operation(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	add_file(&rows, everywhere, 2);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_OPERATION);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_INT(level.elements[0].changes, 6);
	CHECK_SLICE(change_site(level.elements[0].change)->operation,
	    "Cache.get");
}

static void
finds_a_kind(void)
{
	static const char *const writes[] = { "app/a.rb:22 index Cache.put",
		"lib/c.rb:18 run Cache.put", "web/f.rb:3 - Cache.put", NULL };
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	add_file(&rows, everywhere, 2);
	add_file(&rows, writes, 2);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_KIND);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_SLICE(level.elements[0].name, "Cache");
	CHECK_INT(level.elements[0].changes, 9);
}

static void
finds_everything(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_file(&rows, everywhere, 1.9);
	add_file(&rows, badge, 2);
	add_file(&rows, medal, 2.1);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_NONE);
	CHECK_INT(level.count, 0);
	CHECK(level.share == 1);
}

/* Half of the rows doubled: their mean ratio is nobody's. */
static void
finds_no_alike_halves(void)
{
	static const char *const places[] = { "a/a.rb:1 a A.get",
		"b/b.rb:1 b B.get", "c/c.rb:1 c C.get", "d/d.rb:1 d D.get",
		"e/e.rb:1 e E.get", "f/f.rb:1 f F.get", "g/g.rb:1 g G.get",
		"h/h.rb:1 h H.get" };
	struct rows rows = { .factor = 1 };
	struct level level;

	for (size_t i = 0; i < 8; i++)
		rows_add(&rows, places[i], 10000, i % 2 == 0 ? 20000 : 10000);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
	CHECK_INT(level.count, 3);
	CHECK(level.share < 1);
}

/* Ten rows here and there, each by a ratio of its own. */
static void
finds_no_place(void)
{
	static const char *const places[] = { "a/a.rb:1 a A.get",
		"b/b.rb:1 b B.get", "c/c.rb:1 c C.get", "d/d.rb:1 d D.get",
		"e/e.rb:1 e E.get", "f/f.rb:1 f F.get" };
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	for (size_t i = 0; i < 6; i++)
		rows_add(&rows, places[i], 1000 >> i, 1000 + (1000 >> i));
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_NONE);
	CHECK_INT(level.count, 0);
	CHECK(level.share == 0);
}

/* A file whose sites rose, but not alike. */
static void
finds_an_uneven_file(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	add_quiet(&rows);
	add_file(&rows, medal, 1);
	rows_add(&rows, "app/models/badge.rb:3 a User.put", 100, 600);
	rows_add(&rows, "app/models/badge.rb:5 b User.get", 300, 900);
	rows_add(&rows, "app/models/badge.rb:7 c Role.put", 50, 600);
	rows_add(&rows, "app/models/badge.rb:8 d Role.get", 20, 500);
	rows_add(&rows, "app/models/badge.rb:9 e Team.get", 800, 1450);
	rows_add(&rows, "app/models/badge.rb:11 f Team.get", 700, 710);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_FILE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_INT(level.elements[0].changes, 6);
	CHECK(!level.elements[0].is_alike);
}

/* A new file: there is no ratio that its sites could share. */
static void
finds_a_new_file(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	add_quiet(&rows);
	rows_add(&rows, "app/new.rb:3 a Team.put", -1, 600);
	rows_add(&rows, "app/new.rb:5 b Team.get", -1, 80);
	rows_add(&rows, "app/new.rb:7 c Role.put", -1, 400);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_FILE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_INT(level.elements[0].changes, 3);
	CHECK_INT(level.elements[0].old, 0);
}

/* Rows without files and functions have but their operations. */
static void
finds_operations_without_places(void)
{
	struct rows rows = { .factor = 1 };
	struct level level;

	rows_add(&rows, ": - User.get", 1000, 1010);
	rows_add(&rows, ": - User.put", 900, 4000);
	rows_add(&rows, ": - City.get", 5000, 5010);
	rows_add(&rows, ": - Page.get", 500, 501);
	level = tell(&rows);
	CHECK_INT(level.kind, LEVEL_CHANGE);
	if (!CHECK_INT(level.count, 1))
		return;
	CHECK_SLICE(change_site(level.elements[0].change)->operation,
	    "User.put");
}

static const struct tap_test tests[] = {
	{ "where nothing stands out nothing is told", finds_nothing },
	{ "one operation of one line that rose is that", finds_one_row },
	{ "a row that is alone in its directory is not the directory",
	    finds_a_row_alone_in_its_directory },
	{ "small rows beside it do not make it a file",
	    finds_a_row_among_small_ones },
	{ "a row beside new ones that are small is told",
	    finds_a_row_among_new_ones },
	{ "all operations of a line are a site", finds_a_site },
	{ "a few rows are named, the largest first", finds_several_rows },
	{ "several lines of a function are the function", finds_a_function },
	{ "all sites of a file, alike within noise, are the file",
	    finds_a_file },
	{ "one site of a file that stayed is that site",
	    finds_a_site_in_a_file },
	{ "all files of a directory, alike, are the directory",
	    finds_a_directory },
	{ "two files beside one that stayed are the two files",
	    finds_two_files },
	{ "an operation wherever it is issued is the operation",
	    finds_an_operation },
	{ "all operations of a kind are the kind", finds_a_kind },
	{ "where everything rose alike there is no place", finds_everything },
	{ "where half of all rose they are not alike", finds_no_alike_halves },
	{ "many rises here and there have no place", finds_no_place },
	{ "a file most of whose sites rose, not alike, is told as such",
	    finds_an_uneven_file },
	{ "all sites of a new file are the file", finds_a_new_file },
	{ "rows without places are told by operation",
	    finds_operations_without_places },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
