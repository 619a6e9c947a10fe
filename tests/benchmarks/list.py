"""The list for every filter mix: its SQL against the best that was written by hand, its counts, the whole request."""

import argparse
import json
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, connection

from tests.benchmarks.by_hand import ways
from tests.benchmarks.cases import Case, cases
from tests.benchmarks.measure import ms, ratio, table
from tests.benchmarks.plans import print_plans
from tests.benchmarks.reader import Cost, Query, counting, fetched

# Ways that take longer than this aren't the best one.
_PATIENCE_MS = 1000


@dataclass
class Measured:
    """The seconds of a case, round by round, its last rows query, and the way by hand that it is held against."""

    way: str
    query: Query
    rows: list[float] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    request: list[float] = field(default_factory=list)
    last: Cost = field(default_factory=Cost)


def run(options: argparse.Namespace) -> None:
    all_cases = cases()
    found = {case.name: Measured(*_best_way(case)) for case in all_cases}
    for number in range(options.rounds + 1):
        for case in all_cases:
            _measure(case, found[case.name], keep=number > 0)
    table(
        f"The list at {options.entries:,} entries (medians of {options.rounds} rounds, ms)",
        ("filter", "queries", "rows", "by hand", "rows ÷ by hand", "counts", "request", "by hand is"),
        [_row(name, measured) for name, measured in found.items()],
    )
    if options.json:
        Path(options.json).write_text(json.dumps(_figures(options.entries, found), indent=2, ensure_ascii=False))
    slowest = sorted(found, key=lambda name: -statistics.median(found[name].rows))[: options.plans]
    print_plans({name: found[name].last.rows for name in slowest})


def _measure(case: Case, measured: Measured, keep: bool) -> None:
    """One request, then its rows query as it was and the one by hand, which must give the same rows."""
    with counting() as cost:
        started = time.perf_counter()
        status = case.client.get(case.url).status_code
        request = time.perf_counter() - started
    if status != 200:
        raise RuntimeError(f"{case.name}: {status}")
    # After the request the processor's caches are full of templates: the first of these doesn't count.
    _found, (ours, first), (by_hand, second), (_, third), (_, fourth) = (
        _fetched(queries) for queries in ([measured.query], cost.rows, [measured.query], [measured.query], cost.rows)
    )
    if ours != by_hand:
        raise RuntimeError(f"{case.name}: the list has {ours[:3]}…, by hand it is {by_hand[:3]}…")
    if keep:
        measured.last = cost
        measured.rows.append((first + fourth) / 2)
        measured.by_hand.append((second + third) / 2)
        measured.counts.append(cost.counts)
        measured.request.append(request)


def _fetched(queries: list[Query]) -> tuple[list[int], float]:
    """The numbers of all rows, and the seconds; no time at all when there is no query."""
    found = [fetched(query) for query in queries]
    return [row["seq"] for rows, _seconds in found for row in rows], sum(seconds for _rows, seconds in found)


def _best_way(case: Case) -> tuple[str, Query]:
    """The fastest of the ways by hand, each tried when what it reads is in memory."""
    tried = {way: (_trial(query), query) for way, query in ways(case.wanted).items()}
    way = min(tried, key=lambda way: tried[way][0])
    return way, tried[way][1]


def _trial(query: Query) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {_PATIENCE_MS}")
        try:
            return min(fetched(query)[1] for _ in range(3))
        except DatabaseError:
            return float("inf")
        finally:
            cursor.execute("RESET statement_timeout")


def _row(name: str, measured: Measured) -> tuple[object, ...]:
    return (
        name,
        len(measured.last.queries),
        ms(measured.rows),
        ms(measured.by_hand),
        f"{ratio(measured.rows, measured.by_hand):.2f}",
        ms(measured.counts),
        ms(measured.request),
        measured.way,
    )


def _figures(entries: int, found: dict[str, Measured]) -> dict[str, object]:
    """Medians in ms, for `compare`."""
    names = ("rows", "by_hand", "counts", "request")
    mixes = {
        mix: {name: statistics.median(getattr(measured, name)) * 1000 for name in names}
        for mix, measured in found.items()
    }
    return {"entries": entries, "mixes": mixes}
