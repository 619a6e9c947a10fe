"""Does an entry still hash to what it says, and does it follow the one before? Reads only what is stored."""

from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from activity.canonical import CONTENT, GENESIS, chain_hash
from activity.models import Entry

_JSON = ("changes", "details")


def stored_rows(entries: QuerySet[Entry]) -> list[dict[str, Any]]:
    """The columns of entries just as they are stored: decoding JSON and encoding it again could hide a change."""
    names = [name for name in CONTENT if name not in _JSON]
    raw = {f"{name}_text": Cast(name, TextField()) for name in _JSON}
    rows = list(entries.values(*names, "prev_hash", "hash", **raw))
    for row in rows:
        row.update({name: row.pop(f"{name}_text") for name in _JSON})
    return rows


def verifies(entry: Entry) -> bool:
    """Whether the entry's hash is that of its content, and its `prev_hash` that of the entry before it."""
    around = Entry.objects.filter(account_id=entry.account_id, seq__range=(entry.seq - 1, entry.seq))
    rows = {row["seq"]: row for row in stored_rows(around)}
    row = rows[entry.seq]
    before = rows.get(entry.seq - 1, {"hash": GENESIS if entry.seq == 1 else None})
    return (row["prev_hash"], row["hash"]) == (before["hash"], chain_hash(row["prev_hash"], row))


def first_break(account_id: int, chunk: int = 5000) -> int | None:
    """The first `seq` of an account that is missing, edited or out of line; None when the whole chain holds."""
    seq, head = 0, GENESIS
    while True:
        rows = stored_rows(Entry.objects.filter(account_id=account_id, seq__gt=seq).order_by("seq")[:chunk])
        for row in rows:
            good = row["seq"] == seq + 1 and row["prev_hash"] == head
            if not good or row["hash"] != chain_hash(head, row):
                return seq + 1
            seq, head = row["seq"], row["hash"]
        if not rows:
            return None
