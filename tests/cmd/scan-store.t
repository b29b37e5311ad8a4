#!/bin/sh
# SPDX-License-Identifier: MIT
# scan --store: every byte of a log counts once, whatever becomes of the file.
# tests/lib/rotate.py writes, rotates, packs and copies logs while they are
# scanned; STORE_SEEDS says with which seeds, STORE_ROTATIONS how often.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
: "${STORE_SEEDS:=1}" "${STORE_ROTATIONS:=4}"

TALLYMAN_DB=$work/db
export TALLYMAN_DB
at='2013-06-12 05:00:00 INFO'

# fresh: no logs and no store are left.
fresh()
{
	rm -rf "${work:?}"/*
}

# add [OPTION]... FILE...: adds to the store what is new, and says how much.
add()
{
	tallyman scan --store "$@" 2>&1 | sed 's/^tallyman scan: //'
}

# put FILE COUNT...: adds a line to a log for each count.
put()
{
	put_file=$1
	shift
	for n do
		echo "$at $n: a.py:1 -- A.put"
	done >>"$put_file"
}

# stored KEYS: what the store holds, by these columns.
stored()
{
	tallyman scan -q --from-store 2000-01-01..2099-12-31 --by "$1"
}

# sums COUNT ENTRIES: just these are stored of A.put.
sums()
{
	stored operation >rows
	[ "$(tail -n +2 rows)" = "A.put,$1,$2" ] || ! cat rows
}

# unchanged [OPTION]... FILE...: a scan adds nothing; the file of the store has
# still the same bytes.
unchanged()
{
	cksum <"$TALLYMAN_DB/tally.db" >before
	tallyman scan --store "$@" || return
	cksum <"$TALLYMAN_DB/tally.db" >after
	cmp before after
}

# --- What is new is added, once.

put log 5 7
check_output 'what is new is added, and told' \
    'preset: callcount for 1 file
88 bytes new in 1 of 1 file, 2 entries added' add log
check_output 'nothing is printed' '' tallyman scan -q --store log
check 'it is there' sums 12 2
check 'nothing new: exit 0, and the store is not touched' unchanged log
touch -d '2030-01-01' log
check 'nor is it added again when the file was touched' add log
check 'and so it is' sums 12 2
put log 9
printf '%s 100: a.py:1 -- A.pu' "$at" >>log
check_output 'a last line without its end waits' \
    '44 bytes new in 1 of 1 file, 1 entry added, 1 last line that waits' \
    sh -c 'tallyman scan --store log 2>&1 |
	sed -n "s/^tallyman scan: \(.* waits\) for its end$/\1/p"'
check 'it is not there' sums 21 3
printf 't' >>log
add log >told
check 'nor with more of it' sums 21 3
echo >>log
add log >told
check 'it counts when it ends' sums 121 4
check 'once' unchanged log

ln -s log soft
ln log hard
check_output 'other names of a file are copies of it' \
    '0 bytes new in 0 of 3 files, 0 entries added, 2 copies' add soft hard log
mv log other
check 'under another name it is the same' add other
check 'and so it is' sums 121 4
check 'a whole folder' add .
check 'holds nothing more' sums 121 4

# --- What cannot be an input.

fresh
: >empty
mkfifo fifo
mkdir folder
check 'an empty file is nothing' tallyman scan --store empty
check 'an empty folder too' tallyman scan --store folder
check_status 2 'a FIFO is refused' timeout 20 tallyman scan --store fifo
check_message 'and told' 'fifo: no regular file' \
    timeout 20 tallyman scan --store fifo
check_message 'a device too' '/dev/null: no regular file' \
    tallyman scan --store /dev/null
check_status 2 'standard input is refused' tallyman scan --store -
check_message 'and told' '^tallyman scan: -: .*cannot be known again' \
    tallyman scan --store -
check_status 2 'no operand is a mistake' tallyman scan --store
check_message 'a file that is not there is told' 'missing: no such file' \
    tallyman scan --store missing
put log 5
check_status 2 'exit 2 when one of two is not there' \
    tallyman scan --store log missing
check 'the other one counts' sums 5 1
mv log gone
check_status 2 'exit 2 when it is gone' tallyman scan --store log
check 'what it held stays' sums 5 1
mv gone log
check 'it is known when it comes back' add log
check 'and so it is' sums 5 1

# --- Options.

while read -r options; do
	# shellcheck disable=SC2086 # is several words
	check_status 2 "exit 2: --store $options" \
	    tallyman scan --store $options log
	# shellcheck disable=SC2086
	check_message "and it is told" "${options%% *}" \
	    tallyman scan --store $options log
done <<'EOF'
-e put
-k A
-F
-i
-v
--file-pattern a
--line-pattern a
--writes
--reads
--since 2013-06-12
--until 2013-06-12
--by day
-o rows.csv
--format csv
--sort key
--top 3
--all
--safe-csv
--follow
--from-store 2013-06-12
EOF
check_status 2 'exit 2: --keep without --store' tallyman scan --keep 3d log
check_status 2 'exit 2: --wait without --store' tallyman scan --wait log
check_status 2 'exit 2: --db without either' tallyman scan --db db log
check_status 2 'exit 2: --from-store and files' \
    tallyman scan --from-store 2013-06-12 log

fresh
put log 5
for name in TALLYMAN_DB STATE_DIRECTORY; do
	check "$name names the store" \
	    env -u TALLYMAN_DB "$name=$work/$name" tallyman scan --store log
	check 'where it is' test -f "$name/tally.db"
done
check 'XDG_STATE_HOME has it' \
    env -u TALLYMAN_DB "XDG_STATE_HOME=$work/state" tallyman scan --store log
check 'below it' test -f state/tallyman/tally.db
check 'HOME has it' env -u TALLYMAN_DB tallyman scan --store log
check 'in .local/state' test -f .local/state/tallyman/tally.db
check '--db goes before all' tallyman scan --store --db mine log
check 'there it is' test -f mine/tally.db
check_output 'the folder is nobody else s' 700 stat -c %a mine
rm -rf .local

fresh
put log 5
check 'a store has a time zone' \
    tallyman scan --store --timezone Europe/Berlin log
check_status 2 'exit 2: another zone' \
    tallyman scan --store --timezone UTC log
check_message 'is told' "zone is Europe/Berlin, and stays" \
    tallyman scan --store --timezone UTC log
check 'the same is fine' tallyman scan --store --timezone Europe/Berlin log
put log 6
check 'none too' tallyman scan --store log
check 'what is new is added' sums 11 2
fresh
put log 5
add log >told
check_message 'a store without one gets none' 'is what stamps say, and stays' \
    tallyman scan --store --timezone UTC log

fresh
put log 5
cp log web1.log
check 'a revision can be told' \
    add --revision r1 --path-pattern '(?<host>web[0-9])' log
echo "$at 7: a.py:1 -- A.put [revision r7]" >>log
add --revision r2 log >told
add --path-pattern '(?<host>web[0-9])[.](?<revision>log)' web1.log >told
check_output 'that of the log goes before that of the path, then --revision' \
    'host,revision,count,entries
,r1,5,1
,r7,7,1
web1,log,5,1' stored host,revision

# --- Reading days back.

fresh
for hour in 00 05 23; do
	for day in 11 12 13; do
		echo "2013-06-$day $hour:30:00 $day: a.py:1 -- A.put, B.get"
	done >>log
done
add log >told
check_output 'days select and group as logs do' \
    'hour,verb,count,entries
2013-06-12T05,put,12,1
2013-06-12T23,put,12,1
2013-06-13T00,put,13,1' tallyman scan -q --from-store 2013-06-12..2013-06-13 \
    -k A --writes --since 2013-06-12T05 --until 2013-06-13T00 --by hour,verb
check_output 'with the usual columns' \
    'day,file,line,function,operation,count,entries
2013-06-12,a.py,1,,A.put,36,3
2013-06-12,a.py,1,,B.get,36,3' tallyman scan -q --from-store 2013-06-12
check_status 1 'exit 1: a day of which there is nothing' \
    tallyman scan --from-store 2013-06-20
tallyman scan -q --by hour,file,operation log >scanned.csv
check_output 'all of it is what a scan of the logs says' \
    "$(cat scanned.csv)" stored hour,file,operation

# --- Days that go from one store to another.

tallyman db export 2013-06-12 >day.csv
check 'an exported day goes into another store' add --db other day.csv
check 'and is the same day there' \
    sh -c 'tallyman db export --db other 2013-06-12 | cmp - day.csv'
tallyman db forget 2013-06-12 2>told
check 'forgotten lines are not added again' add log
check_status 1 'their day stays away' tallyman db export 2013-06-12
check 'but the day goes in again' add day.csv
check 'and is the same' sh -c 'tallyman db export 2013-06-12 | cmp - day.csv'
check 'once' unchanged day.csv
echo 'day,operation,count,entries
2013-06-12,A.put,3,1' >coarse.csv
check_status 2 'exit 2: a tally without a site' \
    tallyman scan --store coarse.csv
check_message 'is told' 'coarse.csv: a tally without the column file' \
    tallyman scan --store coarse.csv

fresh
for day in 01 05 06 08; do
	echo "2013-06-$day 05:00:00 1: a.py:1 -- A.put"
done >log
check_output '--keep forgets old days' \
    'preset: callcount for 1 file
158 bytes new in 1 of 1 file, 4 entries added, 2 days forgotten' \
    sh -c 'tallyman scan --store --keep 3d log 2>&1 |
	sed "s/^tallyman scan: //; s/^1[0-9]* b/158 b/"'
check_output 'the others stay' 'day,count,entries
2013-06-06,1,1
2013-06-08,1,1' stored day
echo "2013-06-02 05:00:00 1: a.py:1 -- A.put" >late
check_message 'what comes late of such days is told' \
    '1 entry read, 1 sum of a day that is not kept' \
    tallyman scan --store late
check 'and not added' sums 2 2

# --- Files that are cut.

fresh
mkdir logs
put logs/app.log 1 2
add logs >told
put logs/app.log 4
cp logs/app.log logs/app.log.1
: >logs/app.log
put logs/app.log 8
check_output 'copytruncate is told, and read from the copy' \
    'logs/app.log: was cut (copytruncate?): read from its beginning
preset: callcount for 1 file
88 bytes new in 2 of 2 files, 2 entries added' add logs
check 'all of it counts' sums 15 4
: >logs/app.log
put logs/app.log 16
check_message 'without the copy it is told what that means' \
    'app.log: was cut .*, and what it held then is in no other input' \
    tallyman scan --store logs
check 'the new lines count' sums 31 5
check 'once' unchanged logs
: >logs/app.log
check 'nothing in its stead' add logs
put logs/app.log 32
check 'is no matter' add logs
check 'and all of it counts' sums 63 6

# --- Files that are damaged.

fresh
awk -v at="$at" 'BEGIN {
	for (i = 0; i < 20000; i++)
		print at, i % 10 ": a.py:1 -- A.put random" rand()
}' >long
gzip -c long >long.gz
head -c $(($(wc -c <long.gz) / 2)) long.gz >cut.gz
check_status 2 'exit 2: a file that breaks off' tallyman scan --store cut.gz
check_message 'is told' 'cut.gz: unexpected end of gzip' \
    tallyman scan --store --db other cut.gz
check 'and remembered' \
    sh -c 'tallyman db list --inputs | grep -q "unexpected end of gzip"'
stored operation >some
check 'what is before that counts' grep -q 'A.put,[0-9]*,[0-9]\{4,\}$' some
check 'it is told once, and not counted again' unchanged cut.gz
mv long.gz cut.gz
check 'when it is whole the rest counts' tallyman scan --store cut.gz
check 'all of it once' sums 90000 20000
check 'nor does the original' add long cut.gz
check 'count again' sums 90000 20000

# --- Formats.

fresh
put log 5
add -p callcount log >told
put log 6
check 'a preset may be named later, too' tallyman scan --store -p callcount log
check 'and all counts once' sums 11 2
check 'a format of its own' tallyman scan --store --db x -x \
    'INFO (?<count>[0-9]+): (?<caller>[^ ]+) -- (?<operation>[^ ,]+)' log
check_output 'is read so' 'operation,count,entries
A.put,11,2' tallyman scan -q --from-store 2013-06-12 --db x --by operation
echo "$at 99999999999999999999: a.py:1 -- A.put" >>log
check_message 'malformed lines are told' 'log:3: a count beyond 2\^64-1' \
    tallyman scan --store --rejects rejects log
check_output 'and rejected with their places' 1 grep -c '^# log:3: ' rejects

fresh
put log 5
add log >told
put log 6
check_message 'another format than before is told' \
    'log: its format is another one than before' \
    tallyman scan --store -x 'INFO (?<count>[0-9]+): (?<caller>[^ ]+)' log
check_output 'and taken for what is new' 'operation,count,entries
,6,1
A.put,5,1' stored operation
put log 7
check_message 'one that has a name, too' \
    'log: its format is another one than before' \
    tallyman scan --store -p callcount log
put log 8
check_message 'or another name' \
    'log: its format is another one than before' \
    tallyman scan --store -p klog log
check_output 'each for its own lines' 'operation,count,entries
,6,1
A.put,12,2' stored operation

fresh
echo '{"a":{"t":"'"$at"' 5: a.py:1 -- A.put"}}' >log
add --json-text /a/t log >told
echo '{"b":"'"$at"' 6: a.py:1 -- A.put"}' >>log
check_message 'another place of the text in JSON is one' \
    'log: its format is another one than before' \
    tallyman scan --store --json-text /b log
check 'and both count' sums 11 2

# Of what a server does before it runs a statement, SQL in any text would be
# one.
fresh
front='2013-06-12 05:00:00 UTC [7] LOG:  duration: 0.1 ms '
text='p: DELETE FROM a WHERE b = $1 /*a.py:1*/'
echo "$front bind $text" >log
add log >told
echo "$front execute $text" >>log
check 'a log may begin with what is no statement yet' add log
check_output 'and is none of another format for that' 'operation,count,entries
a.delete,1,1' stored operation

fresh
check_message 'a zone that is another one elsewhere is refused' \
    '^tallyman scan: --timezone local: ' \
    tallyman scan --store --timezone local .

if command -v sqlite3 >/dev/null 2>&1; then
	fresh
	put log 5
	add log >told
	sqlite3 "$TALLYMAN_DB/tally.db" "UPDATE input SET state = x'07'"
	put log 6
	check_status 2 'what was carried is damaged: trouble' \
	    tallyman scan --store log
	check 'and the line counts none the less' sums 11 2
else
	skip 'there is no sqlite3' 'what was carried is damaged: trouble'
fi

# A line of two operations is one entry and two sums.
fresh
echo '2013-06-12 05:00:00 INFO 1: a.py:1 -- A.put' >new
add --keep 1d new >told
echo '2013-06-01 05:00:00 INFO 1: a.py:1 -- A.put, B.get' >old
check_message 'sums of days not kept may be more than entries' \
    '1 entry read, 2 sums of days not kept' \
    sh -c 'tallyman scan -q --store --keep 1d new; tallyman scan --store old'

fresh
put log 18446744073709551615 1
check_status 2 'a sum beyond 2^64-1 is trouble' tallyman scan --store log

# What is about to be compressed has nothing in it yet.
fresh
mkdir logs
put logs/app.log.1 5
gzip -c logs/app.log.1 | head -c 10 >logs/app.log.1.gz
check_status 0 'a file that is being compressed is no trouble' \
    tallyman scan --store logs
check 'nor counts twice' sums 5 1

fresh
put log 5
TALLYMAN_DB=$PWD check_status 0 'a store beside the logs' \
    tallyman scan -q --store .
check_output 'is not read' 0 sh -c \
    'tallyman scan --store --db . . 2>&1 | grep -c "tally.db"'

fresh
printf 'booting\nloaded 3 gems\nready\n' >rails.log
check 'a file without callers' add rails.log
printf 'Started GET "/" for 10.0.0.7 at 2013-06-12 05:00:00 -0700\n' >>rails.log
for line in 1 2; do
	printf '  A Put (0.4ms)  SELECT "a".* FROM "a"\n  ↳ a.rb:%s:in `all'\''\n' \
	    "$line"
done >>rails.log
check_output 'is looked at again when they come' \
    'preset: rails for 1 file' sh -c 'tallyman scan --store rails.log 2>&1 |
	sed -n "s/^tallyman scan: //; /^preset/p"'
check 'and read whole' sums 2 2
printf '  A Put (0.4ms)  SELECT "a".* FROM "a"\n' >>rails.log
add rails.log >told
check 'a statement waits for its caller' sums 2 2
printf '  ↳ a.rb:3:in `all'\''\n' >>rails.log
add rails.log >told
check 'and counts with it' sums 3 3

fresh
# wrapped N: a line inside JSON.
wrapped()
{
	printf '{"stream":"stderr","log":"%s %s: a.py:1 -- \\u0041.put\\n"}\n' \
	    "$at" "$1"
}
{
	wrapped 5
	wrapped 6
} >json.log
check 'text inside JSON' add json.log
check 'is found' sums 11 2
wrapped 7 >>json.log
check 'and read on' tallyman scan -q --store json.log
check 'in the same place' sums 18 3

# --- Two at once.

fresh
put log 5
add log >told
put log 6
# held COMMAND...: runs it while another process has the lock.
held()
{
	flock db/tally.db.lock sh -c 'echo >ready; cat <go' &
	cat <ready >/dev/null
	"$@"
	held_status=$?
	echo >go
	wait
	return "$held_status"
}
if command -v flock >/dev/null 2>&1; then
	mkfifo ready go
	check_status 75 'exit 75: another one writes to the store' \
	    held timeout 20 tallyman scan --store log
	check_message 'and that is told' \
	    'db: another process writes to the store \(--wait\)' \
	    held timeout 20 tallyman scan --store log
	check_status 75 '--wait waits so long' \
	    held timeout 20 tallyman scan --store --wait=100ms log
	check 'a reader does not wait' held timeout 20 \
	    tallyman scan --from-store 2013-06-12
	check 'nothing was added' sums 5 1
	flock db/tally.db.lock sh -c 'echo >ready; sleep 0.3' &
	cat ready >/dev/null
	check '--wait waits for its end' \
	    timeout 20 tallyman scan --store --wait log
	check 'then all is added' sums 11 2
else
	skip 'there is no flock' 'two at once'
fi

# --- A full disk.

fresh
awk -v at="$at" 'BEGIN {
	for (i = 0; i < 30000; i++)
		print at, i % 10 ": dir/file" i ".py:1 -- A.put"
}' >log
mkdir db
if mount -t tmpfs -o size=128k,mode=0700 tallyman-test db 2>/dev/null; then
	trap 'umount "$work/db"; rm -rf "$tap_dir"' EXIT
	put small 5
	check 'a small store' add small
	check_status 2 'exit 2: the disk is full' tallyman scan --store log
	check_message 'is told' 'db/tally[.]db: .*([Ff]ull|No space)' \
	    tallyman scan --store log
	check 'the store is as before' sums 5 1
	check 'and whole' tallyman db check
	mount -o remount,size=8m db
	check 'with more room it goes on' tallyman scan --store log
	check 'and all is there once' sums 135005 30001
	umount db
	trap 'rm -rf "$tap_dir"' EXIT
