"""Deleting: it asks first, and what is in use stays."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.browsing import fill
from tests.entries import last_entry
from tracked_objects.models import EfficiencyProfile, Integration, OrgTree, Tag, Team
from tracked_objects.models.base import AccountObject, InUse


@pytest.fixture
def used(team: Team, efficiency: EfficiencyProfile, github: Integration) -> dict[str, AccountObject]:
    """A profile, an integration and a tree that something points to."""
    with recording(Actor.system("tests")):
        team.org_tree.efficiency_profile = efficiency
        team.org_tree.save()
        team.integrations.add(github)
    return {"profile": efficiency, "integration": github, "tree": team.org_tree}


def delete(item: AccountObject) -> str:
    return f"/a/acme/{item.slug}/{item.pk}/delete/"


def test_it_asks_first_and_then_it_is_gone(admin: Client, efficiency: EfficiencyProfile) -> None:
    assert "It goes away for good" in admin.get(delete(efficiency)).content.decode()
    assert fill(admin, delete(efficiency), reason="Unused").url == "/a/acme/efficiency-profiles/"
    assert not EfficiencyProfile.objects.exists()
    last_entry(efficiency.account, action="DELETED", object_name="Delivery", reason="Unused")


def test_asked_twice_the_second_time_it_is_not_found(admin: Client, efficiency: EfficiencyProfile) -> None:
    admin.post(delete(efficiency))
    count = Entry.objects.count()
    assert admin.post(delete(efficiency)).status_code == 404
    assert Entry.objects.count() == count


@pytest.mark.parametrize(
    ("kind", "user"), [("profile", "Engineering"), ("integration", "Payments"), ("tree", "Payments")]
)
def test_what_is_in_use_stays_and_says_by_what(
    admin: Client, used: dict[str, AccountObject], kind: str, user: str
) -> None:
    item = used[kind]
    answer = admin.post(delete(item))
    assert answer.status_code == 409
    for page in (answer, admin.get(delete(item))):
        text = page.content.decode()
        assert "while it is in use" in text and user in text and "btn-danger" not in text
    assert type(item).objects.filter(pk=item.pk).exists()


def test_a_tree_that_a_member_is_bound_to_stays(admin: Client, org_tree: OrgTree, collection_admin: User) -> None:
    assert collection_admin.email in admin.post(delete(org_tree)).content.decode()


def test_a_tag_in_use_stays(github: Integration) -> None:
    tag = Tag.objects.get(name="production")
    with pytest.raises(InUse), recording(Actor.system("tests")):
        tag.delete()


def test_code_cant_delete_what_is_in_use_either(used: dict[str, AccountObject]) -> None:
    for item in used.values():
        with pytest.raises(InUse), recording(Actor.system("tests")):
            item.delete()
        with pytest.raises(InUse), recording(Actor.system("tests")):
            type(item).objects.filter(pk=item.pk).delete()


def test_a_team_is_deleted_with_its_people_left_alone(admin: Client, team: Team) -> None:
    admin.post(delete(team))
    entry = last_entry(team.account, action="DELETED", type="TEAM", object_name="Payments")
    assert entry.changes["Members"] == {"before": ["Ben Ito"]}


def test_deleted_by_somebody_else_meanwhile_is_not_found(
    admin: Client, efficiency: EfficiencyProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: EfficiencyProfile) -> str:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tracked_objects_efficiencyprofile")
        return self.name

    monkeypatch.setattr(EfficiencyProfile, "__str__", gone)
    assert admin.post(delete(efficiency)).status_code == 404


def test_only_who_may_can_delete(client_of: Callable[[User], Client], account_viewer: User, team: Team) -> None:
    assert client_of(account_viewer).post(delete(team)).status_code == 403
    assert Team.objects.filter(pk=team.pk).exists()
