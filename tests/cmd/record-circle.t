#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole circle: a program is recorded on two days, in between it is changed:
# its code moves, and one loop asks for more than before. A scan of the logs
# and a comparison of the days name that line first.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/record.sh"

record_needs

# A day's visitors of a shop.
mkdir old new
cat >old/shop.c <<'END'
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static sqlite3 *db;

static void
sql(const char *text, int code)
{
	if (code != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", text, sqlite3_errmsg(db));
		exit(1);
	}
}

#define SQL(text) sql(text, sqlite3_exec(db, text, NULL, NULL, NULL))

static void
make_tables(void)
{
	SQL("CREATE TABLE visit (id int, page text)");
	SQL("CREATE TABLE item (id int, price int)");
	SQL("CREATE TABLE cart (visit int, item int)");
	SQL("CREATE TABLE purchase (visit int, total int)");
}

static void
fill_shelves(void)
{
	for (int i = 0; i < 50; i++)
		SQL("INSERT INTO item VALUES (1, 100)");
}

static void
show_front_page(void)
{
	SQL("INSERT INTO visit VALUES (1, '/')");
	SQL("SELECT * FROM item WHERE id = 1");
}

static void
search(void)
{
	SQL("INSERT INTO visit VALUES (1, '/search')");
	SQL("SELECT * FROM item WHERE price < 100");
}

static void
fill_cart(void)
{
	for (int i = 0; i < 3; i++)
		SQL("INSERT INTO cart VALUES (1, 2)");
}

static void
show_cart(void)
{
	SQL("SELECT * FROM cart WHERE visit = 1");
	SQL("SELECT price FROM item WHERE id = 2");
}

static void
pay(void)
{
	SQL("SELECT sum(price) FROM item");
	SQL("INSERT INTO purchase VALUES (1, 300)");
	SQL("DELETE FROM cart");
}

int
main(void)
{
	sql("open", sqlite3_open(":memory:", &db));
	make_tables();
	fill_shelves();
	for (int i = 0; i < 2000; i++) {
		show_front_page();
		if (i % 2 == 0)
			search();
		if (i % 4 == 0)
			fill_cart();
		if (i % 5 == 0)
			show_cart();
		if (i % 8 == 0)
			pay();
	}
	sqlite3_close(db);
	return 0;
}
END

# The new version: a function and a comment push all that follows down, another
# one stands before the search, and the cart asks for the price of each of its
# items.
awk '
/^make_tables/ {
	print "audit(void)\n{"
	print "\tif (getenv(\"AUDIT\") != NULL)"
	print "\t\tSQL(\"INSERT INTO visit VALUES (0, \\047audit\\047)\");"
	print "}\n\n/*\n * All is made anew\n * each day.\n */\nstatic void"
}
/^search/ {
	print "look_up(void)\n{\n\taudit();\n}\n\nstatic void"
}
/^\tSQL.*search/ {
	print "\tlook_up();"
}
/SELECT price FROM item/ {
	print "\tfor (int i = 0; i < 3; i++)"
	printf "\t"
}
{ print }' old/shop.c >new/shop.c

compile()
{
	# shellcheck disable=SC2046 # several words
	(cd "$1" && ${CC:-cc} -std=gnu11 -g -o shop shop.c \
	    $(pkg-config --cflags --libs sqlite3))
}
compile old 2>/dev/null ||
    skip_all 'there is no compiler, or no SQLite to compile with'
check 'both versions compile' compile new

${CC:-cc} -shared -fPIC -o "$tap_dir/later.so" \
    "$top_srcdir/tests/lib/later.c" || skip_all 'no clock can be set'

# on DAY VERSION: the program is recorded at noon of a day. The clock that it
# sees is set by tests/lib/later.c.
on()
{
	LD_PRELOAD=$tap_dir/later.so LATER=@$(date -d "$1 12:00" +%s) \
	    timeout 60 tallyman record -o "$2.log" --revision "$2" -- \
	    "$2/shop" 2>&1 && [ "$(sed 's/T.*//' "$2.log" | sort -u)" = "$1" ]
}
check 'a day is recorded' on 2026-11-16 old
check 'and the same day of the next week' on 2026-11-23 new

# line VERSION TEXT: where it stands.
line()
{
	awk -v text="$2" 'index($0, text) { print FNR; exit }' "$1/shop.c"
}

# site CHANGE OPERATION OLD NEW FUNCTION TEXT: a row of the comparison.
site()
{
	echo "$1,shop.c,$(line old "$6"),shop.c,$(line new "$6"),$5,$2,$3,$4"
}

first=$(site grew item.select 400 1200 show_cart 'SELECT price FROM')
{
	echo "$first"
	site same visit.insert 2000 2000 show_front_page "'/')"
	site same item.select 2000 2000 show_front_page 'WHERE id = 1'
	site same visit.insert 1000 1000 search "'/search')"
	site same item.select 1000 1000 search 'price < 100'
	site same cart.insert 1500 1500 fill_cart 'INSERT INTO cart'
	site same cart.select 400 400 show_cart 'FROM cart WHERE'
	site same item.select 250 250 pay 'SELECT sum'
	site same purchase.insert 250 250 pay 'INSERT INTO purchase'
	site same cart.delete 250 250 pay 'DELETE FROM cart'
	site same item.insert 50 50 fill_shelves 'INSERT INTO item'
	for table in visit item cart purchase; do
		site same "$table.create" 1 1 make_tables "CREATE TABLE $table"
	done
} | sort >wanted

rows()
{
	tallyman diff -q --format csv "$@" | sed 1d | cut -d, -f2-9,11
}
check 'the days are compared' rows old.log new.log
cp "$out" got
check_output 'the line that asks for more is named first' "$first" \
    head -n 1 got
check_output 'all others are matched, though they moved' "$(cat wanted)" \
    sort got
check_output 'none is where it was' '' \
    awk -F, '$3 == $5' got

# By way of the tallies that a scan writes.
scanned()
{
	for day in old new; do
		tallyman scan -q -o "$day.csv" "$day.log" || return
	done
	rows old.csv new.csv | cmp - got
}
check 'tallies tell the same as logs' scanned

# headline OLD NEW: what the table says first of all.
headline()
{
	COLUMNS=0 tallyman diff -q --format table "$@" | head -n 1 |
	    sed 's/ item.select .*//'
}
now=$(line new 'SELECT price FROM')
was=$(line old 'SELECT price FROM')
check_output 'the table names it first, and where it was' \
    "shop.c:$now (was :$was) in show_cart rose from 400 to 1,200" \
    headline old.log new.log

done_testing
