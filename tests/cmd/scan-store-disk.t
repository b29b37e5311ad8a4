#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan --store and tallyman db forget on a disk that is full or fails:
# at any call that writes, once or from then on.
# tests/sweep/scan-store-disk.t is this with all calls.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/stored.sh"
# shellcheck disable=SC2317 # functions that are called by variables
# The first calls, how many to pass over between two of them (of writes, of
# others), how they fail (+: for good), and how many KiB a full disk has left.
: "${FIRST:=0}" "${STEP:=41}" "${SYNCS:=7}" "${FAULTS:=ENOSPC EIO+}"
: "${CALLS:=pwrite64 fdatasync ftruncate}" "${ROOMS:=4 48}"

# Nothing went wrong yet.
forget()
{
	for file in unnamed torn broken unfinished different harmless; do
		: >"$file"
	done
}
forget

# after_fault WHAT STATUS COMMAND...: adds to the files of what went wrong
# after a COMMAND that was to make "now" of "before" ended with STATUS.
after_fault()
{
	what=$1
	if [ "$2" -eq 2 ]; then
		grep -q "^tallyman [a-z]*: ${TALLYMAN_DB}[/a-z.-]*: " said ||
		    echo "$what: $(cat said)" >>unnamed
	elif [ "$2" -eq 0 ]; then
		echo "${what%%-*}" >>harmless
	else
		echo "$what: $2: $(cat said)" >>unnamed
	fi
	stored_cells_if_any >cells || echo "$what: $(cat told)" >>broken
	cmp -s cells now || { [ "$2" -ne 0 ] && cmp -s cells before; } ||
	    echo "$what" >>torn
	[ ! -s before ] || stored_check 2>>broken || echo "$what" >>broken
	shift 2
	"$@" 2>said || echo "$what: $?: $(cat said)" >>unfinished
	stored_cells_if_any >cells
	cmp -s cells now || echo "$what" >>different
	stored_check 2>>broken || echo "$what" >>broken
}

tell_all()
{
	check_output "$1: exit status 2, and the file is named" '' cat unnamed
	check_output 'the store holds all, or what it did before' '' cat torn
	check_output 'and is whole' '' cat broken
	check_output 'the next one ends' '' cat unfinished
	check_output 'with each hour as the logs have it' '' cat different
	forget
}

# --- What is done on the disk: NAME_start makes a store and "before", NAME_go
# on makes it one that NAME_do has something to do for, and "now".

# The first scan of all.
first_start()
{
	stored_new
	: >before
}
first_go_on()
{
	stored_grow 300
	stored_want >now
}
first_do()
{
	tallyman scan -q --store logs
}

# One that merges the parts of a day.
merge_start()
{
	stored_new 1000
	for merge_part in $(seq 15); do
		stored_grow 30
		[ "$merge_part" -ne 7 ] || stored_rotate
		stored_scan
	done
	stored_want >before
}
merge_go_on()
{
	first_go_on
}
merge_do()
{
	tallyman scan -q --store logs
}

# One that forgets two days of four, and gives their pages back.
kept()
{
	awk '{ $0 = substr($0, 1, 10) } !seen[$0]++' want |
	    tail -n 2 >days
	grep -F -f days want
}
keep_start()
{
	stored_new 100
	stored_grow 7200
	stored_scan
	stored_want >before
}
keep_go_on()
{
	stored_grow 2400
	stored_want >want
	kept >now
}
keep_do()
{
	tallyman scan -q --store --keep 2d logs
}

# Two days of three are forgotten. (The second time there may be none.)
forget_start()
{
	keep_start
}
forget_go_on()
{
	grep -v -e '^2013-01-0[12]' before >now
}
forget_do()
{
	tallyman db -q forget 2013-01-01..2013-01-02
}
forget_again()
{
	tallyman db -q forget 2013-01-01..2013-01-02 || [ $? -eq 1 ]
}

