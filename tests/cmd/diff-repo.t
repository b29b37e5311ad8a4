#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman diff --repo: sites followed through the history of their code, and
# the commits that touched what rose.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

command -v git >/dev/null || skip_all 'no git'

# --- A repository of one commit for each thing that can happen to a line.

GIT_AUTHOR_NAME=Ada
GIT_AUTHOR_EMAIL=ada@example.org
GIT_AUTHOR_DATE='2013-06-06T10:00:00Z'
GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME
GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE

# some NAME COUNT: lines that no other function has.
some()
{
	some_n=0
	while [ "$some_n" -lt "$2" ]; do
		some_n=$((some_n + 1))
		echo "    $1_$some_n = check_$1($1, ${some_n}0)"
	done
}

# code FILE NAME LINE: a function with the line at 6.
code()
{
	{
		echo "def $2(user):"
		some "$2" 4
		echo "    $3"
		some "after_$2" 4
	} >"$1"
}

commit()
{
	git add -A
	git commit -q -m "$1"
}

begin()
{
	git init -q -b main repo
	cd repo || exit 1
	mkdir shop lib
	code shop/badge.py award 'user.put()'
	code shop/cart.py buy \
	    'order = Order.fetch(cart.customer, limit=10)'
	code shop/pay.py pay 'Invoice.save(order.total)'
	code shop/ship.py helper 'log(user)'
	code shop/store.py ship 'Parcel.store(parcel, now())'
	cat shop/store.py >>shop/ship.py
	rm shop/store.py
	code shop/note.py note \
	    'Note.write(user, cart, discount, shipping, total, currency)'
	code shop/old.py old 'Ghost.get(user)'
	code shop/owner.py owner 'owner = Account.fetch(customer, limit)'
	code shop/odd.py odd 'Odd.get(user)'
	code lib/other.py other 'pass(user)'
	echo 'rails (3.2.1)' >Gemfile.lock
	commit 'begin'
	git tag v1
}

go_on()
{
	sed -i '1i import os' shop/badge.py
	commit 'badge: import'
	sed -i 's/^    user.put/    for user in users:\n        user.put/' \
	    shop/badge.py
	commit 'badge: award all users'
	sed -i 's/limit=10/limit=20, fresh=True/; 1i import cart' shop/cart.py
	commit 'cart: only fresh orders'
	git mv shop/pay.py shop/payment.py
	sed -i '1i import money' shop/payment.py
	commit 'rename pay'
	sed -n '11,$p' shop/ship.py >>lib/other.py
	sed -i '11,$d' shop/ship.py
	commit 'ship from lib'
	sed -i 's/cart, discount, /cart,\n        discount,\n        /' \
	    shop/note.py
	commit 'note: wrap'
	sed -i '/Ghost/d' shop/old.py
	commit 'old: no ghosts'
	sed -i -e 's/owner = Account.*/return [Account.fetch(c, 9) for c in us]/' \
	    -e '5,8{6!s/.*/    look(at)/}' shop/owner.py
	commit 'owner: look at all'
	sed -i 's/Odd.get(user)/entirely = different(code)/' shop/odd.py
	commit 'odd: no longer'
	printf 'def fresh(user):\n    Fresh.put(user)\n' >shop/fresh.py
	commit 'fresh'
	git tag v2
}

if ! (begin) || ! (cd repo && go_on); then
	skip_all 'git cannot make a repository'
fi
v1=$(git -C repo rev-parse v1)
v2=$(git -C repo rev-parse v2)

header=day,file,line,operation,count,entries
cat >old.csv <<END
$header
2013-06-05,shop/badge.py,6,UserData.put,1000,1000
2013-06-05,shop/cart.py,6,Order.fetch,500,500
2013-06-05,shop/pay.py,6,Invoice.save,400,400
2013-06-05,shop/ship.py,16,Parcel.store,300,300
2013-06-05,shop/note.py,6,Note.write,200,200
2013-06-05,shop/old.py,6,Ghost.get,100,100
2013-06-05,shop/owner.py,6,Account.fetch,90,90
2013-06-05,shop/odd.py,6,Odd.get,80,80
END
cat >new.csv <<END
$header
2013-06-12,shop/badge.py,8,UserData.put,3000,3000
2013-06-12,shop/cart.py,7,Order.fetch,510,510
2013-06-12,shop/payment.py,7,Invoice.save,410,410
2013-06-12,lib/other.py,16,Parcel.store,310,310
2013-06-12,shop/note.py,6,Note.write,210,210
2013-06-12,shop/owner.py,6,Account.fetch,100,100
2013-06-12,shop/odd.py,6,Odd.get,90,90
2013-06-12,shop/fresh.py,2,Fresh.put,50,50
END

