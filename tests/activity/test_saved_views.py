"""Saved views: kept for oneself, or shared by those who manage the log; nothing but links to the list."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account, User
from activity.actors import Actor
from activity.models import Entry, SavedView
from activity.recording import recording
from activity.saved_view_form import LONGEST, MOST
from tests.browsing import fill
from tests.entries import last_entry
from tests.log import draft, link, shown, write
from tracked_objects.models import OrgTree

LOG = "/a/acme/activity/"
VIEWS = f"{LOG}views/"
NEW = f"{VIEWS}new/?type=TEAM&action=EDITED"


@pytest.fixture
def viewer(account_viewer: User, client_of: Callable[[User], Client]) -> Client:
    """A member who may look, but not manage."""
    return client_of(account_viewer)


@pytest.fixture
def private(account_viewer: User, account: Account) -> SavedView:
    return SavedView.objects.create(account=account, owner=account_viewer, name="Mine", query="type=TEAM")


@pytest.fixture
def shared(account_admin: User, account: Account) -> SavedView:
    return SavedView.objects.create(account=account, owner=account_admin, name="Ours", query="type=TEAM", shared=True)


def about_views(account: Account) -> list[tuple[str, str]]:
    """What the log says about views: action and summary, oldest first."""
    found = Entry.objects.filter(account=account, type="ACTIVITY_LOG").order_by("seq")
    return list(found.values_list("action", "summary"))


def test_saving_leads_to_the_same_list(viewer: Client, account: Account) -> None:
    seqs = write(draft(account), draft(account, type="TAG"), draft(account))
    response = fill(viewer, f"{NEW}&page_size=25", name=" Edits of teams ")
    view = SavedView.objects.get()
    assert (view.name, view.query, view.shared) == ("Edits of teams", "type=TEAM&action=EDITED", False)
    assert response.url == f"{LOG}?{view.query}"
    assert link(viewer.get(VIEWS), "Edits of teams") == response.url
    assert shown(viewer.get(response.url)) == [seqs[2], seqs[0]]
    assert about_views(account) == []


def test_the_menu_has_own_and_shared_views(viewer: Client, private: SavedView, shared: SavedView) -> None:
    asking = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{LOG}?type=TEAM"}
    menu = viewer.get(f"{VIEWS}menu/", headers=asking)
    assert link(menu, "Mine") == link(menu, "Ours") == f"{LOG}?type=TEAM"
    assert menu.content.decode().count('aria-current="true"') == 2
    assert "<html" not in menu.content.decode()
    assert viewer.get(f"{VIEWS}menu/").status_code == 200


def test_the_list_offers_to_save_its_filter(viewer: Client) -> None:
    assert link(viewer.get(LOG, {"type": "TEAM"}), "Save this view…") == f"{VIEWS}new/?type=TEAM"
    unfiltered = viewer.get(LOG)
    assert link(unfiltered, "Save this view…") is None
    assert link(unfiltered, "Manage views") == VIEWS


def test_a_private_view_is_nobody_elses(admin: Client, private: SavedView, account: Account) -> None:
    for url in (f"{VIEWS}{private.pk}/edit/", f"{VIEWS}{private.pk}/delete/"):
        assert admin.get(url).status_code == admin.post(url, {"name": "Taken"}).status_code == 404
    for url in (VIEWS, f"{VIEWS}menu/"):
        assert "Mine" not in admin.get(url).content.decode()
    private.refresh_from_db()
    assert private.name == "Mine"


def test_views_of_another_account_are_not_found(shared: SavedView, stranger: User, client_of: Any) -> None:
    client = client_of(stranger)
    for verb in ("edit", "delete"):
        for url in (f"/a/globex/activity/views/{shared.pk}/{verb}/", f"{VIEWS}{shared.pk}/{verb}/"):
            assert client.get(url).status_code == client.post(url).status_code == 404
    assert "Ours" not in client.get("/a/globex/activity/views/").content.decode()
    assert SavedView.objects.filter(pk=shared.pk).exists()


def test_who_may_only_view_opens_shared_views_but_changes_none(viewer: Client, shared: SavedView) -> None:
    page = viewer.get(VIEWS)
    assert link(page, "Ours") == f"{LOG}?type=TEAM"
    assert f"{shared.pk}/edit/" not in page.content.decode()
    for url in (f"{VIEWS}{shared.pk}/edit/", f"{VIEWS}{shared.pk}/delete/"):
        assert viewer.get(url).status_code == viewer.post(url, {"name": "Taken"}).status_code == 403


@pytest.mark.parametrize("sent", ["on", "true", ""])
def test_who_may_only_view_shares_nothing(viewer: Client, private: SavedView, sent: str) -> None:
    assert "shared" not in viewer.get(NEW).content.decode()
    for url in (NEW, f"{VIEWS}{private.pk}/edit/"):
        assert viewer.post(url, {"name": "For all", "shared": sent}).status_code == 403
    assert list(SavedView.objects.values_list("name", "shared")) == [("Mine", False)]


def test_who_may_not_view_saves_nothing(sei_viewer: User, client_of: Any) -> None:
    assert client_of(sei_viewer).post(NEW, {"name": "Peek"}).status_code == 403
    assert not SavedView.objects.exists()


def test_sharing_editing_and_deleting_are_entries(admin: Client, account: Account) -> None:
    fill(admin, NEW, name="Teams", shared="on")
    pk = SavedView.objects.get(shared=True).pk
    query = "type=TEAM&action=EDITED"
    last_entry(
        account,
        type="ACTIVITY_LOG",
        action="CREATED",
        object_id=f"view-{pk}",
        object_name="Teams",
        summary="Shared view “Teams”",
        changes={"Name": {"after": "Teams"}, "Filter": {"after": query}},
        actor_email="admin@acme.example",
    )
    fill(admin, f"{VIEWS}{pk}/edit/", name="All teams")
    last_entry(account, action="EDITED", changes={"Name": {"before": "Teams", "after": "All teams"}})
    fill(admin, f"{VIEWS}{pk}/edit/")
    fill(admin, f"{VIEWS}{pk}/delete/")
    last_entry(account, changes={"Name": {"before": "All teams"}, "Filter": {"before": query}})
    assert about_views(account) == [
        ("CREATED", "Shared view “Teams”"),
        ("EDITED", "Edited shared view “All teams”"),
        ("DELETED", "Removed shared view “All teams”"),
    ]


def test_what_happens_to_private_views_is_not_recorded(viewer: Client, private: SavedView, account: Account) -> None:
    assert fill(viewer, f"{VIEWS}{private.pk}/edit/", name="My own").url == VIEWS
    private.refresh_from_db()
    assert private.name == "My own"
    assert fill(viewer, f"{VIEWS}{private.pk}/delete/").url == VIEWS
    assert not SavedView.objects.exists()
    assert about_views(account) == []


def test_one_who_manages_can_take_back_what_another_shared(
    shared: SavedView, sei_admin: User, client_of: Any, account: Account
) -> None:
    client = client_of(sei_admin)
    assert fill(client, f"{VIEWS}{shared.pk}/edit/", shared=None).status_code == 302
    assert about_views(account) == [("DELETED", "Removed shared view “Ours”")]
    assert "Ours" not in client.get(f"{VIEWS}menu/").content.decode()
    assert SavedView.objects.get(pk=shared.pk).name == "Ours"


def test_a_name_is_taken_once_whatever_its_case(viewer: Client, private: SavedView, shared: SavedView) -> None:
    response = fill(viewer, NEW, name="MINE")
    assert response.context["form"].errors == {"name": ["There is already a view of this name."]}
    assert 'id="id_name_error"' in response.content.decode()
    assert fill(viewer, NEW, name="Ours").status_code == 302
    mine = SavedView.objects.get(owner=private.owner, name="Ours")
    assert fill(viewer, f"{VIEWS}{mine.pk}/edit/", name="mine").context["form"].errors["name"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\0b", "right\u202eleft"])
def test_names_that_cannot_be(viewer: Client, name: str) -> None:
    assert fill(viewer, NEW, name=name).context["form"].errors["name"]
    assert not SavedView.objects.exists()


def test_names_are_text_wherever_they_stand(admin: Client, account: Account) -> None:
    name = "<script>alert(1)</script>\"'><img src=x>"
    listed = admin.get(fill(admin, NEW, name=name, shared="on").url)
    pk = SavedView.objects.get().pk
    pages = [admin.get(url) for url in (VIEWS, f"{VIEWS}menu/", f"{VIEWS}{pk}/edit/", f"{VIEWS}{pk}/delete/", LOG)]
    for page in (listed, *pages):
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_a_bad_filter_is_not_saved_but_explained(viewer: Client) -> None:
    response = viewer.get(f"{VIEWS}new/?type=NOPE&nope=1")
    assert response.url == f"{LOG}?type=NOPE&nope=1"
    assert viewer.post(f"{VIEWS}new/?type=NOPE", {"name": "Bad"}).url == f"{LOG}?type=NOPE"
    assert not SavedView.objects.exists()


def test_a_view_whose_filter_is_no_longer_valid_says_so(viewer: Client, private: SavedView) -> None:
    SavedView.objects.update(query="type=GONE")
    assert "No longer valid" in viewer.get(VIEWS).content.decode()
    assert viewer.get(f"{LOG}?type=GONE").status_code == 400
    assert fill(viewer, f"{VIEWS}{private.pk}/delete/").status_code == 302


def test_many_views_take_no_more_queries(
    viewer: Client, account: Account, account_admin: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SavedView.objects.bulk_create(
        SavedView(account=account, owner=account_admin, name=f"View {n}", query="type=TEAM&q=lead", shared=True)
        for n in range(60)
    )
    with django_assert_num_queries(5):
        assert viewer.get(VIEWS).content.decode().count("View ") == 50
    with django_assert_num_queries(4):
        assert viewer.get(f"{VIEWS}menu/").content.decode().count("View ") == 50


def test_there_are_limits(viewer: Client, account: Account, account_viewer: User) -> None:
    long = "&".join(f"email={'x' * 100}{n}@acme.example" for n in range(LONGEST // 100))
    assert "too long" in fill(viewer, f"{VIEWS}new/?{long}", name="Long").content.decode()
    SavedView.objects.bulk_create(
        SavedView(account=account, owner=account_viewer, name=f"View {n}") for n in range(MOST)
    )
    assert "Delete one first" in fill(viewer, NEW, name="One more").content.decode()
    assert SavedView.objects.count() == MOST
    one = SavedView.objects.get(name="View 1")
    assert fill(viewer, f"{VIEWS}{one.pk}/edit/", name="Renamed").status_code == 302
    assert "1–50 of 100" in viewer.get(VIEWS).content.decode()


def test_a_shared_view_shows_the_scoped_only_what_is_theirs(
    scoped: Client, shared: SavedView, account: Account, org_tree: OrgTree
) -> None:
    _hidden, own = write(draft(account), draft(account, org_tree_id=org_tree.pk))
    href = link(scoped.get(VIEWS), "Ours")
    assert href is not None
    assert shown(scoped.get(href)) == [own]
    assert fill(scoped, NEW, name="Own").status_code == 302


def test_views_go_with_their_owner(shared: SavedView, private: SavedView, account_viewer: User) -> None:
    with recording(Actor.system("tests")):
        for binding in account_viewer.bindings.all():
            binding.delete()
        account_viewer.delete()
    assert list(SavedView.objects.all()) == [shared]


def test_forms_need_the_token(account_viewer: User, private: SavedView, client_of: Any) -> None:
    client = client_of(account_viewer)
    client.handler.enforce_csrf_checks = True
    for url in (NEW, f"{VIEWS}{private.pk}/edit/", f"{VIEWS}{private.pk}/delete/"):
        assert client.post(url, {"name": "Forged"}).status_code == 403
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Mine"]
