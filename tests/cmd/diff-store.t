#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman diff on days of the store: weekdays, days that are not over, hosts.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# put FILE DAY COUNT HOUR...: adds to a log: a write that often at each of the
# hours, and two reads.
put()
{
	put_file=$1
	put_day=$2
	put_count=$3
	shift 3
	mkdir -p "$(dirname "$put_file")"
	for hour do
		echo "$put_day $hour:30:00 $put_count: a.py:3 -- UserData.put"
		echo "$put_day $hour:40:00 2: b.py:9 -- Video.get"
	done >>"$put_file"
}

# add STORE [OPTION]... FILE...: scans logs into a store.
add()
{
	add_store=$1
	shift
	tallyman scan -q -p callcount --store --db "$add_store" "$@"
}

# rows [OPTION]... OPERAND...: what changed, one a line.
rows()
{
	tallyman diff --format quickfix "$@"
}

# says [OPTION]... OPERAND...: what is said of it.
says()
{
	tallyman diff -o rows.csv "$@" 2>&1
}

# Wednesdays, but for 2013-05-29, and a Thursday. The last one ends at noon.
put logs/app.log 2013-05-15 10 00 12 23
put logs/app.log 2013-05-22 20 00 12 23
put logs/app.log 2013-06-05 30 00 12 23
put logs/app.log 2013-06-06 1 00 23
put logs/app.log 2013-06-12 100 00 06 12
TALLYMAN_DB=$work/store
export TALLYMAN_DB

check_status 2 'exit 2: there is no store' tallyman diff 2013-06-12
check_message 'that there is no store is told' 'store: no store here yet' \
    tallyman diff 2013-06-12
check 'logs go into the store' add store logs/

# --- A day against its weekday.

check_output 'a day is compared with the same weekday before' \
'a.py:3: UserData.put 60 -> 300 (+400 %)
b.py:9: Video.get 4 -> 6 (+50 %)' \
    rows 2013-06-12
check_message 'the old day is cut where the new one ends' \
    '2013-06-12 ends in its hour 12, and so does 2013-06-05 here' \
    rows 2013-06-12
check_output 'no other thing is said of it' 1 \
    sh -c 'tallyman diff 2013-06-12 2>&1 >rows.csv | wc -l'
check_output 'whole days are compared when asked' \
    'a.py:3: UserData.put 90 -> 300 (+233 %)' \
    rows --whole-days 2013-06-12
check_output 'two days can be named' \
'a.py:3: UserData.put 60 -> 300 (+400 %)
b.py:9: Video.get 4 -> 6 (+50 %)' \
    rows 2013-06-05 2013-06-12
check_output 'a day that is over is compared with all of an old one' \
    'a.py:3: UserData.put 60 -> 90 (+50 %)' \
    rows 2013-05-22 2013-06-05
check_message 'other weekdays are told' \
    '2013-06-06 is a Thursday, 2013-06-12 a Wednesday' \
    rows 2013-06-06 2013-06-12

check_output 'of several weeks the mean is taken, each cut' \
    'a.py:3: UserData.put 40 -> 300 (+650 %)' rows -k UserData --weeks 4 \
    2013-06-12
check_message 'it says of how many days' 'mean of 3 days' \
    rows --weeks 4 2013-06-12
check_message 'it says that they are cut' \
    '2013-06-12 ends in its hour 12, and so do 3 old days here \(--whole-days' \
    rows --weeks 4 2013-06-12
check_message 'a week that is missing is told, and left out' \
    ': no 2013-05-29 in the store$' rows --weeks 4 2013-06-12
check_message 'the first of many missing weeks are told' \
    ': no (2[0-9-]+, ){9}2013-03-27 and 7 more in the store$' \
    rows --weeks 20 2013-06-12
check_status 2 'exit 2: a day without its weekday before' \
    tallyman diff 2013-06-06
check_message 'the days that the store has are told then' \
    'no 2013-05-30 in the store .*; it holds 2013-05-15 to 2013-06-12$' \
    tallyman diff 2013-06-06
check_message 'of several weeks too' 'no 2013-05-23, 2013-05-30 in the store ' \
    tallyman diff --weeks 2 2013-06-06
check_message 'a day that is not there is no day on which all vanished' \
    'no 2013-06-13 in the store .*; it holds' \
    tallyman diff 2013-06-12 2013-06-13
check_message '--weeks is for one day' '--weeks goes with one day' \
    tallyman diff --weeks 2 2013-06-05 2013-06-12
check_message '--weeks is for a day of the store' '--weeks goes with one day' \
    tallyman diff --weeks 2 logs/app.log
check_message 'no weeks are none' '--weeks: 1 to 520' \
    tallyman diff --weeks 0 2013-06-12
