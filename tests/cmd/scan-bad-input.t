#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan of what is damaged, hostile or too much: what could be read is
# counted, the rest is named, the exit status is 2, and no output is half.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

header=day,file,line,function,operation,count,entries

# numbers FROM TO: a log whose lines count their own number.
numbers()
{
	seq "$1" "$2" |
	    sed 's/.*/2013-06-12 05:00:00 &: app\/f&.py:& -- A.put/'
}
numbers 1 40000 >whole.log
tallyman scan -q whole.log >whole.csv

# --- Damaged archives.

# says_of FILE REASON: exits 2, and names both on standard error.
says_of()
{
	tallyman scan "$1" >got.csv 2>said
	says_status=$?
	cat said >&2
	[ "$says_status" -eq 2 ] &&
	    grep -qE "^tallyman scan: $1: $2" said &&
	    grep -q '1 input not read to its end' said
}
# part_of MIN: so many rows at least, each one a row of the whole.
part_of()
{
	[ "$(wc -l <got.csv)" -gt "$1" ] &&
	    [ "$(sort whole.csv got.csv | uniq -d | wc -l)" -eq \
		"$(wc -l <got.csv)" ]
}
for tool in gzip zstd bzip2 xz; do
	if ! command -v "$tool" >/dev/null 2>&1 ||
	    ! "$tool" -c <whole.log >"log.$tool" ||
	    tallyman scan -q "log.$tool" 2>&1 | grep -q 'built without'; then
		skip "$tool is missing" "$tool"
		continue
	fi
	size=$(wc -c <"log.$tool")
	head -c $((size * 8 / 10)) "log.$tool" >"cut.$tool"
	check "$tool: a truncated file is named" \
	    says_of "cut.$tool" "unexpected end of $tool data"
	check "$tool: what comes before is counted" part_of 10000
	cp "log.$tool" "flipped.$tool"
	printf 'tallyman' | dd of="flipped.$tool" bs=1 conv=notrunc \
	    seek=$((size * 7 / 10)) 2>/dev/null
	check "$tool: a corrupt file is named" \
	    says_of "flipped.$tool" ".*$tool data"
	cp "log.$tool" "tail.$tool"
	echo 'nothing of the kind' >>"tail.$tool"
	check "$tool: garbage behind it is named" \
	    says_of "tail.$tool" 'trailing garbage'
	check "$tool: all before it is counted" cmp whole.csv got.csv
	head -c 12 "log.$tool" >"stub.$tool"
	check "$tool: so is one that breaks at once" \
	    says_of "stub.$tool" "unexpected end of $tool data"
done
check_output 'what breaks at once is not called empty' 2 \
    sh -c 'tallyman scan stub.gzip 2>&1 >/dev/null | wc -l'
cp whole.log plain.gz
check 'a suffix says nothing' \
    sh -c 'tallyman scan -q plain.gz | cmp whole.csv -'
cat cut.gzip >both.gz
check_status 2 'one damaged file of two: exit 2' tallyman scan both.gz whole.log
check_output 'the other one is counted' '2013-06-12,app/f40000.py,40000,,A.put,40000,1' \
    sh -c 'tallyman scan -q both.gz whole.log 2>/dev/null |
	grep ,40000,,'

# --- Long lines.

{
	numbers 1 10
	head -c 20000000 /dev/zero | tr '\0' x
	echo
	numbers 11 20
} >long.log
numbers 1 20 | tallyman scan -q >short.csv
check_status 2 'a line of 20 MB is given up on: exit 2' tallyman scan long.log
check_message 'its place and length are told' \
    'long\.log:11: a line of 20000000 bytes, longer than --max-line,' \
    tallyman scan long.log
check_message 'and counted' '20 of 20 entries counted, 1 line given up on' \
    tallyman scan long.log
for way in 'tallyman scan -q long.log' 'tallyman scan -q <long.log' \
    'cat long.log | tallyman scan -q' \
    'gzip -1c long.log | tallyman scan -q' \
    'tallyman scan -q -j 8 --max-line 100 long.log' \
    'cat long.log | tallyman scan -q --max-line 100'; do
	check "all around it is counted: $way" \
	    sh -c "($way 2>said) >got.csv; cmp short.csv got.csv"
done
check_status 0 'a greater --max-line reads it' \
    tallyman scan --max-line 20M long.log
{
	numbers 1 3
	echo "$(head -c 990 /dev/zero | tr '\0' x) 7: b.py:1 -- B.put"
	numbers 4 6
} >limit.log
check_message 'a line may be as long as --max-line' '7 of 7 entries' \
    tallyman scan --max-line 1009 limit.log
