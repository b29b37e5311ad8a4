#!/bin/sh
# SPDX-License-Identifier: MIT
# How many instructions a scan takes for each further line of a log: a guard
# against slow regressions that needs no clock and no quiet machine.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

command -v valgrind >/dev/null || skip_all 'valgrind is not installed'
# Sanitizers take the memory that valgrind would watch, and cost instructions.
valgrind -q tallyman-scan --version >"$out" 2>&1 ||
	skip_all 'valgrind cannot run this build'
corpus=$top_builddir/tests/bench/corpus
[ -x "$corpus" ] || skip_all 'the generator of logs is not built'

for kind in rails postgres zap-json klog; do
	"$corpus" "$kind" 1000000 >"$kind.log"
done
# The more lines, the fewer of them bring a new site.
for kind in day dense; do
	"$corpus" "$kind" 3000000 >"$kind.log"
done

# instructions ARGUMENT...: of a scan, as callgrind counts them.
instructions()
{
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
	    tallyman-scan -q -j1 -o tally.csv "$@" 2>"$work/valgrind" ||
		{ cat "$work/valgrind" >&2; return 1; }
	sed -n 's/.*Collected : //p' "$work/valgrind"
}

# at_most LIMIT LOG ARGUMENT...: looks at the difference between the log and
# its first quarter, where starting up is not in it.
at_most()
{
	limit=$1
	log=$2
	shift 2
	lines=$(wc -l <"$log")
	head -n $((lines / 4)) "$log" >quarter.log
	less=$(instructions "$@" quarter.log) || return 1
	all=$(instructions "$@" "$log") || return 1
	each=$(((all - less) / (lines - lines / 4)))
	echo "$each instructions a line; the limit is $limit"
	[ -s tally.csv ] && [ "$each" -gt 0 ] && [ "$each" -le "$limit" ]
}

# check_limit SENTENCE LIMIT LOG ARGUMENT...
check_limit()
{
	sentence=$1
	shift
	check "$sentence" at_most "$@"
	sed 's/^/# /' "$out"
}

check_limit 'a day of a web application, one kind' 330 day.log -k UserData
check_limit 'callcounts alone, one kind' 1000 dense.log -k UserData
check_limit 'callcounts alone, all kinds' 3100 dense.log
check_limit 'a log of Rails' 2300 rails.log
check_limit 'a log of PostgreSQL' 7300 postgres.log
check_limit 'JSON lines' 7000 zap-json.log
check_limit 'a log that a pattern reads' 6300 klog.log
done_testing
