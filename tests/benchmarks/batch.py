"""A batch of developers, created and edited, with history and entries, against `bulk_create_with_history`."""

import argparse
import statistics
from collections.abc import Callable
from contextlib import nullcontext
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
from tests.benchmarks.unguarded import unguarded
from tracked_objects.models import Developer

# The seconds of a part, and MB in memory: before there were developers, and at most.
Part = tuple[float, float | None, float | None]


def run(options: argparse.Namespace) -> None:
    account = Account.objects.create(slug="bench", name="Bench")
    # What is edited is what was created in the same round. With "bare", the guard is off.
    order = (
        ("plain", _plain, "plain"),
        ("created, without the guard", _created, "bare"),
        ("created", _created, "ours"),
        ("edited, without the guard", _edited, "bare"),
        ("edited", _edited, "ours"),
    )
    found: dict[str, list[Part]] = {name: [] for name, _part, _word in order}
    for number in range(options.rounds):
        for name, part, word in order:
            with nullcontext() if word == "ours" else unguarded(Developer):
                found[name].append(in_child(part, account.pk, options.rows, f"{word}{number}"))
    table(
        f"A batch of {options.rows:,} developers (medians of {options.rounds} rounds)",
        ("", "seconds", "ratio", "to without the guard", "MB at most", "MB of growth"),
        [_row(name, found) for name in found],
    )


def _row(name: str, found: dict[str, list[Part]]) -> tuple[str, ...]:
    parts = found[name]
    times, plain = _times(parts), _times(found["plain"])
    bare = found.get(f"{name}, without the guard")
    _seconds, before, most = max(parts, key=lambda part: part[2] or 0)
    return (
        name,
        f"{statistics.median(times):.2f}",
        f"{ratio(times, plain):.2f}",
        f"{ratio(times, _times(bare)):.2f}" if bare else "",
        growth(0, most),
        growth(before, most),
    )


def _times(parts: list[Part]) -> list[float]:
    return [seconds for seconds, _before, _most in parts]


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
