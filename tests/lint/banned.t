#!/bin/sh
# SPDX-License-Identifier: MIT
# What must not stand in a file of the project.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cd "$top_srcdir" || exit 2

# project_files: what git tracks or would track; in a release, what may be
# source, since it may have been built in place.
project_files()
{
	if [ -e .git ]; then
		git ls-files --cached --others --exclude-standard
	else
		find .ci tools ./*.ac ./*.am ./*.md ./*.sh -type f
		find examples man src tests -name '*.[chtm135-7]' -o -name '*.preset' \
		    -o -name '*.sh' -o -name '*.awk'
	fi | while read -r path; do
		if [ -f "$path" ]; then
			echo "$path"
		fi
	done
}

project_files >"$work/files"
grep '^\(\./\)\{0,1\}\(examples\|src\|tests\)/.*\.[ch]$' "$work/files" \
    >"$work/c_files"
xargs awk -f tests/lint/code.awk <"$work/c_files" >"$work/code"

# no_code PATTERN: prints the lines of C code that match (grep -E), fails if
# any.
no_code()
{
	! grep -E -e "^[^:]+:[0-9]+:.*$1" "$work/code"
}

# Each has a bounded or checked brother: snprintf or buf, slice_number,
# slice_cut, xmalloc.
functions='strcpy|strcat|strncat|stpcpy|sprintf|vsprintf|gets|strtok'
functions="$functions|atoi|atol|atoll|atof|alloca|tmpnam|mktemp|system"
check 'no unsafe function is called' no_code "\\<($functions)[ ]*\\("

check 'comments are /* */' no_code '//'

no_marks()
{
	marks='TO''DO|FIX''ME|XX''X|HA''CK'
	! xargs grep -nwE "$marks" /dev/null <"$work/files"
}
check 'no mark of unfinished work is left' no_marks

# Documents and a corpus have no place for it.
no_spdx()
{
	grep -vE '\.(md|csv)$|(^|/)(LICENSE|NEWS)$|^(\./)?tests/.*/corpus/' \
	    "$work/files" | while read -r path; do
		head -n 3 "$path" | grep -q 'SPDX-License-Identifier: MIT' ||
			echo "$path"
	done >"$work/without"
	cat "$work/without"
	[ ! -s "$work/without" ]
}
check 'each file names its licence in its first lines' no_spdx

no_long_lines()
{
	while read -r path; do
		expand "$path" | awk -v path="$path" \
		    'length($0) > 80 { print path ":" NR ": " length($0) }'
	done <"$work/c_files" >"$work/long"
	cat "$work/long"
	[ ! -s "$work/long" ]
}
check 'C files keep to 80 columns' no_long_lines

no_loose_blanks()
{
	grep -E '\.(c|h|sh|t|ac|am|awk|[1357])$|^tools/' "$work/files" |
	    xargs grep -nE '[ 	]+$' /dev/null >"$work/blanks"
	cat "$work/blanks"
	[ ! -s "$work/blanks" ]
}
check 'no line ends in blanks' no_loose_blanks

done_testing
