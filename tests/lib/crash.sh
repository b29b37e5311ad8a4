# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # tests/lib/tap.sh comes before
#
# What tests of kill -9, full disks and clocks share; for tests that source it
# behind tests/lib/tap.sh, and tests/lib/httpd.sh where they fetch. A job NAME
# is NAME.json, its items 1 to COUNT are asked for at /STEPS/NAME-ITEM, and its
# answers are in $TALLYMAN_DB.
#
#	crash_find            skips the file where something is missing
#	crash_job NAME COUNT STEPS [MORE]
#	                      writes the job; MORE: further keys of its JSON
#	crash_run NAME        runs it; what it says is added to NAME.err
#	crash_until SECONDS SIGNAL COMMAND...
#	                      runs a program, and sends SIGNAL after so long
#	crash_run_until SECONDS SIGNAL NAME
#	                      the same with a job
#	crash_instants SEED COUNT SECONDS
#	                      prints COUNT random instants up to SECONDS
#	crash_mark NAME       a line of the server's log between two runs, when
#	                      all that the first one sent is in it
#	crash_seen            how many requests the server saw, as its step seen
#	                      counts them
#
# and what is asked afterwards, with what is printed:
#
#	crash_requests NAME   how many requests there were, how many of them
#	                      were for what the same run had asked for already,
#	                      and the most that a later run had to repeat of one
#	                      run
#	crash_answers NAME    how many items have their very own answer
#	crash_check NAME      PRAGMA integrity_check
#	crash_burst RATE PATTERN
#	                      the least burst by which the requests (httpd.sh)
#	                      kept a limit of RATE a second: in any stretch of w
#	                      seconds were no more than this and w * RATE

TALLYMAN_DB=$work/db
export TALLYMAN_DB

# What programs say that crash_until runs.
crash_said=$work/crash.err

crash_find()
{
	[ -x "$top_builddir/tallyman-fetch" ] ||
	    skip_all 'built without fetch'
	httpd_find || skip_all 'there is no test server, or no curl'
	command -v sqlite3 >/dev/null || skip_all 'there is no sqlite3'
}

crash_job()
{
	seq "$2" >"$1.ids"
	cat >"$1.json" <<-EOF
		{ "name": "$1",
		  "source": { "file": "$1.ids" },
		  "request": { "url": "http://127.0.0.1:$port/$3/$1-{id}" },
		  "concurrency": 16${4:+,
		  $4} }
	EOF
}

crash_run()
{
	tallyman fetch run "./$1.json" 2>>"$1.err"
}

# The shell that waits would say "Killed".
crash_until()
{
	crash_after=$1
	crash_signal=$2
	shift 2
	{
		"$@" 2>>"$crash_said" &
		crash_pid=$!
		sleep "$crash_after"
		kill "-$crash_signal" "$crash_pid"
		wait "$crash_pid"
	} 2>/dev/null
}

crash_run_until()
{
	crash_said=$3.err
	crash_until "$1" "$2" tallyman fetch run "./$3.json"
}

crash_instants()
{
	awk -v seed="$1" -v count="$2" -v most="$3" 'BEGIN {
		srand(seed)
		while (count-- > 0)
			printf "%.4f\n", rand() * most
	}'
}

# Answered behind whatever came before and is answered within 50 ms.
crash_mark()
{
	httpd_ask "/delay/50/$1-mark" >/dev/null
}

crash_seen()
{
	httpd_requests . | grep -vc ' /seen/'
}

crash_requests()
{
	httpd_requests "/$1-([0-9]+|mark)\$" | awk '
		$4 ~ /-mark$/ {
			run++
			next
		}
		{
			all++
			if (!($4 in last))
				;
			else if (last[$4] == run)
				twice++
			else if (++again[last[$4]] > worst)
				worst = again[last[$4]]
			last[$4] = run
		}
		END { print all + 0, twice + 0, worst + 0 }'
}

crash_answers()
{
	tallyman fetch export "$1" |
	    grep -c '^{"id":"\([0-9]*\)",.*"body":{"id":"'"$1"'-\1",'
}

crash_check()
{
	sqlite3 "$TALLYMAN_DB/fetch/$1.db" 'PRAGMA integrity_check'
}

crash_burst()
{
	httpd_requests "$2" | awk -v rate="$1" '
		{
			level -= ($1 - at) / 1e9 * rate
			if (level < 0)
				level = 0
			at = $1
			if (++level > most)
				most = level
		}
		END { printf "%d\n", most + 0.999 }'
}
