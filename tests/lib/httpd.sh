# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # tests/lib/tap.sh comes before
# shellcheck disable=SC2034 # tests use the variables set here
#
# HTTP servers of a test's own, for tests that source it behind
# tests/lib/tap.sh. What can be asked of them is told in tests/lib/httpd.h.
#
#	httpd_find            false when there is no server to run
#	httpd_start OPTION... starts one; sets $port, $httpd_log and $httpd_pid.
#	                      Not in a subshell (so not by check): it ends with
#	                      the shell that started it
#	httpd_stop [PID]      ends that one, or all
#	httpd_ask PATH        prints the answer of the last one to a GET;
#	                      httpd_ask /seen/100 waits for 100 requests
#
# and of the log of the one started last, where PATTERN is a regular
# expression (awk) that the path with its query matches:
#
#	httpd_count PATTERN [STATUS]  how many requests there were
#	httpd_max_per_path [PATTERN]  the most requests for one path
#	httpd_max_window SECONDS PATTERN
#	                              the most that came in any SECONDS

httpd_bin=$top_builddir/tests/lib/httpd
httpd_pids=
httpd_number=0
port=

httpd_find()
{
	[ -x "$httpd_bin" ] && command -v curl >/dev/null
}

httpd_start()
{
	httpd_number=$((httpd_number + 1))
	httpd_log=$tap_dir/httpd.$httpd_number.log
	mkfifo "$tap_dir/httpd.port" || return 2
	trap 'httpd_stop; chmod -R u+rwx "$tap_dir"; cd / && rm -rf "$tap_dir"' \
	    EXIT
	"$httpd_bin" --log "$httpd_log" "$@" >"$tap_dir/httpd.port" &
	httpd_pid=$!
	httpd_pids="$httpd_pids $httpd_pid"
	port=
	read -r port <"$tap_dir/httpd.port"
	rm -f "$tap_dir/httpd.port"
	[ -n "$port" ]
}

httpd_stop()
{
	for httpd_one in ${1:-$httpd_pids}; do
		kill "$httpd_one" 2>/dev/null
		wait "$httpd_one" 2>/dev/null
	done
	[ $# -gt 0 ] || httpd_pids=
}

httpd_ask()
{
	curl -sS --noproxy '*' --max-time 60 "http://127.0.0.1:$port$1"
}

# httpd_requests PATTERN: the lines of the log, without the fields, in the
# order of arrival.
httpd_requests()
{
	httpd_pattern=$1 awk '!/^\t/ && $4 ~ ENVIRON["httpd_pattern"]' \
	    "$httpd_log" | sort -n
}

httpd_count()
{
	httpd_requests "$1" | awk -v status="${2-}" '
		status == "" || $5 == status { n++ }
		END { print n + 0 }'
}

httpd_max_per_path()
{
	httpd_requests "${1:-.}" | awk '
		++n[$4] > max { max = n[$4] }
		END { print max + 0 }'
}

httpd_max_window()
{
	httpd_requests "$2" | awk -v window="$1" '
		{
			at[NR] = $1
			while (at[NR] - at[first + 1] >= window * 1e9)
				first++
			if (NR - first > max)
				max = NR - first
		}
		END { print max + 0 }'
}
