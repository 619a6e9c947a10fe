"""`python -m tests.checks.kill --kills 200`: kills the server at random points while clients work; then is all there?

Clients create, edit and delete developers through pages, one by one and in batches, send entries to the API and
download the log. What they were told is done must have its entry, each entry its change, and the chain must be whole.
`--restarts 20` also ends the embedded PostgreSQL as a crash does, that many times among the kills.
"""

import argparse
import atexit
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.checks.kill.load import Load


def main() -> None:
    options = _options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    _make_room()
    import django

    django.setup()
    from tests.benchmarks import database

    with database.opened(0):
        sys.exit(1 if _run(options) else 0)


def _run(options: argparse.Namespace) -> int:
    """How many things are not as they must be."""
    from tests.checks.kill.load import Load
    from tests.checks.kill.proof import report

    load = Load(options.clients)
    what = ["kill"] * options.kills + ["restart"] * options.restarts
    random.Random(options.seed).shuffle(what)
    port = None
    with load:
        for number, how in enumerate(what, 1):
            port = _round(load, how, port)
            print(f"\r{number} of {len(what)}, {load.acknowledged:,} requests acknowledged", end="", flush=True)
        _round(load, "end", port)
    print()
    return report(load, options)


def _round(load: "Load", how: str, port: int | None) -> int:
    """Serve until the clients have got something done, and something else is under way; then end it, as told."""
    from django.db import connection

    from tests.serving import free_port, serving, wait_for

    port = port or free_port()
    with serving(port, SEI_API_RATE="0") as process:
        load.port = port
        target = load.acknowledged + random.randint(1, 40)
        wait_for(lambda: load.acknowledged >= target)
        # Clients are told at the end of what they do: from there it is a step to the middle of it.
        load.over.wait(random.random() * 0.05)
        if how == "kill":
            process.kill()
            process.wait()
        elif how == "restart":
            _crash()
            connection.close()
            target = load.acknowledged + 3
            wait_for(lambda: load.acknowledged >= target)
        else:
            load.end()
    return port


def _crash() -> None:
    """End PostgreSQL without a last checkpoint, and start it again."""
    from django.conf import settings

    from sei_audit.embedded.binaries import run
    from sei_audit.embedded.cluster import Cluster

    cluster = Cluster(settings.DATA_DIR / "postgres")
    cluster.ensure_running()
    run("pg_ctl", "-D", str(cluster.folder), "-m", "immediate", "-w", "stop", user=cluster.user)
    cluster.ensure_running()


def _make_room() -> None:
    """For a PostgreSQL of its own, which nobody misses. What is first to be registered is last to be done: by then the
    server has been stopped."""
    os.environ.pop("DATABASE_URL", None)
    folder = tempfile.mkdtemp(prefix="sei-kill-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Path(folder).chmod(0o755)
    os.environ["SEI_DATA_DIR"] = folder


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.checks.kill", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200, help="how often the server is killed (200)")
    parser.add_argument("--restarts", type=int, default=0, help="how often PostgreSQL is ended as by a crash (0)")
    parser.add_argument("--clients", type=int, default=4, help="how many change developers at once (4)")
    parser.add_argument("--seed", type=int, default=None, help="for the same order of kills and restarts again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
