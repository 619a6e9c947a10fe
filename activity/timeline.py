"""The entries of the same object around one of them, newest first, by one query."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from activity.models import Entry
from activity.paging import KEY
from activity.present import ROW_FIELDS, Presenter, Row

_AROUND = 9


@dataclass(frozen=True)
class Moment:
    """An entry of the timeline; `text` is its summary without the name of the object."""

    row: Row
    text: str
    current: bool


@dataclass(frozen=True)
class Timeline:
    moments: list[Moment]
    newer: Row | None
    older: Row | None
    # Whether the object has more entries than these, on either side.
    more_newer: bool
    more_older: bool


def timeline(entries: QuerySet[Entry], entry: Entry, presenter: Presenter) -> Timeline | None:
    """Ten entries with `entry` in their middle, unless the object has fewer on one side; None without an object."""
    if not entry.object_id:
        return None
    newer, older = _around(entries.filter(type=entry.type, object_id=entry.object_id), entry)
    above = min(len(newer), max(_AROUND // 2, _AROUND - len(older)))
    below = _AROUND - above
    around = [*newer[len(newer) - above :], entry, *older[:below]]
    return Timeline(
        [_moment(presenter.row(other), other is entry) for other in around],
        presenter.row(newer[-1]) if newer else None,
        presenter.row(older[0]) if older else None,
        len(newer) > above,
        len(older) > below,
    )


def _around(same: QuerySet[Entry], entry: Entry) -> tuple[list[Entry], list[Entry]]:
    """The nearest newer and older entries, one more of each than could be shown; all newest first."""
    same, here = same.only(*ROW_FIELDS), (entry.occurred_at, entry.seq)
    newer = same.filter(TupleGreaterThan(KEY, here)).order_by("occurred_at", "seq")[: _AROUND + 1]
    older = same.filter(TupleLessThan(KEY, here)).order_by("-occurred_at", "-seq")[: _AROUND + 1]
    found = list(newer.union(older, all=True).order_by("-occurred_at", "-seq"))
    return (
        [other for other in found if (other.occurred_at, other.seq) > here],
        [other for other in found if (other.occurred_at, other.seq) < here],
    )


def _moment(row: Row, current: bool) -> Moment:
    rest = f": {row.rest}"
    return Moment(row, row.action + rest if row.rest and row.summary.endswith(rest) else row.summary, current)
