"""The CSV export against psql's COPY of the same select, in-process and over HTTP, and the list while it runs."""

import argparse
import os
import statistics
import subprocess
from pathlib import Path

from django.db import connection

from activity.copying import never
from activity.export import csv_lines
from activity.export_columns import csv_copy
from activity.models import Entry
from activity.proof.manifests import Tally
from tests.benchmarks.download import Download
from tests.benchmarks.measure import alternating, growth, memory, ms, ratio, table
from tests.benchmarks.reader import ACCOUNT
from tests.benchmarks.served import Server, copies, served, wait_for

_LIST, _EXPORT = f"/a/{ACCOUNT}/activity/", f"/a/{ACCOUNT}/activity/export.csv"
_FEW = "?type=ACTIVITY_LOG&from=2026-06-30"
_PAGES, _AT_ONCE = 20, 2


def run(options: argparse.Namespace) -> None:
    with served() as server:
        # What the first requests load isn't growth.
        server.pages(_LIST, _PAGES)
        for encoding in ("identity", "gzip"):
            server.download(_EXPORT + _FEW, encoding)
        before = _calm(server.pid)
        _throughput(server, options)
        one = growth(before, memory("VmHWM", server.pid))
        _beside_pages(server, options)
        both = growth(before, memory("VmHWM", server.pid))
    print(f"\nThe server grew by {one} MB, one export at a time; by {both} MB, {_AT_ONCE} at once beside pages.")


def _calm(pid: int) -> float | None:
    """MB in memory; the most so far begins anew, where the system lets it."""
    anew = Path(f"/proc/{pid}/clear_refs")
    if anew.exists():
        anew.write_text("5")
    return memory("VmRSS", pid)


def _throughput(server: Server, options: argparse.Namespace) -> None:
    entries = Entry.objects.filter(account__slug=ACCOUNT)
    rows = entries.count()
    sql, params = csv_copy(entries)
    with connection.cursor() as cursor:
        select = cursor.mogrify(sql, params)
    plain: list[Download] = []
    gzip: list[Download] = []
    psql, *others = alternating(
        [
            lambda: _psql(select),
            lambda: sum(len(block) for block in csv_lines(entries, never, Tally("activity.csv", "csv", rows))),
            lambda: plain.append(server.download(_EXPORT)),
            lambda: gzip.append(server.download(_EXPORT, "gzip")),
        ],
        options.rounds,
    )
    names = ("the export's stream", "over HTTP", "over HTTP, gzip asked for")
    table(
        f"CSV of {rows:,} entries (medians of {options.rounds} rounds)",
        ("", "rows/s", "share of psql", "first byte, ms", "MB sent", "Content-Encoding"),
        [
            ("psql", _rate(rows, psql), "1.00", "", "", ""),
            *(
                (name, _rate(rows, times), f"{1 / ratio(times, psql):.2f}", *_sent(downloads[1:]))
                for name, times, downloads in zip(names, others, ([], plain, gzip), strict=True)
            ),
        ],
    )


def _rate(rows: int, times: list[float]) -> str:
    return f"{rows / statistics.median(times):,.0f}"


def _sent(downloads: list[Download]) -> tuple[str, str, str]:
    if not downloads:
        return "", "", ""
    last = downloads[-1]
    return ms([each.first for each in downloads]), f"{last.size / 1e6:.1f}", last.encoding


def _psql(select: str) -> None:
    connection.ensure_connection()
    info = connection.connection.info
    address = ["-h", info.host, "-p", str(info.port), "-U", info.user, "-d", info.dbname]
    environment = os.environ | {"PGPASSWORD": info.password}
    subprocess.run(["psql", "-q", *address, "-c", select], check=True, stdout=subprocess.DEVNULL, env=environment)


def _beside_pages(server: Server, options: argparse.Namespace) -> None:
    alone, beside, freed = [], [], []
    for _ in range(options.rounds):
        alone.append(statistics.median(server.pages(_LIST, _PAGES)))
        with server.downloading(_EXPORT, _AT_ONCE):
            beside.append(statistics.median(server.pages(_LIST, _PAGES)))
        freed.append(wait_for(lambda: not copies()))
    table(
        f"The list page over HTTP (medians of {options.rounds} rounds of {_PAGES} requests)",
        ("", "ms", "ratio"),
        [
            ("alone", ms(alone), "1.00"),
            (f"beside {_AT_ONCE} exports", ms(beside), f"{ratio(beside, alone):.2f}"),
        ],
    )
    print(f"Clients that went away midway: their connections were free after {ms(freed)} ms.")
