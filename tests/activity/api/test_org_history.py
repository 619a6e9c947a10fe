"""Six years of a real organisation, sent by two clients at once, each batch twice: every event is there once."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import ApiKey, User
from activity.integrity import first_break
from activity.models import Count, Entry, Receipt
from tests.programs import LOG, NDJSON, Program, key, lines
from tests.serving import free_port, serving, wait_for

FILE = Path(settings.BASE_DIR).parent / "shared" / "data" / "org-history" / "events.jsonl.gz"
SIZE, EVENTS = 1000, 9754

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def events() -> list[dict[str, Any]]:
    """The real ones, where they are beside the checkout; as many made-up ones elsewhere."""
    if not FILE.exists():
        return [_made_up(number) for number in range(EVENTS)]
    with gzip.open(FILE, "rt") as file:
        return [{**json.loads(line), "idempotency_key": f"history:{number}"} for number, line in enumerate(file)]


def _made_up(number: int) -> dict[str, Any]:
    return {
        "type": ("TEAM", "DEVELOPER", "ORG_TREE")[number % 3],
        "action": "EDITED",
        "object_id": f"o-{number % 97}",
        "request_id": f"r-{number // 5}",
        "occurred_at": f"201{number % 9}-03-04T05:06:07Z",
        "before": {"size": number},
        "after": {"size": number + 1},
        "idempotency_key": f"history:{number}",
    }


def send_twice(importer: ApiKey, batches: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """What one client does: each batch as a list, and again as JSON Lines; the receipts of the first time."""
    program, receipts = Program(importer), []
    try:
        for batch in batches:
            first = program.send(batch, f"{LOG}import")
            again = program.send(lines(*batch), f"{LOG}import", NDJSON)
            assert first.json() == again.json()
            receipts.append(first.json())
    finally:
        connection.close()
    return receipts


def insist(port: int, importer: ApiKey, batches: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """A client that sends each batch again until it has its receipts, whatever becomes of the server."""
    receipts = []
    for batch in batches:
        while not (receipt := sent(port, importer, lines(*batch))):
            time.sleep(0.05)
        receipts.append(receipt)
    return receipts


def sent(port: int, importer: ApiKey, body: bytes) -> list[dict[str, Any]]:
    """The receipts; none when there was no answer, or only half of one."""
    server = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        server.request("POST", f"{LOG}import", body, {"X-Api-Key": importer.text, "Content-Type": NDJSON})
        answer = server.getresponse()
        found: list[dict[str, Any]] = json.load(answer)
    except (HTTPException, OSError):
        return []
    finally:
        server.close()
    assert answer.status in {200, 201}, found
    return found


@contextmanager
def killed_midway(port: int, kills: int) -> Iterator[None]:
    """A server that is killed after each few batches, and started again."""
    over = Event()

    def serve() -> None:
        try:
            for kill in range(kills + 1):
                with serving(port, SEI_API_RATE="0") as process:
                    if kill == kills:
                        over.wait()
                        return
                    wait_for(lambda: Entry.objects.filter(source="IMPORT").count() >= 2 * SIZE * (kill + 1))  # noqa: B023
                    process.kill()
                    process.wait()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        served = pool.submit(serve)
        try:
            yield
        finally:
            over.set()
        served.result()


def test_every_event_is_there_once(account_admin: User, events: list[dict[str, Any]]) -> None:
    importer = key(account_admin, "SEI Import")
    before = Entry.objects.count()
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(send_twice, [importer] * 2, [batches_of(events), batches_of(events)[::-1]])
    assert one == other[::-1]
    is_there_once(importer, events, one, before)


def test_a_server_that_is_killed_and_started_again_has_them_once_too(
    account_admin: User, events: list[dict[str, Any]]
) -> None:
    importer = key(account_admin, "SEI Import")
    before, port = Entry.objects.count(), free_port()
    with killed_midway(port, kills=2), ThreadPoolExecutor(2) as pool:
        sending = [batches_of(events), batches_of(events)[::-1]]
        one, other = pool.map(partial(insist, port, importer), sending)
    assert one == other[::-1]
    is_there_once(importer, events, one, before)


def batches_of(events: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [events[start : start + SIZE] for start in range(0, len(events), SIZE)]


def is_there_once(importer: ApiKey, events: list[dict[str, Any]], receipts: list[Any], before: int) -> None:
    """Each event is one entry, told by its receipt, in a chain that holds and with counts that are right."""
    assert Entry.objects.count() - before == Receipt.objects.count() == len(events) == EVENTS
    assert first_break(importer.account_id) is None
    imported = Entry.objects.filter(source="IMPORT")
    assert Counter(imported.values_list("type", "action")) == Counter((one["type"], one["action"]) for one in events)
    assert sum(Count.objects.filter(grain="day").values_list("entries", flat=True)) == Entry.objects.count()
    said = {one.seq: (one.object_id, one.request_id) for one in imported.only("seq", "object_id", "request_id")}
    found = [said[receipt["seq"]] for batch in receipts for receipt in batch]
    assert found == [(event["object_id"], event["request_id"]) for event in events]
