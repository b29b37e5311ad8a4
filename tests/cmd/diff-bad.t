#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman diff, why and annotate on bad input: days that cannot be compared,
# odd names and counts, repositories that are odd, broken or hostile.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# t COMMAND...: tallyman, which must not hang.
t()
{
	timeout 20 tallyman "$@"
}

# rows [OPTION]... OLD NEW: what changed, one a line.
rows()
{
	t diff -q --format quickfix "$@"
}

# refuses SENTENCE MESSAGE COMMAND...: says so, and exits with 2 without a row.
refuses()
{
	refuses_sentence=$1
	check_message "$@"
	shift 2
	check_status 2 "$refuses_sentence: exit 2" "$@"
	cp "$out" rows
	check_not "$refuses_sentence: no rows" test -s rows
}

tally=day,file,line,function,operation,count,entries
cat >old.csv <<EOF
$tally
2013-06-05,a.py,3,f,X.put,10,1
2013-06-05,b.py,4,g,Y.get,40,1
EOF
sed 's/-05,/-12,/; s/,10,1/,20,1/' old.csv >new.csv

# --- Other groupings.

cat >no-line.csv <<'EOF'
day,file,operation,count,entries
2013-06-12,a.py,X.put,20,1
2013-06-12,b.py,Y.get,40,1
EOF
cat >no-operation.csv <<'EOF'
day,file,line,count,entries
2013-06-12,a.py,3,20,1
2013-06-12,b.py,4,40,1
EOF
cat >kinds.csv <<'EOF'
day,kind,count,entries
2013-06-12,X,20,1
2013-06-12,Y,40,1
EOF
refuses 'a new day without lines' \
    'no-line\.csv: a tally without the column line: it cannot be compared by' \
    t diff old.csv no-line.csv
refuses 'an old day without lines' \
    'no-line\.csv: a tally without the column line: it cannot be compared by' \
    t diff no-line.csv new.csv
refuses 'a day without operations' \
    'no-operation\.csv: a tally without the column operation: it cannot' \
    t diff old.csv no-operation.csv
refuses 'a day by kind alone' \
    'kinds\.csv: a tally without the column file: it cannot be compared by' \
    t diff old.csv kinds.csv
for by in function operation file,function; do
	refuses "--by $by of what has no such column" \
	    "kinds\\.csv: a tally without the column ${by%%,*}: " \
	    t diff --by "$by" old.csv kinds.csv
done
refuses 'why needs the columns too' \
    'kinds\.csv: a tally without the column file: ' \
    t why X.put old.csv kinds.csv

# grown [OPTION]... OLD NEW: what grew, of rows without files.
grown()
{
	t diff -q "$@" | awk -F , '$2 == "grew" { print $8, $9, "->", $11 }'
}
check_output 'by what both have they are compared: files' \
    'a.py: 10 -> 20 (+100 %)' rows --by file old.csv no-line.csv
check_output 'sites' 'a.py:3: 10 -> 20 (+100 %)' \
    rows --by site old.csv no-operation.csv
check_output 'operations' 'X.put 10 -> 20' \
    grown --by operation old.csv no-line.csv
check_output 'kinds' 'X 10 -> 20' grown --by kind old.csv kinds.csv

# --- Days that are none, or the same.

check_message 'the same day is told' 'both are of 2013-06-05: the same day' \
    t diff old.csv old.csv
check_status 0 'and compared' t diff old.csv old.csv
cat >twice.csv <<EOF
$tally
2013-06-12,a.py,3,f,X.put,20,1
2013-06-12,b.py,4,g,Y.get,40,1
2013-06-12,a.py,3,f,X.put,5,1
EOF
check_output 'rows that stand twice are added' \
    'a.py:3: X.put 10 -> 25 (+150 %)' rows old.csv twice.csv
echo "$tally" >quiet.csv
: >empty.csv
nothing='quiet\.csv: .*no data, not a day on which all vanished'
refuses 'a new day without rows' "$nothing" t diff old.csv quiet.csv
refuses 'an old day without rows' "$nothing" t diff quiet.csv new.csv
refuses 'one old day of several without rows' "$nothing" \
    t diff old.csv quiet.csv new.csv
refuses 'both without rows' "$nothing" t diff quiet.csv quiet.csv
refuses 'nothing is known of an empty file' 'empty\.csv: ' \
    t diff old.csv empty.csv
refuses 'why a day without rows' "$nothing" t why X.put old.csv quiet.csv
refuses 'annotate of a day without rows' "$nothing" \
    t annotate --root . a.py old.csv quiet.csv
