#!/bin/sh
# SPDX-License-Identifier: MIT
# Authorisation, and where secrets do not go.
# shellcheck disable=SC2016 # the program expands ${NAME}
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"
. "$top_srcdir/tests/lib/fetch.sh"
fetch_begin
other_port=$port
other_log=$httpd_log
httpd_start --log-headers || exit 2
url=http://127.0.0.1:$port
once='"max_attempts": 1, "backoff": "5ms"'

# asks NAME PATH KEYS: a job of one item, /PATH/NAME, tried once.
asks()
{
	ids "$1" >"$1.ids"
	job "$1" "\"source\": { \"file\": \"$1.ids\" }, $3
		\"request\": { \"url\": \"$url/$2/{id}\" }" "$once"
}

# --- Tokens

# oauth2 TOKEN-PATH [REFRESH-TOKEN]: as a key of a job.
oauth2()
{
	printf '"auth": { "oauth2": { "token_url": "%s", "client_id": "me",
		"client_secret": "${CLIENT_SECRET}",
		"refresh_token": "%s" } },' "$url/$1" "${2-first}"
}
CLIENT_SECRET=CANARY-client
export CLIENT_SECRET

asks renewed status/401/times=1/needtoken/ok "$(oauth2 token)"
check 'a 401' run renewed
check_output 'renews the token, and costs no attempt' \
    'fetched=1 retries=0 requests=4' told renewed fetched retries requests
check_output 'which is asked for twice' 2 httpd_count '^/token$' 200
asks retried needtoken/ok "$(oauth2 status/503/times=1/token)"
sed 's/"max_attempts": 1/"max_attempts": 2/' retried.json >retried.new
mv retried.new retried.json
check 'a token that cannot be had at once' run retried
check_output 'is asked for again' 'fetched=1 requests=3' \
    told retried fetched requests
asks revoked needtoken/ok "$(oauth2 token revoked)"
check_status 2 'one that cannot be had at all' run revoked
check 'is told' grep -q 'revoked: auth: HTTP 400' revoked.said
check_output 'and nothing is asked for without' 0 httpd_count /revoked
asks refused status/401 "$(oauth2 token)"
check_status 1 'where a new one is refused too' run refused
check 'that is the cause' grep -q '1 failed (1 HTTP 401' refused.said
seq 20 >login.ids
job login "\"source\": { \"file\": \"login.ids\" }, \"concurrency\": 1,
	\"auth\": { \"basic\": { \"user\": \"u\", \"password\": \"wrong\" } },
	\"request\": { \"url\": \"$url/basic/u/p/ok/{id}\" }" "$once"
check_status 2 'a login that is refused' run login
check 'is told' grep -q "login: $url refuses our credentials" login.said
check 'after some ten times' test "$(httpd_count /basic/u/p/ok)" -le 11

cat >token.sh <<-'EOF'
	n=$(($(cat runs 2>/dev/null) + 1))
	echo "$n" >runs
	echo "CANARY-$n"
	echo 'what follows is no token'
EOF
asks command auth/CANARY-2/ok '"auth": { "command": [ "sh", "token.sh" ] },'
check 'a command' run command
check_output 'gives a token, and a new one after a 401' \
    'fetched=1 requests=2' told command fetched requests
asks fails ok '"auth": { "command": [ "sh", "-c", "echo why >&2; exit 3" ] },'
check_status 2 'a command that fails' run fails
check 'is told' grep -q 'fails: auth: .*exit status 3' fails.said
asks basic basic/u/p/ok \
    '"auth": { "basic": { "user": "u", "password": "p" } },'
check 'a user and a password' run basic

# --- Where they come from

asks missing ok ''
sed 's|ok/{id}|ok/{id}?k=${NOT_THERE}|' missing.json >missing.new
mv missing.new missing.json
check_status 2 'a secret that is nowhere' run missing
check 'is named' grep -q 'secret NOT_THERE: neither a credential' missing.said
mkdir -p credentials .config/tallyman
echo CANARY-credential >credentials/NOT_THERE
with_credential()
{
	CREDENTIALS_DIRECTORY=$work/credentials
	export CREDENTIALS_DIRECTORY
	run missing
}
check 'a credential of systemd' with_credential
check_output 'is one' 1 httpd_count 'k=CANARY-credential'
echo 'NOT_THERE=CANARY-file' >.config/tallyman/secrets
chmod 644 .config/tallyman/secrets
check_status 2 'a file of secrets that all can read' run missing --refresh
chmod 600 .config/tallyman/secrets
check 'is refused, but not one of our own' run missing --refresh
check_output 'whose lines are secrets' 1 httpd_count 'k=CANARY-file'

