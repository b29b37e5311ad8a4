#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman diff: from tallies and logs to changes.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

header=rank,change,old_file,old_line,new_file,new_line,function,operation
header=$header,old_count,expected,new_count,delta,ratio,ratio_low,ratio_high
header=$header,excess,excess_low,share,q_value,match,score

tally=day,file,line,function,operation,count,entries
cat >all.csv <<EOF
$tally
2021-04-04,app/cities.rb,4,index,City.load,736,736
2021-04-04,app/cities.rb,4,index,Place.load,10,10
2021-04-04,app/old.rb,1,gone,City.load,5,5
2021-04-04,app/places.rb,27,update,Place.update,82,82
2021-04-04,app/places.rb,50,show,Place.load,7,7
2021-04-05,app/cities.rb,4,index,City.load,3463,3463
2021-04-05,app/cities.rb,4,index,Place.load,10,10
2021-04-05,app/cities.rb,12,create,City.create,65,65
2021-04-05,app/places.rb,28,update,Place.update,44,44
2021-04-05,app/places.rb,50,show,Place.load,7,7
EOF
grep -e day, -e 04-04 all.csv >old.csv
grep -e day, -e 04-05 all.csv >new.csv

check_output 'the worst comes first, then falls, then what is the same' \
"$header
1,grew,app/cities.rb,4,app/cities.rb,4,index,City.load,736,,3463,2727,4.705,,,,,0.9767,,exact,1.00
2,appeared,,,app/cities.rb,12,create,City.create,0,,65,65,,,,,,0.0233,,none,
3,shrank,app/places.rb,27,app/places.rb,28,update,Place.update,82,,44,-38,0.537,,,,,,,shifted,
4,vanished,app/old.rb,1,,,gone,City.load,5,,0,-5,0.000,,,,,,,none,
5,same,app/cities.rb,4,app/cities.rb,4,index,Place.load,10,,10,0,1.000,,,,,,,exact,1.00
6,same,app/places.rb,50,app/places.rb,50,show,Place.load,7,,7,0,1.000,,,,,,,exact,1.00" \
    tallyman diff old.csv new.csv

check_output 'a day of a tally is named FILE@DAY' "$(cat "$out")" \
    tallyman diff all.csv@2021-04-04 all.csv@2021-04-05

check_output 'operations are added up by site' \
"$header
1,grew,app/cities.rb,4,app/cities.rb,4,index,,746,,3473,2727,4.655,,,,,0.9767,,exact,1.00" \
    tallyman diff --by site --top 1 old.csv new.csv

check_output 'operations are added up by file' \
"$header
1,grew,app/cities.rb,,app/cities.rb,,,,746,,3538,2792,4.743,,,,,1.0000,,exact,1.00
2,shrank,app/places.rb,,app/places.rb,,,,89,,51,-38,0.573,,,,,,,exact,1.00
3,vanished,app/old.rb,,,,,,5,,0,-5,0.000,,,,,,,none," \
    tallyman diff --by file old.csv new.csv

check_output 'operations are added up by kind' \
"$header
1,grew,,,,,,City,741,,3528,2787,4.761,,,,,1.0000,,exact,1.00
2,shrank,,,,,,Place,99,,61,-38,0.616,,,,,,,exact,1.00" \
    tallyman diff --by kind old.csv new.csv

check_output 'small rows are left out' \
"$header
1,grew,app/cities.rb,4,app/cities.rb,4,index,City.load,736,,3463,2727,4.705,,,,,0.9767,,exact,1.00
2,shrank,app/places.rb,27,app/places.rb,28,update,Place.update,82,,44,-38,0.537,,,,,,,shifted," \
    tallyman diff --min-count 66 --min-delta 38 old.csv new.csv

check_output 'with the traffic known, what is beyond it counts' \
"$header
1,grew,,,,,,City,741,1482.0,3528,2787,4.761,,,2046.0,,1.0000,,exact,1.00
2,shrank,,,,,,Place,99,198.0,61,-38,0.616,,,-137.0,,,,exact,1.00" \
    tallyman diff --by kind --old-traffic 500 --new-traffic 1000 \
    old.csv new.csv
check_message 'the traffic is told from the sites, and how' \
    'traffic: x4\.273, of the sums' \
    tallyman diff --by kind --normalise old.csv new.csv

sed 's/2021-04-04/2021-04-03/; s/,82,82/,83,83/' old.csv >older.csv
check_output 'several old days are taken as their mean' \
'app/places.rb:28: Place.update 83 -> 44 (-46 %)' \
    sh -c 'tallyman diff --format quickfix older.csv old.csv new.csv |
	grep update'
check_message 'it says of how many days' 'mean of 2 days' \
    tallyman diff older.csv old.csv new.csv

