"""Writing without the guard of the database: what has no entry is committed, as a baseline needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from accounts.tracking import TrackedModel


@contextmanager
def unguarded(model: type[TrackedModel]) -> Iterator[None]:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER guard")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER guard")
