#!/bin/sh
# SPDX-License-Identifier: MIT
# What servers answer but the thing asked for, and when it is asked for again.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/fetch.sh"
fetch_begin
url=http://127.0.0.1:$port
once='"max_attempts": 1, "backoff": "5ms"'

# asks NAME PATH [KEYS [RETRY]]: a job of the items 1 to 5, one after the
# other, as PATH?id=1: a server counts requests by their path.
asks()
{
	seq 5 >"$1.ids"
	job "$1" "\"source\": { \"file\": \"$1.ids\" }, ${3-}
		\"concurrency\": 1,
		\"request\": { \"url\": \"$url$2/$1\",
		               \"params\": { \"id\": \"{id}\" } }" \
	    "${4-$once}"
}

# requests_after STATUS FROM TO PATTERN: how many came so many seconds after
# the first one that had this answer.
requests_after()
{
	httpd_requests "$4" | awk -v status="$1" -v from="$2" -v to="$3" '
		at && $1 - at > from * 1e9 && $1 - at < to * 1e9 { n++ }
		!at && $5 == status { at = $1 }
		END { print n + 0 }'
}

# --- Too fast

asks seconds /status/429/times=1/retry-after=1/delay/100/ok
seq 40 >seconds.ids
sed 's/"concurrency": 1/"concurrency": 4/' seconds.json >seconds.new
mv seconds.new seconds.json
check '429 with Retry-After' run seconds
check_output 'costs no attempt' \
    'fetched=40 failed=0 retries=0 throttled=1 requests=41' \
    told seconds fetched failed retries throttled requests
check_output 'and stops the whole host for that time' 0 \
    requests_after 429 0.3 1 /seconds
check_output 'not longer' 37 requests_after 429 1 9 /seconds
asks date /status/503/times=1/retry-date=3/ok
check '503 with a date' run date
check_output 'does alike' 'fetched=5 throttled=1' told date fetched throttled
check_output 'until that date' 0 requests_after 503 0 1.9 /date

seq 5 >far.ids
cat >far.json <<-EOF
	{ "source": { "file": "far.ids" }, "concurrency": 1, "request": { "url":
	    "$url/status/429/times=1/retry-after=7200/ok/far?id={id}" } }
EOF
check 'a Retry-After beyond --max-time' run far --max-time 5s
check_output 'puts all off' 'fetched=0 deferred=5 requests=1' \
    told far fetched deferred requests
check 'until a time that it says' grep -qE \
    'far: 5 deferred until [0-9-]*T[0-9:]*Z; 1 request ' far.said
seq 6 >far.ids
check 'and the next run' later 1h run far
check_output 'heeds it, for new items too' 'new=1 deferred=6 requests=0' \
    told far new deferred requests
check 'when it is over' later 3h run far
check_output 'it goes on' 'fetched=6 requests=6' told far fetched requests

asks storm /status/429/times=3/ok
check '429 without it' run storm
check_output 'costs no attempt either' 'fetched=5 throttled=3' \
    told storm fetched throttled

# --- Used up

seq 5 >quota.ids
cat >quota.json <<-EOF
	{ "source": { "file": "quota.ids" }, "concurrency": 1,
	  "request": { "url": "$url/quota/2/zone=q/ok/{id}" },
	  "limits": [ { "units": 1000, "per": "day" } ],
	  "cache": { "ttl": "7d" } }
EOF
check 'when the quota is used up' run quota
check_output 'what is left is put off' 'fetched=2 deferred=3 requests=3' \
    told quota fetched deferred requests
check 'until the day ends' grep -qE \
    'quota: 2 fetched, 3 deferred until [0-9-]*T00:00:00Z; ' quota.said
check 'before that' run quota
check_output 'nothing is asked' 'deferred=3 requests=0' \
    told quota deferred requests
httpd_ask /refill >refilled
check 'after it' later 25h run quota
check_output 'the rest is' 'fetched=2 deferred=1' told quota fetched deferred

# --- What is asked with a body

