#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman db: days of the store are listed, exported, forgotten and checked.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

db()
{
	tallyman db "$@"
}

# days FIRST LAST: the days from 2013-06-FIRST to 2013-06-LAST as a tally of
# two hosts, one of which has no second day, and does not tell its hours.
days()
{
	echo day,hour,host,revision,file,line,function,operation,count,entries
	awk -v day="$1" -v last="$2" 'BEGIN {
		for (; day <= last; day++) {
			at = sprintf("2013-06-%02d", day)
			if (day != 2)
				print at ",,web2,,app/b.py,,,Item.get,1,1"
			print at "," at "T05,web1,r7,app/a.py,7,put,User.save," \
			    day ",2"
			print at "," at "T23,web1,r7,app/a.py,9,get,User.get,5,5"
		}
	}'
}

TALLYMAN_DB=$work/db
export TALLYMAN_DB

# --- No store

check_status 2 'exit 2: there is no store' db list
check_message 'and it is told what makes one' \
    "^tallyman db: $work/db: no store here yet; tallyman scan --store" db list
check_status 2 'export needs one' db export 2013-06-01
check_status 2 'check needs one' db check
check_status 2 'forget needs one' db forget 2013-06-01
check_not 'and makes none' test -e db

# --- What is there

days 1 3 >tally.csv
check 'a tally goes into the store' tallyman scan --store tally.csv
check_output 'list has a row for each day' \
    'day,hosts,first_hour,last_hour,parts,count,entries
2013-06-01,2,5,23,2,7,8
2013-06-02,1,5,23,1,7,7
2013-06-03,2,5,23,2,9,8' sh -c 'tallyman db list | cut -d, -f1-5,7-'
check_output '--hosts one for each host of it' \
    'day,host,first_hour,last_hour,parts,count,entries
2013-06-01,web1,5,23,1,6,7
2013-06-01,web2,,,1,1,1
2013-06-02,web1,5,23,1,7,7
2013-06-03,web1,5,23,1,8,7
2013-06-03,web2,,,1,1,1' sh -c 'tallyman db list --hosts | cut -d, -f1-5,7-'
check 'bytes are those of the parts' \
    sh -c 'tallyman db list | cut -d, -f6 | tail -n +2 | grep -vqx 0'
check_output '--inputs has one for each log' \
    'path,host,position,preset,problem' \
    sh -c 'tallyman db list --inputs | head -n 1 | cut -d, -f1-4,6'
check 'with its path, how far it was read, and when' \
    sh -c 'tallyman db list --inputs | tail -n +2 | grep -qE \
	"tally.csv,,$(wc -c <tally.csv),,20[0-9-]{8}T[0-9:]{8}Z,\$"'
