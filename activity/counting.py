"""The counts that the writer keeps in its transaction, so that nobody has to count the log."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, timedelta
from enum import StrEnum
from typing import Any


class Grain(StrEnum):
    """What one row of counts is about. Coarser rows answer long periods from few rows."""

    DAY = "day"
    WEEK = "week"
    ACTOR_DAY = "actor_day"
    ACTOR_WEEK = "actor_week"
    # An actor over all time.
    ACTOR = "actor"


# The start of a period that is all time.
EVER = date(1, 1, 1)

Facts = tuple[int, str, date, str, str, int]
Key = tuple[int, str, str, date, str, str, int]

_COLUMNS = "account_id, grain, actor_email, start, type, action, org_tree_id, entries, heads"


def monday(day: date) -> date:
    """The first day of the week of `day`."""
    return day - timedelta(days=day.weekday())


def counts_sql(rows: Iterable[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    """The statement that adds new entries to the counts, its keys in one order for everybody."""
    entries: Counter[Key] = Counter()
    heads: Counter[Key] = Counter()
    for facts, (count, head_count) in _by_day(rows).items():
        for key in _keys(facts):
            entries[key] += count
            heads[key] += head_count
    values = [value for key in sorted(entries) for value in (*key, entries[key], heads[key])]
    return (
        f"INSERT INTO activity_count ({_COLUMNS}) VALUES "
        + ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(entries))
        + " ON CONFLICT (account_id, grain, actor_email, start, type, action, org_tree_id) DO UPDATE SET"
        " entries = activity_count.entries + excluded.entries, heads = activity_count.heads + excluded.heads",
        values,
    )


def _by_day(rows: Iterable[Mapping[str, Any]]) -> dict[Facts, tuple[int, int]]:
    """The rows of a flush, most of which are alike, counted once per actor and day."""
    counts: dict[Facts, tuple[int, int]] = {}
    for row in rows:
        day = row["occurred_at"].astimezone(UTC).date()
        facts = (row["account_id"], row["actor_email"], day, row["type"], row["action"], row["org_tree_id"] or 0)
        count, head_count = counts.get(facts, (0, 0))
        counts[facts] = (count + 1, head_count + (row["parent_seq"] is None))
    return counts


def _keys(facts: Facts) -> Iterator[Key]:
    account_id, email, day, kind, action, tree = facts
    for grain, actor, start in (
        (Grain.DAY, "", day),
        (Grain.WEEK, "", monday(day)),
        (Grain.ACTOR_DAY, email, day),
        (Grain.ACTOR_WEEK, email, monday(day)),
        (Grain.ACTOR, email, EVER),
    ):
        yield account_id, grain.value, actor, start, kind, action, tree


# The same counts from the log itself: for a log that was loaded by other means, and to check the kept ones.
RECOUNT_SQL = f"""
INSERT INTO activity_count ({_COLUMNS})
SELECT account_id, grain, CASE WHEN grain LIKE 'actor%' THEN actor_email ELSE '' END AS actor,
       CASE WHEN grain LIKE '%day' THEN day WHEN grain LIKE '%week' THEN date_trunc('week', day)::date
            ELSE '0001-01-01' END AS start,
       type, action, org_tree_id, sum(entries), sum(heads)
FROM (
    SELECT account_id, (occurred_at AT TIME ZONE 'UTC')::date AS day, type, action, actor_email,
           coalesce(org_tree_id, 0) AS org_tree_id, count(*) AS entries,
           count(*) FILTER (WHERE parent_seq IS NULL) AS heads
    FROM activity_entry GROUP BY 1, 2, 3, 4, 5, 6
) AS days, unnest(ARRAY['day', 'week', 'actor_day', 'actor_week', 'actor']) AS grain
GROUP BY account_id, grain, actor, start, type, action, org_tree_id
"""
