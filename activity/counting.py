"""The counts that the writer keeps in its transaction, so that nobody has to count the log."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, timedelta
from enum import StrEnum
from typing import Any


class Grain(StrEnum):
    """What one row of counts is about. Coarser rows answer long periods from few rows."""

    DAY = "day"
    WEEK = "week"
    ACTOR_DAY = "actor_day"
    ACTOR_WEEK = "actor_week"
    # An actor over all time, whatever the type and the action.
    ACTOR = "actor"


# The start of a period that is all time.
EVER = date(1, 1, 1)

_COLUMNS = "account_id, grain, actor_email, start, type, action, org_tree_id, entries, heads"


def monday(day: date) -> date:
    """The first day of the week of `day`."""
    return day - timedelta(days=day.weekday())


def add_counts(cursor: Any, account_id: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add new entries of an account to its counts. Most of a batch are alike, and go to the database as one."""
    entries: Counter[tuple[Any, ...]] = Counter()
    heads: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        day = row["occurred_at"].astimezone(UTC).date()
        facts = (row["actor_email"], day, row["type"], row["action"], row["org_tree_id"] or 0)
        entries[facts] += 1
        heads[facts] += row["parent_seq"] is None
    columns = [list(column) for column in zip(*entries, strict=True)]
    counted = [list(entries.values()), [heads[facts] for facts in entries]]
    cursor.execute(
        "SELECT activity_add_counts(%s, %s, %s::date[], %s, %s, %s, %s, %s)", [account_id, *columns, *counted]
    )


# The same counts from the log itself, rows in the order that the writer makes them: for a log that was loaded by other
# means, and to check the kept ones.
RECOUNT_SQL = f"""
INSERT INTO activity_count ({_COLUMNS})
SELECT account_id, grain, actor, start, of_type, of_action, org_tree_id, sum(entries), sum(heads)
FROM (
    SELECT account_id, (occurred_at AT TIME ZONE 'UTC')::date AS day, type, action, actor_email,
           coalesce(org_tree_id, 0) AS org_tree_id, count(*) AS entries,
           count(*) FILTER (WHERE parent_seq IS NULL) AS heads, min(recorded_at) AS first_seen
    FROM activity_entry GROUP BY 1, 2, 3, 4, 5, 6
) AS days, activity_grains(actor_email, day, type, action)
GROUP BY account_id, grain, actor, start, of_type, of_action, org_tree_id
ORDER BY min(first_seen)
"""
