"""A small organisation: three developers, a team, a profile of each kind, an integration."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, User
from activity.actors import Actor
from activity.recording import recording
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    EfficiencyProfile,
    Integration,
    OrgTree,
    ProductivityProfile,
    Tag,
    Team,
)

TESTS = Actor.system("tests")


@pytest.fixture
def admin(client_of: Callable[[User], Client], sei_admin: User) -> Client:
    """An SEI Admin, signed in."""
    return client_of(sei_admin)


@pytest.fixture
def scoped(client_of: Callable[[User], Client], collection_admin: User) -> Client:
    """A Collection Admin of `org_tree`, signed in."""
    return client_of(collection_admin)


@pytest.fixture
def viewer(client_of: Callable[[User], Client], account_viewer: User) -> Client:
    """An Account Viewer, signed in."""
    return client_of(account_viewer)


def developer(account: Account, name: str, **fields: object) -> Developer:
    """A saved developer whose e-mail follows from the name."""
    email = f"{name.lower().replace(' ', '.')}@{account.slug}.example"
    with recording(TESTS):
        return Developer.objects.create(account=account, full_name=name, email=email, **fields)


@pytest.fixture
def ada(account: Account) -> Developer:
    return developer(account, "Ada Park")


@pytest.fixture
def ben(account: Account, ada: Developer) -> Developer:
    """Reports to Ada."""
    return developer(account, "Ben Ito", manager=ada)


@pytest.fixture
def cleo(account: Account) -> Developer:
    return developer(account, "Cleo Berg")


@pytest.fixture
def outsider(other_account: Account) -> Developer:
    """A developer of the other account."""
    return developer(other_account, "Otto Out")


@pytest.fixture
def team(account: Account, org_tree: OrgTree, ada: Developer, ben: Developer) -> Team:
    """Ada's team of one."""
    with recording(TESTS):
        team = Team.objects.create(account=account, org_tree=org_tree, name="Payments", manager=ada)
        team.members.set([ben])
    return team


@pytest.fixture
def other_team(account: Account, other_org_tree: OrgTree) -> Team:
    """A team of a tree that the Collection Admin isn't bound to."""
    with recording(TESTS):
        return Team.objects.create(account=account, org_tree=other_org_tree, name="Labs")


@pytest.fixture
def efficiency(account: Account) -> EfficiencyProfile:
    with recording(TESTS):
        return EfficiencyProfile.objects.create(account=account, name="Delivery")


@pytest.fixture
def productivity(account: Account) -> ProductivityProfile:
    with recording(TESTS):
        return ProductivityProfile.objects.create(account=account, name="Output", bug_issue_types=["Bug"])


@pytest.fixture
def alignment(account: Account) -> BusinessAlignmentProfile:
    categories = [
        {"name": name, "ticket_scope": "matching", "conditions": []} for name in ("Features", "Quality", "Upkeep")
    ]
    with recording(TESTS):
        return BusinessAlignmentProfile.objects.create(account=account, name="Investment", categories=categories)


@pytest.fixture
def github(account: Account) -> Integration:
    with recording(TESTS):
        found = Integration.objects.create(
            account=account,
            name="GitHub",
            category="source_code",
            application_type="github",
            credentials="first-token-4711",
        )
        found.tags.add(Tag.objects.create(account=account, name="production"))
    return found
