#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch.sh: how fast a job's answers come into the store, beside programs that
# write a file for each, and a loop over libcurl that throws them away.
#
#	BENCH_URLS=5000 make bench   distinct URLs, of 1 KB each (20000)
#	BENCH_RUNS=9    make bench   runs of each; the median counts (3)
#	BENCH_IDS=4000000 make bench queued, for the memory (1000000)
#
# Prints requests/s, CPU time (user and system, all threads) for each request,
# and what tallyman has of each in proportion; then its peak memory. The server
# is an nginx on the same machine, whose own time comes on top. The limit of
# the job is one that is never met: without any, a run begins slowly, and takes
# about a second to find out that there is none.
set -eu
urls=${BENCH_URLS:-20000}
runs=${BENCH_RUNS:-3}
ids=${BENCH_IDS:-1000000}
build=${top_builddir:-.}
. "${top_srcdir:-.}/tests/lib/nginx.sh"

if ! [ -x "$build/tallyman-fetch" ] || ! nginx_find; then
	echo 'fetch: not built, or there is no nginx'
	exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/tallyman-bench.XXXXXX")
trap 'nginx_stop; rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
body=$(printf '%01000d' 7)
nginx_start "$dir/nginx" "
  access_log off;
  server {
    listen 127.0.0.1:@PORT@;
    default_type application/json;
    location / { return 200 '$body'; }
  }"
url=http://127.0.0.1:$nginx_port

seq "$urls" >"$dir/ids"
sed "s|.*|$url/&|" "$dir/ids" >"$dir/urls"
sed "s|.*|url = $url/&\noutput = $dir/files/&|" "$dir/ids" >"$dir/curl"
request="\"source\": { \"file\": \"ids\" },
  \"request\": { \"url\": \"$url/{id}\" }, \"concurrency\": 64"
echo "{ $request }" >"$dir/free.json"
echo "{ $request,
  \"limits\": [ { \"requests\": 1000000, \"per\": \"1s\", \"burst\": 1000 } ] }" \
    >"$dir/job.json"

with_tallyman()
{
	tallyman fetch run -q --db "$dir/db" "$dir/job.json"
}

without_limit()
{
	tallyman fetch run -q --db "$dir/db" "$dir/free.json"
}

with_multi()
{
	"$build/tests/bench/multi" "$url/" "$urls" 64
}

with_curl()
{
	curl -s --parallel --parallel-max 64 -K "$dir/curl"
}

with_aria2c()
{
	aria2c -q -j16 -i "$dir/urls" -d "$dir/files" --file-allocation=none
}

with_wget2()
{
	wget2 -q --max-threads=16 -i "$dir/urls" -P "$dir/files"
}

now()
{
	date +%s.%N
}

# once COMMAND: prints its seconds, and those of CPU time.
once()
{
	rm -rf "$dir/files" "$dir/db"
	mkdir "$dir/files"
	sync
	(
		begin=$(now)
		"$1" >"$dir/out" 2>&1
		end=$(now)
		times >"$dir/times"
		echo "$begin $end"
	) >"$dir/clock" || { cat "$dir/out" >&2; return 1; }
	sed -n '2s/[ms]/ /gp' "$dir/times" | cat "$dir/clock" - | awk '
		NR == 1 { seconds = $2 - $1 }
		NR == 2 { print seconds, $1 * 60 + $2 + $3 * 60 + $4 }'
}

# measure COMMAND: $dir/COMMAND gets the medians.
measure()
{
	for _ in $(seq "$runs"); do
		once "$1"
	done >"$dir/runs"
	for column in 1 2; do
		sort -n -k"$column" "$dir/runs" | awk -v column="$column" '
			{ t[NR] = $column }
			END { print t[int((NR + 1) / 2)] }'
	done | paste -s -d' ' - >"$dir/$1"
}

# row NAME COMMAND
row()
{
	cat "$dir/with_tallyman" "$dir/$2" | awk -v name="$1" -v n="$urls" '
	NR == 1 { seconds = $1; cpu = $2 }
	NR == 2 {
		printf "%-30s %7.0f /s %7.2f x %8.1f us CPU %7.2f x\n", name,
		    n / $1, $1 / seconds, $2 / n * 1e6, cpu / $2
	}'
}

echo "$urls URLs of 1 KB, median of $runs; x: tallyman's in proportion"
measure with_tallyman
row 'tallyman fetch' with_tallyman
measure without_limit
row 'tallyman fetch, without limits' without_limit
measure with_multi
row 'libcurl, bodies thrown away' with_multi
for peer in curl aria2c wget2; do
	if command -v "$peer" >/dev/null; then
		measure "with_$peer"
		row "$peer, a file each" "with_$peer"
	fi
done

# peak COMMAND...: the most memory that it had, in MB.
peak()
{
	"$@" &
	pid=$!
	while grep VmHWM "/proc/$pid/status" 2>/dev/null; do
		sleep 0.05
	done | awk '{ max = $2 } END { printf "%.1f MB\n", max / 1024 }'
	wait "$pid"
}

seq "$ids" >"$dir/ids"
rm -rf "$dir/db"
printf '%s ids in the queue, 1,000 fetched: ' "$ids"
peak tallyman fetch run -q --db "$dir/db" --limit 1000 "$dir/job.json"
