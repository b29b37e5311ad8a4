#!/bin/sh
# SPDX-License-Identifier: MIT
# store.sh: what a store of days costs: bytes a day, and how long it takes to
# read it, to add to it, and to forget.
#
#	BENCH_SCALE=1   a year of days and a log of 2 GB (0.1)
#	BENCH_RUNS=9    runs of each command; the median counts (5)
#	BENCH_DIR=DIR   keeps the log there, for the next time
#
# Each day has 100,000 sites at any scale (tests/bench/year.c). Processor
# seconds are those of all threads. Where sqlite3 is there it does the same with
# a table of the rows, an index on the day, and a transaction.
set -eu
scale=${BENCH_SCALE:-0.1}
runs=${BENCH_RUNS:-5}
build=$(cd "${top_builddir:-.}" && pwd)
bench=$build/tests/bench
last=2023-12-31

dir=$(mktemp -d "${TMPDIR:-/var/tmp}/tallyman-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
logs=${BENCH_DIR:-$dir}
mkdir -p "$logs"
cd "$dir"

# scaled NUMBER LEAST
scaled()
{
	awk -v n="$1" -v scale="$scale" -v least="$2" \
	    'BEGIN { n = int(n * scale); print n < least ? least : n }'
}

# --- Measuring.

# run COMMAND...: once; exit 1 is an answer.
run()
{
	"$bench/cost" runs "$@" >out 2>err || [ $? -eq 1 ] ||
		{ cat err >&2; exit 2; }
}

# median COLUMN FILE
median()
{
	sort -n -k"$1,$1" "$2" |
	    awk -v n="$1" '{ t[NR] = $n } END { print t[int((NR + 1) / 2)] }'
}

# tell WHAT: the medians of the runs since the last time.
tell()
{
	printf '%-44s %9.3f s %9.3f s %6.0f MiB\n' "$1" "$(median 1 runs)" \
	    "$(median 2 runs)" "$(median 3 runs | awk '{ print $1 / 1024 }')"
	mv runs told
}

# often WHAT COMMAND...
often()
{
	what=$1
	shift
	for _ in $(seq "$runs"); do
		run "$@"
	done
	tell "$what"
}

# once WHAT COMMAND...
once()
{
	what=$1
	shift
	run "$@"
	tell "$what"
}

size()
{
	stat -c %s "$1"
}

# --- What there is to read.

# make_year FOLDER DAYS HOURS
make_year()
{
	"$bench/year" "$1" "$2" 100000 "$3" 1
	size "$1/tally.db" | awk -v days="$2" -v hours="$3" '{
		printf "%.1f MB a day of 100,000 sites, %d hours a site; " \
		    "%.2f GB in %d days\n", $1 / days / 1e6, hours, $1 / 1e9,
		    days
	}'
}

days=$(scaled 365 40)
make_year narrow 40 1
make_year wide "$days" 24
printf '\n%-44s %11s %11s %10s\n' '' wall processor memory
for store in narrow wide; do
	echo "$store:"
	often 'diff of two days' tallyman diff -q --db $store $last
	often 'diff with 4 weeks' tallyman diff -q --weeks 4 --db $store $last
	often 'scan --from-store of a day' \
	    tallyman scan -q --db $store --from-store $last
	often 'scan --from-store of a week' \
	    tallyman scan -q --db $store --from-store 2023-12-25..$last
	often 'db list' tallyman db list --db $store
done

# --- Adding a day that is known as rows, beside sqlite3.

tallyman db export --db wide $last >rows.csv
once 'scan --store of a day of rows' \
    tallyman scan -q --store --db new rows.csv
if command -v sqlite3 >/dev/null; then
	tallyman db export --db wide 2023-12-24 >week.csv
	columns=$(head -n 1 rows.csv)
	cat >import.sql <<-END
	PRAGMA synchronous = FULL;
	CREATE TABLE tally ($columns);
	CREATE INDEX tally_day ON tally (day);
	BEGIN;
	.import --csv --skip 1 rows.csv tally
	COMMIT;
	END
	once 'sqlite3: .import of them' sqlite3 -init import.sql rows.db ''
	sed "s/rows.csv/week.csv/; /^CREATE/d" import.sql >more.sql
	sqlite3 -init more.sql rows.db '' 2>err
	cat >diff.sql <<-END
	SELECT file, line, function, operation,
	  sum(iif(day = '$last', count, 0)) AS new,
	  sum(iif(day = '$last', 0, count)) AS old
	FROM tally WHERE day IN ('$last', '2023-12-24')
	GROUP BY 1, 2, 3, 4 ORDER BY new - old DESC;
	END
	often 'sqlite3: sums of two days, sorted' \
	    sqlite3 -init diff.sql rows.db ''
	size rows.db | awk '{
		printf "sqlite3: %.0f MB a day\n", $1 / 2 / 1e6 }'
fi

# --- A reader beside a writer.

# beside WHAT COMMAND...: milliseconds of the longest of the readings that are
# made one behind the other while COMMAND runs.
beside()
{
	what=$1
	shift
	: >busy
	{
		"$bench/cost" runs "$@" >writer 2>&1
		rm busy
	} &
	while [ -e busy ]; do
		begin=$(date +%s%N)
		tallyman db list --db wide >out 2>err || cat err >&2
		echo $((($(date +%s%N) - begin) / 1000000))
	done >readings
	wait
	echo "$(sort -n readings | tail -n 1) ms the longest db list beside $what"
}

echo
beside nothing sleep 2
rm runs
beside 'scan --store of a day of rows' \
    tallyman scan -q --store --db wide rows.csv
tell '  which took'
beside 'db forget of half the days' \
    tallyman db forget --keep $((days / 2))d --db wide
tell '  which took'
cat writer
once 'db check of the rest' tallyman db check -q --db wide
dd if=rows.csv of=copy bs=1M count=8 conv=fsync 2>err
once 'dd of 8 MB, synced' dd if=rows.csv of=copy bs=1M count=8 conv=fsync

# --- The hourly scan.

rm -rf narrow wide new rows.* week.csv
mb=$(scaled 2000 1)
if [ "$(cat "$logs/hourly.mb" 2>/dev/null)" != "$mb" ]; then
	"$bench/corpus" day "${mb}000000" >"$logs/hourly.log"
	echo "$mb" >"$logs/hourly.mb"
fi
cp "$logs/hourly.log" log
"$bench/corpus" day 1000000 >grown
cat log >/dev/null
echo
for _ in $(seq "$runs"); do
	rm -rf hourly
	run tallyman scan -q --store --db hourly log
done
tell "scan --store of $mb MB"
mv told full
for _ in $(seq "$runs" $((runs * 4))); do
	cat grown >>log
	run tallyman scan -q --store --db hourly log
done
tell 'the same when it grew by 1 MB'
awk -v wall="$(median 1 full)" -v cpu="$(median 2 full)" \
    -v wall_more="$(median 1 told)" -v cpu_more="$(median 2 told)" 'BEGIN {
	printf "%.2f %% of the wall time, %.2f %% of the processor time\n",
	    wall_more / wall * 100, cpu_more / cpu * 100
}'
often 'the same when it did not grow' \
    tallyman scan -q --store --db hourly log
