#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs that are killed at any instant, ended by a signal, or started at the
# same time. tests/sweep/fetch-kill.t is this with larger numbers.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/crash.sh"
: "${KILLS:=8}" "${TERMS:=4}" "${ITEMS:=800}" "${PASSES:=1}"
: "${SEED:=$(date +%s)}"

crash_find
httpd_start || exit 2
# The server's clock is the one that is believed, so it must not be late.
renice -n -5 -p "$httpd_pid" >/dev/null 2>&1

# Waits for the limit, and waits for the store.
slow='"limits": [ { "requests": 1000, "per": "1s", "burst": 100 } ]'
fast='"limits": [ { "requests": 50000, "per": "1s", "burst": 5000 } ]'
# What is sent and not committed: the concurrency, and one group.
most_again=$((16 + 250))

# Nothing went wrong yet.
forget()
{
	for file in unfinished lost twice again broken exceeded; do
		: >"$file"
	done
	worst=0
	surplus=0
}
forget

# judge NAME STATUS: adds to the files of what went wrong.
judge()
{
	[ "$2" -eq 0 ] || echo "$1: $2" >>unfinished
	judge_answers=$(crash_answers "$1")
	[ "$judge_answers" -eq "$ITEMS" ] || echo "$1: $judge_answers" >>lost
	read -r judge_all judge_twice judge_again <<-EOT
		$(crash_requests "$1")
	EOT
	[ "$judge_twice" -eq 0 ] || echo "$1: $judge_twice" >>twice
	[ "$judge_again" -le "$most_again" ] ||
	    echo "$1: $judge_again" >>again
	[ "$judge_again" -le "$worst" ] || worst=$judge_again
	surplus=$((surplus + judge_all - ITEMS))
	[ "$(crash_check "$1")" = ok ] || echo "$1" >>broken
}

# tell_all SENTENCE: of all jobs since the last time.
tell_all()
{
	check_output "$1: the next run finishes" '' cat unfinished
	check_output 'each item has its very own answer' '' cat lost
	check_output 'no run asks for an item twice' '' cat twice
	check_output \
	    'the next one repeats no more than was on its way and one group' \
	    '' cat again
	check_output 'the file is whole' '' cat broken
	forget
}

# outlive SIGNAL STATUS COUNT NAME STEPS LIMIT SECONDS: runs job after job,
# each again and again until it gets through, until COUNT runs were ended by
# SIGNAL, with STATUS, at random instants.
outlive()
{
	crash_instants "$SEED" $(($3 * 20)) "$7" >instants
	exec 3<instants
	ended=0
	number=0
	while [ "$ended" -lt "$3" ]; do
		number=$((number + 1))
		name=$4$number
		crash_job "$name" "$ITEMS" "$5" "$6"
		status=$2
		while [ "$status" -eq "$2" ] && [ "$ended" -lt "$3" ]; do
			read -r at <&3 || break 2
			crash_run_until "$at" "$1" "$name"
			status=$?
			crash_mark "$name"
			# Before it could catch the signal it did nothing.
			[ "$status" -ne 143 ] || status=$2
			[ "$status" -ne "$2" ] || ended=$((ended + 1))
		done
		if [ "$status" -eq "$2" ]; then
			crash_run "$name"
			status=$?
		fi
		judge "$name" "$status"
	done
	exec 3<&-
	echo "# SEED=$SEED: $ended by $1 in $number runs of $ITEMS items:" \
	    "$surplus requests again, $worst after one of them"
}

# --- kill -9 at random instants

outlive KILL 137 "$KILLS" slow delay/5 "$slow" 0.4
for name in $(seq -f 'slow%g' "$number"); do
	burst=$(crash_burst 1000 "/$name-[0-9]")
	[ "$burst" -le 100 ] || echo "$name: $burst" >>exceeded
done
check_output 'the limit holds over all runs' '' cat exceeded
tell_all 'after kill -9'
outlive KILL 137 "$((KILLS / 2))" fast ok "$fast" 0.15
tell_all 'after kill -9 at full speed'

# --- SIGTERM

outlive TERM 75 "$TERMS" term delay/5 "$slow" 0.4
check_output 'a signal ends a run so that nothing is asked for again' '0' \
    echo "$surplus"
tell_all 'after SIGTERM'

# --- kill -9 at each named point

# kill_at POINT TIMES: whether the run ended there, and not before.
kill_at()
{
	name=$(echo "$1-$2" | tr . -)
	crash_job "$name" "$ITEMS" ok "$fast"
	{
		(FAULT=$1:$2 crash_run "$name")
		status=$?
	} 2>/dev/null
	crash_mark "$name"
	[ "$status" -eq 137 ] || return
	crash_run "$name"
	judge "$name" $?
}

crash_job points "$ITEMS" ok "$fast"
FAULT_LIST=$work/points crash_run points
if [ -s points ]; then
	sort points | uniq -c >counted
	while read -r count point; do
		kill_at "$point" 1
		check_output "$point is passed" 137 echo "$status"
		# How often a point is passed is not always the same.
		for pass in $(seq 2 "$PASSES"); do
			kill_at "$point" \
			    $((1 + (count - 1) * (pass - 1) / (PASSES - 1)))
		done
	done <counted
	echo "# $surplus requests again, $worst after one of them"
	tell_all 'after kill -9 at each point'
else
	skip 'configured without --enable-faults' 'named points'
fi

# --- At the same time

# The one that works reads its ids when all others have ended.
mkfifo ids
exec 4<>ids
cat >once.json <<EOT
{ "name": "once", "source": { "file": "-" },
  "request": { "url": "http://127.0.0.1:$port/ok/once-{id}" } }
EOT
: >statuses
for _ in $(seq 20); do
	(
		exec 4>&-
		tallyman fetch run once.json <ids >>once.err 2>&1
		echo $? >>statuses
	) &
done
tries=0
while [ "$(wc -l <statuses)" -lt 19 ] && [ "$tries" -lt 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
check_output '19 of 20 runs that start at once end with 75' '19 75' \
    sh -c 'sort statuses | uniq -c | sed "s/^ *//"'
seq 100 >&4
exec 4>&-
while [ "$(wc -l <statuses)" -lt 20 ] && [ "$tries" -lt 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
check_output 'and one does the work' '1 0
19 75' sh -c 'sort -n statuses | uniq -c | sed "s/^ *//"'
check_output 'of all items' 100 httpd_count '/once-'
check_output 'once' 1 httpd_max_per_path '/once-'

crash_job hangs 1 hang
crash_job beside 10 ok
seen=$(crash_seen)
tallyman fetch run hangs.json 2>hangs.err &
hangs=$!
httpd_ask "/seen/$((seen + 1))" >/dev/null
check 'different jobs run side by side' crash_run beside
kill -9 "$hangs"

# --- A limit that two jobs share

shared='"share": "key",
  "limits": [ { "requests": 200, "per": "1s", "burst": 50 } ]'
crash_job left 200 delay/5 "$shared"
crash_job right 200 delay/5 "$shared"
tallyman fetch run left.json 2>left.err &
left=$!
check 'two jobs that share a limit run together' crash_run right
wait "$left"
check_output 'to their ends' 0 echo $?
check_output 'with all their answers' '200 200' \
    echo "$(crash_answers left) $(crash_answers right)"
burst=$(crash_burst 200 '/(left|right)-[0-9]')
check "and within the limit (burst $burst)" [ "$burst" -le 50 ]
alone=$(crash_burst 200 '/left-[0-9]')
echo "# one alone: burst $alone"

done_testing
