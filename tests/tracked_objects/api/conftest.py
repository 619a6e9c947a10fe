"""The programs of these tests."""

import pytest

from accounts.models import Account, User
from activity.actors import Actor
from activity.recording import recording
from tests.programs import Program, key
from tracked_objects.models import FieldMapping


@pytest.fixture
def reader(sei_admin: User) -> Program:
    """With a key that may only read."""
    return Program(key(sei_admin, "Read only", "Report"))


@pytest.fixture
def scoped_program(collection_admin: User) -> Program:
    """With a key of a Collection Admin of `org_tree`."""
    return Program(key(collection_admin, "SEI Admin"))


@pytest.fixture
def mapping(account: Account) -> FieldMapping:
    """What the last file had, as if one had been saved."""
    columns = {"Name": "Display name", "Email": "Email", "Boss": "Manager email", "Role": "Role", "Floor": "Ignored"}
    with recording(Actor.system("tests")):
        return FieldMapping.objects.create(account=account, columns=columns)
