#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman why: what rose, since when, from where, and who touched it.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# The operation asked about, and the function that issues it.
operation=UserData.put
function=award_badges

# put DAY SITE [SLOT TIMES]: a day's log to standard output, as a hook flushes
# it every five minutes. Sixteen places are as busy as every day, give or take
# a tenth; the site is TIMES as busy from such a slot of the day on.
put()
{
	awk -v day="$1" -v site="$2" -v from="${3:-288}" -v times="${4:-1}" \
	    -v function_="$function" -v operation="$operation" '
		# A number below 1 that is the same everywhere.
		function chance()
		{
			state = (state * 1103 + 12345) % 65537
			return state / 65537
		}
		function count(usual)
		{
			return int(usual * (.9 + .2 * chance()) + .5)
		}
		BEGIN {
			split(day, date, "-")
			state = date[2] * 40 + date[3]
			for (slot = 0; slot < 288; slot++) {
				stamp = sprintf("%s %02d:%02d:07", day,
				    int(slot / 12), slot % 12 * 5)
				for (i = 0; i < 15; i++)
					print stamp, count(40 + i) ":",
					    "gems/g" i ".py:" 10 + i,
					    "in g" i, "-- Video.get"
				print stamp, count(9) ":",
				    "gems/quiet.py:7 in save --", operation
				print stamp,
				    count(slot < from ? 30 : 30 * times) ":",
				    site, "in", function_, "--", operation
			}
		}'
}

# verdict [OPTION]... OPERATION [OPERAND]...: the last line that why prints.
verdict()
{
	tallyman why -q "$@" >printed
	tail -n 1 printed
}

# --- Two logs.

put 2013-06-05 app/models/badge.py:82 >old.log
put 2013-06-12 app/models/badge.py:88 33 4 >new.log
put 2013-06-12 app/models/badge.py:82 >same.log

since_0245='UserData.put +204 % (traffic +0 %) since 02:45; 100 % from app/models/badge.py:88 (was :82) award_badges'
check_output 'what rose, from where, and since when to five minutes' \
    "$since_0245" verdict UserData.put old.log new.log
check_output 'the verdict is one line, the last of several' 1 \
    sh -c "tallyman why -q UserData.put old.log new.log |
	grep -c 'since 02:45'"
check_output 'the sites of the operation come before, none of others' \
'app/models/badge.py:88 :82 UserData.put
gems/quiet.py:7 UserData.put' \
    sh -c "tallyman why -q UserData.put old.log new.log | awk '
	/CHANGE/ { is_row = 1 }
	/^\$/ { is_row = 0 }
	/^[* ]*(grew|shrank)/ && is_row { print \$0 }' |
	sed -E 's/^[* ]*[a-z]+ +//; s/ +/ /g; s/(UserData.put).*/\1/'"
check_output 'what is claimed and what not comes before, too' \
    'no baseline: significance not claimed (1 old day; it takes 3)' \
    sh -c 'tallyman why -q UserData.put old.log new.log | grep baseline'
check_output 'a kind is asked about with all of its operations' \
    "$(echo "$since_0245" | sed 's/\.put//')" verdict UserData old.log new.log
check_status 1 'exit 1: it rose' tallyman why UserData.put old.log new.log
check_output 'a log that is read twice is told of once' \
'tallyman why: preset: callcount for 1 file
tallyman why: preset: callcount for 1 file' \
    sh -c 'tallyman why UserData.put old.log new.log 2>&1 >printed |
	grep -v traffic'

check_output 'nothing stands out where days are alike' yes sh -c "
	tallyman why -q UserData.put old.log same.log | tail -n 1 |
	    grep -qE '^UserData.put [+-][0-9] % .*: nothing (stands out:|rose,|rose by)' &&
	echo yes"
check_status 0 'exit 0: nothing stands out' \
    tallyman why UserData.put old.log same.log
put 2013-06-12 app/models/badge.py:82 0 4 >all.log
check_output 'what rose from the first hour on has no since' \
    'UserData.put +230 % (traffic +0 %); 100 % from app/models/badge.py:82 award_badges' \
    verdict UserData.put old.log all.log

# --- What is asked.

check_status 2 'exit 2: no operation' tallyman why
check_message 'one is asked for' 'give the operation that rose' tallyman why
check_message 'an operation that no day has, with one called alike' \
    'no UserData.pot on either day; did you mean UserData.put\?$' \
    tallyman why UserData.pot old.log new.log
