"""The programs of these tests."""

import pytest

from accounts.models import Account, Role, RoleBinding, User
from activity.actors import Actor
from activity.recording import recording
from tests.programs import Program, key
from tracked_objects.models import OrgTree


@pytest.fixture
def service(sei_admin: User) -> Program:
    """Another SEI service, which may only send entries."""
    return Program(key(sei_admin, "SEI Ingestion", "Dashboards"))


@pytest.fixture
def importer(account_admin: User) -> Program:
    return Program(key(account_admin, "SEI Import", "Migration"))


@pytest.fixture
def scoped_program(collection_admin: User, account: Account, org_tree: OrgTree) -> Program:
    """With a key of a member who may view and export the entries of one org tree."""
    with recording(Actor.system("tests")):
        role = Role.objects.create(account=account, name="Auditor", capabilities=["activity.view", "activity.export"])
        RoleBinding.objects.create(account=account, user=collection_admin, role=role, org_tree=org_tree)
    return Program(key(collection_admin, "Read only"))
