# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # tests use the variables set here
#
# Tests in POSIX sh that speak TAP. A test begins with
#
#	#!/bin/sh
#	. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
#
# goes on with checks, and ends with done_testing. It runs alike under make
# check, under prove, and by itself: what is not set is found from $0.
#
#	check 'sentence' COMMAND...            exits 0
#	check_not 'sentence' COMMAND...        exits with anything else
#	check_status N 'sentence' COMMAND...   exits with N
#	check_output 'sentence' EXPECTED COMMAND...
#	                                       prints just these lines
#	check_message 'sentence' PATTERN COMMAND...
#	                                       says a line on standard error that
#	                                       matches (grep -E)
#	skip 'why' 'sentence'                  counts as passed, says why
#	skip_all 'why'                         skips the whole file; before any
#	                                       check
#
# COMMAND may be a function of the test; it runs in a subshell, standard
# input is empty unless redirected, and after each check the files $out and
# $err hold what it printed. The exit status is looked at by check,
# check_not and check_status alone.
#
#	$work          an empty folder of the test's own, current at the start,
#	               removed at the end, and HOME meanwhile
#	$top_srcdir    the sources
#	$top_builddir  the build: first on PATH, so `tallyman` is the one tested
#	$data          real logs, which may be missing: skip then

set -u

test_dir=$(cd "$(dirname "$0")" && pwd)
test_name=$(basename "$0")
top_srcdir=$(cd "${top_srcdir:-$test_dir/../..}" && pwd)
if [ -z "${top_builddir-}" ]; then
	top_builddir=${TALLYMAN_BUILD:-$top_srcdir/build}
	if [ ! -x "$top_builddir/tallyman" ] && [ -x "$top_srcdir/tallyman" ]
	then
		top_builddir=$top_srcdir
	fi
fi
if [ -d "$top_builddir" ]; then
	top_builddir=$(cd "$top_builddir" && pwd)
fi
data=${TALLYMAN_DATA:-$top_srcdir/../shared/data}

PATH=$top_builddir:$PATH
LC_ALL=C
TZ=UTC
# A sanitizer's complaint must not pass for one of our exit statuses.
ASAN_OPTIONS=exitcode=99${ASAN_OPTIONS:+:$ASAN_OPTIONS}
LSAN_OPTIONS=exitcode=99${LSAN_OPTIONS:+:$LSAN_OPTIONS}
TSAN_OPTIONS=exitcode=99:halt_on_error=1${TSAN_OPTIONS:+:$TSAN_OPTIONS}
UBSAN_OPTIONS=exitcode=99:print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}
export top_srcdir top_builddir data PATH LC_ALL TZ
export ASAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS
unset TALLYMAN_EXEC_PATH TALLYMAN_DB STATE_DIRECTORY NO_COLOR
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
unset TALLYMAN_LOG TALLYMAN_INTERVAL TALLYMAN_REVISION TALLYMAN_SIGNAL
unset TALLYMAN_SKIP TALLYMAN_OWN TALLYMAN_ROOT

tap_dir=$(mktemp -d "${TMPDIR:-/tmp}/tallyman-test.XXXXXX") || exit 2
trap 'chmod -R u+rwx "$tap_dir"; cd / && rm -rf "$tap_dir"' EXIT
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
out=$tap_dir/out
err=$tap_dir/err
work=$tap_dir/work
HOME=$work
export work HOME
mkdir "$work"
cd "$work" || exit 2
exec </dev/null

tap_count=0
tap_failed=0

# tap_run COMMAND...: sets tap_status, fills $out and $err.
tap_run()
{
	tap_status=0
	("$@") >"$out" 2>"$err" || tap_status=$?
}

# tap_ok STATUS SENTENCE: one line of TAP; returns STATUS.
tap_ok()
{
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
		tap_failed=$((tap_failed + 1))
	fi
	return "$1"
}

# tap_show LABEL FILE: its first lines as TAP comments.
tap_show()
{
	if [ -s "$2" ]; then
		echo "# $1:"
		head -n 40 "$2" | sed 's/^/#   /'
	fi
}

# tap_explain COMMAND...: what was run and what came of it.
tap_explain()
{
	echo "# command: $*" | sed '2,$s/^/#   /'
	echo "# exit status: $tap_status"
	tap_show 'standard output' "$out"
	tap_show 'standard error' "$err"
}

check()
{
	tap_sentence=$1
	shift
	tap_run "$@"
	tap_ok "$tap_status" "$tap_sentence" || tap_explain "$@"
}

check_not()
{
	tap_sentence=$1
	shift
	tap_run "$@"
	tap_ok "$((tap_status == 0))" "$tap_sentence" || tap_explain "$@"
}

check_status()
{
	tap_wanted=$1
	tap_sentence=$2
	shift 2
	tap_run "$@"
	if ! tap_ok "$((tap_status != tap_wanted))" "$tap_sentence"; then
		echo "# wanted exit status: $tap_wanted"
		tap_explain "$@"
	fi
}

check_output()
{
	tap_sentence=$1
	if [ -n "$2" ]; then
		printf '%s\n' "$2"
	fi >"$tap_dir/wanted"
	shift 2
	tap_run "$@"
	if cmp -s "$tap_dir/wanted" "$out"; then
		tap_ok 0 "$tap_sentence"
	else
		tap_ok 1 "$tap_sentence" || tap_explain "$@"
		diff -u "$tap_dir/wanted" "$out" | sed 1,2d >"$tap_dir/diff"
		tap_show 'wanted (-) and got (+)' "$tap_dir/diff"
	fi
}

check_message()
{
	tap_sentence=$1
	tap_wanted=$2
	shift 2
	tap_run "$@"
	if grep -qE -e "$tap_wanted" "$err"; then
		tap_ok 0 "$tap_sentence"
	else
		tap_ok 1 "$tap_sentence" || tap_explain "$@"
		echo "# wanted on standard error: $tap_wanted"
	fi
}

skip()
{
	tap_ok 0 "$2 # SKIP $1"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

done_testing()
{
	echo "1..$tap_count"
	if [ "$tap_failed" -gt 0 ]; then
		exit 1
	fi
	exit 0
}