check_message 'or with none' 'no Ghost.get on either day$' \
    tallyman why Ghost.get old.log new.log
check_status 2 'exit 2: no such operation' \
    tallyman why Ghost.get old.log new.log
check_status 2 'exit 2: no such log' tallyman why UserData.put no.log new.log
check_status 2 'exit 2: no store, and no logs' tallyman why UserData.put
check_status 2 'exit 2: one log of one day' tallyman why UserData.put new.log
check_message 'it needs another day' 'no day to compare with' \
    tallyman why UserData.put new.log
gzip -c new.log >whole.log.gz
head -c "$(($(wc -c <whole.log.gz) * 9 / 10))" whole.log.gz >cut.log.gz
check_status 2 'exit 2: a log that is damaged, though there is a verdict' \
    tallyman why UserData.put old.log cut.log.gz
check_output 'which is told once' \
'1
UserData.put since 02:45' \
    sh -c "tallyman why UserData.put old.log cut.log.gz 2>&1 >printed |
	grep -c 'unexpected end'
	sed -n '\$s/ .*since/ since/; \$s/;.*//p' printed"

# --- A folder with several days: Wednesdays, and some others.

mkdir logs
put 2013-06-05 app/models/badge.py:82 >logs/05.log
put 2013-06-10 app/models/badge.py:82 0 9 >logs/10.log
put 2013-06-11 app/models/badge.py:82 0 2 >logs/11.log
cp new.log logs/12.log
check_output 'of a folder the last day is the new one, the same weekday old' \
    "$since_0245" verdict UserData.put logs
check_output 'a day of it can be named; the day before is old then' \
    'UserData.put -75 % (traffic +0 %): nothing rose, 1 row fell' \
    verdict UserData.put logs@2013-06-11
put 2013-05-29 app/models/badge.py:82 >logs/29.log
put 2013-05-22 app/models/badge.py:82 >logs/22.log
check_output 'all of the same weekdays are old ones' \
    'the mean of 3 days' \
    sh -c 'tallyman why UserData.put logs 2>&1 | grep -o "the mean of 3 days"'
check_output 'and since when is told of them all' \
    'UserData.put +204 % (traffic +0 %) since 02:45; 99 % from app/models/badge.py:88 (was :82) award_badges' \
    verdict UserData.put logs
check_output 'the folder is told of once, though it is read again' 1 \
    sh -c 'tallyman why UserData.put logs 2>&1 >printed | grep -c preset'

# --- The store.

TALLYMAN_DB=$work/store
export TALLYMAN_DB
check 'the logs go into the store' tallyman scan -q --store logs
check_output 'without operands it is the newest day of the store' \
    'UserData.put +204 % (traffic +0 %) since 03:00; 100 % from app/models/badge.py:88 (was :82) award_badges' \
    verdict UserData.put
newest=$(cat printed)
check_output 'a day of the store can be named' "$newest" \
    tallyman why -q UserData.put 2013-06-12
check_status 0 'exit 0: nothing rose on a day of the store' \
    tallyman why UserData.put 2013-06-05
