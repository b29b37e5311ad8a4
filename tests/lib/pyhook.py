# SPDX-License-Identifier: MIT
"""Asks tests/lib/pyhook.c who called, from all kinds of code:

    python3 pyhook.py PYHOOK.SO WHAT

Exits with 1 when an answer is wrong. WHAT is one of the functions below."""

import asyncio
import contextlib
import ctypes
import multiprocessing
import os
import sys
import threading

hook = ctypes.CDLL(sys.argv[1])
caller = hook.pyhook_caller
caller.restype = ctypes.c_size_t
hook.pyhook_foreign.restype = ctypes.c_size_t
hook.pyhook_statement.argtypes = [ctypes.c_char_p, ctypes.c_long]
hook.pyhook_statement.restype = ctypes.c_double
with open(__file__, encoding="utf-8") as source:
    lines = source.read().split("\n")
wrong = []
this_thread = threading.local()


def room():
    this_thread.room = ctypes.create_string_buffer(4096)
    return this_thread.room


def check(n, mark, function, file=__file__, line=None):
    """What was written is the place of the line with the mark."""
    if line is None:
        line = 1 + [s.endswith("# at " + mark) for s in lines].index(True)
    want = b"%s\0%s\0%d" % (os.fsencode(file), function.encode(), line)
    got = this_thread.room.raw[:n] if n < 4096 else n
    if got != want:
        wrong.append((mark, got, want))


def several_lines():
    n = caller(  # at several
        room(),
        4096,
    )
    check(n, "several", "several_lines")


def decorate(function):
    def decorated():
        return function()

    return decorated


@decorate
def below():
    check(caller(room(), 4096), "below", "below")  # at below


class Feed:
    def save(self):
        check(caller(room(), 4096), "method", "save")  # at method

    @property
    def size(self):
        return caller(room(), 4096)  # at property

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.n = caller(room(), 4096)  # at exit


def generate():
    yield caller(room(), 4096)  # at generator


async def wait():
    await asyncio.sleep(0)
    return caller(room(), 4096)  # at async


def naïve_名前():
    check(caller(room(), 4096), "letters", "naïve_名前")  # at letters


def compiled(name, text="\n\nn = caller(room(), 4096)\n"):
    space = {"caller": caller, "room": room}
    exec(compile(text, name, "exec"), space)
    return space


def functions():
    several_lines()
    below()
    naïve_名前()
    Feed().save()
    check(Feed().size, "property", "size")
    with Feed() as feed:
        pass
    check(feed.n, "exit", "__exit__")
    put = lambda: caller(room(), 4096)  # at lambda
    check(put(), "lambda", "<lambda>")
    by_map = list(map(lambda _: caller(room(), 4096), [1]))  # at map
    check(by_map[0], "map", "<lambda>")


def loops():
    here = "loops" if sys.version_info >= (3, 12) else "<listcomp>"
    listed = [caller(room(), 4096) for _ in range(1)]  # at list
    check(listed[0], "list", here)
    largest = max(caller(room(), 4096) for _ in range(1))  # at genexpr
    check(largest, "genexpr", "<genexpr>")
    check(next(generate()), "generator", "generate")
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        check(loop.run_until_complete(wait()), "async", "wait")


def texts():
    names = ["<string>", "/srv/für.py", "/srv/€.py", "/srv/\U0001f40d.py"]
    names += [os.fsdecode(b"/srv/\xff\xe4.py"), "/srv/" + "long/" * 300]
    for name in names:
        check(compiled(name)["n"], name, "<module>", name, 3)


def libraries():
    text = "def ask(): return caller(room(), 4096)"
    space = compiled("/x/site-packages/orm.py", text)
    check(space["ask"](), "library", "libraries")  # at library


def no_own_frame():
    """The nearest, then: here of a thread whose frames are all a library's."""
    name = "/x/site-packages/alone.py"
    space = compiled(name, "import sys\ndef ask():\n caller(room, 4096)")
    space["room"] = ctypes.create_string_buffer(4096)
    thread = threading.Thread(target=space["ask"])
    thread.start()
    thread.join()
    want = b"%s\0ask\0%d" % (name.encode(), 3)
    if space["room"].raw[: len(want)] != want:
        wrong.append(("alone", space["room"].raw[:80]))