check_message 'but not longer' '6 of 6 entries' \
    tallyman scan --max-line 1008 limit.log
check_output 'a file and a pipe are the same' "$(tallyman scan -q \
    --max-line 1008 limit.log 2>/dev/null)" \
    sh -c 'cat limit.log | tallyman scan -q --max-line 1008'

# --- Odd bytes.

printf 'x\000y\000z\n5: a\000b.py:1 -- A.put\000\n' >nul.log
check_output 'NUL bytes are bytes' ',a@b.py,1,,A.put,5,1' \
    sh -c 'tallyman scan -q nul.log | tail -n 1 | tr "\\000" @'
printf '\377\376 5: a\351.py:1 -- A.put\n5: \303\251.py:1 -- A.put\n' >latin.log
check_output 'what is no UTF-8 is kept' \
    "$(printf ',a\351.py,1,,A.put,5,1\n,\303\251.py,1,,A.put,5,1')" \
    sh -c 'tallyman scan -q latin.log | tail -n +2'
printf '\357\273\2772013-06-12 5: a.py:1 -- A.put\r\n6: a.py:2 -- A.put\r\n' \
    >windows.log
check_output 'a byte order mark and CR LF are no part of a line' \
    '2013-06-12,a.py,1,,A.put,5,1
2013-06-12,a.py,2,,A.put,6,1' sh -c 'tallyman scan -q windows.log | tail -n +2'
printf '\357\273\2775: a.py:1 -- A.put' >mark.log
check_output 'not even before a count, or without a line end' \
    ',a.py,1,,A.put,5,1' sh -c 'tallyman scan -q mark.log | tail -n 1'

esc=$(printf '\033')
evil="evil${esc}]0;x.log"
printf '5: a.py:1 -- A.put\n99999999999999999999: \033[2J.py:1 -- A.put\n' \
    >"$evil"
printf '18446744073709551615: \\033[2J.py:1 -- A.put\n' >>"$evil"
printf '18446744073709551615: \\033[2J.py:1 -- A.put\n' >>"$evil"
controls()
{
	"$@" 2>&1 >/dev/null | tr -d '\n -~\200-\377'
}
check_output 'no control byte gets to standard error' '' \
    controls tallyman scan "$evil"
check_output 'nor into a table' '' \
    sh -c 'tallyman scan -q --format table "$1" 2>/dev/null |
	tr -d "\n -~\200-\377"' sh "$evil"
check_output 'nor into JSON' '' \
    sh -c 'tallyman scan -q --format json "$1" 2>/dev/null |
	tr -d "\n -~\200-\377"' sh "$evil"

# --- Large numbers.

printf '1: a.py:1 -- A.put\n18446744073709551615: a.py:2 -- A.put\n' >max.log
check_output 'a count may be 2^64-1' \
    ',a.py,1,,A.put,1,1
,a.py,2,,A.put,18446744073709551615,1' \
    sh -c 'tallyman scan -q max.log | tail -n +2'
cp max.log beyond.log
echo '18446744073709551616: a.py:2 -- A.put' >>beyond.log
check_status 0 'a greater one is a malformed line: exit 0' \
    tallyman scan beyond.log
check_message 'whose place is told' 'beyond\.log:3: a count beyond 2\^64-1$' \
    tallyman scan beyond.log
check_message 'through a pipe too' \
    'standard input:3: a count beyond 2\^64-1$' \
    sh -c 'cat beyond.log | tallyman scan'
check_message 'and which is counted' '1 malformed line$' \
    tallyman scan --day 2013-06-12 beyond.log
check_status 2 'a sum beyond it: exit 2' tallyman scan max.log max.log
check_message 'its cell is named' \
    'a\.py:2 A\.put: its sum is beyond 2\^64-1 and stays there$' \
    tallyman scan max.log max.log
check_output 'and stays' \
    ',a.py,1,,A.put,4,4
,a.py,2,,A.put,18446744073709551615,4' \
    sh -c 'tallyman scan -q -j 4 max.log max.log max.log max.log 2>&1 |
	grep ^,'
tallyman scan -q --by operation max.log >sum.csv 2>/dev/null
check_output 'where cells are added up too' 'A.put,18446744073709551615,2' \
    tail -n 1 sum.csv

# --- Patterns that do not end.

printf '5: %s!.py:1 -- A.put\n6: b.py:1 -- A.put\n' \
    "$(head -c 40 /dev/zero | tr '\0' a)" >redos.log
evil_pattern()
{
	tallyman scan --match-limit 1000 --file-pattern '^(a|a|b)+\.' redos.log
}
check_status 2 'a match that takes too long is given up: exit 2' evil_pattern
check_message 'its place is told' \
    'redos\.log:1: a pattern reached its limit' evil_pattern
