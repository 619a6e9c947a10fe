"""One tracked save with its entry, against the same save with django-simple-history alone; then many at once."""

import argparse
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from tests.benchmarks import writers
from tests.benchmarks.measure import alternating, ms, ratio, table
from tests.benchmarks.plain import history_alone
from tests.benchmarks.unguarded import unguarded
from tracked_objects.models import Developer

SAVES = 100


def run(options: argparse.Namespace) -> None:
    account = Account.objects.create(slug="bench", name="Bench")
    with recording(Actor.system("benchmark")):
        person = Developer.objects.create(account=account, full_name="Ada", email="ada@bench.example")
    number = itertools.count()

    def saves(context: Callable[[], AbstractContextManager[object]], guarded: bool = False) -> Callable[[], None]:
        def work() -> None:
            with nullcontext() if guarded else unguarded(Developer):
                for _ in range(SAVES):
                    with context():
                        person.full_name = f"Ada {next(number)}"
                        person.save()

        return work

    def ours_in() -> AbstractContextManager[object]:
        return recording(Actor.system("benchmark"))

    works = [saves(lambda: history_alone(Developer)), saves(ours_in), saves(ours_in, guarded=True)]
    plain, bare, ours = alternating(works, options.rounds)
    per_save = [[seconds / SAVES for seconds in times] for times in (plain, bare, ours)]
    table(
        f"One save (medians of {options.rounds} rounds of {SAVES})",
        ("", "ms", "ratio"),
        [
            ("django-simple-history alone", ms(per_save[0]), "1.00"),
            ("with its entry, without the guard", ms(per_save[1]), f"{ratio(bare, plain):.2f}"),
            ("with its entry", ms(per_save[2]), f"{ratio(ours, plain):.2f}"),
            ("  to that without the guard", "", f"{ratio(ours, bare):.2f}"),
        ],
    )
    writers.run(options)
