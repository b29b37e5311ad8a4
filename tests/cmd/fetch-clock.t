#!/bin/sh
# SPDX-License-Identifier: MIT
# Clocks that are set back or on, between runs and while one lasts.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/crash.sh"

crash_find
command -v faketime >/dev/null || skip_all 'there is no faketime'
timeout -k 1 10 faketime -f +0 tallyman fetch --version >/dev/null 2>&1 ||
    skip_all 'faketime does not work here'
httpd_start || exit 2

limits='"limits": [ { "requests": 200, "per": "1s", "burst": 20 },
    { "requests": 1000, "per": "day", "zone": "America/New_York" } ]'

# cpu COMMAND...: runs it; adds its milliseconds of CPU time to cpu.
cpu()
{
	(
		"$@"
		cpu_status=$?
		times >spent
		sed -n '2s/[ms]/ /gp' spent | awk '{
			print int((($1 + $3) * 60 + $2 + $4) * 1000)
		}' >>cpu
		exit "$cpu_status"
	)
}

# at CLOCK NAME [OPTION]...: a run of the job by such a clock.
at()
{
	at_clock=$1
	at_name=$2
	shift 2
	cpu timeout 20 faketime -f "$at_clock" \
	    tallyman fetch run "$@" "./$at_name.json" 2>>"$at_name.err"
}

# --- Between two runs

number=0
for clock in -1h +1h -10y +10y; do
	name=between$((number = number + 1))
	crash_job "$name" 60 ok "$limits"
	check "one run by the right clock" at +0 "$name" --limit 40
	check "the next one when it is $clock" at "$clock" "$name"
	check_output 'all items have an answer' 60 crash_answers "$name"
	check 'a third one by the right clock' at +0 "$name"
	check_output 'which then has all of them' 60 crash_answers "$name"
done

crash_job killed 60 ok/times=1/delay/100 "$limits"
crash_run_until 0.1 KILL killed
check 'a run that was killed is followed by one in the past' at -1h killed
check_output 'with all items' 60 crash_answers killed

# --- While a run lasts

# jump CLOCK NAME COUNT: sets the clock when a run of the job has sent so many
# requests.
jump()
{
	echo +0 >clock
	jump_seen=$(crash_seen)
	(
		LD_PRELOAD=$preload
		FAKETIME_TIMESTAMP_FILE=$work/clock
		FAKETIME_NO_CACHE=1
		FAKETIME_DONT_FAKE_MONOTONIC=1
		export LD_PRELOAD FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE \
		    FAKETIME_DONT_FAKE_MONOTONIC
		cpu timeout 20 tallyman fetch run "./$2.json" 2>>"$2.err"
		echo $? >status
	) &
	jump_pid=$!
	httpd_ask "/seen/$((jump_seen + $3))" >/dev/null
	echo "$1" >clock
	wait "$jump_pid"
}

# shellcheck disable=SC2016 # it is faketime that sets it
preload=$(faketime -f +0 sh -c 'echo "$LD_PRELOAD"')
for clock in -1h +1h -10y +10y; do
	name=during$((number = number + 1))
	crash_job "$name" 60 delay/20 "$limits"
	jump "$clock" "$name" 30
	check_output "the clock is set by $clock in a run" 0 cat status
	check_output 'all items have an answer' 60 crash_answers "$name"
	name=waits$number
	crash_job "$name" 1 status/503/times=1/retry-after=1
	jump "$clock" "$name" 1
	check_output 'and in one that has to wait' 0 cat status
	check_output 'for its answer' 1 crash_answers "$name"
done

# Over the hour that is left out, and the one that comes twice.
TZ=America/New_York
export TZ
for clock in '@2027-03-14 01:59:59.8' '@2026-11-01 01:59:59.8' \
    '@2026-12-31 23:59:59.8'; do
	name=zone$((number = number + 1))
	crash_job "$name" 60 delay/5 "$limits"
	check "a run over $clock" at "$clock" "$name"
	check_output 'with all items' 60 crash_answers "$name"
done

check_output 'no run was busy doing nothing' 0 \
    awk '$1 > 800 { n++ } END { print n + 0 }' cpu
echo "# the most CPU time of a run: $(sort -n cpu | tail -n 1) ms"

done_testing
