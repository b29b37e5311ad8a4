#!/bin/sh
# SPDX-License-Identifier: MIT
# Each program's manual page names its options, all of them and no others.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# dumped PROGRAM: its options, sorted, as "-j" and "--threads".
dumped()
{
	"$1" --dump-options | awk -F '\t' '
		$1 == "command" || $1 == "subcommand" { next }
		$1 != "-" { print "-" $1 }
		$2 != "-" { print "--" $2 }' | sort -u
}

# documented PAGE: the options in its list items: ".It Fl j , Fl -threads Ar N",
# where the long form may also be "Fl Fl threads".
documented()
{
	awk '$1 == ".It" {
		for (i = 2; i <= NF; i++) {
			if ($i != "Fl")
				continue
			dash = "-"
			while ($(i + 1) == "Fl") {
				dash = dash "-"
				i++
			}
			print dash $(++i)
		}
	}' "$1" | sort -u
}

# agree PROGRAM PAGE: prints the differences, fails if any.
agree()
{
	dumped "$1" >"$work/dumped"
	documented "$2" >"$work/documented"
	comm -23 "$work/dumped" "$work/documented" | sed 's/^/not in the page: /' \
	    >"$work/differences"
	comm -13 "$work/dumped" "$work/documented" | sed 's/^/no such option: /' \
	    >>"$work/differences"
	cat "$work/differences"
	[ -s "$work/dumped" ] && [ ! -s "$work/differences" ]
}

for program in "$top_builddir"/tallyman "$top_builddir"/tallyman-*; do
	[ -f "$program" ] && [ -x "$program" ] || continue
	name=$(basename "$program")
	page=$top_srcdir/man/$name.1
	sentence="$name(1) names the options of $name, and no others"
	if [ -f "$page" ]; then
		check "$sentence" agree "$program" "$page"
	else
		skip "there is no $name.1" "$sentence"
	fi
done

done_testing
