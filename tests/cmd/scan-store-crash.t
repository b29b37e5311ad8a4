#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan --store that is killed: at random instants, at each call that
# writes, at each named point. The log goes on and is rotated meanwhile.
# tests/sweep/scan-store-crash.t is this with more kills.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/stored.sh"
. "$top_srcdir/tests/lib/crash.sh"
# The first calls, how many to pass over between two (of writes), and the
# lines that the log grows by.
: "${KILLS:=12}" "${FIRST:=1}" "${STEP:=8}" "${LENGTH:=300}"
: "${SEED:=$(date +%s)}"

# Nothing went wrong yet.
forget()
{
	for file in unread torn broken unfinished different; do
		: >"$file"
	done
	kept=0
}
forget

# Of the scans that make up for those that were killed.
options=

# fresh [RATE]: neither a log nor a store.
fresh()
{
	stored_new "$@"
	: >before
	grown=0
}

# grow: the log goes on, and is rotated now and then before it does.
grow()
{
	grown=$((grown + 1))
	if [ "$grown" -gt 1 ] && [ $((grown % 3)) -eq 0 ]; then
		stored_rotate
	fi
	stored_grow "$LENGTH"
	stored_want >now
}

# judge WHAT: adds to the files of what went wrong after a scan was killed,
# which was to make "now" of "before".
judge()
{
	stored_cells_if_any >cells || echo "$1: $(cat told)" >>unread
	[ ! -s cells ] || stored_check 2>>broken || echo "$1" >>broken
	if cmp -s cells now; then
		kept=$((kept + 1))
	else
		cmp -s cells before || echo "$1" >>torn
	fi
	# shellcheck disable=SC2086 # words, or none
	stored_scan $options || echo "$1: $?: $(cat said)" >>unfinished
	stored_cells >cells 2>told
	cmp -s cells now || echo "$1" >>different
	stored_check 2>>broken || echo "$1" >>broken
	mv now before
}

# tell_all SENTENCE: of all kills since the last time.
tell_all()
{
	check_output "$1: the store can be read at once" '' cat unread
	check_output 'it holds all of the scan, or nothing' '' cat torn
	check_output 'it is whole' '' cat broken
	check_output 'the next scan ends' '' cat unfinished
	check_output 'with each hour as the logs have it' '' cat different
	echo "# $1: $kept were committed"
	forget
}

# milliseconds COMMAND...: how long it takes.
milliseconds()
{
	began=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo $((($(date +%s%N) - began) / 1000000))
}

# --- at random instants

fresh
grow
most=$(milliseconds stored_scan)
crash_instants "$SEED" $((KILLS * 20)) \
    "$(echo "$most" | awk '{ print $1 * 1.1 / 1000 }')" >instants
exec 3<instants
killed=0
runs=0
fresh
while [ "$killed" -lt "$KILLS" ] && read -r at <&3; do
	# The first scans of a store are like no others.
	if [ $((runs % 40)) -lt 5 ]; then
		fresh
	fi
	runs=$((runs + 1))
	grow
	crash_until "$at" KILL tallyman scan -q --store logs
	[ $? -ne 137 ] || killed=$((killed + 1))
	judge "$at s"
done
exec 3<&-
echo "# SEED=$SEED: $killed killed of $runs, up to $most ms"
check "$KILLS scans are killed" [ "$killed" -eq "$KILLS" ]
tell_all 'at random instants'

# --- at each call that writes

# kill_at CALL NUMBER: whether the scan dies at its so many-th such call.
kill_at()
{
	{
		ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 \
		    strace -f -o trace -e "trace=$1" \
		    -e "inject=$1:signal=KILL:when=$2" \
		    -P "$TALLYMAN_DB" -P "$TALLYMAN_DB/tally.db" \
		    -P "$TALLYMAN_DB/tally.db-journal" \
		    tallyman scan -q --store logs 2>/dev/null
		status=$?
	} 2>/dev/null
	[ "$status" -eq 137 ]
}

# kill_at_each PREPARE CALL STEP: PREPARE comes before each.
kill_at_each()
{
	number=1
	while "$1" && grow && kill_at "$2" "$number"; do
		kills=$((kills + 1))
		judge "$2 $number"
		number=$((number + (number >= FIRST ? $3 : 1)))
	done
	[ "$status" -eq 0 ] || echo "$2 $number: $status" >>unfinished
	stored_scan || echo "$2: $?" >>unfinished
	stored_want >before
}

if strace -o trace -e inject=mkdir:error=EIO true 2>/dev/null; then
	kills=0
	for prepare in fresh :; do
		kill_at_each "$prepare" pwrite64 "$STEP"
		kill_at_each "$prepare" fdatasync 1
		kill_at_each "$prepare" ftruncate 1
	done
	check "there are $kills such calls" [ "$kills" -gt 5 ]
	tell_all 'at calls that write'
else
	skip 'there is no strace that injects signals' 'at calls that write'
fi

# --- at each named point

# before_KIND, then_KIND: what a store has before the scan that is killed, and
# what comes then: a first scan, one that merges the parts of a day, and one
# that forgets a day and gives its pages back.
before_first()
{
	fresh
}
then_first()
{
	grow
}
before_merge()
{
	fresh
	for _ in $(seq 15); do
		stored_grow 20
		stored_scan
	done
	stored_want >before
}
then_merge()
{
	grow
}
before_keep()
{
	fresh 100
	stored_grow 2400
	stored_scan
	stored_want >before
}
then_keep()
{
	stored_grow 2400
	stored_want | grep '^2013-01-02' >now
	options='--keep 1d'
}

# count_points KIND: how often each is passed.
count_points()
{
	rm -f points
	: >points
	options=
	"before_$1"
	"then_$1"
	# shellcheck disable=SC2086 # words, or none
	FAULT_LIST=$work/points stored_scan $options
	sort points | uniq -c
}

# kill_at_points KIND: one after the other.
kill_at_points()
{
	while read -r count point; do
		for number in $(seq "$count"); do
			options=
			"before_$1"
			"then_$1"
			# shellcheck disable=SC2086 # words, or none
			(FAULT=$point:$number stored_scan $options) 2>/dev/null
			check_output "$1: $point:$number is passed" 137 echo $?
			judge "$1 $point:$number"
		done
	done <"counted.$1"
}

for kind in first merge keep; do
	count_points "$kind" >"counted.$kind"
done
if [ -s counted.first ]; then
	check 'parts are merged' grep -q ' days[.]merge$' counted.merge
	check 'pages are given back' grep -q ' days[.]shrink$' counted.keep
	for kind in first merge keep; do
		kill_at_points "$kind"
	done
	tell_all 'at named points'
else
	skip 'configured without --enable-faults' 'at named points'
fi

done_testing
