#!/bin/sh
# SPDX-License-Identifier: MIT
# Servers that do what none should: each item ends as the manual says, soon
# and in little memory, and the others go on.
# shellcheck disable=SC3045 # dash and bash have ulimit -v
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"

[ -x "$top_builddir/tallyman-fetch" ] || skip_all 'built without fetch'
httpd_find || skip_all 'there is no test server, or no curl'

# The stranger is at another port, which is another origin; the proxy finds
# every name at this machine.
httpd_start --log-headers || exit 2
stranger=$port
stranger_log=$httpd_log
httpd_start --log-headers --proxy || exit 2
proxy=$port
proxy_log=$httpd_log
httpd_start --log-headers || exit 2

TALLYMAN_DB=$work/db
API_KEY=CANARY-7f3a9c
export TALLYMAN_DB

good=$(seq -f good%g 1 20)
at=http://127.0.0.1:$port

# Little memory, where the program has no sanitizer, which wants much.
little=true
if (ulimit -v 600000 && tallyman fetch --version >/dev/null 2>&1); then
	little='ulimit -v 600000'
fi

# encode TEXT: as one segment of a path.
encode()
{
	printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' %
}

# to URL...: an id that is answered by a redirect to there, each.
to()
{
	for to_url in "$@"; do
		echo "redirect/$(encode "$to_url")/k"
	done
}

# job NAME KEYS: asks for what stands in NAME.ids; an id is a row of steps.
job()
{
	cat >"$1.json" <<-EOF
		{ ${2:+$2,}
		  "source": { "file": "$1.ids" },
		  "request": {
		    "url": "$at/do/{id}",
		    "headers": { "X-API-Key": "\${API_KEY}",
		                 "Cookie": "session=1",
		                 "Authorization": "Bearer literal" } },
		  "timeout": "1s", "max_body": "1M", "concurrency": 32,
		  "retry": { "max_attempts": 2, "backoff": "1ms",
		             "max_backoff": "20ms",
		             "max_retry_after": "200ms" } }
	EOF
}

# among ID...: good ones before and behind.
among()
{
	echo "$good" | head -n 10
	printf '%s\n' "$@"
	echo "$good" | tail -n +11
}

# run NAME OPTION...: what it says stays in NAME.said. It has 20 seconds.
run()
{
	run_name=$1
	shift
	(
		$little
		API_KEY=$API_KEY exec timeout 20 tallyman fetch run --json \
		    "$@" "$run_name.json" >"$run_name.summary" \
		    2>"$run_name.said"
	)
}

# told NAME MEMBER...: of the summary, as a=1 b=2.
told()
{
	told_name=$1
	shift
	for told_member in "$@"; do
		sed "s/.*[{,]\"$told_member\":\([^,]*\)[,}].*/$told_member=\1/" \
		    "$told_name.summary"
	done | paste -sd' ' -
}

# cause NAME ID: why there is no answer.
cause()
{
	tallyman fetch get -- "$1" "$2" 2>&1 |
	    sed 's/.*: no answer yet: //'
}

# causes NAME: of all of its hostile ids, one a line.
causes()
{
	grep -v '^good' "$1.ids" | while read -r causes_id; do
		cause "$1" "$causes_id"
	done
}

# --- Answers that do not end, or not well

job ends ''
among endless/headers/k bigheader/300000/ok/k endless/body/k \
    endless/chunked/k bomb/size=1024/k header/Content-Encoding=gzip/ok/k \
    cut/length/ok/size=1000/k cut/chunked/ok/size=1000/k \
    cut/plain/ok/size=1000/k cut/head/ok/k cut/nothing/k reset garbage \
    header/Content-Length=-1/ok/k loop slow/ok/size=100/k hang \
    stall/length/ok/size=1000/k status/302/k status/999/k >ends.ids
check_status 1 'broken answers are failures, in little memory' run ends
check_output 'and the others go on' 'fetched=20 failed=20' \
    told ends fetched failed
check_output 'each has its cause' 'header over 256 KiB
a header line over 100 KiB
body over 1048576 bytes
body over 1048576 bytes
body over 1048576 bytes
Error while processing content unencoding: incorrect header check
transfer closed with 500 bytes remaining to read
transfer closed with outstanding read data remaining
the body ends early
the header was cut
Empty reply from server
Recv failure: Connection reset by peer
Received HTTP/0.9 when not allowed
Invalid Content-Length: value
more than N redirects
timed out after 1 s
timed out after 1 s
timed out after 1 s
HTTP 302
HTTP 999' eval 'causes ends | sed "s/more than [0-9]* /more than N /"'
check_output 'what is too large is not asked for again' '1 1 1' eval '
	for what in %2Fheaders %2Fbody bomb; do
		httpd_count "/do/.*$what"
	done | paste -sd" "'
