#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan: what is selected, how it is grouped, how it is shown, and
# which day it belongs to.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

header=day,file,line,function,operation,count,entries

cat >app.log <<'EOF'
2013-06-11 04:59:58,000 INFO 7: app/users.py:12 in save -- UserData.put, UserData.get
2013-06-11 05:10:00,000 INFO 20: app/users.py:12 in save -- UserData.put
2013-06-12 04:00:00,000 INFO 300: lib/cache.py:9 -- Video.query, userdata.delete
2013-06-12 05:59:59,000 WARN 4000: lib/cache.py:100 -- Shop::Cart.merge
2013-06-13 00:00:00,000 INFO 50000: app/users.py:9 -- UserData.put
EOF

# cells [OPTION|FILE]...: "operation count" of each row, in one line.
cells()
{
	tallyman scan -q --by operation "$@" | awk -F, '
	    NR > 1 { printf "%s%s %s", sep, $1, $2; sep = "," }
	    END { if (NR > 1) print "" }'
}

all='Shop::Cart.merge 4000,UserData.get 7,UserData.put 50027'
all=$all,'Video.query 300,userdata.delete 300'
check_output 'without a selection all counts' "$all" cells app.log

# --- Operations.

check_output '-e takes what matches' 'UserData.get 7,UserData.put 50027' \
    cells -e '^User' app.log
check_output 'several -e are alternatives' \
    'UserData.get 7,Video.query 300' cells -e 'get$' -e Video app.log
check_output '-F: a pattern is plain text' '' cells -F -e '^User' app.log
check_output '-F: which may stand anywhere' 'UserData.get 7' \
    cells -F -e Data.get app.log
check_output '-i: case does not matter' 'userdata.delete 300' \
    cells -i -e 'USERDATA\.D' app.log
check_output '-v: what does not match' \
    'Shop::Cart.merge 4000,Video.query 300,userdata.delete 300' \
    cells -v -e '^User' app.log
check_output '-k takes a kind' 'UserData.get 7,UserData.put 50027' \
    cells -k UserData app.log
check_output 'a kind is the whole word' '' cells -k User app.log
check_output 'several -k are alternatives' \
    'Shop::Cart.merge 4000,Video.query 300' \
    cells -k Video -k Shop::Cart app.log
check_output '-k and -e must both hold' 'UserData.get 7' \
    cells -k UserData -e get app.log
check_output '-v turns both around together' \
    "$(echo "$all" | sed 's/,UserData.get 7//')" \
    cells -v -k UserData -e get app.log
check_output '-i is for -k too' \
    'UserData.get 7,UserData.put 50027,userdata.delete 300' \
    cells -i -k userDATA app.log
check_output 'UserData.<put> is UserData.put' 'UserData.put 50027' \
    cells -e 'UserData.<put>' app.log
check_output 'plain text too' 'UserData.put 50027' \
    cells -F -e 'UserData.<put>' app.log
check_output '--writes' \
    'Shop::Cart.merge 4000,UserData.put 50027,userdata.delete 300' \
    cells --writes app.log
check_output '--reads' 'UserData.get 7,Video.query 300' cells --reads app.log
check_output '--writes --reads: either' "$all" cells --writes --reads app.log

# --- Files, lines, times.

check_output '--file-pattern' 'UserData.get 7,UserData.put 50027' \
    cells --file-pattern '^app/' app.log
check_output '--line-pattern' 'Shop::Cart.merge 4000' \
    cells --line-pattern ' WARN ' app.log
check_output '--since a day' "$(echo "$all" |
	sed 's/,UserData.get 7//; s/50027/50000/')" \
    cells --since 2013-06-12 app.log
check_output '--until a day includes it' 'UserData.get 7,UserData.put 27' \
    cells --until 2013-06-11 app.log
check_output '--since an hour' 'UserData.put 20' \
    cells --since 2013-06-11T05 --until 2013-06-11 app.log
check_output '--until an hour includes it' \
    'Shop::Cart.merge 4000,Video.query 300,userdata.delete 300' \
    cells --since '2013-06-12 00' --until '2013-06-12 05' app.log