# --- Faults of single calls

# fail_at FAULT COMMAND...: runs it with calls on the store's files that fail.
fail_at()
{
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 \
	    strace -f -o trace -e "trace=${1%%:*}" -e "inject=$1" \
	    -P "$TALLYMAN_DB" -P "$TALLYMAN_DB/tally.db" \
	    -P "$TALLYMAN_DB/tally.db-journal" \
	    -P "$TALLYMAN_DB/tally.db.lock" "$injected" 2>said
}

# all_faults NAME FAULT: each call fails.
all_faults()
{
	injected=$work/$1
	again=$1_do
	[ "$1" != forget ] || again=forget_again
	for call in $CALLS; do
		number=1
		step=$STEP
		[ "$call" = pwrite64 ] || step=$SYNCS
		while :; do
			restore
			fail_at "$call:error=${2%+}:when=$number${2#"${2%+}"}"
			status=$?
			# strace itself writes the line.
			grep -q INJECTED trace || break
			faults=$((faults + 1))
			after_fault "$call-$1-$2-$number" "$status" "$again"
			number=$((number + (number > FIRST ? step : 1)))
		done
	done
}

# keep_copy, restore: the state before the command that is to fail.
keep_copy()
{
	rm -rf copy
	mkdir copy
	[ ! -d "$TALLYMAN_DB" ] || cp -a "$TALLYMAN_DB" copy/db
}
restore()
{
	rm -rf "$TALLYMAN_DB"
	[ ! -d copy/db ] || cp -a copy/db "$TALLYMAN_DB"
}

# Programs, so that strace can run them.
program()
{
	printf '#!/bin/sh\nexec %s\n' "$2" >"$1"
	chmod +x "$1"
}
program first 'tallyman scan -q --store logs'
program merge 'tallyman scan -q --store logs'
program keep 'tallyman scan -q --store --keep 2d logs'
program forget 'tallyman db -q forget 2013-01-01..2013-01-02'

if strace -o trace -e inject=mkdir:error=EIO true 2>/dev/null; then
	for name in first merge keep forget; do
		faults=0
		"${name}_start"
		"${name}_go_on"
		keep_copy
		for fault in $FAULTS; do
			all_faults "$name" "$fault"
		done
		check_not "$name: there are faults" [ "$faults" -eq 0 ]
		echo "# $faults faults; without effect:" \
		    "$(sort harmless | uniq -c | sed 's/^ *//' | paste -sd ,)"
		tell_all "$name"
	done
else
	skip 'there is no strace that injects faults' 'faults of single calls'
fi

# --- A disk that is really full

mkdir disk
if ! mount -t tmpfs -o size=64k,mode=0700 tallyman-test disk 2>/dev/null; then
	skip 'no file system can be mounted' 'a full disk'
	done_testing
fi
trap 'umount -l "$work/disk"; cd /; rm -rf "$tap_dir"' EXIT
TALLYMAN_DB=$work/disk/db

# full NAME ROOM: does it on a disk that has just so many KiB left.
full()
{
	mount -o remount,size=64m "$work/disk"
	rm -rf "$TALLYMAN_DB"
	"$1_start"
	"$1_go_on"
	full_size=$(du -sk disk | cut -f 1)
	mount -o remount,size=$((full_size + $2))k "$work/disk"
	"$1_do" 2>said
	full_status=$?
	mount -o remount,size=64m "$work/disk"
	again=$1_do
	[ "$1" != forget ] || again=forget_again
	after_fault "$1-full-$2" "$full_status" "$again"
}

for name in first merge keep forget; do
	rooms=0
	for room in $ROOMS; do
		full "$name" "$room"
		rooms=$((rooms + 1))
	done
	enough=$(grep -c . harmless)
	echo "# $enough of $rooms disks had room enough"
	check "$name: a disk was full" [ "$enough" -lt "$rooms" ]
	tell_all "$name on a full disk"
done

done_testing
