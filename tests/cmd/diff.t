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
1,grew,app/cities.rb,4,app/cities.rb,4,index,City.load,736,736.0,3463,2727,4.705,3.341,6.620,2727.0,2481.8,0.9767,,exact,1.00
2,appeared,,,app/cities.rb,12,create,City.create,0,0.0,65,65,,,,65.0,59.8,0.0233,,none,
3,shrank,app/places.rb,27,app/places.rb,28,update,Place.update,82,82.0,44,-38,0.537,0.329,0.884,-38.0,0.0,,,shifted,0.70
4,vanished,app/old.rb,1,,,gone,City.load,5,5.0,0,-5,0.000,0.000,1.676,-5.0,0.0,,,none,
5,same,app/cities.rb,4,app/cities.rb,4,index,Place.load,10,10.0,10,0,1.000,0.399,2.504,0.0,0.0,,,exact,1.00
6,same,app/places.rb,50,app/places.rb,50,show,Place.load,7,7.0,7,0,1.000,0.299,3.341,0.0,0.0,,,exact,0.95" \
    tallyman diff old.csv new.csv

check_output 'a day of a tally is named FILE@DAY' "$(cat "$out")" \
    tallyman diff all.csv@2021-04-04 all.csv@2021-04-05

check_output 'operations are added up by site' \
"$header
1,grew,app/cities.rb,4,app/cities.rb,4,index,,746,746.0,3473,2727,4.655,3.306,6.550,2727.0,2478.5,0.9767,,exact,1.00" \
    tallyman diff --by site --top 1 old.csv new.csv

check_output 'operations are added up by file' \
"$header
1,grew,app/cities.rb,,app/cities.rb,,,,746,746.0,3538,2792,4.743,3.368,6.672,2792.0,2543.6,1.0000,,exact,1.00
2,shrank,app/places.rb,,app/places.rb,,,,89,89.0,51,-38,0.573,0.357,0.928,-38.0,0.0,,,exact,1.00
3,vanished,app/old.rb,,,,,,5,5.0,0,-5,0.000,0.000,1.676,-5.0,0.0,,,none," \
    tallyman diff --by file old.csv new.csv

check_output 'operations are added up by kind' \
"$header
1,grew,,,,,,City,741,741.0,3528,2787,4.761,3.381,6.698,2787.0,2540.2,1.0000,,exact,1.00
2,shrank,,,,,,Place,99,99.0,61,-38,0.616,0.390,0.979,-38.0,0.0,,,exact,1.00" \
    tallyman diff --by kind old.csv new.csv

check_output 'small rows are left out' \
"$header
1,grew,app/cities.rb,4,app/cities.rb,4,index,City.load,736,736.0,3463,2727,4.705,3.341,6.620,2727.0,2481.8,0.9767,,exact,1.00
2,shrank,app/places.rb,27,app/places.rb,28,update,Place.update,82,82.0,44,-38,0.537,0.329,0.884,-38.0,0.0,,,shifted,0.70" \
    tallyman diff --min-count 66 --min-delta 38 old.csv new.csv

check_output 'with the traffic known, what is beyond it counts' \
"$header
1,grew,,,,,,City,741,1482.0,3528,2787,4.761,3.381,6.698,2046.0,1552.4,1.0000,,exact,1.00
2,shrank,,,,,,Place,99,198.0,61,-38,0.616,0.390,0.979,-137.0,0.0,,,exact,1.00" \
    tallyman diff --by kind --old-traffic 500 --new-traffic 1000 \
    old.csv new.csv
check_message 'the traffic is told from the sites, and how' \
    'traffic: x4\.273, of the sums' \
    tallyman diff --by kind --normalise old.csv new.csv

