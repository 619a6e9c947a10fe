"""The way to an account, and its first page."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, RoleBinding, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.recording import recording
from tests.accounts.conftest import also, role

ClientOf = Callable[[User], Client]


def test_a_member_of_one_account_goes_straight_there(client_of: ClientOf, sei_viewer: User) -> None:
    assert client_of(sei_viewer).get("/")["Location"] == "/a/acme/"


def test_a_member_of_several_accounts_chooses(
    client_of: ClientOf, sei_viewer: User, account: Account, other_account: Account
) -> None:
    with recording(Actor.system("tests")):
        add_member(other_account, sei_viewer.email, "Account Viewer")
    page = client_of(sei_viewer).get("/").content.decode()
    assert 'href="/a/acme/"' in page
    assert 'href="/a/globex/"' in page


def test_who_has_lost_every_role_is_told_what_to_do(client_of: ClientOf, sei_viewer: User) -> None:
    with recording(Actor.system("tests")):
        for binding in RoleBinding.objects.filter(user=sei_viewer):
            binding.delete()
    page = client_of(sei_viewer).get("/").content.decode()
    assert "You are not a member of any account" in page
    assert client_of(sei_viewer).get("/a/acme/").status_code == 404


@pytest.mark.parametrize(
    ("person", "first"),
    [
        ("account_admin", "/a/acme/activity/"),
        ("sei_admin", "/a/acme/activity/"),
        ("account_viewer", "/a/acme/activity/"),
        ("collection_admin", "/a/acme/org-trees/"),
        ("sei_viewer", "/a/acme/members/"),
    ],
)
def test_the_first_page_is_one_that_the_role_opens(
    client_of: ClientOf, request: pytest.FixtureRequest, person: str, first: str
) -> None:
    client = client_of(request.getfixturevalue(person))
    assert client.get("/a/acme/")["Location"] == first
    assert client.get(first).status_code == 200


def test_who_may_open_nothing_is_told_what_the_role_is_for(
    client_of: ClientOf, account: Account, sei_viewer: User
) -> None:
    role(account, "Reader", "insights.view")
    also(account, sei_viewer, "Reader")
    with recording(Actor.system("tests")):
        sei_viewer.bindings.get(role__name="SEI Viewer").delete()
    page = client_of(sei_viewer).get("/a/acme/").content.decode()
    assert "Insights: view" in page
    assert "Your role opens no page" in page


@pytest.mark.parametrize("path", ["/a/acme/", "/a/no-such-account/"])
def test_a_stranger_cannot_tell_an_account_from_none(
    client_of: ClientOf, account: Account, stranger: User, path: str
) -> None:
    response = client_of(stranger).get(path)
    assert response.status_code == 404
    assert "Acme" not in response.content.decode()
