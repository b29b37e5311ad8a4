#!/bin/sh
# SPDX-License-Identifier: MIT
# scan.sh: how long scans take, beside what else is found on the machine.
#
#	BENCH_SCALE=1         the logs in full: 2 GB, 1 GB and so on (0.1)
#	BENCH_RUNS=9          runs of each program; the median counts (5)
#	BENCH_DIR=DIR         keeps the logs there, for the next time
#	BENCH_FORMAT=markdown prints the table of the README
#	TALLYMAN_BENCH_PEERS  where tools/deps bench has put ClickHouse and DuckDB
#	                      (build/bench-peers of the sources)
#
# The job is to add up the counts of one kind, or of all kinds, by file, line
# and operation. Programs take turns, so that a busy moment of the machine hits
# them alike, and the page cache is warm. "beside" is the other program's time
# divided by tallyman's; "wanted" is the least it should be, at full scale. "of
# memory" compares with the sum of the log's bytes, by as many threads. Where
# programs that do the same job do not print the same totals, the benchmark
# fails.
set -eu
scale=${BENCH_SCALE:-0.1}
runs=${BENCH_RUNS:-5}
format=${BENCH_FORMAT:-text}
top=$(cd "${top_srcdir:-.}" && pwd)
build=$(cd "${top_builddir:-.}" && pwd)
here=$top/tests/bench
NODE_PATH=${TALLYMAN_BENCH_PEERS:-$top/build/bench-peers}/node_modules
export NODE_PATH

