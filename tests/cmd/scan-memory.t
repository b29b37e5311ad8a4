#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan needs no more memory than tallyman-scan(1) says, whatever it
# reads. The kernel holds it to that: what a process may allocate is limited,
# MEMORY_SITES,
# MEMORY_LINE and MEMORY_ZEROS (in MB) say how much is made.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

sites=${MEMORY_SITES:-300000}
line=${MEMORY_LINE:-100}
zeros=${MEMORY_ZEROS:-300}

# within MEMORY MAX_LINE THREADS [OPTION|FILE]...: the scan, with the memory
# that the manual states: that for the tables, 24 MiB, and for each thread 8
# MiB and $lines lines. In MiB.
lines=4
within()
{
	within_memory=$1
	within_line=$2
	within_threads=$3
	shift 3
	(
		# shellcheck disable=SC3045 # dash and bash have both
		ulimit -s 512 && ulimit -d $((1024 * (within_memory + 24 +
		    within_threads * (8 + lines * within_line)))) || exit 3
		exec tallyman scan -q --memory "${within_memory}M" \
		    --max-line "${within_line}M" -j "$within_threads" "$@"
	)
}

echo '2013-06-12 05:00:00 7: a.py:1 -- A.put' >small.log
within 1 1 1 small.log >small.csv 2>/dev/null ||
    skip_all 'memory cannot be limited here (a sanitizer needs more)'

# --- More sites than fit.

awk -v n="$sites" 'BEGIN {
	for (i = 0; i < n; i++) {
		k = (i * 7919) % n
		printf "2013-06-12 05:00:00 INFO 1: app/f%d.py:%d -- A.put\n",
		    k / 1000, k % 1000
	}
}' >sites.log

# all_of MEMORY THREADS [OPTION|FILE]...: one row for each site.
all_of()
{
	all_memory=$1
	all_threads=$2
	shift 2
	within "$all_memory" 1 "$all_threads" "$@" >got.csv &&
	    [ "$(wc -l <got.csv)" -eq $((sites + 1)) ] &&
	    tail -n +2 got.csv | cut -d, -f 6,7 | sort -u >counts &&
	    [ "$(cat counts)" = 1,1 ]
}
for threads in 1 2 8; do
	check "-j $threads: sites that do not fit are spilled" \
	    all_of 1 $threads sites.log
done
piped()
{
	# shellcheck disable=SC2002 # it is to be a pipe
	cat sites.log | all_of "$@"
}
check 'from a pipe too' piped 1 1
sorted()
{
	(
		# shellcheck disable=SC3045
		ulimit -s 512 && ulimit -d $((1024 * (2 + 24 + 12)))
		tallyman scan -q --memory 1M --max-line 1M -j 1 --sort count \
		    sites.log >got.csv
	) && [ "$(wc -l <got.csv)" -eq $((sites + 1)) ]
}
check '--sort count takes as much again' sorted
too_many()
{
	(
		# shellcheck disable=SC3045
		ulimit -s 512 && ulimit -d $((1024 * 24))
		tallyman scan -q --memory 1G --max-line 1M -j 1 sites.log \
		    >got.csv
	)
}
check_status 2 'the limit is one: with more --memory it is reached' too_many
check_message 'which is told' '^tallyman scan: out of memory$' too_many
rm -f sites.log got.csv

# --- One line.

{
	echo '2013-06-12 05:00:00 7: a.py:1 -- A.put'
	head -c "$((line * 1000000))" /dev/zero | tr '\0' x
	echo
	echo '2013-06-12 05:00:00 7: a.py:2 -- A.put'
} >line.log
rows='day,file,line,function,operation,count,entries
2013-06-12,a.py,1,,A.put,7,1
2013-06-12,a.py,2,,A.put,7,1'
from_pipe()
{
	# shellcheck disable=SC2002
	cat line.log | within "$@"
}
for threads in 1 2 8; do
	check_output "-j $threads: a line of $line MB, from a file" "$rows" \
	    within 1 1 $threads line.log
	check_output "-j $threads: a line of $line MB, from a pipe" "$rows" \
	    from_pipe 1 1 $threads
	check_output "-j $threads: with the usual --max-line" "$rows" \
	    from_pipe 1 16 $threads
done

# Lines that are just not too long, and each is kept: malformed, in JSON.
long_lines()
{
	for n in 1 2 3 4 5 6; do
		printf '%s99999999999999999999: a.py:%s -- A.put %s%s\n' \
		    "$1" "$n" "$(head -c 15900000 /dev/zero | tr '\0' y)" "$2"
	done
}
long_lines '' '' >long.log
long_lines '{"message":"' '"}' >long.json
kept()
{
	lines=8
	# shellcheck disable=SC2002,SC2086
	cat "$1" | within 1 16 1 -p callcount --rejects rejects $2
	[ "$(grep -c 'a.py:[1-6] -- A.put' rejects)" -eq 6 ]
}
check 'long lines that are kept' kept long.log ''
check 'long lines inside JSON' kept long.json '--json-text /message'
rm -f line.log long.log long.json rejects

# --- A small file.

# zeros_by TOOL: so many zeros, in members of 100 MB.
zeros_by()
{
	head -c 100000000 /dev/zero | "$1" -1c >member
	for _ in $(seq $((zeros / 100))); do
		cat member
	done >"zeros.$1"
	echo '2013-06-12 05:00:00 7: a.py:2 -- A.put' | "$1" -c >>"zeros.$1"
}
for tool in gzip zstd; do
	if ! command -v $tool >/dev/null 2>&1; then
		skip "$tool is missing" "$zeros MB of zeros, by $tool"
		continue
	fi
	zeros_by $tool
	for threads in 1 2 8; do
		check_status 2 "-j $threads: $zeros MB of zeros, by $tool" \
		    within 1 1 $threads "zeros.$tool" zeros.$tool small.log
		cp "$out" got
		check_output "-j $threads: what is beside them is counted" \
		    2013-06-12,a.py,1,,A.put,7,1 tail -n 1 got
	done
done

# --- Second output that waits for its turn.

# The first input is a FIFO that stays open until the last one is being read,
# so that the rejects of all between wait.
seq 20000 | sed 's/.*/99999999999999999999: file&.py:& -- A.put/' >bad.log
mkfifo first last
waiting()
{
	{
		exec 3>first
		head -c 120000 /dev/zero >&3
		seq 100000 >last # more than a pipe holds
		exec 3>&-
	} &
	set --
	for _ in $(seq 60); do
		set -- "$@" bad.log
	done
	within 1 1 2 -p callcount --rejects rejects first "$@" last
	kill $! 2>"$err"
	wait
	[ "$(grep -c '^9' rejects)" -eq 1200000 ]
}
check 'rejects that wait go to disk' waiting

done_testing