check_output 'what is cut is' '2 2' eval '
	for what in cut%2Flength slow; do
		httpd_count "/do/$what"
	done | paste -sd" "'

# An answer that says how it failed may be as long as it likes.
job wordy ''
among status/500/body=x/k chain/3/ok/k >wordy.ids
check_status 1 'a few redirects are followed' run wordy
check_output 'all of them' 'fetched=21 failed=1' told wordy fetched failed

# --- Fields that make no sense

job waits ''
among 'status/429/times=1/retry-after=-5/ok/k' \
    'status/429/times=1/retry-after=soon/ok/k' \
    'status/429/times=1/retry-after=1000000000000/ok/k' \
    'status/429/times=1/retry-after=99999999999999999999999/ok/k' \
    'status/503/times=1/retry-after=Thu, 01 Jan 1970 00:00:00 GMT/ok/k' \
    'status/503/times=1/retry-after=Fri, 31 Dec 9999 23:59:59 GMT/ok/k' \
    'status/503/times=1/retry-after=Sun, 99 Foo 0000 99:99:99/ok/k' \
    'status/503/times=1/retry-after=0x10/ok/k' >waits.ids
check_status 0 'a malformed or endless Retry-After does not stop a run' \
    run waits
check_output 'and is asked again' 'fetched=28 failed=0 deferred=0' \
    told waits fetched failed deferred

job limits ''
among 'header/RateLimit=x;;;"=;r=-5;t=99999999999999999999/ok/k' \
    'header/RateLimit="a";r=0;t=99999999999999/ok/k' \
    'header/RateLimit-Policy="a";q=-1;w=x/header/RateLimit="a";r=0;t=-9/ok/k' \
    'header/RateLimit-Policy="a";q=0;w=1;qu="concurrent-requests"/ok/k' \
    'header/X-RateLimit-Remaining=x/header/X-RateLimit-Reset=1e99/ok/k' \
    'header/X-RateLimit-Remaining=-1/header/X-RateLimit-Reset=-1/ok/k' \
    'header/X-RateLimit-Remaining=0/header/X-RateLimit-Reset=9999999999/ok/k' \
    'header/RateLimit-Remaining=0/header/RateLimit-Reset=99999999999/ok/k' \
    >limits.ids
check_status 0 'nor do limits that make no sense' run limits
check_output 'which may only slow it down' 'fetched=28 failed=0 deferred=0' \
    told limits fetched failed deferred

job never ''
among status/429/retry-after=0/k >never.ids
check_status 0 'an item that is always too fast is put off' run never
check_output 'after a while, and the others are not' \
    'fetched=20 deferred=1 throttled=20' told never fetched deferred throttled

job nothing ''
sed -i 's/"max_retry_after"/"max_wait": "500ms", &/' nothing.json
seq -f 'status/429/retry-after=1/%g' 1 40 >nothing.ids
check_status 0 'so are all where the server lets nothing through' run nothing
check_output 'in a few requests' 'fetched=0 failed=0 deferred=40' \
    told nothing fetched failed deferred
check 'and it says so' \
    grep -q 'stopped: the server lets nothing through' nothing.said

# --- Ids

job ids ''
sed -i 's/"X-API-Key": "[^"]*"/"X-Id": "{id}"/
    s/"headers"/"params": { "p": "{id}" }, &/' ids.json
{
	printf 'nul\0id\ncr\rid\nlatin\351\nesc\033[31m\n..\n.\na/../b\n'
	printf '%%0d%%0aX-In: 1\n%%2e%%2e\n"q" <b>\n'
	awk 'BEGIN {
		for (i = 0; i < 2048; i++)
			printf "x"
		print "\nx" sprintf("%2047s", "y") "y"
	}'
} >ids.ids
check_status 1 'ids that cannot be are refused' run ids --verbose
check_output 'two bytes and a length that no id has' \
    'fetched=6 failed=3 refused=3' told ids fetched failed refused
check_output 'an id does not lead out of the path' \
    "'.' or '..' cannot stand in the path of a URL
'.' or '..' cannot stand in the path of a URL
HTTP 501" eval 'cause ids ..; cause ids .; cause ids a/../b'
check_output 'each request is one line' '' eval '
	awk "!/^\t/ && NF != 5" "$httpd_log"'
