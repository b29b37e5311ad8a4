#!/bin/sh
# SPDX-License-Identifier: MIT
# scan --store: clocks that jump, zones, and the end of a year.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

TALLYMAN_DB=$work/db
export TALLYMAN_DB

# hours [OPTION]...: scans the lines of standard input into an empty store, by
# one scan after each, and prints the counts of each hour. A line is "STAMP
# COUNT", or "@TIME STAMP COUNT" where the file is modified at that time.
# A scan of the whole log at once must say the same.
hours()
{
	rm -rf db log
	while read -r line; do
		case $line in
		@*) touched=${line%% *} line=${line#* } ;;
		*) touched= ;;
		esac
		echo "${line% *} INFO ${line##* }: a.py:1 -- A.put" >>log
		[ -z "$touched" ] || touch -d "${touched#@}" log
		tallyman scan -q --store "$@" log || return
	done
	hours_stored 2013-01-01..2099-12-31
	[ -n "$touched" ] && return
	tallyman scan -q --by hour "$@" log | cut -d, -f1,2 >whole
	hours_stored 2013-01-01..2099-12-31 | cmp - whole
}

hours_stored()
{
	tallyman scan -q --from-store "$1" --by hour | cut -d, -f1,2
}

check_output 'a clock that is set back adds to the hour that comes twice' \
    'hour,count
2013-06-12T04,1
2013-06-12T05,110
2013-06-12T06,1100' hours <<'EOF'
2013-06-12 04:59:59 1
2013-06-12 05:59:00 10
2013-06-12 06:10:00 100
2013-06-12 05:20:00 100
2013-06-12 06:00:00 1000
EOF
check_output 'even behind midnight' \
    'hour,count
2013-06-12T23,101
2013-06-13T00,1010' hours <<'EOF'
2013-06-12 23:59:59 1
2013-06-13 00:00:00 10
2013-06-12 23:58:00 100
2013-06-13 00:01:00 1000
EOF

berlin='--timezone Europe/Berlin'
# shellcheck disable=SC2086 # is two words
check_output 'in spring an hour stays empty' \
    'hour,count
2013-03-31T00,1
2013-03-31T01,10
2013-03-31T03,1100' hours $berlin <<'EOF'
2013-03-30T23:30:00Z 1
2013-03-31T00:59:59Z 10
2013-03-31T01:00:00Z 100
2013-03-31T01:59:59Z 1000
EOF
# shellcheck disable=SC2086
check_output 'in autumn an hour has what two had' \
    'hour,count
2013-10-27T01,1
2013-10-27T02,1110
2013-10-27T03,10000
2013-10-27T23,100000
2013-10-28T00,1000000' hours $berlin <<'EOF'
2013-10-26T23:59:59Z 1
2013-10-27T00:00:00Z 10
2013-10-27T00:59:59Z 100
2013-10-27T01:59:59Z 1000
2013-10-27T02:00:00Z 10000
2013-10-27T22:59:59Z 100000
2013-10-27T23:00:00Z 1000000
EOF
# shellcheck disable=SC2086
check_output 'whatever the offsets are' \
    'hour,count
2013-10-27T01,1
2013-10-27T02,110
2013-10-27T03,1000' hours $berlin <<'EOF'
2013-10-27 01:59:59 +0200 1
2013-10-27 02:30:00 +0200 10
2013-10-27 02:30:00 +0100 100
2013-10-26 22:00:00 -0400 1000
EOF
check_output 'without a zone stamps count as they are written' \
    'hour,count
2013-10-26T22,1000
2013-10-27T01,1
2013-10-27T02,110' hours <<'EOF'
2013-10-27 01:59:59 +0200 1
2013-10-27 02:30:00 +0200 10
2013-10-27 02:30:00 +0100 100
2013-10-26 22:00:00 -0400 1000
EOF
# shellcheck disable=SC2086
check_output 'and without an offset, in a store with a zone' \
    'hour,count
