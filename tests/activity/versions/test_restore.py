"""Restoring a version: what it asks, what it writes, and the one entry that it makes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.models import Account, Role, RoleBinding, User
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from activity.versions.states import State, state_now
from tests.activity.versions.conftest import CONDITION, day, pages, save
from tests.browsing import fill, form_of
from tests.entries import entries_of, entry_of
from tracked_objects.models import Developer, Integration, OrgTree, Team


def restore(client: Client, team: Team, number: int, **sent: Any) -> Any:
    return fill(client, f"{pages(team)}{number}/restore/", **{"reason": "It was better", **sent})


def test_one_entry_says_what_was_restored_and_why(admin: Client, saved: Team, account_admin: User) -> None:
    before = Entry.objects.count()
    assert restore(admin, saved, 1).url == pages(saved)
    assert Entry.objects.count() == before + 1
    entry = entry_of(
        saved,
        action="EDITED",
        summary="Restored team “Payments” to version 1",
        reason="It was better",
        actor_email=account_admin.email,
    )
    assert entry.details == {"restored_version": 1, "restored_entry": entries_of(saved)[0].seq}
    assert entry.changes == {
        "Name": {"before": "Checkout", "after": "Payments"},
        "Members": {"added": ["Bob"], "removed": ["Cyd", "Dee"]},
    }
    newest = admin.get(pages(saved)).context["versions"][0]
    assert (newest.number, newest.own_words) == (4, "Restored team “Payments” to version 1")
    log = admin.get("/a/acme/activity/").content.decode()
    assert "restored team “Payments” to version 1" in log


def test_it_asks_first_and_shows_what_would_change(admin: Client, saved: Team) -> None:
    response = admin.get(f"{pages(saved)}1/restore/")
    assert [change.label for change in response.context["changes"]] == ["Name", "Members"]
    assert "Restore version 1?" in response.content.decode()
    assert len(entries_of(saved)) == 3


def test_a_reason_is_required_and_what_was_typed_stays(admin: Client, saved: Team) -> None:
    for reason in ("", "  ", "a\0b", "x" * 501):
        answer = restore(admin, saved, 1, reason=reason)
        assert answer.context["why"].errors.keys() == {"reason"}
    assert len(entries_of(saved)) == 3
    assert form_of(answer)["reason"] == ["x" * 501]


@pytest.mark.parametrize("states", range(4), indirect=True)
def test_every_version_comes_back_exactly_with_one_entry_each(admin: Client, team: Team, states: list[State]) -> None:
    for number, state in enumerate(states, 1):
        differs = state_now(team) != state
        before = len(entries_of(team))
        response = admin.get(f"{pages(team)}{number}/restore/")
        assert bool(response.context["changes"]) is differs
        if differs:
            assert restore(admin, team, number).status_code == 302
        team.refresh_from_db()
        assert state_now(team) == state
        assert len(entries_of(team)) == before + differs


def test_a_team_that_is_the_same_has_nothing_to_restore(admin: Client, saved: Team) -> None:
    url = f"{pages(saved)}3/restore/"
    assert "Nothing to restore" in admin.get(url).content.decode()
    assert admin.post(url, {"reason": "Why not"}).status_code == 200
    assert len(entries_of(saved)) == 3


def test_sent_twice_it_is_done_once(admin: Client, saved: Team) -> None:
    url = f"{pages(saved)}1/restore/"
    sent = {**form_of(admin.get(url)), "reason": "Once"}
    assert admin.post(url, sent).status_code == 302
    assert "Nothing to restore" in admin.post(url, sent).content.decode()
    assert len(entries_of(saved)) == 4


def test_who_is_gone_is_named_and_left_out(
    admin: Client, saved: Team, people: list[Developer], github: Integration
) -> None:
    save(saved, day(4), integrations=[github], manager=people[1])
    save(saved, day(5), integrations=[], manager=people[3], members=people[2:3])
    with recording(Actor.system("tests"), occurred_at=day(6)):
        people[1].delete()
        github.delete()
    page = admin.get(f"{pages(saved)}4/restore/").content.decode()
    for words in ("Manager: <bdi>Bob</bdi>", "<bdi>GitHub</bdi>"):
        assert words in page
    restore(admin, saved, 4)
    saved.refresh_from_db()
    assert (list(saved.members.all()), saved.manager) == ([people[2], people[3]], people[3])
    assert entry_of(saved).details["left_out"] == ["Bob", "GitHub"]


def test_only_gone_people_differ_so_nothing_is_left_to_do(admin: Client, saved: Team, people: list[Developer]) -> None:
    with recording(Actor.system("tests"), occurred_at=day(6)):
        people[3].delete()
    page = admin.get(f"{pages(saved)}3/restore/").content.decode()
    assert "Nothing to restore" in page and "<bdi>Dee</bdi>" in page


def test_somebody_who_saves_meanwhile_is_not_overwritten_unread(admin: Client, saved: Team) -> None:
    url = f"{pages(saved)}1/restore/"
    mine = {**form_of(admin.get(url)), "reason": "Mine"}
    save(saved, name="Theirs")
    answer = admin.post(url, mine)
    assert "Somebody else has changed this since you opened the form." in answer.content.decode()
    assert [line.text for line in answer.context["changes"][0].before.parts] == ["Theirs"]
    saved.refresh_from_db()
    assert saved.name == "Theirs"
    assert admin.post(url, form_of(answer)).status_code == 302


def test_a_name_that_another_team_has_now_is_refused_in_words(
    admin: Client, saved: Team, account: Account, org_tree: OrgTree
) -> None:
    save(Team(account=account, org_tree=org_tree, name="Payments"))
    answer = restore(admin, saved, 1)
    assert "The org tree already has a team with this name." in answer.content.decode()
    assert "Checkout" in answer.content.decode()
    assert len(entries_of(saved)) == 3


def test_settings_and_filters_come_back_as_they_were(admin: Client, team: Team) -> None:
    settings = {"branches": [CONDITION], "projects": []}
    filters = {"A, b": [{"match": "any", "conditions": [CONDITION, CONDITION]}]}
    save(team, day(2), settings=settings, alignment_filters=filters)
    save(team, day(3), settings={}, alignment_filters={})
    restore(admin, team, 2)
    team.refresh_from_db()
    assert (team.settings, team.alignment_filters) == (settings, filters)


def test_who_may_look_but_not_edit_may_not_restore(
    saved: Team, account_viewer: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(account_viewer)
    url = f"{pages(saved)}1/restore/"
    assert (client.get(url).status_code, client.post(url, {"reason": "x"}).status_code) == (403, 403)
    assert "Restore" not in client.get(pages(saved)).content.decode()
    assert "Restore" not in client.get(f"{pages(saved)}1/").content.decode()


def test_who_may_edit_but_not_see_the_log_may_not_either(
    saved: Team, collection_admin: User, client_of: Callable[[User], Client]
) -> None:
    assert client_of(collection_admin).get(f"{pages(saved)}1/restore/").status_code == 403


def test_an_editor_of_one_tree_takes_the_team_nowhere_else_and_chooses_no_integrations(
    scoped: Client, saved: Team, org_tree: OrgTree, other_org_tree: OrgTree, github: Integration, account: Account
) -> None:
    with recording(Actor.system("tests")):
        role = Role.objects.get(account=account, name="Auditor")
        user = User.objects.get(email="sei-collection-admin@acme.example")
        RoleBinding.objects.create(account=account, user=user, role=role)
    save(saved, day(4), org_tree=other_org_tree, integrations=[github], name="Abroad")
    save(saved, day(5), org_tree=org_tree, integrations=[])
    page = scoped.get(f"{pages(saved)}4/restore/")
    assert page.context["plan"].left_out == {"Org tree": ["Research"]}
    assert page.context["plan"].staying == ["Own integrations instead of the org tree's"]
    save(saved, day(6), name="Home")
    restore(scoped, saved, 4)
    saved.refresh_from_db()
    assert (saved.name, saved.org_tree, list(saved.integrations.all())) == ("Abroad", org_tree, [])


def test_a_restored_version_can_be_restored_from(admin: Client, saved: Team, people: list[Developer]) -> None:
    restore(admin, saved, 1)
    restore(admin, saved, 3)
    saved.refresh_from_db()
    assert (saved.name, list(saved.members.all())) == ("Checkout", people[2:])
    assert entry_of(saved).summary == "Restored team “Checkout” to version 3"


def test_the_entry_is_in_the_language_of_the_log(admin: Client, saved: Team) -> None:
    admin.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    # A request leaves its language behind.
    with override("de"):
        assert "Version 1 wiederherstellen?" in admin.get(f"{pages(saved)}1/restore/").content.decode()
        restore(admin, saved, 1)
    entry = entry_of(saved, summary="Restored team “Payments” to version 1")
    assert entry.changes.keys() == {"Name", "Members"}


def test_what_is_said_of_an_object_is_said_of_no_other(team: Team, org_tree: OrgTree) -> None:
    with recording(Actor.system("tests")) as rec:
        team.name, org_tree.name = "Checkout", "All"
        team.save()
        org_tree.save()
        rec.say(team, "Turned %(name)s round, %(times)s times", {"times": 2})
    assert entry_of(team, summary="Turned Checkout round, 2 times").details == {"times": 2}
    assert entry_of(org_tree, summary="Edited org tree “All”: name").details == {}
