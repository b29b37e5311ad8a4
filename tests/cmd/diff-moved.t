#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman diff where the code moved between the days, told without a
# repository: a move is no fall and no rise.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# site DAY FILE LINE FUNCTION OPERATION COUNT
site()
{
	echo "$1,$2,$3,$4,$5,$6,1"
}

# day DAY: the head of a tally, and twelve sites that never change.
day()
{
	echo day,file,line,function,operation,count,entries
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		site "$1" app/rest.py "$n" g "Rest$n.put" 1000
	done
}

# six DAY FILE SHIFT FUNCTION: six sites of a file, all of one operation.
six()
{
	for n in 1 2 3 4 5 6; do
		site "$1" "$2" "$((n * 10 + $3))" "$4$n" "Shop.get" \
		    "$((n * 100))"
	done
}

# pairs [OPTION]... OLD NEW: how the rows were matched that did not stay.
pairs()
{
	tallyman diff -q "$@" | sed 1d | grep -v 'app/rest\.py' |
	    cut -d , -f 2-8,9,11,20,21
}

# sentence [OPTION]... OLD NEW: the first line of the table.
sentence()
{
	COLUMNS=0 tallyman diff -q --format table "$@" | head -n 1
}

# told [OPTION]... OLD NEW: what is said below the table of the matches.
told()
{
	COLUMNS=0 tallyman diff -q --format table "$@" |
	    sed -n '/^matched/,$p'
}

{
	day 2013-06-05
	six 2013-06-05 app/shop.py 0 f
} >old.csv

# --- Within a file.

{
	day 2013-06-12
	six 2013-06-12 app/shop.py 2 f
} >shifted.csv
check_output 'lines that were added above shift all' \
'same,app/shop.py,10,app/shop.py,12,f1,Shop.get,100,100,shifted,0.95
same,app/shop.py,20,app/shop.py,22,f2,Shop.get,200,200,shifted,1.00
same,app/shop.py,30,app/shop.py,32,f3,Shop.get,300,300,shifted,1.00
same,app/shop.py,40,app/shop.py,42,f4,Shop.get,400,400,shifted,1.00
same,app/shop.py,50,app/shop.py,52,f5,Shop.get,500,500,shifted,1.00
same,app/shop.py,60,app/shop.py,62,f6,Shop.get,600,600,shifted,1.00' \
    pairs old.csv shifted.csv
check_status 0 'a shift is no change' tallyman diff old.csv shifted.csv
check_output 'and is said to be none' 'nothing changed: 18 rows are as before' \
    sentence old.csv shifted.csv
check_output 'a table tells where each was' 5 \
    sh -c 'COLUMNS=0 tallyman diff -q --format table --by site old.csv \
	shifted.csv | grep -c "shop\.py:[3-6]2  *:[3-6]0\|shop.py:12  *:10 "'

sed 's/,app\/shop.py,42,f4,Shop.get,400,/,app\/shop.py,42,f4,Shop.get,4000,/' \
    shifted.csv >risen.csv
check_output 'what moved and rose is one row, the first' \
'1,grew,app/shop.py,40,app/shop.py,42,f4,Shop.get,400,400.0,4000,3600,shifted' \
    sh -c 'tallyman diff -q --top 1 old.csv risen.csv | sed 1d |
	cut -d , -f 1-12,20'
check_output 'and is told with both lines' \
'app/shop.py:42 (was :40) in f4 rose from 400 to 4,000 Shop.get (x10, traffic +0 %): all of the excess' \
    sentence old.csv risen.csv
check_output 'quickfix leads to where it is now' \
    'app/shop.py:42: Shop.get 400 -> 4000 (+900 %)' \
    tallyman diff -q --format quickfix old.csv risen.csv

sed 's/,f\([0-9]\),/,h\1,/' shifted.csv >renamed.csv
check_output 'functions that were renamed are followed by their order' \
'same,app/shop.py,10,app/shop.py,12,h1,Shop.get,100,100,shifted,0.65
same,app/shop.py,20,app/shop.py,22,h2,Shop.get,200,200,shifted,0.70
same,app/shop.py,30,app/shop.py,32,h3,Shop.get,300,300,shifted,0.70
same,app/shop.py,40,app/shop.py,42,h4,Shop.get,400,400,shifted,0.70
same,app/shop.py,50,app/shop.py,52,h5,Shop.get,500,500,shifted,0.70
same,app/shop.py,60,app/shop.py,62,h6,Shop.get,600,600,shifted,0.70' \
    pairs old.csv renamed.csv
