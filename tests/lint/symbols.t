#!/bin/sh
# SPDX-License-Identifier: MIT
# What runs inside other programs shows them nothing but its own names, and
# uses nothing that ends them or prints.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ -f "$top_builddir/record.so" ] || skip_all 'tallyman record is not built'
cd "$top_builddir" || exit 2

# The global names that an object defines, or that it takes from elsewhere.
# Those of the C library's versions are cut: exit@GLIBC_2.2.5.
defined()
{
	nm "$@" --defined-only --extern-only --format=posix |
	    awk 'NF > 2 { sub(/@.*/, "", $1); print $1 }' | sort -u
}
needed()
{
	nm "$@" --undefined-only --format=posix |
	    awk 'NF { sub(/@.*/, "", $1); print $1 }' | sort -u
}

# no_other_than PATTERN NM-ARGUMENT...: prints the other names, fails if any.
no_other_than()
{
	pattern=$1
	shift
	defined "$@" >"$work/names"
	[ -s "$work/names" ] && ! grep -vxE "$pattern" "$work/names"
}
api='tallyman_(count|flush|start)|TALLYMAN_0'
stood_before='sqlite3_[a-z0-9_]*|PQ[A-Za-z]*|mysql_[a-z_]*|mariadb_[a-z_]*'
check 'libtallyman.so gives the functions of tallyman.h, no more' \
    no_other_than "$api" -D libtallyman.so
check 'libtallyman.a too' no_other_than "$api" libtallyman.a
check 'record.so gives what it stands before, no more' \
    no_other_than "$stood_before|_exit|_Exit|RECORD_0" -D record.so
check 'dwarf.so gives its one table' \
    no_other_than 'tallyman_dwarf|DWARF_0' -D dwarf.so

# none_of PATTERN FILE: what the file needs has none of these.
none_of()
{
	needed -D "$2" >"$work/needs"
	[ -s "$work/needs" ] && ! grep -xE "$1" "$work/needs"
}
ends='exit|_exit|_Exit|quick_exit|abort|err|errx|error|__assert_fail'
prints='(v|f|vf|d|vd)?printf|(__)?(v|f|vf|d|vd)?printf_chk|puts|fputs|putchar'
prints="$prints|fwrite|perror|psignal|stdout|stderr|syslog|vsyslog"
for object in libtallyman.so record.so dwarf.so; do
	check "$object uses nothing that ends its host" none_of "$ends" $object
	check "$object uses nothing that prints" none_of "$prints" $object
	check "$object opens no connection to elsewhere" \
	    none_of 'getaddrinfo|gethostbyname.*|res_.*' $object
done

# Before a host has counted anything, nothing more is loaded than libc.
libraries()
{
	readelf -d record.so | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort
}
check_output 'record.so needs libc, its loader and the unwinder alone' \
    'ld-linux-x86-64.so.2
libc.so.6
libgcc_s.so.1' libraries

done_testing