# diff_repo [OPTION]...: of all these.
diff_repo()
{
	tallyman diff --repo repo --old-rev v1 --new-rev v2 "$@" old.csv new.csv
}

# matches [OPTION]... OPERAND...: OLD NEW OPERATION MATCH SCORE of each row.
matches()
{
	tallyman diff -q --repo repo "$@" >rows.csv
	awk -F, 'NR > 1 {
		print $3 ":" $4, $5 ":" $6, $8, $20, $21
	}' rows.csv | sed 's/ $//' | sort
}

# --- Where lines went.

all=': shop/fresh.py:2 Fresh.put none
shop/badge.py:6 shop/badge.py:8 UserData.put shifted 1.00
shop/cart.py:6 shop/cart.py:7 Order.fetch edited 0.86
shop/note.py:6 shop/note.py:6 Note.write split 0.96
shop/odd.py:6 shop/odd.py:6 Odd.get doubtful 0.00
shop/old.py:6 : Ghost.get none
shop/owner.py:6 shop/owner.py:6 Account.fetch maybe 0.58
shop/pay.py:6 shop/payment.py:7 Invoice.save moved 1.00
shop/ship.py:16 lib/other.py:16 Parcel.store moved 1.00'
check_output 'each site is followed, and how and how surely is told' "$all" \
    matches --old-rev v1 --new-rev v2 old.csv new.csv
check_message 'a guess is told of, and which' \
    ': 1 site is matched by guess \(maybe\): shop/owner.py:6$' diff_repo
check_message 'so is a match that other evidence speaks against' \
    ': 1 site is matched against other evidence \(doubtful\): shop/odd.py:6$' \
    diff_repo
check_output 'that is all that is said' 2 \
    sh -c 'tallyman diff --repo repo --old-rev v1 --new-rev v2 \
	old.csv new.csv 2>&1 >rows.csv | wc -l'
ignored='git is heard where SIGCHLD was ignored before'
if command -v perl >/dev/null; then
	# shellcheck disable=SC2016 # these are perl's
	check_status 1 "$ignored" \
	    perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' \
	    tallyman diff -q --repo repo --old-rev v1 --new-rev v2 \
	    old.csv new.csv
else
	skip 'there is no perl' "$ignored"
fi
check_output '-q says nothing' '' sh -c '
    tallyman diff -q --repo repo --old-rev v1 --new-rev v2 \
	old.csv new.csv 2>&1 >rows.csv'
diff_repo --format table >table 2>said
check_output 'a table says so itself' \
'1 site is matched by guess (maybe): its counts are compared all the same
1 site is matched although other evidence speaks against it (doubtful)' \
    grep ' matched .*(maybe\|doubtful)' table
check_output 'and by which revisions' \
    "by the repository ($(echo "$v1" | cut -c -10) to $(echo "$v2" |
	cut -c -10)); 1 vanished, 1 appeared" \
    sed -n 's/^matched.*, by the/by the/p' table
check_status 1 'exit 1: counts changed' diff_repo
sed 's/2013-06-05/2013-06-12/' old.csv >same.csv
check_status 0 'exit 0: none did' \
    tallyman diff --repo repo --old-rev v1 --new-rev v1 old.csv same.csv
check_output 'by file, what was renamed is one row' \
    'shop/pay.py,shop/payment.py,400,410' sh -c '
	tallyman diff -q --by file --repo repo --old-rev v1 --new-rev v2 \
	    old.csv new.csv | cut -d , -f 3,5,9,11 | grep pay'

# --- Commits.

b8=$(git -C repo log --format=%h --abbrev=10 --grep='award all users' v2)
ff=$(git -C repo log --format=%h --abbrev=10 --grep='badge: import' v2)
commits="$b8 2013-06-06 badge: award all users (Ada): changed shop/badge.py:8
$ff 2013-06-06 badge: import (Ada): changed the file of shop/badge.py:8"
diff_repo -q --commits >without 2>&1
check_output 'beside CSV commits go to standard error, best first' \
    "$(echo "$commits" | sed 's/^/tallyman diff: /')" \
    sh -c 'tallyman diff --repo repo --old-rev v1 --new-rev v2 --commits \
	old.csv new.csv 2>&1 >rows.csv | grep Ada'
check 'the CSV is the same without them' sh -c '
    tallyman diff -q --repo repo --old-rev v1 --new-rev v2 old.csv new.csv |
	cmp - rows.csv'
