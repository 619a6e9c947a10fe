"""Does an entry still hash to what it says, and does it follow the one before? Reads only what is stored."""

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max

from activity.canonical import CONTENT, GENESIS, chain_hash
from activity.models import Entry

_COLUMNS = (*CONTENT, "prev_hash", "hash")
_MOMENT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_AS_HASHED = {
    "ip_address": "host(ip_address)",
    "occurred_at": _MOMENT.format("occurred_at"),
    "recorded_at": _MOMENT.format("recorded_at"),
}
_SELECT = "SELECT " + ", ".join(_AS_HASHED.get(name, name) for name in _COLUMNS)
_ROWS = f"{_SELECT} FROM activity_entry WHERE account_id = %s AND seq BETWEEN %s AND %s ORDER BY seq LIMIT %s"
_COPY = f"COPY ({_ROWS}) TO STDOUT"
END = 2**62


class Link(NamedTuple):
    """An entry as the next one needs it: its number and its hash."""

    seq: int
    hash: str


START = Link(0, GENESIS)


def stored_rows(account_id: int, first: int = 1, last: int = END, most: int | None = None) -> Generator[dict[str, Any]]:
    """The columns of entries by number, just as they are stored, all as text, in constant memory.

    By COPY, which takes half as long as rows that become values: those would only be made text again to be hashed.
    """
    with (
        connection.cursor() as cursor,
        cursor.copy(cursor.mogrify(_COPY, [account_id, first, last, most])) as copy,
    ):
        for values in copy.rows():
            yield dict(zip(_COLUMNS, values, strict=True))


def verifies(entry: Entry) -> bool:
    """Whether the entry's hash is that of its content, and its `prev_hash` that of the entry before it."""
    rows = {int(row["seq"]): row for row in stored_rows(entry.account_id, entry.seq - 1, entry.seq)}
    row = rows[entry.seq]
    before = rows.get(entry.seq - 1, {"hash": GENESIS if entry.seq == 1 else None})
    return (row["prev_hash"], row["hash"]) == (before["hash"], chain_hash(row["prev_hash"], row))


def fits(row: dict[str, Any], prev_hash: str) -> bool:
    """Whether the row has the hash of its content behind `prev_hash`; not when a text is missing from it."""
    try:
        return bool(row["hash"] == chain_hash(prev_hash, row))
    except TypeError:
        return False


def walk(account_id: int, start: Link, last: int, passed: Callable[[dict[str, Any]], None]) -> Link:
    """Follow the chain from behind `start` to the number `last`; the last link that holds.

    From the start of the log on, also what was put before the first number is found.
    """
    seq, head = start
    with transaction.atomic(), closing(stored_rows(account_id, seq + 1 if seq else -END, last)) as rows:
        for row in rows:
            if row["seq"] != str(seq + 1) or row["prev_hash"] != head or not fits(row, head):
                # A COPY that is left halfway is an error to PostgreSQL: only what was read here is undone.
                transaction.set_rollback(True)
                break
            passed(row)
            seq, head = seq + 1, row["hash"]
    return Link(seq, head)


def first_break(account_id: int) -> int | None:
    """The first `seq` of an account that is missing, edited or out of line; None when the whole chain holds."""
    last = Entry.objects.filter(account_id=account_id).aggregate(last=Max("seq"))["last"] or 0
    seq = walk(account_id, START, last, lambda _row: None).seq
    return None if seq == last else seq + 1
