"""Many who save at once: all into one account, whose chain they wait for, against each into an account of their own."""

import argparse
import statistics
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

from django.db import connections

from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from tests.benchmarks.measure import alternating, ratio, table
from tracked_objects.models import Developer

SAVES = 50


def run(options: argparse.Namespace) -> None:
    together = _people(["bench-together"] * options.clients)
    apart = _people([f"bench-{number}" for number in range(options.clients)])
    own, one = alternating([lambda: _save_at_once(apart), lambda: _save_at_once(together)], options.rounds)
    saves = options.clients * SAVES
    rates = [f"{saves / statistics.median(times):,.0f}" for times in (own, one)]
    table(
        f"{options.clients} clients at once, each a thread (medians of {options.rounds} rounds of {saves:,} saves)",
        ("", "saves/s", "ratio"),
        [
            ("each into an own account", rates[0], "1.00"),
            # Of what they write in a second, not of how long it takes.
            ("all into one account", rates[1], f"{ratio(own, one):.2f}"),
        ],
    )


def _people(slugs: list[str]) -> list[Developer]:
    """A developer for each client, in the account with that slug."""
    found = []
    with recording(Actor.system("benchmark")):
        for number, slug in enumerate(slugs):
            account, _made = Account.objects.get_or_create(slug=slug, defaults={"name": slug})
            found.append(Developer.objects.create(account=account, full_name="Ada", email=f"ada{number}@bench.example"))
    return found


def _save_at_once(people: list[Developer]) -> None:
    start = Barrier(len(people))
    with ThreadPoolExecutor(len(people)) as executor:
        list(executor.map(lambda person: _saves(person, start), people))


def _saves(person: Developer, start: Barrier) -> None:
    try:
        connections["default"].ensure_connection()
        start.wait()
        for number in range(SAVES):
            with recording(Actor.system("benchmark")):
                # Another name than the last one, of this round or the one before it.
                person.full_name = f"Ada {number} {id(start)}"
                person.save()
    except BrokenBarrierError:
        return
    except BaseException:
        # The others would wait for ever.
        start.abort()
        raise
    finally:
        connections.close_all()
