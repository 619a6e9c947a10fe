"""The History tab: every entry of one object, also of objects that are gone or never were ours."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Account, User
from activity.actors import Actor
from activity.recording import recording
from tests.entries import entries_of
from tests.log import NOON, draft, follow, shown, write
from tracked_objects.models import OrgTree

URL = "/a/acme/activity/object/"


def test_entries_of_the_object_newest_first_below_its_own_header(
    admin: Client, account: Account, org_tree: OrgTree
) -> None:
    with recording(Actor.system("tests")):
        org_tree.description = "All of it"
        org_tree.save()
    response = admin.get(f"{URL}ORG_TREE/{org_tree.pk}/")
    assert shown(response) == [entry.seq for entry in reversed(entries_of(org_tree))]
    html = response.content.decode()
    assert f'href="{org_tree.get_absolute_url()}"' in html
    assert ">History</a>" in html


def test_the_page_of_an_object_links_to_it(admin: Client, org_tree: OrgTree) -> None:
    history = follow(admin, admin.get(org_tree.get_absolute_url()), "History")
    assert shown(history)


def test_a_deleted_object_keeps_its_history(admin: Client, account: Account, org_tree: OrgTree) -> None:
    url = f"{URL}ORG_TREE/{org_tree.pk}/"
    with recording(Actor.system("tests")):
        org_tree.delete()
    response = admin.get(url)
    assert len(shown(response)) == 2
    assert "Engineering" in response.content.decode()
    assert response.context["deleted"]


@pytest.mark.parametrize("number", ["kubernetes/sig-docs", "a b", "50%", "ü?x=1#y", "..", "a//b", "<script>"])
def test_any_id_has_a_page_that_its_rows_link_to(admin: Client, account: Account, number: str) -> None:
    made = write(draft(account, object_id=number), draft(account, object_id=number, occurred_at=NOON + timedelta(1)))
    row = admin.get("/a/acme/activity/", {"type": "TEAM"}).context["rows"][0]
    response = admin.get(row.object_url)
    assert shown(response) == made[::-1]


def test_long_histories_are_paged(admin: Client, account: Account) -> None:
    made = write(*(draft(account, object_id="7") for _ in range(60)))
    first = admin.get(f"{URL}TEAM/7/")
    second = follow(admin, first, "Older")
    assert [*shown(first), *shown(second)] == made[::-1]
    assert shown(follow(admin, second, "Newer")) == shown(first)
    assert admin.get(f"{URL}TEAM/7/?cursor=nonsense").status_code == 400


@pytest.mark.parametrize("path", ["TEAM/12345/", "NOPE/1/", "TEAM/1%00/"])
def test_what_never_was_is_not_found(admin: Client, account: Account, path: str) -> None:
    assert admin.get(URL + path).status_code == 404


def test_another_accounts_object_is_not_found(
    admin: Client, other_account: Account, stranger: User, client_of: Callable[[User], Client]
) -> None:
    write(draft(other_account, object_id="7"))
    assert admin.get(f"{URL}TEAM/7/").status_code == 404
    assert client_of(stranger).get("/a/globex/activity/object/TEAM/7/").status_code == 200
