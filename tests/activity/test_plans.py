"""The list stays fast by structure: what it asks of a log of 200,000 entries, for every mix of filters."""

import argparse
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoDbBlocker

from tests.benchmarks import seed
from tests.benchmarks.cases import Case, cases
from tests.benchmarks.mixes import DEEP, MIXES, SCOPED
from tests.benchmarks.reader import Query, counting

# Nine in ten of them are in the account that is asked for.
ENTRIES = 222_300
ALL = [*MIXES, *DEEP, *SCOPED]
NEVER = "type × action, never"


@pytest.fixture(scope="module")
def log(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Case]]:
    """The cases of the benchmark, in a database of their own: entries can't be removed from the one of the tests."""
    home = connection.settings_dict["NAME"]
    name = f"{home}_plans"
    with django_db_blocker.unblock():
        _in_maintenance(f'CREATE DATABASE "{name}" TEMPLATE "{home}"')
        try:
            connection.settings_dict["NAME"] = name
            seed.run(argparse.Namespace(entries=ENTRIES))
            yield {case.name: case for case in cases()}
        finally:
            connection.settings_dict["NAME"] = home
            _in_maintenance(f'DROP DATABASE "{name}"')


def _in_maintenance(sql: str) -> None:
    connection.close()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql)


@pytest.fixture
def queries(log: dict[str, Case], db: None, request: pytest.FixtureRequest) -> list[Query]:
    """What the page of a case sends to the database."""
    case = log[request.param]
    with counting() as cost:
        assert case.client.get(case.url).status_code == 200
    return cost.queries


every_mix = pytest.mark.parametrize("queries", ALL, indirect=True)


@every_mix
def test_a_page_is_at_most_five_queries(queries: list[Query]) -> None:
    assert len(queries) <= 5


@every_mix
def test_no_page_steps_over_rows_or_counts_the_log(queries: list[Query]) -> None:
    for query in queries:
        # Of the few rows that a look at common words keeps, and never more.
        sql = re.sub(
            r"LIMIT %s\)(, verdict AS MATERIALIZED \(SELECT) count\(\*\)", r"\1", re.sub(r"\s+", " ", query.sql)
        )
        assert not re.search(r"\bOFFSET\b|\bCOUNT\s*\(", sql, re.IGNORECASE)
        if '"activity_entry"' in query.sql:
            assert re.search(r"LIMIT \d+", query.sql)


@every_mix
def test_no_page_reads_the_log_from_end_to_end(queries: list[Query]) -> None:
    with connection.cursor() as cursor:
        plans = [_nodes(cursor, query) for query in queries if query.is_rows or query.is_counts]
    assert plans
    assert [node for plan in plans for node in plan if node[1] == "activity_entry" and "Seq Scan" in node[0]] == []


@pytest.mark.parametrize("queries", [NEVER], indirect=True)
def test_what_never_happened_is_not_looked_for(queries: list[Query]) -> None:
    assert [query.sql for query in queries if "activity_entry" in query.sql] == []


def test_the_log_has_two_hundred_thousand_entries(log: dict[str, Case], db: None) -> None:
    """Of fewer, PostgreSQL may well read all, and the other tests would say nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM activity_chain WHERE account_id = %s", [log[NEVER].wanted.account_id])
        assert cursor.fetchone()[0] >= 200_000
        assert ("Seq Scan", "activity_entry") in _nodes(cursor, Query("SELECT max(summary) FROM activity_entry", []))


def _nodes(cursor: CursorWrapper, query: Query) -> list[tuple[str, str | None]]:
    """Each node of the query's plan: what it does, and to which table."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {query.sql}", query.params)
    found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return list(_walked(plan))


def _walked(node: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield node["Node Type"], node.get("Relation Name")
    for child in node.get("Plans", []):
        yield from _walked(child)