refuses 'a day that the tally has not' \
    'new\.csv: no day 2013-06-13 in it; it holds 2013-06-12' \
    t diff old.csv new.csv@2013-06-13
refuses 'an operation that no day has' \
    'no X\.putt on either day; did you mean X\.put\?' \
    t why X.putt old.csv new.csv

# --- Counts.

most=18446744073709551615
count()
{
	printf '%s\n2013-06-12,a.py,3,f,X.put,%s,1\n' "$tally" "$1"
}
count "$most" >most.csv
{
	count "$most"
	count 1 | tail -n 1
} >over.csv

# put [OPTION]... OLD NEW: the row of X.put.
put()
{
	t diff -q "$@" | grep ',X\.put,' | cut -d , -f 3-9,11,12
}
check_output 'counts up to 2^64-1 are exact' \
    "a.py,3,a.py,3,f,X.put,10,$most,18446744073709551605" \
    put old.csv most.csv
check_status 0 'two of them are the same' t diff most.csv most.csv
for format in table html markdown json quickfix; do
	check_status 1 "all formats bear them: $format" \
	    t diff -q --format "$format" old.csv most.csv
	sed '/<script/,/<.script>/d' "$out" >page
	check_not "they are not infinite, nor none: $format" \
	    grep -qwi -e nan -e inf -e infinity page
done
check_message 'a sum beyond it is told' 'beyond 2\^64-1 and stays there' \
    t diff old.csv over.csv
check_status 2 'a sum beyond it is trouble' t diff old.csv over.csv
check_output 'a sum beyond it stays there' \
    "a.py,3,a.py,3,f,X.put,10,$most,18446744073709551605" \
    put old.csv over.csv

# --- Names: a newline, quotes, escape sequences, no UTF-8, markup.

odd()
{
	printf '%s\n' "$tally"
	printf '%s,"two\nlines",1,f,X.put,%s,1\n' "$1" "$2"
	printf '%s,"a ""quoted"" one",2,f,X.put,%s,1\n' "$1" "$2"
	printf '%s,\033[2J\033]0;owned\007.py,3,f,X.put,%s,1\n' "$1" "$2"
	printf '%s,\377\376.py,4,f,X.put,%s,1\n' "$1" "$2"
	printf '%s,<script>alert(1)</script>,5,<b>,X.<i>,%s,1\n' "$1" "$2"
	printf '%s,a|b`c*d_e[f](g),6,"</style>",X.put,%s,1\n' "$1" "$2"
	printf '%s,"=cmd()",7,f,X.put,%s,1\n' "$1" "$2"
}
odd 2013-06-05 1000 >odd-old.csv
odd 2013-06-12 9000 >odd-new.csv
for format in csv table html markdown json quickfix; do
	check_status 1 "odd names in $format" \
	    t diff -q --format "$format" odd-old.csv odd-new.csv
	cp "$out" "odd.$format"
done
escape=$(printf '\033')
check 'they were in what was read' grep -q "$escape" odd-old.csv
for format in table html markdown json quickfix; do
	check_not "no escape sequence gets through: $format" \
	    grep -q "$escape" "odd.$format"
done
if command -v python3 >/dev/null; then
	cat >names.py <<'EOF'
import csv
import json

with open("odd.csv", newline="", encoding="utf-8",
          errors="surrogateescape") as file:
    rows = list(csv.DictReader(file))
names = {row["new_file"].encode("utf-8", "surrogateescape") for row in rows}
assert len(rows) == 7, rows
assert {b"two\nlines", b'a "quoted" one', b"\xff\xfe.py"} <= names, names
with open("odd.json", encoding="utf-8") as file:
    rows = json.load(file)
names = {row["new_file"] for row in rows}
assert len(rows) == 7, rows
assert {"two\nlines", "\x1b[2J\x1b]0;owned\x07.py"} <= names, names
EOF
	check 'CSV and JSON are read back as they are' python3 names.py
else
	skip 'python3 is not installed' 'CSV and JSON are read back'
fi
check_not 'markup stays text in a page' \
    grep -q '<script>alert\|<b>\|<i>\|^[^<]*</style>[^$]' odd.html
# shellcheck disable=SC2016 # these quote names, not commands
sed 's/``[^|]*``//g; s/`[^`]*`//g' odd.markdown >no-code
check_not 'and in a ticket, where names are code' \
    grep -q '<script\|</style\|<b>\|<i>' no-code
