"""Roles: what they include, making one's own, and giving them to members."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, Role, RoleBinding, User
from activity.models import Entry
from tests.accounts.conftest import also, membership, role
from tests.accounts.test_members import press, url
from tests.browsing import fill
from tests.entries import entries_of, entry_of
from tests.log import follow, shown
from tracked_objects.models import OrgTree

ROLES = "/a/acme/roles/"
ClientOf = Callable[[User], Client]


def errors(answer: object) -> dict[str, list[str]]:
    return answer.context["form"].errors  # type: ignore[attr-defined, no-any-return]


def give(client: Client, user: User, *roles: Role, trees: tuple[OrgTree, ...] = ()) -> object:
    account = roles[0].account
    return fill(
        client,
        url(account, user, "roles/"),
        roles=[str(item.pk) for item in roles],
        org_trees=[str(tree.pk) for tree in trees] or None,
    )


@pytest.fixture
def auditor(account: Account) -> Role:
    return role(account, "Auditor", "activity.view", "activity.export")


def test_the_built_in_roles_are_a_table_of_what_they_include(boss: Client) -> None:
    page = boss.get(ROLES)
    cells = {str(resource): dict(cells) for resource, cells in page.context["matrix"]}
    assert [str(verb) for verb in cells["Roles"]["SEI Admin"]] == ["view"]
    assert [str(verb) for verb in cells["Members"]["SEI Admin"]] == ["view", "create", "edit", "delete", "assign"]
    assert cells["Activity logs"]["SEI Viewer"] == []


def test_a_role_is_made_edited_and_deleted(boss: Client, account: Account) -> None:
    fill(boss, f"{ROLES}new/", name="Auditor", activity=["activity.view"])
    made = Role.objects.get(account=account, name="Auditor")
    entry = entry_of(made, action="CREATED", summary="Created role “Auditor”")
    assert entry.changes["Capabilities"] == {"after": ["activity.view"]}
    fill(boss, f"{ROLES}{made.pk}/edit/", activity=["activity.view", "activity.export"], teams=["teams.view"])
    assert entry_of(made).changes["Capabilities"]["added"] == ["activity.export", "teams.view"]
    assert len(shown(follow(boss, boss.get(f"{ROLES}{made.pk}/"), "History"))) == 2
    boss.post(f"{ROLES}{made.pk}/delete/")
    assert not Role.objects.filter(pk=made.pk).exists()
    assert [entry.action for entry in entries_of(made)][:2] == ["CREATED", "EDITED"]


@pytest.mark.parametrize("name", ["", "account ADMIN", "x" * 101, "a\0b"])
def test_a_name_is_needed_and_taken_once(boss: Client, name: str) -> None:
    assert "name" in errors(fill(boss, f"{ROLES}new/", name=name, activity=["activity.view"]))


def test_verbs_need_view(boss: Client) -> None:
    refused = errors(fill(boss, f"{ROLES}new/", name="Odd", teams=["teams.edit"]))
    assert refused == {"teams": ["The rest is of no use without “View”."]}


def test_what_is_no_capability_is_refused(boss: Client) -> None:
    assert "teams" in errors(fill(boss, f"{ROLES}new/", name="Odd", teams=["activity.view"]))
    assert "teams" in errors(fill(boss, f"{ROLES}new/", name="Odd", teams=["teams.paint"]))


def test_a_role_in_use_stays_and_the_page_says_by_whom(
    boss: Client, account: Account, auditor: Role, sei_viewer: User
) -> None:
    also(account, sei_viewer, "Auditor")
    page = boss.get(f"{ROLES}{auditor.pk}/delete/").content.decode()
    assert "Auditor to SEI Viewer (sei-viewer@acme.example)" in page
    assert boss.post(f"{ROLES}{auditor.pk}/delete/").status_code == 409
    assert Role.objects.filter(pk=auditor.pk).exists()


def test_a_built_in_role_is_neither_deleted_nor_renamed(boss: Client, account: Account) -> None:
    viewer = role(account, "SEI Viewer")
    assert boss.get(f"{ROLES}{viewer.pk}/delete/").status_code == 403
    assert boss.post(f"{ROLES}{viewer.pk}/delete/").status_code == 403
    fill(boss, f"{ROLES}{viewer.pk}/edit/", name="Renamed", activity=["activity.view"])
    viewer.refresh_from_db()
    assert viewer.name == "SEI Viewer"


def test_of_a_built_in_role_only_the_log_is_switched(boss: Client, account: Account) -> None:
    viewer = role(account, "SEI Viewer")
    fill(boss, f"{ROLES}{viewer.pk}/edit/", activity=["activity.view"], teams=["teams.view"])
    viewer.refresh_from_db()
    assert viewer.capabilities == ["activity.view", "insights.view", "members.view"]
    assert entry_of(viewer).changes["Capabilities"]["added"] == ["activity.view"]
    assert "activity" in errors(fill(boss, f"{ROLES}{viewer.pk}/edit/", activity=["activity.manage"]))


def test_account_admin_stays_as_it_is(boss: Client, account: Account) -> None:
    path = f"{ROLES}{role(account, 'Account Admin').pk}/edit/"
    assert boss.get(path).status_code == 403
    assert boss.post(path, {"activity": []}).status_code == 403
    assert "Edit</a>" not in boss.get(path.replace("edit/", "")).content.decode()


def test_a_role_change_counts_at_the_next_request(
    boss: Client, account: Account, sei_viewer: User, client_of: ClientOf
) -> None:
    theirs = client_of(sei_viewer)
    assert theirs.get("/a/acme/activity/").status_code == 403
    fill(boss, f"{ROLES}{role(account, 'SEI Viewer').pk}/edit/", activity=["activity.view"])
    assert theirs.get("/a/acme/activity/").status_code == 200
    fill(boss, f"{ROLES}{role(account, 'SEI Viewer').pk}/edit/", activity=None)
    assert theirs.get("/a/acme/activity/").status_code == 403


def test_nobody_puts_into_a_role_or_takes_from_it_what_they_do_not_hold(
    account: Account, sei_viewer: User, auditor: Role, client_of: ClientOf
) -> None:
    role(account, "Role keeper", "roles.view", "roles.create", "roles.edit", "teams.view")
    keeper = client_of(also(account, sei_viewer, "Role keeper"))
    path = f"{ROLES}{auditor.pk}/edit/"
    refused = errors(fill(keeper, path, sso=["sso.view", "sso.edit"]))
    assert refused["sso"] == ["You can't give or take what you may not do yourself: Single sign-on: view, edit."]
    assert "activity" in errors(fill(keeper, path, activity=None))
    assert "api_keys" in errors(fill(keeper, f"{ROLES}new/", name="Mine", api_keys=["api_keys.view"]))
    fill(keeper, path, teams=["teams.view"])
    auditor.refresh_from_db()
    assert auditor.capabilities == ["activity.export", "activity.view", "teams.view"]


def test_two_who_edit_a_role_at_once_overwrite_nothing(boss: Client, auditor: Role) -> None:
    path = f"{ROLES}{auditor.pk}/edit/"
    version = boss.get(path).context["form"].initial["version"]
    fill(boss, path, teams=["teams.view"])
    late = boss.post(path, {"name": "Auditor", "version": version, "activity": ["activity.view"]})
    assert "Somebody else has changed this" in late.content.decode()


def test_a_role_is_given_for_the_whole_account_or_on_trees(
    boss: Client, account: Account, sei_viewer: User, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    give(boss, sei_viewer, role(account, "Account Viewer"))
    give(boss, sei_viewer, role(account, "SEI Collection Admin"), trees=(org_tree, other_org_tree))
    made = Entry.objects.filter(account=account, type="ROLE", action="CREATED").order_by("-seq")[:3]
    assert [entry.summary for entry in made] == [
        f"Granted SEI Collection Admin on Research tree to {sei_viewer}",
        f"Granted SEI Collection Admin on Engineering tree to {sei_viewer}",
        f"Granted Account Viewer to {sei_viewer}",
    ]
    assert sei_viewer.bindings.count() == 4


def test_giving_what_is_there_already_changes_nothing(boss: Client, account: Account, sei_viewer: User) -> None:
    before = Entry.objects.count()
    give(boss, sei_viewer, role(account, "SEI Viewer"))
    assert (sei_viewer.bindings.count(), Entry.objects.count()) == (1, before)


def test_a_role_is_taken_away(boss: Client, account: Account, sei_viewer: User, org_tree: OrgTree) -> None:
    give(boss, sei_viewer, role(account, "SEI Collection Admin"), trees=(org_tree,))
    binding = sei_viewer.bindings.get(org_tree=org_tree)
    path = url(account, sei_viewer, f"roles/{binding.pk}/take/")
    assert press(boss, path) == f"Taken away: SEI Collection Admin on Engineering tree to {sei_viewer}."
    entry_of(binding, action="DELETED", summary=f"Revoked SEI Collection Admin on Engineering tree to {sei_viewer}")
    assert boss.post(path).status_code == 404


def test_the_only_role_of_a_member_is_not_taken_but_they_can_be_removed(
    boss: Client, account: Account, sei_viewer: User
) -> None:
    path = url(account, sei_viewer, f"roles/{sei_viewer.bindings.get().pk}/take/")
    assert press(boss, path) == "It is their only role. To take it away, remove the member."


def test_nobody_gives_what_they_do_not_hold(deputy: Client, account: Account, sei_viewer: User) -> None:
    refused = errors(give(deputy, sei_viewer, role(account, "Account Admin")))
    assert refused["roles"][0].startswith(
        "You can't give or take Account Admin there: it includes what you may not do yourself "
        "(Activity logs: bring in older entries; Roles: create, edit"
    )
    assert sei_viewer.bindings.count() == 1


def test_what_is_held_on_one_tree_is_not_given_on_another(
    account: Account, sei_viewer: User, org_tree: OrgTree, other_org_tree: OrgTree, client_of: ClientOf
) -> None:
    role(account, "Giver", "members.view", "members.assign", "roles.view", "org_trees.view", "insights.view")
    role(account, "Reader", "teams.view")
    giver = client_of(also(account, sei_viewer, "Giver"))
    also(account, sei_viewer, "Reader", org_tree=org_tree)
    other = also(account, User.objects.get(name="Acme Admin"), "SEI Viewer")
    reader = role(account, "Reader")
    assert "roles" in errors(give(giver, other, reader))
    assert "roles" in errors(give(giver, other, reader, trees=(org_tree, other_org_tree)))
    give(giver, other, reader, trees=(org_tree,))
    assert other.bindings.filter(role=reader).get().org_tree == org_tree


def test_choosing_no_role_or_one_of_another_account_is_an_error(
    boss: Client, account: Account, other_account: Account, sei_viewer: User
) -> None:
    path = url(account, sei_viewer, "roles/")
    assert errors(fill(boss, path)) == {"roles": ["Choose at least one role."]}
    assert "roles" in errors(fill(boss, path, roles=[str(role(other_account, "SEI Admin").pk)]))
    assert RoleBinding.objects.filter(user=sei_viewer).count() == 1


def test_roles_of_another_account_are_not_found(boss: Client, other_account: Account) -> None:
    path = f"{ROLES}{role(other_account, 'SEI Viewer').pk}/"
    assert boss.get(path).status_code == 404
    assert boss.get(f"{path}edit/").status_code == 404


def test_a_roles_page_says_who_has_it(boss: Client, account: Account, collection_admin: User) -> None:
    page = boss.get(f"{ROLES}{role(account, 'SEI Collection Admin').pk}/").content.decode()
    assert f'href="/a/acme/members/{membership(account, collection_admin).pk}/"' in page
    assert "Engineering" in page
