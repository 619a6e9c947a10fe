"""Figures that hold on a noisy machine: medians of alternating rounds, and ratios within a round."""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Work = Callable[[], object]


def seconds(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternating(works: Sequence[Work], rounds: int) -> list[list[float]]:
    """The seconds of each work in each round: A B A B …, after one round that doesn't count."""
    for work in works:
        work()
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for times, work in zip(found, works, strict=True):
            times.append(seconds(work))
    return found


def ratio(times: Sequence[float], baseline: Sequence[float]) -> float:
    """The median of the ratios round by round."""
    return statistics.median(a / b for a, b in zip(times, baseline, strict=True))


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, its first column to the left and the others to the right."""
    lines = [list(map(str, row)) for row in (head, *rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    print(f"\n{title}")
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(w) if not place else cell.rjust(w)
            for place, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells))
        if not number:
            print("  ".join("-" * width for width in widths))


def ms(times: Sequence[float]) -> str:
    return f"{statistics.median(times) * 1000:.2f}"


def memory(field: str, pid: int | str = "self") -> float | None:
    """MB that a process has in memory (VmRSS) or had at most (VmHWM); None on a system that doesn't tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), None)


def growth(before: float | None, after: float | None) -> str:
    return "?" if before is None or after is None else f"{after - before:.1f}"
