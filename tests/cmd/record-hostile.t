#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman record and a program that does to the preload what programs do, in
# a machine that is in trouble: the program behaves as it would without, and
# what is lost is what tallyman-record(1) says.
# tests/lib/count_host.c says what the words mean.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/record.sh"

record_needs
record_take count_host.c || exit
record_compile count_host sqlite3 -O0 -DSQLITE ||
	skip_all 'there is no compiler, or no SQLite to compile with'
mv count_host host
here=$(sed -n '/sqlite3_exec(.*here/=' count_host.c)

# counted [LOG]...: operation,count of each.
counted()
{
	tallyman scan -q --by operation "$@" | sed 1d | cut -d, -f1-2
}

# places [LOG]...: file,line,function of each.
places()
{
	tallyman scan -q --by file,line,function "$@" | sed 1d | cut -d, -f1-3
}

wanted=sqlite_master.select

# ends STATUS N [OPTION]... -- WORD...: the host, recorded into ./log, ends with
# STATUS and says nothing; N were counted.
ends()
{
	status=$1
	number=$2
	shift 2
	rm -f log
	# the shell's word on how it ended is the shell's
	(exec timeout 60 tallyman record -o log "$@" >said 2>&1)
	got=$?
	cat said log
	[ "$got" -eq "$status" ] && [ ! -s said ] &&
	    [ "$(counted log)" = "${number:+$wanted,$number}" ]
}

# --- Endings.

check 'exit' ends 3 5 -- ./host count 5 exit 3
check '_exit' ends 3 5 -- ./host count 5 _exit 3
check 'SIGTERM flushes, and ends it' \
    ends 143 5 -- ./host count 5 kill TERM sleep
check 'so does SIGINT' ends 130 5 -- ./host count 5 kill INT sleep
check 'and SIGHUP' ends 129 5 -- ./host count 5 kill HUP sleep
check 'it does not go on behind a signal that ends it' \
    ends 143 5 -- ./host count 5 kill TERM exit 0
check 'a signal before the first count' ends 143 '' -- ./host kill TERM sleep
check 'a handler of its own works' \
    ends 7 5 -- ./host own TERM count 5 kill TERM sleep
check 'also one that comes later' \
    ends 7 5 -- ./host count 5 own TERM kill TERM sleep
check 'an ignored signal stays ignored' \
    ends 3 5 -- ./host ignore HUP count 5 kill HUP exit 3
check 'all signals may be blocked' \
    ends 3 5 -- ./host block count 5 kill TERM exit 3
check 'kill -9 loses all since the last flush' \
    ends 137 '' -- ./host count 5 kill KILL
check 'and no more' ends 137 5 --interval 20ms -- \
    ./host count 5 grown log kill KILL
check 'a crash loses it too, and is one' ends 139 '' -- ./host count 5 crash
check 'and abort' ends 134 '' -- ./host count 5 abort
check 'and quick_exit' ends 3 '' -- ./host count 5 quick_exit 3
check 'and exec, which then counts anew' \
    ends 3 2 -- ./host count 5 exec ./host count 2 exit 3
check 'a signal flushes' ends 137 5 --signal USR2 -- \
    ./host count 5 kill USR2 grown log kill KILL
check 'and harms nobody who has not counted' \
    ends 3 '' --signal USR2 -- ./host kill USR2 exit 3

# Python handles SIGINT where nobody else does.
cat >interrupted.py <<'E'
import os, signal, sqlite3, time
db = sqlite3.connect(":memory:")
db.execute("SELECT * FROM sqlite_master")
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(10)
except KeyboardInterrupt:
    db.execute("SELECT * FROM sqlite_master")
    raise SystemExit(3)
E
if python3 -c 'import sqlite3' 2>/dev/null; then
	check 'nor is it in the way of those of Python' \
	    ends 3 2 --signal USR2 -- python3 interrupted.py
fi
check 'a program may take that signal for itself' \
    ends 7 5 --signal USR2 -- ./host own USR2 count 5 kill USR2 sleep

# --- Processes.

check 'forks' ends 0 70 -- ./host count 5 fork count 20 _exit 0 end \
    fork count 30 fork count 5 end end count 10
# Children do not ask: SQLite itself would wait for the parent's threads.
check 'forks while threads count, and flushes' \
    ends 0 16000 --interval 1ms -- ./host begin 8 2000 forks 100 join