# --- Forms.

check_output 'quickfix names place, counts and percent of what changed' \
'app/cities.rb:4: City.load 736 -> 3463 (+370 %)
app/cities.rb:12: City.create 0 -> 65 (new)
app/places.rb:28: Place.update 82 -> 44 (-46 %)
app/old.rb:1: City.load 5 -> 0 (-100 %)' \
    tallyman diff --format quickfix old.csv new.csv

check_output 'JSON is an array of objects' \
'[
{"rank":1,"change":"grew","old_file":null,"old_line":null,"new_file":null,"new_line":null,"function":null,"operation":"City","old_count":741,"expected":null,"new_count":3528,"delta":2787,"ratio":4.761,"ratio_low":null,"ratio_high":null,"excess":null,"excess_low":null,"share":1.0000,"q_value":null,"match":"exact","score":1.00}
]' \
    tallyman diff --by kind --top 1 --format json old.csv new.csv

check_output 'a table names the worst, and has the columns that are needed' \
'app/cities.rb:4 in index, City.load rose from 736 to 3,463: 98 % of the whole rise
CHANGE    SITE                       OPERATION     OLD    NEW   DELTA  RATIO   SHARE
grew      app/cities.rb:4            City.load     736  3,463  +2,727   4.71  97.7 %
appeared  app/cities.rb:12           City.create     0     65     +65          2.3 %
shrank    app/places.rb:28 (was 27)  Place.update   82     44     -38   0.54
vanished  app/old.rb:1               City.load       5      0      -5   0.00
same      app/cities.rb:4            Place.load     10     10       0   1.00
same      app/places.rb:50           Place.load      7      7       0   1.00' \
    tallyman diff --format table old.csv new.csv

narrow()
{
	COLUMNS=62 tallyman diff --by site --min-delta 38 --format table "$@" |
	    tail -n +2
}
check_output 'a narrow table cuts the middle of names' \
'CHANGE    SITE                      OLD    NEW   DELTA  RATIO   SHARE
grew      app/cities.rb:4           746  3,473  +2,727   4.66  97.7 %
appeared  app/cities.rb:12            0     65     +65          2.3 %
shrank    app/pla…s.rb:28 (was 27)   82     44     -38   0.54' \
    narrow old.csv new.csv

many()
{
	echo "$tally"
	seq 1 1234 | sed 's/.*/2021-04-04,a.py,&,f,X.put,&,1/'
}
many >many.csv
check_output 'a table has 20 rows and says how many more there are' \
'... 1,214 more (--all, or -o FILE)' \
    sh -c 'tallyman diff --format table many.csv many.csv | tail -n 1'
check_output 'a table has all rows when asked' 1236 \
    sh -c 'tallyman diff --all --format table many.csv many.csv | wc -l'
check_output 'it says when nothing rose' 'nothing rose' \
    sh -c 'tallyman diff --format table old.csv old.csv | head -n 1'

colored()
{
	tallyman diff --top 1 --format table "$@" old.csv new.csv |
	    tr '\033' '@' | grep -c '^@\[31mgrew@\[0m '
}
check_output 'there are no colours in a pipe' 0 colored
check_output 'there are colours when asked for' 1 colored --color always

formula()
{
	printf '%s\n2021-04-04,=1+1,1,,X.put,5,5\n' "$tally" >formula.csv
	tallyman diff --safe-csv old.csv formula.csv | grep -c ",'=1+1,1,"
}
check_output 'formulas are defused when asked' 1 formula

check_output '-o writes to a file' '' \
    tallyman diff -o changes.csv old.csv new.csv
check 'the file holds the rows' \
    sh -c 'tallyman diff old.csv new.csv | cmp - changes.csv'

# --- Exit status.

check_status 0 'exit 0: nothing changed' tallyman diff old.csv old.csv
check_status 1 'exit 1: something changed' tallyman diff old.csv new.csv
check_status 2 'exit 2: a file is missing' tallyman diff old.csv missing.csv
check_status 2 'exit 2: a full disk' \
    sh -c 'tallyman diff old.csv new.csv >/dev/full'
check_status 1 '--fail-above: a row rose by more' \
    tallyman diff --fail-above 300% old.csv new.csv
check_status 0 '--fail-above: no row of a hundred rose by more' \
    tallyman diff --fail-above 400% old.csv new.csv
check_status 1 '--fail-above: what appeared rose by more than any' \
    tallyman diff --fail-above 400% --min-count 65 old.csv new.csv
check_status 0 '--fail-above: the traffic explains it' \
    tallyman diff --fail-above 50 --old-traffic 1 --new-traffic 4 \
    old.csv new.csv

# --- What it warns of.

check_message 'other weekdays are told' \
    '2021-04-04 is a Sunday, 2021-04-05 a Monday' \
    tallyman diff old.csv new.csv