diff_repo --format table --commits >table 2>said
check_output 'a table has them, and its first line the first' \
"shop/badge.py:8 (was :6) rose from 1,000 to 3,000 UserData.put (+200 %): 95 % of the whole excess; $(echo "$b8" | cut -c -7) \"badge: award all users\" touched it
$commits" \
    sh -c 'sed -n "1,/^\$/{/./p}" table; grep Ada table'
check_output 'and what is for people is not on standard error' '' cat said
check_output 'without --commits there are none' 0 grep -c Ada without
check_message '--commits needs a repository' '--commits needs --repo$' \
    tallyman diff --commits old.csv new.csv
check_status 2 'exit 2: --commits without one' \
    tallyman diff --commits old.csv new.csv
sed -e 's/badge.py,6,UserData.put,1000/badge.py,7,UserData.put,1000/' \
    old.csv >after.csv
fresh=$(git -C repo rev-parse v2~1)
check_output 'no commit touched it: look elsewhere' \
'tallyman diff: no commit between these revisions touches these sites: look at traffic or data (1 commit looked at)' \
    sh -c "tallyman diff --repo repo --old-rev $fresh --new-rev v2 --commits \
	-k UserData new.csv new.csv 2>&1 >rows.csv | grep 'no commit'"

# A function of many operations, of which none rose beyond doubt by itself.
busy()
{
	echo day,file,line,function,operation,count,entries
	seq -f "$1,shop/badge.py,$2,award,Kind%g.get,$3,1" 20
	seq -f "$1,lib/other.py,7,calm,Calm%g.get,500,1" 60
}
busy 2013-06-05 6 12 >busy-old.csv
busy 2013-06-12 8 20 >busy-new.csv
check_output 'what rose by all its rows has its commit, too' \
"shop/badge.py:8 (was :6) in award rose from 240 to 400 (+67 %, traffic +0 %)
$(echo "$commits" | head -n 1)" \
    sh -c 'tallyman diff -q --repo repo --old-rev v1 --new-rev v2 --commits \
	--format table busy-old.csv busy-new.csv |
	sed -n "1s/: all .* touched it.*//p; /all users (/p"'

# --- Which revisions.

sed 's/odd.py,6/odd.py,60/; s/old.py,6/old.py,60/' old.csv >beyond.csv
check_message 'lines that the revision has not are told' \
    ': 2 sites are on lines that the old revision has not: is --old-rev what ran\?$' \
    tallyman diff --repo repo --old-rev v1 --new-rev v2 beyond.csv new.csv

# revised FILE REVISION: with a revision in each row.
revised()
{
	sed -e '1s/,file/,revision,file/' -e "2,\$s/,/,$2,/" "$1"
}
revised old.csv "$v1" >old-rev.csv
revised new.csv v2 >new-rev.csv
check_output 'tallies tell their revisions' "$all" \
    matches old-rev.csv new-rev.csv
revised new.csv v1 >wrong.csv
check_output '--new-rev is believed rather' "$all" \
    matches --new-rev v2 old-rev.csv wrong.csv
check_status 2 'exit 2: no revision of the old day' \
    tallyman diff --repo repo old.csv new-rev.csv
check_message 'it is asked for' \
    'which revision ran on 2013-06-05\? its counts do not tell: give --old-rev$' \
    tallyman diff --repo repo old.csv new-rev.csv
check_status 2 'exit 2: no revision of the new day' \
    tallyman diff --repo repo old-rev.csv new.csv
check_message 'it is asked for, too' \
    'which revision ran on 2013-06-12\? its counts do not tell: give --new-rev$' \
    tallyman diff --repo repo old-rev.csv new.csv
check_message 'a revision that is unknown is told' 'no revision v9 in repo' \
    tallyman diff --repo repo --new-rev v9 old-rev.csv new.csv
check_message 'one of a tally, too' 'no revision v9 in repo' \
    sh -c 'sed s/,v2,/,v9,/ new-rev.csv >v9.csv
	tallyman diff --repo repo old-rev.csv v9.csv'
check_message 'what looks like an option is none' 'no revision --all in repo' \
    tallyman diff --repo repo --new-rev=--all old-rev.csv new.csv
check_message 'revisions that were swapped are told' \
    "the old revision $(echo "$v2" | cut -c -10) is later than the new one " \
    tallyman diff --repo repo --old-rev v2 --new-rev v1 old.csv new.csv
git -C repo branch -q side v1
git -C repo worktree add -q ../side side
(cd side && echo >>shop/odd.py && commit 'aside')
check_message 'and those of another branch' 'is no ancestor of the new one' \
    tallyman diff --repo repo --old-rev side --new-rev v2 old.csv new.csv