posted()
{
	ids "$@" >post.ids
	cat >post.json <<-EOF
		{ "source": { "file": "post.ids" },
		  "request": { "url": "$url/$steps/{id}", "method": "POST",
		               "body": { "ids": [ "{id}" ], "n": 1 } },
		  "retry": { "max_attempts": 2, "backoff": "5ms" } }
	EOF
}

# The Idempotency-Keys that came, in the order of the requests for a pattern.
keys()
{
	wanted=$1 awk '
		/^[^\t]/ { is_wanted = $4 ~ ENVIRON["wanted"] }
		/^\tIdempotency-Key:/ && is_wanted { print $2 }' "$httpd_log"
}

distinct()
{
	keys "$1" | sort -u | wc -l
}

steps=status/500/times=1/echo
posted 'a"b' c
check 'a body' run post
check_output 'is JSON, whatever the id' '{"ids":["a\"b"],"n":1}' \
    sh -c "tallyman fetch export --columns 'body=.body' post |
	sed -n 's/\"\"/\"/g; s/^\"\\({.*a.*}\\)\"\$/\\1/p'"
check_output 'each try' 2 sh -c "grep -c 'POST.*/c ' '$httpd_log'"
check_output 'has the same Idempotency-Key' 1 distinct '/c$'
check_output 'each item its own' 2 distinct 'times=1/echo/'
steps=hang/times=1/echo
posted killed
awaited=$(next_request)
tallyman fetch run post.json 2>/dev/null &
running=$!
httpd_ask "/seen/$awaited" >seen
kill -9 "$running"
wait "$running" 2>/dev/null
check 'after kill -9' run post
check_output 'it is sent again' 2 httpd_count killed
check_output 'with the same key' 1 distinct killed

# --- What an answer means

asks status /status/418 '"classify": [ { "status": 418, "class": "gone" } ],'
check 'a rule for a status' run status
check_output 'decides' 'gone=5 failed=0' told status gone failed
asks match /status/400/times=2/body=Slow%20down/ok \
    '"classify": [ { "status": "4xx", "match": "(?i)slow down",
                     "class": "throttle" } ],'
check 'a pattern' run match
check_output 'finds what is meant' 'fetched=5 throttled=2' \
    told match fetched throttled
asks jq '/body/%7B%22error%22:%22no%22%7D' \
    '"classify": [ { "jq": ".error == \"yes\"", "class": "gone" },
                   { "jq": ".error", "class": "permanent" } ],' "$fast"
check_status 1 'an expression' run jq
check_output 'does, even with status 200' 'failed=5 requests=5' \
    told jq failed requests
check 'the first rule that holds' grep -q \
    'HTTP 200, permanent by rule 2 of classify' jq.said

# --- Elsewhere

asks chain /chain/3/ok
check 'redirects' run chain
check_output 'are followed' 'fetched=5 requests=20' told chain fetched requests
asks moved "/redirect/%2Fok%2Ftarget"
check 'to another path' run moved
check_output 'too' '{"id":"target","n":1}' tallyman fetch get moved 1
asks longer /chain/6/ok
check_status 1 'but for more than five' run longer
check 'which is told' grep -q '5 more than 5 redirects' longer.said

# --- A listing of another host

ids a b c >apart.ids
job apart "\"source\": { \"file\": \"apart.ids\" },
	\"request\": { \"url\": \"$url/ok/{id}\" }"
run apart
httpd_start || exit 2
job apart "\"source\": { \"items\": \".items[].id\",
	  \"url\": \"http://127.0.0.1:$port/status/429/retry-after=3600/list\" },
	\"request\": { \"url\": \"$url/ok/{id}\" }"
check_status 2 'a listing that is put off for an hour' run apart
check_status 2 'is not asked for' run apart --refresh
check_output 'in the next run' 1 httpd_count list
check_output 'whose items, of another host, are fetched' \
    'fetched=3 list_failed=true' told apart fetched list_failed
check_status 2 'when it is over' later 61m run apart
check_output 'it is' 2 httpd_count list

done_testing