check 'children that start threads' ends 0 3200 -- ./host threads 8 200 \
    fork threads 8 100 end fork threads 8 100 end
check 'a hundred forks' ends 0 7 -- ./host count 5 forks 100 count 2
check 'short threads' ends 0 100 -- ./host short 100
check 'vfork' ends 0 9 -- ./host count 5 vfork './host count 3' count 1
check 'posix_spawn' ends 0 9 -- ./host count 5 spawn './host count 3' count 1
check 'a shell between' ends 0 9 -- ./host count 5 \
    shell './host count 2; ./host count 1' count 1
check 'a child that its parent does not wait for' \
    ends 0 9 -- ./host count 5 leave count 4 make left end made left grown log

daemonised()
{
	rm -f log over
	timeout 60 tallyman record -o log --interval 50ms -- ./host count 5 \
	    daemon count 4 make over
	timeout 20 ./host made over
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(counted log)" = "$wanted,4" ] && return
		sleep 0.1
	done
	cat log
	return 1
}
check 'daemon(3) loses what its parent had, no more' daemonised

# --- Where lines go.

full_disk()
{
	rm -f full.log
	ln -s /dev/full full.log
	timeout 60 tallyman record -o full.log --signal USR1 -- ./host count 5 \
	    kill USR1 count 2 unlink full.log exit 3
	[ $? -eq 3 ] && [ "$(counted full.log)" = "$wanted,7" ]
}
check 'a full disk, and then one with room' full_disk
check_status 3 'a disk that stays full' \
    timeout 20 tallyman record -o /dev/full -- ./host count 5 exit 3
check_output 'of which the program hears nothing' '' sh -c \
    'timeout 20 tallyman record -o /dev/full -- ./host count 5 exit 3 2>&1'
check_status 3 'a closed standard error' \
    sh -c 'timeout 20 tallyman record -- ./host count 5 exit 3 2>&-'
check_status 3 'a pipe that nobody reads' \
    timeout 20 ./host broken exec tallyman record -- ./host count 5 exit 3
check_status 3 'a pipe that nobody empties' \
    timeout 20 ./host clog exec tallyman record -- ./host count 5 exit 3
check_status 143 'nor behind SIGTERM' timeout 20 \
    ./host clog exec tallyman record -- ./host count 5 kill TERM sleep

no_folder()
{
	rm -rf logs away
	mkdir logs
	timeout 60 tallyman record -o logs/log -- ./host count 5 \
	    rename logs away exit 3
	[ $? -eq 3 ] && [ ! -s away/log ]
}
check 'a folder that goes away' no_folder

reused()
{
	rm -f mine
	: >mine
	ends 0 8 --interval 20ms -- ./host count 5 grown log close 0 1023 \
	    open mine 100 count 3 && [ ! -s mine ]
}
check 'descriptors that are closed and used again' reused
reused_stderr()
{
	rm -f mine
	: >mine
	timeout 60 tallyman record -- ./host count 5 close 0 1023 \
	    open mine 100 count 3 2>log && [ ! -s mine ]
}
check 'also that of standard error' reused_stderr

as_nobody()
{
	rm -rf logs
	mkdir logs
	: >logs/log
	chmod 700 logs
	timeout 60 tallyman record -o logs/log -- ./host user 65534 count 5 \
	    exit 3
	[ $? -eq 3 ] && [ ! -s logs/log ]
}

# No thread can be had: the lines are written at the end all the same.
no_thread()
{
	rm -rf open
	mkdir -m 777 open
	: >open/log
	chmod 666 open/log
	timeout 60 tallyman record -o open/log -- ./host user 65534 count 5 \
	    exit 3
	got=$?
	cat open/log
	[ "$got" -eq 3 ] && [ "$(counted open/log)" = "$wanted,5" ]
}
rooted()
{
	rm -rf root
	mkdir root
	timeout 60 tallyman record -o "$work/log" -- ./host count 5 chroot root \
	    count 2 exit 3
	[ $? -eq 3 ]
}
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$tap_dir" "$work"
	check 'a folder that it may not look into' as_nobody
	check 'no thread can be had' no_thread
	check 'a program that changes its root' rooted
