#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan --store of files that another program cuts while they are read:
# it begins again, and nothing counts twice, or by half. As in scan-cut.t the
# scan is held where it is by its own rejects, which go to a FIFO that is not
# read on.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/stored.sh"

# Two MB that are counted, 4 MB that are rejected, and 20 MB in all: two
# ranges.
awk 'BEGIN {
	for (i = 0; i < 40000; i++)
		printf "2013-06-12 05:00:00 1: f.py:%d -- A.put%s\n",
		    i % 1000 + 1, "           "
	for (i = 0; i < 40000; i++)
		printf "%s 99999999999999999999: f.py:%d -- A.put%s\n",
		    "2013-06-12 05:00:00", i, "                    "
	for (i = 0; i < 320000; i++)
		printf "2013-06-12 05:00:00 1: g.py:%d -- A.put%s\n",
		    i % 1000 + 1, "           "
}' >whole.log
mkfifo fifo

# begin: a store that has read nothing, and logs with the whole one.
begin()
{
	stored_new
	cp whole.log logs/app.log
}

# Takes lines from the original that are rejected.
count_only_good()
{
	grep -hv ' 99999999999999999999: ' "$@" >original.log
}

# whole_lines FILE: without a last one that has no end.
whole_lines()
{
	if [ -n "$(tail -c 1 "$1")" ]; then
		sed '$d' "$1"
	else
		cat "$1"
	fi
}

# cut_while_read BYTES COMMAND...: scans with -j $threads; when so many BYTES of
# its rejects have come COMMAND cuts, for the first time.
cut_while_read()
{
	cut_after=$1
	shift
	{
		exec 3<>fifo
		head -c "$cut_after" <&3 >first
		"$@"
		cat <&3 >rest
	} &
	cutter=$!
	cut_status=0
	stored_scan -p callcount -j "$threads" --rejects fifo || cut_status=$?
	kill "$cutter"
	wait "$cutter" 2>/dev/null
	cat said >&2
	return "$cut_status"
}

copytruncate()
{
	cp logs/app.log logs/app.log.1
	truncate -s 0 logs/app.log
}
copytruncate_and_go_on()
{
	copytruncate
	tail -n 5000 whole.log | sed 's/g[.]py/h.py/' >>logs/app.log
}
cut_to()
{
	truncate -s "$1" logs/app.log
}

for threads in 1 2 8; do
	begin
	count_only_good whole.log
	check "-j $threads: a log that is copied and cut is read again" \
	    cut_while_read 100 copytruncate
	check 'each line counts once' stored_same

	begin
	check 'so is one that goes on then' \
	    cut_while_read 100 copytruncate_and_go_on
	count_only_good logs/app.log.1 logs/app.log
	check 'each line counts once' stored_same
	stored_grow 300
	count_only_good logs/app.log.1 logs/app.log
	check 'and in the next scan' stored_scan -p callcount
	check 'too' stored_same

	for bytes in 3000000 3001234; do
		begin
		check "what is cut to $bytes bytes is read as it is" \
		    cut_while_read 100 cut_to "$bytes"
		whole_lines logs/app.log | count_only_good
		check 'without half a line' stored_same
	done
done

# --- What was read before

threads=2
stored_new
head -n 30000 whole.log >logs/app.log
stored_scan -p callcount
tail -n +30001 whole.log >>logs/app.log
check 'a log that was read before is cut while it is read on' \
    cut_while_read 100 copytruncate
count_only_good whole.log
check 'each line counts once' stored_same

# --- Before it is read on

threads=1
stored_new
head -n 30000 whole.log >logs/app.log
stored_scan -p callcount
tail -n +30001 whole.log >logs/aaa.log
stored_grow 300
check 'a log is cut before it is read on' cut_while_read 100 copytruncate
count_only_good logs/app.log.1 logs/aaa.log
check 'each line counts once' stored_same

# --- After it was read, before the scan ends

threads=1
stored_new
head -n 30000 whole.log >logs/aaa.log
tail -n +30001 whole.log >logs/app.log
cut_first()
{
	cp logs/aaa.log logs/aaa.log.1
	truncate -s 0 logs/aaa.log
}
check 'a log is cut while another one is read' cut_while_read 100 cut_first
count_only_good whole.log
check 'each line counts once' stored_same

# --- Again and again

stored_new
stored_grow 300
stored_scan -p callcount
stored_want >before
cp whole.log logs/bad.log
cut_on_and_on()
{
	while truncate -s -1000 logs/bad.log; do
		head -c 50000 <&3 >next
	done
}
check_status 2 'what is cut each time is given up' \
    cut_while_read 100 cut_on_and_on
check 'and told' grep -q 'cut while they are read' said
stored_cells >cells
check 'the store is what it was' cmp before cells
check 'and whole' stored_check
check 'a scan that is left alone' stored_scan -p callcount
{
	cat logs/app.log
	whole_lines logs/bad.log
} | count_only_good
check 'adds it' stored_same

done_testing
