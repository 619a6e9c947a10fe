"""Members: who they are, letting them in and out, and that somebody stays in charge."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import granting
from accounts.guard import access_of
from accounts.models import Account, Membership, RoleBinding, User
from accounts.setup import add_member
from activity.models import Entry
from activity.recording import recording
from tests.accounts.conftest import TESTS, also, membership
from tests.browsing import fill
from tests.entries import entries_of, entry_of, last_entry
from tests.log import follow, shown
from tracked_objects.models import OrgTree

MEMBERS = "/a/acme/members/"
ClientOf = Callable[[User], Client]


def url(account: Account, user: User, page: str = "") -> str:
    return f"/a/{account.slug}/members/{membership(account, user).pk}/{page}"


def names(client: Client, **query: str) -> list[str]:
    answer = client.get(MEMBERS, query)
    return [row.record.user.name for row in answer.context["page"].object_list]


def rows(client: Client, **query: str) -> str:
    return str(client.get(MEMBERS, query).content.decode())


def said(answer: object) -> list[str]:
    """The messages on the page that a button led to."""
    return [str(message) for message in answer.context["messages"]]  # type: ignore[attr-defined]


def press(client: Client, path: str, **values: str) -> str:
    """Press a button; what the page then says."""
    return said(client.post(path, values, follow=True))[-1]


def test_members_are_listed_with_their_roles_and_where_they_hold(
    boss: Client, collection_admin: User, account_viewer: User
) -> None:
    page = rows(boss)
    assert "SEI Collection Admin" in page and "Engineering" in page
    assert account_viewer.email in page
    assert "Never" not in page


def test_the_list_is_searched_and_filtered(boss: Client, account: Account, sei_viewer: User, sei_admin: User) -> None:
    assert names(boss, q="sei-VIEWER") == ["SEI Viewer"]
    role = account.roles.get(name="SEI Admin")
    assert names(boss, role=str(role.pk)) == ["SEI Admin"]
    boss.post(url(account, sei_viewer, "active/"))
    assert names(boss, status="deactivated") == ["SEI Viewer"]
    assert "SEI Viewer" not in names(boss, status="active")


def test_a_filter_that_cant_be_understood_shows_nobody(boss: Client) -> None:
    answer = boss.get(MEMBERS, {"role": "x"})
    assert answer.status_code == 400
    assert not answer.context["page"].object_list


def test_a_page_is_bounded_and_takes_as_many_queries_for_fifty_as_for_two(boss: Client, account: Account) -> None:
    with CaptureQueriesContext(connection) as few:
        boss.get(MEMBERS)
    with recording(TESTS):
        for number in range(60):
            add_member(account, f"m{number}@acme.example", "SEI Viewer", name=f"Member {number}")
    with CaptureQueriesContext(connection) as many:
        assert len(names(boss)) == 50
    assert len(many) <= len(few)
    assert len(names(boss, page="2")) == 11


def test_the_last_sign_in_is_what_the_log_says(boss: Client, sei_viewer: User, account: Account, password: str) -> None:
    assert membership(account, sei_viewer) in Membership.objects.filter(last_sign_in=None)
    Client().post("/accounts/login/", {"login": sei_viewer.email, "password": password})
    entry = last_entry(account, type="USER_LOGIN", action="SUCCESS")
    assert membership(account, sei_viewer).last_sign_in.at <= entry.recorded_at
    assert names(boss, sort="-signed_in")[0] == "SEI Viewer"


def test_who_may_not_read_the_log_sees_no_sign_ins_and_no_names_of_trees(
    client_of: ClientOf, sei_viewer: User, collection_admin: User
) -> None:
    page = rows(client_of(sei_viewer))
    assert "SEI Collection Admin" in page and "an org tree" in page
    assert "Last sign-in" not in page and "Engineering" not in page


def test_a_member_has_a_page_that_leads_to_what_they_did_and_to_their_history(
    boss: Client, account: Account, sei_admin: User, client_of: ClientOf
) -> None:
    fill(client_of(sei_admin), "/a/acme/efficiency-profiles/new/", name="Made by her")
    page = boss.get(url(account, sei_admin))
    (entry,) = follow(boss, page, "Everything that they did").context["rows"]  # type: ignore[attr-defined]
    assert "Made by her" in entry.summary
    history = follow(boss, page, "History")
    assert shown(history) == [entry.seq for entry in entries_of(sei_admin)]
    (entry,) = follow(boss, page, "Roles given to them and taken away").context["rows"]  # type: ignore[attr-defined]
    assert entry.summary == "Granted SEI Admin to SEI Admin (sei-admin@acme.example)"


def test_an_entry_about_a_member_links_to_their_page(boss: Client, account: Account, sei_admin: User) -> None:
    page = boss.get(f"/a/acme/activity/{entry_of(sei_admin).seq}/").content.decode()
    assert f'href="{url(account, sei_admin)}"' in page


def test_a_member_is_created_by_one_entry(account: Account, sei_admin: User) -> None:
    made = entry_of(sei_admin, action="CREATED", object_name="SEI Admin (sei-admin@acme.example)")
    assert made.changes["E-mail"] == {"after": "sei-admin@acme.example"}
    assert Entry.objects.filter(account=account, type="USER", object_id=str(sei_admin.pk)).count() == 1


def test_somebody_from_another_account_is_created_in_this_ones_log_alone(account: Account, stranger: User) -> None:
    also(account, stranger, "SEI Viewer")
    created = Entry.objects.filter(type="USER", action="CREATED", object_id=str(stranger.pk))
    assert [entry.account.slug for entry in created.order_by("seq")] == ["globex", "acme"]


def test_a_deactivated_member_is_out_at_the_next_request_and_back_when_let_in(
    boss: Client, account: Account, sei_viewer: User, client_of: ClientOf
) -> None:
    theirs = client_of(sei_viewer)
    assert theirs.get("/a/acme/members/").status_code == 200
    assert press(boss, url(account, sei_viewer, "active/")) == f"{sei_viewer} is deactivated, at once."
    entry_of(sei_viewer, action="EDITED", summary=f"Deactivated {sei_viewer}")
    assert theirs.get("/a/acme/members/").status_code == 404
    assert "You are not a member of any account" in theirs.get("/").content.decode()
    press(boss, url(account, sei_viewer, "active/"), active="yes")
    entry_of(sei_viewer, action="EDITED", summary=f"Reactivated {sei_viewer}")
    assert theirs.get("/a/acme/members/").status_code == 200


def test_deactivating_twice_is_one_entry(boss: Client, account: Account, sei_viewer: User) -> None:
    press(boss, url(account, sei_viewer, "active/"))
    press(boss, url(account, sei_viewer, "active/"))
    assert [entry.action for entry in entries_of(sei_viewer)] == ["CREATED", "EDITED"]


def test_deactivating_locks_nobody_out_of_another_account(
    boss: Client, account: Account, other_account: Account, stranger: User, client_of: ClientOf
) -> None:
    also(account, stranger, "SEI Viewer")
    before = Entry.objects.filter(account=other_account).count()
    press(boss, url(account, stranger, "active/"))
    theirs = client_of(stranger)
    assert theirs.get("/a/acme/members/").status_code == 404
    assert theirs.get("/a/globex/members/").status_code == 200
    assert Entry.objects.filter(account=other_account).count() == before


def test_a_sign_in_without_an_account_that_lets_in_is_a_refusal(
    boss: Client, account: Account, sei_viewer: User, password: str
) -> None:
    press(boss, url(account, sei_viewer, "active/"))
    Client().post("/accounts/login/", {"login": sei_viewer.email, "password": password})
    entry = last_entry(account, type="USER_LOGIN", action="FAIL")
    assert entry.details == {"reason": "deactivated"}


def test_removing_takes_all_roles_and_says_so(
    boss: Client, account: Account, collection_admin: User, other_org_tree: OrgTree
) -> None:
    also(account, collection_admin, "SEI Viewer")
    path = url(account, collection_admin, "delete/")
    assert "They lose all roles here" in boss.get(path).content.decode()
    answer = boss.post(path, {"reason": "Left"}, follow=True)
    assert said(answer)[-1] == f"Removed: {collection_admin}."
    made = Entry.objects.filter(account=account, reason="Left").order_by("seq")
    assert [entry.summary for entry in made] == [
        f"Revoked SEI Collection Admin on Engineering tree to {collection_admin}",
        f"Revoked SEI Viewer to {collection_admin}",
        f"Deleted member “{collection_admin}”",
    ]
    assert "SEI Collection Admin" not in names(boss)


def test_removing_leaves_other_accounts_alone(
    boss: Client, account: Account, stranger: User, client_of: ClientOf
) -> None:
    also(account, stranger, "SEI Viewer")
    boss.post(url(account, stranger, "delete/"))
    theirs = client_of(stranger)
    assert theirs.get("/a/acme/members/").status_code == 404
    assert theirs.get("/a/globex/members/").status_code == 200


def test_the_last_account_admin_stays_even_against_their_own_will(
    boss: Client, account: Account, account_admin: User, sei_viewer: User
) -> None:
    also(account, account_admin, "SEI Viewer")
    needed = "Acme needs an active Account Admin of all of it. Give somebody else that role first."
    binding = account_admin.bindings.get(role__name="Account Admin")
    assert press(boss, url(account, account_admin, f"roles/{binding.pk}/take/")) == needed
    assert press(boss, url(account, account_admin, "active/")) == needed
    answer = boss.post(url(account, account_admin, "delete/"))
    assert answer.status_code == 409
    assert needed in answer.content.decode()
    assert account_admin.bindings.count() == 2
    assert [entry.action for entry in entries_of(account_admin)] == ["CREATED"]


def test_an_admin_of_one_tree_or_a_deactivated_one_is_not_in_charge(
    boss: Client, account: Account, account_admin: User, org_tree: OrgTree, sei_viewer: User, sei_admin: User
) -> None:
    also(account, sei_viewer, "Account Admin", org_tree=org_tree)
    also(account, sei_admin, "Account Admin")
    press(boss, url(account, sei_admin, "active/"))
    assert "needs an active Account Admin" in press(boss, url(account, account_admin, "active/"))
    press(boss, url(account, sei_admin, "active/"), active="yes")
    boss.post(url(account, account_admin, "delete/"))
    assert not Membership.objects.filter(account=account, user=account_admin).exists()


def test_who_removes_themselves_is_out(boss: Client, account: Account, account_admin: User, sei_admin: User) -> None:
    also(account, sei_admin, "Account Admin")
    answer = boss.post(url(account, account_admin, "delete/"), follow=True)
    assert "You are not a member of any account" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_deactivate_each_other_at_once_leave_one(
    account: Account, account_admin: User, sei_admin: User, client_of: ClientOf
) -> None:
    also(account, sei_admin, "Account Admin")
    duel = [(client_of(account_admin), url(account, sei_admin, "active/"))]
    duel += [(client_of(sei_admin), url(account, account_admin, "active/"))]

    def shoot(client: Client, path: str) -> None:
        try:
            client.post(path)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(shoot, *shot) for shot in duel]:
            done.result()
    assert Membership.objects.filter(account=account, is_active=True).count() == 1


def test_what_somebody_else_has_just_taken_or_removed_is_gone(
    boss: Client, account: Account, account_admin: User, sei_viewer: User
) -> None:
    access = access_of(account_admin, "acme")
    stale = membership(account, sei_viewer)
    binding = sei_viewer.bindings.get()
    boss.post(url(account, sei_viewer, "delete/"))
    with recording(TESTS), pytest.raises(Membership.DoesNotExist):
        granting.set_active(access, stale, False)
    with recording(TESTS), pytest.raises(RoleBinding.DoesNotExist):
        granting.take(access, binding)
    assert entries_of(sei_viewer)[-1].action == "DELETED"


@pytest.mark.parametrize("page", ["active/", "delete/", "roles/{}/take/"])
def test_nobody_touches_a_member_who_may_do_more(
    deputy: Client, account: Account, account_admin: User, sei_viewer: User, page: str
) -> None:
    also(account, sei_viewer, "Account Admin")
    binding = sei_viewer.bindings.get(role__name="Account Admin")
    answer = deputy.post(url(account, sei_viewer, page.format(binding.pk)), follow=True)
    assert "You can’t give or take Account Admin there".replace("’", "&#x27;") in answer.content.decode()
    assert sei_viewer.bindings.count() == 2
    assert membership(account, sei_viewer).is_active


def test_an_sei_admin_manages_the_others(deputy: Client, account: Account, sei_viewer: User) -> None:
    assert press(deputy, url(account, sei_viewer, "active/")) == f"{sei_viewer} is deactivated, at once."


@pytest.mark.parametrize("page", ["active/", "delete/", "roles/", "roles/1/take/"])
@pytest.mark.parametrize("person", ["sei_viewer", "account_viewer", "collection_admin"])
def test_who_may_only_look_changes_nobody(
    request: pytest.FixtureRequest, client_of: ClientOf, account: Account, person: str, page: str
) -> None:
    client, path = client_of(request.getfixturevalue(person)), url(account, User.objects.get(name="Acme Admin"), page)
    assert client.post(path).status_code == 403


def test_members_of_another_account_are_not_found(
    account: Account, account_admin: User, stranger: User, client_of: ClientOf
) -> None:
    path = url(account, account_admin).replace("acme", "globex")
    for page in ("", "delete/", "roles/"):
        assert client_of(stranger).get(path + page).status_code == 404
    assert client_of(stranger).post(f"{path}active/").status_code == 404