# crowd DAY TRAFFIC HOT: twelve sites that count as the traffic does, one that
# counts by itself, one that always counts the same.
crowd()
{
	echo "$tally"
	awk -v day="$1" -v traffic="$2" -v hot="$3" 'BEGIN {
		for (i = 1; i <= 12; i++)
			printf "%s,app/crowd.rb,%d,all,Page.load,%d,1\n", day,
			    10 * i, 100 * i * traffic
		printf "%s,app/hot.rb,1,f,Hot.load,%d,1\n", day, hot
		printf "%s,app/rest.rb,1,f,Rest.load,500,1\n", day
	}'
}
crowd 2021-04-04 1 1000 >calm.csv
crowd 2021-04-05 2 9000 >crowd.csv
check_message 'from ten sites on their median tells the traffic, unasked' \
    'traffic: x2\.000, the median of 14 sites \(the sums: x2\.699\)' \
    tallyman diff calm.csv crowd.csv
crowded()
{
	tallyman diff calm.csv crowd.csv | cut -d , -f 1-3,9-12,16-18 | head -n 4
}
check_output 'then what is beyond it counts, and falls short of it' \
'rank,change,old_file,old_count,expected,new_count,delta,excess,excess_low,share
1,grew,app/hot.rb,1000,2000.0,9000,8000,7000.0,6886.4,1.0000
2,same,app/rest.rb,500,1000.0,500,0,-500.0,0.0,
3,grew,app/crowd.rb,1200,2400.0,2400,1200,0.0,0.0,' crowded

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
{"rank":1,"change":"grew","old_file":null,"old_line":null,"new_file":null,"new_line":null,"function":null,"operation":"City","old_count":741,"expected":741.0,"new_count":3528,"delta":2787,"ratio":4.761,"ratio_low":3.381,"ratio_high":6.698,"excess":2787.0,"excess_low":2540.2,"share":1.0000,"q_value":null,"match":"exact","score":1.00}
]' \
    tallyman diff --by kind --top 1 --format json old.csv new.csv

# squeezed: a table without what is only there for looks; diff-table.t looks at
# that.
squeezed()
{
	COLUMNS=0 tallyman diff -q --format table old.csv new.csv |
	    sed 's/  */ /g; s/^[* ] *//; s/ #*$//; /^--*$/d; /^: more/d'
}
check_output 'a table says it first, then the rows, then what is claimed' \
'app/cities.rb:4 in index rose from 746 to 3,473 (+366 %): 98 % of the whole excess, City.load above all

CHANGE SITE WAS OPERATION OLD NEW EXCESS AT LEAST RATIO 95 % SHARE MATCH
grew app/cities.rb:4 City.load 736 3,463 +2,727 +2,482 4.71 3.34..6.62 97.7 %
appeared app/cities.rb:12 City.create 0 65 +65 +59.8 2.3 %
shrank app/places.rb:28 :27 Place.update 82 44 -38 0.54 0.33..0.88 shifted .70
vanished app/old.rb:1 City.load 5 0 -5 0.00 0.00..1.68
same app/cities.rb:4 Place.load 10 10 0 1.00 0.40..2.50
same app/places.rb:50 Place.load 7 7 0 1.00 0.30..3.34

days: 2021-04-05 with 3,589, against 840 of 2021-04-04
traffic: taken as equal: fewer than 10 sites tell it
noise: 12 % a day, assumed
no baseline: significance not claimed (1 old day; it takes 3)
matched: 99 % of the old counts and 98 % of the new, by place and order; 1 vanished, 1 appeared' \
    squeezed

many()
{
	echo "$tally"
	seq 1 1234 | sed 's/.*/2021-04-04,a.py,&,f,X.put,&,1/'
}
many >many.csv
check_output 'a table has 20 rows and says how many more there are' \
'... 1,214 more (--all, or -o FILE)' \
    sh -c 'tallyman diff --format table many.csv many.csv | grep "^\.\.\."'
check_output 'a table has all rows when asked' 1234 \
    sh -c 'tallyman diff --all --format table many.csv many.csv |
	grep -c ^same'
check_output 'it says when nothing changed' \
    'nothing changed: 5 rows are as before' \
    sh -c 'tallyman diff --format table old.csv old.csv | head -n 1'

