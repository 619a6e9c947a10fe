"""`manage.py permissions`: the table of every URL and every role."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from sei_audit.matrix import COLUMNS, Row, matrix


class Command(BaseCommand):
    help = "Print who gets what: every URL, its methods, what it needs, and what each built-in role gets."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="as JSON, for programs")
        shape.add_argument("--markdown", action="store_true", help="as a table of a Markdown document")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = matrix()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) for row in rows], indent=2))
            return
        cells = [["URL", "methods", "needs", *COLUMNS], *map(_cells, rows)]
        self.stdout.write("\n".join(_markdown(cells) if options["markdown"] else _plain(cells)))


def _cells(row: Row) -> list[str]:
    return [row.route, " ".join(row.methods), row.needs, *row.answers.values()]


def _plain(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Columns under each other, as wide as they must be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _markdown(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    head, *body = (f"| {' | '.join(cells)} |" for cells in rows)
    return [head, "|---" * len(rows[0]) + "|", *body]
