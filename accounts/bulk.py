"""Many rows by COPY: the same rows as Django would write one by one, without signals. For accounts.batch alone."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from django.db import connection, connections, models


@contextmanager
def no_collector() -> Iterator[None]:
    """Many new objects make the collector of cycles look through all of them again and again, to find none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _quote(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def number_rows(model: type[models.Model], objects: Sequence[models.Model]) -> None:
    """Give new objects their primary keys, in order."""
    if not objects:
        return
    pk = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [_quote(model._meta.db_table), pk.column, len(objects)],
        )
        for item, (value,) in zip(objects, cursor.fetchall(), strict=True):
            setattr(item, pk.attname, value)


def point_to_numbered(model: type[models.Model], objects: Iterable[models.Model]) -> None:
    """Set the keys of objects that point to others of their model which had no primary key yet."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is model:
            for item in objects:
                if field.is_cached(item) and (other := field.get_cached_value(item)):
                    setattr(item, field.attname, other.pk)


def insert_rows(model: type[models.Model], objects: Sequence[models.Model]) -> None:
    """Insert new objects that have their primary keys."""
    if not objects:
        return
    with connection.cursor() as cursor:
        _copy(cursor, model._meta.db_table, model._meta.concrete_fields, objects)
    for item in objects:
        item._state.adding = False


def update_rows(model: type[models.Model], objects: Sequence[models.Model], fields: Iterable[models.Field]) -> None:
    """Write `fields` of stored objects."""
    if not objects:
        return
    pk, table = model._meta.pk, _quote(model._meta.db_table)
    changed = list(fields)
    columns = [_quote(field.column) for field in changed]
    names = ", ".join([_quote(pk.column), *columns])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bulk_rows ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
        _copy(cursor, "bulk_rows", [pk, *changed], objects)
        values = ", ".join(f"{column} = bulk_rows.{column}" for column in columns)
        key = _quote(pk.column)
        cursor.execute(f"UPDATE {table} SET {values} FROM bulk_rows WHERE {table}.{key} = bulk_rows.{key}")
        cursor.execute("DROP TABLE bulk_rows")


def delete_rows(model: type[models.Model], pks: list[Any]) -> None:
    """Delete rows, and nothing that points to them."""
    table, pk = _quote(model._meta.db_table), _quote(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {pk} = ANY(%s)", [pks])


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain values. Names are quoted already."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy(cursor: Any, table: str, fields: Iterable[models.Field], objects: Iterable[models.Model]) -> None:
    fields = list(fields)
    names = ", ".join(_quote(field.column) for field in fields)
    readers = [_reader(field) for field in fields]
    with cursor.copy(f"COPY {_quote(table)} ({names}) FROM STDIN") as copy:
        for item in objects:
            copy.write_row([read(item) for read in readers])


def _reader(field: models.Field) -> Callable[[models.Model], Any]:
    """How to get the value that is stored: as it stands for plain fields, which is most of the work saved."""
    if type(field) in _PLAIN and not getattr(field, "auto_now", False) and not getattr(field, "auto_now_add", False):
        return attrgetter(field.attname)
    if type(field) is models.JSONField:
        return _json_reader(field)
    # The connection itself: the name that all share looks it up anew each time.
    real = connections[connection.alias]
    return lambda item: field.get_db_prep_save(field.pre_save(item, item._state.adding), real)


def _json_reader(field: models.JSONField) -> Callable[[models.Model], str | None]:
    """The text of the JSON: Django would wrap each value for the driver, which then makes an encoder for it."""
    value, encode = attrgetter(field.attname), (field.encoder or json.JSONEncoder)().encode

    def read(item: models.Model) -> str | None:
        found = value(item)
        if found is None:
            return None
        # Most values are empty, and need no encoder.
        return _EMPTY[type(found)] if not found and type(found) in _EMPTY else encode(found)

    return read


_EMPTY: dict[type, str] = {dict: "{}", list: "[]"}


# What the driver writes just as Django would.
_PLAIN = {
    models.BigAutoField,
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.DateTimeField,
    models.EmailField,
    models.ForeignKey,
    models.TextField,
}
