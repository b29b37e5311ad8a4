#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman record, as a command: it becomes the program, and tells the preload
# what it was told.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cd "$work" || exit 2
cc=${CC:-cc}

check_message 'a program must be given' 'give a program to run' tallyman record
check_status 2 'and that is trouble' tallyman record
check_message 'an unknown option is told' \
    "unknown option --skipp; did you mean --skip" tallyman record --skipp x true
check_message 'a signal that is none is told' "'USR9' is no signal to be handled" \
    tallyman record --signal USR9 true
check_message 'a signal that nobody can handle too' \
    "'KILL' is no signal to be handled" tallyman record --signal KILL true
check_message 'a duration that is none is told' 'interval' \
    tallyman record --interval soon true
check_message 'a pattern with a colon is told' 'holds a colon' \
    tallyman record --skip a:b true
check_message 'a log that cannot be written is told before all else' \
    '^tallyman record: nowhere/x.log: No such file' \
    tallyman record -o nowhere/x.log touch ran
check_status 2 'and that is trouble' tallyman record -o nowhere/x.log touch ran
check 'and the program was not run' test ! -e ran
check_message 'two places for the log are one too many' 'not both' \
    tallyman record -o x.log --syslog true

check_status 7 'its exit status is the program'"'"'s' \
    tallyman record -- sh -c 'exit 7'
check_status 127 'a program that is not there is 127' \
    tallyman record -- ./nothing
check_message 'and is named' '^tallyman record: ./nothing: No such file' \
    tallyman record -- ./nothing
: >plain
check_status 126 'one that cannot be run is 126' tallyman record -- ./plain
check_output 'what stands behind the program is its own' '-o x --skip' \
    tallyman record echo -o x --skip
check_output 'two dashes end the options' '-n' \
    tallyman record -- printf '%s\n' -n

environment()
{
	tallyman record "$@" -- env |
	    sed -n "s,$work/,WORK/,g; s,^LD_PRELOAD=.*/,LD_PRELOAD=,; \
	        /^LD_PRELOAD/p; /^TALLYMAN_/p" | sort
}
check_output 'the options reach the program through its environment' \
    'LD_PRELOAD=record.so
TALLYMAN_INTERVAL=90s
TALLYMAN_LOG=WORK/a.log
TALLYMAN_OWN=liborm.so
TALLYMAN_REVISION=3f2c
TALLYMAN_SIGNAL=USR1
TALLYMAN_SKIP=db.c:*/lib/*' environment -o a.log --interval 90s \
    --revision 3f2c --signal USR1 --skip db.c --skip '*/lib/*' --own liborm.so
check_output 'a root is told by its real path' \
    'LD_PRELOAD=record.so
TALLYMAN_ROOT=/' environment --root /usr/..
check_output 'what is not given stays as the environment has it' \
    'LD_PRELOAD=record.so
TALLYMAN_INTERVAL=7s' env TALLYMAN_INTERVAL=7s sh -c '
	tallyman record -- env |
	    sed -n "s,^LD_PRELOAD=.*/,LD_PRELOAD=,; \
	        /^LD_PRELOAD/p; /^TALLYMAN_/p" | sort'

preloaded_before()
{
	LD_PRELOAD=libm.so.6 tallyman record -- env |
	    grep -qE '^LD_PRELOAD=libm\.so\.6:/.*/record\.so$'
}
check 'what was preloaded before stays' preloaded_before
check 'the log is made, empty, though nothing was counted' \
    sh -c 'tallyman record -o made.log true && [ -f made.log ] &&
	[ ! -s made.log ]'
check_output 'nothing is said of a program that does nothing' '' \
    sh -c 'tallyman record -- true 2>&1'

# What a program inherits is what record itself was given.
inherits()
{
	sh -c 'trap "" PIPE CHLD; tallyman record -- cat /proc/self/status' |
	    awk '/^SigIgn/ { print substr($2, 9) }' >ignored
	sh -c 'trap "" PIPE CHLD; cat /proc/self/status' |
	    awk '/^SigIgn/ { print substr($2, 9) }' >plainly
	cmp ignored plainly
}
check 'signals are inherited as they are' inherits
check 'so are closed descriptors' \
    sh -c 'tallyman record -- sh -c "! test -e /proc/self/fd/2" 2>&-'
one_process()
{
	# shellcheck disable=SC2016 # the inner shell's variables
	sh -c 'echo $$; exec tallyman record -- sh -c "echo \$\$"' | uniq | wc -l |
	    grep -qx ' *1'
}
check 'it becomes the program: one process' one_process

echo 'int main(void) { return 3; }' >plain.c
if $cc -static -o static plain.c 2>/dev/null; then
	check_message 'a static program is told' \
	    '^tallyman record: ./static is linked statically' \
	    tallyman record -- ./static
	check_status 3 'and runs' tallyman record -- ./static
	check_output 'quietly with -q' '' sh -c 'tallyman record -q ./static 2>&1'
else
	skip 'nothing can be linked statically' 'a static program is told'
fi

done_testing
