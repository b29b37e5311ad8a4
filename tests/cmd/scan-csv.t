#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan of tallies: what it wrote it reads back to the same bytes,
# whatever names hold; tallies are added up and made coarser.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

header=day,file,line,function,operation,count,entries

# --- There and back.

cat >odd.log <<'EOF'
15: a.py:1 -- A.put
2013-06-12 1: a,b.py:1 -- A.put
2013-06-12 2: "quoted".py:2 in say"hi" -- A.put
2013-06-12 3: two\nlines.py:3 in one\015\012more -- A.put
2013-06-12 4: cr\r.py:4 -- A.put
2013-06-12 5: nul\000\000x.py:5 -- A.put
2013-06-12 6: \040\040blanks\040:6 in \040 -- A.put
2013-06-12 7: caf\351.py:7 -- Caf\351.put
2013-06-12 8: été.py:8 in λ -- Été.put
2013-06-12 9: tab\t.py:9 -- A.put
2013-06-12 10: back\\slash.py:10 -- A.put
2013-06-12 11: =1+1:11 in +f -- A.put
2013-06-12 12: @x:0012 in -f -- A\040b.put
2013-06-12 13: a.py:0 -- A.put
2013-06-12 14: a.py:184467440737095516160000 -- A.put
2013-06-12 16: \000:1 -- A.put
EOF
tallyman scan -q odd.log >odd.csv

check_output 'all of it is there' 16 \
    sh -c 'tallyman scan odd.csv 2>&1 >/dev/null |
	sed "s/.* \([0-9]*\) of \1 entries.*/\1/"'
check 'a tally is read to the same bytes' \
    sh -c 'tallyman scan -q odd.csv | cmp odd.csv -'
check 'through a pipe too' \
    sh -c 'cat odd.csv | tallyman scan -q | cmp odd.csv -'
check 'packed too' \
    sh -c 'gzip -c odd.csv | tallyman scan -q | cmp odd.csv -'
for keys in file,line hour,site,operation operation,function,day kind,verb; do
	check "by $keys: to the same bytes" \
	    sh -c 'tallyman scan -q --by "$1" odd.log >by.csv &&
	    tallyman scan -q by.csv | cmp by.csv -' sh "$keys"
done
check 'JSON of the tally is JSON of the log' \
    sh -c 'tallyman scan -q --format json odd.log >log.json
	tallyman scan -q --format json odd.csv | cmp log.json -'
check 'by file: a tally made coarser is the log by file' \
    sh -c 'tallyman scan -q --by file odd.log >file.csv
	tallyman scan -q --by file odd.csv | cmp file.csv -'
check 'by kind and verb, which the tally has not as columns' \
    sh -c 'tallyman scan -q --by kind,verb odd.log >kind.csv
	tallyman scan -q --by kind,verb odd.csv | cmp kind.csv -'
check 'selected from the tally is selected from the log' \
    sh -c 'tallyman scan -q -k A --file-pattern "^[a-m]" odd.log >some.csv
	tallyman scan -q -k A --file-pattern "^[a-m]" odd.csv | cmp some.csv -
	test "$(wc -l <some.csv)" -gt 5'

if command -v python3 >/dev/null 2>&1; then
	cat >read.py <<'EOF'
import csv, sys
with open(sys.argv[1], newline="", encoding="latin-1") as f:
    for row in csv.reader(f):
        if row[5] in sys.argv[2:]:
            print(ascii(row))
EOF
	check_output 'others read the same names (RFC 4180)' \
"['2013-06-12', '\"quoted\".py', '2', 'say\"hi\"', 'A.put', '2', '1']
['2013-06-12', 'a,b.py', '1', '', 'A.put', '1', '1']
['2013-06-12', 'cr\\r.py', '4', '', 'A.put', '4', '1']
['2013-06-12', 'two\\nlines.py', '3', 'one\\r\\nmore', 'A.put', '3', '1']" \
	    python3 read.py odd.csv 1 2 3 4
else
	skip 'there is no python3' 'others read the same names (RFC 4180)'
fi

tallyman scan -q --safe-csv odd.log >safe.csv
check_output '--safe-csv marks what a spreadsheet would run' \
    "2013-06-12,'=1+1,11,'+f,A.put,11,1
2013-06-12,'@x,12,'-f,A b.put,12,1" \
    sh -c 'grep -a -e 1+1 -e @x safe.csv'
check_output 'and the name that begins with NUL, and nothing else' 3 \
    sh -c "diff -a odd.csv safe.csv | grep -a -c '^>'"
check_output 'without it names stay' '2013-06-12,=1+1,11,+f,A.put,11,1' \
    grep -a 1+1 odd.csv
check_output 'lines are numbers: leading zeros fall' '2013-06-12,@x,12,-f,A b.put,12,1' \
    grep -a @x odd.csv
check_output 'and may be long' 1 grep -a -c ',184467440737095516160000,' odd.csv

# --- Added up.

months='01 02 03 04 05 06 07 08 09 10 11 12'
for host in $months; do
	seq 1 "$host" | sed "s/.*/2013-06-12 &: a.py:& -- A.put, B.get/" \
	    >"host.$host.log"
	tallyman scan -q -o "host.$host.csv" "host.$host.log"
done
check 'twelve tallies are added up' \
    sh -c 'tallyman scan -q host.*.log >all.csv
	tallyman scan -q host.*.csv | cmp all.csv - && test "$(wc -l <all.csv)" -eq 25'
check_output 'each cell is the sum of theirs' \
    '2013-06-12,a.py,10,,A.put,30,3' grep ',10,,A' all.csv
check 'in parallel too' \
    sh -c 'tallyman scan -q -j 8 host.*.csv | cmp all.csv -'
