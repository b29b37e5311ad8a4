# SPDX-License-Identifier: MIT
"""The same in Python:

    tallyman record -o shop.log -- python3 shop.py
    tallyman scan shop.log
"""
import sqlite3


def sell(db, items):
    for item in range(items):
        db.execute("INSERT INTO sales (item) VALUES (?)", (item,))


def main():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE sales (item INTEGER)")
    sell(db, 40)
    count, = db.execute("SELECT count(*) FROM sales").fetchone()
    print(count, "sold")


main()
