# SPDX-License-Identifier: MIT
"""A program that uses sqlite3 in every way that counts, for tests that run it
under `tallyman record`. The marks are told of in tests/lib/record.sh."""

import sqlite3

import record_workers

INSERT = "INSERT INTO shop VALUES (?, ?)"
SCRIPT = """
    -- DELETE FROM shop
    UPDATE shop SET name = 'a; DELETE FROM shop';
    DELETE FROM cart WHERE id = 100;
    UPDATE shop SET name = 'pen';
"""


class Ten:
    """Rows that the driver takes one by one, by calling back."""

    def __init__(self, db):
        self.db = db
        self.left = 10

    def __iter__(self):
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        self.db.execute("SELECT 1 FROM cart")  # 10 cart.select
        return (self.left, "pen")


def make_tables(db):
    db.execute("CREATE TABLE shop (id int, name text)")  # 1 shop.create
    db.execute("CREATE TABLE cart (id int UNIQUE)")  # 1 cart.create


def insert_each(db):
    for n in range(5):
        db.execute(INSERT, (n, "pen"))  # 5 shop.insert
    db.commit()


def insert_many(db):
    db.executemany(INSERT, [(n, "ink") for n in range(7)])  # 7 shop.insert
    with db:
        db.executemany(INSERT, Ten(db))  # 10 shop.insert


def script(db):
    db.executescript(SCRIPT)  # 2 shop.update 1 cart.delete


def rows(db):
    cursor = db.execute("SELECT * FROM shop")  # 1 shop.select
    cursor.fetchone()
    cursor.fetchmany(3)
    assert len(cursor.fetchall()) == 18
    for row in db.execute("SELECT * FROM shop AS a, shop"):  # 1 shop.select
        pass
    return [row for row in db.execute("SELECT id FROM shop")]  # 1 shop.select


def in_lambda(db):
    # function <lambda>: 3 cart.delete
    put = lambda: db.execute("DELETE FROM cart")
    for n in range(3):
        put()


def over_lines(db):
    db.execute(  # 1 cart.insert
        "INSERT INTO cart "
        "VALUES (1)",
    )


def failing(db):
    try:
        db.execute("INSERT INTO cart VALUES (1)")  # 1 cart.insert
    except sqlite3.IntegrityError:
        return
    raise SystemExit("a key is there twice")


def work():
    db = sqlite3.connect(":memory:")
    make_tables(db)
    insert_each(db)
    insert_many(db)
    script(db)
    rows(db)
    in_lambda(db)
    over_lines(db)
    failing(db)
    db.close()


record_workers.run(work)
db = sqlite3.connect(":memory:")
db.execute("SELECT 1")  # once 1 sql.select
