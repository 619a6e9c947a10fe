"""A log of a realistic shape, by COPY, with a true chain and true counts."""

import argparse
import itertools
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from tqdm import tqdm

from accounts.models import Account
from activity.canonical import CONTENT, GENESIS, canonical_json, chain_hash
from activity.catalog import TYPES
from activity.counting import RECOUNT_SQL
from activity.models import Chain

ACCOUNTS = {"big": 0.9, "second": 0.05, "third": 0.03, "fourth": 0.01, "fifth": 0.01}
ACTORS, DAYS, TREES = 2_000, 730, 8
END = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
# Words that searches look for: in about every second entry, and in about one of fifty thousand.
FREQUENT, RARE = "quarterly", "zebrafish"
BATCH = 200
_COLUMNS = (*CONTENT, "prev_hash", "hash")


def run(options: argparse.Namespace) -> None:
    started = time.monotonic()
    with connection.cursor() as cursor:
        # Keys and indexes come after the rows: this is a load, not a benchmark of writing.
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        again = _take_indexes(cursor)
        for number, (slug, share) in enumerate(ACCOUNTS.items()):
            _account(cursor, slug, int(options.entries * share), random.Random(number))
        for statement in tqdm(again, "Indexes"):
            cursor.execute(statement)
        cursor.execute(RECOUNT_SQL)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
        _sizes(cursor, options.entries)
    print(f"Seeded {options.entries:,} entries in {time.monotonic() - started:.0f} s.")


def _take_indexes(cursor: Any) -> list[str]:
    """Drop the indexes and keys of the log; the statements that make them again."""
    cursor.execute(
        "SELECT 'ALTER TABLE activity_entry DROP CONSTRAINT ' || conname, 'ALTER TABLE activity_entry ADD CONSTRAINT '"
        " || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'activity_entry'::regclass AND contype IN ('p', 'u')"
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes WHERE tablename = 'activity_entry' AND indexname"
        " NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = 'activity_entry'::regclass)"
    )
    pairs = [*constraints, *cursor.fetchall()]
    for drop, _create in pairs:
        cursor.execute(drop)
    return [create for _drop, create in pairs]


def _account(cursor: Any, slug: str, entries: int, chance: random.Random) -> None:
    account = Account.objects.create(slug=slug, name=slug.title())
    head = GENESIS
    rows = itertools.islice(_rows(account.pk, entries, chance), entries)
    with cursor.copy(f"COPY activity_entry ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for row in tqdm(rows, slug, entries, unit=" entries"):
            row["prev_hash"] = head
            row["hash"] = head = chain_hash(head, row)
            copy.write_row([row[name] for name in _COLUMNS])
    Chain.objects.create(account=account, seq=entries, head=head, recorded_at=END)


def _rows(account_id: int, entries: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Entries one second to some minutes apart; every now and then a batch of developers."""
    step = timedelta(days=DAYS) / max(entries, 1)
    kinds, actors, changes = _kinds(), _actors(), _changes(chance)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, ACTORS + 1)))
    parent, children = 0, 0
    for seq in range(1, entries + 1):
        if not children:
            parent = 0
            kind, action = chance.choices(*kinds)[0]
            actor = chance.choices(actors, cum_weights=weights)[0]
            request = f"{chance.getrandbits(64):016x}"
            moment = END - step * (entries - seq)
            if seq + BATCH < entries and chance.random() < 0.0005:
                kind, action, children = "DEVELOPER", "EDITED", BATCH
        is_parent = children == BATCH and not parent
        yield _row(account_id, seq, moment, kind, action, actor, request, parent or None, is_parent, chance, changes)
        if is_parent:
            parent = seq
        elif children:
            children -= 1


def _row(
    account_id: int,
    seq: int,
    moment: datetime,
    kind: str,
    action: str,
    actor: tuple[str, str],
    request: str,
    parent: int | None,
    is_parent: bool,
    chance: random.Random,
    changes: list[str],
) -> dict[str, Any]:
    number = int(chance.random() ** 3 * 20_000)
    name = f"{kind.lower().replace('_', ' ')} {number}"
    return {
        "account_id": account_id,
        "action": action,
        "actor_email": actor[0],
        "actor_id": actor[1],
        "actor_kind": "user",
        "actor_name": actor[1],
        "changes": "{}" if is_parent else chance.choice(changes),
        "child_count": BATCH if is_parent else 0,
        "details": "{}",
        "history_id": None,
        "history_model": "",
        "ip_address": f"203.0.113.{number % 250}",
        "object_id": "" if is_parent else str(number),
        "object_name": name,
        "occurred_at": moment,
        "org_tree_id": number % TREES + 1 if kind in {"TEAM", "ORG_TREE"} else None,
        "parent_seq": parent,
        "reason": "",
        "recorded_at": moment,
        "request_id": request,
        "seq": seq,
        "source": "UI",
        "summary": f"{action.capitalize()} {name}" + (f" {RARE}" if chance.random() < 0.00002 else ""),
        "type": kind,
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    }


def _kinds() -> tuple[list[tuple[str, str]], list[float]]:
    """Pairs of type and action, the first types often and the last seldom."""
    pairs = [(row.code, action) for row in TYPES.values() for action in row.actions]
    rank = {code: 1 / (1 + place) for place, code in enumerate(TYPES)}
    share = {"EDITED": 6.0, "SUCCESS": 8.0, "CREATED": 2.0}
    return pairs, [rank[code] * share.get(action, 0.5) for code, action in pairs]


def _actors() -> list[tuple[str, str]]:
    return [(f"member{number:04}@acme.example", f"Member {number:04}") for number in range(ACTORS)]


def _changes(chance: random.Random) -> list[str]:
    """Texts of about 300 bytes; half of them have the frequent word."""
    vocabulary = [f"{word}{number}" for word in ("alpha", "delta", "merge", "plan", "queue") for number in range(400)]
    found = []
    for number in range(20_000):
        words = [" ".join(chance.choices(vocabulary, k=8)) for _ in range(4)]
        words[0] += f" {FREQUENT}" if number % 2 else ""
        found.append(
            canonical_json(
                {
                    "Description": {"before": words[0], "after": words[1]},
                    "settings.rules[main].text": {"before": words[2], "after": words[3]},
                }
            )
        )
    return found


def _sizes(cursor: Any, entries: int) -> None:
    cursor.execute(
        "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class"
        " WHERE relname LIKE 'activity\\_%' AND relkind = 'r' ORDER BY 2 DESC"
    )
    for name, table, indexes in cursor.fetchall():
        print(f"{name:24} {table / entries:8.1f} bytes per entry, indexes {indexes / entries:8.1f}")
