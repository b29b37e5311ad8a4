#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan by many threads: ranges of a file, many files, packed
# ones, rejects, spilled counts. Short, since it is for ThreadSanitizer too;
# scan-same.t compares more.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# More than two ranges; few lines, most of them long.
awk 'BEGIN {
	fill = sprintf("%600s", "")
	for (i = 0; i < 60000; i++) {
		if (i % 5 == 0)
			printf "2013-06-%02d %02d:00:00 ", 10 + i / 9000, \
			    i / 1000 % 24
		printf "%s: app/f%d.py:%d -- User.put, Feed.v%d%s\n",
		    i % 50 ? i % 97 : "99999999999999999999", i % 31, i % 211,
		    i % 3, fill
	}
}' >ranges.log
for n in 1 2 3 4 5 6; do
	awk "NR % 40 == $n" ranges.log >"part.$n.log"
	gzip -1c "part.$n.log" >"packed.$n.gz" 2>/dev/null ||
	    cp "part.$n.log" "packed.$n.gz"
done

# same [OPTION|FILE]...: twice by eight threads what one thread does.
same()
{
	tallyman scan -q -j1 --rejects rejects.1 "$@" >want.csv || return
	[ "$(wc -l <want.csv)" -gt 2 ] || return
	for _ in 1 2; do
		tallyman scan -q -j8 --rejects rejects.8 "$@" >got.csv &&
		    cmp want.csv got.csv && cmp rejects.1 rejects.8 || return
	done
}
check 'ranges of a file' same -p callcount ranges.log
check 'of which one kind is wanted' same -k User --by hour ranges.log
check 'many files, plain and packed' same part.*.log packed.*.gz ranges.log
check 'with counts that are spilled' same --memory 1 ranges.log packed.*.gz
check 'read by a pattern' \
    same -x '(?<count>[0-9]+): (?<caller>[^ ]+)' ranges.log

done_testing
