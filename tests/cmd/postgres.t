#!/bin/sh
# SPDX-License-Identifier: MIT
# A real PostgreSQL server: each statement that a client sent counts once,
# whatever the server's settings and its log_destination.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/pg.sh"

pg_find || skip_all 'there is no PostgreSQL server to run'
pg_init || skip_all 'initdb failed'

# Over 900 bytes and over several lines, so that syslog gets it in pieces:
# with blanks to cut at, without any, with an empty line, with TABs.
words=$(awk 'BEGIN { for (i = 0; i < 200; i++) printf "word%d ", i }')
block=$(awk 'BEGIN { for (i = 0; i < 2000; i++) printf "x" }')
long="SELECT count(*),
	'$words' AS words,

		'$block' AS block
	FROM	things
WHERE id < 100"

# What the client sends by the simple protocol. Each caller's number is in
# the list below.
cat >simple.sql <<END
SELECT count(*) FROM things /*shop.py:1*/;
SELECT count(*) FROM things /*shop.py:1*/;
SELECT count(*) FROM things /*shop.py:1*/;
INSERT INTO things VALUES (1) /*shop.py:2*/;
INSERT INTO things VALUES (1) /*shop.py:2*/;
$long /*shop.py:3*/;
$long /*shop.py:3*/;
BEGIN;
/*shop.py:4*/ UPDATE things SET id = 2;
/*shop.py:4*/ UPDATE things SET id = 2;
COMMIT;
SELECT * FROM missing /*shop.py:5*/;
SELECT * FROM missing /*shop.py:5*/;
SELECT 1 / (id - 2) FROM things /*shop.py:6*/;
PREPARE p AS DELETE FROM things WHERE id = 9 /*shop.py:7*/;
EXECUTE p;
EXECUTE p;
EXECUTE p;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM things /*shop.py:8*/;
FETCH 1 FROM c;
FETCH 1 FROM c;
CLOSE c;
COMMIT;
SELECT count(*) FROM things /*shop.py:1*/;
END

# By the extended protocol, N times over, by several clients at once; then with
# a statement prepared once.
cat >extended.sql <<END
SELECT count(*) FROM things /*job.py:1*/;
INSERT INTO things VALUES (3) /*job.py:2*/;
$long /*job.py:3*/;
BEGIN;
SELECT count(*) FROM things /*job.py:1*/;
UPDATE things SET id = 2 WHERE id = 3 /*job.py:4*/;
SELECT count(*) FROM things /*job.py:1*/;
COMMIT;
END
cat >prepared.sql <<END
SELECT count(*) FROM things /*job.py:5*/;
DELETE FROM things WHERE id = 9 /*job.py:6*/;
END
cat >failing.sql <<END
SELECT 1 / (id - 2) FROM things /*job.py:7*/;
END

numbers='file,line,operation,count,entries
job.py,1,things.select,60,60
job.py,2,things.insert,20,20
job.py,3,things.select,20,20
job.py,4,things.update,20,20
job.py,5,things.select,4,4
job.py,6,things.delete,4,4
job.py,7,things.select,2,2
shop.py,1,things.select,4,4
shop.py,2,things.insert,2,2
shop.py,3,things.select,2,2
shop.py,4,things.update,2,2
shop.py,5,missing.select,2,2
shop.py,6,things.select,1,1
shop.py,7,things.delete,3,3
shop.py,8,sql.declare,1,1'

make_table()
{
	pg_start && pg_psql -c 'CREATE TABLE things (id int)' && pg_stop
}

# The failing ones end the client, so it is started for each.
send_all()
{
	# psql goes on behind an error and then exits with 0
	pg_psql -f simple.sql &&
	    pg_bench -M extended -f extended.sql -c 4 -j 2 -t 5 &&
	    pg_bench -M prepared -f prepared.sql -t 4 || return
	! pg_bench -M extended -f failing.sql -t 1 &&
	    ! pg_bench -M prepared -f failing.sql -t 1
}

# run NAME SETTING...: a server with these settings serves the clients.
destinations=stderr,csvlog
if "$pg_bin/postgres" -V | awk '{ exit !($3 + 0 >= 15) }'; then
	destinations=$destinations,jsonlog
fi
run()
{
	name=$1
	shift
	syslog=
	if pg_syslog_open "$name"; then
		syslog=,syslog
	fi
	check "the clients are served, $name" pg_start "$@" \
	    -c logging_collector=on -c "log_filename=$name.log" \
	    -c "log_destination=$destinations$syslog" \
	    -c 'log_line_prefix=%m [%p] %q%u@%d '
	check "the clients do as told, $name" send_all
	pg_stop
	pg_syslog_close
}

# counts NAME FORM FILE: the log has each number once.
counts()
{
	if [ -s "$pg/log/$3" ]; then
		check_output "$1, $2: each statement counts once" "$numbers" \
		    tallyman scan -p sqlcomment --by file,line,operation \
		    "$pg/log/$3"
	else
		skip "the server cannot write it here" \
		    "$1, $2: each statement counts once"
	fi
}

counts_all()
{
	counts "$1" stderr "$1.log"
	counts "$1" csvlog "$1.csv"
	counts "$1" jsonlog "$1.json"
	counts "$1" syslog "$1.syslog"
}

check 'a server starts and stops' make_table

run all -c log_statement=all
counts_all all

run duration -c log_min_duration_statement=0
counts_all duration

explain="-c shared_preload_libraries=auto_explain
    -c auto_explain.log_min_duration=0"
# shellcheck disable=SC2086 # four words
run explain $explain
counts_all explain

# shellcheck disable=SC2086 # four words
run together $explain -c log_statement=all -c log_min_duration_statement=0
counts_all together

# shellcheck disable=SC2086 # four words
run mod $explain -c log_statement=mod -c auto_explain.log_format=json \
    -c log_error_verbosity=verbose
counts_all mod

done_testing
