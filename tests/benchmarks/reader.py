"""Somebody who may read the seeded log, and what their requests cost."""

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

EMAIL = "auditor@bench.example"


def auditor(slug: str = "big") -> Client:
    """A signed-in client of an Account Admin of the account, made if need be."""
    user = User.objects.filter(email=EMAIL).first()
    if user is None:
        account = Account.objects.get(slug=slug)
        with recording(Actor.system("benchmark")):
            capabilities = {"capabilities": sorted(BUILT_IN[ACCOUNT_ADMIN])}
            role, _made = Role.objects.get_or_create(account=account, name=ACCOUNT_ADMIN, defaults=capabilities)
            user = User.objects.create_user(EMAIL, None)
            RoleBinding.objects.create(account=account, user=user, role=role)
    client = _client_of(user)
    client.defaults["HTTP_HOST"] = "localhost"
    return client


@dataclass
class Cost:
    """The queries of a request: their SQL and seconds."""

    queries: list[tuple[str, float]] = field(default_factory=list)

    def seconds(self, *marks: str) -> float:
        """The time of the queries that hold all of `marks`."""
        return sum(seconds for sql, seconds in self.queries if all(mark in sql for mark in marks))


@contextmanager
def counting() -> Iterator[Cost]:
    cost = Cost()

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            cost.queries.append((sql, time.perf_counter() - started))

    with connection.execute_wrapper(timed):
        yield cost
