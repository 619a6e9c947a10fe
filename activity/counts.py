"""How many entries there are: total, per day, per type and per action, in one query that never counts the log."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.functions import TruncDate

from activity.filters import EntryFilter
from activity.models import DayCount, Entry

LIMIT = 10_000

# One pass gives three groupings. A type's number ignores which types are chosen, an action's which actions are.
_SQL = """
SELECT day, type, action,
       SUM(shown) FILTER (WHERE {types} AND {actions}), SUM(entries) FILTER (WHERE {types} AND {actions}),
       SUM(shown) FILTER (WHERE {actions}), SUM(entries) FILTER (WHERE {types})
FROM ({rows}) AS counts (day, type, action, shown, entries)
GROUP BY GROUPING SETS ((day), (type), (action))
"""


@dataclass(frozen=True)
class Counts:
    """What the page says about the filter as a whole; None where it can't be told without counting the log."""

    total: int = 0
    # Entries in all, those inside folded batches included; what an export gives.
    entries: int = 0
    # There are more than `total`; then nothing is known by day, type or action.
    more: bool = False
    days: dict[date, int] = field(default_factory=dict)
    types: dict[str, int] | None = None
    actions: dict[str, int] | None = None

    def floor(self, size: int, before: datetime | None = None) -> datetime | None:
        """The first moment of the days that hold the newest `size` entries (up to `before`); None when unknown."""
        last = before.astimezone(UTC).date() if before else date.max
        left = size
        for day in sorted((day for day in self.days if day <= last), reverse=True):
            # Of the day of `before` itself, some may be later than it.
            left -= self.days[day] if day < last else 0
            if left <= 0:
                return datetime.combine(day, time.min, UTC)
        return None


def counts_of(entry_filter: EntryFilter, counts: QuerySet[DayCount], entries: QuerySet[Entry], folds: bool) -> Counts:
    """The counts of a valid filter: exact from the counts per day, or else of up to LIMIT of its `entries`."""
    chosen = entry_filter.form.cleaned_data
    if entry_filter.counted:
        rows = entry_filter.of_counts(counts, without=("type", "action"))
        rows = rows.annotate(shown=F("heads" if folds else "entries"), all=F("entries"))
        return Counts(**_grouped(rows, chosen["type"], chosen["action"]))
    entries = entries.annotate(day=TruncDate("occurred_at", tzinfo=UTC), shown=Value(1), all=Value(1))
    found = _grouped(entries[: LIMIT + 1], [], [])
    if found["total"] > LIMIT:
        return Counts(total=LIMIT, more=True)
    return Counts(**{**found, **{f"{name}s": None for name in ("type", "action") if chosen[name]}})


def _grouped(rows: QuerySet[Any], types: list[str], actions: list[str]) -> dict[str, Any]:
    inner, params = rows.values_list("day", "type", "action", "shown", "all").query.sql_with_params()
    type_chosen = "type = ANY(%s)" if types else "TRUE"
    action_chosen = "action = ANY(%s)" if actions else "TRUE"
    t, a = [types] if types else [], [actions] if actions else []
    found: dict[str, Any] = {"total": 0, "entries": 0, "days": {}, "types": {}, "actions": {}}
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(types=type_chosen, actions=action_chosen, rows=inner), [*t, *a, *t, *a, *a, *t, *params]
        )
        for day, kind, action, shown, entries, of_type, of_action in cursor.fetchall():
            if day is not None and shown:
                found["days"][day] = int(shown)
                found["total"] += int(shown)
            if day is not None:
                found["entries"] += int(entries or 0)
            if kind is not None and of_type:
                found["types"][kind] = int(of_type)
            if action is not None and of_action:
                found["actions"][action] = int(of_action)
    return found
