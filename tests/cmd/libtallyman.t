#!/bin/sh
# SPDX-License-Identifier: MIT
# libtallyman inside a program that does to it what programs do, and what a
# machine in trouble does: each count is there once, or told as lost, and the
# program never hears of it. Once linked shared, once statically.
# tests/lib/count_host.c says what the words mean.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ -e "$top_builddir/libtallyman.so" ] ||
	skip_all 'libtallyman is not built here'
# Not a compiler's sanitizer: programs that count have none.
cc=${CC:-cc}
command -v "${cc%% *}" >/dev/null || skip_all 'there is no C compiler'
cp "$top_srcdir/tests/lib/count_host.c" . || exit 2
put=$(grep -n 'TALLYMAN_COUNT("Kind.put").* here ' count_host.c | cut -d: -f1)

# counted [LOG]...: operation,count of each.
counted()
{
	tallyman scan -q --by operation "$@" | sed 1d | cut -d, -f1-2
}

# counts N WORD...: the host does that, says nothing, and counted N in ./log.
counts()
{
	wanted=$1
	shift
	rm -f log
	timeout 60 ./host log=log start "$@" >said 2>&1
	status=$?
	cat said
	[ "$status" -eq 0 ] && [ ! -s said ] &&
	    [ "$(counted log)" = "Kind.put,$wanted" ]
}

one_line()
{
	rm -f log
	TALLYMAN_LOG=log ./host count 17 && cat log && grep -qE \
	    "^[-0-9]+T[0-9:]+Z host\[[0-9]+\]: 17: count_host\.c:$put in count -- \
Kind\.put\$" log
}

by_scan()
{
	rm -f log
	./host log=log revision="r 7" start count 3 &&
	    tallyman scan -q --by revision,file,line,function,operation log |
	    sed 1d
}

# --- Sinks.

to_stderr()
{
	./host count 5 2>log && [ "$(counted log)" = Kind.put,5 ]
}

to_syslog()
{
	rm -f socket log
	timeout 20 ./host listen socket log=syslog:socket start count 5 flush \
	    hear 1 log && cat log &&
	    grep -q '^<14>[A-Z][a-z]* [ 0-9]* [0-9:]* host\[[0-9]*\]: 5: ' log &&
	    [ "$(counted log)" = Kind.put,5 ]
}

syslog_comes_late()
{
	rm -f socket log
	timeout 20 ./host log=syslog:socket start count 5 flush \
	    listen socket count 2 flush hear 2 log >said && cat log said &&
	    [ "$(cat said)" = ENOENT ] && [ "$(counted log)" = Kind.put,7 ]
}

to_callback()
{
	rm -f log
	./host callback=log start count 5 flush count 2 &&
	    [ "$(wc -l <log)" -eq 2 ] && [ "$(counted log)" = Kind.put,7 ]
}

# --- When it flushes.

# Flushes of itself while the program does nothing but look on.
by_timer()
{
	rm -f log
	timeout 60 ./host log=log interval=50 start count 1 grown log \
	    threads 2 5 grown log count 2 grown log kill KILL
	[ "$(counted log)" = Kind.put,13 ]
}

by_signal()
{
	rm -f log
	timeout 60 ./host log=log signal=USR1 start kill USR1 count 5 \
	    kill USR1 grown log count 2 kill USR1 grown log kill KILL
	[ $? -eq 137 ] && [ "$(counted log)" = Kind.put,7 ]
}

signal_by_environment()
{
	rm -f log
	TALLYMAN_LOG=log TALLYMAN_SIGNAL=SIGUSR2 timeout 60 ./host count 5 \
	    kill USR2 grown log count 2 _exit 3
	[ $? -eq 3 ] && [ "$(counted log)" = Kind.put,5 ]
}

# ended_by NAME NUMBER WORD...: by the signal, and all is written.
ended_by()
{
	rm -f log
	timeout 60 ./host log=log ending=1 start "$@" &&
	    return 1
	[ "$(counted log)" = Kind.put,5 ]
}

ends_with()
{
	status=$1
	wanted=$2
	shift 2
	rm -f log
	timeout 60 ./host log=log "$@"
	[ $? -eq "$status" ] && [ "$(counted log)" = "$wanted" ]
}

