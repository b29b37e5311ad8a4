#!/bin/sh
# SPDX-License-Identifier: MIT
# record.sh: what `tallyman record` costs the program that it runs: for each
# statement, at the start, and at the first flush.
#
#	BENCH_RUNS=9       pairs of runs, without and with it by turns (20)
#	BENCH_ONLY=psycopg2  only rows whose names have that in them
#
# Prints a table: what a statement takes without; what is added; and that as a
# share. A statement's time is the CPU time (user and system, all threads) of
# the process that issues it (statements.c, statements.py). The two of a pair
# live at the same time and take turns, block by block; of a pair the median
# block counts, and the median difference. Of the pairs it is the median too,
# and the quartiles are in brackets. The PostgreSQL server is the bench's own,
# on a socket and on a loopback port; statements find or insert one row: the
# shortest that there are.
set -eu
runs=${BENCH_RUNS:-20}
only=${BENCH_ONLY:-}
build=$(cd "${top_builddir:-.}" && pwd)
PATH=$build:$PATH
export PATH
source=$(cd "${top_srcdir:-.}" && pwd)
bench=$source/tests/bench
cost=$build/tests/bench/cost
python=/usr/bin/python3
. "$source/tests/lib/port.sh"
. "$source/tests/lib/pg.sh"

if ! [ -x "$build/tallyman-record" ]; then
	echo 'record: not built'
	exit 0
fi
# pg.sh removes $tap_dir when it stops the server
tap_dir=$(mktemp -d "${TMPDIR:-/var/tmp}/tallyman-bench.XXXXXX")
trap 'rm -rf "$tap_dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$tap_dir"
# shellcheck disable=SC2046 # several words
if ! ${CC:-cc} -std=gnu11 -g -O2 -o statements "$bench/statements.c" \
    $(pkg-config --cflags --libs libpq sqlite3) 2>err; then
	echo 'record: there is no compiler, libpq or SQLite to compile with'
	exit 0
fi
cp "$bench/statements.py" .
mkdir site-packages
cp "$bench/statements.py" site-packages/bench_library.py
PYTHONPATH=$tap_dir/site-packages
PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE

# --- Measuring.

# Of lines "WITHOUT WITH" the median of the first, and of the differences the
# median and the quartiles.
# shellcheck disable=SC2016 # awk's variables
summary='
function sort(list, n,   i, j, held) {
	for (i = 2; i <= n; i++) {
		held = list[i]
		for (j = i - 1; j > 0 && list[j] > held; j--)
			list[j + 1] = list[j]
		list[j + 1] = held
	}
}
function quantile(list, n, part,   at, i) {
	at = 1 + (n - 1) * part
	i = int(at)
	return i == n ? list[n] : list[i] + (at - i) * (list[i + 1] - list[i])
}
{ without[NR] = $1 + 0; added[NR] = $2 - $1 }
END {
	sort(without, NR)
	sort(added, NR)
	printf "%.9g %.9g %.9g %.9g\n", quantile(without, NR, .5),
	    quantile(added, NR, .5), quantile(added, NR, .25),
	    quantile(added, NR, .75)
}'

# row WHAT UNIT DIGITS: of the file "pairs".
row()
{
	awk "$summary" pairs | awk -v what="$1" -v unit="$2" -v d="$3" '{
		printf "| %-32s | %8.*f %-3s | %8.*f (%.*f to %.*f) | " \
		    "%6.2f %% (%.2f to %.2f) |\n", what, d, $1, unit, d, $2,
		    d, $3, d, $4, $2 / $1 * 100, $3 / $1 * 100, $4 / $1 * 100
	}'
}

# is_wanted WHAT
is_wanted()
{
	case $1 in
	*"$only"*) ;;
	*) return 1 ;;
	esac
}

# pair COMMAND...: one without and one with, by turns.
pair()
{
	rm -f in.* out.*
	mkfifo in.1 in.2 out.1 out.2
	"$@" <in.1 >out.1 &
	first=$!
	tallyman record -o log "$@" <in.2 >out.2 &
	second=$!
	exec 3>in.1 4>in.2 5<out.1 6<out.2
	for _ in $(seq 20); do
		echo >&3
		read -r without <&5
		echo >&4
		read -r with <&6
		echo "$without $with"
	done >blocks
	exec 3>&- 4>&- 5<&- 6<&-
	wait $first
	wait $second
	awk "$summary" blocks | awk '{ print $1, $1 + $2 }'
}

# statement WHAT UNIT SCALE PAIRS COMMAND...: COMMAND prints nanoseconds.
statement()
{
	what=$1
	unit=$2
	scale=$3
	count=$4
	shift 4
	is_wanted "$what" || return 0
	for _ in $(seq "$count"); do
		pair "$@"
	done | awk -v scale="$scale" '{ print $1 * scale, $2 * scale }' >pairs
	row "$what" "$unit" 0
}

# process WHAT COLUMN SCALE UNIT WITHOUT... -- WITH...: a column of cost's.
process()
{
	what=$1
	column=$2
	scale=$3
	unit=$4
	shift 4
	is_wanted "$what" || return 0
	rm -f costs
	for _ in $(seq "$runs"); do
		"$cost" costs "$@"
		tallyman record -o log -- "$cost" costs "$@"
	done
	awk -v column="$column" -v scale="$scale" '
		NR % 2 == 1 { without = $column * scale }
		NR % 2 == 0 { print without, $column * scale }' costs >pairs
	row "$what" "$unit" 2
}

# --- The rows.

in_c()
{
	for way in PQexec PQexec-changing PQexecParams PQexecPrepared; do
		statement "$way, $1" ns 1 "$runs" ./statements "$way" 300
	done
}

# in_python WAY COUNT FEWER
in_python()
{
	for how in '' deep; do
		# shellcheck disable=SC2086 # none, or a word
		statement "Python $1${how:+, $how}" ns 1 "$runs" \
		    "$python" statements.py "$1" "$2" $how
	done
	# the lock may have to be waited for, 5 ms and more
	for how in '' deep; do
		# shellcheck disable=SC2086
		statement "Python $1, busy${how:+, $how}" us 0.001 \
		    $(((runs + 3) / 4)) "$python" statements.py "$1" "$3" busy $how
	done
}

has_module()
{
	"$python" -c "import $1" 2>err
}

echo "$runs pairs of runs; quartiles in brackets"
echo
echo '| | without | added by tallyman record | share |'
echo '|---|---:|---:|---:|'
process 'start of true, CPU' 2 1000 ms true
process 'start of true, clock' 1 1000 ms true
process 'with one statement, CPU' 2 1000 ms ./statements sqlite3_step 1
process 'with one statement, peak memory' 3 0.0009765625 MiB \
    ./statements sqlite3_step 1
for way in sqlite3_step sqlite3_exec-changing; do
	statement "$way" ns 1 "$runs" ./statements "$way" 3000
done
if has_module sqlite3; then
	in_python sqlite3 2000 400
fi

if ! pg_find || ! pg_init || ! pg_start_port -c max_connections=20; then
	echo 'record: there is no PostgreSQL server to run' >&2
	exit 0
fi
PGUSER=postgres
PGHOST=$pg
export PGHOST PGUSER
in_c socket
if has_module psycopg2; then
	in_python psycopg2 300 5
fi
PGHOST=127.0.0.1
in_c port
