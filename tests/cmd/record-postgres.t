#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman record with a real PostgreSQL on a loopback port: a program in C with
# libpq, and one in Python with psycopg2, in eight threads of five processes
# each. Each statement counts once, at its line.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/record.sh"
. "$top_srcdir/tests/lib/port.sh"
. "$top_srcdir/tests/lib/pg.sh"

record_needs
pg_find || skip_all 'there is no PostgreSQL server to run'
pg_init || skip_all 'initdb failed'
pg_start_port -c max_connections=200 || skip_all 'PostgreSQL does not start'

PGHOST=127.0.0.1
PGUSER=postgres
PYTHONDONTWRITEBYTECODE=1
export PGHOST PGUSER PYTHONDONTWRITEBYTECODE

record_take record_workers.h record_libpq.c record_helper.h record_helper.c \
    record_workers.py record_psycopg2.py || exit

# helper NAME FOLDER FLAG...: compiles a shared object.
helper()
{
	name=$1
	folder=$2
	shift 2
	mkdir -p "$folder"
	# shellcheck disable=SC2046 # several words
	${CC:-cc} -std=gnu11 -g -shared -fPIC -DSEND="${name}_send" "$@" \
	    -o "$folder/lib$name.so" record_helper.c \
	    $(pkg-config --cflags --libs libpq)
}

# program PROGRAM FLAG...
program()
{
	program=$1
	shift
	helper own . "$@" && helper vendor vendor "$@" &&
	    record_compile "$program" libpq "$@" -L. -lown -Lvendor -lvendor \
		-Wl,-rpath,"$work:$work/vendor"
}

in_c()
{
	rm -f log
	record_run log "$@" && record_same 40 log record_libpq.c record_helper.c
}

# Where no pattern skips it, a library of the program's is its own code.
not_skipped()
{
	rm -f log
	record_run log -- ./record_libpq &&
	    record_counts log | grep '^record_helper' >got.csv
	echo 'record_helper.c,LINE,twice_removed,cart.insert,240' |
	    sed "s/LINE/$(sed -n '/cart\.insert/=' record_helper.c)/" |
	    diff -u - got.csv
}

psql_counts()
{
	rm -f log
	yes 'SELECT 1 FROM pg_class;' | head -n 3 >three.sql
	record_run log -- "$pg_bin/psql" -X -q -o /dev/null -f three.sql \
	    postgres && record_counts log | cut -d, -f4,5
}

if program record_libpq -O0 && program record_libpq-O2 -O2; then
	set -- --skip '*/vendor/*'
	check 'a program in C' \
	    in_c "$@" -- ./record_libpq
	check 'and one that is optimised' \
	    in_c "$@" -- ./record_libpq-O2
	check 'flushing all the time neither doubles nor loses' \
	    in_c "$@" --interval 1ms -- ./record_libpq
	check 'a library that is not skipped' not_skipped
else
	skip 'there is no compiler, or no libpq to compile with' \
	    'a program in C'
fi
check_output 'psql, which is of the system' 'pg_class.select,3' psql_counts

python=/usr/bin/python3
if "$python" -c 'import psycopg2' 2>/dev/null; then
	check 'a program in Python' \
	    record_check record_psycopg2.py --root . -- \
	    "$python" record_psycopg2.py
	check 'flushing all the time neither doubles nor loses, in Python' \
	    record_check record_psycopg2.py --root . --interval 1ms -- \
	    "$python" record_psycopg2.py
else
	skip 'there is no psycopg2' 'a program in Python'
fi

done_testing
