#!/bin/sh
# SPDX-License-Identifier: MIT
# scan.sh: how long a whole scan takes beside programs that only count lines.
#
#	BENCH_MB=1000 make bench     size of the log (200)
#	BENCH_RUNS=9  make bench     runs of each; the median counts (5)
#
# Prints seconds and the ratio to `grep -c -F`. The page cache is warm.
set -eu
mb=${BENCH_MB:-200}
runs=${BENCH_RUNS:-5}
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/tallyman-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
log=$dir/app.log

"${top_srcdir:-.}/tools/demo-logs" "$dir/demo"
cat "$dir/demo/2013-06-05/app.log" "$dir/demo/2013-06-12/app.log" >"$dir/part"
while [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -lt $((mb * 1000000)) ]
do
	cat "$dir/part" "$dir/part" "$dir/part" "$dir/part" >>"$log"
done
cat "$log" >/dev/null

now()
{
	date +%s.%N
}

# median COMMAND...: seconds.
median()
{
	for _ in $(seq "$runs"); do
		begin=$(now)
		"$@" >"$dir/out" 2>&1 || [ $? -eq 1 ]
		echo "$begin $(now)" | awk '{ printf "%.3f\n", $2 - $1 }'
	done | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}

peer=$(median grep -c -F ' -- UserData.' "$log")

row()
{
	name=$1
	shift
	median "$@" | awk -v name="$name" -v peer="$peer" -v log_mb="$mb" '
	{ printf "%-34s %7.3f s  %5.2f x  %5.2f GB/s\n", name, $1, $1 / peer,
	    log_mb / 1000 / $1 }'
}

size=$(stat -c %s "$log")
echo "one log of $size bytes, median of $runs; x: times grep -c -F"
row 'grep -c -F' grep -c -F ' -- UserData.' "$log"
row 'wc -l' wc -l "$log"
if command -v rg >/dev/null; then
	row 'rg -c -F' rg -c -F ' -- UserData.' "$log"
fi
if command -v mawk >/dev/null; then
	row 'grep -F | mawk (whole job)' sh -c "grep -F ' -- UserData.' '$log' |
		mawk '{ sum[\$5] += \$4 } END { for (s in sum) print s, sum[s] }'"
fi
row 'tallyman scan -k UserData -j1' tallyman scan -q -k UserData -j1 "$log"
row 'tallyman scan -k UserData -j2' tallyman scan -q -k UserData -j2 "$log"
row 'tallyman scan -j2' tallyman scan -q -j2 "$log"
