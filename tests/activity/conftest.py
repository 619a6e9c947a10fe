"""Who looks at the log in these tests."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, Role, RoleBinding, User
from activity.actors import Actor
from activity.recording import recording
from tracked_objects.models import OrgTree


@pytest.fixture
def admin(account_admin: User, client_of: Callable[[User], Client]) -> Client:
    """A client in which the account's admin is signed in."""
    return client_of(account_admin)


@pytest.fixture
def scoped(collection_admin: User, account: Account, org_tree: OrgTree, client_of: Callable[[User], Client]) -> Client:
    """A client of a member who may view and export the entries of one org tree."""
    with recording(Actor.system("tests")):
        role = Role.objects.create(account=account, name="Auditor", capabilities=["activity.view", "activity.export"])
        RoleBinding.objects.create(account=account, user=collection_admin, role=role, org_tree=org_tree)
    return client_of(collection_admin)
