#!/bin/sh
# SPDX-License-Identifier: MIT
# The release holds each file that the repository holds.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ -e "$top_srcdir/.git" ] || skip_all 'this is no repository'
[ -f "$top_builddir/Makefile" ] || skip_all 'nothing is configured'

left_out()
{
	make -s --no-print-directory -C "$top_builddir" list-dist |
	    sed "s,^$top_srcdir/,,; s,^\\(\\.\\./\\)*,," | sort -u \
	    >"$work/released"
	git -C "$top_srcdir" ls-files --cached --others --exclude-standard |
	    sort -u >"$work/files"
	comm -13 "$work/released" "$work/files" >"$work/left_out"
	cat "$work/left_out"
	[ -s "$work/released" ] && [ ! -s "$work/left_out" ]
}
check 'make dist leaves out no file of the repository' left_out

done_testing