check_output '--until an hour ends with it' \
    'Video.query 300,userdata.delete 300' \
    cells --since 2013-06-12 --until 2013-06-12T04 app.log
check_output 'a time is a second' 'UserData.get 7,UserData.put 7' \
    cells --since '2013-06-11 04:59:58' --until '2013-06-11T04:59:58' app.log

cat >zones.log <<'EOF'
2013-06-11T23:30:00Z 1: a.py:1 -- A.put
2013-06-12T01:30:00+02:00 10: a.py:1 -- A.put
2013-06-12T01:30:00+0200 100: a.py:1 -- A.put
2013-06-11T23:30:00 1000: a.py:1 -- A.put
EOF
# days [OPTION|FILE]...
days()
{
	tallyman scan -q --by day "$@" | tail -n +2 | paste -sd ' ' -
}
check_output 'a day is as written' '2013-06-11,1001,2 2013-06-12,110,2' \
    days zones.log
check_output '--timezone converts what has an offset' \
    '2013-06-11,1000,1 2013-06-12,111,3' \
    days --timezone +02:00 zones.log
check_output '--log-timezone says what the others are in' \
    '2013-06-12,1111,4' \
    days --timezone +02:00 --log-timezone UTC zones.log
check_output '--log-timezone alone changes no day' \
    '2013-06-11,1001,2 2013-06-12,110,2' \
    days --log-timezone -07:00 zones.log
check_output 'bounds with an offset are instants' '2013-06-11,1,1 2013-06-12,110,2' \
    days --since 2013-06-12T01:30:00+02:00 --until 2013-06-11T23:30:00Z \
    --log-timezone -07:00 zones.log
if [ -e /usr/share/zoneinfo/Asia/Kathmandu ]; then
	check_output 'a zone has a name' \
	    '2013-06-11,1000,1 2013-06-12,111,3' \
	    days --timezone Asia/Kathmandu zones.log
else
	skip 'there is no zone database' 'a zone has a name'
fi

yesterday=$(date -d yesterday +%Y-%m-%d 2>/dev/null)
today=$(date +%Y-%m-%d)
# Midnight may pass between this and the checks.
if [ "$(date +%H%M)" -ge 2358 ]; then
	skip 'the day is about to end' '--since yesterday'
elif [ -n "$yesterday" ]; then
	cat >recent.log <<EOF
2013-06-11 1: a.py:1 -- A.put
$yesterday 00:00:00 10: a.py:1 -- A.put
$today 00:00:00 100: a.py:1 -- A.put
EOF
	check_output '--since yesterday' "$yesterday,10,1 $today,100,1" \
	    days --since yesterday recent.log
	check_output '--until yesterday includes it' \
	    "2013-06-11,1,1 $yesterday,10,1" days --until yesterday recent.log
	check_output '--since today' "$today,100,1" \
	    days --since today recent.log
else
	skip 'date knows no -d' '--since yesterday'
fi

# --- Which day.

# at PATH TEXT...: writes a log there.
at()
{
	mkdir -p "$(dirname "$1")"
	printf '%s\n' "$2" >"$1"
}
bare='5: a.py:1 -- A.put'
at plain.log "$bare"
check_output 'an entry without a day has an empty one' ',5,1' days plain.log
check_message 'which is told' '1 without a day' tallyman scan plain.log
check_output '--day is for those' '2013-06-12,5,1' \
    days --day 2013-06-12 plain.log
for path in 2013/06/12/app.log app-20130612.log app-2013-06-12.log \
    app.2013.06.12.log logs.20130612/app.log; do
	at "$path" "$bare"
	check_output "the day of $path" '2013-06-12,5,1' days "$path"
done
check_output 'the path says more than --day' '2013-06-12,5,1' \
    days --day 2014-01-01 app-20130612.log
at 2013/06/13/app.log "2013-06-12 23:59:59 $bare"
check_output 'a stamp says more than the path' '2013-06-12,5,1' \
    days 2013/06/13/app.log
