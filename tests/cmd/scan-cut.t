#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan of files that another program cuts while they are read: what
# was read is counted, the rest is told, the exit status is 2. Nothing here
# waits for a time: the scan is held where it is by its own rejects, which go
# to a FIFO that is not read on.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# Two MB that are counted, 4 MB that are rejected, and 40 MB in all: three
# ranges.
make_log()
{
	awk 'BEGIN {
		for (i = 0; i < 40000; i++)
			printf "2013-06-12 05:00:00 1: f.py:%d -- A.put%s\n",
			    i % 1000 + 1, "           "
		for (i = 0; i < 40000; i++)
			printf "%s 99999999999999999999: f.py:%d -- A.put%s\n",
			    "2013-06-12 05:00:00", i, "                    "
		for (i = 0; i < 650000; i++)
			printf "2013-06-12 05:00:00 1: g.py:%d -- A.put%s\n",
			    i % 1000 + 1, "           "
	}'
}
make_log >whole.log
mkfifo fifo

# cut_at BYTES THREADS: scans a log that is cut to so many bytes when the first
# of its rejects have come, which are then read to their end.
cut_at()
{
	cp whole.log cut.log
	{
		exec 3<fifo
		head -c 100 <&3 >first
		truncate -s "$1" cut.log
		cat <&3 >rest
	} &
	cut_status=0
	tallyman scan -p callcount -j "$2" --rejects fifo cut.log >got.csv ||
	    cut_status=$?
	wait
	return "$cut_status"
}
# Whether each of the 1000 sites in front was counted 40 times.
has_front()
{
	[ "$(grep -c ',f.py,.*,A.put,40,40$' got.csv)" -eq 1000 ]
}
# Whether no row is of anything but the log.
has_nothing_else()
{
	[ "$(tail -n +2 got.csv | grep -cv ',[fg].py,[0-9]*,,A.put,')" -eq 0 ]
}
# told BYTES THREADS: all of it.
told()
{
	cut_at "$@" 2>said
	told_status=$?
	cat said >&2
	[ "$told_status" -eq 2 ] &&
	    grep -q '^tallyman scan: cut\.log: cut while it was read$' said &&
	    grep -q '1 input not read to its end' said
}
for threads in 2 8; do
	for bytes in 3000000 3001234 0; do
		check "-j $threads: a log cut to $bytes bytes is told" \
		    told $bytes $threads
		check 'what was read is counted' has_front
	done
done
# (Of a line that is cut while it is read, by a worker that was not held, half
# may count.)
for bytes in 3000000 3001234 0; do
	check "one thread, cut to $bytes bytes" told $bytes 1
	check 'nothing is counted that was not there' has_nothing_else
done

done_testing
