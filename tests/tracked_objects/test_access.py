"""Who sees and does what: by role, by scope, by account."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.recording import recording
from tests.browsing import fill, form_of
from tests.tracked_objects.conftest import developer
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, EfficiencyProfile, Integration, OrgTree, Team

PAGES = ("", "new/", "{pk}/", "{pk}/edit/", "{pk}/delete/")


@pytest.fixture
def everything(
    ada: Developer,
    team: Team,
    efficiency: EfficiencyProfile,
    productivity: object,
    alignment: object,
    github: Integration,
) -> dict[str, int]:
    """The number of one object of each kind."""
    return {slug: kind.model.objects.latest("pk").pk for slug, kind in KINDS.items()}


def answers(client: Client, slug: str, pk: int, account: str = "acme") -> list[int]:
    return [client.get(f"/a/{account}/{slug}/{page.format(pk=pk)}").status_code for page in PAGES]


@pytest.mark.parametrize("slug", KINDS)
def test_an_admin_opens_every_page(admin: Client, everything: dict[str, int], slug: str) -> None:
    assert answers(admin, slug, everything[slug]) == [200] * 5


@pytest.mark.parametrize("slug", KINDS)
def test_a_viewer_only_looks(viewer: Client, everything: dict[str, int], slug: str) -> None:
    assert answers(viewer, slug, everything[slug]) == [200, 403, 200, 403, 403]
    page = viewer.get(f"/a/acme/{slug}/{everything[slug]}/").content.decode()
    assert f"/a/acme/{slug}/{everything[slug]}/edit/" not in page and "History" in page


@pytest.mark.parametrize("slug", KINDS)
def test_an_sei_viewer_sees_none_of_it(
    client_of: Callable[[User], Client], sei_viewer: User, everything: dict[str, int], slug: str
) -> None:
    assert answers(client_of(sei_viewer), slug, everything[slug]) == [403] * 5


@pytest.mark.parametrize("slug", KINDS)
def test_a_collection_admin_sees_and_edits_their_tree_and_its_teams(
    scoped: Client, everything: dict[str, int], slug: str
) -> None:
    expected = [200, 403, 200, 200, 403] if slug in {"org-trees", "teams"} else [403] * 5
    assert answers(scoped, slug, everything[slug]) == expected


def test_other_trees_and_their_teams_arent_there_for_them(
    scoped: Client, team: Team, other_team: Team, other_org_tree: OrgTree
) -> None:
    assert (
        answers(scoped, "teams", other_team.pk)[2:4]
        == answers(scoped, "org-trees", other_org_tree.pk)[2:4]
        == [404] * 2
    )
    assert "Labs" not in scoped.get("/a/acme/teams/").content.decode()
    assert scoped.post(f"/a/acme/teams/{other_team.pk}/edit/", {"name": "Mine"}).status_code == 404
    assert scoped.get("/a/acme/teams/", {"org_tree": other_org_tree.pk}).status_code == 400


def test_they_cant_move_a_team_out_of_their_tree(scoped: Client, team: Team, other_org_tree: OrgTree) -> None:
    answer = fill(scoped, f"/a/acme/teams/{team.pk}/edit/", org_tree=other_org_tree.pk)
    assert "org_tree" in answer.context["form"].errors


def test_they_choose_among_the_people_of_their_teams(
    scoped: Client, account: Account, team: Team, cleo: Developer, ada: Developer
) -> None:
    new = developer(account, "Nia New", manager=ada)
    url = f"/a/acme/teams/{team.pk}/edit/"
    assert "members" in fill(scoped, url, members=[cleo.email]).context["form"].errors
    assert fill(scoped, url, members=[new.email]).status_code == 302
    assert list(team.members.all()) == [new]
    found = scoped.get("/a/acme/developers/suggest/", {"q": "e"}).content.decode()
    assert "Nia" in found and "Cleo" not in found


def test_what_they_may_not_see_is_no_choice_and_stays(
    scoped: Client, team: Team, efficiency: EfficiencyProfile, github: Integration
) -> None:
    tree = team.org_tree
    with recording(Actor.system("tests")):
        tree.efficiency_profile = efficiency
        tree.save()
        tree.integrations.add(github)
    url = f"/a/acme/org-trees/{tree.pk}/edit/"
    assert set(form_of(scoped.get(url))) >= {"name", "description"}
    assert not set(form_of(scoped.get(url))) & {"efficiency_profile", "integrations"}
    fill(scoped, url, description="Ours", efficiency_profile="", integrations=[])
    tree.refresh_from_db()
    assert (tree.description, tree.efficiency_profile, tree.integrations.get()) == ("Ours", efficiency, github)


def test_what_they_may_not_open_is_a_name_and_no_link(scoped: Client, team: Team, ada: Developer) -> None:
    page = scoped.get(f"/a/acme/teams/{team.pk}/").content.decode()
    assert "Ada Park" in page and f"/developers/{ada.pk}/" not in page


@pytest.mark.parametrize("slug", KINDS)
def test_a_stranger_finds_nothing(
    client_of: Callable[[User], Client], stranger: User, everything: dict[str, int], slug: str
) -> None:
    client = client_of(stranger)
    assert answers(client, slug, everything[slug]) == [404] * 5
    assert answers(client, slug, everything[slug], account="globex") == [200, 200, 404, 404, 404]


@pytest.mark.parametrize("slug", KINDS)
def test_a_number_that_is_nothing_is_not_found(admin: Client, slug: str) -> None:
    assert answers(admin, slug, 0)[2:] == answers(admin, slug, 10**30)[2:] == [404] * 3
    assert admin.post(f"/a/acme/{slug}/0/delete/").status_code == 404


def test_a_member_of_two_accounts_keeps_them_apart(
    client_of: Callable[[User], Client], sei_admin: User, other_account: Account, ada: Developer, outsider: Developer
) -> None:
    with recording(Actor.system("tests")):
        add_member(other_account, sei_admin.email, "SEI Admin")
    client = client_of(sei_admin)
    assert client.get(f"/a/globex/developers/{ada.pk}/").status_code == 404
    page = client.get("/a/globex/developers/").content.decode()
    assert "Otto Out" in page and "Ada Park" not in page
    assert "manager" in fill(client, "/a/globex/developers/new/", manager=ada.email).context["form"].errors


@pytest.mark.parametrize("page", ["", "new/"])
def test_nobody_looks_without_signing_in(account: Account, page: str) -> None:
    assert Client().get(f"/a/acme/teams/{page}").url.startswith("/accounts/login/")


def test_a_reader_of_one_tree_only_has_no_tree_to_create(
    client_of: Callable[[User], Client], account: Account, org_tree: OrgTree
) -> None:
    with recording(Actor.system("tests")):
        user = add_member(account, "one@acme.example", "SEI Admin", "correct horse battery", "One", org_tree=org_tree)
    client = client_of(user)
    assert client.get("/a/acme/org-trees/new/").status_code == 403
    assert "/org-trees/new/" not in client.get("/a/acme/org-trees/").content.decode()
    assert fill(client, "/a/acme/teams/new/", name="Edge", org_tree=org_tree.pk).status_code == 302
