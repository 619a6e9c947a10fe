"""Why a query takes its time."""

import textwrap
from collections.abc import Mapping, Sequence

from django.db import connection

from tests.benchmarks.reader import Query

# A thousand e-mails in an index condition are one line.
_WIDTH = 160


def print_plans(queries: Mapping[str, Sequence[Query]]) -> None:
    """The plan of each query as it runs, with the buffers it read."""
    for name, sent in queries.items():
        for query in sent:
            print(f"\n{name}")
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query.sql}", query.params)
                for (line,) in cursor.fetchall():
                    indent = " " * (len(line) - len(line.lstrip()))
                    print(textwrap.shorten(line, _WIDTH, initial_indent=indent, placeholder=" …"))
