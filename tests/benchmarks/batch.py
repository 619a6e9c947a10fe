"""A batch of developers, created and edited, with history and entries, against `bulk_create_with_history`."""

import argparse
import statistics
from collections.abc import Callable
from unittest.mock import patch

from django.db import models, transaction
from simple_history.utils import bulk_create_with_history

from accounts.batch import batch, save_batch
from accounts.models import Account
from accounts.tracking import TrackedQuerySet
from activity.actors import Actor
from activity.recording import recording
from tests.benchmarks.child import in_child
from tests.benchmarks.measure import growth, memory, ratio, seconds, table
from tracked_objects.models import Developer

# The seconds of a part, and MB in memory: before there were developers, and at most.
Part = tuple[float, float | None, float | None]


def run(options: argparse.Namespace) -> None:
    account = Account.objects.create(slug="bench", name="Bench")
    found: dict[str, list[Part]] = {"plain": [], "created": [], "edited": []}
    for number in range(options.rounds):
        # What is edited is what was created in the same round.
        for name, part, word in (
            ("plain", _plain, "plain"),
            ("created", _created, "ours"),
            ("edited", _edited, "ours"),
        ):
            found[name].append(in_child(part, account.pk, options.rows, f"{word}{number}"))
    plain = [seconds for seconds, _before, _most in found["plain"]]
    table(
        f"A batch of {options.rows:,} developers (medians of {options.rounds} rounds)",
        ("", "seconds", "ratio", "MB at most", "MB of growth"),
        [_row(name, parts, plain) for name, parts in found.items()],
    )


def _row(name: str, parts: list[Part], plain: list[float]) -> tuple[str, ...]:
    times = [seconds for seconds, _before, _most in parts]
    _seconds, before, most = max(parts, key=lambda part: part[2] or 0)
    return (
        name,
        f"{statistics.median(times):.2f}",
        f"{ratio(times, plain):.2f}",
        growth(0, most),
        growth(before, most),
    )


def _plain(account_id: int, rows: int, word: str) -> Part:
    return _measured(lambda: _people(account_id, rows, word), _save_plain)


def _created(account_id: int, rows: int, word: str) -> Part:
    return _measured(lambda: _people(account_id, rows, word), _save)


def _edited(account_id: int, rows: int, word: str) -> Part:
    return _measured(lambda: _moved(account_id, word), _save)


def _measured(make: Callable[[], list[Developer]], save: Callable[[list[Developer]], None]) -> Part:
    """The seconds of saving, without those of making what is saved; memory has both."""
    before = memory("VmRSS")
    people = make()
    return seconds(lambda: save(people)), before, memory("VmHWM")


def _people(account_id: int, rows: int, word: str) -> list[Developer]:
    return [
        Developer(
            account_id=account_id,
            full_name=f"Developer {number}",
            email=f"{word}.{number}@bench.example",
            site="Berlin",
        )
        for number in range(rows)
    ]


def _moved(account_id: int, word: str) -> list[Developer]:
    people = list(Developer.objects.filter(account_id=account_id, email__startswith=f"{word}."))
    for person in people:
        person.site = "Lisbon"
    return people


def _save_plain(people: list[Developer]) -> None:
    with patch.object(TrackedQuerySet, "bulk_create", models.QuerySet.bulk_create), transaction.atomic():
        bulk_create_with_history(people, Developer, batch_size=2000)


def _save(people: list[Developer]) -> None:
    account = Account.objects.get(pk=people[0].account_id)
    with recording(Actor.system("benchmark")), batch(account, Developer) as current:
        save_batch(current, people)