check_output 'a row of a ticket is a row' 7 grep -c '^| grew' odd.markdown
check_output 'a row is a line in quickfix' 7 grep -c '(+800 %)$' odd.quickfix
check_status 1 'what a spreadsheet would run is defused' \
    t diff -q --safe-csv odd-old.csv odd-new.csv
cp "$out" safe.csv
check 'that is a formula' grep -q "'=cmd()" safe.csv
check_status 1 'why bears odd names' t why -q X.put odd-old.csv odd-new.csv
cp "$out" why.txt
check 'and tells them' grep -q 'owned' why.txt
check_not 'but lets nothing through' grep -q "$escape" why.txt
check_status 2 'annotate bears odd names' \
    t annotate --root . "${escape}[2J${escape}]0;owned" odd-old.csv odd-new.csv
cat "$out" "$err" >annotate.txt
check 'and tells them too' grep -q 'owned' annotate.txt
check_not 'but lets nothing through either' grep -q "$escape" annotate.txt

# --- Repositories that are not there.

refuses '--old-rev alone' '--old-rev and --new-rev need --repo' \
    t diff --old-rev v1 old.csv new.csv
refuses '--commits alone' '--commits needs --repo' \
    t diff --commits old.csv new.csv
if ! command -v git >/dev/null; then
	skip 'git is not installed' 'repositories'
	done_testing
fi
GIT_CONFIG_NOSYSTEM=1
GIT_CEILING_DIRECTORIES=$(dirname "$work")
GIT_AUTHOR_NAME=a
GIT_AUTHOR_EMAIL=a@example.org
GIT_AUTHOR_DATE=2013-06-07T12:00:00Z
GIT_COMMITTER_NAME=a
GIT_COMMITTER_EMAIL=a@example.org
GIT_COMMITTER_DATE=2013-06-07T12:00:00Z
export GIT_CONFIG_NOSYSTEM GIT_CEILING_DIRECTORIES
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE

# at REPO [OPTION]...: two days through v1 and v2.
at()
{
	at_repo=$1
	shift
	t diff --repo "$at_repo" --old-rev v1 --new-rev v2 "$@"
}
mkdir plain
refuses 'a repository that is not there' '^tallyman diff: none: .*No such' \
    at none old.csv new.csv
refuses 'a repository without a name' 'the repository has no name' \
    at '' old.csv new.csv
refuses 'a folder that is no repository' 'plain: not a git repository' \
    at plain old.csv new.csv
refuses 'a file that is no repository' '^tallyman diff: old\.csv: ' \
    at old.csv old.csv new.csv
git init -q void
refuses 'a repository without commits' 'no revision v1 in void' \
    at void old.csv new.csv

# make_repository FOLDER [INIT-OPTION]...: with two commits, v1 and v2: a line
# was inserted and a file renamed; one is binary.
make_repository()
{
	make_folder=$1
	shift
	git init -q "$@" "$make_folder" || return
	(
		cd "$make_folder" || exit 1
		mkdir app
		seq 60 | sed 's/.*/value_& = load(&)/' >app/shop.py
		seq 60 | sed 's/.*/name_& = get(&)/' >app/user.py
		printf 'a\0b\nc\0d\n' >app/blob.py
		git add .
		git commit -q -m first
		git tag v1
		{
			echo '# inserted'
			cat app/shop.py
		} >longer
		mv longer app/shop.py
		printf 'b\0b\nc\0d\nd\n' >app/blob.py
		git mv app/user.py app/account.py
		git commit -q -a -m second
		git tag v2
	)
}

# counts DAY RISE PREFIX SHIFT USER: a day of it.
counts()
{
	echo "$tally"
	for n in 10 20 30; do
		echo "$1,$3app/shop.py,$((n + $4)),f,Shop.load,$((100 * $2)),1"
	done
	echo "$1,$3app/$5.py,7,g,User.get,70,1"
	echo "$1,$3app/blob.py,2,h,Blob.get,50,1"
}
counts 2013-06-05 1 '' 0 user >before.csv
counts 2013-06-12 3 '' 1 account >after.csv
make_repository repo

# follow REPO [OPTION]... OLD NEW: from where to where, and how.
follow()
{
	at "$@" | sed 1d | cut -d , -f 3-6,20 | sort
}
followed='app/blob.py,2,app/blob.py,2,exact
app/shop.py,10,app/shop.py,11,shifted
app/shop.py,20,app/shop.py,21,shifted
app/shop.py,30,app/shop.py,31,shifted
app/user.py,7,app/account.py,7,moved'
check_output 'a binary file is matched without the repository' "$followed" \
    follow repo before.csv after.csv