check_output 'JSON is an array of objects' \
    '[
{"day":"2013-06-01","host":"web2","first_hour":null,"last_hour":null,' \
    sh -c 'tallyman db list --hosts --format json | sed -n "1p;3p" |
	sed "s/\"parts.*//"'
check_output 'as many as there are rows' 5 \
    sh -c 'tallyman db list --hosts --format json | grep -c "^{"'
check 'a table is for people' \
    sh -c 'tallyman db list --format table | head -n 1 |
	grep -q "^DAY  *HOSTS  *FIRST HOUR"'
check 'list -o writes a file' db list -o list.csv
check_output 'and all of it' 4 grep -c . list.csv
check '--db names the store' \
    env -u TALLYMAN_DB tallyman db list --db "$work/db"

echo 'day,file,line,operation,count,entries
,a.py,1,User.get,1,1' >dayless.csv
TALLYMAN_DB=$work/dayless tallyman scan --store dayless.csv 2>/dev/null
check_output 'what has no day has a row without one' ',1,,,1' \
    sh -c 'TALLYMAN_DB=dayless tallyman db list | sed -n 2p | cut -d, -f1-5'

# --- Exporting

check_output 'export gives a day as it came' "$(days 2 2)" db export 2013-06-02
check_output 'days from one to another' "$(cat tally.csv)" \
    db export 2013-06-01..2013-06-03
check_output 'days that are not there are skipped' "$(days 3 3)" \
    db export 2013-06-03..2013-07-31
check 'what was exported is scanned in again' \
    sh -c 'tallyman db export 2013-06-01..2013-06-03 >all.csv &&
	TALLYMAN_DB=again && export TALLYMAN_DB &&
	tallyman scan --store all.csv &&
	tallyman db export 2013-06-01..2013-06-03 | cmp - all.csv'
check 'export -o writes a file' db export -o one.csv 2013-06-01
check_status 1 'exit 1: no such day' db export 2013-05-31
check_message 'it is told' '2013-05-31: the store holds no such day' \
    db export 2013-05-31
check_status 1 'a file is left alone then' db export -o one.csv 2013-05-31
check 'as it was' grep -q 2013-06-01 one.csv
check_status 1 'today is a day' db export today
check_status 1 'so is a range up to it' db export yesterday..today

# --- Mistakes

check_status 2 'exit 2: no day of the calendar' db export 2013-06-31
check_message 'it is told' \
    "^tallyman db: '2013-06-31' is no day: 2013-06-12, today or yesterday\$" \
    db export 2013-06-31
check_message 'a range backwards is told' \
    '2013-06-03..2013-06-01: the first day is after the last' \
    db forget 2013-06-03..2013-06-01
check_message 'export without a day' 'which day[?]' db export
check_message 'export of two' "one day, or a range of days; '2013-06-02'" \
    db export 2013-06-01 2013-06-02
check_message 'forget without a day' 'give the day to forget' db forget
check_message 'a day and --keep' 'or else --keep 90d' \
    db forget --keep 90d 2013-06-01
check_message 'less than a day' "36h.* no whole days: 90d" db forget --keep 36h
check_message '--hosts and --inputs' 'exclude each other' \
    db list --hosts --inputs
check_message '--safe-csv of JSON' 'safe-csv is for --format csv' \
    db list --safe-csv --format json
check_message 'list of a day' "list takes no '2013-06-01'" db list 2013-06-01
check_message 'a command that is nearly right' 'did you mean export[?]' \
    db exprot 2013-06-01
check_message 'no command' "no command '2013-06-01'; tallyman db -h" \
    db 2013-06-01
check_status 0 'alone it shows what there is' db
check_output 'nothing was forgotten' 4 sh -c 'tallyman db list | grep -c .'

# --- Writing

check_status 2 'exit 2: list on a full disk' sh -c 'tallyman db list >/dev/full'
check_message 'it is told' 'No space left on device' \
    sh -c 'tallyman db list >/dev/full'
check_status 2 'exit 2: export on a full disk' \
    sh -c 'tallyman db export 2013-06-01 >/dev/full'
check_message 'it is told too' 'No space left on device' \
    sh -c 'tallyman db export 2013-06-01 >/dev/full'
check_status 2 'exit 2: a file that cannot be made' \
    db export -o "$work/none/day.csv" 2013-06-01

# --- Names that mean harm

mkdir '=cmd'
days 1 1 | sed 's/web2/=1+1/' >'=cmd/a.csv'
TALLYMAN_DB=$work/harm tallyman scan --store '=cmd/a.csv' 2>/dev/null
check '--safe-csv defuses hosts' sh -c 'TALLYMAN_DB=harm tallyman db list \
    --hosts --safe-csv | grep -q "^2013-06-01,'"'"'=1+1,"'
check 'and paths' sh -c 'TALLYMAN_DB=harm tallyman db list --inputs \
    --safe-csv | tail -n 1 | grep -vq "^="'
check 'and what is exported' sh -c 'TALLYMAN_DB=harm tallyman db export \
    --safe-csv 2013-06-01 | grep -q ",'"'"'=1+1,"'
bad=$(printf 'bad\377')
days 1 1 >"$bad.csv"
TALLYMAN_DB=$work/bad tallyman scan --store "$bad.csv" 2>/dev/null
check 'JSON has a path that is no UTF-8 as base64 too' \
    sh -c 'TALLYMAN_DB=bad tallyman db list --inputs --format json |
	grep -q "\"path_base64\":\""'

# --- Another process

exec 9>>"$work/db/tally.db.lock"
flock -x 9
tallyman db forget --wait 2013-06-01 2>wait.err 9>&- &
waiting=$!
check_status 75 'exit 75: another process writes' db forget 2013-06-01
check_message 'it is told' "$work/db: another process writes to the store" \
    db forget 2013-06-01
check_status 75 '--wait waits so long' db forget --wait=1s 2013-06-01
check_status 2 'a wrong day is told at once' db forget --wait 2013-06-31
check 'list needs no lock' db list
check 'nor does export' db export 2013-06-01
check 'nor check' db check
check_status 75 'nothing was forgotten' \
    sh -c 'tallyman db export 2013-06-01 | grep -q web2 &&
	tallyman db forget --keep 1d'
exec 9>&-
wait "$waiting"
check_output '--wait ends when the other process does' 0 echo $?
check 'and then forgets' grep -q '^tallyman db: 1 day forgotten, ' wait.err

# --- Forgetting

check_status 1 'the day is gone' db export 2013-06-01
check_status 1 'exit 1: no such day' db forget 2013-06-01
check_message 'it is told' '2013-06-01: the store holds no such day' \
    db forget 2013-06-01
check 'the log is not read again' tallyman scan --store tally.csv
check_status 1 'so that the day stays forgotten' db export 2013-06-01
check_output 'the others are as they were' "$(days 3 3)" db export 2013-06-03
check_message 'a range is forgotten' '2 days forgotten' \
    db forget 2013-06-02..2013-06-09
check_status 1 'exit 1: nothing to list' db list
check_message 'it is told' 'the store holds no days' db list
check_output 'CSV has its header still' 1 sh -c 'tallyman db list | grep -c .'
check_output 'JSON an array of nothing' '[]' db list --format json

days 10 29 >more.csv
tallyman scan --store more.csv 2>/dev/null
check_message '--keep keeps the last days' '^tallyman db: 17 days forgotten, ' \
    db forget --keep 3d
check_output 'counted back from the newest' 2013-06-27 \
    sh -c 'tallyman db list | sed -n 2p | cut -d, -f1'
check_message 'weeks are days too' '^tallyman db: 0 days forgotten, 0 bytes' \
    db forget --keep 1w
days 11 12 >old.csv
check 'days before them' tallyman scan --store old.csv
check_status 1 'are not added again' db export 2013-06-11..2013-06-12
echo 'day,file,line,operation,count,entries
2999-01-01,a.py,1,User.get,1,1' >future.csv
tallyman scan --store future.csv 2>/dev/null
check_message 'a day of the future pushes none out' \
    '^tallyman db: 1 day forgotten, ' db forget --keep 2d
check_output 'nor does it go' '2013-06-28 2013-06-29 2999-01-01' sh -c \
    'tallyman db list | tail -n +2 | cut -d, -f1 | paste -sd" "'

# many SITES: a day of so many lines of code.
many()
{
	awk -v n="$1" 'BEGIN {
		print "day,file,line,operation,count,entries"
		for (i = 1; i <= n; i++)
			print "2013-05-01,app/" i % 97 * 31 ".py," i \
			    ",User.get," i * i * 7919 % 100003 + 1 ",1"
	}'
}
many 20000 >many.csv
TALLYMAN_DB=$work/large
tallyman scan --store many.csv 2>/dev/null
before=$(wc -c <large/tally.db)
check_message 'what the file gives back is told' \
    '^tallyman db: 1 day forgotten, [0-9]{2,},[0-9]{3} bytes given back$' \
    db forget 2013-05-01
