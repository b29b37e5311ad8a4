# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154,SC2034 # tap.sh and httpd.sh come before
#
# Jobs and their runs, for tests of tallyman fetch that source this behind
# tests/lib/tap.sh and tests/lib/httpd.sh.
#
#	fetch_begin           starts a server, whose log has the fields, too;
#	                      skips the file where one thing or another lacks
#	job NAME KEYS [RETRY] writes NAME.json: KEYS, limits that let everything
#	                      pass, and retry; $fast is a retry to build upon
#	ids WORD...           prints them, one a line
#	run NAME OPTION...    fetches it; what it says stays in NAME.said
#	retry NAME OPTION...  the same for retry
#	later TIME run NAME OPTION...
#	                      the same when so much time (such as 2h) has passed
#	set_clock TIME        the same for all that follows; empty: as it is.
#	                      What TIME may be is told in tests/lib/later.c
#	told NAME MEMBER...   prints these of the last run's summary, as a=1 b=2
#	bodies NAME           prints what export gives, sorted, without its times
#	asked_again PATTERN   how many requests of the server's log came for a
#	                      path that had been answered by 200 before
#	next_request          how many there will be with the next one:
#	                      httpd_ask /seen/N waits for it

fast='"max_attempts": 3, "backoff": "5ms"'

fetch_begin()
{
	[ -x "$top_builddir/tallyman-fetch" ] || skip_all 'built without fetch'
	httpd_find || skip_all 'there is no test server, or no curl'
	${CC:-cc} -shared -fPIC -o "$tap_dir/later.so" \
	    "$top_srcdir/tests/lib/later.c" || skip_all 'there is no compiler'
	httpd_start --log-headers || exit 2
	TALLYMAN_DB=$work/db
	export TALLYMAN_DB
}

job()
{
	cat >"$1.json" <<-EOF
		{ $2,
		  "limits": [ { "requests": 100000, "per": "1s",
		                "burst": 10000 } ],
		  "retry": { ${3-$fast} } }
	EOF
}

ids()
{
	printf '%s\n' "$@"
}

fetch_command()
{
	fetch_what=$1
	fetch_job=$2
	shift 2
	$fetch_clock tallyman fetch "$fetch_what" --json "$@" \
	    "$fetch_job.json" >"$fetch_job.summary" 2>"$fetch_job.said"
}

run()
{
	fetch_command run "$@"
}

retry()
{
	fetch_command retry "$@"
}

fetch_clock=
set_clock()
{
	fetch_clock=${1:+env LD_PRELOAD=$tap_dir/later.so LATER=$1}
}

later()
{
	set_clock "$1"
	shift
	"$@"
	fetch_status=$?
	fetch_clock=
	return "$fetch_status"
}

told()
{
	fetch_job=$1
	shift
	for fetch_member in "$@"; do
		sed "s/.*[{,]\"$fetch_member\":\([^,]*\)[,}].*/$fetch_member=\1/" \
		    "$fetch_job.summary"
	done | paste -sd' ' -
}

bodies()
{
	tallyman fetch export "$1" | sed 's/,"fetched_at":"[^"]*"//' | sort
}

asked_again()
{
	httpd_requests "$1" | awk '
		good[$4] { n++ }
		$5 == 200 { good[$4] = 1 }
		END { print n + 0 }'
}

next_request()
{
	httpd_requests . | awk '
		$4 !~ /^\/(seen|mend|break|refill|expire)/ { n++ }
		END { print n + 1 }'
}
