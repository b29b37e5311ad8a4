#!/bin/sh
# SPDX-License-Identifier: MIT
# ARCHITECTURE.md names each module, and each file it names exists.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cd "$top_srcdir" || exit 2
page=ARCHITECTURE.md
[ -f "$page" ] || skip_all "there is no $page"

# names MODULE (folder/name): in full, or as `name`, `name.c` or `name.h`.
names()
{
	grep -qE "\\<$1\\>|\`${1#*/}(\\.[ch])?\`" "$page"
}

# missing_files: prints the paths that lead nowhere, fails if any.
missing_files()
{
	{
		grep -oE '\<(src|tests|tools|man)/[A-Za-z0-9_./-]*' "$page"
		grep -oE '"[a-z]+/[a-z0-9_]+\.h"' "$page" |
		    sed 's,^",src/,; s,"$,,'
	} | sed 's/[.-]*$//' | sort -u | while read -r path; do
		for there in "$path" "$path".[ch]; do
			[ -e "$there" ] && continue 2
		done
		echo "$path"
	done >"$work/missing"
	cat "$work/missing"
	[ ! -s "$work/missing" ]
}

for module in src/*/*.[ch]; do
	module=${module#src/}
	echo "${module%.[ch]}"
done | sort -u >"$work/modules"
while read -r module; do
	check "$page names $module" names "$module"
done <"$work/modules"

check "the files that $page names exist" missing_files

check "$page has at most 200 lines" [ "$(wc -l <"$page")" -le 200 ]

done_testing