check_not 'no id makes a header' grep -q '^	X-In' "$httpd_log"
check_output 'what is odd is encoded in the path and in parameters' \
    '/do/%22q%22%20%3Cb%3E?p=%22q%22%20%3Cb%3E
/do/%250d%250aX-In%3A%201?p=%250d%250aX-In%3A%201
/do/%252e%252e?p=%252e%252e
/do/a%2F..%2Fb?p=a%2F..%2Fb
/do/esc%1B%5B31m?p=esc%1B%5B31m
/do/latin%E9?p=latin%E9' eval '
	httpd_requests "[?]p=" | awk "length(\$4) < 999 { print \$4 }" | sort'
check_not 'no id reaches a terminal as it is' grep -q '[[:cntrl:]]' ids.said

listing=$(encode '{"items":["a\r\nX-In: 1","a\u0000b","",{"id":1},null,"c"]}')
cat >listed.json <<EOF
{ "source": { "url": "$at/body/$listing/k", "items": ".items[]" },
  "request": { "url": "$at/ok/{id}", "headers": { "X-Id": "{id}" } } }
EOF
check_status 0 'those of a listing too' run listed
check_output 'whatever it holds' 'fetched=1 refused=5' \
    told listed fetched refused
check_not 'and no header comes of them' grep -q '^	X-In' "$httpd_log"

# --- Redirects

# Asked for by name, this server is another origin than by its address.
away="http://127.0.0.1:$stranger/ok/away http://localhost:$stranger/
http://localhost.:$stranger/ http://0x7f000001:$stranger/
http://127.1:$stranger/ http://[::1]:$stranger/ http://[::ffff:127.0.0.1]/
http://169.254.169.254/ http://10.0.0.1/ http://printer.local/
http://metadata.google.internal/"
elsewhere="ftp://127.0.0.1/ file:///etc/passwd gopher://127.0.0.1:$stranger/
http://user:pass@127.0.0.1:$port/ok/k http://a..b%20c/ javascript:0"

job away ''
# shellcheck disable=SC2046,SC2086 # lists of words
among $(to $away) $(to $elsewhere) >away.ids
check_status 1 'a redirect to a private address fails' run away
check_output 'as to another scheme, and the others go on' \
    'fetched=20 failed=17' told away fetched failed
check_output 'with its cause' "redirect: http://127.0.0.1:P is private
redirect: http://localhost:P is private
redirect: http://localhost.:P is private
redirect: http://127.0.0.1:P is private
redirect: http://127.0.0.1:P is private
redirect: http://[::1]:P is private
redirect: http://[::ffff:127.0.0.1] is private
redirect: http://169.254.169.254 is private
redirect: http://10.0.0.1 is private
redirect: http://printer.local is private
redirect: http://metadata.google.internal is private
redirect: not a http or https URL
redirect: not a http or https URL
redirect: not a http or https URL
redirect: a URL with a user or password in it
redirect: not a URL: Bad hostname
redirect: not a URL: Unsupported URL scheme" \
    eval 'causes away | sed "s/:$stranger /:P /"'
check_not 'nobody else is asked' grep -q . "$stranger_log"

job away2 '"origins": [ "http://127.0.0.1:*" ]'
# shellcheck disable=SC2046,SC2086
among $(to $away) >away2.ids
check_status 1 'origins that the job names are trusted' run away2
check_output 'and no others' 'fetched=23 failed=8' told away2 fetched failed
check_output 'they get what is secret' 3 \
    grep -c '^	X-API-Key: CANARY-7f3a9c$' "$stranger_log"

# secrets LOG: the fields of requests that only trusted origins may see.
secrets()
{
	grep -iE '^	(authorization|cookie|x-api-key|proxy-auth)' "$1"
}

# By names, through the proxy.
direct=$at
at=http://api.example.test:$port
job named "\"proxy\": \"http://127.0.0.1:$proxy\""
# shellcheck disable=SC2046,SC2086
among $(to $away) $(to "http://cdn.example.test:$stranger/ok/cdn") \
    header/Set-Cookie=a%3Db/ok/k >named.ids
: >"$stranger_log"
check_status 1 'behind a proxy the same holds by name' run named
check_output 'for private ones' 'fetched=22 failed=11' \
    told named fetched failed