check_message 'and it is counted' '1 of 2 entries counted.*1 line given up on' \
    evil_pattern
check_output 'the others are counted' ',b.py,1,,A.put,6,1' \
    sh -c 'tallyman scan -q --match-limit 1000 --file-pattern "^(a|a|b)+\\." \
    redos.log 2>/dev/null | tail -n 1'
late()
{
	tallyman scan --match-bytes 10 --line-pattern 'A\.put' "$@" max.log
}
check_status 2 'a pattern that sees not enough of a line gives up' late
check_message 'which is told' 'max\.log:1: a pattern reached its limit' late

# --- Rejects.

{
	printf 'Started GET "/" for ::1 at 2021-04-05 10:00:00 -0700\n'
	printf '  \342\206\263 nonsense\n'
	printf '  City Load (0.5ms)  SELECT * FROM "cities" /*a:b,line:/x.rb:1*/\n'
	printf '  \342\206\263 x.rb:1\n'
	printf '  City Load (0.5ms)  SELECT 1 FROM "towns"\n'
} >rails.log
check_output '--rejects keeps what was not counted' \
'# rails.log:2: an arrow without file and line behind it
  ↳ nonsense
# rails.log: at byte 133: counted already
  ↳ x.rb:1
# rails.log: at byte 189: no caller
SELECT 1 FROM "towns"' \
    sh -c 'tallyman scan -q --rejects rejects rails.log >/dev/null
	cat rejects'
many()
{
	seq 1 3000 | sed 's/.*/99999999999999999999: f&.py:& -- A.put/'
	numbers 1 1
	seq 3001 6000 | sed 's/.*/99999999999999999999: f&.py:& -- A.put/'
}
many >many.log
kept()
{
	tallyman scan -q -j "$1" --rejects rejects many.log many.log \
	    >/dev/null && grep -v '^#' rejects
}
check 'all of them' sh -c 'many() { grep -v ^2013 many.log; }
	tallyman scan -q --rejects rejects many.log many.log >/dev/null
	{ many; many; } >want; grep -v "^#" rejects | cmp want -'
for threads in 1 2 8; do
	kept "$threads" >"kept.$threads"
done
check '-j 1 and -j 2 keep the same, in the same order' cmp kept.1 kept.2
check '-j 1 and -j 8 too' cmp kept.1 kept.8
check_output 'only the first few are printed' 5 \
    sh -c 'tallyman scan many.log 2>&1 | grep -c "many.log:.*beyond"'

# --- Odd files.

mkdir -p loop/below
numbers 1 3 >loop/a.log
ln -s .. loop/below/up
ln -s ../a.log loop/below/again.log
check_message 'links to directories are not followed' '6 of 6 entries' \
    tallyman scan loop
ln -s nowhere loop/broken
check_status 2 'a broken link in a directory: exit 2' tallyman scan loop
check_message 'it is named' 'loop/broken: No such file' tallyman scan loop
mkfifo fifo
from_fifo()
{
	numbers 1 5 >fifo &
	tallyman scan fifo
}
check_message 'a FIFO is read' '5 of 5 entries' from_fifo
check_message 'a directory with a FIFO does not wait for it' '6 of 6' \
    sh -c 'rm loop/broken; mkfifo loop/fifo; tallyman scan loop'
if [ -r /proc/self/status ]; then
	check_message 'a file that says it is empty is read' \
	    '^tallyman scan: [1-9].*, 0 of 0' tallyman scan /proc/self/status
else
	skip 'there is no /proc' 'a file that says it is empty is read'
fi
few_descriptors()
{
	for i in 1 2 3 4 5 6 7 8 9; do
		for k in 1 2 3 4 5 6 7 8 9; do
			gzip -c loop/a.log >"loop/$i.$k.gz"
		done
	done
	# shellcheck disable=SC3045 # dash and bash have it
	ulimit -n 16 && tallyman scan -j 8 loop
}
check_message 'many files need few descriptors' '249 of 249' few_descriptors

# As somebody who may not read it.
chmod 755 "$work" "$work/.."
chmod 000 loop/a.log
if [ "$(id -u)" -ne 0 ]; then
	as_other=
elif runuser -u nobody -- tallyman --version >/dev/null 2>&1; then
	as_other='runuser -u nobody --'
else
	as_other=none
fi
if [ "$as_other" = none ]; then
	skip 'the super-user reads all' 'an unreadable file: exit 2'
