#!/bin/sh
# SPDX-License-Identifier: MIT
# What becomes of items: attempts, soft failure, batches, and how a run ends.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/fetch.sh"
fetch_begin
url=http://127.0.0.1:$port

# --- A thousand items, some of which fail

# Of 1,000 items 50 fail once, 20 always, 10 hang once, 10 are gone.
seq 1 1000 >mix.ids
job mix '"source": { "file": "mix.ids" }, "timeout": "500ms",
	"request": { "url": "'"$url"'/mix/{id}" }'
for id in $(seq 1 1000); do
	case $id in
	*05 | *06 | *08 | 5 | 6 | 8) ;;
	*)
		printf '{"id":"%s","status":200,"body":{"id":"%s","n":1}}\n' \
		    "$id" "$id"
		;;
	esac
done | sort >good.bodies

check_status 1 'items that fail in the end make 1' run mix
check_output 'but they alone fail' \
    'listed=1000 new=1000 fetched=970 gone=10 failed=20 deferred=0' \
    told mix listed new fetched gone failed deferred
check_output 'with their cause' 'causes={"HTTP 500":20}' told mix causes
check 'it says so' grep -q \
    '^tallyman fetch: mix: 970 fetched, 10 gone, 20 failed (20 HTTP 500); ' \
    mix.said
same_bodies()
{
	bodies mix | cmp good.bodies -
}
check 'each good one has its answer' same_bodies
check_output 'none was asked for again that had succeeded' 0 asked_again mix
check_output 'none was asked for more than three times' 3 httpd_max_per_path mix
check_output 'a gone one was asked for once' 10 \
    httpd_count 'mix/[0-9]*08$|mix/8$'

before=$(httpd_count mix)
check_status 1 'the next run takes the failed ones up again' run mix
check_output 'and nothing else' 'requests=60 fresh=970' \
    told mix requests fresh
check_output 'each of them three times' $((before + 60)) httpd_count mix
httpd_ask /mend >mended
check 'when the server is mended, retry gets them' retry mix
check_output 'by one request each' 'fetched=20 failed=0 requests=20' \
    told mix fetched failed requests
check_output 'still none was asked for again' 0 asked_again mix
check 'a run when all is fresh' run mix
check_output 'sends nothing' 'requests=0 fresh=990' told mix requests fresh
check_output 'and says nothing' '' cat mix.said
check 'when all is stale' later 21h run mix
check_output 'the gone ones are left alone' 'fetched=990 requests=990' \
    told mix fetched requests
check 'until they, too, are due' later 8d run mix
check_output 'and are asked for' 'gone=10 requests=1000' \
    told mix gone requests

# --- Attempts

job once '"source": { "file": "once.ids" },
	"request": { "url": "'"$url"'/status/{id}" }'
ids 400 408 418 500 501 503 >once.ids
run once
check_output 'what does not pass is not tried again' 1 \
    httpd_max_per_path 'status/(400|418|501)$'
check_output 'what may pass is' 9 httpd_count 'status/(408|500|503)$'
check_output 'each has its cause' '1 HTTP 400
1 HTTP 408
1 HTTP 418
1 HTTP 500
1 HTTP 501
1 HTTP 503' sh -c 'tallyman fetch status --verbose once |
	sed -n "s/^ *\([0-9]* *HTTP.*\)/\1/p" | tr -s " " | sort -k3'

job broken '"source": { "file": "broken.ids" }, "timeout": "300ms",
	"max_body": "1M",
	"request": { "url": "'"$url"'/{id}/broken",
	             "expect": { "type": "application/json" } }' \
    '"max_attempts": 2, "backoff": "5ms"'
ids reset hang garbage bomb loop >broken.ids
check_status 1 'broken answers are failures' run broken
check_output 'of their own, each' 'fetched=0 failed=5' \
    told broken fetched failed