check_message 'which is told' \
    "1 entry is of another day than the file's path says" \
    tallyman scan 2013/06/13/app.log
at 2013/06/14/app.log "23:59:59 $bare"
check_output 'a stamp without a date takes the path'\''s' '2013-06-14T23,5,1' \
    sh -c 'tallyman scan -q --by hour 2013/06/14/app.log | tail -n 1'
at 2013/06/15/syslog "Jun 12 05:04:03 host app: $bare"
check_output 'a stamp without a year takes the path'\''s' '2013-06-12,5,1' \
    days 2013/06/15/syslog
at syslog "Dec 31 05:04:03 host app: $bare
Jan  1 05:04:03 host app: $bare"
touch -d '2016-01-02 00:00:00' syslog
check_output 'else that of the modification, not in its future' \
    '2015-12-31,5,1 2016-01-01,5,1' days syslog
at carried.log "2013-06-12 05:00:00 start
$bare
2013-06-13 05:00:00 again
$bare
$bare"
check_output 'a line without a stamp takes the one above' \
    '2013-06-12,5,1 2013-06-13,10,2' days carried.log
check_output 'each file begins without one' ',5,1 2013-06-12,5,1 2013-06-13,10,2' \
    days carried.log plain.log

# --- Grouping.

by()
{
	tallyman scan -q --by "$@"
}
check_output '--by file,kind' 'file,kind,count,entries
app/users.py,UserData,50034,4
lib/cache.py,Shop::Cart,4000,1
lib/cache.py,Video,300,1
lib/cache.py,userdata,300,1' by file,kind app.log
check_output '--by verb' 'verb,count,entries
delete,300,1
get,7,1
merge,4000,1
put,50027,3
query,300,1' by verb app.log
check_output '--by site: file, line (as a number), function' \
    'file,line,function,count,entries
app/users.py,9,,50000,1
app/users.py,12,save,34,3
lib/cache.py,9,,600,2
lib/cache.py,100,,4000,1' by site app.log
check_output '--by hour' 'hour,count,entries
2013-06-11T04,14,2
2013-06-11T05,20,1
2013-06-12T04,600,2
2013-06-12T05,4000,1
2013-06-13T00,50000,1' by hour app.log
check_output '--by keys in any order' 'operation,day,count,entries
UserData.get,2013-06-11,7,1
UserData.put,2013-06-11,27,2
UserData.put,2013-06-13,50000,1' by operation,day -k UserData app.log
cat >hosts.json <<'EOF'
{"ts":"2025-08-25T06:56:01Z","level":"warn","hostname":"b","caller":"x.go:9","msg":"1"}
{"ts":"2025-08-25T06:56:01Z","level":"warn","hostname":"a","caller":"x.go:9","msg":"2"}
EOF
check_output '--by host' 'host,count,entries
a,1,1
b,1,1' by host hosts.json
cat >revisions.csv <<'EOF'
revision,file,line,operation,count,entries
r9,a.py,1,A.put,5,1
r10,a.py,1,A.put,7,1
EOF
check_output '--by revision' 'revision,count,entries
r10,7,1
r9,5,1' by revision revisions.csv
cat >hook.log <<'EOF'
2013-06-12 05:00:00 INFO 5: a.py:1 -- A.put, A.get [revision 3f2c1ab]
2013-06-12 05:00:00 INFO 7: a.py:1 -- A.put, A.get [revision a\040b]
2013-06-12 05:00:00 INFO 20: a.py:1 -- A.put, A.get
2013-06-12 05:00:01 INFO 100: a.py:1 -- A.put, A.get [revision 3f2c1ab]
2013-06-12 05:00:01 INFO 400: a.py:1 -- A.put, A.get [revision a\040b]
EOF
check_output '--by revision, as the hook told it' \
    'revision,file,line,operation,count,entries
,a.py,1,A.put,20,1
3f2c1ab,a.py,1,A.put,105,2
a b,a.py,1,A.put,407,2' by revision,file,line,operation -e put hook.log
check_output '--by revision, as -x captured it' 'revision,count,entries
3f2c1ab,2,2' by revision hook.log \
    -x '(?<file>a.py):(?<line>1) .*\[revision (?<revision>3\w+)\]'
