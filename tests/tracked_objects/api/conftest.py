"""Programs with keys."""

import pytest

from accounts.models import User
from tests.programs import Program, key


@pytest.fixture
def program(sei_admin: User) -> Program:
    """With the key of an SEI Admin."""
    return Program(key(sei_admin))


@pytest.fixture
def reader(sei_admin: User) -> Program:
    """With a key that may only read."""
    return Program(key(sei_admin, "Read only", "Report"))


@pytest.fixture
def scoped_program(collection_admin: User) -> Program:
    """With a key of a Collection Admin of `org_tree`."""
    return Program(key(collection_admin, "SEI Admin"))
