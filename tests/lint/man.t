#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual pages are good mdoc.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

command -v mandoc >/dev/null || skip_all 'mandoc is missing'

found=
for page in "$top_srcdir"/man/*.[1357]; do
	[ -f "$page" ] || continue
	found=yes
	check "$(basename "$page") has no mistakes" \
	    mandoc -Tlint -Wwarning "$page"
done
[ -n "$found" ] || skip_all 'there are no pages'

done_testing
