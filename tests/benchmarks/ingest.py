"""Entries from outside, 1,000 at a time, chain and counts included, against reading and checking them only."""

import argparse
import json

from accounts.models import Account
from activity.ingest import Sender, content_key, draft_of, parse
from activity.models import Source
from activity.receipts import write_once
from tests.benchmarks.measure import alternating, ratio, table

REQUESTS, SIZE = 10, 1000


def run(options: argparse.Namespace) -> None:
    account = Account.objects.create(slug="bench", name="Bench")
    rounds = iter(range(1_000_000))
    checked, written = alternating(
        [lambda: _ingest(account, next(rounds), write=False), lambda: _ingest(account, next(rounds), write=True)],
        options.rounds,
    )
    entries = REQUESTS * SIZE
    rates = [f"{entries / sorted(times)[len(times) // 2]:,.0f}" for times in (checked, written)]
    table(
        f"{REQUESTS} requests of {SIZE:,} entries (medians of {options.rounds} rounds)",
        ("", "entries/s", "ratio"),
        [("checked", rates[0], "1.00"), ("written", rates[1], f"{ratio(written, checked):.2f}")],
    )


def _ingest(account: Account, number: int, write: bool) -> None:
    for request in range(REQUESTS):
        lines = [_line(f"{number}.{request}.{line}", line) for line in range(SIZE)]
        drafts = [
            (content_key(value), draft_of(value, Sender(account.pk, Source.INGEST))) for value in map(parse, lines)
        ]
        if write:
            write_once(account.pk, drafts)


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
        }
    )
