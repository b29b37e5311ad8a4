#!/bin/sh
# SPDX-License-Identifier: MIT
# Each fuzz target takes each file of its corpus without a complaint.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

if [ ! -d "$top_srcdir/tests/fuzz/corpus" ]; then
	skip_all "there is no corpus"
fi
for corpus in "$top_srcdir"/tests/fuzz/corpus/*/; do
	name=$(basename "$corpus")
	target=$top_builddir/tests/fuzz/$name
	if [ ! -x "$target" ]; then
		skip "no target of this name is built" "$name replays its corpus"
		continue
	fi
	check "$name replays its corpus" "$target" "$corpus"*
done

done_testing
