"""Many rows by COPY: the same rows as Django would write one by one, without signals. For accounts.batch alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def _quote(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def insert_rows(model: type[models.Model], objects: Sequence[models.Model]) -> None:
    """Insert new objects, in order, and set their primary keys."""
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


def _copy(cursor: Any, table: str, fields: Iterable[models.Field], objects: Iterable[models.Model]) -> None:
    fields = list(fields)
    names = ", ".join(_quote(field.column) for field in fields)
    with cursor.copy(f"COPY {_quote(table)} ({names}) FROM STDIN") as copy:
        for item in objects:
            copy.write_row([_stored(field, item) for field in fields])


def _stored(field: models.Field, item: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(item, item._state.adding), connection)
