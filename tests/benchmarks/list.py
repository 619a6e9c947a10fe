"""The list for every filter mix: SQL of the rows and of the counts, and the whole request."""

import argparse
import statistics
import time

from tests.benchmarks.measure import table
from tests.benchmarks.mixes import MIXES
from tests.benchmarks.reader import Cost, auditor, counting


def run(options: argparse.Namespace) -> None:
    client = auditor()
    found: dict[str, list[tuple[Cost, float]]] = {name: [] for name in MIXES}
    for number in range(options.rounds + 1):
        for name, query in MIXES.items():
            with counting() as cost:
                started = time.perf_counter()
                status = client.get(f"/a/big/activity/?{query}").status_code
            if status != 200:
                raise RuntimeError(f"{name}: {status}")
            if number:
                found[name].append((cost, time.perf_counter() - started))
    base = statistics.median(cost.seconds() for cost, _whole in found["no filter"])
    rows = [_row(name, measured, base) for name, measured in found.items()]
    table(
        f"The list at {options.entries:,} entries (medians of {options.rounds} rounds, ms)",
        ("filter", "queries", "rows", "counts", "all SQL", "request", "SQL ÷ no filter"),
        rows,
    )


def _row(name: str, measured: list[tuple[Cost, float]], base: float) -> tuple[object, ...]:
    costs = [cost for cost, _whole in measured]
    rows, counts, sql = (
        statistics.median(cost.seconds(*marks) for cost in costs)
        for marks in (('FROM "activity_entry"', "LIMIT"), ("GROUPING SETS",), ())
    )
    if any("GROUPING SETS" in query and '"activity_entry"' in query for query, _seconds in costs[0].queries):
        rows = statistics.median(
            cost.seconds('FROM "activity_entry"', "LIMIT") - cost.seconds("GROUPING SETS") for cost in costs
        )
    whole = statistics.median(whole for _cost, whole in measured)
    figures = (f"{seconds * 1000:.1f}" for seconds in (rows, counts, sql, whole))
    return (name, len(costs[0].queries), *figures, f"{sql / base:.2f}")
