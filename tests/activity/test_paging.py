"""Paging by keyset: no row is lost or repeated, and a cursor works where it was given out and nowhere else."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from accounts.models import Account, User
from tests.log import NOON, batch, draft, follow, link, shown, write

URL = "/a/acme/activity/"
TEAMS = f"{URL}?type=TEAM&page_size=25"


@pytest.fixture
def ties(account: Account) -> list[int]:
    """130 entries, newest first: runs of 30 of the same moment, so that pages end within a run."""
    made = write(*(draft(account, occurred_at=NOON + timedelta(seconds=n // 30)) for n in range(130)))
    return made[::-1]


def walk(client: Client, response: HttpResponseBase, words: str) -> list[list[int]]:
    """The pages from `response` on, following the link with these words."""
    pages = [shown(response)]
    while link(response, words):
        response = follow(client, response, words)
        pages.append(shown(response))
    return pages


def test_pages_are_the_list_without_gaps_or_repeats(admin: Client, ties: list[int]) -> None:
    pages = walk(admin, admin.get(TEAMS), "Older")
    assert [len(page) for page in pages] == [25, 25, 25, 25, 25, 5]
    assert [seq for page in pages for seq in page] == ties


def test_newer_goes_back_the_same_way(admin: Client, ties: list[int]) -> None:
    response = admin.get(TEAMS)
    while link(response, "Older"):
        response = follow(admin, response, "Older")
    seen = [shown(response)]
    while link(response, "Newer"):
        response = follow(admin, response, "Newer")
        if response.status_code == 302:
            break
        seen.insert(0, shown(response))
    assert [seq for page in seen for seq in page] == ties[-sum(map(len, seen)) :]
    assert shown(admin.get(response["Location"])) == ties[:25]


def test_entries_that_arrive_meanwhile_move_nothing(admin: Client, account: Account, ties: list[int]) -> None:
    response, seen = admin.get(TEAMS), []
    while True:
        seen += shown(response)
        # Two newer than all others, and one on the very moment at which this page ends.
        last = response.context["rows"][-1]
        write(
            draft(account, occurred_at=NOON + timedelta(hours=1)),
            draft(account, occurred_at=datetime.fromisoformat(last.iso)),
        )
        if not link(response, "Older"):
            break
        response = follow(admin, response, "Older")
    assert [seq for seq in seen if seq in ties] == ties
    assert len(seen) == len(set(seen))


def test_an_older_entry_that_arrives_late_is_still_met(admin: Client, account: Account, ties: list[int]) -> None:
    response = admin.get(TEAMS)
    (late,) = write(draft(account, occurred_at=NOON - timedelta(days=400)))
    seen = [seq for page in walk(admin, response, "Older") for seq in page]
    assert seen == [*ties, late]


def test_the_newest_page_links_to_older_only(admin: Client, ties: list[int]) -> None:
    response = admin.get(TEAMS)
    assert link(response, "Older")
    assert not link(response, "Newer")
    older = follow(admin, response, "Older")
    assert link(older, "Newest") == "?type=TEAM&page_size=25"


def _cursor(client: Client, url: str = TEAMS) -> str:
    older = link(client.get(url), "Older")
    assert older
    return older.split("cursor=")[1].split("&")[0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cursor: cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        lambda cursor: "n" + cursor[1:],
        lambda cursor: cursor.replace(".", ".1", 1),
        lambda cursor: cursor.split("%7E")[0].split("~")[0],
        lambda cursor: cursor * 10000,
        lambda cursor: "garbage",
        lambda cursor: "%00",
    ],
)
def test_a_cursor_that_was_changed_is_refused(admin: Client, ties: list[int], spoil: Callable[[str], str]) -> None:
    response = admin.get(f"{TEAMS}&cursor={spoil(_cursor(admin))}")
    assert response.status_code == 400
    assert "This page link is not one of this list" in response.content.decode()
    assert "rows" not in response.context


def test_a_cursor_of_other_filters_is_refused(admin: Client, ties: list[int]) -> None:
    cursor = _cursor(admin)
    assert admin.get(f"{TEAMS}&cursor={cursor}").status_code == 200
    assert admin.get(f"{URL}?page_size=25&cursor={cursor}").status_code == 400
    assert admin.get(f"{TEAMS}&action=EDITED&cursor={cursor}").status_code == 400


def test_the_order_of_parameters_and_the_page_size_are_free(admin: Client, ties: list[int]) -> None:
    cursor = _cursor(admin, f"{URL}?page_size=25&type=TEAM&email=ada@acme.example")
    same = admin.get(f"{URL}?email=ada@acme.example&type=TEAM&cursor={cursor}&page_size=100")
    assert shown(same) == ties[25:125]


def test_a_cursor_of_another_account_is_refused(
    admin: Client, ties: list[int], other_account: Account, stranger: User, client_of: Callable[[User], Client]
) -> None:
    write(*(draft(other_account) for _ in range(30)))
    response = client_of(stranger).get(f"/a/globex/activity/?type=TEAM&page_size=25&cursor={_cursor(admin)}")
    assert response.status_code == 400


def test_a_batch_is_paged_too(admin: Client, account: Account) -> None:
    parent = batch(account, [{"object_id": str(n)} for n in range(120)])
    first = admin.get(f"{URL}{parent}/")
    pages = walk(admin, first, "Older")
    assert [seq for page in pages for seq in page] == list(range(parent + 120, parent, -1))
    second = follow(admin, first, "Older")
    assert shown(follow(admin, second, "Newer")) == pages[0]
    assert admin.get(f"{URL}{parent}/?cursor={_cursor(admin, f'{URL}{parent}/')}x").status_code == 400