check_message 'weeks are not counted in lifetimes' '--weeks: 1 to 520' \
    tallyman diff --weeks 521 2013-06-12

put late.log 2013-07-03 5 18
put late.log 2013-07-10 6 09
add late late.log
check_message 'an old day that begins behind the cut is left out' \
    '2013-07-03 has nothing up to its hour 09: left out' \
    tallyman diff --db late 2013-07-10
check_status 2 'exit 2: nothing is left to compare with' \
    tallyman diff --db late 2013-07-10
check_output 'it is compared with when whole days are asked for' \
    'a.py:3: UserData.put 5 -> 6 (+20 %)' \
    rows --db late --whole-days 2013-07-10

cat >daily.csv <<'EOF'
day,file,line,operation,count,entries
2013-07-03,a.py,3,UserData.put,3,1
EOF
add late daily.csv
check_output 'an old day of which something has no hour is not cut' \
    'a.py:3: UserData.put 8 -> 6 (-25 %)' rows --db late 2013-07-10

# --- What is selected, how it is added up.

check_output '-k selects' 'a.py:3: UserData.put 60 -> 300 (+400 %)' \
    rows -k UserData 2013-06-12
check_output '-e selects' 'b.py:9: Video.get 4 -> 6 (+50 %)' \
    rows -e '^Video' 2013-06-12
check_output '--reads selects' 'b.py:9: Video.get 4 -> 6 (+50 %)' \
    rows --reads 2013-06-12
check_output '--file-pattern selects' \
    'a.py:3: UserData.put 60 -> 300 (+400 %)' \
    rows --file-pattern '^a' 2013-06-12
check_output 'a selection does not tell where a day ends' \
    'ends in its hour 12' \
    sh -c "tallyman diff -k Video 2013-06-12 2>&1 >rows.csv |
	grep -o 'ends in its hour 12'"
check_status 0 'exit 0: what is selected is on neither day' \
    tallyman diff -k Ghost 2013-06-12
by_kind()
{
	tallyman diff --by kind 2013-06-12 | cut -d , -f 2,8,9,11
}
check_output 'days are added up by kind' \
'change,operation,old_count,new_count
grew,UserData,60,300
grew,Video,4,6' by_kind
check_status 1 '--fail-above: a row rose by more' \
    tallyman diff --fail-above 300% 2013-06-12
check_status 0 '--fail-above: none rose by more' \
    tallyman diff --fail-above 400% 2013-06-12

# --- Beside files.

put old.log 2013-06-05 7 00 12 23
put new.log 2013-06-12 9 00
check_output 'an old file is cut where the stored day ends' \
    'a.py:3: UserData.put 14 -> 300 (+2042 %)' \
    rows -k UserData -p callcount old.log 2013-06-12
check_output 'a stored day is cut where the new file ends' \
    'a.py:3: UserData.put 30 -> 9 (-70 %)' \
    rows -k UserData -p callcount 2013-06-05 new.log
check_output 'files and stored days have a mean' \
    'a.py:3: UserData.put 37 -> 300 (+710 %)' \
    rows -k UserData -p callcount old.log 2013-06-05 2013-06-12

cp new.log 2013-06-12
cp new.log 2013-06-19
check_output 'a day is of the store though a file is called so' \
    'a.py:3: UserData.put 60 -> 300 (+400 %)' \
    rows -k UserData 2013-06-05 2013-06-12
check_output './ makes it the file' 'a.py:3: UserData.put 30 -> 9 (-70 %)' \
    rows -k UserData -p callcount 2013-06-05 ./2013-06-12
check_message 'where the store lacks a day, such a file is told' \
    'no 2013-06-19 in the store .*; the file of that name is \./2013-06-19$' \
    tallyman diff 2013-06-05 2013-06-19
check_message 'and where there is no store' \
    'no store here yet.*; the file of that name is \./2013-06-19$' \
    tallyman diff --db nowhere 2013-06-19
check_not 'looking for a store makes none' test -e nowhere

# --- Hosts.

for host in web01 web03 web04 night; do
	put "hosts/$host/app.log" 2013-06-05 5 23
done
put hosts/web01/app.log 2013-06-05 5 00 12
put hosts/web03/app.log 2013-06-05 5 00 12
put hosts/web04/app.log 2013-06-05 5 00 12
put hosts/short/app.log 2013-06-05 5 02
put hosts/web01/app.log 2013-06-12 5 00 06 12
put hosts/web04/app.log 2013-06-12 5 00 02
put hosts/short/app.log 2013-06-12 5 02
put hosts/web13/app.log 2013-06-12 5 12
check 'hosts are told by paths' \
    add hosts --path-pattern 'hosts/(?<host>\w+)/' hosts/
