# SPDX-License-Identifier: MIT
"""A program that issues statements from all kinds of Python code, for tests
that run it under `tallyman record`. The marks are told of in
tests/lib/record.sh."""

import asyncio
import multiprocessing
import sqlite3

import record_workers


def several_lines(db):
    cursor = db.cursor()
    cursor.execute(  # 1 shop.select
        "SELECT * FROM shop"
        " WHERE id = ?",
        (1,),
    )


def decorate(function):
    def decorated(db):
        return function(db)

    return decorated


@decorate
def below(db):
    db.execute("DELETE FROM shop")  # 1 shop.delete


class Feed:
    def __init__(self, db):
        self.db = db

    def save(self):
        self.db.execute("INSERT INTO cart VALUES (1)")  # 1 cart.insert

    @property
    def size(self):
        return self.db.execute("SELECT * FROM cart")  # 1 cart.select

    @classmethod
    def clear(cls, db):
        db.execute("DELETE FROM cart")  # 1 cart.delete

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.db.execute("UPDATE cart SET id = 2")  # 1 cart.update


def generate(db):
    for n in range(4):
        yield db.execute("SELECT * FROM shop")  # 4 shop.select


async def wait(db):
    await asyncio.sleep(0)
    # function wait: 1 shop.select
    return db.execute("SELECT * FROM shop")


def naïve_名前(db):
    db.execute("SELECT * FROM shop")  # 1 shop.select


def in_lambda(db):
    # function <lambda>: 2 cart.delete
    put = lambda: db.execute("DELETE FROM cart")
    put()
    put()


def loops(db):
    # function <listcomp>: 3 shop.insert
    [db.execute("INSERT INTO shop VALUES (?)", (n,)) for n in range(3)]
    # function <genexpr>: 2 shop.update
    list(db.execute("UPDATE shop SET id = ?", (n,)) for n in range(2))
    for _ in generate(db):
        pass


def code_of_strings(db):
    name = "/srv/für/€.py"
    exec(compile("\n\ndb.execute('SELECT 1 FROM cart')\n", name, "exec"))
    exec("def ask():\n db.execute('SELECT 1 FROM shop')\nask()", {"db": db})


def of_a_library(db):
    text = "def ask(): db.execute('SELECT 1 FROM cart')"
    space = {"db": db}
    exec(compile(text, "/x/site-packages/orm.py", "exec"), space)
    space["ask"]()  # 1 cart.select


def work():
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE TABLE shop (id int)")  # 1 shop.create
    db.execute("CREATE TABLE cart (id int)")  # 1 cart.create
    several_lines(db)
    below(db)
    with Feed(db) as feed:
        feed.save()
        feed.size
    Feed.clear(db)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(wait(db))
    loop.close()
    naïve_名前(db)
    in_lambda(db)
    loops(db)
    code_of_strings(db)
    of_a_library(db)
    db.close()


def in_a_process():
    db = sqlite3.connect(":memory:")
    for n in range(9):
        db.execute("SELECT 1")  # once 27 sql.select


def processes():
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=in_a_process) for _ in range(3)]
    for process in running:
        process.start()
    for process in running:
        process.join()


if __name__ == "__main__":
    record_workers.run(work)
    processes()