check_output 'several weeks tell what is chance: q is in the table' \
'Q
yes' \
    sh -c "tallyman why -q --weeks 4 UserData.put 2013-06-12 | awk '
	/CHANGE/ && / Q / { print \"Q\" }
	/^[* ]*grew/ && / [0-9.]+e-[0-9]+ / { print \"yes\" }'"
check_message 'weeks that the store has not are told' \
    'no 2013-05-15 in the store' \
    tallyman why --weeks 4 UserData.put 2013-06-12
check_output 'weeks go with the newest day, too' "$(cat "$out")" \
    tallyman why --weeks 4 UserData.put

# --- Formats.

check 'JSON is what diff has of it, but for ranks and shares' sh -c "
	tallyman why -q --format json UserData.put old.log new.log >why.json
	tallyman diff -q --format json old.log new.log |
	    sed 's/.\"rank\":[0-9]*//; s/,\$//; /UserData/!d' >wanted.json
	sed 's/.\"rank\":[0-9]*//; s/,\$//; /UserData/!d' why.json |
	    sed 's/\"share\":[^,]*/\"share\":/' >got.json
	sed -i 's/\"share\":[^,]*/\"share\":/' wanted.json
	test -s got.json && cmp wanted.json got.json"
tallyman why -q --format markdown UserData.put old.log new.log >why.md
check_output 'markdown begins with the verdict' \
    '**`UserData.put` +204 % (traffic +0 %) since 02:45; 100 % from `app/models/badge.py:88 (was :82)` `award_badges`**' \
    head -n 1 why.md
check_status 1 '-o writes a page, and the exit status is the same' \
    tallyman why -q --format html -o why.html UserData.put old.log new.log
check_output 'nothing is printed then' '' cat "$out"
check 'the page has the verdict' \
    sh -c "grep -q '<!DOCTYPE html>' why.html && grep -q 'since 02:45' why.html"
check_status 2 'exit 2: no such format' \
    tallyman why --format csv UserData.put old.log new.log
check_status 2 'exit 2: the output cannot be written' \
    tallyman why -o no/such.txt UserData.put old.log new.log

# --- With a repository. Code moves between the revisions, and a commit puts a
# loop around the line.

old='' new='' culprit='' old_site='' new_site=''

# history [OPTION]... FOLDER SEED: makes a repository, and the logs of two days.
history()
{
	rm -rf repo page.html
	eval "$(python3 "$top_srcdir/tests/lib/history.py" "$@")"
	put 2013-06-05 "$old_site" >before.log
	put 2013-06-12 "$new_site" 33 4 >after.log
}

# why_repo [OPTION]...: of them.
why_repo()
{
	tallyman why -q --repo repo --old-rev "$old" --new-rev "$new" "$@" \
	    "$operation" before.log after.log
}

# The commits that are listed: from the first empty line to the second.
commits()
{
	why_repo >printed
	awk '/^$/ { part++ } part == 1 && NF > 0' printed
}

first_commit()
{
	commits | head -n 1 | cut -c -10
}

last_line()
{
	why_repo "$@" >printed
	tail -n 1 printed
}

# The verdict as it should be.
wanted()
{
	wanted_was=
	if [ "$old_site" != "$new_site" ]; then
		if [ "${old_site%:*}" = "${new_site%:*}" ]; then
			wanted_was=" (was :${old_site##*:})"
		else
			wanted_was=" (was $old_site)"
		fi
	fi
	echo "$operation +204 % (traffic +0 %) since 02:45; 100 % from $new_site$wanted_was $function"
}

if ! command -v git >/dev/null || ! command -v python3 >/dev/null; then
	skip 'no git or no python3' 'with a repository'
	done_testing
fi

for seed in 1 2 3; do
	history repo "$seed"
	subject=$(git -C repo log -1 --format=%s "$culprit")
	check_output "history $seed: the culprit is the first commit" \
	    "$(echo "$culprit" | cut -c -10)" first_commit
	check_output "history $seed: the verdict has it all" \
	    "$(wanted); $(echo "$culprit" | cut -c -7) \"$subject\" touched it" \
	    last_line
done
check_status 1 'exit 1: it rose' why_repo
check 'why it is listed is said' \
    sh -c "grep -q ': changed $new_site\$' printed"
check_output 'without a repository no commit is named' "$(wanted)" \
    verdict "$operation" before.log after.log
page_has_commit()
{
	why_repo --format html -o page.html
	grep -q "$(echo "$culprit" | cut -c -7)" page.html
}
check 'the page has the commit' page_has_commit
why_repo --format markdown >why.md
check_output 'markdown ends its first line with the commit' \
    "touched it**" sed -n '1s/.*\(touched it\)/\1/p' why.md

tallyman scan -q --store --db revisions --revision "$old" before.log
tallyman scan -q --store --db revisions --revision "$new" after.log
check_output 'the store knows the revisions itself' \
    "$(wanted | sed 's/02:45/03:00/'); $(echo "$culprit" | cut -c -7) \"$subject\" touched it" \
    verdict --db revisions --repo repo "$operation"
check_message 'logs do not, and which one ran is asked' \
    'which revision ran on 2013-06-05\? .* give --old-rev$' \
    tallyman why --repo repo "$operation" before.log after.log
check_status 2 'exit 2: no such repository' \
    tallyman why --repo nowhere --old-rev a --new-rev b "$operation" \
    before.log after.log

no_commits()
{
	commits | sed 's/ ([0-9]* commits looked at)$//'
}
for seed in 4 5; do
	history --innocent repo "$seed"
	check_output "history $seed: no commit touches it, which is told" \
	    'no commit between these revisions touches these sites: look at traffic or data' \
	    no_commits
	check_output "history $seed: so says the verdict" \
	    "$(wanted); no commit in between touches it" last_line
done
check_status 1 'exit 1: it rose all the same' why_repo

done_testing
