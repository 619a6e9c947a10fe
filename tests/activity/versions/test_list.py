"""The Versions tab: every save of a team, newest first."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Account, User
from activity.actors import Actor
from activity.recording import recording
from tests.activity.versions.conftest import day, pages, save
from tests.browsing import fill
from tests.log import draft, follow, link, write
from tracked_objects.models import Developer, OrgTree, Team


def numbers(client: Client, url: str) -> list[int]:
    return [version.number for version in client.get(url).context["versions"]]


def test_every_save_is_a_version_that_says_who_when_what_and_why(admin: Client, saved: Team) -> None:
    response = admin.get(pages(saved))
    newest, second, first = response.context["versions"]
    assert [newest.number, second.number, first.number] == [3, 2, 1]
    assert second.reason == "New colours" and second.row.exact == "2026-01-02 12:00:00 UTC"
    assert [part.text for part in second.sentences[1]] == ["Name", " changed from ", "Payments", " to ", "Checkout"]
    page = response.content.decode()
    for words in ("New colours", "<bdi>tests</bdi>", "<b><bdi>Checkout</bdi></b>", 'aria-current="page">Versions</a>'):
        assert words in page


def test_one_request_is_one_version_and_no_change_is_none(admin: Client, team: Team, people: list[Developer]) -> None:
    edit = f"/a/acme/teams/{team.pk}/edit/"
    fill(admin, edit, name="Pay", manager=people[3].email, members=[people[2].email])
    fill(admin, edit)
    assert numbers(admin, pages(team)) == [2, 1]


def test_what_came_from_elsewhere_is_no_version(admin: Client, account: Account, team: Team) -> None:
    write(draft(account, object_id=str(team.pk), object_name="Payments", occurred_at=day(5)))
    assert numbers(admin, pages(team)) == [1]


def test_they_are_numbered_by_when_they_happened(admin: Client, saved: Team) -> None:
    save(saved, day(1).replace(hour=18), name="Recorded later")
    versions = admin.get(pages(saved)).context["versions"]
    assert [(version.number, version.row.exact[:10]) for version in versions] == [
        (4, "2026-01-03"),
        (3, "2026-01-02"),
        (2, "2026-01-01"),
        (1, "2026-01-01"),
    ]


def test_long_lists_are_paged(admin: Client, team: Team) -> None:
    for number in range(2, 28):
        save(team, day(number), name=f"Name {number}")
    response = admin.get(pages(team))
    assert [version.number for version in response.context["versions"]] == list(range(27, 2, -1))
    older = follow(admin, response, "Next")
    assert [version.number for version in older.context["versions"]] == [2, 1]  # type: ignore[attr-defined]


def test_the_tab_is_on_the_page_of_a_team_only(admin: Client, team: Team, org_tree: OrgTree) -> None:
    assert link(admin.get(f"/a/acme/teams/{team.pk}/"), "Versions") == pages(team)
    assert link(admin.get(f"/a/acme/org-trees/{org_tree.pk}/"), "Versions") is None


def test_who_may_not_see_the_log_has_no_tab(
    team: Team, collection_admin: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(collection_admin)
    assert link(client.get(f"/a/acme/teams/{team.pk}/"), "Versions") is None
    assert client.get(pages(team)).status_code == 403


def test_a_scoped_viewer_sees_versions_of_their_tree_by_the_numbers_that_all_use(
    scoped: Client, admin: Client, saved: Team, other_org_tree: OrgTree, org_tree: OrgTree
) -> None:
    save(saved, day(4), org_tree=other_org_tree)
    save(saved, day(5), org_tree=org_tree)
    # An entry that moves a team names both trees: it is of neither.
    assert numbers(scoped, pages(saved)) == [3, 2, 1]
    save(saved, day(6), name="Home again")
    assert numbers(scoped, pages(saved)) == [6, 3, 2, 1]
    assert scoped.get(f"{pages(saved)}4/").status_code == scoped.get(f"{pages(saved)}5/").status_code == 404
    assert scoped.get(f"{pages(saved)}compare/?before=4&after=5").status_code == 400
    assert "Nothing that you may see" in scoped.get(f"{pages(saved)}at/?at=2026-01-04").content.decode()
    assert numbers(admin, pages(saved)) == [6, 5, 4, 3, 2, 1]


def test_other_trees_and_other_accounts_are_not_found(
    scoped: Client, admin: Client, account: Account, other_org_tree: OrgTree, stranger: User, client_of: object
) -> None:
    labs = Team(account=account, org_tree=other_org_tree, name="Labs")
    save(labs)
    for path in ("", "1/", "at/", "compare/", "1/restore/"):
        assert scoped.get(pages(labs) + path).status_code == 404
        assert client_of(stranger).get(pages(labs).replace("acme", "globex") + path).status_code == 404  # type: ignore[operator]
        assert admin.get(pages(labs).replace(str(labs.pk), str(10**30)) + path).status_code == 404


def test_a_deleted_team_keeps_its_versions_and_says_that_they_cant_be_restored(admin: Client, saved: Team) -> None:
    url = pages(saved)
    history = admin.get(f"/a/acme/activity/object/TEAM/{saved.pk}/")
    with recording(Actor.system("tests"), occurred_at=day(4)):
        saved.delete()
    history = admin.get(history.request["PATH_INFO"])
    page = follow(admin, history, "Versions")
    text = page.content.decode()  # type: ignore[attr-defined]
    assert "This team has been deleted. Its versions can be read and compared, but not restored." in text
    assert link(page, "Restore version 1") is None
    assert numbers(admin, url) == [3, 2, 1]
    assert "Ann" in admin.get(f"{url}1/").content.decode()
    assert admin.get(f"{url}1/restore/").url == admin.post(f"{url}1/restore/").url == url  # type: ignore[attr-defined]