# --- Where they go

# All kinds of places that a secret can stand in, and all kinds of trouble.
API_KEY=CANARY-key/+%
export API_KEY
unset CLIENT_SECRET
ids 1 2 >leak.ids
leak()
{
	cat >leak.json <<-EOF
		{ "source": { "file": "leak.ids" }, "timeout": "300ms", $2
		  "request": { "url": "$url/$1/{id}", "method": "POST",
		               "params": { "key": "\${API_KEY}" },
		               "headers": { "X-Key": "\${API_KEY}" },
		               "body": { "key": "\${API_KEY}" } },
		  "retry": { $once },
		  "hook": [ "sh", "-c", "cat; env" ] }
	EOF
	tallyman fetch run --verbose --refresh --json leak.json
	tallyman fetch run --dry-run leak.json
	tallyman fetch status --verbose --json leak
	tallyman fetch status --verbose leak
	tallyman fetch get leak 1
}
{
	leak ok ''
	leak status/400 ''
	leak status/500 ''
	leak hang ''
	leak reset ''
	leak garbage ''
	leak loop ''
	leak ok "\"proxy\": \"http://u:\${API_KEY}@127.0.0.1:1\","
	leak ok '"limits": 1,'
	leak ok "\"auth\": { \"command\": [ \"echo\", \"\${API_KEY}\" ] },"
} >leak.said 2>&1
check_output 'a secret is sent where the job says' 'CANARY-key/+%' \
    sh -c "sed -n 's/^	X-Key: //p' '$httpd_log' | sort -u"
check_not 'but is in no message, hook or answer' grep -n CANARY leak.said
check 'in its place stands its name' grep -q 'key=${API_KEY}' leak.said
check_not 'it is not in the store' grep -r CANARY db

# In the process, while it runs: /proc shows what it was started with.
sed 's|/ok/|/hang/|' leak.json >hang.json
awaited=$(next_request)
tallyman fetch run hang.json >leak.said 2>&1 &
running=$!
httpd_ask "/seen/$awaited" >seen
cat "/proc/$running/environ" "/proc/$running/cmdline" >process
wait "$running"
check 'what /proc shows of the process' grep -qa 'TALLYMAN_DB=' process
check_not 'has it neither' grep -a CANARY process

# --- Other origins

CLIENT_SECRET=CANARY-client
export CLIENT_SECRET
other=http%3A%2F%2F127.0.0.1%3A$other_port
asks redirected "redirect/$other%2Fok%2Fx" \
    "$(oauth2 token)"
check_status 1 'a redirect to a private address that the job does not name' \
    run redirected
check 'is refused' \
    grep -q "1 redirect: .*:$other_port is private" redirected.said
job next "\"source\": { \"items\": \".items[].id\",
		\"url\": \"$url/page/next/4/2/prefix=n/next=$other%2Fpage\",
		\"next\": { \"url\": \".next\" } },
	\"request\": { \"url\": \"$url/ok/{id}\" }" "$once"
check_status 2 'a next page there' run next
check 'is refused, too' \
    grep -q "listing: page 2: .*:$other_port is private" next.said
check_output 'and nothing was asked of it' '' cat "$other_log"
asks scheme redirect/file%3A%2F%2F%2Fetc%2Fpasswd ''
check_status 1 'a redirect to another scheme' run scheme
check 'is refused' grep -q '1 failed' scheme.said
asks trusted "redirect/$other%2Fok%2Fx" \
    "\"origins\": [ \"http://127.0.0.1:*\" ],"
check 'an origin that the job names' run trusted
check_output 'is asked' '{"id":"x","n":1}' tallyman fetch get trusted trusted

done_testing
