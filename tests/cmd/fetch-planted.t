#!/bin/sh
# SPDX-License-Identifier: MIT
# Planted secrets are found nowhere but in the requests to their own origin.
# shellcheck disable=SC3045 # dash and bash have ulimit -c
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/httpd.sh"

[ -x "$top_builddir/tallyman-fetch" ] || skip_all 'built without fetch'
httpd_find || skip_all 'there is no test server, or no curl'

# The keys that the jobs name: from the environment, from a file of secrets
# and from systemd. Whatever a form of writing changes is in one of them.
key=CANARYa7Qz3fKx
parameter='CANARYb/5&x "y"+z'
password='CANARYc:9/%{id}'
proxy_password=CANARYd4Wm8
client_secret='CANARYe=2&t/u'
refresh_token=CANARYf6Ns1
token=CANARYg0Lp5

export XDG_CONFIG_HOME="$work/config" CREDENTIALS_DIRECTORY="$work/credentials"
TALLYMAN_DB=$work/db
export TALLYMAN_DB
mkdir -p config/tallyman credentials places
printf '%s\n' '# ours' "PARAMETER=$parameter" "CLIENT_SECRET=$client_secret" \
    >config/tallyman/secrets
chmod 600 config/tallyman/secrets
printf '%s\n' "$password" >credentials/PASSWORD
printf %s "$refresh_token" >credentials/REFRESH_TOKEN
printf '%s\n' "$token" >token

# encode TEXT: with all of it percent-encoded but letters and digits.
encode()
{
	printf %s "$1" | od -An -v -tx1 -w1 | while read -r encode_byte; do
		encode_char=$(printf "\\$(printf %o "0x$encode_byte")")
		case $encode_char in
		[A-Za-z0-9._~-]) printf %s "$encode_char" ;;
		*) printf '%%%s' "$encode_byte" ;;
		esac
	done
}

base64_of()
{
	printf %s "$1" | base64 -w0 | tr -d =
}

# The forms in which they may stand somewhere; in any case of letters.
for secret in "$key" "$parameter" "$password" "$proxy_password" \
    "$client_secret" "$refresh_token" "$token"; do
	printf '%s\n' "$secret" "$(encode "$secret")" "$(base64_of "$secret")"
	printf '%s\n' "$secret" | sed 's/"/\\"/g'
done >needles
{
	base64_of "user:$password"
	echo
	base64_of "proxyuser:$proxy_password"
	echo
	# What all of them begin with, less what was cut off.
	echo CANARY
	echo Q0FOQV
} >>needles

# clean PLACE...: shows lines that have one of them.
clean()
{
	grep -raiF -f needles "$@" && return 1
	return 0
}

# planted PLACE FORM...: each is there.
planted()
{
	planted_in=$1
	shift
	for planted_form in "$@"; do
		grep -qaiF -e "$planted_form" "$planted_in" || return 1
	done
}

# fetch_with COMMAND ARG...: of fetch, with the keys of the environment.
fetch_with()
{
	API_KEY=$key PROXY_PASSWORD=$proxy_password exec timeout 30 \
	    tallyman fetch "$@"
}

httpd_start --log-headers --proxy --proxy-auth "proxyuser:$proxy_password" ||
    exit 2
proxy=$port
proxy_log=$httpd_log
httpd_start --log-headers || exit 2

# --- A header, a parameter, basic authorisation, a proxy

# What a hook sees: environment, arguments, input, and where it comes from.
cat >hook.sh <<'EOF'
{
	env
	cat
	tr '\0' '\n' <"/proc/$$/cmdline"
	tr '\0' '\n' <"/proc/$PPID/cmdline"
	tr '\0' '\n' <"/proc/$PPID/environ"
} >places/hook
EOF

cat >all.json <<EOF
{ "source": { "url": "http://api.example.test:$port/page/next/20/20",
              "items": ".items[].id", "next": { "url": ".next" },
              "params": { "key": "\${PARAMETER}" } },
  "request": { "url": "http://api.example.test:$port/do/{id}",
               "params": { "key": "\${PARAMETER}" },
               "headers": { "X-API-Key": "\${API_KEY}" } },
  "auth": { "basic": { "user": "user", "password": "\${PASSWORD}" } },
  "proxy": "http://proxyuser:\${PROXY_PASSWORD}@127.0.0.1:$proxy",
  "timeout": "2s",
  "retry": { "max_attempts": 2, "backoff": "1ms", "max_backoff": "5ms",
             "max_wait": "1s" },
  "hook": [ "sh", "hook.sh" ] }
