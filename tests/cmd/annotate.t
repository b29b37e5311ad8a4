#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman annotate: a source with the counts of two days in the margin.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

tally=day,file,line,function,operation,count,entries
cat >old.csv <<EOF
$tally
2013-06-05,shop/badges.py,2,award,UserData.get,900,900
2013-06-05,shop/badges.py,3,award,Badge.put,10,10
2013-06-05,shop/badges.py,3,award,UserData.put,7000,7000
2013-06-05,shop/badges.py,9,reset,Badge.delete,40,40
2013-06-05,shop/cart.py,1,add,Cart.put,500,500
2013-06-05,admin/cart.py,1,add,Cart.put,500,500
EOF
cat >new.csv <<EOF
$tally
2013-06-12,shop/badges.py,2,award,UserData.get,900,900
2013-06-12,shop/badges.py,5,award,Badge.put,12,12
2013-06-12,shop/badges.py,5,award,UserData.put,20000,20000
2013-06-12,shop/cart.py,1,add,Cart.put,500,500
2013-06-12,admin/cart.py,1,add,Cart.put,500,500
EOF
mkdir -p src/shop src/admin
printf '%s\n' 'def award(user):' '	user.get()' '	# all of them' \
    '	for badge in earned(user):' '		user.put()' >src/shop/badges.py
echo 'cart.put()' >src/shop/cart.py
echo 'cart.put()' >src/admin/cart.py

annotate()
{
	tallyman annotate -q --root src "$@" old.csv new.csv
}

check_output 'both counts stand beside each line, moved ones by where they are' \
'src/shop/badges.py: 2013-06-05 and 2013-06-12
  OLD     NEW    LINE
                    1 | def award(user):
  900     900       2 |         user.get()
                    3 |         # all of them
                    4 |         for badge in earned(user):
7,010  20,012 +     5 |                 user.put()
gone: shop/badges.py:9 Badge.delete 40 -> 0' \
    annotate shop/badges.py

check_output 'the file may be named by the end of its path' "$(cat "$out")" \
    annotate ./badges.py

check_output 'or by more than the log has' \
'src/shop/cart.py: 2013-06-05 and 2013-06-12
OLD  NEW    LINE
500  500       1 | cart.put()' \
    tallyman annotate -q src/shop/cart.py old.csv new.csv

check_output 'operations are listed, and only lines near them' \
'src/shop/badges.py: 2013-06-05 and 2013-06-12
  OLD     NEW    LINE
  900     900       2 |         user.get()
  900     900         :         UserData.get
--
7,010  20,012 +     5 |                 user.put()
   10      12 +       :                 Badge.put (was :3)
7,000  20,000 +       :                 UserData.put (was :3)
gone: shop/badges.py:9 Badge.delete 40 -> 0' \
    annotate --operations --context 0 badges.py

check_output 'what is selected is shown' \
'src/shop/badges.py: 2013-06-05 and 2013-06-12
OLD  NEW    LINE
900  900       2 |         user.get()' \
    annotate --context 0 --reads badges.py

check_status 1 'counts that changed exit with 1' annotate badges.py
check_status 0 'counts that stayed exit with 0' annotate shop/cart.py
check_status 2 'no file exits with 2' tallyman annotate
check_message 'and is asked for' 'which file\? tallyman annotate FILE' \
    tallyman annotate
check_status 2 'several files that may be meant exit with 2' annotate cart.py
check_message 'and are listed' \
    'cart\.py may be any of 2 files: admin/cart\.py, shop/cart\.py; give more' \
    annotate cart.py
check_status 2 'a file without call sites exits with 2' annotate art.py
check_message 'and is told' 'no call site in art\.py on any of the days' \
    annotate art.py
check_message 'a source that is not there is told' \
    'none/shop/badges\.py: no such file; --root DIR says' \
    tallyman annotate -q --root none shop/badges.py old.csv new.csv

check 'it is written to a file' annotate -o cart.txt shop/cart.py
check_output 'whole' \
'src/shop/cart.py: 2013-06-05 and 2013-06-12
OLD  NEW    LINE
500  500       1 | cart.put()' \
    cat cart.txt

escape=$(printf '\033')
painted()
{
	annotate --color always badges.py | grep -c "^$escape\[31m.*+ .*user.put"
}
check_output 'a rise is red, and marked' 1 painted
plain()
{
	annotate badges.py | grep -c "$escape"
}
check_output 'without a terminal nothing is coloured' 0 plain

# Sources that are none.
mkdir odd
odd()
{
	tallyman annotate -q --root odd shop/cart.py old.csv new.csv
}
mkdir odd/shop
printf 'a\0b\n' >odd/shop/cart.py
check_message 'binary files are refused' 'is binary' odd
check_status 2 'with 2' odd
head -c 50000000 /dev/zero | tr '\0' '\n' >odd/shop/cart.py
check_message 'so are huge ones' 'is larger than 8 MiB' odd
: >odd/shop/cart.py
check_output 'an empty one has no lines' \
'odd/shop/cart.py: 2013-06-05 and 2013-06-12
OLD  NEW    LINE
line 1 is beyond the end of the file, 0: Cart.put 500 -> 500; is this the revision that ran?' \
    odd
printf 'cart\033[2J()\r\n\r\nlast' >odd/shop/cart.py
check_output 'control characters are visible, CR and a missing end no trouble' \
'odd/shop/cart.py: 2013-06-05 and 2013-06-12
OLD  NEW    LINE
500  500       1 | cart\033[2J()
               2 |
               3 | last' \
    odd
rm odd/shop/cart.py
mkdir odd/shop/cart.py
check_status 2 'a directory is no source' odd

# Without days: the newest of the store.
TALLYMAN_DB=$work/store
export TALLYMAN_DB
mkdir 2013-06-05 2013-06-12
echo '2013-06-05 10:00:00 7: shop/cart.py:1 in add -- Cart.put' \
    >2013-06-05/app.log
echo '2013-06-12 10:00:00 9: shop/cart.py:1 in add -- Cart.put' \
    >2013-06-12/app.log
tallyman scan -q --store 2013-06-05 2013-06-12
check_output 'without days it is the newest of the store' \
'src/shop/cart.py: 2013-06-05 and 2013-06-12
OLD  NEW    LINE
  7    9 +     1 | cart.put()' \
    tallyman annotate -q --root src cart.py

# With a repository: the file as it was when it ran.
if command -v git >/dev/null; then
	repo()
	{
		git -C src -c user.name=t -c user.email=t@example.org "$@"
	}
	repo init -q
	repo add .
	repo commit -q -m 'badges: a loop'
	repo tag v2
	echo '# changed since' >src/shop/cart.py
	id=$(git -C src rev-parse --short=10 v2)
	revision()
	{
		tallyman annotate -q --repo src --old-rev v2 --new-rev v2 "$@" \
		    old.csv new.csv
	}
	check_output 'a repository shows the revision that ran' \
"shop/cart.py at $id: 2013-06-05 and 2013-06-12
OLD  NEW    LINE
500  500       1 | cart.put()" \
	    revision shop/cart.py
	repo rm -q -f shop/cart.py
	repo commit -q -m 'cart: drop'
	check_message 'a file that the revision has not is told' \
	    'no shop/cart\.py in the revision' \
	    tallyman annotate -q --repo src --old-rev v2 --new-rev HEAD \
	    shop/cart.py old.csv new.csv
	check_message '--root goes without it' \
	    '--root and --repo exclude each other' revision --root src cart.py
else
	skip 'git is not installed' 'a repository shows the revision that ran'
fi

done_testing
