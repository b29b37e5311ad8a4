#!/bin/sh
# SPDX-License-Identifier: MIT
# The server that the tests of fetch ask does what its language says.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"

httpd_find || skip_all 'there is no test server, or no curl'
httpd_start --log-headers || exit 2

# get PATH ARG...: the body.
get()
{
	get_path=$1
	shift
	curl -sS -g --noproxy '*' --max-time 20 "$@" \
	    "http://127.0.0.1:$port$get_path"
}

# code PATH ARG...: the status alone; 000 when there was none.
code()
{
	get "$@" -o body -w '%{http_code}\n'
}

# codes PATH...: of one after the other, in one line.
codes()
{
	for codes_path in "$@"; do
		code "$codes_path"
	done | paste -sd' '
}

# field NAME PATH ARG...: a field of the answer.
field()
{
	field_name=$1
	shift
	get "$@" -o body -D - | tr -d '\r' |
	    sed -n "s/^$field_name: //p"
}

# --- Answers

check_output 'ok tells its key and how often it was asked' \
    '{"id":"a b","n":1}
{"id":"a b","n":2}' eval 'get /ok/a%20b; get /ok/a%20b'
check_output 'what is no step, and the last, is a key' '{"id":"17","n":1}' \
    get /17
check_output 'size= pads the body' 1000 eval 'get /ok/size=1000/k | wc -c'
check_output 'a mistake is told by 501' '501 501' codes /stat/503/k /status
check_output 'HEAD has no body' '200 0' \
    get /ok/h -I -o body -w '%{http_code} %{size_download}\n'
check_output 'status answers always' '404 404' codes /status/404/k /status/404/k
check_output 'times= ends' '503 503 200 503' codes \
    /status/503/times=2/ok/A /status/503/times=2/ok/A \
    /status/503/times=2/ok/A /status/503/times=2/ok/B
check_output 'after= begins later, and steps follow each other' \
    '200 429 503 200' codes \
    /status/429/after=1/times=1/status/503/after=1/times=1/ok/C \
    /status/429/after=1/times=1/status/503/after=1/times=1/ok/C \
    /status/429/after=1/times=1/status/503/after=1/times=1/ok/C \
    /status/429/after=1/times=1/status/503/after=1/times=1/ok/C
check_output 'behind do the steps may be encoded as a whole' '404 200' \
    codes /do/status%2F404%2Ftimes%3D1%2Fk /do/status%2F404%2Ftimes%3D1%2Fk
check_output 'retry-after= is sent as it stands' 'a while' \
    field Retry-After /status/503/retry-after=a%20while/k
check_output 'retry-date= is a date' 1 \
    eval 'field Retry-After /status/503/retry-date=9/k | grep -c "GMT$"'
check_output 'reason= stands in the body' \
    '{"error":{"code":403,"errors":[{"reason":"rateLimitExceeded"}]}}' \
    get /status/403/reason=rateLimitExceeded/k
check_output 'body answers any text and type' 'text/csv' \
    field Content-Type /body/a%2Cb/type=text%2Fcsv/k
check_output 'echo shows the request' \
    '{"method":"PUT","target":"/echo?x=1","body":"hi",'\
'"headers":{"A":"\"b\"","Content-Length":"2"}}' \
    get '/echo?x=1' -X PUT -d hi -H 'A: "b"' -H Host: -H Accept: \
    -H User-Agent: -H Content-Type:
posts()
{
	head -c 3000000 /dev/zero | tr '\0' x >big
	get /echo/big "$@" --data-binary @big | wc -c
}
check_output 'a body with a length is read' yes \
    eval '[ "$(posts)" -gt 3000000 ] && echo yes'
check_output 'a body in chunks is read, and is waited for' yes \
    eval '[ "$(posts -H Transfer-Encoding:chunked -H Expect:100-continue)" \
    -gt 3000000 ] && echo yes'
check_output 'gzip compresses' '{"id":"k","n":1}' \
    get /gzip/chunked/ok/k --compressed