cp host.07.csv again.csv
tail -n +2 host.07.csv >>again.csv
check_output 'a row that stands twice counts twice' \
    '2013-06-12,a.py,7,,A.put,14,2' \
    sh -c 'tallyman scan -q again.csv | grep ,7,,A'

for host in a b; do
	printf '{"ts":"2025-08-25T06:56:01Z","level":"warn",' >"$host.json"
	printf '"hostname":"%s","caller":"x.go:9","msg":"1"}\n' "$host" \
	    >>"$host.json"
	tallyman scan -q --by day,host,file,operation -o "by.$host.csv" \
	    "$host.json"
done
check_output 'hosts stay apart' \
    'day,host,file,operation,count,entries
2025-08-25,a,x.go,log.warn,1,1
2025-08-25,b,x.go,log.warn,1,1' tallyman scan -q by.a.csv by.b.csv
check_output 'unless they are added up' \
    'file,count,entries
x.go,2,2' tallyman scan -q --by file by.a.csv by.b.csv
check_output 'tallies of other columns give the usual ones' \
    "$header
2013-06-12,a.py,1,,A.put,1,1
2013-06-12,a.py,1,,B.get,1,1
2025-08-25,x.go,,,log.warn,1,1" tallyman scan -q by.a.csv host.01.csv

# --- Days and hours.

cat >hours.csv <<'EOF'
hour,operation,count,entries
2013-06-11T23,A.put,1,1
2013-06-12T00,A.put,10,1
2013-06-12T05,A.put,100,1
EOF
check_output 'an hour tells its day' \
    'day,count,entries
2013-06-11,1,1
2013-06-12,110,2' tallyman scan -q --by day hours.csv
check_output '--since and --until select hours' \
    'hour,operation,count,entries
2013-06-12T00,A.put,10,1' \
    tallyman scan -q --since 2013-06-12 --until 2013-06-12T04 hours.csv
check_output '--until selects days' \
    '2013-06-12,a.py,1,,A.put,1,1' \
    sh -c 'sed s/12,a/13,a/ host.01.csv >later.csv
	tallyman scan -q -e put --until 2013-06-12 later.csv host.01.csv |
	tail -n 1'
check_output 'rows without a day are told' 1 \
    sh -c 'tallyman scan odd.csv 2>&1 | grep -c "1 without a day"'

# --- As others write it.

printf '\357\273\277' >windows.csv
sed 's/$/\r/' all.csv >>windows.csv
check 'a byte order mark and CR LF are read' \
    sh -c 'tallyman scan -q windows.csv | cmp all.csv -'
printf '%s\n2013-06-12,a.py,1,,A.put,5,1' "$header" >open.csv
check_output 'the last line may lack its end' '2013-06-12,a.py,1,,A.put,5,1' \
    sh -c 'tallyman scan -q open.csv | tail -n 1'
cat >quoted.csv <<EOF
$header
"2013-06-12","a.py","007","","A.put","5","1"
EOF
check_output 'all may be quoted' '2013-06-12,a.py,7,,A.put,5,1' \
    sh -c 'tallyman scan -q quoted.csv | tail -n 1'
cat >columns.csv <<'EOF'
count,entries
5,1
7,2
EOF
check_output 'a tally may have no columns but its sums' 'count,entries
12,3' tallyman scan -q columns.csv
check_message 'a tally without days lacks none' '2 of 2 entries counted$' \
    tallyman scan columns.csv

# --- Wrong rows.

cat >wrong.csv <<EOF
$header
2013-06-12,a.py,1,,A.put,5,1
2013-06-12,a.py,2,,A.put,5
2013-06-12,a.py,3,,A.put,5,1,1
2013-06-12,a.py,x4,,A.put,5,1
2013-06-12,"a
b.py",5,,A.put,-5,1
2013-06-12,a.py,6,,A.put,18446744073709551616,1
2013-06-12,a.py,7,,A.put,5,many
2013-06-12,a.py,8,,A.put,5,1
EOF
check_output 'right rows are read among wrong ones' \
    '2013-06-12,a.py,1,,A.put,5,1
2013-06-12,a.py,8,,A.put,5,1' sh -c 'tallyman scan -q wrong.csv | tail -n +2'
check_status 0 'wrong ones do not change the exit status' \
    tallyman scan wrong.csv
check_message 'they are counted' '6 malformed lines$' tallyman scan wrong.csv
check_message 'a short row is told with its line' \
    'wrong\.csv:3: not as many fields as the header has$' \
    tallyman scan wrong.csv
check_message 'a long one' 'wrong\.csv:4: not as many fields' \
    tallyman scan wrong.csv
check_message 'a line that is none' 'wrong\.csv:5: the line is no number$' \
    tallyman scan wrong.csv
check_message 'a count that is none, of the line where its row begins' \
    'wrong\.csv:6: the count is no number$' tallyman scan wrong.csv
check_message 'a count too great' 'wrong\.csv:8: the count is beyond 2\^64-1$' \
    tallyman scan wrong.csv
check_output 'all are among the rejects' \
    '# wrong.csv:3:
# wrong.csv:4:
# wrong.csv:5:
# wrong.csv:6:
# wrong.csv:8:
# wrong.csv:9:' \
    sh -c 'tallyman scan -q --rejects rejects wrong.csv >/dev/null
	grep "^#" rejects | cut -d " " -f 1,2'
printf '2013-06-12,"a.py,9,,A.put,5,1\n' >>wrong.csv
check_status 2 'a quote that stays open: exit 2' tallyman scan wrong.csv
check_message 'it is told' 'wrong\.csv: .*quote' tallyman scan wrong.csv
check_output 'what comes before is read' \
    '2013-06-12,a.py,8,,A.put,5,1' \
    sh -c 'tallyman scan -q wrong.csv 2>/dev/null | tail -n 1'

done_testing
