"""The CSV export against psql's COPY of the same select, both read to the end."""

import argparse
import subprocess

from django.db import connection

from activity.export import csv_lines
from activity.export_columns import csv_copy
from activity.models import Entry
from tests.benchmarks.measure import alternating, ratio, table


def run(options: argparse.Namespace) -> None:
    entries = Entry.objects.filter(account__slug="big")
    rows = entries.count()
    sql, params = csv_copy(entries)
    with connection.cursor() as cursor:
        select = cursor.mogrify(sql, params)
    ours, psql = alternating([lambda: _read(sql, params), lambda: _psql(select)], options.rounds)
    table(
        f"CSV of {rows:,} entries (medians of {options.rounds} rounds)",
        ("", "rows/s", "share of psql"),
        [
            ("psql", f"{rows / sorted(psql)[len(psql) // 2]:,.0f}", "1.00"),
            ("the export's stream", f"{rows / sorted(ours)[len(ours) // 2]:,.0f}", f"{1 / ratio(ours, psql):.2f}"),
        ],
    )


def _read(sql: str, params: tuple[object, ...]) -> int:
    return sum(len(block) for block in csv_lines(sql, params))


def _psql(select: str) -> None:
    connection.ensure_connection()
    info = connection.connection.info
    address = ["-h", info.host, "-p", str(info.port), "-U", info.user, "-d", info.dbname]
    subprocess.run(["psql", "-q", *address, "-c", select], check=True, stdout=subprocess.DEVNULL)