check_output 'and says so' gzip field Content-Encoding /gzip/ok/k
check_output 'header adds a field' 'a, b' field X-A /header/X-A=a%2C%20b/ok/k
check_output 'bigheader adds a big one' 5000 \
    eval 'field X-Big /bigheader/5000/ok/k | tr -d "\n" | wc -c'

# --- Answers that go wrong: curl's exit status tells what it saw

check_status 28 'hang does not answer' get /hang/k -m 0.2
check_output 'after it has hung it may answer' '000 200' eval \
    'echo "$(code /hang/times=1/ok/k -m 0.2 2>&- | tail -n1) $(codes \
    /hang/times=1/ok/k)"'
check_status 56 'reset resets' get /reset/k
check_status 1 'garbage is no HTTP' get /garbage/k --http1.1
check_status 18 'cut/length breaks off' get /cut/length/k
check_status 0 'cut/plain cannot be told from the end' \
    get /cut/plain/k -o body
check_output 'but for its JSON' '{"id":"k' eval 'cat body; echo'
check_status 18 'cut/chunked breaks off' get /cut/chunked/k
check_status 52 'cut/nothing closes' get /cut/nothing/k
check_output 'cut/head ends in the middle' 0 \
    eval 'get /cut/head/k -i 2>&- | grep -c "^.$"'
check_status 28 'stall hangs there' \
    get /stall/length/k -m 0.2 -o body
check_output 'having sent half' '{"id":"k' eval 'cat body; echo'
check_status 28 'slow takes its time' get /slow/ms=5/bytes=1/ok/k -m 0.2
check_output 'and comes to an end' '{"id":"l","n":1}' \
    get /slow/ms=1/bytes=20/ok/l
check_output 'delay answers later' 'yes' eval \
    'get /delay/200/ok/k -o body -w "%{time_total}\n" |
    awk "{ print \$1 >= 0.2 && \$1 < 2 ? \"yes\" : \$1 }"'

# goes_on PATH: 200,000 bytes come, head and all.
goes_on()
{
	[ "$(get "$1" -i -m 5 2>&- | head -c 200000 | wc -c)" -eq 200000 ]
}
check 'endless/headers goes on' goes_on /endless/headers/k
check 'endless/body goes on' goes_on /endless/body/k
check 'endless/chunked goes on' goes_on /endless/chunked/k
check_output 'bomb is small and inflates' '5242880' \
    eval 'get /bomb/size=5/k --compressed | wc -c'
check_output 'as sent it is less' yes \
    eval '[ "$(get /bomb/size=5/k | wc -c)" -lt 10000 ] && echo yes'

# --- Redirects and conditions

check_output 'redirect goes elsewhere' 'http://x.test/a?b=c' \
    field Location '/redirect/http%3A%2F%2Fx.test%2Fa%3Fb=c/k'
check_output 'chain ends in the next step' '200 3' \
    get /header/A=b/chain/3/ok/k -L -o body \
    -w '%{http_code} %{num_redirects}\n'
check_status 47 'loop does not end' get /loop/k -L
check_output 'etag is sent' '"v1"' field ETag /etag/v1/ok/k
check_output 'and compared' '304 200' eval 'echo "$(code /etag/v1/ok/k \
    -H "If-None-Match: W/\"v0\", \"v1\"") $(code /etag/v2/ok/k \
    -H "If-None-Match: \"v1\"")"'
check_output 'modified is sent' 'Sun, 09 Sep 2001 01:46:40 GMT' \
    field Last-Modified /modified/1000000000/ok/k
check_output 'and compared' '304 200' eval 'echo "$(code \
    /modified/1000000000/ok/k \
    -H "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT") $(code \
    /modified/1000000001/ok/k \
    -H "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT")"'

# --- Listings and batches

