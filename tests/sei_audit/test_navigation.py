"""The side navigation: what each role finds there, and where it says you are."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, User
from accounts.permissions import CAPABILITIES
from accounts.setup import add_member
from activity.actors import Actor
from activity.recording import recording
from sei_audit.navigation import SECTIONS, navigation
from tracked_objects.models import OrgTree, Team

ClientOf = Callable[[User], Client]
OBJECTS = ["Developers", "Org Trees", "Teams", "Integrations", "Efficiency", "Productivity", "Business alignment"]
PEOPLE = ["Members", "Invitations"]


def pages(client: Client, url: str) -> dict[str, bool]:
    """The labels of the navigation's links, and whether each is marked as the current page."""
    sections = client.get(url, follow=True).context["navigation"]
    return {str(page["label"]): page["current"] for section in sections for page in section["pages"] if page}


@pytest.mark.parametrize(
    ("person", "found"),
    [
        ("account_admin", [*OBJECTS, "Activity Logs", "API Keys", "SSO", *PEOPLE, "Roles"]),
        ("sei_admin", [*OBJECTS, "Activity Logs", "API Keys", "SSO", *PEOPLE, "Roles"]),
        ("account_viewer", [*OBJECTS, "Activity Logs", "API Keys", "SSO", *PEOPLE, "Roles"]),
        ("collection_admin", ["Org Trees", "Teams", *PEOPLE]),
        ("sei_viewer", PEOPLE),
    ],
)
def test_only_what_the_role_opens_is_there(
    client_of: ClientOf, request: pytest.FixtureRequest, person: str, found: list[str]
) -> None:
    assert list(pages(client_of(request.getfixturevalue(person)), "/a/acme/")) == found


def test_the_page_you_are_on_is_marked(client_of: ClientOf, account_admin: User) -> None:
    found = pages(client_of(account_admin), "/a/acme/teams/new/")
    assert [label for label, current in found.items() if current] == ["Teams"]


def test_the_history_of_an_object_belongs_to_its_page(
    client_of: ClientOf, account_admin: User, org_tree: OrgTree
) -> None:
    found = pages(client_of(account_admin), f"/a/acme/activity/object/ORG_TREE/{org_tree.pk}/")
    assert [label for label, current in found.items() if current] == ["Org Trees"]


def test_the_versions_of_a_team_belong_to_teams(client_of: ClientOf, account_admin: User, org_tree: OrgTree) -> None:
    with recording(Actor.system("tests")):
        team = Team.objects.create(account=org_tree.account, org_tree=org_tree, name="Payments")
    found = pages(client_of(account_admin), f"/a/acme/teams/{team.pk}/versions/")
    assert [label for label, current in found.items() if current] == ["Teams"]


def test_other_accounts_are_offered_to_their_members_alone(
    client_of: ClientOf, account_admin: User, other_account: Account
) -> None:
    client = client_of(account_admin)
    assert b"Globex" not in client.get("/a/acme/teams/").content
    with recording(Actor.system("tests")):
        add_member(other_account, account_admin.email, "Account Viewer")
    assert b'href="/a/globex/"' in client.get("/a/acme/teams/").content


def test_it_costs_no_query(client_of: ClientOf, account_admin: User) -> None:
    client = client_of(account_admin)
    request = client.get("/a/acme/teams/").wsgi_request
    with CaptureQueriesContext(connection) as queries:
        navigation(request)
    assert not queries.captured_queries


def test_pages_that_are_yet_to_come_have_their_place() -> None:
    planned = {page.view for section in SECTIONS for page in section.pages}
    assert planned >= {"api-keys:list", "sso:edit", "members:list", "roles:list"}
    assert {page.needs for section in SECTIONS for page in section.pages} <= CAPABILITIES