check_output 'hosts that are missing, new or end early are told' \
'tallyman diff: 2013-06-12 ends in its hour 12, and so does 2013-06-05 here (--whole-days: all of it)
tallyman diff: host web03 has nothing on 2013-06-12 (2013-06-05: 6 entries)
tallyman diff: host web13 is new: nothing on 2013-06-05
tallyman diff: host web04 ends in its hour 02, 2013-06-12 in 12' \
    says --db hosts 2013-06-12
check_message 'a host that comes later in the day counts when the day does' \
    'host night has nothing on 2013-06-12 \(2013-06-05: 2 entries\)' \
    tallyman diff --whole-days --db hosts 2013-06-12
put hosts/web01/week.log 2013-05-29 5 12
put hosts/web03/week.log 2013-05-29 5 00 12
put hosts/gone/week.log 2013-05-29 5 12
add hosts --path-pattern 'hosts/(?<host>\w+)/' hosts/
check_output 'of several weeks the last that has a host is named' \
'tallyman diff: host gone has nothing on 2013-06-12 (2013-05-29: 2 entries)
tallyman diff: host web03 has nothing on 2013-06-12 (2013-06-05: 6 entries)
tallyman diff: host web13 is new: nothing on any of 2 days' \
    sh -c 'tallyman diff --weeks 2 --db hosts 2013-06-12 2>&1 >rows.csv |
	grep -e gone -e web03 -e web13'
check_output '-q says nothing of hosts' '' says -q --db hosts 2013-06-12

for n in 01 02 03 04 05 06 07 08 09 10 11; do
	put "many/n$n/app.log" 2013-06-05 5 12
done
put many/other/app.log 2013-06-12 5 12
put many/app.log 2013-06-12 5 12
add many --path-pattern 'many/(?<host>\w+)/' many/
check_output 'eight hosts are named, the others counted' \
'tallyman diff: host n08 has nothing on 2013-06-12 (2013-06-05: 2 entries)
tallyman diff: and 3 more
tallyman diff: what has no host is new: nothing on 2013-06-05
tallyman diff: host other is new: nothing on 2013-06-05' \
    sh -c 'tallyman diff --db many 2013-06-12 2>&1 >rows.csv | tail -n 4'

# --- Today and yesterday.

put now.log "$(date +%Y-%m-%d)" 8 00
if week=$(date -d '7 days ago' +%Y-%m-%d 2>/dev/null); then
	put now.log "$week" 4 00 01
	add now now.log
	check_output 'today is the day that it is' \
	    'a.py:3: UserData.put 4 -> 8 (+100 %)' rows --db now today
else
	skip 'date cannot count' 'today is the day that it is'
fi

# at TIME COMMAND...: by such a clock; of the program, no function of ours.
at()
{
	at_time=$1
	shift
	timeout 20 faketime "$at_time" "$@"
}
if command -v faketime >/dev/null &&
    at 2013-06-12 tallyman diff --version >/dev/null 2>&1; then
	check_output 'today is told from the clock' \
	    'a.py:3: UserData.put 60 -> 300 (+400 %)' \
	    at '2013-06-12 14:20:00' tallyman diff --format quickfix \
	    -k UserData today
	check_output 'so is yesterday' \
	    'a.py:3: UserData.put 60 -> 300 (+400 %)' \
	    at '2013-06-13 00:00:00' tallyman diff --format quickfix \
	    -k UserData yesterday
	check_output 'hours that are yet to come do not count' \
	    'a.py:3: UserData.put 30 -> 200 (+566 %)' \
	    at '2013-06-12 11:59:00' tallyman diff --format quickfix \
	    -k UserData today
	check_message 'that is told' \
	    '2013-06-12 has entries of hours that are yet to come: left out' \
	    at '2013-06-12 11:59:00' tallyman diff today
	check_not 'nothing is told of the hour that it is' \
	    sh -c "timeout 20 faketime '2013-06-12 12:00:00' tallyman diff today 2>&1 |
	    grep 'yet to come'"
	check_message 'today is that of UTC here' 'no 2013-06-13 in the store' \
	    at '2013-06-13 01:00:00' tallyman diff today
	add zoned --timezone America/New_York logs/
	check_output 'and that of the zone of a store' \
	    'a.py:3: UserData.put 60 -> 300 (+400 %)' \
	    at '2013-06-13 01:00:00' tallyman diff --db zoned \
	    --format quickfix -k UserData today
else
	skip 'faketime does not work here' 'by a clock that is set'
fi

# --- Trouble.

damage()
{
	cp -R store broken
	LC_ALL=C sed -i 's/UserData/UserDatx/g' broken/tally.db
}
check 'a store is damaged' damage
check_message 'a part that is damaged is told' '2013-06-05: .*damaged' \
    tallyman diff --db broken 2013-06-12
check_status 2 'exit 2: a part is damaged' \
    tallyman diff --db broken 2013-06-12

done_testing