check_message 'a column that a tally has not is told' \
    'revisions.csv: a tally without the column host' \
    tallyman scan --by host revisions.csv

# --- Order and form.

check_output '--sort count: the largest first' 'Shop::Cart.merge
Video.query
userdata.delete' sh -c 'tallyman scan -q --by operation --sort count \
    --until 2013-06-12 --since 2013-06-12 app.log | tail -n +2 | cut -d, -f1'
check_output '--top cuts' 'operation,count,entries
UserData.put,50027,3' by operation --sort count --top 1 app.log
check_output '--top cuts rows in the order of their keys too' \
    'operation,count,entries
Shop::Cart.merge,4000,1' by operation --top 1 app.log
check_output '--format json' '[
{"file":"lib/cache.py","line":9,"count":600,"entries":2},
{"file":"lib/cache.py","line":100,"count":4000,"entries":1}
]' by file,line --format json --since 2013-06-12 --until 2013-06-12 app.log
check_output 'no row is an empty array' '[]' \
    tallyman scan -q --format json -k Nothing app.log
check_output 'no row is a header alone' "$header" \
    tallyman scan -q -k Nothing app.log
check_status 1 'and exit status 1' tallyman scan -q -k Nothing app.log

printf '5: caf\\351.py:1 -- A.put\n7: b.py:2 -- A."x\n' >odd.log
printf '6: "q\\\\,\\\\n\\001.py:3 -- A.put\n' >>odd.log
if command -v python3 >/dev/null 2>&1; then
	python_reads_json()
	{
		tallyman scan -q --format json odd.log "$@" |
		    python3 -c '
import base64, json, sys
for row in json.load(sys.stdin):
    name = base64.b64decode(row.get("file_base64", ""))
    print(ascii(row["file"]), name, row["line"], row["count"])'
	}
	check_output 'JSON is JSON, whatever a file is called' \
"'\"q\\\\,\\\\n\\x01.py' b'' 3 6
'caf\\ufffd.py' b'caf\\xe9.py' 1 5" python_reads_json
else
	skip 'there is no python3' 'JSON is JSON, whatever a file is called'
fi

check_output '--format table: the largest first, thousands apart' \
'OPERATION          COUNT  ENTRIES
UserData.put      50,027        3
Shop::Cart.merge   4,000        1
Video.query          300        1
userdata.delete      300        1
UserData.get           7        1' by operation --format table app.log
check_output '--sort key holds in a table' \
'OPERATION         COUNT  ENTRIES
Shop::Cart.merge  4,000        1
UserData.get          7        1
... 3 more (--all, or -o FILE)' \
    by operation --format table --sort key --top 2 app.log

seq 1 5000 | sed 's/.*/&: a.py:& -- A.put/' >many.log
# On a terminal, with its line ends.
terminal()
{
	script -qec "$*" /dev/null </dev/null | tr -d '\r'
}
columns_on_terminal()
{
	terminal tallyman scan -q --color never --by operation app.log |
	    head -n 1 | tr -s ' '
}
if script -qec true /dev/null >/dev/null 2>&1; then
	check_output 'a terminal gets a table' 'OPERATION COUNT ENTRIES' \
	    columns_on_terminal
	terminal tallyman scan -q many.log >table
	check_output 'of 20 rows' 22 sh -c 'wc -l <table'
	check_output 'which says how many more there are' \
	    '... 4,980 more (--all, or -o FILE)' tail -n 1 table
	terminal tallyman scan -q --all many.log >table
	check_output '--all shows all' 5001 sh -c 'wc -l <table'
	terminal tallyman scan -q -o out.csv app.log
	check_output '-o writes CSV all the same' "$header" head -n 1 out.csv
	printf '5: \\033]0;evil\\007.py:1 -- A.put\n' >evil.log
	evil_bytes()
	{
		terminal tallyman scan --color never evil.log |
		    tr -d '\n -~\200-\377'
	}
	check_output 'no control byte of a name gets to a terminal' '' \
	    evil_bytes
