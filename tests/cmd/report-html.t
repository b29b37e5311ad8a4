#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman diff --format html: the report as a page of its own.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cat >old.csv <<'EOF'
day,file,line,function,operation,count,entries
2021-04-04,app/cities.rb,4,index,City.load,736,736
2021-04-04,app/places.rb,27,update,Place.update,82,82
2021-04-04,app/places.rb,50,show,Place.load,7,7
EOF
cat >new.csv <<'EOF'
day,file,line,function,operation,count,entries
2021-04-05,"</script><img src=//x.y onerror=f()>.rb",1,"""'><!--",A&B.get,9,9
2021-04-05,app/cities.rb,4,index,City.load,3463,3463
2021-04-05,app/places.rb,28,update,Place.update,44,44
2021-04-05,app/places.rb,50,show,Place.load,7,7
EOF
printf '2021-04-05,app/\377\033[31m\342\200\256.rb,2,f,C.get,50,50\n' >>new.csv

holds()
{
	grep -qF -e "$1" report.html
}

check_status 1 'the report is written to a file' \
    tallyman diff --format html -o report.html old.csv new.csv
check_output 'nothing goes to standard output' '' cat "$out"
check 'it is a page' grep -qx '<!DOCTYPE html>' report.html
check 'it names the days' holds '<title>2021-04-04 → 2021-04-05</title>'
check 'it has the counts' holds '<td>3,463</td>'
check 'it says where a site was' \
    holds 'places.rb:28 <small>was :27</small></td>'
check 'names are text' holds 'script&gt;&lt;img src='
check 'names in quotes are text' holds '&quot;&#39;&gt;&lt;!--'
check 'what drives terminals or turns lines is visible' \
    holds '�\033[31m\342\200\256.rb'
check 'it is UTF-8' iconv -f UTF-8 -t UTF-8 report.html
check_not 'it has no control characters' \
    env LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" report.html

if python3 -c '' 2>"$err"; then
	check 'it is whole, safe, and refers to nothing' \
	    python3 "$top_srcdir/tests/lib/page.py" report.html
	sed "s/'use strict';/&;/" report.html >changed.html
	check_not 'of which the test would tell a changed script' \
	    python3 "$top_srcdir/tests/lib/page.py" changed.html
else
	skip 'no python3' 'it is whole, safe, and refers to nothing'
fi

check_status 1 'the report is written once more' \
    tallyman diff --format html -o again.html old.csv new.csv
check 'it is the same, byte for byte' cmp report.html again.html
check_status 1 'added up by file' \
    tallyman diff --format html --by file -o report.html old.csv new.csv
check_not 'the table has no functions then' holds '>function</th>'
check_status 0 'of days alike' \
    tallyman diff --format html -o report.html old.csv old.csv
check 'it says that nothing rose by more than chance' \
    holds 'nothing rose by more than chance'

# What a page brings along must be what it is hashed as.
embed()
{
	sh "$top_srcdir/src/compare/web/embed.sh" "style=$1" >embedded
}

printf 'p { }\n' >good.css
printf 'p { } /* </STYLE> */\n' >ends.css
printf 'p { }\r\n' >changes.css
check 'the build embeds a style' embed good.css
check 'with its hash' grep -qF \
    'sha256-8EWXWIX901IzyKhiPVvgHN9cF4eaz96C4L2gvHo/XgI=' embedded
check 'or an empty text where there is none' embed ''
check_message 'it refuses one that ends its element' 'ends.css: cannot' \
    embed ends.css
check_message 'and one that browsers change as they read' \
    'changes.css: cannot' embed changes.css

done_testing
