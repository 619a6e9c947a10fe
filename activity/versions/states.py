"""Which versions a team has, and the state that each keeps in its history record."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.guard import Access
from accounts.tracking import history_model
from activity.changes import known_fields
from activity.models import Entry
from activity.scope import VIEW
from activity.touched import many_ids
from tracked_objects.models import Team

# Stored values by the name of the field: keys as ids, many-to-many fields as sets of ids.
State = dict[str, Any]


def saves_of(access: Access, pk: int) -> QuerySet[Any]:
    """The entries that left a version behind, each with its `number`: 1 is the oldest.

    Entries from elsewhere have no history record and are no versions; nor is a deletion, which leaves nothing.
    """
    found = Entry.objects.filter(
        account_id=access.account.pk,
        type=Team.entry_type,
        object_id=str(pk),
        history_model=history_model(Team)._meta.label,
        history_id__isnull=False,
    )
    number = Window(RowNumber(), order_by=["occurred_at", "seq"])
    return found.exclude(action="DELETED").annotate(number=number)


def versions_of(access: Access, pk: int) -> QuerySet[Any]:
    """The versions that the viewer may see. They are numbered over all, so that everybody calls one the same."""
    found, trees = saves_of(access, pk), access.scope(VIEW)
    # No version has the number 0. Beside it, the scope is applied behind the numbering instead of before.
    return found if trees is None else found.filter(Q(number=0) | Q(org_tree_id__in=sorted(trees)))


def version_at(access: Access, pk: int, end: datetime) -> Entry | None:
    """The newest version before `end`; whether the viewer may see it is asked with `may_see`."""
    version: Entry | None = saves_of(access, pk).filter(occurred_at__lt=end).order_by("-occurred_at", "-seq").first()
    return version


def may_see(access: Access, version: Entry) -> bool:
    trees = access.scope(VIEW)
    return trees is None or version.org_tree_id in trees


@cache
def team_fields() -> list[Any]:
    """The fields that people know, in the order in which entries tell of them."""
    return [*(field for field, _name in known_fields(history_model(Team), False)), *Team._meta.many_to_many]


def states_of(versions: Iterable[Entry]) -> dict[Any, State]:
    """The states of versions, by the id of the history record."""
    history = history_model(Team)
    records = history.objects.filter(pk__in=[version.history_id for version in versions])
    found = {record.pk: _values(record) for record in records}
    for field in Team._meta.many_to_many:
        held: dict[Any, set[Any]] = {pk: set() for pk in found}
        rows = getattr(history, field.name).model.objects.filter(history_id__in=list(found))
        for pk, other in rows.values_list("history_id", f"{field.m2m_reverse_field_name()}_id"):
            held[pk].add(other)
        for pk, state in found.items():
            state[field.name] = frozenset(held[pk])
    return found


def state_now(team: Team) -> State:
    """The state that a version of now would have."""
    return _values(team) | {field.name: many_ids(team, field.name, team.pk) for field in Team._meta.many_to_many}


def _values(holder: Any) -> State:
    fields = known_fields(history_model(Team), False)
    return {field.name: field.to_python(getattr(holder, name)) for field, name in fields}
