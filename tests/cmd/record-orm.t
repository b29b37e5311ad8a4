#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman record with SQLAlchemy and Django: what an ORM issues counts for the
# line of the program that made it do so. Each in eight threads of five
# processes.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/record.sh"

record_needs
record_take record_workers.py record_sqlalchemy.py record_django.py || exit
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
python=/usr/bin/python3

# counts FILE: how an ORM asks what tables there are, and sets SQLite up, is
# its own matter.
counts()
{
	rm -f log ./*.db
	record_run log --root . -- "$python" "$1" || return
	record_expected 40 "$1" >wanted.csv
	record_counts log | grep -v ',sql\.\|,sqlite_master\.' >got.csv
	[ -s wanted.csv ] && diff -u wanted.csv got.csv
}

for orm in sqlalchemy django; do
	if "$python" -c "import $orm" 2>/dev/null; then
		check "a program that uses $orm" counts "record_$orm.py"
		check "$orm: all is told of the program's own file" \
		    sh -c "! sed 1d counts.csv | grep -v '^record_$orm.py,'"
	else
		skip "there is no $orm" "a program that uses $orm"
	fi
done

done_testing
