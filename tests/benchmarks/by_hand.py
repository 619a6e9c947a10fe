"""The page of a filter in SQL written by hand, in each of the ways that somebody who knows the indexes would try."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from math import prod
from typing import Any

from tests.benchmarks.reader import Query

# What the list fetches.
_COLUMNS = (
    "id, seq, occurred_at, type, action, actor_kind, actor_email, actor_name, object_id, object_name, summary,"
    " child_count, source, ip_address"
)
_ORDER = "ORDER BY occurred_at DESC, seq DESC LIMIT %s"
_WORDS = (
    "activity_words(account_id, summary, object_name, object_id, actor_email, actor_name, changes)"
    " @@ activity_words_query(%s, %s)"
)
# To plan more scans than this takes longer than to run them: from here on, one scan is repeated for each e-mail.
MANY_SCANS = 64

Condition = tuple[str, list[Any]]


@dataclass(frozen=True)
class Wanted:
    """What the filter asks for: a page of entries that have any of the values in each of the columns."""

    account_id: int
    any_of: dict[str, list[Any]] = field(default_factory=dict)
    objects: list[str] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    heads: bool = True
    below: tuple[datetime, int] | None = None
    limit: int = 51


def ways(wanted: Wanted) -> dict[str, Query]:
    """The queries that could be the best one; which of them is, depends on how much passes the filter."""
    everything = [*_fixed(wanted), *(_any(column, values) for column, values in _columns(wanted).items())]
    found = {"plain": _plain(everything, wanted.limit), "found first": _found_first(everything, wanted.limit)}
    scans = prod(len(values) for values in _columns(wanted).values())
    if scans > MANY_SCANS:
        found["per e-mail"] = _per_email(wanted)
    elif scans > 1:
        found["merged"] = _merged(wanted)
    return found


def _columns(wanted: Wanted) -> dict[str, list[Any]]:
    return {column: values for column, values in wanted.any_of.items() if values}


def _fixed(wanted: Wanted) -> Iterator[Condition]:
    """The conditions that hold for all entries of the page alike."""
    yield "account_id = %s", [wanted.account_id]
    if wanted.heads:
        yield "parent_seq IS NULL", []
    if wanted.objects:
        pairs = ["type = %s AND object_id = %s"] * len(wanted.objects)
        yield f"({' OR '.join(pairs)})", [part for reference in wanted.objects for part in reference.split(":", 1)]
    if wanted.since:
        yield "occurred_at >= %s", [wanted.since]
    if wanted.until:
        yield "occurred_at < %s", [wanted.until]
    if wanted.words:
        yield _WORDS, [wanted.account_id, wanted.words]
    if wanted.below:
        yield "(occurred_at, seq) < (%s, %s)", [*wanted.below]


def _any(column: str, values: list[Any]) -> Condition:
    # IN, not ANY of an array: its values have no type of their own, so that the column's own index is used.
    return (f"{column} IN ({', '.join(['%s'] * len(values))})", values) if values[1:] else (f"{column} = %s", values)


def _where(conditions: list[Condition]) -> Condition:
    return " AND ".join(sql for sql, _params in conditions), [param for _sql, params in conditions for param in params]


def _plain(conditions: list[Condition], limit: int) -> Query:
    """Along the index, as far as the page goes."""
    where, params = _where(conditions)
    return Query(f"SELECT {_COLUMNS} FROM activity_entry WHERE {where} {_ORDER}", [*params, limit])


def _found_first(conditions: list[Condition], limit: int) -> Query:
    """All that passes, sorted after: for what is rare, such as a word in the GIN index."""
    where, params = _where(conditions)
    found = f"WITH found AS MATERIALIZED (SELECT {_COLUMNS} FROM activity_entry WHERE {where})"
    return Query(f"{found} SELECT * FROM found {_ORDER}", [*params, limit])


def _merged(wanted: Wanted) -> Query:
    """One limited scan for each combination of values, each along its own part of an index."""
    columns = _columns(wanted)
    scans, params = [], []
    for values in product(*columns.values()):
        conditions = [*_fixed(wanted), *(_any(column, [value]) for column, value in zip(columns, values, strict=True))]
        scan = _plain(conditions, wanted.limit)
        scans.append(f"({scan.sql})")
        params += scan.params
    return Query(f"{' UNION ALL '.join(scans)} {_ORDER}", [*params, wanted.limit])


def _per_email(wanted: Wanted) -> Query:
    """One limited scan for each e-mail, of the index alone; only the page itself is fetched from the table."""
    columns = _columns(wanted)
    emails = columns.pop("actor_email")
    where, params = _where([*_fixed(wanted), *(_any(column, values) for column, values in columns.items())])
    scan = f"SELECT occurred_at, seq FROM activity_entry WHERE actor_email = given.email AND {where} {_ORDER}"
    newest = (
        "SELECT scan.occurred_at, scan.seq FROM unnest(%s::text[]) AS given (email)"
        f" CROSS JOIN LATERAL ({scan}) AS scan {_ORDER}"
    )
    return Query(
        f"WITH newest AS MATERIALIZED ({newest}) SELECT {_COLUMNS} FROM activity_entry"
        f" WHERE account_id = %s AND seq = ANY(ARRAY(SELECT seq FROM newest)) {_ORDER}",
        [emails, *params, wanted.limit, wanted.limit, wanted.account_id, wanted.limit],
    )