check 'with their causes' sh -c '
	tallyman fetch status --verbose broken >status &&
	grep -q "timed out after 0.3 s" status &&
	grep -q "body over 1048576 bytes" status &&
	grep -q "more than 5 redirects" status'

# --- Batches

job batch '"source": { "file": "batch.ids" },
	"request": { "url": "'"$url"'/batch", "params": { "id": "{ids}" },
	             "split": ".items[]", "key": ".id" }'
{
	seq -f b%g 1 48
	ids gone1 gone2
} >batch.ids
check 'ids that the API takes together' run batch
check_output 'are asked for 25 at a time' 'requests=2 fetched=48 gone=2' \
    told batch requests fetched gone
check_output 'by as many requests' 2 httpd_count '^/batch[?]id=b'
check_output 'and each has its part of the answer' \
    '{"id":"b7","n":1,"statistics":{"viewCount":"7"}}' \
    sh -c 'tallyman fetch get batch b7; echo'
check_message 'what is not in the answer is gone' 'gone2: gone: not in the' \
    tallyman fetch get batch gone2

run batch
check_output 'and is not asked for again' requests=0 told batch requests

job absent '"source": { "file": "absent.ids" }, "cache": { "absent": "fail" },
	"request": { "url": "'"$url"'/batch/absent", "params": { "id": "{ids}" },
	             "split": ".items[]", "key": ".id" }'
ids c1 gone3 >absent.ids
check_status 1 'or has failed, where the job says so' run absent
check_output 'it alone' 'fetched=1 gone=0 failed=1' \
    told absent fetched gone failed

job poison '"source": { "file": "poison.ids" },
	"request": { "url": "'"$url"'/batch", "params": { "id": "{ids}" },
	             "split": ".items[]", "key": ".id" }'
{
	seq -f d%g 1 17
	ids poison
	seq -f d%g 18 24
} >poison.ids
check_status 1 'an id that spoils the answer to all' run poison
check_output 'costs itself alone' 'fetched=24 failed=1 retries=0' \
    told poison fetched failed retries
check_output 'and the halving to find it' 'requests=11' told poison requests

job halves '"source": { "file": "halves.ids" },
	"request": { "url": "'"$url"'/status/500/times=2/batch",
	             "params": { "id": "{ids}" },
	             "split": ".items[]", "key": ".id" }' \
    '"max_attempts": 2, "backoff": "5ms"'
ids e1 e2 e3 e4 >halves.ids
check 'a batch that has failed for the last time' run halves
check_output 'is tried by halves' 'fetched=4 requests=4' \
    told halves fetched requests

part='%7B%22id%22:9007199254740993,%22a%22:%5B12345678901234567890123,1e2%5D%7D'
job digits '"source": { "file": "digits.ids" },
	"request": { "url": "'"$url/body/%5B$part%5D"'",
	             "params": { "id": "{ids}" },
	             "split": ".[]", "key": ".id" }'
ids 9007199254740993 9007199254740992 >digits.ids
run digits
check_output 'integers of any length keep their digits' \
    '{"id":9007199254740993,"a":[12345678901234567890123,1e2]}' \
    sh -c 'tallyman fetch get digits 9007199254740993; echo'
check_output 'as ids, too' 'fetched=1 gone=1' told digits fetched gone

# --- How a run ends

job plain '"source": { "file": "plain.ids" },
	"request": { "url": "'"$url"'/ok/{id}" }'
seq -f f%g 1 30 >plain.ids
check_output '--dry-run prints the first requests' "GET $url/ok/f1
GET $url/ok/f2
# 30 requests, 30 units
# limit: 100000 requests per 1s, burst 10000" \
    tallyman fetch run --dry-run --limit 2 plain.json
check_output 'and sends none' 0 httpd_count '/ok/f'
check '--limit' run plain --limit 10
check_output 'is how many are fetched' 'fetched=10 deferred=20' \
    told plain fetched deferred
