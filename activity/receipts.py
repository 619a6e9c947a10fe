"""Each entry from outside is written once: its idempotency key is remembered for ever, with a receipt."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from activity.models import Entry, Receipt
from activity.writer import Draft, lock_chain, write


@dataclass(frozen=True)
class Written:
    """What the sender of an entry gets to know; `new` unless its key had been seen before."""

    seq: int
    hash: str
    recorded_at: datetime
    new: bool = True


def write_once(account_id: int, drafts: Sequence[tuple[str, Draft]]) -> list[Written]:
    """Write the drafts whose idempotency key the account has not seen, or that have none; a receipt for each, in order.

    All or nothing. The chain's lock is taken first, so two writers can't both find a key unseen.
    """
    with transaction.atomic():
        lock_chain(account_id)
        known = _known(account_id, {key for key, _draft in drafts if key})
        fresh: dict[str, Draft] = {}
        for key, draft in drafts:
            if key and key not in known:
                fresh.setdefault(key, draft)
        write([draft for key, draft in drafts if not key or fresh.get(key) is draft])
        _remember(account_id, fresh)
    return [known.get(key) or _written(fresh.get(key, draft), draft) for key, draft in drafts]


def _remember(account_id: int, fresh: Mapping[str, Draft]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activity_receipt (account_id, key, seq) SELECT %s, * FROM unnest(%s::text[], %s::bigint[])",
            [account_id, list(fresh), [draft.seq for draft in fresh.values()]],
        )


def _written(first: Draft, draft: Draft) -> Written:
    """The receipt of a draft, or of the first one with the same key."""
    if first.recorded_at is None:
        raise ValueError("This draft has not been written.")
    return Written(first.seq, first.hash, first.recorded_at, new=first is draft)


def _known(account_id: int, keys: Collection[str]) -> dict[str, Written]:
    if not keys:
        return {}
    seen = dict(Receipt.objects.filter(account_id=account_id, key__in=keys).values_list("key", "seq"))
    if not seen:
        return {}
    rows = Entry.objects.filter(account_id=account_id, seq__in=seen.values())
    entries = {row[0]: row for row in rows.values_list("seq", "hash", "recorded_at")}
    return {key: Written(*entries[seq], new=False) for key, seq in seen.items()}