else
	check 'no thread can be had' no_thread
fi
few_files()
{
	rm -f log
	sh -c 'ulimit -n 16; exec timeout 60 tallyman record -o log -- \
	    ./host threads 2 5' && [ "$(counted log)" = "$wanted,10" ]
}
check 'few descriptors' few_files
little_memory()
{
	rm -f log
	timeout 60 tallyman record -o log -- \
	    sh -c 'ulimit -v 40000; exec ./host count 10 exit 3'
	[ $? -eq 3 ] && cat log &&
	    counted log | awk -F, '{ sum += $2 } END { exit sum != 10 }'
}
check 'little memory' little_memory
no_memory()
{
	rm -f log
	timeout 60 tallyman record -o log -- ./host count 1 limit as 1 count 9 \
	    limit as -1 exit 3
	[ $? -eq 3 ] && cat log &&
	    counted log | awk -F, '{ sum += $2 } END { exit sum != 10 }'
}
check 'no memory, for a time' no_memory
small_stack()
{
	rm -f log
	sh -c 'ulimit -s 100; exec timeout 60 tallyman record -o log -- \
	    ./host count 10 exit 3'
	[ $? -eq 3 ] && [ "$(counted log)" = "$wanted,10" ] &&
	    [ "$(places log)" = "count_host.c,$here,count" ]
}
check 'little room on the stack' small_stack

# --- Debug information.

cp host bare
strip bare
cp host symbols
strip --strip-debug symbols
bare()
{
	ends 0 5 -- ./bare count 5 &&
	    places log | grep -qx '(bare+0x[0-9a-f]*),0,'
}
symbols()
{
	ends 0 5 -- ./symbols count 5 &&
	    places log | grep -qx '(symbols+0x[0-9a-f]*),0,count'
}
check 'a program without symbols' bare
check 'one with symbols alone' symbols

# What stands at the program's path is nothing, or another.
gone()
{
	cp host runs
	ends 0 5 -- ./runs count 4 unlink runs count 1 &&
	    [ "$(places log)" = "count_host.c,$here,count" ]
}
replaced()
{
	cp host runs
	sed 's/^count(long n)/long_ago(void)\n{\n}\n\n&/' count_host.c >other.c
	${CC:-cc} -std=gnu11 -g -w -DSQLITE -o other other.c -lsqlite3 -pthread
	ends 0 5 -- ./runs count 4 rename other runs count 1 &&
	    [ "$(places log)" = "count_host.c,$here,count" ]
}
# Of a library that was replaced nothing is known, and nothing is made up.
cat >plugin.c <<'E'
#include <sqlite3.h>
#include <unistd.h>

int
main(void)
{
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		return 1;
	sqlite3_exec(db, "SELECT * FROM sqlite_master", 0, 0, 0);
	return sqlite3_close(db) || rename("other.so", "plugin.so");
}
E
cat >loader.c <<'E'
#include <dlfcn.h>

int
main(void)
{
	void *plugin = dlopen("./plugin.so", RTLD_NOW);

	return plugin == 0 || ((int (*)(void))dlsym(plugin, "main"))();
}
E
library_replaced()
{
	${CC:-cc} -g -shared -fPIC -o plugin.so plugin.c -lsqlite3 &&
	    sed 's/int$/\n\n\n&/' plugin.c >other.c &&
	    ${CC:-cc} -g -shared -fPIC -o other.so other.c -lsqlite3 &&
	    ${CC:-cc} -o loader loader.c && ends 0 1 -- ./loader &&
	    places log | grep -qx '(plugin.so+0x[0-9a-f]*),0,'
}
check 'a program that is deleted while it runs' gone
check 'one that is replaced while it runs' replaced
check 'a library that is replaced' library_replaced

for flags in '-O2 -fomit-frame-pointer' '-O2 -flto' '-O2 -g1' '-O1 -gz' \
    '-g -gsplit-dwarf' '-static-pie' '-O2 -g -gdwarf-4' '-no-pie'; do
	# shellcheck disable=SC2086 # several flags
	if ${CC:-cc} -std=gnu11 -g -DSQLITE $flags -o flagged count_host.c \
	    -lsqlite3 -pthread -lm -ldl -lz 2>/dev/null; then
		flags_hold()
		{
			case $flags in
			-static*) timeout 60 tallyman record -q -o none -- \
			    ./flagged count 5 && return ;;
			esac
			ends 0 5 -- ./flagged count 5 &&
			    [ "$(places log | cut -d, -f1-2)" = "count_host.c,$here" ]
		}
		check "compiled with $flags" flags_hold
	else
		skip 'it cannot be linked' "compiled with $flags"
	fi