# The thread that gets the signal does not go on.
does_not_come_back()
{
	rm -f late
	for _ in 1 2 3 4 5 6 7 8; do
		rm -f up
		./host log=late ending=1 start count 1 make up pause _exit 0 &
		./host made up
		kill -TERM $!
		wait $!
		[ $? -eq 143 ] || return
	done
	[ "$(counted late)" = Kind.put,8 ]
}

# --- When something fails.

# What has found no room is offered again, and in order.
full_disk()
{
	rm -f log full.log
	ln -s /dev/full full.log
	timeout 60 ./host log=full.log start count 5 flush count 2 flush \
	    unlink full.log count 1 flush exit 3 >said
	[ $? -eq 3 ] && [ "$(tr '\n' ' ' <said)" = 'ENOSPC ENOSPC ' ] &&
	    [ "$(counted full.log)" = Kind.put,8 ] && [ "$(wc -l <full.log)" -eq 3 ]
}

full_to_the_end()
{
	timeout 60 ./host log=/dev/full start count 5 exit 3
}

# A line that is cut by a file's limit is taken back.
file_limit()
{
	rm -f log
	timeout 60 ./host log=log limit fsize 100 start count 1 flush sites 9 \
	    flush make so.far limit fsize -1 flush >said && cat said &&
	    [ "$(cat said)" = EFBIG ] && [ "$(counted log)" = Kind.put,10 ]
}

only_whole_lines()
{
	rm -f log
	timeout 60 ./host log=log limit fsize 180 start sites 9 flush >said
	cat log
	[ "$(wc -l <log)" -eq 2 ] && [ "$(tail -c 1 log)" = '' ]
}

# More than is kept is lost, which is told; the sum is exact.
backlog()
{
	rm -f log full.log
	ln -s /dev/full full.log
	timeout 60 ./host log=full.log start sites 90000 flush unlink full.log \
	    flush >said && counted full.log && counted full.log |
	    awk -F, '{ sum += $2; n[$1] = $2 }
	        END { exit !(sum == 90000 && n["tallyman.lost"] > 0 &&
	            n["Kind.put"] > 40000) }' &&
	    grep -q ': (lost):0 -- tallyman\.lost$' full.log
}

# Neither threads nor tables can be had.
no_memory()
{
	rm -f log
	timeout 60 ./host log=log start count 1 flush limit as 1 sites 100000 \
	    limit as -1 flush >said && counted log &&
	    counted log | awk -F, '{ sum += $2; n[$1] = $2 }
	        END { exit !(sum == 100001 && n["tallyman.lost"] > 0) }'
}

no_memory_at_first()
{
	rm -f log
	timeout 60 ./host log=log start limit as 1 errno count 4 limit as -1 \
	    count 2 && counted log &&
	    counted log | awk -F, '{ sum += $2 } END { exit sum != 7 }'
}

no_memory_at_all()
{
	timeout 60 ./host log=log start limit as 1 sites 500 count 2 exit 3
}

path_goes_and_comes()
{
	rm -rf logs away
	mkdir logs
	timeout 60 ./host log=logs/log start count 5 flush rename logs away \
	    count 2 flush count 1 rename away logs flush >said &&
	    [ "$(cat said)" = ENOENT ] && [ "$(counted logs/log)" = Kind.put,8 ]
}

unwritable()
{
	rm -rf logs
	mkdir logs
	chmod 500 logs
	timeout 60 setpriv --reuid=65534 --clear-groups ./host log=logs/log \
	    start count 5 flush exit 3 >said
	[ $? -eq 3 ] && [ "$(cat said)" = EACCES ]
}

# A path that begins nowhere: said, and no more.
nowhere()
{
	mkdir gone && cd gone && rmdir ../gone &&
	    TALLYMAN_LOG=x timeout 60 ../host count 5 flush exit 3
	[ $? -eq 3 ]
}

no_stderr()
{
	./host count 5 exit 3 2>&-
	[ $? -eq 3 ]
}

# The lines are written by the thread that ends the program.
no_thread()
{
	timeout 60 ./host user 65534 count 5 exit 3 2>log
	[ $? -eq 3 ] && [ "$(counted log)" = Kind.put,5 ]
}

# in_time STATUS SECONDS WORD...
in_time()
{
	status=$1
	seconds=$2
	shift 2
	timeout "$seconds" ./host "$@"
	[ $? -eq "$status" ]
}

