#!/bin/sh
# SPDX-License-Identifier: MIT
# libtallyman in programs that are killed at any time, and in one that counts
# for long: no count twice, none lost but those of the last interval, no line
# torn.
: "${KILLS:=100}" "${SECONDS_OF_SOAK:=60}"
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ -f "$top_builddir/libtallyman.a" ] || skip_all 'libtallyman is not built'
${CC:-cc} -O2 -o "$work/counting" -I"$top_srcdir/src/record" \
    "$top_srcdir/tests/lib/record_killed.c" "$top_builddir/libtallyman.a" \
    -pthread || exit 2
cd "$work" || exit 2
TALLYMAN_LOG=$work/log
TALLYMAN_INTERVAL=20ms
export TALLYMAN_LOG TALLYMAN_INTERVAL

# The sum of a log, each line of which must be whole.
logged()
{
	awk '
		BEGIN {
			whole = "^20[^ ]*Z counting[[][0-9]+[]]: [0-9]+: " \
			    "[^ ]+:[0-9]+ in count_some -- [A-Za-z]+[.][a-z]+$"
		}
		$0 !~ whole {
			print "torn: " $0 >"torn"
		}
		{ sum += $3 * 1 }
		END { printf "%d\n", sum }' log
}

# killed_once PROCESSES: in the middle of it; the log has all that was counted
# half a second before, and not more than was counted.
killed_once()
{
	rm -f log shared torn
	: >log
	setsid ./counting shared 0 "$1" &
	killed=$!
	while [ "$(wc -l <log)" -lt 10 ]; do
		kill -0 "$killed" || return 1
	done
	perl -e 'select(undef, undef, undef, rand(1.5))'
	kill -9 "-$killed"
	wait "$killed" 2>wait.err
	# shellcheck disable=SC2046 # two words
	set -- $(./counting shared) "$(logged)"
	echo "counted $1, half a second before $2, logged $3"
	[ ! -e torn ] && [ "$3" -le "$(($1 + 200 * 4 * 3))" ] &&
	    [ "$3" -ge "$2" ]
}

i=0
while [ $i -lt "$KILLS" ]; do
	i=$((i + 1))
	check "kill $i" killed_once $((i % 3 + 1))
done

# The whole truth, when it ends by itself.
soak()
{
	rm -f log shared torn
	TALLYMAN_INTERVAL=1ms ./counting shared "$SECONDS_OF_SOAK" 3 || return 1
	# shellcheck disable=SC2046 # two words
	set -- $(./counting shared) "$(logged)"
	echo "counted $1, logged $3"
	[ ! -e torn ] && [ "$1" -eq "$3" ]
}
check "$SECONDS_OF_SOAK seconds, flushed each millisecond, are exact" soak

done_testing
