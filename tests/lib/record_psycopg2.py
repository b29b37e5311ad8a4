# SPDX-License-Identifier: MIT
"""A program that uses psycopg2 in every way that counts, for tests that run
it under `tallyman record`. The marks are told of in tests/lib/record.sh."""

import io
import select

import psycopg2
import psycopg2.extensions
from psycopg2.extras import execute_batch, execute_values

import record_workers

INSERT = "INSERT INTO shop VALUES (%s, %s)"
SEVERAL = """
    UPDATE shop SET name = 'a; DELETE FROM x';
    DELETE FROM cart;
    UPDATE shop SET id = 2
"""


def make_tables(db):
    shop = "CREATE TEMP TABLE shop (id int, name text)"
    cart = "CREATE TEMP TABLE cart (id int)"
    with db.cursor() as cursor:
        cursor.execute(shop)  # 1 shop.create
        cursor.execute(cart)  # 1 cart.create
    db.commit()


def insert_each(cursor):
    for n in range(5):
        cursor.execute(INSERT, (n, "pen"))  # 5 shop.insert


def insert_many(cursor):
    rows = [(n, "ink") for n in range(7)]
    cursor.executemany(INSERT, rows)  # 7 shop.insert


def in_batches(cursor):
    """Texts of three statements at most."""
    rows = [(n, "cap") for n in range(11)]
    execute_batch(cursor, INSERT, rows, page_size=3)  # 11 shop.insert


def by_values(cursor):
    """Statements of four rows at most."""
    rows = [(n, "nib") for n in range(11)]
    text = "INSERT INTO shop VALUES %s"
    execute_values(cursor, text, rows, page_size=4)  # 3 shop.insert


def several(cursor):
    cursor.execute(SEVERAL)  # 2 shop.update 1 cart.delete


def rows(cursor):
    cursor.execute("SELECT * FROM shop")  # 1 shop.select
    assert len(cursor.fetchall()) == 34


def named_cursor(db):
    cursor = db.cursor("many")
    cursor.execute("SELECT * FROM shop")  # 1 sql.declare
    assert cursor.fetchone() is not None  # 1 sql.fetch
    assert len(cursor.fetchmany(10)) == 10  # 1 sql.fetch
    assert len(cursor.fetchall()) == 23  # 1 sql.fetch
    cursor.close()  # 1 sql.close
    db.rollback()


def copying(cursor):
    lines = io.StringIO("1\tpen\n" * 100)
    cursor.copy_expert("COPY shop FROM STDIN", lines)  # 1 shop.copy
    out = io.StringIO()
    cursor.copy_expert("COPY shop TO STDOUT", out)  # 1 shop.copy_to


def copied_back(db):
    """A file object of the program's own, which issues more meanwhile."""

    class Lines:
        def __init__(self):
            self.left = 3

        def read(self, size=-1):
            self.left -= 1
            if self.left < 0:
                return ""
            with db.cursor() as other:
                # 3 pg_class.select
                other.execute("SELECT 1 FROM pg_class")
            return "2\tink\n"

    return Lines()


def failing(db, cursor):
    try:
        cursor.execute("DELETE FROM none")  # 1 none.delete
    except psycopg2.Error:
        db.rollback()
        return
    raise SystemExit("there is a table 'none'")


def wait(db):
    while True:
        state = db.poll()
        if state == psycopg2.extensions.POLL_OK:
            return
        if state == psycopg2.extensions.POLL_READ:
            select.select([db.fileno()], [], [])
        else:
            select.select([], [db.fileno()], [])


def asynchronous():
    db = psycopg2.connect(dbname="postgres", async_=1)
    wait(db)
    cursor = db.cursor()
    for n in range(4):
        cursor.execute("SELECT * FROM pg_class")  # 4 pg_class.select
        wait(db)
    db.close()


def work():
    db = psycopg2.connect(dbname="postgres")
    other = psycopg2.connect(dbname="postgres")
    make_tables(db)
    with db:
        with db.cursor() as cursor:
            insert_each(cursor)
            insert_many(cursor)
            in_batches(cursor)
            by_values(cursor)
            several(cursor)
            rows(cursor)
    named_cursor(db)
    with db.cursor() as cursor:
        copying(cursor)
        lines = copied_back(other)
        cursor.copy_expert("COPY shop FROM STDIN", lines)  # 1 shop.copy
        db.commit()
        failing(db, cursor)
    asynchronous()
    other.close()
    db.close()


record_workers.run(work)