# pages PATH PARAMETER: all ids, following what PARAMETER is taken from.
pages()
{
	next=
	while get "$1${next:+?$2=$next}" >page && [ "$(wc -c <page)" -gt 0 ]; do
		grep -o '"id":"[^"]*"' page | cut -d'"' -f4
		next=$(sed -n 's/.*"nextPageToken":"\([^"]*\)".*/\1/p' page)
		[ -n "$next" ] || break
	done | paste -sd' '
}
check_output 'page/token gives all ids' 'v1 v2 v3 v4 v5' \
    pages /page/token/5/2/prefix=v pageToken
check_output 'page/next gives a URL, and keeps the query' \
    "{\"items\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"total\":3,\
\"next\":\"http://127.0.0.1:$port/page/next/3/2?page=2&part=x\"}" \
    get '/page/next/3/2?part=x'
check_output 'and none on the last page' \
    '{"items":[{"id":"3"}],"total":3}' get '/page/next/3/2?page=2'
check_output 'page/link gives a field' \
    "<http://127.0.0.1:$port/page/link/3/2?page=2>; rel=\"next\"" \
    field Link /page/link/3/2
check_output 'page/page ends in an empty one' '{"items":[],"total":3}' \
    get '/page/page/3/2?page=3'
check_output 'page/offset counts ids, limit= takes fewer' \
    '{"items":[{"id":"2"}],"total":3}' get '/page/offset/3/2?offset=1&limit=1'
check_output 'N = 0 does not end' \
    '{"items":[{"id":"1000001"}],"nextPageToken":"p1000001"}' \
    get '/page/token/0/1?pageToken=p1000000'
check_output 'cycle= leads back' \
    '{"items":[{"id":"3"}],"total":3,"nextPageToken":"p0"}' \
    get '/page/token/3/2/cycle=1?pageToken=p2'
check_output 'next= leads elsewhere' '<ftp://x.test/>; rel="next"' \
    field Link '/page/link/3/2/next=ftp%3A%2F%2Fx.test%2F'
check_output 'broken= fails, breaks= times' '200 503 503 200' codes \
    '/page/page/5/2/broken=2/breaks=2/L?page=1' \
    '/page/page/5/2/broken=2/breaks=2/L?page=2' \
    '/page/page/5/2/broken=2/breaks=2/L?page=2' \
    '/page/page/5/2/broken=2/breaks=2/L?page=2'
check_output 'batch leaves out those gone' \
    '{"items":[{"id":"a7","n":1,"statistics":{"viewCount":"7"}},'\
'{"id":"c9","n":1,"statistics":{"viewCount":"9"}}]}' \
    get '/batch?id=a7,gone1%2Cc9'
check_output 'and takes ids from a body, counting them' \
    '{"items":[{"id":"a7","n":2,"statistics":{"viewCount":"7"}}]}' \
    get /batch -d '{"ids":["a7"]}'
check_output 'poison spoils it' 400 code '/batch?id=a,poison&id=b'

# --- Limits and credentials

check_output 'limit allows a burst of others' '200 200 200 429' codes \
    /limit/1/2/a /limit/1/2/b /limit/1/2/c /limit/1/2/d
check_output 'a zone is shared' '200 503' codes \
    /limit/1/0/zone=z/a /limit/9/0/zone=z/status=503/b
check_output 'quota ends, and is refilled' '200 200 403 200 200' codes \
    /quota/5/cost=2/a /quota/5/cost=2/b /quota/5/cost=2/c /refill \
    /quota/5/cost=2/c
check_output 'quota says why' 1 \
    eval 'get /quota/0/k | grep -c \"quotaExceeded\"'
check_output 'atmost counts those not answered' '200 429' eval \
    'curl -s --noproxy "*" -Z --parallel-immediate -o body -o body \
    -w "%{http_code}\n" "http://127.0.0.1:$port/atmost/1/delay/300/ok/a" \
    "http://127.0.0.1:$port/atmost/1/delay/300/ok/b" | sort | paste -sd" "'
check_output 'auth wants its token' '401 401 200' eval 'echo "$(codes \
    /auth/s/ok/k) $(code /auth/s/ok/k -H "Authorization: Bearer x") $(code \
    /auth/s/ok/k -H "Authorization: Bearer s")"'
