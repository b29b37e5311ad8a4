#!/bin/sh
# SPDX-License-Identifier: MIT
# A disk that is full or fails: at any call that writes, once or from then on.
# tests/sweep/fetch-disk.t is this with all calls.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/crash.sh"
# The first calls, how many to pass over between two, and how many at most.
: "${FIRST:=2}" "${STEP:=23}" "${CALLS:=pwrite64 fdatasync ftruncate}"

crash_find
httpd_start || exit 2
items=60
limit='"limits": [ { "requests": 50000, "per": "1s", "burst": 5000 } ]'

# Nothing went wrong yet.
forget()
{
	for file in unnamed unfinished lost again broken harmless; do
		: >"$file"
	done
}
forget

# Which items are done in a copy of the file, so that what there is to mend is
# left to the program.
done_items()
{
	rm -rf copy
	cp -R "$TALLYMAN_DB/fetch" copy 2>/dev/null
	sqlite3 "copy/$1.db" \
	    "SELECT '/$1-' || key FROM item WHERE state = 2" 2>/dev/null |
	    sed 's/$/$/'
}

# asked_again: how often the log has items of "kept" behind what it had then.
asked_again()
{
	tail -n "+$((logged + 1))" "$httpd_log" | awk '{ print $4 }' |
	    grep -cf kept
}

# after_fault NAME STATUS: adds to the files of what went wrong after a run
# that ended with STATUS.
after_fault()
{
	if [ "$2" -eq 2 ]; then
		grep -q "^tallyman fetch: .*/fetch\(/$1[.]db[^ ]*\)*: " \
		    "$1.err" || echo "$1: $(cat "$1.err")" >>unnamed
	elif [ "$2" -eq 0 ]; then
		echo "${1%%-*}" >>harmless
		[ "$(crash_answers "$1")" -eq "$items" ] ||
		    echo "$1: exit status 0" >>lost
	else
		echo "$1: $2: $(cat "$1.err")" >>unnamed
	fi
	done_items "$1" >kept
	logged=$(wc -l <"$httpd_log")
	crash_run "$1" || echo "$1: $?: $(cat "$1.err")" >>unfinished
	[ "$(crash_answers "$1")" -eq "$items" ] ||
	    echo "$1: $(crash_answers "$1")" >>lost
	[ ! -s kept ] || [ "$(asked_again)" -eq 0 ] ||
	    echo "$1" >>again
	[ "$(crash_check "$1")" = ok ] || echo "$1" >>broken
}

tell_all()
{
	check_output "$1: exit status 2, and the file is named" '' cat unnamed
	check_output 'the next run finishes' '' cat unfinished
	check_output 'with all answers' '' cat lost
	check_output 'what was committed is not asked for again' '' cat again
	check_output 'the file is whole' '' cat broken
	forget
}

# --- Faults of single calls

# run_with NAME FAULT: a run whose calls on the store's files fail.
run_with()
{
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 \
	    strace -f -o "$1.trace" -e "trace=${2%%:*}" -e "inject=$2" \
	    -P "$TALLYMAN_DB/fetch" -P "$TALLYMAN_DB/fetch/$1.db" \
	    -P "$TALLYMAN_DB/fetch/$1.db-journal" \
	    -P "$TALLYMAN_DB/fetch/$1.db.lock" \
	    tallyman fetch run "./$1.json" 2>"$1.err"
}

# all_faults ERROR ON: each call fails, with ON (+) those after it, too.
all_faults()
{
	faults=0
	for call in $CALLS; do
		number=1
		while :; do
			name=$call-$1-$number${2:+-on}
			crash_job "$name" "$items" ok "$limit"
			run_with "$name" "$call:error=$1:when=$number$2"
			status=$?
			# strace itself writes the line.
			grep -q INJECTED "$name.trace" || break
			faults=$((faults + 1))
			after_fault "$name" "$status"
			rm -f "$TALLYMAN_DB/fetch/$name.db"*
			number=$((number + (number > FIRST ? STEP : 1)))
		done
	done
	check_not "there are faults of $1$2" [ "$faults" -eq 0 ]
	echo "# $faults faults; without effect:" \
	    "$(sort harmless | uniq -c | sed 's/^ *//' | paste -sd ,)"
	tell_all "$1$2"
}

if strace -o trace -e inject=mkdir:error=EIO true 2>/dev/null
then
	for error in ENOSPC EIO; do
		all_faults "$error" ''
		all_faults "$error" +
	done
else
	skip 'there is no strace that injects faults' 'faults of single calls'
fi

# --- A disk that is really full

mkdir disk
if ! mount -t tmpfs -o size=256k,mode=0700 tallyman-test disk 2>/dev/null
then
	skip 'no file system can be mounted' 'a full disk'
	done_testing
fi
trap 'httpd_stop; umount -l "$work/disk"; cd /; rm -rf "$tap_dir"' EXIT
TALLYMAN_DB=$work/disk
items=500
crash_job full "$items" delay/20/ok/size=1000 "$limit"
tallyman fetch run full.json 2>full.err
status=$?
check_output 'a full disk ends a run with 2' 2 echo "$status"
before=$(httpd_count '/full-')
check_status 2 'and the next one, too' crash_run full
mount -o remount,size=16m "$work/disk"
after_fault full "$status"
echo "# $before requests until it was full, $(grep -c . kept) items kept"
check_not 'answers were kept' [ "$(grep -c . kept)" -eq 0 ]
tell_all 'the disk was full'

done_testing