else
	skip 'tmpfs cannot be mounted' 'a full disk is told'
fi

# --- Logs that are rotated, packed and copied while they are scanned.

# rotates OPTION...: for each seed.
rotates()
{
	for seed in $STORE_SEEDS; do
		python3 "$top_srcdir/tests/lib/rotate.py" --seed "$seed" \
		    --rotations "$STORE_ROTATIONS" "$@" || return
	done
}
fresh
unset TALLYMAN_DB
if ! python3 -c '' 2>/dev/null; then
	skip 'needs python3' 'logs are rotated while they are scanned'
	done_testing
fi
for rotation in rename gzip later copy dated; do
	check "rotation: $rotation" rotates --rotation "$rotation"
done
for format in dateless rails postgres; do
	check "rotation of a log that carries something: $format" \
	    rotates --rotation mixed --format "$format"
done
check 'copies under names with a dot' rotates --rotation mixed --copies new
for heads in banner equal; do
	check "12 hosts whose files begin alike: $heads" \
	    rotates --rotation mixed --hosts 12 --heads "$heads"
	check 'told apart by their paths' \
	    rotates --rotation mixed --hosts 12 --heads "$heads" --by-path
done
if command -v rsync >/dev/null 2>&1; then
	check 'rsync' rotates --rotation mixed --copies rsync-whole-file
	check 'rsync --inplace' rotates --rotation mixed --copies rsync-inplace
	check 'rsync --append' rotates --rotation names --copies rsync-append
else
	skip 'there is no rsync' 'rsync'
fi
if command -v zstd >/dev/null 2>&1; then
	check 'rotation: zstd' rotates --rotation zstd
else
	skip 'there is no zstd' 'rotation: zstd'
fi

done_testing