check_output 'basic wants its password' '401 200' eval 'echo "$(codes \
    /basic/u/p/k) $(code /basic/u/p/k -u u:p)"'
check_output 'token refuses what is revoked' '{"error":"invalid_grant"}' \
    get /token -d 'grant_type=refresh_token&refresh_token=revoked-1'
check_output 'or asked wrongly' '{"error":"invalid_request"}' \
    get /token -d 'refresh_token=x'
check_output 'token gives t1, t2' \
    '{"access_token":"t1","token_type":"Bearer","expires_in":3600}
{"access_token":"t2","token_type":"Bearer","expires_in":9}' \
    eval 'get /token -d "grant_type=refresh_token&refresh_token=x"
    get /token/expires=9 -d "grant_type=refresh_token&refresh_token=x"'
check_output 'needtoken wants the newest, until it expires' '401 200 401' \
    eval 'echo "$(code /needtoken/k -H "Authorization: Bearer t1") $(code \
    /needtoken/k -H "Authorization: Bearer t2") $(get /expire >/dev/null
    code /needtoken/k -H "Authorization: Bearer t2")"'

# --- A mix, and what was logged

check_output 'mix fails by number' \
    '500 200 500 500 200 404 200' codes \
    /mix/104 /mix/104 /mix/5 /mix/5 /mix/9 /mix/8 /mix/110
check_output 'mend mends, break breaks' '200 200 200 500' codes \
    /mend /mix/5 /break /mix/5
check_output 'it hangs once' '000 200' eval \
    'echo "$(code /mix/7 -m 0.2 2>&- | tail -n1) $(codes /mix/7)"'

check_output 'requests are counted' 4 httpd_count '^/mix/5$'
check_output 'and by status' '3 1' \
    eval 'echo "$(httpd_count ^/mix/5$ 500) $(httpd_count ^/mix/5$ 200)"'
check_output 'no answer is logged as 0' 1 httpd_count '^/mix/7' 0
check_output 'the most of one path' 4 httpd_max_per_path '^/mix'
check_output 'the most in a second are at most all' yes eval \
    'n=$(httpd_max_window 1 /mix)
    [ "$n" -gt 1 ] && [ "$n" -le "$(httpd_count /mix)" ] && echo yes'
printf '%s 1 GET /w 200\n' 3000000000 1000000000 1999999999 2000000000 >log
check_output 'a window is open at its end' 2 \
    eval 'httpd_log=log; httpd_max_window 1 /w'
check_output 'fields are logged' 1 \
    eval 'get /k -H "X-Secret: s" >body; grep -c "^	X-Secret: s$" "$httpd_log"'

seen()
{
	seen_now=$(($(grep -vc '^	' "$httpd_log") - $(httpd_count \
	    '^/(mend|break|refill|expire|seen)') + 2))
	get "/seen/$seen_now" >seen.out &
	get /k >body
	[ ! -s seen.out ] || return 1
	get /k >body
	wait $!
	grep -q '{}' seen.out
}
check 'seen waits for so many requests' seen

# --- Connections

many()
{
	i=0
	while [ $i -lt 200 ]; do
		echo "url = http://127.0.0.1:$port/hang/$i"
		i=$((i + 1))
	done >hang.conf
	curl -s --noproxy '*' -Z --parallel-immediate --parallel-max 200 \
	    -K hang.conf -m 30 >hang.out &
	hanging=$!
	seen_all=$(($(grep -vc '^	' "$httpd_log") - $(httpd_count \
	    '^/(mend|break|refill|expire|seen)') + 200))
	get "/seen/$seen_all" >body
	get /k
	kill $hanging
}
check 'hundreds may hang while others are answered' many

# connections PATH: how many two requests took.
connections()
{
	curl -s --noproxy '*' "http://127.0.0.1:$port$1/[1-2]" >body
	httpd_requests "^$1/" | cut -d' ' -f2 | sort -u | wc -l
}
check_output 'a connection is kept' 1 connections /header/A=b/ok
check_output 'but for close' 2 connections /close/ok