EOF

dry()
{
	fetch_with run --dry-run --verbose all.json >places/dry 2>&1
}

run_all()
{
	fetch_with run --verbose --json "$@" >places/json 2>places/said
}

check 'a dry run' dry
check 'shows requests' grep -q '^GET http://api.example.test' places/dry
check 'with names in the place of secrets' \
    grep -qF "key=\${PARAMETER}" places/dry
check_status 0 'a run' run_all all.json
check 'sends all of them' planted "$httpd_log" "X-API-Key: $key" \
    "?key=$(encode "$parameter")" "Basic $(base64_of "user:$password")"
check 'to the proxy its own' planted "$proxy_log" \
    "$(base64_of "proxyuser:$proxy_password")"
check_not 'and to the server what is its own' \
    planted "$httpd_log" "$(base64_of "proxyuser:$proxy_password")"
check 'runs the hook' grep -q TALLYMAN_STATUS=0 places/hook

# --- A server that gives away what it was told

cat >leak.json <<EOF
{ "source": { "file": "leak.ids" },
  "request": { "url": "http://api.example.test:$port/do/{id}",
               "headers": { "X-API-Key": "\${API_KEY}" },
               "expect": { "type": "application/json" } },
  "proxy": "http://proxyuser:\${PROXY_PASSWORD}@127.0.0.1:$proxy",
  "timeout": "2s",
  "retry": { "max_attempts": 2, "backoff": "1ms", "max_backoff": "5ms",
             "max_wait": "1s" },
  "hook": [ "sh", "hook.sh" ] }
EOF
printf 'leak/%s/k\n' reason type host query >leak.ids
run_leak()
{
	fetch_with run --verbose --json leak.json >places/leak.json \
	    2>places/leak
}
check_status 1 'what a server gives away of it' run_leak
check 'is hidden in causes' \
    grep -qF "leak/reason/k: HTTP 403 \${API_KEY}" places/leak
check 'of each kind' grep -qF \
    "leak/type/k: HTTP 200, but the type is \${API_KEY}, not" places/leak
check 'goes to no other origin in a URL' grep -qF \
    'leak/query/k: redirect: a secret in a URL of http://cdn.example.test' \
    places/leak
check 'nor as a host' grep -qF \
    "leak/host/k: redirect: a secret in a URL of http://\${API_KEY}.example" \
    places/leak
check_not 'which are not asked' grep -q ' /ok/k?key=' "$httpd_log"

# --- Tokens

cat >oauth.json <<EOF
{ "source": { "file": "oauth.ids" },
  "request": { "url": "http://127.0.0.1:$port/needtoken/ok/{id}" },
  "auth": { "oauth2": { "token_url": "http://127.0.0.1:$port/token",
      "client_id": "me", "client_secret": "\${CLIENT_SECRET}",
      "refresh_token": "\${REFRESH_TOKEN}" } } }
EOF
seq 1 5 >oauth.ids
run_oauth()
{
	fetch_with run --verbose oauth.json >places/oauth 2>&1
}
check_status 0 'OAuth 2.0' run_oauth
sed 's/needtoken/status\/403/; s,/token",/status/400/body=no",' oauth.json \
    >refused.json
run_refused()
{
	fetch_with run --verbose refused.json >places/refused 2>&1
}
check_status 2 'that is refused' run_refused

cat >token.sh <<'EOF'
env >places/token
tr '\0' '\n' <"/proc/$PPID/environ" >>places/token
cat token
EOF
cat >command.json <<EOF
{ "source": { "file": "oauth.ids" },
  "request": { "url": "http://127.0.0.1:$port/ok/{id}",
               "headers": { "X-API-Key": "\${API_KEY}" } },
  "auth": { "command": [ "sh", "token.sh" ] } }
EOF
run_command()
{
	API_KEY=$key tallyman fetch run --verbose command.json \
	    >places/command 2>&1
}
check_status 0 'a command that prints a token' run_command
check 'which is sent' planted "$httpd_log" "Authorization: Bearer $token"
check 'and sees an environment' grep -q '^TALLYMAN_DB=' places/token

# --- Mistakes in a job

