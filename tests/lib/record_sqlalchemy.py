# SPDX-License-Identifier: MIT
"""A program that uses SQLAlchemy, for tests that run it under `tallyman
record`: what the ORM issues is told of the program's own lines. The marks are
told of in tests/lib/record.sh. The database is a file for each thread."""

import itertools
import os

import sqlalchemy as sa
from sqlalchemy import orm

import record_workers

Base = orm.declarative_base()
numbers = itertools.count()


class Shop(Base):
    __tablename__ = "shop"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)
    items = orm.relationship("Item", back_populates="shop")


class Item(Base):
    __tablename__ = "item"
    id = sa.Column(sa.Integer, primary_key=True)
    shop_id = sa.Column(sa.Integer, sa.ForeignKey("shop.id"))
    shop = orm.relationship("Shop", back_populates="items")


def add_each(session):
    """What was added is written when the session is flushed."""
    for n in range(5):
        session.add(Shop(name="pens"))
        session.flush()  # 5 shop.insert
    session.add(Item(shop_id=1))
    session.commit()  # 1 item.insert


def flushed_by_query(session):
    session.add(Shop(name="inks"))
    session.query(Item).all()  # 1 shop.insert 1 item.select


def related(session):
    for shop in session.query(Shop).order_by(Shop.id):  # 1 shop.select
        len(shop.items)  # 6 item.select


def helper(session, n):
    return session.get(Shop, n + 100)  # 4 shop.select


def changed(session):
    shop = session.query(Shop).filter_by(id=1).one()  # 1 shop.select
    shop.name = "caps"
    session.commit()  # 1 shop.update


def core(engine):
    with engine.begin() as connection:
        shop = Shop.__table__
        rows = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
        connection.execute(shop.insert(), rows)  # 3 shop.insert
        connection.execute(shop.delete())  # 1 shop.delete
        text = sa.text("SELECT count(*) FROM item")
        connection.execute(text).scalar()  # 1 item.select


def work():
    path = "sqlalchemy-%d-%d.db" % (os.getpid(), next(numbers))
    engine = sa.create_engine("sqlite:///" + path)
    Base.metadata.create_all(engine)  # 1 shop.create 1 item.create
    with orm.Session(engine) as session:
        add_each(session)
        flushed_by_query(session)
        related(session)
        for n in range(4):
            helper(session, n)
        changed(session)
    core(engine)
    engine.dispose()


record_workers.run(work)
