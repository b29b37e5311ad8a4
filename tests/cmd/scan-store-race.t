#!/bin/sh
# SPDX-License-Identifier: MIT
# Scans that use one store at the same time: two that write, and readers beside
# one that writes, some of which are stopped in the middle of printing. Nothing
# here goes by time.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/stored.sh"
: "${ROUNDS:=20}" "${COMMITS:=32}"

# --- Two that write

# The first one has the lock for sure while it waits for its log's reader: its
# rejects go to a FIFO.
stored_new
stored_grow 50
printf '2013-01-01 00:00:00 99999999999999999999: app/f1.py:1 -- K1.put\n' \
    >logs/bad.log
mkfifo fifo
exec 3<>fifo
awk 'BEGIN {
	for (i = 0; i < 3000; i++)
		printf "2013-01-01 00:00:00 %s: app/f1.py:1 -- K1.put\n",
		    "99999999999999999999"
}' >>logs/bad.log
stored_scan --rejects fifo &
first=$!
head -c 100 <&3 >rejected
check_status 75 'a scan beside another one ends with 75' \
    tallyman scan --store logs
check_message 'and says why' \
    "^tallyman scan: $TALLYMAN_DB: another process writes" \
    tallyman scan --store logs
check_status 75 'as forgetting does' tallyman db forget 2013-01-01
tallyman scan -q --store --wait=60s logs 2>waiter &
second=$!
cat <&3 >/dev/null &
drain=$!
wait "$first"
check_output 'the first one does its work' 0 echo $?
wait "$second"
check_output 'and the one that waited its own' 0 echo $?
kill "$drain"
wait "$drain" 2>/dev/null
exec 3>&-
rm logs/bad.log
check 'nothing is added twice' stored_same

# Whichever comes first.
: >wrong
busy=0
for round in $(seq "$ROUNDS"); do
	[ $((round % 5)) -ne 0 ] || stored_rotate
	stored_grow 200
	wait_option=
	[ $((round % 2)) -ne 0 ] || wait_option=--wait=60s
	# shellcheck disable=SC2086 # or none
	tallyman scan -q --store $wait_option logs 2>first.err &
	first=$!
	# shellcheck disable=SC2086
	tallyman scan -q --store $wait_option logs 2>second.err &
	second=$!
	wait "$first"
	statuses=$?
	wait "$second"
	statuses="$statuses $?"
	case $statuses in
	'0 0')
		;;
	'0 75' | '75 0')
		busy=$((busy + 1))
		[ -z "$wait_option" ] || echo "$round: $statuses" >>wrong
		;;
	*)
		echo "$round: $statuses $(cat first.err second.err)" >>wrong
		;;
	esac
	stored_same >/dev/null || echo "$round: adds twice, or not" >>wrong
done
echo "# $ROUNDS rounds, $busy times one of the two was too late"
check_output 'of two that begin at once one ends with 0, the other not else' \
    '' cat wrong
check 'and the store is whole' stored_check

# --- Readers beside one that writes

# Each commit adds 300 puts and 100 gets; what is read is a whole number of
# those, and three to one. All are of one day, so that its parts are merged.
stored_new 4000
stored_grow 24000
head -n 400 logs/app.log | sed 's/^2013/2012/' >logs/old.log
cat logs/old.log >>original.log
check 'there are days to read' stored_scan

# sums: reads "OPERATION,COUNT,ENTRIES" and tells what is not of a commit.
sums()
{
	awk -F , -v step=400 'NR > 1 {
		all += $3
		if ($1 ~ /put$/)
			put += $3
	}
	END {
		if (all == 0 || all % step != 0 || put * 4 != all * 3)
			printf "%d of %d\n", put, all
	}'
}

read_all()
{
	tallyman scan -q --from-store "$stored_days" --by operation >all.csv &&
	    sums <all.csv >>half
}
read_list()
{
	tallyman db list >list.csv &&
	    awk -F , 'NR > 1 { n += $8 } n % 400 { bad = 1 } END {
		if (bad || n == 0)
			print "list: " n
	    }' list.csv >>half
}
# One that takes its time from page to page, so that there are commits, and
# merged parts, while it reads.
read_slowly()
{
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 \
	    strace -f -o slow.trace -e trace=pread64 \
	    -e inject=pread64:delay_enter=10000 -P "$TALLYMAN_DB/tally.db" \
	    tallyman scan -q --from-store "$stored_days" --by operation \
	    >slow.csv && sums <slow.csv >>half
}
# A day that changes, and one that does not.
read_diff()
{
	tallyman diff 2012-01-01 2013-01-01 >diff.csv || [ $? -eq 1 ]
}

# read_on COMMAND: again and again, as long as there is a writer.
read_on()
{
	mkdir "$1"
	reads=0
	while [ -e writing ]; do
		"$1" 2>"$1.err" || echo "$1: $?: $(cat "$1.err")" >>failed
		reads=$((reads + 1))
	done
	echo "$1 $reads" >>readings
}

: >half
: >failed
: >writing
: >readings
readers=
all_readers='read_all read_list read_diff'
if strace -o slow.trace -e inject=pread64:delay_enter=1 true 2>/dev/null; then
	all_readers="$all_readers read_slowly"
fi
for reader in $all_readers; do
	read_on "$reader" &
	readers="$readers $!"
done
: >unwritten
for round in $(seq "$COMMITS"); do
	stored_grow 400
	[ $((round % 5)) -ne 0 ] || stored_rotate
	stored_scan || echo "$round: $(cat said)" >>unwritten
done
rm writing
# shellcheck disable=SC2086 # several
wait $readers
echo "# beside $COMMITS commits: $(sort readings | paste -sd ,)"
check_output 'no reader fails' '' cat failed
check_output 'none sees half of a commit' '' cat half
check_output 'and the writer gets through' '' cat unwritten
check 'with each hour as the logs have it' stored_same

# --- A reader that is not read

# beside READER STATUS COMMAND...: a writer goes on while the command, which
# printed something to a pipe, waits for somebody to read on. It ends with
# STATUS.
beside()
{
	beside_reader=$1
	beside_status=$2
	shift 2
	rm -f pipe
	mkfifo pipe
	exec 4<>pipe
	"$@" >pipe 2>reader.err &
	reader=$!
	head -c 1 <&4 >one
	stored_grow 400
	check "$beside_reader does not keep a scan from its commit" stored_scan
	kill -STOP "$reader"
	stored_grow 400
	check 'nor when it is stopped' stored_scan
	check 'nor forgetting' tallyman db forget 2013-01-01
	kill -CONT "$reader"
	cat <&4 >/dev/null &
	drain=$!
	wait "$reader"
	check_output 'it prints all in the end' "$beside_status" echo $?
	kill "$drain"
	wait "$drain" 2>/dev/null
	exec 4>&-
}

for day in 2 3; do
	awk -v day="$day" 'BEGIN {
		for (i = 0; i < 20000; i++)
			printf "2012-01-%02d 05:00:00 1: app/g%d.py:%d -- L.%s\n",
			    day, i, i + day, "put"
	}'
done >logs/wide.log
check 'there is a long day' stored_scan
beside 'a reader that nobody reads' 0 \
    tallyman scan -q --from-store 2012-01-02
awk 'BEGIN {
	for (i = 0; i < 400; i++)
		printf "2013-01-01 00:00:00 1: app/f1.py:1 -- K1.put\n"
}' >logs/again.log
stored_scan
beside 'a diff that nobody reads' 0 \
    tallyman diff --top 0 2012-01-02 2012-01-03
stored_grow 400
stored_scan
tallyman db -q forget 2012-01-02..2012-01-03

done_testing