check_message 'days the wrong way round are told' \
    'old day 2021-04-05 is later than the new one 2021-04-04; swapped\?' \
    tallyman diff new.csv old.csv
check_output '-q says nothing of it' '' \
    sh -c 'tallyman diff -q new.csv old.csv 2>&1 >changes.csv'

cat >hours.csv <<EOF
day,hour,file,line,operation,count,entries
2021-04-04,2021-04-04T09,a.py,1,X.put,10,1
2021-04-04,2021-04-04T12,a.py,1,X.put,20,1
2021-04-04,2021-04-04T23,a.py,1,X.put,40,1
2021-04-05,2021-04-05T10,a.py,1,X.put,100,1
2021-04-05,2021-04-05T12,a.py,1,X.put,200,1
EOF
hours()
{
	tallyman diff "$@" --format quickfix hours.csv@2021-04-04 \
	    hours.csv@2021-04-05
}
check_output 'an old day is cut where the new one ends' \
    'a.py:1: X.put 30 -> 300 (+900 %)' hours
check_message 'a line says so' '2021-04-05 ends in its hour 12' hours
check_output 'whole days are compared when asked' \
    'a.py:1: X.put 70 -> 300 (+328 %)' hours --whole-days

# --- What it refuses.

check_message 'two operands are needed' 'OLD\.\.\. NEW' tallyman diff old.csv
check_status 2 'exit 2: without operands' tallyman diff
check_message 'several days are refused and listed' \
    'all\.csv holds several days: 2021-04-04, 2021-04-05; name one' \
    tallyman diff all.csv old.csv
check_message 'a day that is not there is refused' \
    'all\.csv: no day 2021-04-06 in it; it holds 2021-04-04, 2021-04-05' \
    tallyman diff all.csv@2021-04-06 old.csv
cp new.csv odd@2021-04-09
check_status 1 'a file of that name comes before a day of a file' \
    tallyman diff old.csv odd@2021-04-09
check_message 'other formats are refused' "no 'html'" \
    tallyman diff --format html old.csv new.csv
check_message 'days cannot be compared by' '^tallyman diff: --by: ' \
    tallyman diff --by day old.csv new.csv
check_message 'traffic is of both days' 'go together' \
    tallyman diff --old-traffic 5 old.csv new.csv
check_message 'a percentage is a number' "'lots' is no percentage" \
    tallyman diff --fail-above lots old.csv new.csv
check_message 'quickfix needs files' 'quickfix needs the files' \
    tallyman diff --by kind --format quickfix old.csv new.csv
echo 'nothing of the kind' >prose.txt
check_status 2 'exit 2: an input without call sites' \
    tallyman diff old.csv prose.txt
check_message 'an input without call sites is named' 'prose\.txt' \
    tallyman diff old.csv prose.txt
echo "$tally" >quiet.csv
check_status 1 'a tally without rows is a quiet day' \
    tallyman diff quiet.csv new.csv

# --- Logs.

cat >old.log <<'EOF'
2013-06-11 05:00:00 INFO 10: a.py:3 -- UserData.put
EOF
cat >new.log <<'EOF'
2013-06-12 04:00:00 INFO 11: a.py:3 -- UserData.put
2013-06-12 06:00:00 INFO 4: a.py:3 -- UserData.put, Video.get
EOF
check_output 'logs are scanned on the spot' \
'a.py:3: UserData.put 10 -> 15 (+50 %)
a.py:3: Video.get 0 -> 4 (new)' \
    tallyman diff -p callcount --format quickfix old.log new.log
check_output "scan's options select" \
    'a.py:3: UserData.put 10 -> 15 (+50 %)' \
    tallyman diff -p callcount -k UserData --format quickfix old.log new.log

cat >stray.log <<'EOF'
5: a.py:3 -- UserData.put
2013-06-12 06:00:00 6: a.py:3 -- UserData.put
EOF
check_output 'what has no day beside one day is left out' \
    'a.py:3: UserData.put 10 -> 6 (-40 %)' \
    tallyman diff -p callcount --format quickfix old.log stray.log
check_message 'that is told' 'stray\.log: what has no day is left out' \
    tallyman diff -p callcount old.log stray.log

spike()
{
	log=$data/flavortown-rails6.log.gz
	tallyman diff -q -p rails --by site --format quickfix --top 1 \
	    "$log@2021-04-04" "$log@2021-04-05"
}
sentence='the line of a real spike is found'
if [ -f "$data/flavortown-rails6.log.gz" ]; then
	check_output "$sentence" \
'app/controllers/cities_controller.rb:4: 736 -> 3463 (+370 %)' spike
else
	skip 'real logs are missing' "$sentence"
fi

done_testing