2013-10-27T02,11
2013-10-27T03,100' hours $berlin <<'EOF'
2013-10-27 02:30:00 1
2013-10-27 02:10:00 10
2013-10-27 03:10:00 100
EOF
# shellcheck disable=SC2086
check_output 'but those of a log whose zone is told' \
    'hour,count
2013-06-12T01,1
2013-06-12T12,10' hours $berlin --log-timezone UTC <<'EOF'
2013-06-11 23:30:00 1
2013-06-12 10:30:00 10
EOF
check_output 'in New York both days are its own' \
    'hour,count
2013-03-10T00,1
2013-03-10T01,10
2013-03-10T03,100
2013-03-10T23,1000
2013-03-11T00,10000
2013-11-03T00,1
2013-11-03T01,110
2013-11-03T02,1000
2013-11-03T23,10000
2013-11-04T00,100000' hours --timezone America/New_York <<'EOF'
2013-03-10T05:00:00Z 1
2013-03-10T06:59:59Z 10
2013-03-10T07:00:00Z 100
2013-03-11T03:59:59Z 1000
2013-03-11T04:00:00Z 10000
2013-11-03T04:00:00Z 1
2013-11-03T05:30:00Z 10
2013-11-03T06:30:00Z 100
2013-11-03T07:00:00Z 1000
2013-11-04T04:59:59Z 10000
2013-11-04T05:00:00Z 100000
EOF

check_output "at a year's end stamps without a year go by the file's time" \
    'hour,count
2013-12-31T23,11
2014-01-01T00,1100' hours <<'EOF'
@2013-12-31T23:50:00 Dec 31 23:50:00 web1 app: 1
@2014-01-01T00:00:30 Dec 31 23:59:59 web1 app: 10
@2014-01-01T00:00:30 Jan  1 00:00:01 web1 app: 100
@2014-01-01T00:20:00 Jan  1 00:10:01 web1 app: 1000
EOF
check_output 'a log that is found late is of the year before' \
    'hour,count
2013-11-05T12,1
2013-12-31T23,10
2014-01-02T00,100' hours <<'EOF'
@2014-01-02T07:00:00 Nov  5 12:00:00 web1 app: 1
@2014-01-02T07:00:00 Dec 31 23:59:59 web1 app: 10
@2014-01-02T07:00:00 Jan  2 00:00:01 web1 app: 100
EOF
check_output 'a clock may be a day ahead of the file' \
    'hour,count
2013-06-12T23,1
2013-06-13T11,10' hours <<'EOF'
@2013-06-12T23:30:00 Jun 12 23:40:00 web1 app: 1
@2013-06-12T23:30:00 Jun 13 11:40:00 web1 app: 10
EOF

check_output 'stamps of the future are of the day they name' \
    'hour,count
2013-06-12T05,1
2099-01-01T07,10' hours <<'EOF'
2013-06-12 05:00:00 1
2099-01-01 07:00:00 10
EOF
check_output 'which is listed' 'day,count
2013-06-12,1
2099-01-01,10' sh -c 'tallyman db list | cut -d, -f1,7'
check_output 'days that are kept are not counted from it' \
    'hour,count
2013-06-12T05,1
2013-06-13T05,100
2099-01-01T07,10' sh -c 'echo "2013-06-13 05:00:00 100: a.py:1 -- A.put" >>log
	tallyman scan -q --store --keep 2d log
	tallyman scan -q --from-store 2013-01-01..2099-12-31 --by hour |
	cut -d, -f1,2'

# A line without a date takes that of the one above, which a scan before read.
check_output 'lines without a date go on with that of the scan before' \
    'hour,count
2013-06-12T23,11
2013-06-13T00,11000
2013-06-13T01,100000' hours <<'EOF'
2013-06-12 23:59:59 1
-- 10
2013-06-13 00:00:00 1000
- 10000
01:30:00 100000
EOF

done_testing
