"""The state of a version in words: fields by their labels, others by the names that they had at the time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.text import capfirst

from accounts.tracking import TrackedModel, history_model
from activity.changes import ids_in, plain
from activity.diff import Changes, diff
from activity.versions.states import State, team_fields
from tracked_objects.conditions import filters_words, settings_words
from tracked_objects.models.organisation import Setting

Names = dict[tuple[type[models.Model], Any], str]
Words = dict[str, Any]


def names_at(moment: datetime, *states: State) -> Names:
    """What everything that the states point to was called at `moment`, also when it is gone by now."""
    wanted: dict[type[TrackedModel], set[Any]] = defaultdict(set)
    for field in team_fields():
        if field.related_model:
            wanted[field.related_model] |= {pk for state in states for pk in ids_in(state[field.name])}
    return {(model, pk): name for model, pks in wanted.items() for pk, name in _names(model, pks, moment).items()}


def _names(model: type[TrackedModel], pks: set[Any], moment: datetime) -> dict[Any, str]:
    """Of each object, its name at `moment`, or its first one since; two with the same name are told apart."""
    records = history_model(model).objects
    found: dict[Any, str] = {}
    for until in (
        records.filter(history_date__lte=moment).order_by("id", "-history_date", "-history_id"),
        records.order_by("id", "history_date", "history_id"),
    ):
        if missing := pks - found.keys():
            # A record has the fields that the object's own name is made of.
            found |= {record.id: str(model.__str__(record)) for record in until.filter(id__in=missing).distinct("id")}
    names = {pk: found.get(pk, "") for pk in pks}
    count = Counter(names.values())
    return {pk: name if name and count[name] == 1 else f"{name} (#{pk})".strip() for pk, name in names.items()}


def words_of(state: State, names: Names) -> Words:
    """Label → text, list of names, or, for settings and filters, lines by their heading."""
    return {capfirst(str(field.verbose_name)): _value(field, state[field.name], names) for field in team_fields()}


def _value(field: Any, value: Any, names: Names) -> Any:
    if field.many_to_many:
        return sorted((names[field.related_model, pk] for pk in value), key=lambda name: (name.casefold(), name))
    if field.related_model:
        return None if value is None else names[field.related_model, value]
    if field.name in _LINES:
        try:
            return _LINES[field.name](value)
        except (AttributeError, KeyError, TypeError, ValueError):
            # Stored by an older release, or by hand: shown as it is.
            return value
    return plain(field, value)


def _settings(value: Mapping[str, Any]) -> dict[str, list[str]]:
    if value.keys() - set(Setting.values) or not all(value.values()):
        raise ValueError("The words would leave out a part of this.")
    return {str(label): lines for label, lines in settings_words(value)}


def _filters(value: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        category: [f"{match}: {'; '.join(lines)}" for match, lines in sets] for category, sets in filters_words(value)
    }


_LINES: dict[str, Callable[[Any], Any]] = {"settings": _settings, "alignment_filters": _filters}


def difference(before: State, after: State, moment: datetime) -> Changes:
    """The changes that lead from one state to the other, in the words of the log, with names as of `moment`."""
    names = names_at(moment, before, after)
    return diff(words_of(before, names), words_of(after, names))
