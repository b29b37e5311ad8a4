#!/bin/sh
# SPDX-License-Identifier: MIT
# The folders of src/ are layers: each includes only those below it, and
# brothers (scan, compare, record, fetch) never include each other.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# may_include FOLDER: what its files may include.
may_include()
{
	case $1 in
	base) echo base ;;
	engine) echo base engine ;;
	model) echo base model ;;
	scan) echo base engine model scan ;;
	compare) echo base model compare ;;
	repo) echo base model compare repo ;;
	record) echo base model record ;;
	fetch) echo base fetch ;;
	cmd) echo base engine model scan compare repo record fetch cmd ;;
	*) return 1 ;;
	esac
}

# wrong_includes FOLDER: prints the includes that break the rule, fails if any.
wrong_includes()
{
	allowed=$(may_include "$1") || {
		echo "src/$1 is no known layer; add it to this test"
		return 1
	}
	allowed=$(echo "$allowed" | tr ' ' '|')
	cd "$top_srcdir/src" || return 1
	! grep -nE '^[ 	]*#[ 	]*include[ 	]+"' "$1"/*.[ch] |
	    grep -vE "\"(config\.h|($allowed)/[a-z0-9_]+\.(h|inc))\""
}

for folder in "$top_srcdir"/src/*/; do
	name=$(basename "$folder")
	ls "$folder"*.[ch] >/dev/null 2>&1 || continue
	check "src/$name includes no other layers than it may" \
	    wrong_includes "$name"
done

# record runs inside other programs.
no_end_of_a_host()
{
	cd "$top_srcdir/src/record" || return 1
	! grep -nE '"base/(err|msg|opt|output|source|spawn|walk|worker|db)\.h"' \
	    ./*.[ch]
}
check 'src/record includes nothing that prints or ends' no_end_of_a_host

done_testing
