"""`python -m tests.benchmarks seed --entries 1_000_000`, then list, export, write, batch, ingest, verify; last drop.

Each prints a table of medians and of ratios against a baseline measured in the same run, paired and alternating.
Databases are called sei_bench_<entries> on the server of DATABASE_URL, or on the embedded one.
"""

import argparse
import os
from importlib import import_module
from pathlib import Path

WITH_SEED = ("list", "export", "verify")
ALONE = ("write", "batch", "ingest")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["seed", *WITH_SEED, *ALONE, "drop"])
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the seeded database (1_000_000)")
    parser.add_argument("--rows", type=int, default=50_000, help="rows of a batch (50_000)")
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds of which the median counts (5)")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("SEI_DATA_DIR", str(Path(__file__).parents[2] / ".data" / "benchmarks"))

    import django

    django.setup()
    from tests.benchmarks import database

    if options.what == "drop":
        database.drop(options.entries)
        return
    with database.opened(options.entries if options.what in ("seed", *WITH_SEED) else 0, fresh=options.what == "seed"):
        import_module(f"tests.benchmarks.{options.what}").run(options)


if __name__ == "__main__":
    main()
