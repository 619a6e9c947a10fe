"""Two runs of `list --json` side by side: what a longer log costs."""

import argparse
import json
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import table


def run(options: argparse.Namespace) -> None:
    first, second = (json.loads(Path(name).read_text()) for name in options.files)
    sizes = [f"{run['entries']:,}" for run in (first, second)]
    table(
        f"The list at {sizes[1]} entries ÷ at {sizes[0]} (medians, ms)",
        ("filter", *(f"{name}{size}" for name in ("rows ", "counts ") for size in (*sizes, "÷"))),
        [
            (mix, *_ratio(figures, second["mixes"][mix], "rows"), *_ratio(figures, second["mixes"][mix], "counts"))
            for mix, figures in first["mixes"].items()
            if mix in second["mixes"]
        ],
    )


def _ratio(first: dict[str, Any], second: dict[str, Any], name: str) -> tuple[str, str, str]:
    a, b = first[name], second[name]
    # Where the counts say that there is nothing, no rows are asked for.
    return f"{a:.2f}", f"{b:.2f}", f"{b / a:.2f}" if a else "–"