# Descriptors that the host closes are the host's: nothing of ours is in them.
daemon_style()
{
	rm -f mine log
	: >mine
	timeout 60 ./host log=log interval=20 start count 5 grown log close 0 1023 \
	    open mine 200 count 2 grown log count 1 2>/dev/null &&
	    [ ! -s mine ] && [ "$(counted log)" = Kind.put,8 ]
}

daemon_style_stderr()
{
	rm -f mine
	: >mine
	timeout 60 ./host count 5 flush close 0 1023 open mine 200 count 2 \
	    2>log && [ ! -s mine ] && [ "$(counted log)" = Kind.put,5 ]
}

bad_bytes()
{
	rm -f log
	tab=$(printf '\t')
	newline='
'
	TALLYMAN_LOG=log ./host text 'A b.put' 'src/a b:7 in c -- D.e' 'f [x] g' \
	    text 'K.v' "t${tab}a${newline}b\"\\" "$(printf 'caf\303\251 \377\001')" \
	    text 'K.v' "$(printf '\342\200\250')" '' text 'K"{}.v' '"{,}' '}' \
	    text 'A.b, C.d' 'x.c' 'y' text 'K.v [revision z]' 'x:3' '(a)' || return
	cat log
	tallyman scan -q --by file,line,function,operation log | sed 1d >got
	{
		printf '%s\n' '"""{,}",7,},"K""{}.v",1,1' \
		    'src/a b:7 in c -- D.e,7,f [x] g,A b.put,1,1'
		printf '"t\ta\nb""\\",7,caf\303\251 \377\001,K.v,1,1\n'
		printf '%s\n' 'x.c,7,y,"A.b, C.d",1,1' \
		    'x:3,7,(a),K.v [revision z],1,1'
		printf '\342\200\250,7,,K.v,1,1\n'
	} >wanted
	diff -u wanted got
}

