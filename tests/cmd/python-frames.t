#!/bin/sh
# SPDX-License-Identifier: MIT
# src/record/python.h inside interpreters: all of the versions that are here are
# asked who called, from all kinds of code. TALLYMAN_PYTHONS names others, and
# takes the place of the usual ones.
home=$HOME # tap.sh has one of its own
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

CC=${CC:-cc}
command -v "${CC%% *}" >/dev/null 2>&1 || skip_all 'there is no compiler'

compile()
{
	# shellcheck disable=SC2086,SC2154 # CC: several words; tap.sh
	$CC -std=gnu11 -O2 -shared -fPIC -fvisibility=hidden \
	    -I"$top_builddir" -I"$top_srcdir/src" -o pyhook.so \
	    "$top_srcdir/tests/lib/pyhook.c" \
	    "$top_srcdir"/src/record/py*.c "$top_srcdir/src/record/skip.c" \
	    "$top_srcdir/src/base/slice.c" -pthread
}

# ask PYTHON WHAT
ask()
{
	timeout 60 "$1" pyhook.py ./pyhook.so "$2"
}

ask_all()
{
	check 'who called is told right' ask "$1" sites
	check 'the nearest frame is told where none is its own' \
	    ask "$1" no_own_frame
	check 'in eight threads' ask "$1" threads
	check 'beside a busy thread' ask "$1" busy
	check 'in forked processes' ask "$1" forks
	check 'in processes of multiprocessing' ask "$1" processes
	check 'in code that is traced' ask "$1" traced
	check 'nothing in a thread that is not Python'\''s' ask "$1" foreign
	check 'an exception that is under way stays so' ask "$1" failing
	check 'nothing at the very end' ask "$1" finalising
	check 'a wrong layout is found out' ask "$1" spoiled
}

cp "$top_srcdir/tests/lib/pyhook.py" . || exit
check 'it compiles for use inside a program' compile

for python in ${TALLYMAN_PYTHONS-/usr/bin/python3 python3.9 python3.10 \
    python3.11 python3.12 python3.13 \
    "$home"/.pyenv/versions/3.9*/bin/python3 \
    "$home"/.pyenv/versions/3.1[0-3]*/bin/python3}; do
	if "$python" -c 'import ctypes, sys; sys.exit(sys.version_info < (3, 9))' \
	    2>/dev/null; then
		echo "# $("$python" --version), $python"
		ask_all "$python"
	fi
done

done_testing