check_output 'strangers are asked' 1 grep -c ' /ok/cdn ' "$stranger_log"
check_output 'but get no secrets' '' secrets "$stranger_log"
check 'the own origin does' secrets "$httpd_log"
check_not 'nor is the proxy asked for what is private' \
    grep -qE '^[0-9].* http://(local|meta|169|10|127|\[)' "$proxy_log"
check_not 'a cookie that is set is not sent' grep -q 'Cookie: .*a=b' \
    "$httpd_log"

job glob "\"proxy\": \"http://127.0.0.1:$proxy\",
    \"origins\": [ \"http://c*.example.test:$stranger\" ]"
to "http://cdn.example.test:$stranger/ok/cdn" \
    "http://cdn.a.example.test:$stranger/ok/cdn" \
    "http://adn.example.test:$stranger/ok/adn" >glob.ids
: >"$stranger_log"
check_status 0 'names that a pattern of the job covers are trusted' run glob
check_output 'and get the secrets' '/ok/adn 0
/ok/cdn 3
/ok/cdn 3' eval '
	awk "/^[0-9]/ { at = \$4; n[++i \" \" at] = 0 }
	     /^\t(Authorization|Cookie|X-API-Key)/ { n[i \" \" at]++ }
	     END { for (k in n) print k, n[k] }" "$stranger_log" |
	    cut -d" " -f2- | sort'

job body "\"proxy\": \"http://127.0.0.1:$proxy\""
sed -i 's/"headers"/"method": "POST", "body": "CANARY-body", &/' body.json
to "http://cdn.example.test:$stranger/ok/cdn" |
    sed 's,/k$,/status=307/k,' >body.ids
: >"$stranger_log"
check_status 1 'a body goes to no stranger' run body
check_output 'which the cause says' "redirect of a request with a body to \
another origin (http://cdn.example.test:P)" \
    eval 'causes body | sed "s/:$stranger)/:P)/"'
check_not 'nor is it asked' grep -q . "$stranger_log"

# --- Links to the next page

# listing NAME STEPS KEYS: 20 ids are known, and page 2 is somewhere else.
at=$direct
listing()
{
	cat >"$1.json" <<-EOF
		{ "name": "listing", ${3-}
		  "source": { "url": "$at/$2", "items": ".items[].id",
		              "max_pages": 5,
		              "next": { "url": ".next" } },
		  "request": { "url": "$at/ok/{id}",
		    "headers": { "X-API-Key": "\${API_KEY}" } },
		  "timeout": "1s", "max_body": "1M",
		  "retry": { "max_attempts": 2, "backoff": "1ms" } }
	EOF
}

# page2 SENTENCE MESSAGE STEPS: the listing fails, what is known is fetched.
page2()
{
	listing bad "$3"
	check_status 2 "$1" run bad --refresh
	check_output 'what is known is fetched' \
	    "fetched=$known failed=0 list_failed=true" \
	    told bad fetched failed list_failed
	check 'and the message says why' grep -qF "listing: $2" bad.said
}

listing known page/next/20/20
known=20
check_status 0 'a listing of one page' run known
: >"$stranger_log"
for next in 127.0.0.1 localhost. 169.254.169.254; do
	page2 "a next page at $next" "page 2: http://$next:$stranger is private" \
	    "page/next/40/20/next=$(encode "http://$next:$stranger/")"
done
page2 'a next page by ftp' 'page 2: not a http or https URL' \
    "page/next/40/20/next=$(encode ftp://127.0.0.1/)"
page2 'a next page with a password' 'page 2: a URL with a user or password' \
    "page/next/40/20/next=$(encode "http://u:p@127.0.0.1:$port/")"
page2 'a page that is a redirect to elsewhere' "redirect: http://localhost:" \
    "redirect/$(encode "http://localhost:$stranger/")/k"
page2 'a page without end' 'body over 1048576 bytes' endless/body/k
page2 'a page that hangs' 'timed out after 1 s' hang
known=40
page2 'pages that go round' 'a cycle: page 4' page/next/40/20/cycle=1
known=80
page2 'pages without end' 'more than 5 pages' page/next/0/20
check_not 'no stranger was asked' grep -q . "$stranger_log"

at=http://api.example.test:$port
next="http://cdn.example.test:$stranger/page/next/40/20?page=2"
listing far "page/next/40/20/next=$(encode "$next")" \
    "\"proxy\": \"http://127.0.0.1:$proxy\","
check_status 0 'a next page at a stranger that is public' run far
check_output 'gives ids' 'listed=40' told far listed
check 'it was asked' grep -q 'page=2' "$stranger_log"
check_output 'without secrets' '' secrets "$stranger_log"

done_testing
