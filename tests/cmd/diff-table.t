#!/bin/sh
# SPDX-License-Identifier: MIT
# The table of tallyman diff: it fits any terminal, and nothing drives it.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# Twelve sites with a little noise, one that rose, one with an odd name.
day()
{
	echo day,file,line,function,operation,count,entries
	awk -v day="$1" -v rise="$2" -v shift="$3" 'BEGIN {
		for (i = 1; i <= 12; i++)
			printf "%s,app/controllers/cities_%02d.rb,%d,index," \
			    "City.load,%d,1\n", day, i, 7, 1000 * i + rise % 7
		printf "%s,app/models/badge.rb,%d,award,UserData.put,%d,1\n",
		    day, 82 + shift, 7000 + rise
		printf "%s,app/odd\033[2J.rb,3,f,A.get,%d,1\n", day, 900 + rise
	}'
}
day 2013-06-05 0 0 >old.csv
day 2013-06-12 13000 6 >new.csv

# table WIDTH OPTION...
table()
{
	COLUMNS=$1
	export COLUMNS
	shift
	tallyman diff -q --format table "$@" old.csv new.csv
}

# heads WIDTH: the head of the table.
heads()
{
	table "$1" | grep OLD | sed 's/  */ /g; s/^ //'
}
check_output 'a wide terminal has all columns that say something' \
'CHANGE SITE WAS OPERATION OLD EXPECTED NEW EXCESS AT LEAST RATIO 95 % SHARE MATCH' \
    heads 0
check_output 'a narrow one keeps the site and its counts' \
'SITE OLD NEW' heads 60

# wider WIDTH [COLUMNS]: the lines that are wider.
wider()
{
	table "${2-$1}" | sed 's/…/./g' | awk -v width="$1" '
		length($0) > width { print }'
}
for width in 200 120 100 80 60 48; do
	check_output "nothing is wider than $width columns" '' wider "$width"
done

parted()
{
	for width in 40 42 44 46 48 50 52 54 56 58; do
		table "$width"
	done | grep '^ *%'
}
check_output 'a number keeps its %' '' parted

wide_lines()
{
	wider 60 80 | wc -l
}
check 'a line that is wider is seen' test "$(wide_lines)" -gt 5

lines()
{
	table 80 | grep -c '^-----*$'
}
check_output 'a line is drawn where lower bounds end' 1 lines
below()
{
	table 200 | awk '/^-----*$/ { print last } { last = $0 }' |
	    grep -c 'badge.rb:88  *:82 \|odd'
}
check_output 'that is above it' 1 below
check_output 'bars are plain where the locale is' 1 \
    sh -c "COLUMNS=200 tallyman diff -q --format table old.csv new.csv |
	grep -c 'badge.rb:88 .* ########'"
check_output 'and blocks where it has them' 1 \
    sh -c "LC_ALL=C.UTF-8 COLUMNS=200 tallyman diff -q --format table \
	old.csv new.csv | grep -c 'badge.rb:88 .* ████████'"

escape=$(printf '\033')
hostile()
{
	table 200 | grep -c "$escape"
}
check_output 'names do not drive the terminal' 0 hostile
painted()
{
	table 200 --color always | grep -c "^$escape\[31m\*$escape\[0m  *$escape\[31mgrew$escape\[0m "
}
check_output 'what stands out is red, and its change says so too' 2 painted

check_output 'how many more there are is said below the rows' \
'... 12 more (--all, or -o FILE)' \
    sh -c 'tallyman diff -q --format table --top 2 old.csv new.csv | grep "more ("'

done_testing
