"""What is told of in the log, and then touched past it."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, Role, RoleBinding, User
from activity.recording import recording
from tests.conftest import TESTS
from tracked_objects.models import Developer, OrgTree, Team


@pytest.fixture
def team(account: Account, org_tree: OrgTree, people: list[Developer]) -> Team:
    with recording(TESTS):
        team = Team.objects.create(account=account, org_tree=org_tree, name="Payments", manager=people[0])
        team.members.add(*people[1:3])
    return team


@pytest.fixture
def watcher(account: Account, sei_viewer: User, client_of: Callable[[User], Client]) -> Client:
    """Somebody who may manage the log and not see it."""
    with recording(TESTS):
        role = Role.objects.create(account=account, name="Watch", capabilities=["activity.manage"])
        RoleBinding.objects.create(account=account, user=sei_viewer, role=role)
    return client_of(sei_viewer)
