"""What has happened where the chain breaks: edited, missing, inserted, reordered, renumbered, replaced or cut."""

from typing import Any

from django.db import connection

from activity.integrity import END, Link, fits, stored_rows
from activity.proof.problem import Problem

Row = dict[str, Any]

# How many entries behind the break are searched for one that was moved.
_NEAR = 200_000
# By how much those behind may have been renumbered, to close the gap that some left.
_GAP = 1000
_FOLLOWER = """
SELECT seq FROM (SELECT seq, prev_hash FROM activity_entry WHERE account_id = %s AND seq > %s ORDER BY seq LIMIT %s)
AS later WHERE prev_hash = %s LIMIT 1
"""


def diagnose(account_id: int, link: Link, last: int, head: str) -> Problem:
    """Why the chain goes no further than `link`, in a log whose head is the entry `last` with the hash `head`."""
    place = link.seq + 1
    row, after = _next_two(account_id, link, last)
    moved = _moved(account_id, link)
    if row and int(row["seq"]) < place:
        return Problem("inserted", int(row["seq"]), int(row["seq"]))
    if moved:
        return _displaced(place, row, moved)
    if not row:
        return Problem("cut", place, last, "head")
    if int(row["seq"]) > place:
        return Problem("missing", place, int(row["seq"]) - 1)
    return _changed(link, row, after["prev_hash"] if after else head)


def _changed(link: Link, row: Row, followed: str) -> Problem:
    """What is wrong with an entry of the right number; the rest of the log goes on from the hash `followed`."""
    place = link.seq + 1
    if closed := next((gap for gap in range(1, _GAP) if _fits(row, row["prev_hash"], place + gap)), 0):
        return Problem("missing", place, place + closed - 1)
    if row["prev_hash"] != link.hash and _fits(row, row["prev_hash"]):
        # Each of the two has the hash of what it says: the one that the rest of the log doesn't know was replaced.
        culprit = (link.seq or 1) if followed == row["hash"] else place
        return Problem("replaced", culprit, culprit)
    return Problem("edited", place, place)


def _next_two(account_id: int, link: Link, last: int) -> tuple[Row | None, Row | None]:
    first = link.seq + 1 if link.seq else -END
    rows = list(stored_rows(account_id, first, last, 2))
    return (*rows, None, None)[:2]  # type: ignore[return-value]


def _moved(account_id: int, link: Link) -> int:
    """Where the entry that belongs behind `link` stands now; 0 when it stands nowhere, or there."""
    place = link.seq + 1
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWER, [account_id, place, _NEAR, link.hash])
        found = cursor.fetchone()
    if not found:
        return 0
    (row,) = stored_rows(account_id, found[0], found[0])
    return int(found[0]) if _fits(row, link.hash, place) else 0


def _displaced(place: int, row: Row | None, moved: int) -> Problem:
    """The entry of this place is whole, but elsewhere: by whom it was put out tells how."""
    if row is None or int(row["seq"]) > place:
        return Problem("renumbered", place, place, str(moved))
    if _fits(row, row["prev_hash"], moved):
        return Problem("reordered", place, place, str(moved))
    return Problem("inserted", place, place)


def _fits(row: Row, prev_hash: str, seq: int | None = None) -> bool:
    """Whether the row has the hash of its content, under its own number or another."""
    return fits(row if seq is None else row | {"seq": seq}, prev_hash)
