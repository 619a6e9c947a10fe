"""What those who watch the app ask: does the process live, can it work, and what has it done."""

import logging
import time
from collections.abc import Callable
from functools import cache
from threading import Lock

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.guard import PUBLIC, access
from sei_audit.metrics import metrics

logger = logging.getLogger(__name__)

_STATES = ("database", "migrations", "log")
_SECOND = 1.0
_PATIENCE = "SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '5s'"
# PostgreSQL asks for the rights, and whether it takes changes at all, before it finds that there is nothing to do.
_WRITES = (
    "UPDATE activity_chain SET seq = seq WHERE false",
    "INSERT INTO activity_entry SELECT * FROM activity_entry WHERE false",
    "INSERT INTO activity_count SELECT * FROM activity_count WHERE false",
    "UPDATE activity_count SET entries = entries WHERE false",
)


@access(PUBLIC)
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody else, so that a database that is away gets no app restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


@access(PUBLIC)
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: by one word each, as anybody may ask."""
    found = _last.states()
    text = "".join(f"{name}: {'ok' if good else 'not ok'}\n" for name, good in found.items())
    response = HttpResponse(text, status=200 if all(found.values()) else 503, content_type="text/plain")
    # Why not has a record of its own.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


class WatchersMiddleware:
    """Answers watchers before hosts, https and sessions are looked at: they ask by an address, and are nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.views = {reverse(view.__name__): view for view in (healthz, readyz, metrics)}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = self.views.get(request.path_info)
        return view(request) if view else self.get_response(request)


class _Last:
    """The answer, found at most once a second and by one at a time: anybody may ask, however often."""

    def __init__(self) -> None:
        self._lock, self._found, self._until = Lock(), dict.fromkeys(_STATES, False), 0.0

    def states(self) -> dict[str, bool]:
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._found = states()
                self._until = time.monotonic() + _SECOND
            finally:
                self._lock.release()
        return self._found


_last = _Last()


def states() -> dict[str, bool]:
    """What it takes to serve requests, and whether it is so. Each needs the one before."""
    found = dict.fromkeys(_STATES, False)
    try:
        for name, check in zip(_STATES, (_reach, _migrated, _writable), strict=True):
            found[name] = check()
            if not found[name]:
                break
    except DatabaseError as error:
        # Why is for the application's log alone.
        logger.error("Not ready: %s", str(error).partition("\n")[0])
    return found


def _reach() -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        cursor.execute("SELECT 1")
    return True


def _migrated() -> bool:
    applied = MigrationRecorder(connection).applied_migrations()
    return all(leaf in applied for leaf in _newest_migrations())


@cache
def _newest_migrations() -> list[tuple[str, str]]:
    """The last migration of each app, which has all others before it."""
    return list(MigrationLoader(None).graph.leaf_nodes())


def _writable() -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        for sql in _WRITES:
            cursor.execute(sql)
    return True
