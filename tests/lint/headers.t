#!/bin/sh
# SPDX-License-Identifier: MIT
# Each header compiles alone.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cd "$top_srcdir/src" || exit 2

compiles()
{
	printf '#include "%s"\n#include "%s"\n' "$1" "$1" >"$work/alone.c"
	# unquoted: CC may hold flags
	${CC:-gcc} -std=c11 -Wall -Wextra -Werror -I. -fsyntax-only \
	    "$work/alone.c"
}

for header in */*.h; do
	check "$header compiles alone, and twice" compiles "$header"
done

done_testing
