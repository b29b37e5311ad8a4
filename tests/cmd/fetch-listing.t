#!/bin/sh
# SPDX-License-Identifier: MIT
# Where ids come from, and what holds when a listing breaks off.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/fetch.sh"
fetch_begin
url=http://127.0.0.1:$port

# listing NAME PATH NEXT [KEY,...]: a job of the ids that PATH lists.
listing()
{
	job "$1" "\"source\": { ${4-} \"url\": \"$url$2\",
		\"items\": \".items[].id\", \"next\": { $3 } },
		\"request\": { \"url\": \"$url/ok/{id}\" }"
}
by_token='"parameter": "pageToken", "from": ".nextPageToken"'

exported()
{
	tallyman fetch export "$@" | cut -d'"' -f4 | sort | paste -sd' ' -
}

# --- Pages

# paged HOW PATH NEXT PAGES [KEY,...]: all of its 20 ids are fetched.
paged()
{
	listing "$1" "$2/20/6/prefix=$1-" "$3" "${5-}"
	check "the next page by $1" run "$1"
	check_output 'all pages, and all their ids' \
	    "listed=20 fetched=20 requests=$((20 + $4))" \
	    told "$1" listed fetched requests
	check_output 'none of them twice' 1 httpd_max_per_path "$1-"
}
paged token /page/token "$by_token" 4
paged url /page/next '"url": ".next"' 4
paged link /page/link '"link": "next"' 4
paged page /page/page '"page": "page"' 5
paged offset /page/offset '"offset": "offset"' 5
paged step /page/offset '"offset": "offset", "step": 6' 5
paged cost /page/token "$by_token" 4 '"cost": 100,'
check_output 'pages cost what they cost' cost=420 told cost cost

ids one two three >each.ids
listing each '/page/token/3/2/prefix={each}-' "$by_token" \
    '"each": { "file": "each.ids" },'
check 'a listing for each line of another one' run each
check_output 'is gone through to its end' \
    'one-1 one-2 one-3 three-1 three-2 three-3 two-1 two-2 two-3' \
    exported each
check_output '--dry-run prints the first page of each' 3 \
    sh -c 'tallyman fetch run --dry-run each.json | grep -c "^GET.*/page/"'

# --- Files, and other jobs

job file '"source": { "file": "file.ids" },
	"request": { "url": "'"$url"'/ok/{id}" }'
printf 'a\r\n\r\n\nb c\né\r\na\n%02100d\nx\001y\nlast\0\nlast' 0 >file.ids
check 'a file with CRLF, empty lines and ids that come twice' run file
check_output 'has these ids' 'a b c last x\u0001y é' exported file
check_output 'and two lines that are none' 'listed=5 refused=2 requests=5' \
    told file listed refused requests
check_output 'in a URL they are encoded' 3 \
    httpd_count '^/ok/(b%20c|%C3%A9|x%01y)$'

job input '"source": { "file": "-" },
	"request": { "url": "'"$url"'/ok/{id}" }'
from_input()
{
	ids in1 in2 | run input
}
check 'standard input' from_input
check_output 'is a file like others' 'in1 in2' exported input

job second '"source": { "job": "each", "items": ".id, .none, [1], .n, error" },
	"request": { "url": "'"$url"'/ok/second-{id}" }'
check "another job's answers" run second
check_output 'give what the expression makes of them, as ids' \
    'listed=10 fetched=10 refused=27' told second listed fetched refused
job third '"source": { "job": "never", "items": ".id" },
	"request": { "url": "'"$url"'/ok/{id}" }'
check_status 2 'a job that has not run has none' run third
check 'and is named' grep -q 'never' third.said

# --- Many

# Prints how many MiB a command took at the most.
memory()
{
	python3 -c 'import resource, subprocess, sys
subprocess.call(sys.argv[1:], stderr=open("big.said", "w"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
}
seq -f 'an-id-of-usual-length-%06g' 200000 >big.ids
cat >big.json <<-EOF
	{ "source": { "file": "big.ids" },
	  "request": { "url": "$url/ok/{id}" },
	  "limits": [ { "requests": 5, "per": "day" } ] }
EOF
memory tallyman fetch run big.json >big.memory
check '200,000 ids' grep -q '5 fetched, 199,995 deferred until' big.said
if grep -q __asan_init "$top_builddir/tallyman-fetch"; then
	skip 'built with a sanitizer' 'take less than 64 MiB'
else
	check 'take less than 64 MiB' test "$(cat big.memory)" -lt 64
fi

# --- Listings that break off

listing once '/page/token/6/2/prefix=once-/broken=2/breaks=1' "$by_token"
check 'a page that fails is asked for again' run once
check_output 'and the listing is whole' 'listed=6 list_failed=false' \
    told once listed list_failed

listing broken '/page/token/6/2/prefix=br-/broken=3' "$by_token"
check_status 2 'a listing that breaks off for good' run broken
check 'is told' grep -q 'listing: HTTP 503' broken.said
check 'with the summary' grep -q \
    'broken: 4 fetched; .*; the listing failed, and none was complete' \
    broken.said
check_output 'what is known is fetched' 'br-1 br-2 br-3 br-4' exported broken

listing fall '/page/token/6/2/prefix=fa-' "$by_token"
run fall
listing fall '/page/token/8/4/prefix=fa-/broken=2' "$by_token"
check_status 2 'a later one that breaks off' later 21h run fall
check_output 'does not say what is listed' 'listed=6 fetched=6' \
    told fall listed fetched
listing fall '/page/token/4/2/prefix=fa-' "$by_token"
check 'the next complete one' later 42h run fall
check_output 'does' 'listed=4 fetched=4 requests=6' \
    told fall listed fetched requests
check_output 'what it has not is left out' 'fa-1 fa-2 fa-3 fa-4' exported fall
check_output 'but for --all' 'fa-1 fa-2 fa-3 fa-4 fa-5 fa-6' \
    exported --all fall
check_output 'and not asked for' 2 httpd_max_per_path 'fa-[56]$'
check 'get still gives it' sh -c 'tallyman fetch get --stale fall fa-6'
listing fall '/page/token/6/2/prefix=fa-' "$by_token"
later 43h run fall
check_output 'what is listed again is fetched again' 'fetched=2 fresh=4' \
    told fall fetched fresh

listing cycle '/page/next/6/2/prefix=cy-/cycle=2' '"url": ".next"'
check_status 2 'pages that go round in a circle' run cycle
check 'are seen' grep -q 'listing: a cycle: page 4' cycle.said
check_output 'at the first page that comes again' 3 httpd_count 'cy-/cycle'
listing endless '/page/token/0/2/prefix=en-' "$by_token" '"max_pages": 5,'
check_status 2 'pages without end' run endless
check 'end at max_pages' grep -q 'listing: more than 5 pages' endless.said
check_output 'and not behind it' 5 httpd_count '/page/token/0/2/prefix=en-'
listing odd '/body/%5B1%5D/type=application%2Fjson' "$by_token"
check_status 2 'a page that is another thing' run odd
check 'is named by the expression that fails on it' \
    grep -q 'listing: .items' odd.said
job none '"source": { "file": "none.ids" },
	"request": { "url": "'"$url"'/ok/{id}" }'
check_status 2 'a file that is not there' run none
check 'is named' grep -q 'listing: .*none.ids: No such file' none.said

done_testing