sed 's/,f3,/,f3_of_all,/; s/-05,/-12,/' old.csv >renamed.csv
check_output 'a function that was renamed in its place is in its place' \
'same,app/shop.py,30,app/shop.py,30,f3_of_all,Shop.get,300,300,exact,0.70' \
    sh -c "tallyman diff -q old.csv renamed.csv | grep f3_of_all |
	cut -d , -f 2-9,11,20,21"

# --- To another file.

{
	day 2013-06-12
	six 2013-06-12 app/store.py 0 f
} >file.csv
check_output 'a file that was renamed is followed' \
'same,app/shop.py,10,app/store.py,10,f1,Shop.get,100,100,moved,1.00
same,app/shop.py,20,app/store.py,20,f2,Shop.get,200,200,moved,1.00
same,app/shop.py,30,app/store.py,30,f3,Shop.get,300,300,moved,1.00
same,app/shop.py,40,app/store.py,40,f4,Shop.get,400,400,moved,1.00
same,app/shop.py,50,app/store.py,50,f5,Shop.get,500,500,moved,1.00
same,app/shop.py,60,app/store.py,60,f6,Shop.get,600,600,moved,1.00' \
    pairs old.csv file.csv
check_output 'so it is by file' \
    'same,app/shop.py,,app/store.py,,,,2100,2100,moved,' \
    pairs --by file old.csv file.csv
check_status 0 'a file that was renamed is no change' \
    tallyman diff --by file old.csv file.csv

{
	cat old.csv
	site 2013-06-05 app/util.py 3 lone Lone.put 5000
	site 2013-06-05 app/util.py 9 stays Stays.put 700
} >before.csv
{
	day 2013-06-12
	six 2013-06-12 app/shop.py 0 f
	site 2013-06-12 app/lone.py 30 lone Lone.put 5010
	site 2013-06-12 app/util.py 9 stays Stays.put 700
} >after.csv
# lone OLD NEW: its rows.
lone()
{
	tallyman diff -q "$@" | grep Lone | cut -d , -f 2-9,11,20,21
}
check_output 'what appears while the like vanishes elsewhere stays two rows' \
'appeared,,,app/lone.py,30,lone,Lone.put,0,5010,none,
vanished,app/util.py,3,,,lone,Lone.put,5000,0,none,' \
    lone before.csv after.csv
check_output 'the guess is told, with how many there are' \
'matched: 75 % of the old counts and 75 % of the new, by place and order; 1 vanished, 1 appeared
1 site that appeared may only have moved (moved?): it is not taken for a rise' \
    told before.csv after.csv
check_output 'it is no rise, at any level' \
    'nothing stands out: what appeared may only have moved' \
    sh -c 'COLUMNS=0 tallyman diff -q --format table before.csv after.csv |
	head -n 1 | cut -d , -f 1'
rows_of()
{
	COLUMNS=0 tallyman diff -q --all --format table "$@" |
	    sed -n '/Lone.put/s/ .*  / /p' | sed 's/  *$//'
}
check_output 'both rows say where the other is' \
'appeared moved? from app/util.py:3
vanished moved? to app/lone.py:30' \
    rows_of before.csv after.csv

sed 's/,5010,/,20000,/' after.csv >more.csv
check_output 'of another size it is gone here and new there' \
'appeared,,,app/lone.py,30,lone,Lone.put,0,20000,none,
vanished,app/util.py,3,,,lone,Lone.put,5000,0,none,' \
    lone before.csv more.csv
check_output 'and what is new is told' \
'app/lone.py:30 in lone is new with 20,000 Lone.put (traffic +0 %): all of the excess' \
    sentence before.csv more.csv

# Neighbours that shifted by other amounts, and a function with a new name: then
# nothing but the order tells.
{
	day 2013-06-05
	site 2013-06-05 app/one.py 10 f One.put 500
	site 2013-06-05 app/one.py 20 before One.put 500
	site 2013-06-05 app/one.py 30 g One.put 500
} >one-old.csv
{
	day 2013-06-12
	site 2013-06-12 app/one.py 11 f One.put 500
	site 2013-06-12 app/one.py 25 after One.put 510
	site 2013-06-12 app/one.py 39 g One.put 500
} >one-new.csv
guess()
{
	pairs one-old.csv one-new.csv | grep after
}
check_output 'a match below .6 is a maybe' \
'grew,app/one.py,20,app/one.py,25,after,One.put,500,510,maybe,0.40' \
    guess
