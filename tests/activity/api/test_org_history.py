"""Six years of a real organisation, sent by two clients at once, each batch twice: every event is there once."""

import gzip
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import ApiKey, User
from activity.integrity import first_break
from activity.models import Count, Entry, Receipt
from tests.programs import LOG, NDJSON, Program, key, lines

FILE = Path(settings.BASE_DIR).parent / "shared" / "data" / "org-history" / "events.jsonl.gz"
SIZE = 1000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def events() -> list[dict[str, Any]]:
    with gzip.open(FILE, "rt") as file:
        return [{**json.loads(line), "idempotency_key": f"history:{number}"} for number, line in enumerate(file)]


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


def test_every_event_is_there_once(account_admin: User, events: list[dict[str, Any]]) -> None:
    importer = key(account_admin, "SEI Import")
    before = Entry.objects.count()
    batches = [events[start : start + SIZE] for start in range(0, len(events), SIZE)]
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(send_twice, [importer] * 2, [batches, batches[::-1]])
    assert one == other[::-1]
    assert Entry.objects.count() - before == Receipt.objects.count() == len(events) == 9754
    assert first_break(importer.account_id) is None
    imported = Entry.objects.filter(source="IMPORT")
    assert Counter(imported.values_list("type", "action")) == Counter((one["type"], one["action"]) for one in events)
    assert sum(Count.objects.filter(grain="day").values_list("entries", flat=True)) == Entry.objects.count()
    said = {one.seq: (one.object_id, one.request_id) for one in imported.only("seq", "object_id", "request_id")}
    found = [said[receipt["seq"]] for batch in one for receipt in batch]
    assert found == [(event["object_id"], event["request_id"]) for event in events]
