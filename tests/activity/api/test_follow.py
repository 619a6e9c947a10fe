"""A program follows the log by number, and never misses an entry."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import Account, User
from activity.actors import Actor
from activity.api import entries as api_entries
from activity.models import Entry
from activity.recording import recording
from tests.log import draft, write
from tests.programs import ENTRIES, Program, errors, key, seqs
from tracked_objects.models import OrgTree

WRITERS, CHANGES = 8, 25


def follow(program: Program, **query: Any) -> Any:
    return program.get(ENTRIES, {"order": "seq", **query})


def test_the_log_comes_in_the_order_of_its_numbers(program: Program, account: Account) -> None:
    write(*(draft(account, object_id=str(number)) for number in range(7)))
    everything = list(Entry.objects.filter(account=account).order_by("seq").values_list("seq", flat=True))
    found, answer = [], follow(program, page_size=3).json()
    while not answer["caught_up"]:
        found += [one["seq"] for one in answer["results"]]
        assert answer["after_seq"] == found[-1]
        answer = program.get(answer["next"]).json()
    assert found + [one["seq"] for one in answer["results"]] == everything


def test_who_has_caught_up_asks_again_later(program: Program, account: Account) -> None:
    answer = follow(program, page_size=1000).json()
    assert answer["caught_up"]
    again = program.get(answer["next"]).json()
    assert (again["results"], again["caught_up"], again["next"]) == ([], True, answer["next"])
    (made,) = write(draft(account))
    assert seqs(program.get(answer["next"])) == [made]


def test_a_filter_goes_on_also_where_it_finds_nothing(
    program: Program, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_entries, "_LOOKED_THROUGH", 5)
    *_others, wanted = write(*(draft(account) for _ in range(20)), draft(account, type="KB", action="SENT"))
    answer, found, asked = follow(program, type="KB").json(), [], 1
    while not answer["caught_up"]:
        found += answer["results"]
        answer, asked = program.get(answer["next"]).json(), asked + 1
    assert [one["seq"] for one in found + answer["results"]] == [wanted]
    assert answer["after_seq"] == wanted and asked > 4


def test_a_number_that_is_not_there_yet_is_refused(program: Program, account: Account) -> None:
    last = follow(program, page_size=1000).json()["after_seq"]
    assert errors(follow(program, after_seq=last + 1)) == [(None, "after_seq", "The log has not come that far.")]
    assert errors(follow(program, after_seq=2**63)) != []


def test_an_account_without_entries_has_been_caught_up_with(program: Program, db: None) -> None:
    answer = follow(program, after_seq=0, q="nothing").json()
    assert (answer["results"], answer["caught_up"]) == ([], True)


@pytest.mark.django_db(transaction=True)
def test_while_many_write_every_entry_is_seen_once_and_in_order(sei_admin: User, org_tree: OrgTree) -> None:
    program, seen = Program(key(sei_admin)), []
    after = 0
    with ThreadPoolExecutor(WRITERS) as pool:
        running = [pool.submit(change, org_tree.account, writer) for writer in range(WRITERS)]
        while True:
            over = all(done.done() for done in running)
            answer = follow(program, after_seq=after, page_size=10).json()
            seen += [one["seq"] for one in answer["results"]]
            after = answer["after_seq"]
            if over and answer["caught_up"]:
                break
    for done in running:
        done.result()
    assert seen == list(range(1, Entry.objects.filter(account=org_tree.account).count() + 1))


def change(account: Account, writer: int) -> None:
    """What one writer does: one tree after the other."""
    try:
        for number in range(CHANGES):
            with recording(Actor.system(f"writer {writer}")):
                OrgTree.objects.create(account=account, name=f"Tree {writer}.{number}")
    finally:
        connection.close()
