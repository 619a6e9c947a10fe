"""People who may read the seeded log, and what their requests cost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

from accounts.models import Account, Role, RoleBinding, User
from accounts.permissions import ACCOUNT_ADMIN, BUILT_IN
from activity.actors import Actor
from activity.recording import recording
from tests.conftest import _client_of
from tracked_objects.models import OrgTree

ACCOUNT = "big"


def auditor() -> Client:
    """A signed-in client of an Account Admin of the account, made if need be."""
    return _client("auditor@bench.example", ACCOUNT_ADMIN, frozenset(BUILT_IN[ACCOUNT_ADMIN]))


def scoped_viewer() -> tuple[Client, int]:
    """A signed-in client of somebody who sees the entries of one org tree, and that tree's id.

    Seeded entries have the ids of trees that don't exist; the first tree to be made gets the first of these ids.
    """
    account = Account.objects.get(slug=ACCOUNT)
    tree = OrgTree.objects.filter(account=account).order_by("pk").first()
    if tree is None:
        with recording(Actor.system("benchmark")):
            tree = OrgTree.objects.create(account=account, name="Benchmark")
    return _client("scoped@bench.example", "Reader of a tree", frozenset({"activity.view"}), tree), tree.pk


def _client(email: str, role_name: str, capabilities: frozenset[str], tree: OrgTree | None = None) -> Client:
    user = User.objects.filter(email=email).first()
    if user is None:
        account = Account.objects.get(slug=ACCOUNT)
        with recording(Actor.system("benchmark")):
            defaults = {"capabilities": sorted(capabilities)}
            role, _made = Role.objects.get_or_create(account=account, name=role_name, defaults=defaults)
            user = User.objects.create_user(email, None)
            RoleBinding.objects.create(account=account, user=user, role=role, org_tree=tree)
    client = _client_of(user)
    client.defaults["HTTP_HOST"] = "localhost"
    return client


@dataclass(frozen=True)
class Query:
    """What was sent to the database, and how long it took."""

    sql: str
    params: Any
    seconds: float = 0.0

    @property
    def is_counts(self) -> bool:
        return "GROUPING SETS" in self.sql or "activity_count" in self.sql

    @property
    def is_rows(self) -> bool:
        return "activity_entry" in self.sql and not self.is_counts


@dataclass
class Cost:
    """The queries of a request."""

    queries: list[Query] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(query.seconds for query in self.queries)

    @property
    def counts(self) -> float:
        """The seconds of what counts: total, per day, per type and per action."""
        return sum(query.seconds for query in self.queries if query.is_counts)

    @property
    def rows(self) -> list[Query]:
        """What fetches the rows; nothing where the counts say that there are none."""
        return [query for query in self.queries if query.is_rows]


@contextmanager
def counting() -> Iterator[Cost]:
    cost = Cost()

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            cost.queries.append(Query(sql, params, time.perf_counter() - started))

    with connection.execute_wrapper(timed):
        yield cost


def fetched(query: Query) -> tuple[list[dict[str, Any]], float]:
    """All rows of a query that is sent as it is, and its seconds."""
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(query.sql, query.params)
        rows = cursor.fetchall()
        seconds = time.perf_counter() - started
        names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in rows], seconds