else
	skip 'there is no script(1)' 'a terminal gets a table'
fi
check_output 'a pipe gets CSV' "$header" \
    sh -c 'tallyman scan -q many.log | head -n 1'

printf '5: =1+1:1 -- A.put\n' >formula.log
check_output '--safe-csv defuses formulas' ",'=1+1,1,,A.put,5,1" \
    sh -c 'tallyman scan -q --safe-csv formula.log | tail -n 1'
check_output 'without it they stay as they are' ",=1+1,1,,A.put,5,1" \
    sh -c 'tallyman scan -q formula.log | tail -n 1'

printf '5: a.py:1 -- Feed.created Feed.put, Feed.owner (descending)\n' \
    >queries.log
check_output 'operations are named as logged' \
    'Feed.created 5,Feed.owner (descending) 5,Feed.put 5' cells queries.log
check_output '--fold-queries makes one of words that are no verb' \
    'Feed.put 5,Feed.query 5' cells --fold-queries queries.log

# --- Files of directories.

mkdir -p tree/old
cp app.log tree/app.log
cp app.log tree/app.log.1
cp app.log tree/old/app.log
check_output 'a directory is read with all below it' \
    'UserData.get 21' cells -e get tree
check_output '--include takes some' 'UserData.get 14' \
    cells -e get --include '*.log' tree
check_output '--exclude leaves some out' 'UserData.get 7' \
    cells -e get --include '*.log' --exclude old tree
echo 'nothing to see' >tree/notes.txt
check_message 'files without call sites are listed' \
    '1 file without call sites: tree/notes.txt' tallyman scan tree
check_status 0 'which is no error' tallyman scan tree

# --- Formats that show late. No sample falls on the odd line.

# rare LINE FILLING: 4 MB with LINE at 100 kB.
rare()
{
	awk -v line="$1" -v filling="$2" 'BEGIN {
		for (size = 0; size < 4000000; size += length(filling) + 1) {
			if (size > 100000 && line != "") {
				print line
				line = ""
			}
			print filling
		}
	}'
}
rare "2013-06-12 05:00:00 $bare" '2013-06-12 05:00:00 GET / 200' >rare.log
check_output 'one count in megabytes of other lines is found' \
    'A.put 5' cells rare.log
check_message 'and its preset told' 'preset: callcount for 1 file$' \
    tallyman scan rare.log
statement='2013-06-12 05:00:00 UTC [1] LOG:  statement: SELECT 1 FROM t'
rare "$statement /*file:a.py,line:3*/" "$statement" >rare.log
check_output 'one tag in megabytes of statements is found' \
    't.select 1' cells rare.log
rare '{"t":"5: a.py:1 -- A.put"}' '{"t":"GET / 200"}' >rare.log
check_output 'one count inside JSON is found where it is told to be' \
    'A.put 5' cells -p callcount --json-text /t rare.log

# --- A format of one's own.

check_output '-x names the groups' 'a.c,9,2013-06-12,K.put,5,1' \
    sh -c 'echo "<2013-06-12> n=5 K/put a.c@9" |
	tallyman scan -q --by file,line,day,operation \
	-x "<(?<time>\S+)> n=(?<count>\d+) (?<kind>\w+)/(?<verb>\w+) (?<file>\S+)@(?<line>\d+)" |
	tail -n 1'
cat >cloud.json <<'EOF'
{"outer":{"text":"2013-06-12 05:00:00 5: a.py:1 -- A.put\n7: a.py:2 -- A.get"}}
EOF
check_output '--json-text finds the text inside JSON' \
    '2013-06-12,a.py,1,,A.put,5,1
2013-06-12,a.py,2,,A.get,7,1' \
    sh -c 'tallyman scan -q --json-text /outer/text cloud.json | tail -n +2'
check_output 'presets are listed' 1 \
    sh -c 'tallyman scan --list-presets | grep -c "^rails  "'

done_testing