# wrong TEXT: a job that cannot be, because of its secret or beside it.
wrong()
{
	wrong_number=$((${wrong_number-0} + 1))
	cat >wrong.json <<-EOF
		{ "source": { "file": "oauth.ids" },
		  "request": { "url": "http://127.0.0.1:$port/ok/{id}" },
		  "retry": { "max_attempts": 1 }, $1 }
	EOF
	(fetch_with run wrong.json) >"places/wrong$wrong_number" 2>&1
	echo $? >>wrong.statuses
}
wrong "\"proxy\": \"ftp://\${API_KEY}/\""
wrong "\"proxy\": \"\${API_KEY}\", \"timeout\": \"\${PARAMETER}\""
wrong "\"tls\": { \"ca\": \"none/\${API_KEY}\" }"
wrong "\"no_proxy\": \"\${API_KEY}\", \"concurrency\": \"\${API_KEY}\""
wrong "\"auth\": { \"basic\": { \"user\": \"\${PASSWORD}\",
    \"password\": \"\${API_KEY}\" } }"
wrong "\"auth\": { \"oauth2\": { \"token_url\": \"http://\${PARAMETER}/\",
    \"client_id\": \"\${API_KEY}\", \"client_secret\": \"x\",
    \"refresh_token\": \"x\" } }"
wrong "\"name\": \"\${API_KEY} \${PARAMETER}\""
wrong "\"proxy\": \"http://\${API_KEY}:x@127.0.0.1:1/\", \"origins\":
    [ \"\${API_KEY}\" ]"
check_not 'jobs that are wrong end so' grep -vx '[12]' wrong.statuses
chmod 644 config/tallyman/secrets
wrong "\"proxy\": \"http://\${PARAMETER}/\""
echo "$key" >>config/tallyman/secrets
chmod 600 config/tallyman/secrets
wrong "\"proxy\": \"http://\${PARAMETER}/\""
sed -i '$d' config/tallyman/secrets
check 'and files of secrets' grep -q 'chmod 600 it' places/wrong9
check 'that are, too' grep -q 'line 4: not NAME=VALUE' places/wrong10

# --- While it runs

sed 's,page/next/20/20,page/next/2/2/prefix=hang%2F,' all.json >hang.json
sed -i 's/"timeout": "2s"/"timeout": "1h"/' hang.json
mkdir -p cores control
kept=$(pwd)
sh -c 'cd control && ulimit -c unlimited && sh -c "kill -ABRT \$\$"; :' \
    >control.out 2>&1
(
	cd cores && ulimit -c unlimited 2>/dev/null
	cp ../hang.json ../hook.sh .
	mkdir places
	API_KEY=$key PROXY_PASSWORD=$proxy_password exec tallyman fetch run \
	    --verbose hang.json >"$kept/places/hang" 2>&1
) &
running=$!
httpd_ask "/seen/$(($(grep -vc '^	' "$httpd_log") + 3))" >/dev/null
tr '\0' '\n' <"/proc/$running/environ" >places/environ
tr '\0' '\n' <"/proc/$running/cmdline" >places/cmdline
check 'its environment can be looked at' grep -q ^TALLYMAN_DB= places/environ
check 'and its arguments' grep -q hang.json places/cmdline
cp -r db places/db.running
check 'no core is to be written' grep -qE 'Max core file size +0 +0' \
    "/proc/$running/limits"
kill -ABRT "$running"
wait "$running" 2>/dev/null
check_output 'though it is killed' 134 echo $?
if [ -n "$(find control -name 'core*' -type f)" ]; then
	check_output 'there is none' '' find cores -name 'core*' -type f
else
	skip 'no cores are written here' 'there is none'
fi
rm -rf control cores

# --- What others tell

{
	for name in all leak oauth command hang; do
		tallyman fetch status --verbose "$name"
		tallyman fetch status --json "$name"
		tallyman fetch export --all "$name"
	done
	tallyman fetch status --metrics places/metrics
	for id in reason type host query; do
		tallyman fetch get leak "leak/$id/k"
	done
} >places/others 2>&1
check 'other commands tell causes' grep -qF "HTTP 403 \${API_KEY}" places/others

cp -r db places/db
check 'there is a store' test -s places/db/fetch/leak.db
for place in places/*; do
	check "no secret is in ${place#places/}" clean "$place"
done
check_output 'and nobody else may read the store' '' find db -perm /077
check_output 'nor is there one anywhere else' 'config/tallyman/secrets
credentials/PASSWORD
credentials/REFRESH_TOKEN
needles
token' eval 'grep -rlaiF -f needles . | sed "s,^./,," | sort'

done_testing