check_output 'that is told below the table' \
    '1 site is matched by guess (maybe): its counts are compared all the same' \
    sh -c 'COLUMNS=0 tallyman diff -q --format table one-old.csv one-new.csv |
	grep maybe | tail -n 1'
check_message 'and beside what is for programs' \
    '1 site is matched by guess \(maybe\): app/one\.py:25 \(was ' \
    tallyman diff one-old.csv one-new.csv

# --- Real logs.

log=$data/flavortown-rails6.log.gz
if [ ! -f "$log" ]; then
	skip 'real logs are missing' 'one inserted line is two moves'
	done_testing
fi

# real OLD NEW OPTION...: two days of April 2021.
real()
{
	real_old=$log@2021-04-$1
	real_new=$log@2021-04-$2
	shift 2
	tallyman diff -q -p rails "$@" "$real_old" "$real_new"
}

# moves OPTION...: from line to line, with the counts, of the shifted ones.
moves()
{
	real 05 06 --whole-days "$@" | grep ',shifted,' |
	    sed 's/app.controllers.restaurants_controller.rb/R/g' |
	    cut -d , -f 3-9,11 | sort
}
check_output 'one inserted line is two moves, of four sites' \
'R,26,R,27,update,,21,44
R,27,R,28,update,,82,156
R,35,R,36,destroy,,13,6
R,36,R,37,destroy,,39,18' \
    moves --by site
check_output 'and so it is for each of their operations' \
'R,26,R,27,update,Restaurant.load,21,40
R,27,R,28,update,City.load,21,40
R,27,R,28,update,Restaurant.update,19,36
R,27,R,28,update,transaction.begin,21,40
R,27,R,28,update,transaction.commit,21,40
R,35,R,36,destroy,Restaurant.load,13,6
R,36,R,37,destroy,Restaurant.destroy,13,6
R,36,R,37,destroy,transaction.begin,13,6
R,36,R,37,destroy,transaction.commit,13,6' \
    moves
check_output 'none of those lines has vanished' '' \
    sh -c "tallyman diff -q -p rails --by site '$log@2021-04-05' \
	'$log@2021-04-06' | grep '^[0-9]*,vanished,[^,]*restaurants'"

# first OPTION...: the row that is named first.
first()
{
	real 05 06 "$@" --top 1 | cut -d , -f 2-7 | tail -n 1
}
here=app/controllers/restaurants_controller.rb
check_output '`update` is the rise, by site' \
    "grew,$here,27,$here,28,update" first --by site
check_output '`update` is the rise, by site and operation' \
    "grew,$here,26,$here,27,update" first
rise()
{
	real 05 06 --format table "$@" | head -n 1 | cut -d ' ' -f 1-4
}
check_output 'the sentence names it' \
    "update in $here rose" rise
check_output 'also when rows are by site' \
    "update in $here rose" rise --by site

# spike OPTION...: what is said but for the hour, and the first site.
spike()
{
	COLUMNS=0 real 04 05 --format table "$@" | head -n 1 |
	    sed 's/ since [0-9]*:[0-9]*//'
	real 04 05 --by site "$@" --top 1 | sed 1d | cut -d , -f 1-7,9,11
}
here=app/controllers/cities_controller.rb
check_output 'the line of a real spike is named first' \
"$here:4 in index rose from 736 to 3,463 (+371 %, traffic +18 %): 82 % of the whole excess, restaurants.select above all
1,grew,$here,4,$here,4,index,736,3463" \
    spike
check_output 'and with the traffic given' \
"$here:4 in index rose from 736 to 3,463 (+371 %, traffic +45 %): 83 % of the whole excess, restaurants.select above all
1,grew,$here,4,$here,4,index,736,3463" \
    spike --old-traffic 471 --new-traffic 681
operation()
{
	real 04 05 "$@" --top 1 | sed 1d | cut -d , -f 2,5-9,11
}
check_output 'its operation is named first' \
    "grew,$here,4,index,restaurants.select,572,3178" operation
check_output 'with the traffic given too' \
    "grew,$here,4,index,restaurants.select,572,3178" \
    operation --old-traffic 471 --new-traffic 681

done_testing
