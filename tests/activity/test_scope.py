"""A viewer bound to an org tree sees the entries of that tree, and nothing of the rest by any door."""

import pytest
from django.test import Client

from accounts.models import Account
from activity.models import Entry
from tests.log import batch, downloaded, draft, link, shown, write
from tracked_objects.models import OrgTree

URL = "/a/acme/activity/"


@pytest.fixture
def entries(account: Account, org_tree: OrgTree, other_org_tree: OrgTree) -> dict[str, int]:
    """Three entries of the viewer's tree and three of elsewhere, about the same object, in the same request."""
    same = {"object_id": "7", "request_id": "r-1"}
    own, other = {**same, "org_tree_id": org_tree.pk}, {**same, "org_tree_id": other_org_tree.pk}
    names = ("first", "hidden", "own", "nowhere", "last", "secret")
    made = write(
        draft(account, **own),
        draft(account, **other, email="hidden@acme.example", type="TAG", action="DELETED"),
        draft(account, **own),
        draft(account, **same, email="nobody@acme.example"),
        draft(account, **own),
        draft(account, **other, summary="topsecret"),
    )
    return dict(zip(names, made, strict=True))


@pytest.fixture
def theirs(scoped: Client, account: Account, org_tree: OrgTree) -> list[int]:
    """All numbers that the scoped viewer may see, newest first."""
    found = Entry.objects.filter(account=account, org_tree_id=org_tree.pk).order_by("-occurred_at", "-seq")
    return list(found.values_list("seq", flat=True))


def test_list_total_chart_and_choices(scoped: Client, entries: dict[str, int], org_tree: OrgTree) -> None:
    response = scoped.get(URL)
    about_tree = Entry.objects.get(type="ORG_TREE", object_id=str(org_tree.pk)).seq
    assert shown(response) == [about_tree, entries["last"], entries["own"], entries["first"]]
    counts = response.context["counts"]
    assert counts.total == 4
    assert sum(counts.days.values()) == 4
    assert counts.types == {"TEAM": 3, "ORG_TREE": 1}
    assert counts.actions == {"EDITED": 3, "CREATED": 1}


@pytest.mark.parametrize(
    "query",
    [
        {"type": "TAG"},
        {"action": "DELETED"},
        {"email": "hidden@acme.example"},
        {"object": "TAG:7"},
        {"q": "topsecret"},
        {"q": "hidden"},
        {"email": "nobody@acme.example"},
    ],
)
def test_no_filter_reaches_beyond(scoped: Client, entries: dict[str, int], query: dict[str, str]) -> None:
    response = scoped.get(URL, query)
    assert shown(response) == []
    assert response.context["counts"].total == 0
    assert downloaded(scoped.get(f"{URL}export.csv", query)) == []


@pytest.mark.parametrize("name", ["hidden", "nowhere", "secret"])
def test_the_page_of_an_entry_elsewhere_is_not_found(scoped: Client, entries: dict[str, int], name: str) -> None:
    assert scoped.get(f"{URL}{entries[name]}/").status_code == 404


def test_neighbours_and_request_skip_what_is_elsewhere(scoped: Client, entries: dict[str, int]) -> None:
    page = scoped.get(f"{URL}{entries['own']}/")
    assert link(page, "Next change") == f"{URL}{entries['last']}/"
    assert link(page, "Previous change") == f"{URL}{entries['first']}/"
    assert [row.seq for row in page.context["same_request"]] == [entries["last"], entries["first"]]


def test_history_of_an_object(scoped: Client, entries: dict[str, int]) -> None:
    assert shown(scoped.get(f"{URL}object/TEAM/7/")) == [entries["last"], entries["own"], entries["first"]]
    assert scoped.get(f"{URL}object/TAG/7/").status_code == 404


def test_suggestions(scoped: Client, admin: Client, entries: dict[str, int]) -> None:
    for typed in ("", "hid", "@", "%", "_"):
        html = scoped.get(f"{URL}suggest/", {"email": typed}).content.decode()
        assert "hidden@" not in html
        assert "nobody@" not in html
    assert "hidden@acme.example" in admin.get(f"{URL}suggest/", {"email": "IDDEN"}).content.decode()
    assert "ada@" not in admin.get(f"{URL}suggest/", {"email": "a_a"}).content.decode()


def test_export(scoped: Client, entries: dict[str, int], theirs: list[int], org_tree: OrgTree) -> None:
    exported = downloaded(scoped.get(f"{URL}export.csv"))
    assert [int(row["seq"]) for row in exported] == theirs
    assert Entry.objects.get(action="EXPORTED").details["org_trees"] == [org_tree.pk]


def test_a_batch_across_trees_shows_what_is_within(
    scoped: Client, account: Account, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    trees = [{"org_tree_id": org_tree.pk}, {"org_tree_id": other_org_tree.pk}, {"org_tree_id": org_tree.pk}]
    parent = batch(account, trees)
    assert shown(scoped.get(URL, {"type": "TEAM"})) == [parent + 3, parent + 1]
    assert scoped.get(f"{URL}{parent}/").status_code == 404
    child = scoped.get(f"{URL}{parent + 1}/")
    assert child.status_code == 200
    assert f"{URL}{parent}/" not in child.content.decode()
    with pytest.raises(ValueError, match="has entries of others"):
        batch(account, trees, org_tree_id=org_tree.pk)
    own = batch(account, trees[:1] * 2, org_tree_id=org_tree.pk)
    assert shown(scoped.get(f"{URL}{own}/")) == [own + 2, own + 1]