def exceptions():
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        check(caller(room(), 4096), "except", "exceptions")  # at except
        if sys.exc_info()[0] is not ZeroDivisionError:
            wrong.append("the exception is another")


def deep(n):
    return deep(n - 1) if n > 0 else hook.pyhook_same()


def all_frames():
    """Both ways of walking see each of many frames alike."""
    for n in (0, 1, 50, 300):
        seen = deep(n)
        if seen < n + 2:
            wrong.append(("frames", n, seen))
    many = [seen for seen in map(lambda _: deep(9), range(2)) if seen < 11]
    if many:
        wrong.append(("frames in a map", many))


def sites():
    functions()
    loops()
    texts()
    libraries()
    exceptions()
    all_frames()


def threads():
    running = [threading.Thread(target=sites) for _ in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def forks():
    """Before anything was trusted, and afterwards, with threads there."""
    for before in (lambda: None, sites, threads):
        before()
        for work in (sites, threads):
            child = os.fork()
            if child == 0:
                work()
                os._exit(1 if wrong else 0)
            if os.waitpid(child, 0)[1] != 0:
                wrong.append(("fork", before, work))


def exit_wrong():
    sites()
    sys.exit(1 if wrong else 0)


def processes():
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        running = [context.Process(target=exit_wrong) for _ in range(3)]
        for process in running:
            process.start()
        for process in running:
            process.join()
            if process.exitcode != 0:
                wrong.append((method, process.exitcode))


def traced():
    """From the beginning, and again without."""
    for _ in range(2):
        sys.settrace(lambda *_: lambda *_: None)
        functions()
        texts()
        sys.settrace(None)
        functions()


def busy():
    stop = threading.Event()
    beside = threading.Thread(target=lambda: [0 for _ in iter(stop.is_set, 1)])
    beside.start()
    sites()
    stop.set()
    beside.join()


def foreign():
    """A thread that Python does not know."""
    sites()
    if hook.pyhook_foreign() != 0:
        wrong.append("a thread without a state")


def spoiled():
    """A layout that is wrong crashes nothing, and is not trusted."""
    trusted = [hook.pyhook_spoiled(by) for by in (8, -8, 4, 1000, -30000)]
    if any(trusted) or hook.pyhook_spoiled(0) == 0:
        wrong.append(("trusted", trusted))


class Last:
    """What is left to the very end. It holds what it needs."""

    def __init__(self):
        self.ask = caller
        self.exit = os._exit
        self.room = room()

    def __del__(self):
        self.exit(0 if self.ask(self.room, 4096) == 0 else 1)


def finalising():
    """Nothing is told. The end is what exits with 0."""
    sites()
    sys.last_of_all = Last()
    if not wrong:
        sys.exit(1)


def failing():
    """An exception that is under way stays so."""
    fail = ctypes.PyDLL(sys.argv[1]).pyhook_fail
    fail.argtypes = [ctypes.py_object]
    try:
        fail(BlockingIOError)
    except BlockingIOError:
        return
    wrong.append("the exception is gone")


def costs():
    """For a reader; nothing is checked."""

    def row(name, times, pause):
        took = dict.fromkeys(("read", "ask", "caller"), 0)
        for _ in range(times):
            for way in took:
                took[way] += hook.pyhook_statement(way.encode(), pause) / times
        each = ["%s %.2f" % (way, took[way] / 1000) for way in took]
        print("# us of a statement,", name, ", ".join(each))

    hook.pyhook_caller(room(), 4096)
    row("alone:", 20000, 0)
    stop = threading.Event()
    beside = threading.Thread(target=lambda: [0 for _ in iter(stop.is_set, 1)])
    beside.start()
    row("beside a busy thread:", 200, 200000)
    stop.set()
    beside.join()


if __name__ == "__main__":
    globals()[sys.argv[2]]()
    for what in wrong[:10]:
        print("# wrong:", what)
    sys.exit(1 if wrong else 0)
