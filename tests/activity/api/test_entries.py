"""Programs read the log: pages, one entry, the catalog; the same filters as the list, and the same entries."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from activity.catalog import ACTIONS, TYPES
from activity.models import Entry
from tests.log import NOON, batch, draft, entry, shown, write
from tests.programs import ENTRIES, LOG, Program, errors, problem, seqs
from tracked_objects.models import OrgTree

LIST = "/a/acme/activity/"
# Of every filter, one that finds some of the entries below and one that finds none.
FILTERS: list[dict[str, Any]] = [
    {"email": "ada@acme.example"},
    {"email": ["ADA@acme.example", "bob@acme.example"]},
    {"type": ["TEAM", "KB"]},
    {"action": "SENT"},
    {"type": "TEAM", "action": "EDITED"},
    {"from": "2026-03-01", "to": "2026-03-01"},
    {"from": "2026-03-02T00:00:00+01:00"},
    {"object": "TEAM:7"},
    {"ip": "2001:db8::1"},
    {"request": "r1"},
    {"source": "INGEST"},
    {"q": "payments"},
    {"q": "nothing like it"},
    {"email": "nobody@acme.example"},
]


@pytest.fixture
def log(account: Account) -> list[int]:
    return write(
        draft(account, object_id="7", object_name="Payments"),
        draft(account, type="KB", action="SENT", email="bob@acme.example", source="INGEST"),
        draft(account, type="KB", action="CREATED", occurred_at=NOON + timedelta(days=1), ip_address="2001:db8::1"),
        draft(account, request_id="r1", occurred_at=NOON + timedelta(days=2), changes={"Name": {"after": "Payments"}}),
    )


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_a_filter_finds_what_the_list_finds(
    program: Program, admin: Client, log: list[int], query: dict[str, Any]
) -> None:
    found = program.get(ENTRIES, query).json()["results"]
    # The list has entries of batches, such as the account's roles, inside of them.
    assert [one["seq"] for one in found if one["parent_seq"] is None] == shown(admin.get(LIST, query))


def test_an_entry_is_all_that_is_known_of_it(program: Program, account: Account) -> None:
    changes = {"Name": {"before": "A", "after": "Ü"}, "Size": {"before": 1.0, "after": 10**20}}
    made = entry(account, changes=changes, details={"more": [None]}, ip_address="10.0.0.1")
    found = program.get(f"{ENTRIES}/{made.seq}").json()
    assert (found["changes"], found["details"], found["ip_address"]) == (changes, {"more": [None]}, "10.0.0.1")
    assert (found["occurred_at"], found["summary"]) == ("2026-03-01T12:00:00.000000Z", "Edited team")
    assert (found["seq"], found["prev_hash"], found["hash"]) == (made.seq, made.prev_hash, made.hash)
    assert program.get(ENTRIES, {"type": "TEAM"}).json()["results"] == [found]


def test_pages_follow_one_another_and_lose_nothing(program: Program, account: Account) -> None:
    made = write(*(draft(account, object_id=str(number % 3), occurred_at=NOON) for number in range(25)))
    page, found = program.get(ENTRIES, {"type": "TEAM", "page_size": 10}).json(), []
    while True:
        found += [one["seq"] for one in page["results"]]
        if page["next"] is None:
            break
        write(draft(account))
        page = program.get(page["next"]).json()
    assert found == made[::-1]
    assert program.get(page["previous"]).json()["results"][-1]["seq"] == found[-6]


def test_it_says_how_many_there_are(program: Program, log: list[int]) -> None:
    def count(**query: str) -> tuple[int, bool]:
        found = program.get(ENTRIES, {"page_size": "1", **query}).json()
        return found["count"], found["count_is_exact"]

    assert count(type="TEAM") == (2, True)
    assert count(ip="2001:db8::1") == (1, True)
    assert count() == (Entry.objects.count(), True)


def test_entries_of_batches_are_entries(program: Program, account: Account) -> None:
    parent = batch(account, [{"object_id": str(number)} for number in range(3)])
    found = program.get(ENTRIES, {"type": "TEAM"}).json()
    assert [(one["parent_seq"], one["child_count"]) for one in found["results"]] == [(parent, 0)] * 3 + [(None, 3)]
    assert found["count"] == 4


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("type=TEEM", "type", "“TEEM” is not one of the values there are."),
        ("email=ada", "email", "“ada” is not an e-mail address."),
        ("from=tomorrow", "from", "“tomorrow” is no date or time: write 2026-01-31 or 2026-01-31T09:30:00Z."),
        ("from=2026-02-01&to=2026-01-01", "to", "This is before the beginning."),
        ("q=a&q=b", "q", "This can be given once only."),
        ("type=", "type", "This is empty."),
        ("type=TEAM&type=", "type", "This is empty."),
        ("cursor=", "cursor", "This is empty."),
        ("page_size=0", "page_size", "Ensure this value is greater than or equal to 1."),
        ("page_size=1001", "page_size", "Ensure this value is less than or equal to 1000."),
        ("page_size=ten", "page_size", "Enter a whole number."),
        ("nope=1", "nope", "There is no filter “nope”."),
        ("panel=1", "panel", "There is no filter “panel”."),
        ("order=time", "order", "Select a valid choice. time is not one of the available choices."),
        ("after_seq=3", "after_seq", "This takes order=seq, too."),
        ("order=seq&after_seq=-1", "after_seq", "Ensure this value is greater than or equal to 0."),
        ("order=seq&cursor=x", "cursor", "With order=seq, a page begins at after_seq."),
        ("q=%00a", "q", "Null characters are not allowed."),
        ("cursor=o.1.1~x", "cursor", "This page link is not one of this list"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_found(
    program: Program, account: Account, query: str, field: str, message: str
) -> None:
    found = errors(program.get(f"{ENTRIES}?{query}"))
    assert [(one[1], one[2].startswith(message)) for one in found] == [(field, True)], found


def test_a_cursor_is_for_one_filter_and_one_account(
    program: Program, account: Account, stranger: Any, client_of: Any
) -> None:
    write(*(draft(account, object_id=str(number)) for number in range(3)))
    older = program.get(ENTRIES, {"type": "TEAM", "page_size": 1}).json()["next"]
    assert seqs(program.get(older))
    problem(program.get(older.replace("TEAM", "KB")))
    problem(client_of(stranger).get(older))


def test_an_entry_never_changes_so_a_copy_is_as_good(program: Program, account: Account) -> None:
    url = f"{ENTRIES}/{entry(account).seq}"
    first = program.get(url)
    assert first["ETag"] == f'"{first.json()["hash"]}"'
    again = program.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert program.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    problem(Program().get(url, headers={"If-None-Match": first["ETag"]}), 401)


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_an_entry_that_is_not_there(program: Program, number: str) -> None:
    problem(program.get(f"{ENTRIES}/{number}"), 404)


def test_a_scoped_key_sees_its_tree_alone(
    scoped_program: Program, account: Account, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    ours = write(*(draft(account, org_tree_id=org_tree.pk) for _ in range(3)))
    theirs = entry(account, org_tree_id=other_org_tree.pk).seq
    for query in ({"type": "TEAM"}, {"type": "TEAM", "order": "seq"}, {"q": "team", "order": "seq"}):
        assert set(seqs(scoped_program.get(ENTRIES, query))) == set(ours)
    assert scoped_program.get(ENTRIES, {"type": "TEAM"}).json()["count"] == 3
    problem(scoped_program.get(f"{ENTRIES}/{theirs}"), 404)
    rows = scoped_program.get(f"{LOG}export.csv", {"type": "TEAM"}).getvalue().splitlines()
    assert len(rows) == 4
    problem(scoped_program.get(f"{ENTRIES}?cursor=x"))


def test_the_catalog_has_every_type_and_action(service: Program) -> None:
    catalog = service.get(f"{LOG}catalog").json()
    assert {row["type"]: tuple(row["actions"]) for row in catalog["types"]} == {
        code: row.actions for code, row in TYPES.items()
    }
    assert {row["action"]: row["label"] for row in catalog["actions"]} == {
        code: str(label) for code, label in ACTIONS.items()
    }
    assert {row["type"] for row in catalog["types"] if row["origin"] == "app"} >= {"TEAM", "USER_LOGIN", "ROLE"}


@pytest.mark.parametrize(
    ("query", "budget"),
    [({}, 5), ({"type": "TEAM"}, 5), ({"q": "team"}, 5), ({"ip": "10.0.0.1"}, 5), ({"order": "seq"}, 5)],
    ids=str,
)
def test_many_take_no_more_queries_than_one(
    program: Program, account: Account, query: dict[str, str], budget: int
) -> None:
    entry(account, ip_address="10.0.0.1")
    program.get(ENTRIES)
    for more in (0, 60):
        write(*(draft(account, ip_address="10.0.0.1") for _ in range(more)))
        with CaptureQueriesContext(connection) as queries:
            assert seqs(program.get(ENTRIES, {"page_size": 50, **query}))
        assert len(queries) <= budget
