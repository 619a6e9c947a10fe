"""Writes entries: gives out `seq`, chains the hashes, counts per day. Nothing else writes to the log."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db import connection
from django.utils import timezone

from activity.actors import Actor
from activity.canonical import CONTENT, canonical_json, chain_hash, entry_halves
from activity.catalog import check
from activity.counting import add_counts
from activity.models import Chain, Entry
from activity.signals import written

_COLUMNS = (*CONTENT, "prev_hash", "hash")
_MADE = {"actor_kind", "actor_id", "actor_email", "actor_name", "child_count", "parent_seq", "recorded_at", "seq"}
_TAKEN = [name for name in CONTENT if name not in _MADE]
_taken = attrgetter(*_TAKEN)
# Frozen copies of what others call things; longer ones are cut, never refused.
_LIMITS = {
    field.name: field.max_length or 0
    for field in Entry._meta.concrete_fields
    if field.name in {"actor_email", "actor_id", "actor_name", "object_id", "object_name", "request_id"}
}
_LIMITS |= {"user_agent": 1000, "summary": 2000}


@dataclass
class Draft:
    """An entry before it has its number. `children` make it the parent of a batch."""

    account_id: int
    type: str
    action: str
    actor: Actor
    source: str
    object_id: str = ""
    object_name: str = ""
    summary: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    request_id: str = ""
    ip_address: str | None = None
    user_agent: str = ""
    occurred_at: datetime | None = None
    org_tree_id: int | None = None
    history_model: str = ""
    history_id: int | None = None
    children: Sequence["Draft"] = ()
    # Set once it is written.
    seq: int = 0
    hash: str = ""
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        check(self.type, self.action)

    def check_scope(self) -> None:
        """Who sees a batch of an org tree reads of all its entries, so they must be of that tree."""
        if self.org_tree_id and any(child.org_tree_id != self.org_tree_id for child in self.children):
            raise ValueError(f"A batch of org tree {self.org_tree_id} has entries of others")


def write(drafts: Sequence[Draft]) -> None:
    """Write entries in order, account by account, inside the transaction of the changes that they tell of.

    Holds each account's chain row from here to the commit, so `seq` is in commit order. Fills in `seq`, `hash` and
    `recorded_at` of the drafts.
    """
    began = time.perf_counter()
    by_account = sorted(drafts, key=attrgetter("account_id"))
    for account_id, group in groupby(by_account, key=attrgetter("account_id")):
        _write_account(account_id, list(group))
    written.send(None, drafts=drafts, seconds=time.perf_counter() - began)


def _write_account(account_id: int, drafts: list[Draft]) -> None:
    if len(drafts) == 1 and not drafts[0].children:
        _append(drafts[0])
        return
    chain = lock_chain(account_id)
    # A clock that goes back must not put a later entry before an earlier one.
    now = max(timezone.now(), chain.recorded_at or datetime.min.replace(tzinfo=UTC))
    rows = []
    values = itemgetter(*_COLUMNS)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY activity_entry ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            # One by one: the server indexes a row while the next is hashed here.
            for row in _chained(drafts, chain, now):
                copy.write_row(values(row))
                rows.append(row)
        add_counts(cursor, account_id, rows)
        cursor.execute(
            "UPDATE activity_chain SET seq = %s, head = %s, recorded_at = %s WHERE account_id = %s",
            [chain.seq, chain.head, now, account_id],
        )


def _append(draft: Draft) -> None:
    """Most recordings are one entry: the database does all of it in one round trip, its plans made once."""
    start, rest = entry_halves(_row(draft))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, hash, recorded_at FROM activity_append(%s, %s, %s, %s)",
            [draft.account_id, start, rest, timezone.now()],
        )
        draft.seq, draft.hash, draft.recorded_at = cursor.fetchone()


def lock_chain(account_id: int) -> Chain:
    """The head of the account's chain, locked until the transaction ends; made when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, seq, head, recorded_at FROM activity_chain WHERE account_id = %s FOR UPDATE",
            [account_id],
        )
        if row := cursor.fetchone():
            return Chain(*row)
    Chain.objects.bulk_create([Chain(account_id=account_id)], ignore_conflicts=True)
    return lock_chain(account_id)


def _chained(drafts: Sequence[Draft], chain: Chain, now: datetime) -> Iterator[dict[str, Any]]:
    """The rows of the drafts and their children, numbered and chained; moves `chain` along."""
    for draft in drafts:
        draft.check_scope()
        yield _number(draft, _row(draft), chain, now)
        for child in draft.children:
            yield _number(child, _row(child, draft.seq), chain, now)


def _row(draft: Draft, parent_seq: int | None = None) -> dict[str, Any]:
    """The columns of an entry that are known before it has its number."""
    actor = draft.actor
    row: dict[str, Any] = dict(zip(_TAKEN, _taken(draft), strict=True))
    row |= {f"actor_{name}": getattr(actor, name) for name in ("kind", "id", "email", "name")}
    row["actor_email"] = actor.email.lower()
    row |= {"seq": None, "parent_seq": parent_seq, "child_count": len(draft.children), "recorded_at": None}
    row["changes"], row["details"] = canonical_json(draft.changes), canonical_json(draft.details)
    for name in ("reason", *_LIMITS):
        row[name] = _clean(row[name], _LIMITS.get(name))
    return row


def _number(draft: Draft, row: dict[str, Any], chain: Chain, now: datetime) -> dict[str, Any]:
    chain.seq += 1
    row |= {"seq": chain.seq, "recorded_at": now, "occurred_at": row["occurred_at"] or now, "prev_hash": chain.head}
    chain.head = row["hash"] = chain_hash(chain.head, row)
    draft.seq, draft.hash, draft.recorded_at = chain.seq, chain.head, now
    return row


def _clean(text: str, limit: int | None) -> str:
    """Text that PostgreSQL can hold (no NUL, no lone surrogate), cut to `limit` characters."""
    if "\0" in text or not text.isascii():
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"
