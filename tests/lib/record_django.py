# SPDX-License-Identifier: MIT
"""A program that uses Django's ORM, for tests that run it under `tallyman
record`: what the ORM issues is told of the program's own lines. The marks are
told of in tests/lib/record.sh. The database is in memory, one for each
thread."""

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ":memory:",
        }
    },
    INSTALLED_APPS=[],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django.db import connection, models, transaction

import record_workers


class Shop(models.Model):
    name = models.TextField()

    class Meta:
        app_label = "app"
        db_table = "shop"


class Item(models.Model):
    shop = models.ForeignKey(Shop, models.CASCADE)

    class Meta:
        app_label = "app"
        db_table = "item"

    def save(self, *args, **options):
        super().save(*args, **options)  # 6 item.insert


def make_tables():
    with connection.schema_editor() as editor:  # 1 item.create
        editor.create_model(Shop)  # 1 shop.create
        editor.create_model(Item)  # 1 item.create


def create_each():
    for n in range(5):
        Shop.objects.create(name="pens")  # 5 shop.insert
    shop = Shop(name="inks")
    shop.save()  # 1 shop.insert
    shop.name = "caps"
    shop.save()  # 1 shop.update
    for n in range(6):
        Item.objects.create(shop=shop)


def lazily():
    """A query is issued where its rows are asked for."""
    shops = Shop.objects.filter(name="pens").order_by("id")
    for shop in shops:  # 1 shop.select
        shop.item_set.count()  # 5 item.select
    for item in Item.objects.all():  # 1 item.select
        str(item.shop.name)  # 6 shop.select


def others():
    Shop.objects.bulk_create([Shop(name="a"), Shop(name="b")])  # 1 shop.insert
    Shop.objects.get(id=1)  # 1 shop.select
    with transaction.atomic():
        with transaction.atomic():
            Shop.objects.filter(id=1).update(name="c")  # 1 shop.update
    Item.objects.filter(id__gt=3).delete()  # 1 item.delete
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shop")  # 1 shop.select


def work():
    make_tables()
    create_each()
    lazily()
    others()
    connection.close()


record_workers.run(work)
