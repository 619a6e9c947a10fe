"""C. Nothing is lost or repeated on the way to the reader, and no question costs more than it may."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, User
from tests.log import downloaded, draft, follow, shown, write

LIST = "/a/acme/activity/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def admin(client_of: Callable[[User], Client], account_admin: User) -> Client:
    return client_of(account_admin)


def test_c1_where_all_happened_at_once_pages_lose_and_repeat_nothing(admin: Client, account: Account) -> None:
    seqs = write(*(draft(account, type="TEAM", occurred_at=NOON) for _ in range(60)))
    page, seen = admin.get(LIST, {"type": "TEAM", "page_size": "25"}), []
    while True:
        seen += shown(page)
        write(draft(account, type="TEAM", occurred_at=NOON))
        if len(seen) >= 60:
            break
        page = follow(admin, page, "Older")
    assert seen == seqs[::-1]


@pytest.mark.parametrize("name", ["q", "email", "object", "request", "ip", "cursor", "after", "from"])
def test_c4_a_megabyte_of_a_value_is_refused_and_costs_nothing(name: str, admin: Client, account: Account) -> None:
    assert admin.get(LIST, {name: "x" * 1_000_000}).status_code == 400


def test_c4_ten_thousand_values_are_refused(admin: Client, account: Account) -> None:
    assert admin.get(LIST, {"email": [f"n{n}@acme.example" for n in range(10_000)]}).status_code == 400


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # Twice half past two, in Berlin; once, it is not there at all.
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"),
        ("2026-03-29T01:59:59+01:00", "2026-03-29T03:00:01+02:00"),
        ("2026-06-01T00:00:00+14:00", "2026-06-01T00:00:00-12:00"),
        ("2026-06-30T23:59:59.999999Z", "2026-07-01T00:00:00Z"),
    ],
)
def test_c5_a_range_with_offsets_is_the_same_in_every_zone(
    start: str, end: str, admin: Client, account: Account
) -> None:
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    ticks = [first - timedelta(microseconds=1), first, last - timedelta(microseconds=1), last]
    made = write(*(draft(account, type="TEAM", occurred_at=tick) for tick in ticks))
    found: list[Any] = []
    for zone in ("UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/New_York"):
        admin.cookies["tz"] = zone
        query = {"type": "TEAM", "from": start, "to": end}
        found.append(shown(admin.get(LIST, query)))
        assert [int(row["seq"]) for row in downloaded(admin.get(f"{LIST}export.csv", query))] == found[-1]
    # Both ends belong to it, as they are written.
    inside = [seq for seq, tick in zip(made, ticks, strict=True) if first <= tick <= last]
    assert [sorted(seqs) for seqs in found] == [inside] * 4
