"""A tracked object written in a recording, and which of its writes are still there at the end."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise

from accounts.batch import Batch
from accounts.tracking import TrackedModel

Key = tuple[type[TrackedModel], Any]


@dataclass(eq=False)
class Touched:
    """What the object was at first, and the history records written since."""

    instance: TrackedModel
    # The stored row and its name before the first write; None when there was no row.
    before: Mapping[str, Any] | None
    name_before: str
    batch: Batch | None = None
    records: list[Any] = field(default_factory=list)
    # Whether it is being written, and its history has not been yet.
    awaits_record: bool = False
    # Whether a record was written inside a savepoint, which may have been rolled back since.
    in_savepoint: bool = False
    # Many-to-many fields that were written: the ids at first, and, where a batch knows, in the end.
    many_before: dict[str, frozenset[Any]] = field(default_factory=dict)
    many_after: dict[str, frozenset[Any]] = field(default_factory=dict)
    # What the entry says instead of the usual, with places for `name` and for what is in `details`.
    sentence: Promise | str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> Any:
        """The last history record: the object as this recording leaves it."""
        return self.records[-1]

    @property
    def action(self) -> str | None:
        """The net effect on the object as a whole; None when it came and went within the recording."""
        if self.record.history_type == "-":
            return "DELETED" if self.before is not None else None
        return "EDITED" if self.before is not None else "CREATED"

    @property
    def name(self) -> str:
        """What people called it at the time: a deleted object by the name it had."""
        return self.name_before if self.record.history_type == "-" else str(self.instance)


def survivors(touched: Mapping[Key, Touched]) -> dict[Key, Touched]:
    """The objects with a history record left, without those that a rolled-back savepoint took away."""
    doubtful: dict[type[models.Model], list[Any]] = defaultdict(list)
    for item in touched.values():
        if item.in_savepoint:
            doubtful[type(item.record)] += [record.pk for record in item.records]
    there = {
        (history, pk)
        for history, pks in doubtful.items()
        for pk in models.QuerySet(history).filter(pk__in=pks).values_list("pk", flat=True)
    }
    for item in touched.values():
        if item.in_savepoint:
            item.records = [record for record in item.records if (type(record), record.pk) in there]
    return {key: item for key, item in touched.items() if item.records}


def many_ids(instance: models.Model, name: str, pk: Any) -> frozenset[Any]:
    """The primary keys that a many-to-many field of the object `pk` holds now."""
    field: Any = instance._meta.get_field(name)
    rows: Any = models.QuerySet(field.remote_field.through).filter(**{field.m2m_field_name(): pk})
    return frozenset(rows.values_list(f"{field.m2m_reverse_field_name()}_id", flat=True))
