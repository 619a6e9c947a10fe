"""Entries sent over HTTP, 1,000 at a time, chain and counts included, against reading and checking them only."""

import argparse
import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from accounts.models import Account, User
from accounts.setup import create_account
from activity.actors import Actor
from activity.ingest import Sender, draft_of, parse
from activity.models import Source
from activity.recording import recording
from tests.benchmarks.measure import alternating, ratio, table
from tests.programs import ENTRIES, NDJSON, key
from tests.serving import free_port, serving

REQUESTS, SIZE = 10, 1000


def run(options: argparse.Namespace) -> None:
    with recording(Actor.system("benchmark")):
        account = create_account("bench", "Bench", "admin@bench.example", "correct horse battery")
    service = key(User.objects.get(email="admin@bench.example"), "SEI Ingestion", slug="bench").text
    port, numbers = free_port(), itertools.count()

    def bodies() -> list[list[str]]:
        number = next(numbers)
        return [[_line(f"{number}.{request}.{line}", line) for line in range(SIZE)] for request in range(REQUESTS)]

    def send(clients: int) -> None:
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda lines: _post(port, service, lines), bodies()))

    with serving(port, SEI_API_RATE="0"):
        checked, one, two = alternating(
            [lambda: _check(account, bodies()), lambda: send(1), lambda: send(2)], options.rounds
        )
    rates = [f"{REQUESTS * SIZE / sorted(times)[len(times) // 2]:,.0f}" for times in (checked, one, two)]
    table(
        f"{REQUESTS} requests of {SIZE:,} entries (medians of {options.rounds} rounds)",
        ("", "entries/s", "ratio"),
        [
            ("read and checked only", rates[0], "1.00"),
            ("sent by one client", rates[1], f"{ratio(one, checked):.2f}"),
            ("sent by two at once", rates[2], f"{ratio(two, checked):.2f}"),
        ],
    )


def _check(account: Account, requests: list[list[str]]) -> None:
    sender = Sender(account.pk, Source.INGEST)
    for lines in requests:
        for line in lines:
            draft_of(parse(line), sender)


def _post(port: int, service: str, lines: list[str]) -> None:
    client = HTTPConnection("127.0.0.1", port, timeout=120)
    client.request("POST", ENTRIES, "\n".join(lines), {"X-Api-Key": service, "Content-Type": NDJSON})
    response = client.getresponse()
    if response.status != 201 or len(json.load(response)) != SIZE:
        raise RuntimeError(f"The server answers {response.status}")
    client.close()


def _line(word: str, number: int) -> str:
    return json.dumps(
        {
            "type": "TICKET",
            "action": "EDITED",
            "actor_email": f"member{number % 50}@bench.example",
            "object_id": word,
            "object_name": f"Ticket {word}",
            "before": {"title": f"Before {word}", "labels": ["a", "b"], "points": number},
            "after": {"title": f"After {word}", "labels": ["b", "c"], "points": number + 1},
            "idempotency_key": word,
        }
    )
