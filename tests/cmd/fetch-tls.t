#!/bin/sh
# SPDX-License-Identifier: MIT
# Certificates are always checked, and nothing is said to who has a bad one.
# shellcheck disable=SC2154 # serve sets what it is told to
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"

[ -x "$top_builddir/tallyman-fetch" ] || skip_all 'built without fetch'
httpd_find || skip_all 'there is no test server, or no curl'
command -v openssl >/dev/null || skip_all 'there is no openssl'
if "$httpd_bin" --tls none,none 2>&1 | grep -q 'built without OpenSSL'; then
	skip_all 'the test server was built without OpenSSL'
fi

TALLYMAN_DB=$work/db
API_KEY=CANARY-7f3a9c
export TALLYMAN_DB

# --- Authorities and certificates

ec='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

# authority NAME: NAME.pem and NAME.key.
authority()
{
	# shellcheck disable=SC2086 # a list of words
	openssl req -x509 $ec -days 3 -subj "/CN=$1" -keyout "$1.key" \
	    -out "$1.pem"
}

# certificate NAME AUTHORITY DAYS NAMES: the same, signed, for those names.
certificate()
{
	echo "subjectAltName=$4" >"$1.ext"
	# shellcheck disable=SC2086
	openssl req $ec -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" &&
	    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" \
		-CAcreateserial -days "$3" -extfile "$1.ext" -out "$1.pem"
}

here=IP:127.0.0.1,DNS:localhost,DNS:api.example.test
{
	authority ca && authority other &&
	    certificate good ca 2 "$here" &&
	    certificate expired ca -1 "$here" &&
	    certificate wrong ca 2 DNS:www.example.test &&
	    certificate stranger other 2 "$here"
} >openssl.out 2>&1 || {
	sed 's/^/# /' openssl.out
	exit 2
}

# serve NAME: starts a server with that certificate; NAME_port is its own.
serve()
{
	httpd_start --log-headers --tls "$1.pem,$1.key" || exit 2
	eval "$1_port=$port $1_log=$httpd_log"
}
serve expired
serve wrong
serve stranger
httpd_start --log-headers || exit 2
plain_port=$port
plain_log=$httpd_log
httpd_start --log-headers --proxy || exit 2
proxy_port=$port
proxy_log=$httpd_log
serve good

# encode TEXT: as one segment of a path.
encode()
{
	printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' %
}

# job NAME KEYS PORT: asks for the rows of steps in NAME.ids.
job()
{
	cat >"$1.json" <<-EOF
		{ $2 "source": { "file": "$1.ids" },
		  "request": {
		    "url": "https://${4-127.0.0.1}:$3/do/{id}",
		    "headers": { "X-API-Key": "\${API_KEY}" } },
		  "timeout": "5s", "concurrency": 32,
		  "retry": { "max_attempts": 2, "backoff": "1ms" } }
	EOF
}

# run NAME OPTION...: what it says stays in NAME.said.
run()
{
	run_name=$1
	shift
	API_KEY=$API_KEY timeout 30 tallyman fetch run --json "$@" \
	    "$run_name.json" >"$run_name.summary" 2>"$run_name.said"
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

# causes NAME ID...: why there is no answer, one a line.
causes()
{
	causes_name=$1
	shift
	for causes_id in "$@"; do
		tallyman fetch get "$causes_name" "$causes_id" 2>&1 |
		    sed 's/.*: no answer yet: //'
	done
}

ca='"tls": { "ca": "ca.pem" },'

# --- One bad item among good ones

# at PORT: an id that leads there.
at()
{
	echo "redirect/$(encode "https://127.0.0.1:$1/ok/k")/k"
}

job among "$ca \"origins\": [ \"https://127.0.0.1:*\",
    \"http://127.0.0.1:*\" ]," "$good_port"
bad="$(at "$expired_port") $(at "$wrong_port") $(at "$stranger_port")"
{
	seq 1 10
	# shellcheck disable=SC2086
	printf '%s\n' $bad
	seq 11 20
} >among.ids
check_status 1 'bad certificates fail softly' run among
check_output 'and the others go on' 'fetched=20 failed=3' \
    told among fetched failed
# shellcheck disable=SC2086
causes among $bad >among.causes
check_output 'each with its cause' \
    "SSL certificate problem: certificate has expired
SSL: no alternative certificate subject name matches target host name \
'127.0.0.1'
SSL certificate problem: unable to get local issuer certificate" cat among.causes
check_output 'nothing was said to them, trusted or not' '' \
    cat "$expired_log" "$wrong_log" "$stranger_log" "$plain_log"
check 'the others got what is secret' grep -q CANARY "$good_log"

# --- All of a job

for name in expired wrong stranger; do
	eval "job_port=\$${name}_port job_log=\$${name}_log"
	job "$name" "$ca" "$job_port"
	seq 1 20 >"$name.ids"
	check_status 1 "all of a server whose certificate is bad ($name) fail" \
	    run "$name"
	check_output 'softly, and at once' 'fetched=0 failed=20 retries=0' \
	    told "$name" fetched failed retries
	check_not 'without a request' grep -q . "$job_log"
done

job untold '' "$good_port"
echo 1 >untold.ids
check_status 1 'an authority that nobody told is not trusted' run untold
check_output 'but known as such' \
    'SSL certificate problem: unable to get local issuer certificate' \
    causes untold 1

mkdir folder
cp ca.pem folder/
openssl rehash folder
job folder '"tls": { "ca": "folder" },' "$good_port"
echo 1 >folder.ids
check_status 0 'authorities may be a folder' run folder
job other '"tls": { "ca": "other.pem" },' "$good_port"
echo 1 >other.ids
check_status 1 'and are those that are named alone' run other

# --- From TLS to none

job down "$ca \"proxy\": \"http://127.0.0.1:$proxy_port\"," "$good_port" \
    api.example.test
down="redirect/$(encode "http://cdn.example.test:$plain_port/ok/k")/k"
{
	seq 1 20
	echo "$down"
} >down.ids
check_status 1 'a redirect does not lead out of TLS' run down
check_output 'and the others go on, through the proxy' 'fetched=20 failed=1' \
    told down fetched failed
check_output 'with its cause' \
    'redirect: http://cdn.example.test:P is without TLS' eval '
	causes down "$down" | sed "s/:$plain_port /:P /"'
check_not 'nobody is asked' grep -q . "$plain_log"
check_output 'the proxy sees connections alone' CONNECT eval '
	awk "!/^\t/ { print \$3 }" "$proxy_log" | sort -u'
check_not 'and no secrets' grep -q CANARY "$proxy_log"

job plain "$ca \"proxy\": \"http://127.0.0.1:$proxy_port\",
    \"origins\": [ \"http://cdn.example.test:$plain_port\" ]," "$good_port" \
    api.example.test
echo "$down" >plain.ids
check_status 0 'but where the job names the origin' run plain
check 'which is then asked' grep -q '/ok/k' "$plain_log"

job list "$ca" "$good_port"
cat >list.json <<EOF
{ $ca "proxy": "http://127.0.0.1:$proxy_port",
  "source": {
    "url": "https://api.example.test:$good_port/page/next/40/20/next=$(
	encode "http://cdn.example.test:$plain_port/page/next/40/20?page=2")",
    "items": ".items[].id", "next": { "url": ".next" } },
  "request": { "url": "https://api.example.test:$good_port/ok/{id}" } }
EOF
check_status 2 'nor does a link to the next page' run list
check 'and the message says why' grep -q \
    'listing: page 2: http://cdn.example.test:.* is without TLS' list.said

done_testing
