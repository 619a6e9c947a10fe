"""What somebody could do to a log who owns the database: with the triggers off, and nothing of the app involved."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from accounts.models import Account
from activity.canonical import CONTENT, chain_hash
from activity.counting import RECOUNT_SQL
from activity.integrity import START, stored_rows


def tamper(sql: str, *values: Any) -> None:
    """Run SQL that no trigger sees. What was written before counts as committed: its guard has looked at it."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(sql, values)
        finally:
            cursor.execute("SET session_replication_role = origin")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def change(account: Account, place: int, /, **columns: Any) -> None:
    """Give columns of an entry other values."""
    assigned = ", ".join(f"{name} = %s" for name in columns)
    tamper(
        f"UPDATE activity_entry SET {assigned} WHERE account_id = %s AND seq = %s", *columns.values(), account.pk, place
    )


def delete(account: Account, first: int, last: int) -> None:
    tamper("DELETE FROM activity_entry WHERE account_id = %s AND seq BETWEEN %s AND %s", account.pk, first, last)


def insert_copy(account: Account, seq: int, place: int) -> None:
    """A copy of an entry under another number."""
    columns = ", ".join((*(name for name in CONTENT if name != "seq"), "prev_hash", "hash"))
    tamper(
        f"INSERT INTO activity_entry (seq, {columns}) SELECT %s, {columns} FROM activity_entry"
        " WHERE account_id = %s AND seq = %s",
        place,
        account.pk,
        seq,
    )


def shift(account: Account, first: int, by: int) -> None:
    """Give all entries from a number on other numbers; far away first, so that no two meet."""
    for step in (1_000_000 + by, -1_000_000):
        tamper("UPDATE activity_entry SET seq = seq + %s WHERE account_id = %s AND seq >= %s", step, account.pk, first)


def swap(account: Account, one: int, other: int) -> None:
    for old, new in ((one, -1), (other, one), (-1, other)):
        change(account, old, seq=new)


def rehash(account: Account, first: int = 1) -> None:
    """Make the chain anew from an entry on, and its head too: nothing in it contradicts itself."""
    seq, head = START
    for row in list(stored_rows(account.pk)):
        seq = int(row["seq"])
        if seq >= first:
            hashed = chain_hash(head, row)
            change(account, seq, prev_hash=head, hash=hashed)
            head = hashed
        else:
            head = row["hash"]
    move_head(account, seq, head)


def move_head(account: Account, seq: int, head: str) -> None:
    tamper("UPDATE activity_chain SET seq = %s, head = %s WHERE account_id = %s", seq, head, account.pk)


def move_head_to(account: Account, seq: int) -> None:
    (row,) = stored_rows(account.pk, seq, seq)
    move_head(account, seq, row["hash"])


def recount() -> None:
    """Make the counts anew from the entries that are left."""
    tamper("DELETE FROM activity_count")
    tamper(RECOUNT_SQL)


def go_back_to(account: Account, seq: int) -> None:
    """The state after an entry, as an old backup has it: entries, head and counts agree."""
    delete(account, seq + 1, 2**62)
    move_head_to(account, seq)
    recount()
