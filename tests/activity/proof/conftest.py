"""What is told of in the log, and then touched past it."""

import pytest

from accounts.models import Account
from activity.recording import recording
from tests.conftest import TESTS
from tracked_objects.models import Developer, OrgTree, Team


@pytest.fixture
def team(account: Account, org_tree: OrgTree, people: list[Developer]) -> Team:
    with recording(TESTS):
        team = Team.objects.create(account=account, org_tree=org_tree, name="Payments", manager=people[0])
        team.members.add(*people[1:3])
    return team
