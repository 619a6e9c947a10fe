"""A batch of developers, created and edited, with history and entries, against `bulk_create_with_history`."""

import argparse
import resource
from unittest.mock import patch

from django.db import models, transaction
from simple_history.utils import bulk_create_with_history

from accounts.batch import batch, save_batch
from accounts.models import Account
from accounts.tracking import TrackedQuerySet
from activity.actors import Actor
from activity.recording import recording
from tests.benchmarks.measure import ratio, seconds, table
from tracked_objects.models import Developer


def run(options: argparse.Namespace) -> None:
    account = Account.objects.create(slug="bench", name="Bench")
    times: dict[str, list[float]] = {"plain": [], "created": [], "edited": []}
    for number in range(options.rounds):
        people = _people(account, options.rows, f"plain{number}")
        times["plain"].append(seconds(lambda people=people: _plain(people)))
        people = _people(account, options.rows, f"ours{number}")
        times["created"].append(seconds(lambda people=people: _save(account, people)))
        for person in people:
            person.site = "Lisbon"
        times["edited"].append(seconds(lambda people=people: _save(account, people)))
    table(
        f"A batch of {options.rows:,} developers (medians of {options.rounds} rounds)",
        ("", "seconds", "ratio"),
        [
            (name, f"{sorted(found)[len(found) // 2]:.2f}", f"{ratio(found, times['plain']):.2f}")
            for name, found in times.items()
        ],
    )
    print(f"Most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _people(account: Account, rows: int, word: str) -> list[Developer]:
    return [
        Developer(
            account=account, full_name=f"Developer {number}", email=f"{word}.{number}@bench.example", site="Berlin"
        )
        for number in range(rows)
    ]


def _plain(people: list[Developer]) -> None:
    with patch.object(TrackedQuerySet, "bulk_create", models.QuerySet.bulk_create), transaction.atomic():
        bulk_create_with_history(people, Developer, batch_size=2000)


def _save(account: Account, people: list[Developer]) -> None:
    with recording(Actor.system("benchmark")), batch(account, Developer) as current:
        save_batch(current, people)
