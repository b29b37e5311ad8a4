# SPDX-License-Identifier: MIT
"""The threads and processes of the Python programs that tests run under
`tallyman record`: work() runs in eight threads of each of five processes, so
forty times in all. As tests/lib/record_workers.h has it:

    the parent      forks while its threads, which have counted, stand still
    child 0         calls sys.exit() while its threads stand still
    child 1         calls os._exit() when its threads have ended
    child 2         forks the grandchild before it has counted anything
    the grandchild  calls os._exit() from one of its threads
"""

import os
import sys
import threading
import traceback

THREADS = 8


class Workers:
    """The threads of a process, which have worked when it is made."""

    def __init__(self, work, last_exits=False):
        self.work = work
        self.last_exits = last_exits
        self.worked = threading.Barrier(THREADS + (not last_exits))
        self.leave = threading.Event()
        self.threads = [
            threading.Thread(target=self.run, daemon=True)
            for _ in range(THREADS)
        ]
        for thread in self.threads:
            thread.start()
        if last_exits:
            self.leave.wait()
        self.worked.wait()

    def run(self):
        try:
            self.work()
        except BaseException:
            traceback.print_exc()
            os._exit(3)
        if self.worked.wait() == 0 and self.last_exits:
            os._exit(0)
        self.leave.wait()

    def join(self):
        self.leave.set()
        for thread in self.threads:
            thread.join()


def reap(children):
    for _ in range(children):
        if os.wait()[1] != 0:
            sys.exit("a child failed")


def child(which, work):
    if which == 2 and os.fork() == 0:
        Workers(work, last_exits=True)
    workers = Workers(work)
    if which == 0:
        sys.exit()
    workers.join()
    if which == 1:
        os._exit(0)
    reap(1)
    sys.exit()


def run(work):
    workers = Workers(work)
    for which in range(3):
        if os.fork() == 0:
            child(which, work)
    reap(3)
    workers.join()
