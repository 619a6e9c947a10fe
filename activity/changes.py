"""The changes of a tracked object, in the words of its fields and the names of what they point to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst

from accounts.tracking import TrackedModel
from activity.canonical import utc_text
from activity.diff import Change, Changes, change_list, diff
from activity.touched import Key, Touched, many_ids

Sides = tuple[Any, Any]


class Labels:
    """Names of the objects that foreign keys and many-to-many fields point to, one query per model."""

    def __init__(self, touched: Mapping[Key, Touched]) -> None:
        # Looked up once: translating a name takes longer than comparing two values.
        self._fields: dict[Any, str] = {}
        # What was deleted in this recording has a name only here.
        self._names: dict[tuple[type[models.Model], Any], str] = {
            key: item.name_before for key, item in touched.items()
        }

    def load(self, items: Iterable[Touched]) -> None:
        """Fetch the names of everything that `items` have pointed to or point to now, where it changed."""
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for item in items:
            for field, sides in _sides(item, related_only=True):
                if sides[0] != sides[1]:
                    wanted[field.related_model] |= {pk for side in sides for pk in ids_in(side)}
        for model, pks in wanted.items():
            found: Any = models.QuerySet(model).filter(pk__in=pks)
            self._names |= {(model, related.pk): str(related) for related in found}

    def of(self, field: Any) -> str:
        """What people call a field."""
        label = self._fields.get(field)
        if label is None:
            label = self._fields[field] = capfirst(str(field.verbose_name))
        return label

    def name(self, model: type[models.Model], pk: Any) -> str | None:
        return None if pk is None else self._names.get((model, pk), f"#{pk}")

    def names(self, model: type[models.Model], pks: Iterable[Any]) -> list[str]:
        return sorted(self.name(model, pk) or "" for pk in pks)


def changes_of(item: Touched, labels: Labels) -> Changes:
    """Label or path → change, for every field whose stored value is not what it was."""
    if item.action != "EDITED":
        return _one_sided(item, labels)
    changes: Changes = {}
    for field, (before, after) in _sides(item):
        if before == after:
            continue
        label = labels.of(field)
        if field.many_to_many:
            changes[label] = _many(field, before, after, labels)
        elif field.related_model:
            changes[label] = _related(field, before, after, labels)
        elif isinstance(field, models.JSONField):
            changes |= diff({field.name: before}, {field.name: after})
        elif isinstance(field, ArrayField):
            changes[label] = change_list(before, after)
        else:
            values = (_value(item, field, value, labels) for value in (before, after))
            changes[label] = dict(zip(("before", "after"), values, strict=True))
    return changes


def _one_sided(item: Touched, labels: Labels) -> Changes:
    """Only what a new or deleted object has, or had."""
    record, before = item.record, item.before
    side = "after" if before is None else "before"
    plain = _plain_texts(record._meta.model)
    changes: Changes = {}
    for field, name in known_fields(record._meta.model, related_only=False):
        value = getattr(record, name) if before is None else before[name]
        # Most of it is plain text, or nothing: to ask what else it could be takes longer than all the rest.
        if value not in _NOTHING and not (name in plain and type(value) is str):
            value = _value(item, field, field.to_python(value), labels)
        if value not in _NOTHING:
            changes[labels.of(field)] = {side: value}
    for field, sides in _many_sides(item):
        if value := _value(item, field, sides[before is None], labels):
            changes[labels.of(field)] = {side: value}
    return changes


_NOTHING: tuple[Any, ...] = (None, "", [], {})


def _value(item: Touched, field: Any, value: Any, labels: Labels) -> Any:
    """What people read of a field's stored value."""
    if value is None:
        return None
    if field.many_to_many:
        return labels.names(field.related_model, value)
    if field.related_model:
        return labels.name(field.related_model, value)
    return _secret(value) if field.name in item.instance.secret_fields else plain(field, value)


def _sides(item: Touched, related_only: bool = False) -> Iterator[tuple[Any, Sides]]:
    """Every field that people know, with its raw value before and after; None where there is no object."""
    record, before = item.record, item.before
    gone = record.history_type == "-"
    for field, name in known_fields(record._meta.model, related_only):
        old = None if before is None else before[name]
        yield field, (old, None if gone else field.to_python(getattr(record, name)))
    yield from _many_sides(item)


def _many_sides(item: Touched) -> Iterator[tuple[Any, Sides]]:
    """The many-to-many fields that were written, with the keys that they held and hold."""
    gone = item.record.history_type == "-"
    for name, ids in item.many_before.items():
        after = frozenset[Any]() if gone else item.many_after.get(name)
        if after is None:
            after = many_ids(item.instance, name, item.record.id)
        yield item.instance._meta.get_field(name), (ids, after)


@cache
def _plain_texts(history: Any) -> frozenset[str]:
    """The names of the fields whose text is shown as it is."""
    model: type[TrackedModel] = history.instance_type
    texts = (field for field in history.tracked_fields if isinstance(field, models.CharField | models.TextField))
    return frozenset(field.name for field in texts if not field.choices) - model.secret_fields


@cache
def known_fields(history: Any, related_only: bool) -> list[tuple[Any, str]]:
    """The fields that are told of, and where their values are."""
    fields = [field for field in history.tracked_fields if not field.primary_key and field.name != "account"]
    return [(field, field.attname) for field in fields if field.related_model or not related_only]


def ids_in(side: Any) -> Iterable[Any]:
    """The primary keys in a stored value of a field that points to others."""
    return side if isinstance(side, frozenset) else () if side is None else (side,)


def _many(field: Any, before: frozenset[Any], after: frozenset[Any], labels: Labels) -> Change:
    model = field.related_model
    return {"added": labels.names(model, after - before), "removed": labels.names(model, before - after)}


def _related(field: Any, before: Any, after: Any, labels: Labels) -> Change:
    old, new = (labels.name(field.related_model, pk) for pk in (before, after))
    if old == new:
        old, new = f"{old} (#{before})", f"{new} (#{after})"
    return {"before": old, "after": new}


def _secret(fingerprint: str | None) -> str | None:
    return f"fingerprint {fingerprint}" if fingerprint else None


def plain(field: Any, value: Any) -> Any:
    """A stored value as people read it, in JSON's terms."""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value