else
	# shellcheck disable=SC2086 # is several words, or none
	check_status 2 'an unreadable file: exit 2' \
	    $as_other tallyman scan loop
	# shellcheck disable=SC2086
	check_message 'it is named, the rest is counted' \
	    'loop/a\.log: Permission denied|243 of 243 entries' \
	    $as_other tallyman scan loop
	mkdir closed
	numbers 1 1 >closed/a.log
	chmod 000 closed
	# shellcheck disable=SC2086
	check_message 'an unreadable directory is named' \
	    'closed: Permission denied' $as_other tallyman scan closed
	# shellcheck disable=SC2086
	check_status 2 'with exit 2' $as_other tallyman scan closed
fi
chmod 644 loop/a.log

# --- Outputs that fail.

# full WHAT COMMAND...: exits 2 and says so.
full()
{
	full_pattern=$1
	shift
	"$@" 2>said
	full_status=$?
	cat said >&2
	[ "$full_status" -eq 2 ] &&
	    grep -qE "^tallyman scan: $full_pattern" said
}
to_full()
{
	tallyman scan "$@" >/dev/full
}
if [ -c /dev/full ]; then
	for form in csv json table; do
		check "a full standard output is told: $form" \
		    full 'standard output: No space left' \
		    to_full --format "$form" whole.log
	done
	check 'even for a header' full 'standard output: No space left' \
	    to_full -k Nothing whole.log
	check 'and for --list-presets' full 'standard output: No space left' \
	    to_full --list-presets
	check 'a full -o is told' full '/dev/full: No space left' \
	    tallyman scan -o /dev/full whole.log
	check 'full rejects are told' full '/dev/full: No space left' \
	    tallyman scan --rejects /dev/full many.log
	check 'that is still a device' test -c /dev/full
else
	skip '/dev/full is no device' 'a full standard output is told'
fi
check 'a closed standard output is told' full 'standard output: ' \
    sh -c 'tallyman scan whole.log >&-'
check_status 0 'closed standard input and error do not matter' \
    sh -c 'tallyman scan whole.log <&- 2>&-'
check_output 'who reads no further ends it without a word' "$header" \
    sh -c '{ tallyman scan -q whole.log; } 2>&1 | head -n 1'

echo old >keep.csv
for way in missing.log "-e ( whole.log" "--by nothing whole.log"; do
	# shellcheck disable=SC2086
	check_status 2 "nothing read: exit 2: $way" \
	    tallyman scan -o keep.csv $way
	check_output "-o stays untouched: $way" old cat keep.csv
done
check_output 'nothing is left beside it' '' \
    sh -c 'ls -A | grep "^\.keep"'
check_status 2 'something read: exit 2' \
    tallyman scan -q -o keep.csv cut.gzip
check 'and -o holds what could be read' \
    sh -c '[ "$(wc -l <keep.csv)" -gt 10000 ]'

mkdir small
if mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
	trap 'umount "$tap_dir/work/small" 2>/dev/null
	    chmod -R u+rwx "$tap_dir"; cd / && rm -rf "$tap_dir"' EXIT
	echo old >small/keep.csv
	check 'a full disk is told' full 'small/keep\.csv: No space left' \
	    tallyman scan -o small/keep.csv whole.log
	check_output 'the old file stays whole' old cat small/keep.csv
	check_output 'nothing is left beside it' keep.csv ls -A small
	check 'a full disk for spilled counts is told' \
	    full 'temporary file in small: No space left' \
	    env TMPDIR=small tallyman scan --memory 1 whole.log
	check_output 'then nothing is printed' '' \
	    env TMPDIR=small tallyman scan --memory 1 whole.log
	check 'so for -o' full 'temporary file in small: No space left' \
	    env TMPDIR=small tallyman scan --memory 1 -o spilled.csv whole.log
	check_not 'whose file is not made' test -e spilled.csv
	check 'a full disk for rejects is told' \
	    full 'small/rejects: No space left' \
	    tallyman scan --rejects small/rejects many.log
	umount small
else
	skip 'tmpfs cannot be mounted' 'a full disk is told'
fi
check 'a missing folder for spilled counts is told' \
    full 'temporary file in nowhere: No such file' \
    env TMPDIR=nowhere tallyman scan --memory 1 whole.log

# --- What was not counted is told, a few of each kind.

for n in 1 2 3 4 5 6 7; do
	echo "$n: a.py:1 -- A.put 0123456789012345678901234567890123456789"
done >kinds.log
echo '99999999999999999999: a.py:1 -- A.put' >>kinds.log
check_message 'many long lines do not silence a malformed one' \
    '^tallyman scan: kinds.log:8: a count beyond' \
    tallyman scan -p callcount --max-line 50 kinds.log
check_output 'five of a kind are told' 5 \
    sh -c 'tallyman scan -p callcount --max-line 50 kinds.log 2>&1 |
        grep -c "longer than --max-line"'

done_testing