check_message 'and told' \
    'app/blob\.py cannot be followed line by line \(binary' \
    at repo before.csv after.csv

# --- Revisions.

# between OLD NEW [OPTION]...
between()
{
	between_old=$1
	between_new=$2
	shift 2
	t diff --repo repo --old-rev "$between_old" --new-rev "$between_new" \
	    "$@" before.csv after.csv
}
check_message 'revisions the wrong way round are told' \
    'old revision [0-9a-f]{10} is later than the new one [0-9a-f]{10}; swap' \
    between v2 v1
check_status 1 'and compared' between v2 v1 --commits
check_status 1 'one revision is compared with itself' between v1 v1 --commits
check_message 'and there is no commit' 'no commit between' \
    between v1 v1 --commits
git -C repo tag stranger \
    "$(git -C repo commit-tree -m 'another root' 'v1^{tree}')"
check_message 'revisions that have nothing in common are told' \
    'the old revision [0-9a-f]{10} is no ancestor of the new one' \
    between stranger v2
check_status 1 'and compared too' between stranger v2 --commits
for name in nope v1..v2 ^v1 'v1^{tree}' --help -x '' v1:app/shop.py; do
	refuses "no revision: '$name'" 'no revision .*in repo' \
	    between v1 "$name"
done
refuses 'no old revision' 'no revision nope in repo' between nope v2
refuses 'one that would drive a terminal' 'no revision .*in repo' \
    between "${escape}[2J" v2
between "${escape}[2J" v2 >rows 2>said
check_not 'it does not' grep -q "$escape" said
refuses 'which revision ran on the old day must be known' \
    'which revision ran on 2013-06-05\? .*give --old-rev' \
    t diff --repo repo --new-rev v2 before.csv after.csv
refuses 'and on the new one' \
    'which revision ran on 2013-06-12\? .*give --new-rev' \
    t diff --repo repo --old-rev v1 before.csv after.csv

# --- Repositories of another form.

git clone -q --bare repo bare.git
check_output 'a bare repository' "$followed" \
    follow bare.git before.csv after.csv
check_output 'a folder of a repository' "$followed" \
    follow repo/app before.csv after.csv
git clone -q --depth 1 "file://$work/repo" shallow
git -C shallow tag -d v1 >"$out" 2>&1
refuses 'a shallow clone without the old revision' \
    'no revision v1 in shallow: it is a shallow clone, its history ends early' \
    t diff --repo shallow --old-rev v1 --new-rev HEAD before.csv after.csv
git -C shallow fetch -q --depth 1 origin tag v1 tag v2
check_output 'a shallow clone with both' "$followed" \
    follow shallow --commits before.csv after.csv
if make_repository sha256 --object-format=sha256 2>"$err"; then
	check_output 'a repository with SHA-256' "$followed" \
	    follow sha256 --commits before.csv after.csv
else
	skip 'this git has no SHA-256' 'a repository with SHA-256'
fi

# front OLD NEW: days whose files have these before their paths.
front()
{
	counts 2013-06-05 1 "$1" 0 user >front-old.csv
	counts 2013-06-12 3 "$2" 1 account >front-new.csv
	follow repo front-old.csv front-new.csv
}
for prefix in /app/ /srv/x/releases/123/; do
	check_output "paths that begin with $prefix" \
	    "$(echo "$followed" | sed "s|app/|$prefix&|g")" \
	    front "$prefix" "$prefix"
	check_message 'that is told' \
	    "files are named with $prefix before their paths" \
	    front "$prefix" "$prefix"
done
check_output 'paths that begin with other releases' \
    "$(echo "$followed" | grep -v blob | sed 's|app/|/srv/x/123/&|
	s|,app/|,/srv/x/124/app/|')" \
    sh -c "sed 's|app/|/srv/x/123/&|' before.csv >front-old.csv
	sed 's|app/|/srv/x/124/&|' after.csv >front-new.csv
	timeout 20 tallyman diff -q --repo repo --old-rev v1 --new-rev v2 \
	    front-old.csv front-new.csv | sed 1d | grep -v blob |
	cut -d , -f 3-6,20 | sort"

# --- Huge sources.

