#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh: how well sites are matched (sites.c) and rises told from noise
# (spikes.c), and how long a comparison takes of two tallies of 100,000 sites
# each, a tenth of which the other day has not, while a third of the files
# shifted; beside join(1), which knows exact keys only, and adds nothing up.
#
#	BENCH_RUNS=9    runs of each command; the median counts (5)
set -eu
runs=${BENCH_RUNS:-5}
build=$(cd "${top_builddir:-.}" && pwd)
source=$(cd "${top_srcdir:-.}" && pwd)
bench=$build/tests/bench
sites=${TALLYMAN_DATA:-$source/../shared/data}/lines/sites_redmine.tsv.gz

if [ -e "$sites" ]; then
	"$bench/sites" "$sites"
else
	echo "compare.sh: without $sites, sites are not matched"
fi
"$bench/spikes"

dir=$(mktemp -d "${TMPDIR:-/var/tmp}/tallyman-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$dir"

# tally DAY SHIFT LEFT: 2,110 files of 50 sites; LEFT of 20 sites are left out.
tally()
{
	awk -v day="$1" -v shift="$2" -v left="$3" '
	function random() {
		state = (state * 69069 + 12345) % 4294967296
		return state / 4294967296
	}
	BEGIN {
		print "day,file,line,function,operation,count,entries"
		for (file = 0; file < 2110; file++)
			for (site = 0; site < 50; site++) {
				state = file * 50 + site + 1
				random(); random(); random()
				kind = int(random() * 200)
				verb = int(random() * 4)
				count = int(exp(random() * 12))
				gone = int(random() * 20) == left
				noise = .9 + .2 * (file * site + left) % 7 / 7
				if (gone)
					continue
				line = site * 20 + kind % 20 + 1
				if (file % 3 == 0 && site > 20)
					line += shift
				printf "%s,app/f%04d.rb,%d,,K%d.v%d,%d,1\n",
				    day, file, line, kind, verb,
				    count * noise + 1
			}
	}' >"$1.csv"
}
tally 2013-06-05 0 3
tally 2013-06-12 2 7

# tell WHAT COMMAND...: the medians of its wall and processor times and of its
# memory; exit 1 is an answer.
tell()
{
	what=$1
	shift
	: >runs
	for _ in $(seq "$runs"); do
		"$bench/cost" runs "$@" >out 2>err || [ $? -eq 1 ] ||
			{ cat err >&2; exit 2; }
	done
	for column in 1 2 3; do
		cut -d ' ' -f "$column" runs | sort -n |
		    sed -n "$(((runs + 1) / 2))p"
	done | {
		read -r wall
		read -r cpu
		read -r kib
		printf '%-36s %7.3f s %7.3f s of processors %5d MiB\n' \
		    "$what" "$wall" "$cpu" "$((kib / 1024))"
	}
}

# By exact keys alone; what has none on the other day is left out.
cat >by-key <<'SCRIPT'
cut -d , -f 2-6 "$1" | awk -F , '{ print $1 ":" $2 ":" $4 "," $5 }' |
    LC_ALL=C sort -t , -k 1,1 >old.key
cut -d , -f 2-6 "$2" | awk -F , '{ print $1 ":" $2 ":" $4 "," $5 }' |
    LC_ALL=C sort -t , -k 1,1 >new.key
LC_ALL=C join -t , old.key new.key |
    awk -F , '{ print $3 - $2 "," $0 }' | sort -t , -k 1,1nr
SCRIPT

old=2013-06-05.csv
new=2013-06-12.csv
diff="$build/tallyman-diff -q"
echo
echo "two tallies of $(($(wc -l <$old) - 1)) and $(($(wc -l <$new) - 1)) sites"
# shellcheck disable=SC2086 # the program and its option
{
	tell 'diff, CSV' $diff $old $new
	tell 'diff --format table' $diff --format table $old $new
	tell 'diff --by file' $diff --by file $old $new
	tell 'diff --format html, 10,000 rows' \
	    $diff --format html --top 10000 $old $new
	printf '%-36s %7d KiB\n' '  which is a page of' \
	    "$(($(wc -c <out) / 1024))"
}
tell 'join, sort and awk' sh by-key $old $new
