#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman diff --format html, as Chromium shows it: nothing is complained of,
# charts are drawn, and the table is sorted and filtered.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

python3 -c '' 2>"$err" || skip_all 'no python3'
command -v chromium >"$out" || skip_all 'no chromium'

# tally DAY SITES: counts by hour that grow a little; one in nine is there on
# the second day alone, one in seven on the first, the first three leap.
tally()
{
	awk -v day="$1" -v sites="$2" 'BEGIN {
		print "day,hour,file,line,function,operation,count,entries"
		for (i = 0; i < sites; i++) {
			second = day == "2021-04-05"
			if (i % 9 == 5 && !second || i % 7 == 6 && second)
				continue
			count = 20 + i * 7919 % 997
			if (i < 3 && second)
				count = count * 9 + 5000
			else if (second)
				count = int(count * (.97 + i % 5 / 50))
			printf "%s,%sT%02d,app/models/part_%03d.rb,%d,", \
			    day, day, i % 24, i / 50, 3 * (i % 50) + 1
			printf "</script><b>f%d,Kind%d.load,%d,%d\n", \
			    i, i % 13, count, count
		}
	}'
}

tally 2021-04-04 400 >old.csv
tally 2021-04-05 400 >new.csv
tallyman diff --format html -o small.html old.csv new.csv 2>"$err"
tally 2021-04-04 12000 >old.csv
tally 2021-04-05 12000 >new.csv
tallyman diff --format html -o large.html old.csv new.csv 2>"$err"

timeout 300 python3 "$top_srcdir/tests/lib/reportpage.py" small.html large.html
exit
