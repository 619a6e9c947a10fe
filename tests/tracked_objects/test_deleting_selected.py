"""Deleting what was chosen in a list: it asks first, all of it goes or nothing, and the log has one batch."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Role, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.browsing import fill
from tests.entries import entry_of
from tests.tracked_objects.test_upload_at_once import at_once
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, EfficiencyProfile, Integration, OrgTree, Team
from tracked_objects.models.base import AccountObject

TESTS = Actor.system("tests")


def url(*items: AccountObject, slug: str = "") -> str:
    chosen = "&".join(f"id={item.pk}" for item in items)
    return f"/a/acme/{slug or items[0].slug}/delete/?{chosen}"


def delete(client: Client, *items: AccountObject, **fields: Any) -> Any:
    """Ask, and confirm."""
    return fill(client, url(*items), **fields)


def parents(account: Account, kind: str) -> list[Entry]:
    return list(Entry.objects.filter(account=account, type=kind, child_count__gt=0))


def profiles(account: Account, *names: str) -> list[EfficiencyProfile]:
    with recording(TESTS):
        return [EfficiencyProfile.objects.create(account=account, name=name) for name in names]


def test_it_asks_first_and_then_all_of_it_is_gone_in_one_batch(admin: Client, account: Account) -> None:
    one, two, _kept = profiles(account, "One", "Two", "Kept")
    page = admin.get(url(one, two)).content.decode()
    assert "Delete 2 efficiency profiles?" in page and "One" in page and "Kept" not in page
    assert delete(admin, one, two, reason="Tidy").url == "/a/acme/efficiency-profiles/"
    assert [item.name for item in EfficiencyProfile.objects.all()] == ["Kept"]
    (parent,) = parents(account, "EFFICIENCY_PROFILE")
    assert (parent.action, parent.child_count, parent.reason) == ("DELETED", 2, "Tidy")
    assert first_break(account.pk) is None


@pytest.mark.parametrize("slug", KINDS)
def test_every_list_offers_it_to_those_who_may(
    admin: Client, viewer: Client, everything: dict[str, AccountObject], slug: str
) -> None:
    box = f'name="id" value="{everything[slug].pk}"'
    page = admin.get(f"/a/acme/{slug}/").content.decode()
    assert box in page and "Delete selected" in page
    page = viewer.get(f"/a/acme/{slug}/").content.decode()
    assert "Delete selected" not in page and box not in page
    assert viewer.get(url(everything[slug])).status_code == 403


@pytest.fixture
def everything(
    account: Account,
    team: Team,
    cleo: Developer,
    efficiency: Any,
    productivity: Any,
    alignment: Any,
    github: Integration,
) -> dict[str, AccountObject]:
    """One object of each kind."""
    return {item.slug: item for item in (team, team.org_tree, cleo, efficiency, productivity, alignment, github)}


def test_all_of_a_page_can_be_selected(admin: Client, account: Account) -> None:
    profiles(account, "One", "Two")
    assert " checked>" not in admin.get("/a/acme/efficiency-profiles/").content.decode()
    page = admin.get("/a/acme/efficiency-profiles/", {"select": "all", "q": "o"}).content.decode()
    assert page.count(" checked>") == 2 and "Select none" in page


@pytest.mark.parametrize("slug", ["efficiency-profiles", "integrations", "org-trees"])
def test_what_is_in_use_keeps_everything_and_says_by_what(
    admin: Client, account: Account, everything: dict[str, AccountObject], team: Team, github: Integration, slug: str
) -> None:
    with recording(TESTS):
        team.org_tree.efficiency_profile = EfficiencyProfile.objects.get()
        team.org_tree.save()
        team.integrations.add(github)
        fields = {"category": "ci", "application_type": "x"} if slug == "integrations" else {}
        spare = KINDS[slug].model.objects.create(account=account, name="Spare", **fields)
    count = Entry.objects.count()
    answer = admin.post(url(spare), {"id": [spare.pk, everything[slug].pk]})
    page = answer.content.decode()
    assert (answer.status_code, Entry.objects.count()) == (409, count)
    assert ("Engineering" if slug == "efficiency-profiles" else "Payments") in page and "btn-danger" not in page
    assert f'href="?id={spare.pk}"' in page
    assert delete(admin, spare).status_code == 302


def test_developers_leave_their_teams_and_their_reports(
    admin: Client, account: Account, team: Team, ada: Developer, ben: Developer, cleo: Developer
) -> None:
    page = admin.get(url(ada, cleo)).content.decode()
    assert "Is also taken out of" in page and "Payments" in page and "Ben Ito" in page
    delete(admin, ada, cleo, reason="Left")
    team.refresh_from_db()
    ben.refresh_from_db()
    assert (team.manager, ben.manager) == (None, None)
    (parent,) = parents(account, "DEVELOPER")
    assert parent.summary == "Developer batch of 3: 1 edited, 2 deleted"
    children = Entry.objects.filter(account=account, parent_seq=parent.seq)
    assert {(child.action, child.object_name) for child in children} == {
        ("DELETED", "Ada Park"),
        ("DELETED", "Cleo Berg"),
        ("EDITED", "Ben Ito"),
    }
    assert entry_of(team, reason="Left").changes["Manager"] == {"before": "Ada Park", "after": None}


def test_a_manager_and_their_report_go_together(admin: Client, ada: Developer, ben: Developer) -> None:
    assert delete(admin, ada, ben).status_code == 302
    assert not Developer.objects.exists()


def test_what_others_have_deleted_meanwhile_is_said_and_the_rest_asked_again(admin: Client, account: Account) -> None:
    one, two = profiles(account, "One", "Two")
    ids = [one.pk, two.pk]
    admin.post(f"/a/acme/efficiency-profiles/{one.pk}/delete/")
    answer = admin.post(url(two), {"id": ids})
    assert answer.status_code == 409 and "1 of those that you chose has been deleted" in answer.content.decode()
    assert EfficiencyProfile.objects.exists()
    assert admin.post(url(two), {"id": [two.pk]}).status_code == 302
    assert "deleted already" in admin.post(url(two), {"id": ids}, follow=True).content.decode()
    assert "deleted already" in admin.get(url(two), follow=True).content.decode()


@pytest.mark.parametrize("ids", [["0"], ["x"], ["-1"], ["1" * 30], ["9" * 18], [""]])
def test_what_never_was_there_is_not_found(admin: Client, efficiency: EfficiencyProfile, ids: list[str]) -> None:
    for answer in (admin.get(url(efficiency), {"id": ids}), admin.post(url(efficiency), {"id": ids})):
        assert answer.status_code == 404
    assert EfficiencyProfile.objects.exists()


def test_nothing_selected_leads_back(admin: Client, efficiency: EfficiencyProfile) -> None:
    assert "Nothing is selected" in admin.get(url(slug=efficiency.slug), follow=True).content.decode()
    assert "Nothing is selected" in admin.post(url(slug=efficiency.slug), follow=True).content.decode()


def test_too_much_at_once_is_refused(admin: Client, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracked_objects.deleting.MAX_CHOSEN", 1)
    items = profiles(account, "One", "Two")
    for send in (admin.get, admin.post):
        answer = send(url(*items), {"id": [item.pk for item in items]}, follow=True)
        assert "At most 1 can be deleted at once" in answer.content.decode()
    assert EfficiencyProfile.objects.count() == 2


def test_a_reason_that_is_too_long_is_said(admin: Client, efficiency: EfficiencyProfile) -> None:
    assert "at most 500 characters" in delete(admin, efficiency, reason="x" * 501).content.decode()


def test_another_accounts_objects_are_not_found(
    admin: Client, client_of: Callable[[User], Client], stranger: User, outsider: Developer, ada: Developer
) -> None:
    for answer in (admin.get(url(ada, outsider)), admin.post(url(ada), {"id": [ada.pk, outsider.pk]})):
        assert answer.status_code == 404
    with recording(TESTS):
        outsider_pk = outsider.pk
        outsider.delete()
    assert admin.post(url(ada), {"id": [ada.pk, outsider_pk]}).status_code == 404
    assert Developer.objects.filter(pk=ada.pk).exists()


def test_only_teams_in_scope_can_be_deleted(scoped: Client, account: Account, team: Team, other_team: Team) -> None:
    with recording(TESTS):
        role = Role.objects.get(account=account, name="SEI Collection Admin")
        role.capabilities = [*role.capabilities, "teams.delete"]
        role.save()
        gone = Team.objects.create(account=account, org_tree=other_team.org_tree, name="Gone")
        gone_pk = gone.pk
        gone.delete()
    for ids in ([team.pk, other_team.pk], [team.pk, gone_pk]):
        assert scoped.post(url(team), {"id": ids}).status_code == 404
    assert delete(scoped, team).status_code == 302
    assert [found.name for found in Team.objects.all()] == ["Labs"]


@pytest.mark.django_db(transaction=True)
def test_two_delete_at_the_same_moment(
    account: Account, sei_admin: User, account_admin: User, client_of: Callable[[User], Client]
) -> None:
    items = profiles(account, "One", "Two", "Three")
    ids = [item.pk for item in items]
    works = [
        lambda user=user, ids=ids: client_of(user).post(url(items[0]), {"id": ids}).status_code
        for user, ids in ((sei_admin, ids[:2]), (account_admin, ids[1:]))
    ]
    answers = at_once(*works)
    assert sorted(answers) == [302, 409]
    assert EfficiencyProfile.objects.count() == 1
    assert len(parents(account, "EFFICIENCY_PROFILE")) == 1
    assert first_break(account.pk) is None


def test_a_hand_made_tree_goes_and_one_with_teams_stays(admin: Client, team: Team, other_org_tree: OrgTree) -> None:
    assert admin.post(url(other_org_tree), {"id": [other_org_tree.pk, team.org_tree_id]}).status_code == 409
    assert OrgTree.objects.count() == 2
    assert delete(admin, other_org_tree).status_code == 302
