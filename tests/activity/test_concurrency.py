"""Many at once: numbers without gaps, one chain, right counts, and nobody stuck."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Account
from accounts.setup import create_account
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Chain, Count, Entry
from activity.recording import recording
from tracked_objects.models import OrgTree, Team

TESTS = Actor.system("tests")
CLIENTS, CHANGES, OBJECTS = 8, 25, 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy_account() -> Account:
    with recording(TESTS):
        return create_account("busy", "Busy", "admin@busy.example", "correct horse battery")


@pytest.fixture
def teams(busy_account: Account) -> list[Team]:
    with recording(TESTS):
        tree = OrgTree.objects.create(account=busy_account, name="Tree")
        return [Team.objects.create(account=busy_account, org_tree=tree, name=f"T{n}") for n in range(OBJECTS)]


def change(teams: list[Team], client: int) -> None:
    """What one client does: one change per recording, to each of the teams in turn."""
    try:
        for number in range(CHANGES):
            with recording(Actor.system(f"client {client}")):
                team = Team.objects.get(pk=teams[(number + client) % OBJECTS].pk)
                team.name = f"T{team.pk} by {client}, {number}"
                team.save()
    finally:
        connection.close()


def test_two_hundred_changes_by_eight_clients(busy_account: Account, teams: list[Team]) -> None:
    before = Entry.objects.filter(account=busy_account).count()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(change, teams, client) for client in range(CLIENTS)]:
            done.result()
    entries = Entry.objects.filter(account=busy_account).order_by("seq")
    assert list(entries.values_list("seq", flat=True)) == list(range(1, before + CLIENTS * CHANGES + 1))
    assert first_break(busy_account.pk) is None
    assert Chain.objects.get(account=busy_account).head == entries.latest("seq").hash
    assert sum(Count.objects.filter(grain="day").values_list("entries", flat=True)) == Entry.objects.count()
    for team in teams:
        edits = entries.filter(type="TEAM", object_id=str(team.pk), action="EDITED")
        names = [f"T{teams.index(team)}", *(edit.changes["Name"]["after"] for edit in edits)]
        assert [edit.changes["Name"]["before"] for edit in edits] == names[:-1]


def test_the_log_is_in_commit_order(busy_account: Account, teams: list[Team]) -> None:
    """A later number is never seen before an earlier one, so a follower can't miss an entry."""
    seen: list[int] = []
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(change, teams, client) for client in range(CLIENTS)]
        while not all(done.done() for done in running):
            after = seen[-1] if seen else 0
            seen += (
                Entry.objects.filter(account=busy_account, seq__gt=after).order_by("seq").values_list("seq", flat=True)
            )
    seen += Entry.objects.filter(account=busy_account, seq__gt=seen[-1]).order_by("seq").values_list("seq", flat=True)
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) == Entry.objects.filter(account=busy_account).count()