done

# --- Beside others.

echo 'int other_preload;' >other.c
other_preload()
{
	${CC:-cc} -shared -fPIC -o other.so other.c &&
	    LD_PRELOAD=$work/other.so ends 0 5 -- ./host count 5
}
check 'another preload beside' other_preload

# AddressSanitizer insists on being the first.
sanitizer=$(${CC:-cc} -print-file-name=libasan.so)
sanitized()
{
	LD_PRELOAD=$sanitizer ASAN_OPTIONS=detect_leaks=0 \
	    ends 0 5 -- ./count_host-asan count 5
}
if [ -f "$sanitizer" ] && record_compile count_host-asan sqlite3 -DSQLITE \
    -fsanitize=address 2>/dev/null &&
    LD_PRELOAD=$sanitizer ASAN_OPTIONS=detect_leaks=0 \
	./count_host-asan exit 0 2>/dev/null &&
    LD_PRELOAD=$sanitizer tallyman record -h >/dev/null 2>&1; then
	check "another that has to be the first" sanitized
else
	skip 'none can be made' 'another that has to be the first'
fi

# Calls through dlsym() are not seen, and harmless.
cat >pointers.c <<'E'
#include <dlfcn.h>

typedef int opener(const char *, void **);
typedef int executor(void *, const char *, void *, void *, void *);

int
main(void)
{
	void *sqlite = dlopen("libsqlite3.so.0", RTLD_NOW);
	opener *open = (opener *)dlsym(sqlite, "sqlite3_open");
	executor *exec = (executor *)dlsym(sqlite, "sqlite3_exec");
	void *db;

	return open(":memory:", &db) != 0 ||
	    exec(db, "SELECT * FROM sqlite_master", 0, 0, 0) != 0;
}
E
pointers()
{
	${CC:-cc} -o pointers pointers.c && ends 0 '' -- ./pointers
}
check 'a client library that is called through pointers' pointers

# PostgreSQL's server writes what it does over its name, and others do so too.
cat >renames.c <<'E'
#include <string.h>

#include <sqlite3.h>

int
main(int argc, char **argv)
{
	sqlite3 *db;

	memset(argv[argc - 1], 'x', strlen(argv[argc - 1]));
	return sqlite3_open(":memory:", &db) +
	    sqlite3_exec(db, "SELECT * FROM sqlite_master", NULL, NULL, NULL);
}
E
renamed()
{
	record_compile renames sqlite3 && ends 0 1 -- ./renames &&
	    grep -q ' renames\[' log
}
check 'a program that overwrites its name' renamed

# No connection, whatever is set.
no_connection()
{
	rm -f log
	DEBUGINFOD_URLS=http://127.0.0.1:9/ timeout 60 strace -f -qq -o trace \
	    -e trace=connect,socket tallyman record -o log -- ./bare count 5 &&
	    cat trace && [ ! -s trace ] && [ "$(counted log)" = "$wanted,5" ]
}
if strace -f -qq -o trace -e trace=connect true 2>/dev/null; then
	check 'no socket is opened, whatever DEBUGINFOD_URLS says' no_connection
else
	skip 'strace does not run here' 'no socket is opened'
fi
check 'DEBUGINFOD_URLS costs no time' \
    env DEBUGINFOD_URLS=http://127.0.0.1:9/ timeout 20 \
    tallyman record -o log -- ./bare count 5

if [ "$(id -u)" -eq 0 ]; then
	cp host changes
	chmod 4755 changes
	chmod 755 "$tap_dir" "$work"
	told()
	{
		timeout 60 setpriv --reuid=65534 --clear-groups \
		    "$(command -v tallyman)" record -- ./changes count 5
	}
	if setpriv --reuid=65534 --clear-groups test -x "$top_builddir/tallyman" \
	    2>/dev/null; then
		check_message 'a program that changes its user is told' \
		    'changes changes its user or group: its operations' told
	fi
fi

done_testing
