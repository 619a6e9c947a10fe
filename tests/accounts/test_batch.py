"""Many objects at once: rows, history and entries in bulk, all of it or nothing."""

import pytest
from django.db import transaction

from accounts.batch import batch, save_batch
from accounts.models import Account
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tracked_objects.models import Developer

TESTS = Actor.system("tests")


def test_a_batch_is_one_parent_with_its_children(people: list[Developer], account: Account) -> None:
    people[0].site = "Lisbon"
    new = Developer(account=account, full_name="Eve", email="eve@acme.example")
    with recording(TESTS), batch(account, Developer, details={"file_name": "hr.csv"}) as current:
        save_batch(current, [*people, new])
    parent = Entry.objects.filter(type="DEVELOPER", parent_seq=None).latest("seq")
    counts = {"created": 1, "edited": 1, "deleted": 0, "unchanged": 3, "file_name": "hr.csv"}
    assert (parent.action, parent.child_count, parent.details) == ("EDITED", 2, counts)
    assert {(child.object_name, child.action) for child in parent.children.all()} == {
        ("Eve", "CREATED"),
        ("Ann", "EDITED"),
    }


def test_a_batch_without_a_change_is_no_entry(people: list[Developer], account: Account) -> None:
    before = Entry.objects.count()
    with recording(TESTS), batch(account, Developer) as current:
        save_batch(current, people)
    assert (Entry.objects.count(), current.unchanged) == (before, 4)


def test_a_batch_with_a_deleted_object_changes_nothing(people: list[Developer], account: Account) -> None:
    with recording(TESTS):
        Developer.objects.get(pk=people[0].pk).delete()
    people[1].site = "Lisbon"
    with pytest.raises(Developer.DoesNotExist, match="1 of the developers"):
        with recording(TESTS), batch(account, Developer) as current:
            save_batch(current, people)
    assert Developer.objects.get(pk=people[1].pk).site == ""


def test_plain_deletes_in_a_batch_are_its_children(people: list[Developer], account: Account) -> None:
    with recording(TESTS), batch(account, Developer):
        for person in people[:2]:
            person.delete()
    parent = Entry.objects.filter(child_count=2).latest("seq")
    assert (parent.action, parent.details["deleted"]) == ("DELETED", 2)


def test_every_batch_row_has_its_history(people: list[Developer]) -> None:
    assert [person.history.get().history_type for person in people] == ["+"] * 4


def test_a_batch_that_is_given_up_is_not_told(people: list[Developer], account: Account) -> None:
    with recording(TESTS):
        people[0].role = "Lead"
        people[0].save()
        with pytest.raises(RuntimeError), batch(account, Developer) as current:
            people[0].site = people[1].site = "Lisbon"
            save_batch(current, people[:2])
            raise RuntimeError
    entry = Entry.objects.latest("seq")
    assert (entry.object_name, list(entry.changes)) == ("Ann", ["Role"])
    assert not Entry.objects.filter(object_name="Bob", action="EDITED").exists()


def test_a_savepoint_given_up_inside_a_batch_is_not_told(people: list[Developer], account: Account) -> None:
    with recording(TESTS), batch(account, Developer) as current:
        people[0].site = people[1].site = "Lisbon"
        save_batch(current, people[:1])
        with pytest.raises(RuntimeError), transaction.atomic():
            save_batch(current, people[1:2])
            raise RuntimeError
    assert [child.object_name for child in Entry.objects.latest("seq").parent.children.all()] == ["Ann"]


@pytest.mark.parametrize("write", ["saved", "created", "edited"])
def test_every_kind_of_value_is_stored_as_it_was_given(write: str, people: list[Developer], account: Account) -> None:
    values = {
        "role": "O'Hara\t\\N\nLead",
        "manager_id": people[0].pk,
        "custom_attributes": {"Büro": 'a\\b\t"c"'},
        "identities": [{"application_type": "github", "cloud_id": "eve"}],
    }
    person = people[1] if write == "edited" else Developer(account=account, full_name="Eve", email="eve@acme.example")
    for name, value in values.items():
        setattr(person, name, value)
    with recording(TESTS), batch(account, Developer) as current:
        person.save() if write == "saved" else save_batch(current, [person])
    for stored in (Developer.objects.get(pk=person.pk), person.history.latest()):
        assert {name: getattr(stored, name) for name in values} == values
