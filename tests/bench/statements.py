# SPDX-License-Identifier: MIT
"""statements.py WAY COUNT [deep] [busy]: issues a block of so many statements
by sqlite3 or psycopg2 for each line that it reads, and prints what one takes,
in nanoseconds of this process's CPU time. See statements.c.

deep: 30 frames of a library lie between the statement and this program. The
library is this very file under the name of bench_library.
busy: beside a thread that only computes, meanwhile. Then it prints the time on
the clock, since waiting for the interpreter lock is what could cost there.
"""

import sys
import threading
import time

FRAMES = 30


def open_sqlite3():
    import sqlite3

    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE TABLE sale (id int, name text)")
    return db, "INSERT INTO sale VALUES (?, 'pen')"


def open_psycopg2():
    import psycopg2

    db = psycopg2.connect(dbname="postgres")
    db.autocommit = True
    cursor = db.cursor()
    cursor.execute("CREATE TEMP TABLE item (id int, name text)")
    return cursor, "SELECT name FROM item WHERE id = %s"


def issue(frames, cursor, text, count):
    if frames > 1:
        issue(frames - 1, cursor, text, count)
        return
    for n in range(count):
        cursor.execute(text, (n,))


def compute(wanted):
    while wanted.wait():
        while wanted.is_set():
            pass


def main():
    way, count, *how = sys.argv[1:]
    count = int(count)
    cursor, text = open_sqlite3() if way == "sqlite3" else open_psycopg2()
    clock = time.process_time_ns
    run, frames = issue, 1
    wanted = threading.Event()
    if "deep" in how:
        import bench_library

        run, frames = bench_library.issue, FRAMES
    run(frames, cursor, text, 1)  # the first one costs more
    if "busy" in how:
        threading.Thread(target=compute, args=(wanted,), daemon=True).start()
        clock = time.perf_counter_ns
    while sys.stdin.readline():
        wanted.set()
        began = clock()
        run(frames, cursor, text, count)
        print((clock() - began) / count, flush=True)
        wanted.clear()


if __name__ == "__main__":
    main()
