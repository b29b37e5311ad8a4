#!/bin/sh
# SPDX-License-Identifier: MIT
# How long answers are good, and what is kept when no new one can be had.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/fetch.sh"
fetch_begin
url=http://127.0.0.1:$port

# cached NAME STEPS [CACHE [EXPECT]]: a job of one item, /STEPS/NAME.
cached()
{
	ids "$1" >"$1.ids"
	job "$1" "\"source\": { \"file\": \"$1.ids\" },
		\"cache\": { ${3-} },
		\"request\": { \"url\": \"$url/$2/{id}\",
		               \"expect\": { ${4-} } }" \
	    '"max_attempts": 2, "backoff": "5ms"'
}

get()
{
	$fetch_clock tallyman fetch get "$@"
}

# --- Time

cached ttl ok '"ttl": "1h"'
run ttl
check 'within its ttl' later 59m run ttl
check_output 'an answer is fresh' 'fresh=1 requests=0' told ttl fresh requests
check 'after it' later 61m run ttl
check_output 'it is fetched again' 'fetched=1 requests=1' \
    told ttl fetched requests
check_output 'and replaced' '{"id":"ttl","n":2}' get ttl ttl

cached short header/Cache-Control=max-age%3D60/ok
run short
check 'max-age' later 2m run short
check_output 'makes that shorter' fetched=1 told short fetched
cached long header/Cache-Control=max-age%3D86400/ok '"ttl": "1h"'
run long
check 'but' later 2h run long
check_output 'not longer' fetched=1 told long fetched
cached expires header/Expires=Thu,%2001%20Jan%202015%2000:00:00%20GMT/ok
run expires
check 'Expires' run expires
check_output 'does, too' fetched=1 told expires fetched
cached ignore header/Cache-Control=no-store/ok '"cache_control": "ignore"'
run ignore
check 'where the job says so' later 2h run ignore
check_output 'they do not count' fresh=1 told ignore fresh
check_output 'nor does no-store' '{"id":"ignore","n":1}' get ignore ignore

# A lone CR ends no line, but can stand in no request.
cached odd 'header/ETag=%22a%0Db%22/header/Cache-Control=no-cache/ok'
run odd
check 'an ETag that no header takes' run odd
check_output 'is not sent back' 'fetched=1 requests=1' \
    told odd fetched requests

cached nocache header/Cache-Control=no-cache/etag/v1/ok
run nocache
check 'no-cache' run nocache
check_output 'asks each time whether it has changed' \
    'not_modified=1 requests=1' told nocache not_modified requests
cached nostore header/Cache-Control=no-store/ok
check 'no-store' run nostore
check_message 'keeps nothing' 'nostore: no answer yet: not stored' \
    tallyman fetch get nostore nostore

cached gone status/404 '"negative_ttl": "1h"'
run gone
check 'within negative_ttl' later 59m run gone
check_output 'what is gone is left alone' requests=0 told gone requests
check 'after it' later 61m run gone
check_output 'it is asked for' 'gone=1 requests=1' told gone gone requests

# --- Conditions

cached etag etag/v1/ok '"ttl": "1h"'
run etag
check 'an ETag' later 2h run etag
check_output 'is sent back, and a 304 renews the answer' \
    'fetched=0 not_modified=1' told etag fetched not_modified
check_output 'which stays' '{"id":"etag","n":1}' get etag etag
check 'for another ttl' later 170m run etag
check_output 'from then on' 'fresh=1 requests=0' told etag fresh requests
cached date modified/1700000000/ok '"ttl": "1h"'
run date
check 'Last-Modified' later 2h run date
check_output 'serves alike' 'fetched=0 not_modified=1' \
    told date fetched not_modified
cached refresh etag/v1/ok
run refresh
check '--refresh' run refresh --refresh
check_output 'asks what is fresh, on the same terms' \
    'not_modified=1 requests=1' told refresh not_modified requests

# --- When no answer can be had

cached stale status/500/after=1/ok '"ttl": "1h", "stale_if_error": "2h"'
run stale
check_status 1 'an answer that cannot be renewed' later 2h run stale
check_output 'is a failure' 'failed=1 stale=1' told stale failed stale
check 'and is told' grep -q 'stale: 1 failed (1 HTTP 500), 1 given stale; ' \
    stale.said
check_output 'within stale_if_error the old one is given' \
    '{"id":"stale","n":1}' later 2h get stale stale
check_message 'beyond it, it is not' 'stale: its answer is too old' \
    later 4h get stale stale
check_output 'but for --stale' '{"id":"stale","n":1}' \
    later 4h get --stale stale stale
later 4h run stale
check_output 'and counts no more as one' stale=0 told stale stale
cached must 'header/Cache-Control=must-revalidate/status/500/after=1/ok' \
    '"ttl": "1h"'
run must
later 2h run must
check_message 'one that must be renewed is not given' 'too old' \
    later 2h get must must
cached lost status/404/after=1/ok '"ttl": "1h"'
run lost
check 'what the API has no more' later 2h run lost
check_message 'takes its answer with it' 'lost: gone: HTTP 404' \
    get --stale lost lost

# --- Answers that are none

cached type 'body/blocked/type=text%2Fhtml/after=1/ok' '"ttl": "1h"' \
    '"type": "application/json"'
run type
check_status 1 'a page of another type, with status 200' later 2h run type
check 'is told' grep -q 'HTTP 200, but the type is text/html' type.said
check_output 'is tried again' requests=2 told type requests
check_output 'and kept out of the cache' '{"id":"type","n":1}' \
    later 2h get type type
cached jq 'body/%7B%22error%22:1%7D/after=1/ok' '"ttl": "1h"' '"jq": ".id"'
run jq
check_status 1 'one without what "jq" expects' later 2h run jq
check 'is told' grep -q 'HTTP 200, but .id is null or false' jq.said
check_output 'and kept out alike' '{"id":"jq","n":1}' later 2h get jq jq
cached cut cut/length/times=1/ok/size=5000
run cut
check_output 'half an answer is none' 'fetched=1 requests=2 bytes=5000' \
    told cut fetched requests bytes

cached gzip gzip/ok/size=5000
run gzip
check 'what came compressed' grep -q '^	Accept-Encoding:.*gzip' "$httpd_log"
check_output 'is kept as it was before' 5000 \
    sh -c 'tallyman fetch get gzip gzip | wc -c'
cached max ok/size=5000
sed 's/"cache"/"max_body": 4999, &/' max.json >max.new && mv max.new max.json
check_status 1 'more than max_body' run max
check_output 'fails at once' 'requests=1 causes={"body over 4999 bytes":1}' \
    told max requests causes

done_testing
