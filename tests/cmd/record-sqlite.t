#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman record with SQLite: programs in C and in Python, in eight threads of
# five processes each. Each statement counts once, at its line.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/record.sh"

record_needs
record_take record_workers.h record_sqlite.c record_workers.py \
    record_sqlite.py || exit

at_once()
{
	rm -f log
	record_run log --interval 5ms -- ./record_sqlite-O2 &
	timeout 120 tallyman record -o log --interval 5ms -- ./record_sqlite &&
	    wait "$!" && record_same 80 log record_sqlite.c
}

# A program that knows nothing of SQLite, and unloads what does before it ends.
cat >host.c <<'END'
#include <dlfcn.h>

int
main(void)
{
	void *plugin = dlopen("./plugin.so", RTLD_NOW | RTLD_LOCAL);
	int (*run)(void) = (int (*)(void))dlsym(plugin, "main");
	int status = run();

	return dlclose(plugin) != 0 ? 2 : status;
}
END
host()
{
	record_compile plugin-so sqlite3 -shared -fPIC &&
	    mv plugin-so plugin.so && ${CC:-cc} -o host host.c -ldl
}

in_plugin()
{
	rm -f log
	record_run log -- ./host && record_same 40 log plugin.c
}

# by_operation FILE: without lines and functions.
by_operation()
{
	awk -F, '{ n[$4] += $5 } END { for (i in n) print i, n[i] }' "$1" | sort
}

# Where nothing tells lines, the counts are right all the same.
stripped()
{
	rm -f log
	record_run log -- ./stripped && record_counts log >got.csv &&
	    record_expected 40 record_sqlite.c >wanted.csv || return
	by_operation got.csv >got
	by_operation wanted.csv | diff -u - got &&
	    ! grep -v '^(stripped+0x[0-9a-f]*),0,,' got.csv
}

if record_compile record_sqlite sqlite3 -O0 &&
    record_compile record_sqlite-O2 sqlite3 -O2; then
	check 'a program in C' record_check record_sqlite.c -- ./record_sqlite
	check 'and one that is optimised' \
	    record_check record_sqlite.c -- ./record_sqlite-O2
	check 'flushing all the time neither doubles nor loses' \
	    record_check record_sqlite.c --interval 1ms -- ./record_sqlite
	check 'a program that a shell starts' \
	    record_check record_sqlite.c -- sh -c './record_sqlite; true'
	check 'two at once write one log' at_once
	cp record_sqlite.c plugin.c
	check 'a host and its plugin are compiled' host
	check 'a plugin that is loaded, and unloaded again' in_plugin
	cp record_sqlite stripped
	strip stripped
	check 'a program without symbols' stripped
else
	skip 'there is no compiler, or no SQLite to compile with' \
	    'a program in C'
fi

for python in /usr/bin/python3 python3.9 python3.10 python3.11 python3.12 \
    python3.13; do
	if ! "$python" -c 'import sqlite3' 2>/dev/null; then
		continue
	fi
	check "a program in $("$python" --version), $python" \
	    record_check record_sqlite.py --root . -- \
	    "$python" record_sqlite.py
	check "flushing all the time, $python" \
	    record_check record_sqlite.py --root . --interval 1ms -- \
	    "$python" record_sqlite.py
done

done_testing
