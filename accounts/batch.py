"""One operation on many tracked objects: rows and history in bulk, one parent entry with its children."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, models, transaction
from django.dispatch import Signal
from django.utils import timezone

from accounts.bulk import delete_rows, insert_rows, no_collector, number_rows, point_to_numbered, update_rows
from accounts.many import Held, Keys, differing, held, write_held, write_history
from accounts.models import Account
from accounts.models.objects import AccountObject
from accounts.tracking import TrackedModel, history_model, refuse

# Sent when a batch begins, with: batch.
batch_opened = Signal()
# Sent by save_batch and delete_batch once rows are written and before their history is, with: model,
# befores {pk: row values} of those that were there, records (unsaved history records), instances (in step), and
# many: what their many-to-many fields held, and hold now.
batch_saved = Signal()


# A sentence in the language of the log, or what makes it once that is the language.
Summary = str | Callable[[], str]


@dataclass(eq=False)
class Batch:
    """A batch while it runs. `details` end up on its entry, beside the counts.

    With `about`, its entry is the one of that object: an edit, if nothing else of it has changed.
    """

    account: Account
    model: type[TrackedModel]
    summary: Summary = ""
    details: dict[str, Any] = field(default_factory=dict)
    about: TrackedModel | None = None
    unchanged: int = 0
    # The org trees of what is unchanged: the counts tell of them too.
    trees: set[int | None] = field(default_factory=set)
    open: bool = True
    # Whether its savepoint was rolled back, with all that was written in it.
    undone: bool = False


@contextmanager
def batch(
    account: Account,
    model: type[TrackedModel],
    summary: Summary = "",
    details: Mapping[str, Any] | None = None,
    about: TrackedModel | None = None,
) -> Iterator[Batch]:
    """Gather the entries of all objects of `model` that change inside under one parent entry.

    `summary` is its sentence (made from the counts when empty), `details` extra facts such as a file's name and hash,
    `about` the object whose entry it is; then there is one even if none of `model` changes.
    All of it happens or none. Raises NotRecorded outside a recording.
    """
    current = Batch(account, model, summary, dict(details or {}), about)
    with transaction.atomic():
        if not batch_opened.send(model, batch=current):
            refuse(model, "batch")
        try:
            yield current
        except BaseException:
            current.undone = True
            raise
        finally:
            current.open = False


@no_collector()
def save_batch(
    current: Batch, objects: Sequence[TrackedModel], many: Mapping[str, Sequence[Keys]] | None = None
) -> None:
    """Create the objects without a primary key and update the others, in bulk, with history.

    Objects equal to their stored row are counted as unchanged and left alone. Objects may point to new ones, by the
    attribute and not by the key. `many` says what many-to-many fields are to hold: field → keys, in step with the
    objects; fields that it doesn't name stay. `save()` isn't called: fields that it computes must be set. Raises
    NotRecorded outside a recording, and the model's DoesNotExist when a stored object is gone: then nothing is written.
    """
    model = current.model
    history = history_model(model)
    fields = [item for item in history.tracked_fields if not item.primary_key]
    new = [item for item in objects if not item.pk]
    befores = lock_rows(model, [item.pk for item in objects if item.pk])
    if gone := len(objects) - len(new) - len(befores):
        raise model.DoesNotExist(f"{gone} of the {model._meta.verbose_name_plural} have been deleted meanwhile.")
    stored = [item for item in objects if item.pk]
    number_rows(model, new)
    point_to_numbered(model, objects)
    many_before = held(model, befores)
    pks = [item.pk for item in objects]
    many_after = {
        name: keys | dict(zip(pks, (many or {}).get(name, ()), strict=False)) for name, keys in many_before.items()
    }
    moved = differing(many_before, many_after)
    edited: list[TrackedModel] = []
    same: list[TrackedModel] = []
    for item in stored:
        (edited if item.pk in moved or _differs(item, befores[item.pk], fields) else same).append(item)
    current.unchanged += len(same)
    if issubclass(model, AccountObject) and model.scope_path:
        current.trees |= {item.scope_id for item in same if isinstance(item, AccountObject)}
    insert_rows(model, new)
    update_rows(model, edited, fields)
    write_held(model, many_before, many_after)
    records = [*_records(history, new, "+"), *_records(history, edited, "~")]
    _finish(model, befores, records, [*new, *edited], (many_before, many_after))


def delete_batch(current: Batch, objects: Sequence[TrackedModel]) -> None:
    """Delete stored objects in bulk, with history. What points to them is taken off beforehand: no signals are sent.

    Raises NotRecorded outside a recording, and the model's DoesNotExist when one of them is gone already.
    """
    model = current.model
    befores = lock_rows(model, [item.pk for item in objects])
    if len(befores) < len(objects):
        raise model.DoesNotExist(f"Some of the {model._meta.verbose_name_plural} have been deleted meanwhile.")
    many_before = held(model, befores)
    many_after: Held = {name: {} for name in many_before}
    write_held(model, many_before, many_after)
    _finish(model, befores, _records(history_model(model), objects, "-"), objects, (many_before, many_after))
    delete_rows(model, list(befores))


def adopt_rows(
    model: type[TrackedModel],
    befores: Mapping[Any, Mapping[str, Any]],
    kinds: Mapping[str, Sequence[TrackedModel]],
    many: tuple[Held, Held],
) -> None:
    """Write history and entries of what is stored, or gone, already, because it was written past the app.

    `befores` are the values that were recorded last, by primary key; `kinds` the objects by the type of their history
    record ("+", "~", "-"); `many` what their many-to-many fields held by the records and hold now. The caller has
    locked them. Raises NotRecorded outside a recording.
    """
    history = history_model(model)
    records = [record for kind, items in kinds.items() for record in _records(history, items, kind)]
    _finish(model, befores, records, [item for items in kinds.values() for item in items], many)


def _finish(
    model: type[TrackedModel],
    befores: Mapping[Any, Any],
    records: Sequence[Any],
    instances: Sequence[TrackedModel],
    many: tuple[Held, Held],
) -> None:
    """Tell the recording what was written, and write its history."""
    history = history_model(model)
    batch_saved.send(
        model,
        befores=befores,
        records=records,
        instances=instances,
        many=many,
    )
    number_rows(history, records)
    insert_rows(history, records)
    write_history(history, records)


def lock_rows(model: type[models.Model], pks: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """The stored rows of `pks` by primary key, as history sees them, locked until the transaction ends."""
    sql, columns = _lock_sql(model)
    wanted = list(pks)
    # Most saves are of one, which is found without an array to plan for, and without sorting.
    condition, value = ("= %s", wanted[0]) if len(wanted) == 1 else ("= ANY(%s) ORDER BY id", wanted)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {condition} FOR NO KEY UPDATE", [value])
        rows = cursor.fetchall()
    found = [
        {name: _python(value, converters) for value, (name, converters) in zip(row, columns, strict=True)}
        for row in rows
    ]
    return {row["id"]: row for row in found}


@cache
def _lock_sql(model: type[models.Model]) -> tuple[str, list[tuple[str, list[Any]]]]:
    """The query of `lock_rows`, written once: every save asks it, and the ORM takes longer than PostgreSQL to do so."""
    fields = history_model(model).tracked_fields
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    sql = f"SELECT {names} FROM {connection.ops.quote_name(model._meta.db_table)} WHERE id"
    return sql, [(field.attname, field.get_db_converters(connection)) for field in fields]


def _python(value: Any, converters: Iterable[Any]) -> Any:
    for converter in converters:
        value = converter(value, None, connection)
    return value


def _differs(item: TrackedModel, before: Mapping[str, Any], fields: Iterable[models.Field]) -> bool:
    return any(field.to_python(getattr(item, field.attname)) != before[field.attname] for field in fields)


def _records(history: Any, items: Sequence[TrackedModel], kind: str) -> list[Any]:
    """History records that are not stored yet. Made by position: by name, Django takes three times as long."""
    own = {field.name for field in history.tracked_fields}
    readers = [attrgetter(field.attname) if field.name in own else None for field in history._meta.concrete_fields]
    records = [history(*[read and read(item) for read in readers]) for item in items]
    now = timezone.now()
    for record in records:
        record.history_date, record.history_type = now, kind
    return records
