#!/bin/sh
# SPDX-License-Identifier: MIT
# How much of a limit is used, and how often it is met: by the log of an nginx
# that allows 200 requests/s.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/nginx.sh"

[ -x "$top_builddir/tallyman-fetch" ] || skip_all 'built without fetch'
nginx_find || skip_all 'there is no nginx'
trap 'nginx_stop; rm -rf "$tap_dir"' EXIT

# Each first part of a path is a limit of its own. Those that begin with "a"
# say when to come back.
nginx_start "$work/nginx" '
  limit_req_zone $name zone=each:1m rate=200r/s;
  map "$status $name" $after { default ""; "~^429 a" 1; }
  server {
    listen 127.0.0.1:@PORT@;
    root '"$work"';
    location ~ ^/(?<name>[a-z]+)/ {
      limit_req zone=each burst=25 nodelay;
      limit_req_status 429;
      add_header Retry-After $after always;
      try_files /body =404;
    }
  }' || exit 2
echo '{"value":1}' >body

TALLYMAN_DB=$work/db
export TALLYMAN_DB

# job NAME PATH COUNT [MORE]: writes NAME.json; its items are under /PATH/.
job()
{
	seq -f "$1%.0f" "$3" >"$1.ids"
	cat >"$1.json" <<-EOT
		{ "source": { "file": "$1.ids" },
		  "request": { "url": "http://127.0.0.1:$nginx_port/$2/{id}" }${4-} }
	EOT
}

limit=',
"limits": [ { "requests": 200, "per": "1s", "burst": 25 } ]'

fetch()
{
	tallyman fetch run -q "$@"
}

# arrivals PATH [SKIP]: the log's lines, from SKIP seconds after the first.
arrivals()
{
	awk -v path="^/$1/" -v skip="${2:-0}" '
		$3 ~ path && (first != "" || (first = $1) != "") &&
		$1 - first >= skip' "$nginx_log"
}

# throttled PATH MOST [SKIP]: fewer than MOST per cent are answered 429.
throttled()
{
	arrivals "$1" "${3:-0}" | awk -v most="$2" '
		{ n[$2]++ }
		END {
			share = NR ? 100 * n[429] / NR : 100
			printf "%d of %d: %.3f %%\n", n[429], NR, share
			exit !(share < most)
		}'
}

# used PATH LEAST: at least LEAST per cent of what the limit allows between the
# first request and the last was fetched.
used()
{
	arrivals "$1" | awk -v least="$2" '
		NR == 1 { first = $1 }
		{ last = $1 }
		$2 == 200 { good++ }
		END {
			allowed = 25 + 200 * (last - first)
			share = 100 * good / allowed
			printf "%d of %d in %.1f s: %.1f %%\n", good, allowed,
			    last - first, share
			exit !(share >= least)
		}'
}

# told TEST...: what it prints is told in any case.
told()
{
	"$@"
	told_status=$?
	echo "# $*: $("$@")" >&3
	return "$told_status"
}
exec 3>&1

# --- The limit is configured

for name in set aset; do
	job "$name" "$name" 3000 "$limit"
	check "$name: all items are fetched" fetch "./$name.json"
	check "$name: fewer than 0.1 % are throttled" \
	    told throttled "$name" 0.1
	check "$name: at least 98 % of the limit are used" \
	    told used "$name" 98
done

# --- Nothing is configured

for name in own aown; do
	job "$name" "$name" "${RATE_ITEMS:-8000}"
	check "$name: all items are fetched" fetch "./$name.json"
	check "$name: after ten seconds fewer than 2 % are throttled" \
	    told throttled "$name" 2 10
	check "$name: at least 85 % of the limit are used" \
	    told used "$name" 85
done

# --- Two jobs share a limit

both()
{
	fetch ./left.json &
	left=$!
	fetch ./right.json && wait "$left"
}

job left two 2000 "$limit"', "share": "both"'
job right two 2000 "$limit"', "share": "both"'
check 'two jobs that share a limit fetch all' both
check 'and keep it' told throttled two 0.1
check 'and use it' told used two 90

done_testing
