#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman record with a real MariaDB: a program in C, in eight threads of five
# processes. Each statement counts once, at its line.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/record.sh"
. "$top_srcdir/tests/lib/port.sh"
. "$top_srcdir/tests/lib/mariadb.sh"

record_needs
record_take record_workers.h record_mysql.c || exit
if ! record_compile record_mysql libmariadb -O0 ||
    ! record_compile record_mysql-O2 libmariadb -O2; then
	skip_all 'there is no compiler, or no libmariadb to compile with'
fi
maria_find || skip_all 'there is no MariaDB server to run'
maria_init || skip_all 'mariadb-install-db failed'
maria_start || skip_all 'MariaDB does not start'

check 'a program in C' record_check record_mysql.c -- ./record_mysql
check 'and one that is optimised' \
    record_check record_mysql.c -- ./record_mysql-O2
check 'flushing all the time neither doubles nor loses' \
    record_check record_mysql.c --interval 1ms -- ./record_mysql

done_testing