dir=$(mktemp -d "${TMPDIR:-/var/tmp}/tallyman-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
logs=${BENCH_DIR:-$dir/logs}
mkdir -p "$logs"
: >"$dir/lacking"
: >"$dir/wrong"

# --- The logs.

# corpus KIND MEGABYTES: of a full-size one.
corpus()
{
	"$build/tests/bench/corpus" "$1" "$(awk -v mb="$2" -v scale="$scale" \
	    'BEGIN { print int(mb * 1e6 * scale) }')"
}

# pack NAME: compresses NAME.log as it is, and cut in two.
pack()
{
	split -n l/2 "$1.log" "$1-"
	mv "$1-aa" "$1-a.log"
	mv "$1-ab" "$1-b.log"
	for part in "$1" "$1-a" "$1-b"; do
		gzip -c "$part.log" >"$part.log.gz"
		if command -v zstd >/dev/null; then
			zstd -q -f "$part.log"
		fi
		rm "$part.log"
	done
}

make_logs()
{
	corpus day 2000 >day.log
	corpus dense 1000 >dense.log
	for kind in day dense; do
		corpus "$kind" 500 >"${kind}500.log"
		pack "${kind}500"
	done
	rails=${TALLYMAN_DATA:-$top/../shared/data}/flavortown-rails6.log.gz
	if [ -e "$rails" ]; then
		gzip -dc "$rails" >"$dir/rails"
		times=$(awk -v scale="$scale" 'BEGIN { print int(200 * scale) }')
		for _ in $(seq "$times"); do
			cat "$dir/rails"
		done >rails.log
	fi
}

# What is there is taken where it would be made the same.
stamp="$scale $({ corpus day 1 && corpus dense 1; } | cksum)"
if [ "$(cat "$logs/made" 2>/dev/null)" != "$stamp" ]; then
	(
		cd "$logs"
		rm -f made
		make_logs
		echo "$stamp" >made
	)
fi

# --- The programs. Each is a function of the log that it reads.

regex='(?<count>\d+): (?<file>[^ :]+):(?<line>\d+)(?: in (?<function>[^ ]+))?'
regex="$regex -- (?:.*, )?(?<operation>UserData\.\w+)"

kind_j1() { tallyman scan -q -k UserData -j1 "$1"; }
kind_j2() { tallyman scan -q -k UserData -j2 "$1"; }
all_j2() { tallyman scan -q -j2 "$1"; }
extract_j2() { tallyman scan -q -x "$regex" -j2 "$1"; }
one_j2() { kind_j2 "$1"; }
two_j2()
{
	name=${1##*/}
	name=$logs/${name%%.*}-
	tallyman scan -q -k UserData -j2 "${name}a.log.${1##*.}" \
	    "${name}b.log.${1##*.}"
}
sum_1() { "$build/tests/bench/bandwidth" "$1" 1; }
sum_2() { "$build/tests/bench/bandwidth" "$1" 2; }
lines() { wc -l "$1"; }
count_rg() { rg -c -F ' UserData.' "$1"; }
count_grep() { grep -c -F ' UserData.' "$1"; }
count_ugrep() { ugrep -c -F ' UserData.' "$1"; }
arrows_rg() { rg -c -F '↳' "$1"; }
arrows_grep() { grep -c -F '↳' "$1"; }
job() { mawk -v kind=UserData -f "$here/job.awk" "$@"; }
rg_mawk() { rg -F ' UserData.' "$1" | job; }
rg_mawk_trust() { rg -F ' UserData.' "$1" | job -v trust=1; }
zcat_rg_mawk() { zcat "$1" | rg -F ' UserData.' | job; }
igzip_rg_mawk() { igzip -dc "$1" | rg -F ' UserData.' | job; }
clickhouse() { node "$here/clickhouse.js" form "$1" UserData; }
clickhouse_trust() { node "$here/clickhouse.js" trust "$1" UserData; }
clickhouse_all() { node "$here/clickhouse.js" form "$1"; }
clickhouse_all_trust() { node "$here/clickhouse.js" trust "$1"; }
duckdb() { node "$here/duckdb.js" "$1" UserData; }
duckdb_all() { node "$here/duckdb.js" "$1"; }
only_zcat() { zcat "$1"; }
only_pigz() { pigz -dc "$1"; }
only_igzip() { igzip -dc "$1"; }
only_zstd() { zstd -q -dc "$1"; }

# NAME:TOOLS:TITLE
programs='kind_j2::the preset
one_j2::one file
sum_1::sum of the bytes, 1 thread
sum_2::sum of the bytes, 2 threads
lines::wc -l
count_rg:rg:rg -c -F
count_grep:grep:grep -c -F
count_ugrep:ugrep:ugrep -c -F
arrows_rg:rg:rg -c -F
arrows_grep:grep:grep -c -F
rg_mawk:rg mawk:rg -F, mawk
rg_mawk_trust:rg mawk:the same, by position
zcat_rg_mawk:zcat rg mawk:zcat, rg -F, mawk
igzip_rg_mawk:igzip rg mawk:igzip -dc, rg -F, mawk
clickhouse:chdb:ClickHouse
clickhouse_trust:chdb:the same, by position
clickhouse_all:chdb:ClickHouse
clickhouse_all_trust:chdb:the same, by position
duckdb:@duckdb/node-api:DuckDB
duckdb_all:@duckdb/node-api:DuckDB
only_zcat:zcat:zcat
only_pigz:pigz:pigz -dc
only_igzip:igzip:igzip -dc
only_zstd:zstd:zstd -dc'

# field PROGRAM N
field()
{
	echo "$programs" | awk -F: -v name="$1" -v n="$2" '$1 == name { print $n }'
}

# Both packages come with npm, for node.
have()
{
	case $1 in
	chdb | @duckdb/*) command -v node >/dev/null && [ -d "$NODE_PATH/$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

usable()
{
	for tool in $(field "$1" 2); do
		if ! have "$tool"; then
			echo "$tool" >>"$dir/lacking"
			return 1
		fi
	done
}

# --- Measuring.

# race LOG PROGRAM...: leaves the median of PROGRAM's seconds in $dir/PROGRAM.s,
# and its output in $dir/PROGRAM.out.
race()
{
	log=$1
	shift
	rm -f "$dir"/*.s "$dir"/*.runs "$dir"/*.out
	ready=
	for program in "$@"; do
		if usable "$program"; then
			ready="$ready $program"
		fi
	done
	cat "$log" >/dev/null
	for _ in $(seq "$runs"); do
		for program in $ready; do
			once "$program" "$log"
		done
	done
	for program in $ready; do
		median <"$dir/$program.runs" >"$dir/$program.s"
	done
}

# once PROGRAM LOG: decoders write to nowhere, all else to a file.
once()
{
	case $1 in
	only_*) output=/dev/null ;;
	*) output=$dir/$1.out ;;
	esac
	begin=$(date +%s.%N)
	"$1" "$2" >"$output" 2>"$dir/err" || [ $? -eq 1 ] ||
		{ cat "$dir/err" >&2; exit 2; }
	echo "$begin $(date +%s.%N)" >>"$dir/$1.runs"
}

# Of the differences of two columns.
median()
{
	awk '{ printf "%.6f\n", $2 - $1 }' | sort -n |
	    awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}

# totals PROGRAM: file, line, operation and count of what it printed.
totals()
{
	tr -d '"' <"$dir/$1.out" | awk -F, -v OFS=, '
	NR == 1 && /^day,/ { day = 1; next }
	day { sum[$2 OFS $3 OFS $5] += $6; next }
	{ sum[$1 OFS $2 OFS $3] += $4 }
	END { for (key in sum) printf "%s,%.0f\n", key, sum[key] }' | sort
}

# same PROGRAM PROGRAM...: they did the same job on the last log.
same()
{
	totals "$1" >"$dir/totals"
	first=$1
	shift
	for program in "$@"; do
		[ -e "$dir/$program.out" ] || continue
		totals "$program" | cmp -s - "$dir/totals" || {
			echo "$log: $first and $program differ" | tee -a "$dir/wrong"
			totals "$program" | diff "$dir/totals" - | head -n 4
		}
	done
}

# --- The table.

if [ "$format" = markdown ]; then
	columns='| %s | %s | %s | %s | %s | %s | %s | %s |\n'
else
	columns='%-34s %9s %5s %9s  %-27s %9s %6s %s\n'
fi
# shellcheck disable=SC2059 # the columns are the format
printf "$columns" 'log, job' tallyman GB/s 'of memory' beside 'its time' ratio \
    wanted
if [ "$format" = markdown ]; then
	echo '|---|--:|--:|--:|---|--:|--:|--:|'
fi

# row JOB MEGABYTES PROGRAM PEER [WANTED]: the bytes are those that the log has
# when it is not compressed, at full scale. A job that is that of the row above
# is not told again.
last_job=
row()
{
	[ -e "$dir/$3.s" ] && [ -e "$dir/$4.s" ] || return 0
	case $3 in
	*_j1) limit=$dir/sum_1.s ;;
	*) limit=$dir/sum_2.s ;;
	esac
	[ -e "$limit" ] || limit=/dev/null
	awk -v columns="$columns" -v missed="$dir/missed" -v job="$1" \
	    -v last="$last_job" -v mb="$2" -v scale="$scale" -v wanted="${5-}" \
	    -v own="$(cat "$dir/$3.s")" -v peer="$(cat "$dir/$4.s")" \
	    -v limit="$(cat "$limit")" -v title="$(field "$4" 3)" 'BEGIN {
		ratio = peer / own
		verdict = ""
		if (wanted != "")
			verdict = sprintf("%.2f %s", wanted,
			    ratio >= wanted ? "ok" : "missed")
		if (verdict ~ /missed/)
			print job ", beside " title >>missed
		if (limit != "")
			limit = sprintf("%.0f %%", limit / own * 100)
		speed = sprintf("%.1f", mb * scale / 1000 / own)
		own = sprintf("%.3f s", own)
		if (job == last)
			job = own = speed = limit = ""
		printf columns, job, own, speed, limit, title,
		    sprintf("%.3f s", peer), sprintf("%.2f", ratio), verdict
	}'
	last_job=$1
}

plain_logs()
{
	race "$logs/day.log" kind_j2 sum_2 count_rg kind_j1 sum_1 lines all_j2 \
	    extract_j2 count_grep count_ugrep rg_mawk rg_mawk_trust clickhouse \
	    clickhouse_trust duckdb
	same kind_j2 kind_j1 extract_j2 rg_mawk rg_mawk_trust clickhouse \
	    clickhouse_trust duckdb
	job='day, one kind, -j2'
	row "$job" 2000 kind_j2 sum_2 0.65
	row "$job" 2000 kind_j2 count_rg 1.8
	row "$job" 2000 kind_j2 count_grep
	row "$job" 2000 kind_j2 count_ugrep
	row "$job" 2000 kind_j2 rg_mawk 4
	row "$job" 2000 kind_j2 rg_mawk_trust
	row "$job" 2000 kind_j2 clickhouse 10
	row "$job" 2000 kind_j2 clickhouse_trust
	row "$job" 2000 kind_j2 duckdb
	row 'day, one kind, -j1' 2000 kind_j1 lines 0.91
	row 'day, all kinds, -j2' 2000 all_j2 count_rg 1
	row 'day, -x with a literal in it, -j2' 2000 extract_j2 kind_j2 0.77

	race "$logs/dense.log" kind_j2 sum_2 count_rg all_j2 count_grep \
	    count_ugrep rg_mawk rg_mawk_trust clickhouse clickhouse_trust \
	    duckdb clickhouse_all clickhouse_all_trust duckdb_all
	same kind_j2 rg_mawk rg_mawk_trust clickhouse clickhouse_trust duckdb
	same all_j2 clickhouse_all clickhouse_all_trust duckdb_all
	job='dense, one kind, -j2'
	row "$job" 1000 kind_j2 count_rg 2.2
	row "$job" 1000 kind_j2 count_grep
	row "$job" 1000 kind_j2 count_ugrep
	row "$job" 1000 kind_j2 rg_mawk 30
	row "$job" 1000 kind_j2 rg_mawk_trust
	row "$job" 1000 kind_j2 clickhouse 15
	row "$job" 1000 kind_j2 clickhouse_trust
	row "$job" 1000 kind_j2 duckdb
	row 'dense, all kinds, -j2' 1000 all_j2 clickhouse_all 6
	row 'dense, all kinds, -j2' 1000 all_j2 clickhouse_all_trust
	row 'dense, all kinds, -j2' 1000 all_j2 duckdb_all
}

rails()
{
	[ -e "$logs/rails.log" ] || return 0
	race "$logs/rails.log" all_j2 sum_2 arrows_rg arrows_grep
	row 'Rails log, -j2' 760 all_j2 arrows_rg 0.83
	row 'Rails log, -j2' 760 all_j2 arrows_grep
}

# compressed KIND [WANTED...]: beside igzip, zcat's pipeline and zstd, then what
# two files gain, gz and zst.
compressed()
{
	race "$logs/${1}500.log.gz" one_j2 only_igzip two_j2 zcat_rg_mawk \
	    igzip_rg_mawk only_zcat only_pigz clickhouse
	same one_j2 two_j2 zcat_rg_mawk igzip_rg_mawk clickhouse
	row "$1, gz, one file" 500 one_j2 only_igzip "${2-}"
	row "$1, gz, one file" 500 one_j2 zcat_rg_mawk "${3-}"
	row "$1, gz, one file" 500 one_j2 igzip_rg_mawk
	row "$1, gz, one file" 500 one_j2 only_zcat
	row "$1, gz, one file" 500 one_j2 only_pigz
	row "$1, gz, one file" 500 one_j2 clickhouse
	row "$1, gz, two files, -j2" 500 two_j2 one_j2 "${5-}"
	[ -e "$logs/${1}500.log.zst" ] || return 0
	race "$logs/${1}500.log.zst" one_j2 only_zstd two_j2 clickhouse
	same one_j2 two_j2 clickhouse
	row "$1, zst, one file" 500 one_j2 only_zstd "${4-}"
	row "$1, zst, one file" 500 one_j2 clickhouse
	row "$1, zst, two files, -j2" 500 two_j2 one_j2 "${6-}"
}

# Other formats, on one core: GB/s alone.
all_j1() { tallyman scan -q -j1 "$1"; }

presets()
{
	kinds=$("$build/tests/bench/corpus" 2>&1 | sed -n 's/^KIND: day dense//p')
	for kind in $kinds; do
		corpus "$kind" 100 >"$dir/log"
		race "$dir/log" all_j1
		echo "$kind $(cat "$dir/all_j1.s")"
	done | awk -v scale="$scale" '{ print $1, 100 * scale / $2 }' |
	    sort -n -k2 >"$dir/presets"
	rm -f "$dir/log"
}

print_presets()
{
	awk '{ item = sprintf("%s %.0f", $1, $2) }
	NR > 1 && len + length(item) > 74 { item = ",\n" item; len = 0 }
	NR > 1 && len > 0 { item = ", " item }
	{ printf "%s", item; len += length(item) }
	END { printf "\n" }' "$dir/presets"
	awk '$2 < 400 { print $1 ", 400 MB/s on one core" }' \
	    "$dir/presets" >>"$dir/missed"
}

# startup: milliseconds that an empty log takes more than a program that does
# nothing, the median of blocks of 20 each.
startup()
{
	: >"$dir/empty"
	twenty=$(seq 20)
	for _ in $(seq 11); do
		begin=$(date +%s.%N)
		for _ in $twenty; do
			tallyman scan -q "$dir/empty" >"$dir/out" || [ $? -eq 1 ]
		done
		middle=$(date +%s.%N)
		for _ in $twenty; do
			/bin/true >"$dir/out"
		done
		echo "$begin $middle $(date +%s.%N)"
	done | awk '{ print 0, 1000 * (2 * $2 - $1 - $3) / 20 }' | median |
	    awk '{ printf "%.1f\n", $1 }'
}

: >"$dir/missed"
plain_logs
rails
compressed day 0.87 4 0.83 1.2 1.6
compressed dense
presets
more=$(startup)
echo
echo "Other formats on one core, MB/s (wanted: 400):"
print_presets
echo
echo "tallyman scan of an empty log takes $more ms more than true (wanted: 3)"
awk -v more="$more" 'BEGIN { if (more > 3) print "start-up" }' >>"$dir/missed"
awk -F': *' -v n="$(nproc)" -v scale="$scale" -v runs="$runs" '
/^model name/ && model == "" { model = $2 }
END {
	printf "%d cores of %s; medians of %d", n, model, runs
	print scale == 1 ? "" : "; logs of " scale " of their full size,"
	if (scale != 1)
		print "which says little of what is wanted of the full ones"
}' /proc/cpuinfo

sort -u "$dir/lacking" | sed 's/$/ is not there: its rows are left out/'
sed 's/^/missed: /' "$dir/missed"
[ ! -s "$dir/wrong" ]
