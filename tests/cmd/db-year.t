#!/bin/sh
# SPDX-License-Identifier: MIT
# A store of many days (tests/bench/year.c, which tells what is in it): what is
# read, compared, merged and forgotten is what an own count of its rule says.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
: "${YEAR_DAYS:=30}" "${YEAR_SITES:=500}" "${YEAR_HOURS:=3}"
year=$top_builddir/tests/bench/year
last=2023-12-31
before=2023-12-24
[ -x "$year" ] || skip_all 'tests/bench/year is not built'

TALLYMAN_DB=$work/db
export TALLYMAN_DB

# rule DAY HOSTS: file,line,function,operation,count of its sites, sorted. Days
# are numbered from 0.
rule()
{
	awk -v day="$1" -v hosts="$2" -v sites="$YEAR_SITES" \
	    -v hours="$YEAR_HOURS" 'BEGIN {
		split("models controllers jobs helpers services mailers", folder)
		stems = split("badge cart exercise goal login order profile " \
		    "search session user video", stem)
		split("save load award rename render migrate recent sync " \
		    "finish find", fun)
		split("UserData Badge Exercise Goal Session Setting Video " \
		    "Order Feedback", kind)
		split("get put query count delete", verb)
		for (i = 0; i < sites; i++) {
			if ((i + day) % 50 == 0)
				continue
			place = i % 25
			file = int(i / 25)
			at = int(file / 6)
			count = 0
			for (host = 0; host < hosts; host++)
				for (k = 0; k < hours; k++) {
					hour = (i + k) % 24
					count += 1 + (31 * i + 17 * day + \
					    7 * host + 3 * hour) % 40
				}
			printf "app/%s/%s_%d.rb,%d,%s,%s.%s,%d\n",
			    folder[file % 6 + 1], stem[at % stems + 1],
			    int(at / stems), 8 + 7 * place,
			    fun[place % 10 + 1],
			    kind[(int(place / 10) + file) % 9 + 1],
			    verb[i % 5 + 1], count * (1 + i % 4)
		}
	}' | sort
}

# stored DAY: the same of the store.
stored()
{
	tallyman scan -q --by site,operation --from-store "$1" |
	    tail -n +2 | cut -d, -f1-5 | sort
}

# both OLD NEW: file,line,function,operation,old count,new count of two
# files of rule().
both()
{
	awk -F, -v OFS=, '
	{ key = $1 OFS $2 OFS $3 OFS $4 }
	FILENAME == ARGV[1] { old[key] = $5; all[key]; next }
	{ new[key] = $5; all[key] }
	END { for (key in all) print key, old[key] + 0, new[key] + 0 }' \
	    "$1" "$2" | sort
}

# The same of diff's columns.
changes()
{
	tallyman diff -q "$@" | tail -n +2 | awk -F, -v OFS=, '{
		print ($5 == "" ? $3 : $5), ($6 == "" ? $4 : $6), $7, $8, $9,
		    $11
	}' | sort
}

size()
{
	stat -c %s db/tally.db
}

# Sums and counts of parts of a day, as db list gives them.
sums()
{
	tallyman db list | awk -F, -v day="$1" '$1 == day { print $7, $8 }'
}

parts()
{
	tallyman db list | awk -F, -v day="$1" '$1 == day { print $5 }'
}

"$year" db "$YEAR_DAYS" "$YEAR_SITES" "$YEAR_HOURS" 1
rule $((YEAR_DAYS - 1)) 1 >new.rule
rule $((YEAR_DAYS - 8)) 1 >old.rule

# --- Read and compared

check 'there are as many days as were made' \
    test "$(tallyman db list | tail -n +2 | wc -l)" -eq "$YEAR_DAYS"
check 'db check finds all whole' tallyman db check
stored $last >new.stored
check 'a day is what an own count says' cmp new.rule new.stored
both old.rule new.rule >compared
changes $last >told
check 'diff DAY has the counts of both days' cmp compared told
changes "$before" "$last" >told
check 'so has diff DAY DAY' cmp compared told
changes "$before" "$before" >told
cp old.rule same.rule
both old.rule same.rule >compared
check 'a day is the same as itself' cmp compared told

# --- Merged: a day in sixteen parts, and one that comes from a tally

"$year" many 2 "$YEAR_SITES" 24 2 15
TALLYMAN_DB=$work/many
before_merge=$(sums $last)
parts_before=$(parts $last)
stored $last >many.stored
echo "day,hour,host,file,line,function,operation,count,entries
$last,${last}T05,web01,app/new.rb,1,new,New.get,5,2" >more.csv
check 'a part is added' tallyman scan --store more.csv
check 'so the parts of that host are one' \
    test "$parts_before $(parts $last)" = '30 16'
check_output 'and the sums are what they were, and the part' \
    "$(echo "$before_merge" | awk '{ print $1 + 5, $2 + 2 }')" sums $last
stored $last | grep -v '^app/new.rb,' >merged.stored
check 'site by site' cmp many.stored merged.stored
YEAR_HOURS=24
rule 1 2 >many.rule
check 'which is what an own count says' cmp many.rule merged.stored
check 'db check finds all whole then' tallyman db check
TALLYMAN_DB=$work/db

# --- Forgotten: days of about the same size give their part of the file back.

# is_share SIZE WHOLE DAYS: within a tenth, and 64 KiB of tables.
is_share()
{
	awk -v size="$1" -v whole="$2" -v days="$3" -v all="$YEAR_DAYS" 'BEGIN {
		wanted = whole * days / all
		exit !(size < wanted * 1.1 + 65536 && size > wanted * 0.9 - 65536)
	}'
}

whole=$(size)
keep=$((YEAR_DAYS / 2))
check 'days before the last ones are forgotten' \
    tallyman db forget --keep ${keep}d
check 'those are left' \
    test "$(tallyman db list | tail -n +2 | wc -l)" -eq $keep
check 'the file is smaller by as much' is_share "$(size)" "$whole" $keep
keep=$((YEAR_DAYS / 4))
check 'scan --store --keep forgets too' \
    tallyman scan --store --keep ${keep}d more.csv
check 'those are left then' \
    test "$(tallyman db list | tail -n +2 | wc -l)" -eq $keep
check 'and gives the space back' is_share "$(size)" "$whole" $keep
check 'db check finds the rest whole' tallyman db check
stored $last | grep -v '^app/new.rb,' >new.stored
check 'and a day that is kept is what it was' cmp new.rule new.stored

done_testing
