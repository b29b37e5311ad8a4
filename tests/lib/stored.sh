# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # tests/lib/tap.sh comes before
#
# A log that grows and is rotated while a store follows it; for tests that
# source it behind tests/lib/tap.sh. The log is logs/app.log, what was rotated
# lies beside it, and all its lines are in original.log as well.
#
#	stored_new [RATE]     begins with nothing; RATE lines make an hour
#	stored_grow LINES     adds lines: three callers in four put, one gets
#	stored_rotate         by rename, the older half of the time packed, too
#	stored_scan [OPTION]...
#	                      scans logs/ into the store; what it says is in said
#	stored_cells          prints the store's HOUR,FILE,LINE,OPERATION,COUNT,
#	                      ENTRIES, sorted
#	stored_cells_if_any   the same, or nothing where nothing was stored yet
#	stored_want           prints what the original has, counted by awk
#	stored_same           whether these are the same
#	stored_check          tallyman db check

TALLYMAN_DB=$work/db
export TALLYMAN_DB

# All days there are.
stored_days=2010-01-01..2019-12-31

stored_new()
{
	rm -rf logs "$TALLYMAN_DB"/tally.db* original.log
	mkdir logs
	: >original.log
	stored_rate=${1:-400}
	stored_lines=0
	stored_rotated=0
}

stored_grow()
{
	awk -v from="$stored_lines" -v count="$1" -v rate="$stored_rate" '
		BEGIN {
			for (i = from; i < from + count; i++) {
				hour = int(i / rate)
				day = int(hour / 24)
				printf "2013-%02d-%02d %02d:%02d:00 " \
				    "%d: app/f%d.py:%d -- K%d.%s\n",
				    int(day / 28) + 1, day % 28 + 1,
				    hour % 24, i % rate * 60 / rate,
				    i % 5 + 1, i % 7, i % 97 + 1, i % 3,
				    i % 4 ? "put" : "get"
			}
		}' >grown
	cat grown >>original.log
	cat grown >>logs/app.log
	stored_lines=$((stored_lines + $1))
}

stored_rotate()
{
	stored_rotated=$((stored_rotated + 1))
	mv logs/app.log "logs/app.log.$stored_rotated"
	if [ $((stored_rotated % 2)) -eq 0 ]; then
		gzip -1 "logs/app.log.$stored_rotated"
	fi
}

stored_scan()
{
	tallyman scan --store "$@" logs 2>said
}

stored_cells()
{
	tallyman scan -q --from-store "$stored_days" \
	    --by hour,file,line,operation >printed
	stored_status=$?
	tail -n +2 printed | sort
	return "$stored_status"
}

stored_cells_if_any()
{
	stored_cells 2>told || [ "$stored_status" -eq 1 ] ||
	    grep -q -e ': nothing is in it yet$' -e ': no store here yet; ' told
}

stored_want()
{
	awk '{
		split($4, site, ":")
		cell = $1 "T" substr($2, 1, 2) "," site[1] "," site[2] "," $6
		count[cell] += $3
		entries[cell]++
	}
	END {
		for (cell in count)
			printf "%s,%d,%d\n", cell, count[cell], entries[cell]
	}' original.log | sort
}

stored_same()
{
	stored_want >want
	stored_cells >cells && cmp want cells
}

stored_check()
{
	tallyman db check -q >/dev/null
}
