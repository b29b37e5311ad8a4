#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman record with Python: statements from all kinds of code, in eight
# threads of five processes, and in processes of multiprocessing, for each
# version that is here. TALLYMAN_PYTHONS names others, and takes the place of
# the usual ones.
home=$HOME # tap.sh has one of its own
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/record.sh"

record_needs
record_take record_workers.py record_python.py || exit
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

# has PYTHON CONDITION
has()
{
	"$1" -c "import sqlite3, sys; sys.exit(not ($2))" 2>/dev/null
}

# What the marks of a file say; since 3.12 a list's loop is no function. What
# has no line in the file is added.
expected()
{
	name='<listcomp>'
	if has "$1" 'sys.version_info >= (3, 12)'; then
		name=loops
	fi
	record_expected 40 "$2" | sed "s/<listcomp>/$name/"
	echo '/srv/für/€.py,3,<module>,cart.select,40'
	echo '<string>,2,ask,shop.select,40'
}

# counts PYTHON FILE [OPTION]...
counts()
{
	counts_python=$1
	counts_file=$2
	shift 2
	rm -f log
	record_run log --root . "$@" -- "$counts_python" "$counts_file" ||
		return
	expected "$counts_python" "$counts_file" | sort >wanted.csv
	record_counts log >got.csv || return
	diff -u wanted.csv got.csv
}

cp record_python.py 'für 名前.py' || exit
for python in ${TALLYMAN_PYTHONS-/usr/bin/python3 python3.9 python3.10 \
    python3.11 python3.12 python3.13 \
    "$home"/.pyenv/versions/3.9*/bin/python3 \
    "$home"/.pyenv/versions/3.1[0-3]*/bin/python3}; do
	if ! has "$python" 'sys.version_info >= (3, 9)'; then
		continue
	fi
	check "all kinds of code, $python" counts "$python" record_python.py
	check 'in a file whose name is not ASCII' \
	    counts "$python" 'für 名前.py'
	check 'flushing all the time' \
	    counts "$python" record_python.py --interval 1ms
done

# What the host closes must not stay open in the thread that flushes, and what
# it has open is the cheaper to use.
cat >descriptors.py <<'END'
import os, sqlite3, time

sqlite3.connect(":memory:").execute("CREATE TABLE t (a)")
flushers = [t for t in os.listdir("/proc/self/task") if int(t) != os.getpid()]
for _ in range(500):
    left = [os.listdir(f"/proc/self/task/{t}/fd") for t in flushers]
    if not any(left):
        break
    time.sleep(0.01)
print(len(left), sum(left, []))
END
python=/usr/bin/python3
if has "$python" 'tuple(map(int, __import__("re").findall(
    "[0-9]+", __import__("os").uname().release)[:2])) >= (5, 9)'; then
	check_output 'the thread that flushes holds no descriptor' '1 []' \
	    tallyman record -o log -- "$python" descriptors.py
else
	skip 'this needs Linux 5.9' \
	    'the thread that flushes holds no descriptor'
fi

done_testing