check_message '--old-rev needs a repository' \
    '^tallyman diff: --old-rev and --new-rev need --repo$' \
    tallyman diff --old-rev v1 old.csv new.csv
check_status 2 'exit 2: no repository' \
    tallyman diff --repo nowhere --old-rev v1 --new-rev v2 old.csv new.csv
check_message 'that is told' 'nowhere: ' \
    tallyman diff --repo nowhere --old-rev v1 --new-rev v2 old.csv new.csv
{
	cat old-rev.csv
	echo "2013-06-05,v2,shop/cart.py,6,Order.fetch,2,2"
} >two.csv
check_message 'of several revisions of a day that of most counts is taken' \
    "2013-06-05 ran 2 revisions; lines are taken to be those of $v1, " \
    tallyman diff --repo repo two.csv new-rev.csv

# --- How logs name files.

# fronted FRONT FILE: with another front before each path.
fronted()
{
	sed "2,\$s|^\([^,]*\),|\1,$1|" "$2"
}
for front in /app/ ./ /srv/shop/releases/20130605/; do
	fronted "$front" old.csv >front-old.csv
	fronted "$front" new.csv >front-new.csv
	check_output "files are found behind $front" \
	    "$(echo "$all" | sed "s|\([a-z]*/[a-z]*\.py\)|$front\1|g" |
		sort)" \
	    matches --old-rev v1 --new-rev v2 front-old.csv front-new.csv
done
check_message 'which front that is is told' \
    'files are named with /srv/shop/releases/20130605/ before their paths' \
    tallyman diff --repo repo --old-rev v1 --new-rev v2 front-old.csv \
    front-new.csv
fronted /srv/shop/releases/20130612/ new.csv >front-new.csv
# Of what is where it was, though its line is gone, nothing is known there.
lines_of_releases()
{
	tallyman diff -q --repo repo --old-rev v1 --new-rev v2 front-old.csv \
	    front-new.csv >rows.csv
	awk -F, '
		NR > 1 && $8 != "Odd.get" {
			print ":" $4, ":" $6, $8, $20, $21
		}' rows.csv | sed 's/ $//' | sort
}
check_output 'another release is another folder' \
    "$(echo "$all" | sed 's|[a-z]*/[a-z]*\.py||g; /Odd/d' | sort)" \
    lines_of_releases
git clone -q --bare repo bare.git 2>said
check_output 'a repository may be bare' "$all" \
    matches --repo bare.git old-rev.csv new-rev.csv
check_output 'a folder of it will do' "$all" \
    matches --repo repo/shop old-rev.csv new-rev.csv

# --- The store, and weeks of which each ran its own revision.

# log DAY SITE COUNT: one of a day.
log()
{
	echo "$1 10:30:00 $3: $2 -- UserData.put"
}
log 2013-05-22 shop/badge.py:6 900 >0522.log
log 2013-05-29 shop/badge.py:6 1000 >0529.log
log 2013-06-05 shop/badge.py:7 1100 >0605.log
log 2013-06-12 shop/badge.py:8 3000 >0612.log
add()
{
	tallyman scan -q --store --db store "$@"
}
import=$(git -C repo log --format=%H --grep='badge: import' v2)
check 'the store takes revisions' add --revision "$v1" 0529.log
add --revision "$import" 0605.log
add --revision v2 0612.log
check_output 'the store tells revisions' \
    'shop/badge.py:7 shop/badge.py:8 UserData.put shifted 1.00' \
    matches --db store 2013-06-12
check_output 'each old day is followed from its own' \
    '1,grew,shop/badge.py,7,shop/badge.py,8,1050,3000,shifted' \
    sh -c 'tallyman diff -q --repo repo --weeks 2 --db store 2013-06-12 |
	tail -n +2 | cut -d , -f 1-6,9,11,20'
add 0522.log
check_message 'a day whose revision is not told is matched without' \
    'which revision ran on 2013-05-22 is not told: its sites are matched ' \
    tallyman diff --repo repo --weeks 3 --db store 2013-06-12
check_output 'it counts all the same' \
    '1,grew,shop/badge.py,7,shop/badge.py,8,1000,3000,shifted' \
    sh -c 'tallyman diff -q --repo repo --weeks 3 --db store 2013-06-12 |
	tail -n +2 | cut -d , -f 1-6,9,11,20'
check_output 'commits are those since the last old day' \
    "tallyman diff: $(echo "$commits" | head -n 1)" \
    sh -c 'tallyman diff --repo repo --weeks 2 --commits --db store \
	2013-06-12 2>&1 >rows.csv | grep Ada'

done_testing
