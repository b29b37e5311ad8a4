#!/bin/sh
# SPDX-License-Identifier: MIT
# Fifty histories, in each of which one commit put a loop around a line: why
# names that commit first. And fifty without such a commit: it names none.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

python3 -c '' 2>/dev/null || skip_all 'python3 is not installed'
git --version >/dev/null 2>&1 || skip_all 'git is not installed'

# tally DAY SITE COUNT: the site, and twenty that are as ever.
tally()
{
	echo day,file,line,function,operation,count,entries
	echo "$1,${2%:*},${2##*:},$function,$operation,$3,1"
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		echo "$1,vendor/x.py,$i,f$i,Video.get,${i}000,1"
	done
}

# history [OPTION]... SEED: makes one, and the counts of two days.
history()
{
	rm -rf repo
	eval "$(python3 "$top_srcdir/tests/lib/history.py" "$@")"
	tally 2013-06-05 "$old_site" 5000 >old.csv
	tally 2013-06-12 "$new_site" 20000 >new.csv
}

# first SEED: the commit that is named first, and what was to be.
first()
{
	history repo "$1"
	tallyman why -q --repo repo --old-rev "$old" --new-rev "$new" \
	    "$operation" old.csv new.csv >"$work/answer"
	named=$(sed -nE 's/^([0-9a-f]{10}) .*/\1/p' "$work/answer" | head -n 1)
	case $culprit in
	"${named:-nobody}"*) return 0 ;;
	esac
	cat "$work/answer"
	return 1
}

# none SEED: no commit is named.
none()
{
	history --innocent repo "$1"
	tallyman why -q --repo repo --old-rev "$old" --new-rev "$new" \
	    "$operation" old.csv new.csv >"$work/answer"
	grep -q 'no commit between these revisions touches these sites' \
	    "$work/answer" && ! grep -qE '^[0-9a-f]{10} ' "$work/answer"
}

for seed in $(seq 50); do
	check "the culprit of history $seed is the first" first "$seed"
	check "where nobody did it, nobody is named (history $seed)" \
	    none "$seed"
done

done_testing
