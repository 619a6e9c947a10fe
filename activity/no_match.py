"""When no entry passes: which filter to drop, and how many entries there would be then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext as _

from activity.chips import chips
from activity.counts import MANY_EMAILS, Scope, periods
from activity.filters import EntryFilter
from activity.present import counted

_MOST = 5
# Dates are dropped together: one end alone rarely finds what the other had hidden.
_PERIOD = ("from", "to")


@dataclass(frozen=True)
class WayOut:
    """A filter to drop, the list without it, and how many entries that has; '' when only the log could tell."""

    text: str
    url: str
    count: str


def ways_out(entry_filter: EntryFilter, scope: Scope) -> list[WayOut]:
    """One for each field of the filter, without those that are known to help nothing."""
    names = list(dict.fromkeys(_PERIOD if name in _PERIOD else (name,) for name, _text in entry_filter.pairs))[:_MOST]
    without = [_without(entry_filter, dropped) for dropped in names]
    totals = _totals(without, scope)
    return [
        WayOut(_words(entry_filter, dropped), rest.query(), "" if total is None else counted(total))
        for dropped, rest, total in zip(names, without, totals, strict=True)
        if total != 0
    ]


def _without(entry_filter: EntryFilter, names: Sequence[str]) -> EntryFilter:
    query = entry_filter.query(**dict.fromkeys(names, ""))
    return EntryFilter(QueryDict(query.removeprefix("?")), entry_filter.queryset, entry_filter.account_id)


def _words(entry_filter: EntryFilter, names: Sequence[str]) -> str:
    """Such as: Type Team; or, of several values: Type (3)."""
    if names == _PERIOD:
        return _("Period")
    count = sum(name in names for name, _text in entry_filter.pairs)
    label = str(entry_filter.filters[names[0]].label)
    if count > 1:
        return f"{label} ({count})"
    chip = next(chip for chip in chips(entry_filter) if chip.name == label)
    return f"{label} {chip.text}"


def _totals(filters: list[EntryFilter], scope: Scope) -> list[int | None]:
    """How many entries each filter lists, all by one query of the kept counts; None where they can't tell."""
    asked = {number: _total(each, scope) for number, each in enumerate(filters) if _is_counted(each)}
    known: dict[int, int] = {}
    if asked:
        sql = " UNION ALL ".join(f"SELECT {number}, ({total})" for number, (total, _params) in asked.items())
        with connection.cursor() as cursor:
            cursor.execute(sql, [param for _total, params in asked.values() for param in params])
            known = {number: int(total) for number, total in cursor.fetchall()}
    return [known.get(number) for number in range(len(filters))]


def _is_counted(entry_filter: EntryFilter) -> bool:
    return (
        entry_filter.is_valid() and entry_filter.counted and len(entry_filter.form.cleaned_data["email"]) <= MANY_EMAILS
    )


def _total(entry_filter: EntryFilter, scope: Scope) -> tuple[str, list[Any]]:
    """SQL of the number of rows that the list of this filter has in all."""
    chosen = entry_filter.form.cleaned_data
    first, end = (chosen[name] and chosen[name].date() for name in _PERIOD)
    rows, params = periods(scope, chosen["email"], first, end)
    shown = "heads" if entry_filter.folds and scope.trees is None else "entries"
    sql = f"SELECT coalesce(sum(shown), 0) FROM ({rows.format(shown=shown)}) AS c (start, type, action, shown, entries)"
    narrowed = [name for name in ("type", "action") if chosen[name]]
    where = " AND ".join(["TRUE", *(f"{name} = ANY(%s)" for name in narrowed)])
    return f"{sql} WHERE {where}", [*params, *(chosen[name] for name in narrowed)]
