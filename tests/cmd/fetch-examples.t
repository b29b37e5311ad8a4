#!/bin/sh
# SPDX-License-Identifier: MIT
# The jobs in tallyman-job(5) and the schedules in tallyman-fetch(1) work as
# they stand there: of a job, only the origins are replaced by that of a server
# that behaves like those APIs.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/fetch.sh"
fetch_begin

# example NAME [STEPS]: writes NAME.json, as it stands between its marks.
example()
{
	sed -n '/^\.\\" example: '"$1"'$/,/^\.\\" end$/p' \
	    "$top_srcdir/man/tallyman-job.5" | sed '/^\.\\"/d
		s,https://[a-z]*\.example\.com,http://127.0.0.1:'"$port"',' \
	    >"$1.json"
	[ -s "$1.json" ]
}

# at TIME run NAME OPTION...: run, when the clock shows TIME (UTC).
at()
{
	at_time=$(date -u -d "$1" +%s)
	shift
	later "@$at_time" "$@"
}

# --- Channels, their uploads, 25 at a time, a quota a day

# Two channels of 60 videos. A day's quota of 16: once all, and then not quite.
httpd_start --log-headers \
    --path /uploads=/needtoken/quota/16/page/token/60/50/each=channel \
    --path /videos=/needtoken/quota/16/batch --path /token=/token || exit 2
REFRESH_TOKEN=CANARY-refresh
CLIENT_SECRET=CANARY-secret
export REFRESH_TOKEN CLIENT_SECRET

check 'the video API: the page has its job' example video-stats
ids music news >channels.txt
check 'a first day' at '2013-06-12 20:00' run video-stats
check_output 'gets all videos of all channels' \
    'listed=120 fetched=120 failed=0 deferred=0' \
    told video-stats listed fetched failed deferred
check_output 'by two pages a channel' 4 httpd_count '^/uploads[?]' 200
check_output '25 at a time' 5 httpd_count '^/videos[?]' 200
check_output 'with one token' 1 httpd_count '^/token$' 200
check_output 'and no request more' 'requests=10 cost=9' \
    told video-stats requests cost
{
	echo id,views
	seq 60 | sed 's/.*/music&,&/'
	seq 60 | sed 's/.*/news&,&/'
} | sort >wanted
check 'each video has its own views' sh -c '
	tallyman fetch export --columns "id,views=.statistics.viewCount" \
	    video-stats | sort | cmp wanted -'
check_not 'no secret is in the store' grep -qr CANARY "$TALLYMAN_DB"

check 'a second day, whose quota is used up midway' \
    at '2013-06-13 20:00' run video-stats
check_output 'leaves the rest until midnight in California' \
    'fetched=75 failed=0 stale=45 deferred=45 deferred_until="2013-06-14T07:00:00Z"' \
    told video-stats fetched failed stale deferred deferred_until
check_output 'and says so' 1 \
    sh -c 'grep -c "45 deferred until 2013-06-14T07:00:00Z" video-stats.said'
refused=$(httpd_count . 403)
check 'it did so once or twice' sh -c "[ $refused = 1 ] || [ $refused = 2 ]"
check_output 'the answers of the first day are still given' 121 \
    sh -c 'tallyman fetch export --columns id video-stats | wc -l'
before=$(httpd_count .)
check 'an hour before midnight' at '2013-06-14 06:00' run video-stats
check_output 'nothing is asked' "$before" httpd_count .
httpd_ask /refill >refilled
check 'after midnight' at '2013-06-14 07:05' run video-stats
check_output 'it goes on' 'fetched=45 fresh=75 failed=0 deferred=0' \
    told video-stats fetched fresh failed deferred

# --- One request a batch

httpd_start --path /videos=/auth/t0ken/batch || exit 2
API_TOKEN=t0ken
export API_TOKEN
check 'batches: the page has its job' example batches
{
	seq -f v%g 1 120
	ids gone1 gone2
} >videos.txt
set_clock ''
check 'it runs' run batches
check_output 'three requests get 122 ids' \
    'listed=122 fetched=120 gone=2 requests=3' \
    told batches listed fetched gone requests
check_output 'with a part for each' 'v120,120' \
    sh -c 'tallyman fetch export --columns "id,views=.statistics.viewCount" \
	batches | tail -1'
check 'three weeks later' later 21d run batches
check_output 'what is gone is left alone' 'fetched=120 gone=0 requests=3' \
    told batches fetched gone requests

# --- One request an id

httpd_start --path /videos=/limit/20/5/zone=videos/retry-after=1/ok || exit 2
API_KEY=k3y
export API_KEY
check 'singly: the page has its job' example singly
seq -f v%g 1 40 >videos.txt
# Another client has just used up what the server allows.
for id in 1 2 3 4 5 6 7; do
	httpd_ask "/videos/other$id" >other
done
set_clock ''
check 'it runs' run singly
check_output 'and gets all' 'listed=40 fetched=40 failed=0' \
    told singly listed fetched failed
# What is under way when the 429 comes, arrives a little later.
check_output 'though it came too fast, for which it paused a second' 1 awk '
	/other/ { next }
	$5 == 429 { stop = $1 }
	$5 == 200 && stop { after = $1 - stop }
	after > 1e8 && after < 1e9 { early = 1 }
	END { print (stop > 0 && !early) }' "$httpd_log"
check 'and which cost few requests' [ "$(httpd_count '/v[0-9]' 429)" -le 5 ]
window=$(httpd_max_window 1 '/v[0-9]')
check 'never more than 25 came in a second' [ "$window" -le 25 ]

# --- Schedules

# The lines of a crontab, without their times.
grep '^[0-9*][^a-z]*  tallyman' "$top_srcdir/man/tallyman-fetch.1" |
    sed 's/^[^a-z]*//' >crontab
mkdir -p .config/tallyman/jobs
cp singly.json .config/tallyman/jobs/video-stats.json
cp videos.txt .config/tallyman/jobs/
check_output 'a crontab has two lines' 2 grep -c . crontab
check_not 'no % in them, which cron makes a line end' grep % crontab
while read -r line <&3; do
	check_output "in the environment of cron, silent: $line" '' \
	    env -i HOME="$work" PATH="$PATH" API_KEY=k3y TALLYMAN_DB="$work/cron" \
	    sh -c "$line 2>&1"
done 3<crontab
check_output 'and it was fetched' 40 \
    sh -c 'tallyman fetch export --db cron video-stats | grep -c .'

# unit N FILE: the Nth unit file of the page.
unit()
{
	awk -v n="$1" '
		/^\[Unit\]/ { here = ++count == n }
		/^\.Ed/ { here = 0 }
		here' "$top_srcdir/man/tallyman-fetch.1" |
	    sed "s,/usr/bin/tallyman,$top_builddir/tallyman," >"$2"
	[ -s "$2" ]
}
mkdir units
check 'there is a service' unit 1 units/tallyman-fetch@.service
check 'and a timer' unit 2 units/tallyman-fetch@.timer
if command -v systemd-analyze >/dev/null; then
	check_output 'systemd finds no fault with them' '' sh -c '
		cd units && SYSTEMD_UNIT_PATH=$PWD: systemd-analyze verify \
		    --man=no ./tallyman-fetch@.service ./tallyman-fetch@.timer 2>&1 |
		grep tallyman'
else
	skip 'there is no systemd-analyze' 'systemd finds no fault with them'
fi
done_testing