check_output 'and asked for' 10 httpd_count '/ok/f'
check 'the others' run plain
check_output 'are fetched by the next run' 'fetched=20 fresh=10' \
    told plain fetched fresh
check '--refresh' run plain --refresh
check_output 'fetches what is fresh' 'fetched=30 fresh=0' \
    told plain fetched fresh
check_output '--json prints a summary with all of its members' \
    'job listed new refused fetched not_modified fresh gone failed stale
deferred requests retries throttled cost bytes exit_status
list_failed causes deferred_until began ended stopped' \
    sh -c 'grep -o "\"[a-z_]*\":" plain.summary | tr -d "\":" | paste -sd" " |
	fold -sw 70 | sed "s/ $//"'
job flaky '"source": { "file": "plain.ids" },
	"request": { "url": "'"$url"'/status/500/times=1/{id}" }'
check '--limit' run flaky --limit 5
check_output 'tries those few as often as any' 'fetched=5 requests=10' \
    told flaky fetched requests

# One request at once, the next a long time after.
slow_job()
{
	cat >"$1.json" <<-EOF
		{ "source": { "file": "$1.ids" },
		  "request": { "url": "$url/ok/{id}" },
		  "limits": [ { "requests": 1, "per": "$2" } ] }
	EOF
}
slow_job timed 1m
ids g1 g2 g3 >timed.ids
check '--max-time' run timed --max-time 1s
check_output 'ends a run that would have to wait longer' \
    'fetched=1 deferred=2 requests=1' told timed fetched deferred requests
check 'and the line says until when' grep -qE \
    'timed: 1 fetched, 2 deferred until 2[0-9-]*T[0-9:]*Z; 1 request in' \
    timed.said
check_output '-q does not' '' \
    sh -c 'tallyman fetch run -q --max-time 1s timed.json 2>&1'
slow_job later 1h
ids h1 h2 >later.ids
check 'a wait that is longer than max_wait' run later
check_output 'is left for a later run' 'fetched=1 deferred=1' \
    told later fetched deferred
check 'before its time' run later
check_output 'that sends nothing' 'fetched=0 deferred=1 requests=0' \
    told later fetched deferred requests
check 'and after it' later 2h run later
check_output 'fetches it' 'fetched=1 deferred=0' told later fetched deferred

slow_job signal 1m
ids i1 i2 i3 >signal.ids
awaited=$(next_request)
tallyman fetch run signal.json 2>signal.said &
running=$!
httpd_ask "/seen/$awaited" >seen
check_status 75 'while one runs, another ends with 75' run signal
check_status 75 '--wait waits' run signal --wait=10ms
kill "$running"
wait "$running"
check_output 'a signal ends it with 75' 75 echo $?
check 'and it says what is left' grep -q \
    '^tallyman fetch: signal: 1 fetched, 2 deferred.*stopped: by a signal$' \
    signal.said
job signal '"source": { "file": "signal.ids" },
	"request": { "url": "'"$url"'/ok/{id}" }'
check 'the next run' run signal
check_output 'does the rest' 'fetched=2 fresh=1' told signal fetched fresh
check_output 'and asks for nothing twice' 1 httpd_max_per_path '/ok/i'

job lock '"source": { "file": "lock.ids" },
	"request": { "url": "'"$url"'/delay/400/{id}" }'
ids j1 >lock.ids
awaited=$(next_request)
tallyman fetch run lock.json &
running=$!
httpd_ask "/seen/$awaited" >seen
check '--wait waits for the other one' run lock --wait
wait "$running"
check_output 'and finds all done' 'requests=0 fresh=1' told lock requests fresh

# --- Mistakes

check_status 2 'a job that cannot be read' run none
job unknown '"source": { "file": "plain.ids" }, "concurency": 3,
	"request": { "url": "'"$url"'/ok/{id}" }'
check_status 2 'a key that is unknown' run unknown
check 'and the nearest one is named' \
    grep -q 'did you mean concurrency[?]' unknown.said

done_testing
