"""`python -m tests.benchmarks seed --entries 1_000_000`, then list, parts, export, verify; or write, batch, upload …

Each prints a table of medians and of ratios against a baseline measured in the same run, paired and alternating.
Databases are called sei_bench_<entries> on the server of DATABASE_URL, or on the embedded one.
"""

import argparse
import os
from importlib import import_module
from pathlib import Path

WITH_SEED = ("list", "parts", "export", "verify")
ALONE = ("write", "batch", "upload", "ingest")


def main() -> None:
    options = _options()
    if options.what == "compare":
        import_module("tests.benchmarks.compare").run(options)
        return
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["seed", *WITH_SEED, *ALONE, "compare", "drop"])
    parser.add_argument("files", nargs="*", help="of compare: what two runs of list have saved")
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the seeded database (1_000_000)")
    parser.add_argument("--rows", type=int, default=50_000, help="rows of a batch or an upload (50_000)")
    parser.add_argument("--clients", type=int, default=8, help="how many write at once (8)")
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds of which the median counts (5)")
    parser.add_argument("--json", metavar="FILE", help="where list saves its figures, for compare")
    parser.add_argument("--plans", type=int, default=0, metavar="N", help="list prints the plans of the N slowest (0)")
    options = parser.parse_args()
    if (options.what == "compare") != (len(options.files) == 2) or (options.files and options.what != "compare"):
        parser.error("compare takes two files, nothing else takes any")
    return options


if __name__ == "__main__":
    main()