first=$httpd_pid
origin=$port
httpd_start --address ::1 || exit 2
check_output 'it may listen at ::1' 200 curl -sg --noproxy '*' -o body \
    -w '%{http_code}\n' "http://[::1]:$port/ok/k"
httpd_stop "$httpd_pid"

# --- The proxy

httpd_start --proxy --proxy-auth u:p || exit 2
through()
{
	curl -sS -m 20 -x "http://u:p@127.0.0.1:$port" "$@"
}
check_output 'the proxy passes a request on' '{"id":"k","n":1}' \
    through "http://name.test:$origin/header/X=proxied/ok/k"
check_output 'and one with a body' 1 eval \
    'through -d "a=b" "http://name.test:$origin/echo" | grep -c "\"a=b\""'
check_output 'without what was for itself' 0 eval \
    'through "http://name.test:$origin/echo" | grep -ci proxy-'
check_output 'one after the other' '200
200' through -o body -w '%{http_code}\n' "http://name.test:$origin/ok/twice[1-2]"
check_output 'it makes a tunnel' '{"id":"t","n":1}' \
    through -p "http://name.test:$origin/ok/t"
check_output 'it wants a password' 407 curl -s -o body -w '%{http_code}\n' \
    -x "http://127.0.0.1:$port" "http://name.test:$origin/ok/k"
check_output 'it says when there is nobody' 502 \
    through -o body -w '%{http_code}\n' http://name.test:1/
check_output 'it logs' "GET http://name.test:$origin/header/X=proxied/ok/k 200
CONNECT name.test:$origin 200
GET http://name.test:$origin/ok/k 407" eval \
    'httpd_requests "X=proxied|^name|ok/k" | cut -d" " -f3-'

# --- TLS

sentence='it speaks TLS, with the certificate it is given'
if grep -q 'built without' <<EOT
$("$httpd_bin" --tls no,no 2>&1)
EOT
then
	skip 'the server was built without OpenSSL' "$sentence"
elif ! command -v openssl >/dev/null; then
	skip 'there is no openssl' "$sentence"
else
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
	    -addext subjectAltName=DNS:localhost -keyout key.pem \
	    -out cert.pem 2>openssl.err || exit 2
	httpd_start --tls cert.pem,key.pem || exit 2
	check_output "$sentence" 3000000 eval 'curl -s --noproxy "*" \
	    --cacert cert.pem "https://localhost:$port/ok/size=3000000/k" |
	    wc -c'
	check_status 60 'which nobody need trust' curl -s --noproxy '*' \
	    "https://localhost:$port/ok/k"
	check_output 'and gives URLs of its own' \
	    "{\"items\":[{\"id\":\"1\"}],\"total\":2,\
\"next\":\"https://localhost:$port/page/next/2/1?page=2\"}" \
	    curl -s --noproxy '*' --cacert cert.pem \
	    "https://localhost:$port/page/next/2/1"
fi

# --- Paths of an API

httpd_start --path /api/list=/page/token/3/2/each=of \
    --path /api=/status/404/times=1 || exit 2
check_output '--path makes a path mean steps' \
    '{"items":[{"id":"A1"},{"id":"A2"}],"total":3,"nextPageToken":"p2"}' \
    get '/api/list?of=A'
check_output 'of two the first, and what is behind it goes on' '404 200' \
    codes /api/17 /api/17

# --- Its end

# orphan: asks a server whose shell has ended; 28 is curl's time-out.
orphan()
{
	(
		httpd_start || exit 1
		echo "$port" >orphan.port
		trap - EXIT
	)
	port=$(cat orphan.port)
	orphan_status=0
	get /hang/k -m 10 || orphan_status=$?
	[ "$port" -gt 0 ] && [ "$orphan_status" -ne 28 ]
}
check 'it ends with the shell that started it' orphan
httpd_stop
check_not 'it is gone when stopped' kill -0 "$first"
check_not 'it listens on the loopback alone' "$httpd_bin" --address 0.0.0.0
done_testing