colored()
{
	tallyman diff --top 1 --format table "$@" old.csv new.csv |
	    tr '\033' '@' | grep -c '@\[31mgrew'
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

crowd 2021-04-05 2 2000 >busy.csv
check_status 1 '--fail-above: a traffic that is guessed excuses nothing' \
    tallyman diff --fail-above 80 calm.csv busy.csv
check_status 0 '--fail-above: unless that is asked for' \
    tallyman diff --fail-above 80 --normalise calm.csv busy.csv
check_status 0 '--fail-above: or it is given' \
    tallyman diff --fail-above 80 --old-traffic 1 --new-traffic 2 \
    calm.csv busy.csv
check_status 1 '--fail-above: more than the traffic is told from it' \
    tallyman diff --fail-above 80 --old-traffic 10 --new-traffic 11 \
    calm.csv busy.csv

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
check_message 'other formats are refused' "no 'xml'" \
    tallyman diff --format xml old.csv new.csv
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
check_status 2 'exit 2: a tally without rows' tallyman diff quiet.csv new.csv
check_message 'a tally without rows is no data' \
    'quiet\.csv: no data, not a day on which all vanished' \
    tallyman diff quiet.csv new.csv

check_output 'a tally without rows is called so once' 1 \
    sh -c 'tallyman diff quiet.csv new.csv 2>&1 | grep -c "without rows"'
mkfifo pipe
check_output 'a pipe is read once, be it a tally' \
    'City.load 736 -> 3463' \
    sh -c 'cat old.csv >pipe & timeout 20 tallyman diff --format quickfix \
	pipe new.csv | grep -o "City.load 7.*3463"; wait'
none()
{
	echo 'day,file,line,operation,count,entries'
	echo "$1,a.py,1,A.get,0,1"
}
none 2013-06-05 >none.csv
none 2013-06-12 >still.csv
check_output 'what neither day counts is not new' \
    '| same | `a.py:1` | `A.get` | 0 | 0 | 0 |  | - | - |' \
    sh -c 'tallyman diff --format markdown none.csv still.csv | grep same'
late()
{
	echo 'day,hour,file,line,operation,count,entries'
	for hour in $2; do
		echo "$1,$1T$hour,a.py,3,A.get,40,1"
	done
}
late 2013-05-29 '16 17' >late.csv
late 2013-06-05 '09 10 16 17' >early.csv
late 2013-06-12 '09 10' >today.csv
check_output 'a day that begins behind the hour of the cut is no day of nothing' \
    'a.py:3: A.get 80 -> 80 (+0 %)' \
    sh -c 'tallyman diff --format json late.csv early.csv today.csv |
	sed -n "s/.*old_count.:80,.*new_count.:80,.*/a.py:3: A.get 80 -> 80 (+0 %)/p"'
check_message 'it is told' '2013-05-29 has nothing up to its hour 10: left out' \
    tallyman diff late.csv early.csv today.csv
check_status 1 'where it was only not selected it is one' \
    sh -c 'echo "2013-05-29,2013-05-29T09,b.py,3,B.get,40,1" >>late.csv
	exec tallyman diff -k A late.csv today.csv'
echo '2013-06-05,x.py,3,User.put,90,1' >>none.csv
echo '2013-06-12,lib/y.py,7,User.put,91,1' >>still.csv
check_message 'what may only have moved is noted' \
    ': 1 site that appeared may only have moved: lib/y\.py:7 moved\? from x\.py:3$' \
    tallyman diff none.csv still.csv
check_output 'it is no rise' 0 \
    sh -c 'tallyman diff -q --fail-above 10% none.csv still.csv >out
	echo $?'
check_output 'what a table tells of traffic and days is not noted, too' 2 \
    sh -c 'sed s/04-04/03-28/ calm.csv >calmer.csv
	tallyman diff --format table calmer.csv calm.csv crowd.csv 2>&1 |
	    grep -cE "traffic: x|the mean of"'

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

# The sentence looks at files where no line stands out; that is not asked for.
for day in 05 12; do
	cat <<EOS >"most-$day.csv"
day,file,line,function,operation,count,entries
2013-06-$day,a.py,1,f,X.get,18446744073709551615,1
2013-06-$day,a.py,2,f,X.get,18446744073709551000,1
EOS
done
check_status 0 'sums that nobody asked for may pass 2^64-1' \
    tallyman diff --format table most-05.csv most-12.csv
check_status 2 'those that are asked for may not' \
    tallyman diff --by file most-05.csv most-12.csv

done_testing