matrix()
{
	kind=$1
	check "$kind: a line says where the count stands" one_line
	check_output "$kind: scan reads it back, with the revision" \
	    "r 7,count_host.c,$put,count,Kind.put,3,1" by_scan
	check "$kind: to standard error" to_stderr
	check "$kind: to syslog" to_syslog
	check "$kind: syslog may begin later" syslog_comes_late
	check "$kind: to a function" to_callback
	check "$kind: every interval, the program being idle" by_timer
	check "$kind: on a signal, which does no harm before the first count" \
	    by_signal
	check "$kind: on a signal that the environment names" \
	    signal_by_environment
	check "$kind: at exit" counts 5 count 5
	check "$kind: _exit without a flush loses" \
	    ends_with 3 '' start count 5 _exit 3
	check "$kind: and with one does not" \
	    ends_with 3 Kind.put,5 start count 5 flush _exit 3
	for signal in TERM:143 INT:130 HUP:129; do
		check "$kind: SIG${signal%:*} flushes and ends the program" \
		    ends_with "${signal#*:}" Kind.put,5 ending=1 start count 5 \
		    kill "${signal%:*}" sleep
		check "$kind: SIG${signal%:*} as ever where that was not asked for" \
		    ends_with "${signal#*:}" '' start count 5 \
		    kill "${signal%:*}" sleep
	done
	check "$kind: a program's own handler, set before, stays" \
	    ends_with 7 Kind.put,5 own TERM ending=1 start count 5 kill TERM \
	    sleep
	check "$kind: so does one that is set later" \
	    ends_with 7 Kind.put,5 ending=1 start count 5 own TERM kill TERM \
	    sleep
	check "$kind: an ignored signal stays ignored" \
	    ends_with 3 Kind.put,5 ignore HUP ending=1 start count 5 kill HUP \
	    exit 3
	check "$kind: a signal ends it before it has counted" \
	    ends_with 143 '' ending=1 start make log kill TERM sleep
	check "$kind: and a child that has not" \
	    ends_with 0 Kind.put,5 ending=1 start count 5 leave kill TERM end \
	    exit 0
	check "$kind: what was interrupted does not go on" does_not_come_back
	check "$kind: kill -9 loses what came after the last flush, no more" \
	    ends_with 137 Kind.put,5 start count 5 flush count 3 kill KILL
	check "$kind: eight threads" counts 80000 threads 8 10000
	check "$kind: a fork while eight threads count" counts 243000 \
	    begin 8 10000 fork threads 8 10000 fork threads 8 10000 end end \
	    fork count 1000 end join count 2000
	check "$kind: a child that counts nothing says nothing" \
	    counts 12 count 5 fork end count 7
	check "$kind: a child that calls _exit loses its own alone" \
	    counts 12 count 5 fork count 3 _exit 0 end count 7
	check "$kind: many short threads" counts 300 short 300
	check "$kind: a hundred forks without exec" counts 7 count 5 forks 100 \
	    count 2
	check "$kind: processes that other ways start" counts 8 count 5 \
	    vfork 'exit 0' spawn 'exit 0' shell 'exit 0' count 3
	check "$kind: numbers beyond 64 bits are told as lost" \
	    ends_with 0 'Kind.put,18446744073709551615
tallyman.lost,2' start add 0xffffffffffffffff add 2
	check "$kind: no operation, no file: lost" \
	    ends_with 0 'tallyman.lost,2' start text put a.c f text K.v '' f
	check "$kind: errno stays" counts 2 errno errno
	check "$kind: a full disk, and then one with room" full_disk
	check_status 3 "$kind: a disk that stays full" full_to_the_end
	check "$kind: a file that may not grow, and then may" file_limit
	check "$kind: holds whole lines" only_whole_lines
	check "$kind: more than is kept is told as lost" backlog
	check "$kind: no memory: the rest is told as lost" no_memory
	check "$kind: no memory at the first count" no_memory_at_first
	check_status 3 "$kind: no memory to the end" no_memory_at_all
	check "$kind: a folder that is away for a time" path_goes_and_comes
	if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
		chmod 755 "$tap_dir" "$work" .
		check "$kind: a folder that may not be written to" unwritable
	fi
	check_output "$kind: a working directory that is gone" EAGAIN nowhere
	check "$kind: a closed standard error" no_stderr
	check "$kind: a pipe that nobody empties" in_time 3 10 clog count 5 exit 3
	check "$kind: a pipe that nobody reads" in_time 3 10 broken count 5 exit 3
	check "$kind: no thread can be had" no_thread
	check "$kind: nor is there who reads" in_time 3 10 broken user 65534 \
	    count 5 exit 3
	check "$kind: a FIFO without a reader" sh -c 'rm -f fifo; mkfifo fifo
	    timeout 10 ./host log=fifo start count 5 flush exit 3
	    test $? -eq 3'
	check "$kind: descriptors that are closed and used again" daemon_style
	check "$kind: also with standard error" daemon_style_stderr
	check "$kind: all signals blocked" counts 5 block count 5
	check "$kind: SIGPIPE ignored" in_time 3 10 ignore PIPE broken count 5 \
	    exit 3
	check "$kind: few descriptors" counts 5 limit nofile 8 count 5
	check "$kind: odd bytes" bad_bytes
}

compile_shared()
{
	$cc -std=gnu11 -g -I"$top_srcdir/src/record" -o host count_host.c \
	    -L"$top_builddir" -ltallyman -Wl,-rpath,"$top_builddir" -pthread
}
compile_static()
{
	$cc -std=gnu11 -g -I"$top_srcdir/src/record" -o host count_host.c \
	    "$top_builddir/libtallyman.a" -pthread
}

check 'a program is linked shared' compile_shared
matrix shared
check 'loaded and unloaded by a program that has its own' \
    ends_with 0 'Kind.put,10' start plugin "$top_builddir/libtallyman.so" \
    plugin "$top_builddir/libtallyman.so"
check 'a program is linked statically' compile_static
matrix static

cat >plain.cc <<'E'
#include <tallyman.h>

int
main()
{
	tallyman_options options = {};

	options.size = sizeof(options);
	options.log = "log";
	if (tallyman_start(&options) != 0)
		return 1;
	TALLYMAN_COUNT("Kind.put");
	return tallyman_flush();
}
E
in_cxx()
{
	rm -f log
	c++ -Wall -Wextra -Werror -pedantic -I"$top_srcdir/src/record" -o plain \
	    plain.cc "$top_builddir/libtallyman.a" -pthread && ./plain &&
	    [ "$(counted log)" = Kind.put,1 ]
}
if command -v c++ >/dev/null; then
	check 'the header is C++ too' in_cxx
else
	skip 'there is no C++ compiler' 'the header is C++ too'
fi

done_testing