check 'and is given back' \
    test "$(wc -c <large/tally.db)" -lt "$((before / 2))"

# --- Damage

TALLYMAN_DB=$work/whole
tallyman scan --store tally.csv 2>/dev/null
check_message 'check finds all whole' \
    '^tallyman db: all is whole: 5 parts of days$' db check
# flip TEXT: changes a byte of the first TEXT in a copy of the store.
flip()
{
	rm -rf broken
	mkdir broken
	cp whole/tally.db broken
	at=$(grep -obaF "$1" broken/tally.db | head -n 1 | cut -d: -f1)
	printf X | dd of=broken/tally.db bs=1 seek="$at" conv=notrunc \
	    2>/dev/null
}
TALLYMAN_DB=$work/broken
flip app/b.py
check_status 1 'exit 1: a part is damaged' db check
check_message 'it is told which' \
    "^tallyman db: .*part [0-9]+, 2013-06-0[13] of 'web2': " db check
check_message 'and how much is whole' \
    '^tallyman db: damaged: 1 complaint; 4 parts of days are whole$' db check
check_status 2 'what is damaged is not exported' \
    db export 2013-06-01..2013-06-03
check_message 'it is told' '2013-06-0[13]: .*damaged' \
    db export 2013-06-01..2013-06-03
check 'another day is' db export 2013-06-02
check 'and the damaged one can be forgotten' \
    db forget 2013-06-01..2013-06-03
check 'which makes the store whole' db check
printf 'no database, but long enough to be one.%100s' '' >broken/tally.db
check_status 2 'exit 2: no store at all' db check
check_message 'it is told what it is' 'not a database' db list

# What has no day.
printf '%s\n' '5: a.py:1 -- A.put' '7: a.py:2 -- A.put' >dateless.log
tallyman scan -q --store --db dateless dateless.log
printf '%s\n' day,hour,host,revision,file,line,function,operation,count,entries \
    ,,,,a.py,1,,A.put,5,1 ,,,,a.py,2,,A.put,7,1 >expected
check_output 'what has no day is exported' "$(cat expected)" \
    db export --db dateless none
check_status 0 'and forgotten' db forget -q --db dateless none
check_status 1 'so that it is gone' db export --db dateless none
done_testing