(
	cd repo || exit 1
	git checkout -q -b huge v1
	awk 'BEGIN {
		for (i = 0; i < 1250000; i++)
			printf "value = load(%d) # a long line, all in all\n", i
	}' >app/huge.py
	git add .
	git commit -q -m huge
	git tag huge1
	echo '# more' >>app/huge.py
	git commit -q -a -m more
	git tag huge2
	git checkout -q -f v2
)
cat >huge-old.csv <<EOF
$tally
2013-06-05,app/huge.py,1000000,f,Huge.load,100,1
2013-06-05,app/shop.py,10,f,Shop.load,100,1
EOF
sed 's/-05,/-12,/; s/,100,1/,300,1/' huge-old.csv >huge-new.csv

# bounded COMMAND...: in 1 GiB of memory.
bounded()
{
	(
		# shellcheck disable=SC3045 # dash and bash have both
		ulimit -v 1048576 || exit 3
		exec timeout 20 tallyman "$@"
	)
}
if ! bounded --version >"$out" 2>&1; then
	bounded()
	{
		t "$@" # a sanitizer needs more
	}
fi

# huge COMMAND...: through the revisions that have the file.
huge()
{
	bounded "$@" --repo repo --old-rev huge1 --new-rev huge2 \
	    huge-old.csv huge-new.csv
}
check_message 'a source of 50 MB is told' \
    'app/huge\.py cannot be followed line by line \(.*too large' huge diff
check_status 1 'and the rest is compared, in bounded memory' \
    huge diff --commits
check_status 1 'so it is by why' huge why Huge.load
check_message 'annotate says that it is too large' 'huge\.py.* larger than' \
    huge annotate app/huge.py
check_status 2 'and does not show it' huge annotate app/huge.py

# --- Broken repositories: no crash, and trouble is told.

# endures REPO SENTENCE: nothing crashes; what fails says why.
endures()
{
	for endures_name in diff why annotate; do
		case $endures_name in
		diff) set -- "$1" "$2" --commits ;;
		why) set -- "$1" "$2" Shop.load ;;
		annotate) set -- "$1" "$2" app/shop.py ;;
		esac
		tap_run t "$endures_name" "$3" --repo "$1" --old-rev v1 \
		    --new-rev v2 before.csv after.csv
		endures_status=$tap_status
		check "$2: $endures_name ends by itself ($endures_status)" \
		    test "$endures_status" -le 2
		tap_run t "$endures_name" "$3" --repo "$1" --old-rev v1 \
		    --new-rev v2 before.csv after.csv
		cp "$err" said
		check "$2: $endures_name says what is wrong" \
		    test "$endures_status" -lt 2 -o -s said
		set -- "$1" "$2"
	done
}

