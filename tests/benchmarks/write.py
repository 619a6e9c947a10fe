"""One tracked save with its entry, against the same save with django-simple-history alone; then many at once."""

import argparse
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager

from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from tests.benchmarks import writers
from tests.benchmarks.measure import alternating, ms, ratio, table
from tests.benchmarks.plain import history_alone
from tracked_objects.models import Developer

SAVES = 100


def run(options: argparse.Namespace) -> None:
    account = Account.objects.create(slug="bench", name="Bench")
    with recording(Actor.system("benchmark")):
        person = Developer.objects.create(account=account, full_name="Ada", email="ada@bench.example")
    number = itertools.count()

    def saves(context: Callable[[], AbstractContextManager[object]]) -> Callable[[], None]:
        def work() -> None:
            for _ in range(SAVES):
                with context():
                    person.full_name = f"Ada {next(number)}"
                    person.save()

        return work

    plain, ours = alternating(
        [saves(lambda: history_alone(Developer)), saves(lambda: recording(Actor.system("benchmark")))], options.rounds
    )
    per_save = [[seconds / SAVES for seconds in times] for times in (plain, ours)]
    table(
        f"One save (medians of {options.rounds} rounds of {SAVES})",
        ("", "ms", "ratio"),
        [
            ("django-simple-history alone", ms(per_save[0]), "1.00"),
            ("with its entry", ms(per_save[1]), f"{ratio(ours, plain):.2f}"),
        ],
    )
    writers.run(options)
