"""What must be so afterwards, whatever was killed when."""

import argparse
from collections import Counter

from django.db import connection

from accounts.models import Account
from activity.counting import RECOUNT_SQL
from activity.integrity import first_break
from activity.models import Chain, Count, Entry
from tests.benchmarks.measure import table
from tests.checks.kill.load import Load, Told
from tracked_objects.models import Developer

NAME = "Full name"


def report(load: Load, options: argparse.Namespace) -> int:
    """Print what was found; how much of it must not be."""
    told, bad = load.told, wrong(load.account, load.told)
    done = Counter(action for action, _pk, _name in told.changes)
    rows: list[tuple[str, ...]] = [
        ("server killed", f"{options.kills:,}"),
        ("PostgreSQL ended as by a crash", f"{options.restarts:,}"),
        *((f"acknowledged: developers {action.lower()}", f"{number:,}") for action, number in sorted(done.items())),
        ("acknowledged: entries sent to the API", f"{len(told.keys):,}"),
        ("requests without an answer", f"{told.unanswered - told.refused:,}"),
        ("requests answered that the database is away", f"{told.refused:,}"),
        ("downloads that came whole, and were cut", f"{told.whole:,}, {told.cut:,}"),
        ("entries in the log", f"{Entry.objects.filter(account=load.account).count():,}"),
        *((f"must be 0: {words}", f"{number:,}") for words, number in bad.items()),
    ]
    table("What was told and what there is", ("", "number"), rows)
    return sum(bad.values())


def wrong(account: Account, told: Told) -> dict[str, int]:
    entries = Entry.objects.filter(account=account)
    developers = list(
        entries.filter(type="DEVELOPER", child_count=0)
        .order_by("seq")
        .values_list("action", "object_id", "changes", "history_id")
    )
    state, jumps = _replayed([(action, pk, changes) for action, pk, changes, _history in developers])
    stored = {str(pk): name for pk, name in Developer.objects.filter(account=account).values_list("pk", "full_name")}
    there = {(action, pk) for action, pk, _changes, _history in developers}
    edits = {(pk, changes.get(NAME, {}).get("after")) for _action, pk, changes, _history in developers}
    sent = Counter(entries.filter(source="INGEST").values_list("object_id", flat=True))
    histories = Counter(Developer.history.values_list("history_id", flat=True))
    return {
        "acknowledged changes without an entry": sum(
            (action, pk) not in there or (action == "EDITED" and (pk, name) not in edits)
            for action, pk, name in told.changes
        ),
        "acknowledged entries that are not there": sum(key not in sent for key in told.keys),
        "entries that are there twice": sum(number - 1 for number in sent.values()),
        "developers that are not as the log says": len(state.items() ^ stored.items()),
        "entries that follow from none before": jumps,
        "history records without an entry, or the other way": len(
            histories.keys() ^ {history for *_rest, history in developers}
        ),
        "breaks of the chain": int(first_break(account.pk) is not None),
        "heads that are not the newest entry": int(
            Chain.objects.get(account=account).head != entries.latest("seq").hash
        ),
        "counts that are not those of the log": len(_miscounted()),
        "downloads that looked whole and were not": told.lies,
    }


def _replayed(entries: list[tuple[str, str, dict[str, dict[str, str]]]]) -> tuple[dict[str, str], int]:
    """The developers as the entries alone say, and how many entries don't follow from those before."""
    state: dict[str, str] = {}
    jumps = 0
    for action, pk, changes in entries:
        change = changes.get(NAME, {})
        jumps += state.get(pk) != (change.get("before") if change or action != "EDITED" else state.get(pk))
        if action == "DELETED":
            state.pop(pk, None)
        elif change:
            state[pk] = change["after"]
    return state, jumps


def _miscounted() -> set[tuple[object, ...]]:
    kept = set(Count.objects.values_list())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM activity_count")
        cursor.execute(RECOUNT_SQL)
    return kept ^ set(Count.objects.values_list())
