"""Figures for Prometheus: of this process since its start, and of each account's chain. For who has the token alone."""

import logging
import secrets
from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from accounts.guard import PUBLIC, access
from accounts.unavailable import AWAY, BUSY, UNWRITABLE
from activity.signals import downloaded, written
from activity.writer import Draft

logger = logging.getLogger(__name__)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LONG = (0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600)

REGISTRY = CollectorRegistry()
ENTRIES = Counter("sei_entries", "Entries that were written and committed.", ["type", "action"], registry=REGISTRY)
FLUSH = Histogram(
    "sei_flush_seconds", "What writing entries took that belong together.", buckets=_SECONDS, registry=REGISTRY
)
ROWS = Counter("sei_export_rows", "Rows of downloads that came to their end.", registry=REGISTRY)
EXPORT = Histogram("sei_export_seconds", "What such a download took.", buckets=_LONG, registry=REGISTRY)
REFUSED = Counter(
    "sei_unavailable",
    "Requests that the database could not serve: it was busy or away, or the log could not be written.",
    ["reason"],
    registry=REGISTRY,
)

for _reason in (BUSY, AWAY, UNWRITABLE):
    # Told as 0 from the start, so that the first one is seen to be one more.
    REFUSED.labels(_reason.name)

_CHAINS = """
SELECT account.slug, chain.seq, extract(epoch FROM chain.recorded_at)
FROM activity_chain AS chain JOIN accounts_account AS account ON account.id = chain.account_id
"""
_VERIFIED = """
SELECT DISTINCT ON (account.slug) account.slug, extract(epoch FROM verification.at), verification.problem IS NULL
FROM activity_verification AS verification JOIN accounts_account AS account ON account.id = verification.account_id
ORDER BY account.slug, verification.id DESC
"""


def connect() -> None:
    """Listen to the log, if anybody asks for figures; called once, when the app is ready."""
    if settings.METRICS_TOKEN:
        written.connect(_written)
        downloaded.connect(_downloaded)
        ProcessCollector(registry=REGISTRY)
        # Twice as many lines, which tell when each figure was first counted.
        disable_created_metrics()


@access(PUBLIC)
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Nothing is here without a token in the settings; with one, it has to be told."""
    if not settings.METRICS_TOKEN:
        raise Http404
    told = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if not secrets.compare_digest(told, settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _written(drafts: Sequence[Draft], seconds: float, **_: Any) -> None:
    """What is rolled back counts for nothing."""
    counted = Tally((entry.type, entry.action) for draft in drafts for entry in (draft, *draft.children))

    def count() -> None:
        FLUSH.observe(seconds)
        for (type_, action), number in counted.items():
            ENTRIES.labels(type_, action).inc(number)

    transaction.on_commit(count)


def _downloaded(rows: int, seconds: float, **_: Any) -> None:
    ROWS.inc(rows)
    EXPORT.observe(seconds)


class _Chains(Collector):
    """How long each account's log is, since when it has been silent, and what its last verification found."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '5s'")
                return [*_heads(cursor), *_verified(cursor)]
        except DatabaseError as error:
            logger.error("No figures of the chains: %s", str(error).partition("\n")[0])
            return []


def _heads(cursor: Any) -> list[GaugeMetricFamily]:
    head = GaugeMetricFamily("sei_chain_head", "The number of the newest entry.", labels=["account"])
    last = GaugeMetricFamily("sei_last_entry_timestamp_seconds", "When it was recorded.", labels=["account"])
    cursor.execute(_CHAINS)
    for slug, seq, at in cursor.fetchall():
        head.add_metric([slug], seq)
        if at is not None:
            last.add_metric([slug], float(at))
    return [head, last]


def _verified(cursor: Any) -> list[GaugeMetricFamily]:
    at = GaugeMetricFamily("sei_verified_timestamp_seconds", "When the log was last verified.", labels=["account"])
    good = GaugeMetricFamily("sei_verified_ok", "Whether it was found whole then.", labels=["account"])
    cursor.execute(_VERIFIED)
    for slug, seconds, whole in cursor.fetchall():
        at.add_metric([slug], float(seconds))
        good.add_metric([slug], float(whole))
    return [at, good]


REGISTRY.register(_Chains())
