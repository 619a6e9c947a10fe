"""What the many-to-many fields of many objects hold, read and written in bulk. For accounts.batch alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

from accounts.bulk import copy_rows

Keys = frozenset[Any]
# Name of the field → key of the object → keys of what it holds. Who holds nothing isn't there.
Held = dict[str, dict[Any, Keys]]

NOTHING: Keys = frozenset()


def held(model: type[models.Model], pks: Iterable[Any]) -> Held:
    """What the objects hold now, one query for each field."""
    wanted = list(pks)
    return {field.name: _held(field, wanted) for field in model._meta.many_to_many}


def _held(field: Any, pks: list[Any]) -> dict[Any, Keys]:
    if not pks:
        return {}
    table, owner, other = _names(field)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {owner}, array_agg({other}) FROM {table} WHERE {owner} = ANY(%s) GROUP BY 1", [pks])
        return {pk: frozenset(keys) for pk, keys in cursor.fetchall()}


def differing(before: Held, after: Held) -> set[Any]:
    """The keys of the objects that don't hold the same."""
    pairs = ((before[name], after[name]) for name in before)
    return {pk for old, new in pairs for pk in old.keys() | new.keys() if old.get(pk, NOTHING) != new.get(pk, NOTHING)}


def write_held(model: type[models.Model], before: Held, after: Held) -> None:
    """Take away and add what makes `after` of `before`."""
    for field in model._meta.many_to_many:
        old, new = before[field.name], after[field.name]
        table, owner, other = _names(field)
        _delete_pairs(table, owner, other, _pairs(old, new))
        copy_rows(table, (owner, other), _pairs(new, old))


def _pairs(some: Mapping[Any, Keys], others: Mapping[Any, Keys]) -> list[tuple[Any, Any]]:
    """The pairs of object and key that only the first has."""
    return [(pk, key) for pk, keys in some.items() for key in sorted(keys - others.get(pk, NOTHING))]


def _delete_pairs(table: str, owner: str, other: str, pairs: Sequence[tuple[Any, Any]]) -> None:
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} USING unnest(%s::bigint[], %s::bigint[]) AS pair (a, b)"
                f" WHERE {table}.{owner} = pair.a AND {table}.{other} = pair.b",
                [list(column) for column in zip(*pairs, strict=True)],
            )


def write_history(history: Any, records: Sequence[models.Model]) -> None:
    """The rows of history that say what the objects of these stored records hold now, as the library writes them."""
    for field in history._history_m2m_fields:
        table, owner, other = _names(field)
        target = connection.ops.quote_name(getattr(history, field.name).model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {target} (history_id, id, {owner}, {other}) SELECT record.h, {table}.id, {owner}, {other}"
                f" FROM {table} JOIN unnest(%s::bigint[], %s::bigint[]) AS record (h, pk) ON {owner} = record.pk",
                [[record.pk for record in records], [record.id for record in records]],  # type: ignore[attr-defined]
            )


def _names(field: Any) -> tuple[str, str, str]:
    """The table of a field and its two columns, quoted."""
    quote = connection.ops.quote_name
    return quote(field.m2m_db_table()), quote(field.m2m_column_name()), quote(field.m2m_reverse_name())