# copy NAME: one to break, all in a pack.
copy()
{
	git clone -q --bare --no-local repo "$1"
	git -C "$1" repack -q -a -d
	chmod -R u+w "$1"
}
copy short
for pack in short/objects/pack/*.pack; do
	head -c 200 "$pack" >cut.pack
	cat cut.pack >"$pack"
done
endures short 'a pack that is cut'
check_status 2 'a pack that is cut: exit 2' at short before.csv after.csv
copy noise
for pack in noise/objects/pack/*.pack; do
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "noise" }' |
	    dd of="$pack" bs=1 seek=12 conv=notrunc 2>"$err"
done
endures noise 'a pack that is overwritten'
check_status 2 'a pack that is overwritten: exit 2' \
    at noise before.csv after.csv
copy index
for index in index/objects/pack/*.idx; do
	: >"$index"
done
endures index 'a pack without its index'
copy head
echo 'nothing of the kind' >head/HEAD
endures head 'a HEAD that is garbage'
check_message 'a HEAD that is garbage is told' '^tallyman diff: head: ' \
    at head before.csv after.csv
make_repository loose
(
	cd loose || exit 1
	blob=$(git rev-parse v1:app/shop.py)
	rm -f ".git/objects/$(echo "$blob" | sed 's|^..|&/|')"
)
endures loose 'an object that is missing'
grep -v blob before.csv >text-old.csv
grep -v blob after.csv >text-new.csv
check_message 'an object that is missing: its file is told' \
    'app/shop\.py cannot be followed' at loose text-old.csv text-new.csv
check_status 1 'and all is compared' at loose before.csv after.csv
mkdir -p fake/.git
endures fake 'a .git that is empty'
mkdir lead
echo 'gitdir: /nowhere/at/all' >lead/.git
endures lead 'a .git that leads nowhere'
check_status 2 'a .git that leads nowhere: exit 2' at lead before.csv after.csv

# --- A hostile repository: whatever can be told to run is told to leave a file
# in the folder "ran".

mkdir ran
cat >run <<EOF
#!/bin/sh
: >"$work/ran/\${1##*/}"
EOF
chmod +x run
make_repository hostile
(
	cd hostile || exit 1
	run=$work/run
	echo '* diff=d filter=f merge=m' >.gitattributes
	cp .gitattributes .git/info/attributes
	git add .gitattributes
	git commit -q -m attributes
	{
		git cat-file commit HEAD | sed '/^$/,$d'
		printf 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n'
		printf ' -----END PGP SIGNATURE-----\n\nsigned\n'
	} >../signed
	git tag -f v2 "$(git hash-object -t commit -w ../signed)"
	lost=$(git rev-parse v1:app/blob.py)
	rm -f ".git/objects/$(echo "$lost" | sed 's|^..|&/|')"
	mkdir .git/ours
	for hook in post-index-change fsmonitor-watchman post-checkout \
	    reference-transaction pre-auto-gc; do
		printf '#!/bin/sh\n%s %s\n' "$run" "$hook" >".git/ours/$hook"
		chmod +x ".git/ours/$hook"
		cp ".git/ours/$hook" ".git/hooks/$hook"
	done
	cat >.git/more <<EOF
[core]
	fsmonitor = $run fsmonitor
	pager = $run pager
	editor = $run editor
	askPass = $run
	sshCommand = $run sshCommand
	gitProxy = $run
	hooksPath = $work/hostile/.git/ours
	alternateRefsCommand = $run alternateRefs
	attributesFile = $work/hostile/.gitattributes
[diff]
	external = $run external
[diff "d"]
	command = $run command
	textconv = $run textconv
[filter "f"]
	smudge = $run smudge
	clean = $run clean
	process = $run process
	required = true
[merge "m"]
	driver = $run driver
[gpg]
	program = $run
[log]
	showSignature = true
[format]
	pretty = %G?
[credential]
	helper = !$run credential
[alias]
	log = !$run alias
	show = !$run alias
	diff = !$run alias
	grep = !$run alias
	rev-parse = !$run alias
	rev-list = !$run alias
	ls-tree = !$run alias
	cat-file = !$run alias
	diff-tree = !$run alias
[pager]
	log = $run pager
	show = $run pager
	grep = $run pager
	rev-list = $run pager
	diff-tree = $run pager
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[extensions]
	partialClone = origin
[remote "origin"]
	url = ext::$run url
	promisor = true
	partialclonefilter = blob:none
EOF
	git config core.repositoryFormatVersion 1
	git config include.path more
) >"$out" 2>&1

# Forgets what ran so far.
forget()
{
	rm -rf ran
	mkdir ran
}
forget
(
	cd hostile || exit 1
	touch app/shop.py
	git status
	set -- -c filter.f.required=false -c filter.f.process=
	git "$@" log -p --ext-diff v2 -- app/shop.py
	git "$@" log -p --no-ext-diff v2 -- app/shop.py
	git cat-file -p v1:app/blob.py
) >"$out" 2>&1
for trap in fsmonitor command textconv url; do
	check "a hostile repository makes plain git run its $trap" \
	    test -e "ran/$trap"
done
forget

# reads COMMAND...: from each side; whether it comes to an end.
reads()
{
	for reads_repo in hostile hostile/.git hostile/app; do
		t "$@" --repo "$reads_repo" --old-rev v1 --new-rev v2 \
		    before.csv after.csv || [ $? -le 1 ] || return 1
	done
}
check 'diff reads a hostile repository' reads diff --commits
check 'why reads it' reads why Shop.load
check 'annotate reads it' reads annotate app/shop.py
check 'so does a page' reads diff --commits --format html

# Where one stands in it.
inside()
{
	cd hostile &&
	    for inside_name in 'diff --commits' 'why Shop.load' \
		'annotate app/shop.py'; do
		# shellcheck disable=SC2086 # words
		t $inside_name --repo . --old-rev v1 --new-rev v2 \
		    ../before.csv ../after.csv || [ $? -le 1 ] || return 1
	    done
}
check 'all do where one stands in it' inside
check_output 'and none of it is run' '' ls ran
check_output 'lines are followed all the same' \
    "$(echo "$followed" | grep shop)" \
    sh -c "timeout 20 tallyman diff -q --repo hostile --old-rev v1 \
	--new-rev v2 before.csv after.csv | grep 'shop\.py' |
	cut -d , -f 3-6,20 | sort"

done_testing
