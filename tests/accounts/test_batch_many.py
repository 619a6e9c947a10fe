"""What a batch does to many-to-many fields: rows, history and entries."""

import pytest

from accounts.batch import batch, delete_batch, save_batch
from accounts.models import Account
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.entries import entry_of
from tracked_objects.models import Developer, OrgTree, Team

TESTS = Actor.system("tests")


@pytest.fixture
def team(account: Account, org_tree: OrgTree, people: list[Developer]) -> Team:
    """A team of Ann and Bob, made by a batch."""
    made = Team(account=account, org_tree=org_tree, name="Pay")
    save(account, made, *people[:2])
    return made


def save(account: Account, team: Team, *members: Developer) -> None:
    with recording(TESTS), batch(account, Team) as current:
        save_batch(current, [team], many={"members": [frozenset(person.pk for person in members)]})


def history_of(team: Team) -> set[str]:
    return {row.developer.full_name for row in team.history.latest().members.all()}


def test_a_new_object_has_them(team: Team, people: list[Developer]) -> None:
    assert set(team.members.all()) == set(people[:2])
    assert entry_of(team, action="CREATED").changes["Members"] == {"after": ["Ann", "Bob"]}
    assert history_of(team) == {"Ann", "Bob"}


def test_what_came_and_went_is_the_change(account: Account, team: Team, people: list[Developer]) -> None:
    save(account, team, *people[1:3])
    assert set(team.members.all()) == set(people[1:3])
    assert entry_of(team, action="EDITED").changes == {"Members": {"added": ["Cyd"], "removed": ["Ann"]}}
    assert history_of(team) == {"Bob", "Cyd"}


def test_the_same_is_no_change(account: Account, team: Team, people: list[Developer]) -> None:
    before = Entry.objects.count()
    save(account, team, *people[:2])
    assert Entry.objects.count() == before


def test_fields_that_are_not_given_stay_and_are_in_history(
    account: Account, team: Team, people: list[Developer]
) -> None:
    team.name = "Payments"
    with recording(TESTS), batch(account, Team) as current:
        save_batch(current, [team])
    assert set(team.members.all()) == set(people[:2])
    assert history_of(team) == {"Ann", "Bob"}


def test_a_deleted_object_says_what_it_had(account: Account, team: Team) -> None:
    pk = team.pk
    with recording(TESTS), batch(account, Team) as current:
        delete_batch(current, [team])
    team.pk = pk
    assert not Team.objects.filter(pk=pk).exists()
    assert entry_of(team, action="DELETED").changes["Members"] == {"before": ["Ann", "Bob"]}


def test_a_plain_change_after_a_batch_in_one_recording_is_one_entry(
    account: Account, team: Team, people: list[Developer]
) -> None:
    with recording(TESTS):
        with batch(account, Team) as current:
            save_batch(current, [team], many={"members": [frozenset()]})
        team.members.add(people[3])
    assert entry_of(team, action="EDITED").changes == {"Members": {"added": ["Dee"], "removed": ["Ann", "Bob"]}}


def test_a_batch_about_an_object_is_that_objects_entry(
    account: Account, org_tree: OrgTree, team: Team, people: list[Developer]
) -> None:
    with recording(TESTS):
        with batch(account, Team, lambda: "One team went.", {"teams": 1}, about=org_tree) as current:
            delete_batch(current, [team])
    entry = entry_of(org_tree, action="EDITED")
    assert (entry.summary, entry.child_count) == ("Edited org tree “Engineering”. One team went.", 1)
    assert (entry.details, entry.org_tree_id) == ({"teams": 1}, org_tree.pk)


def test_what_else_changed_of_it_is_in_the_same_entry(account: Account, org_tree: OrgTree, team: Team) -> None:
    before = Entry.objects.count()
    with recording(TESTS):
        org_tree.description = "All of us"
        org_tree.save()
        with batch(account, Team, "Nothing moved.", about=org_tree):
            pass
    assert Entry.objects.count() == before + 1
    entry = entry_of(org_tree, summary="Edited org tree “Engineering”: description. Nothing moved.")
    assert entry.changes == {"Description": {"before": "", "after": "All of us"}}
