"""Who changes what others may do."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, Membership, Role, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.recording import recording

TESTS = Actor.system("tests")


@pytest.fixture
def boss(client_of: Callable[[User], Client], account_admin: User) -> Client:
    """The Account Admin, signed in."""
    return client_of(account_admin)


@pytest.fixture
def deputy(client_of: Callable[[User], Client], sei_admin: User) -> Client:
    """An SEI Admin, signed in: manages members, but may do less than an Account Admin."""
    return client_of(sei_admin)


def membership(account: Account, user: User) -> Membership:
    return Membership.objects.get(account=account, user=user)


def role(account: Account, name: str, *capabilities: str) -> Role:
    """A custom role, or a built-in one by its name alone."""
    if not capabilities:
        return Role.objects.get(account=account, name=name)
    with recording(TESTS):
        return Role.objects.create(account=account, name=name, capabilities=sorted(capabilities))


def also(account: Account, user: User, name: str, **where: object) -> User:
    """Give `user` one more role, in this account or another."""
    with recording(TESTS):
        return add_member(account, user.email, name, **where)  # type: ignore[arg-type]
