"""The cast of the tests: two accounts, and people whose roles are known."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from django.utils import translation

from accounts.batch import batch, save_batch
from accounts.models import Account, User
from accounts.own.sessions import SEEN
from accounts.setup import add_member, create_account
from activity.actors import Actor
from activity.recording import Recording, recording
from tests.programs import Program, key
from tracked_objects.models import Developer, OrgTree

pytest_plugins = ["tests.browser"]
PASSWORD = "correct horse battery"
TESTS = Actor.system("tests")


@pytest.fixture(autouse=True)
def _nothing_from_other_tests(request: pytest.FixtureRequest) -> None:
    """A thread keeps the language of its last request. Sign-ins are counted in the database, in a table that tests with
    transaction=True don't empty."""
    translation.activate(settings.LANGUAGE_CODE)
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _flush_append_only_tables() -> Iterator[None]:
    """Tests with transaction=True empty all tables at their end; only here do the triggers allow that.

    By DELETE: of tables with a few rows it takes a fiftieth of the time of TRUNCATE, which makes all their files anew.
    """
    flush = DatabaseOperations.execute_sql_flush

    def delete(self: DatabaseOperations, style: Any, tables: Iterable[str], **_: Any) -> list[str]:
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]

    def flush_anyway(self: DatabaseOperations, statements: list[str]) -> None:
        with connections[self.connection.alias].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                flush(self, statements)
            finally:
                cursor.execute("SET session_replication_role = origin")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", delete)
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_anyway)
        yield


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """For an embedded server of one module's own. Not in pytest's folder: where root runs the tests, every other run
    that begins closes that one to PostgreSQL's user."""
    with tempfile.TemporaryDirectory(prefix="sei data ") as folder:
        yield Path(folder)


@pytest.fixture
def password() -> str:
    """What everybody signs in with."""
    return PASSWORD


@pytest.fixture
def recorded(db: None) -> Iterator[Recording]:
    """The whole test is one recording, for tests that aren't about entries."""
    with recording(TESTS) as rec:
        yield rec


@pytest.fixture
def account(db: None) -> Account:
    return _account("acme", "Acme")


@pytest.fixture
def other_account(db: None) -> Account:
    return _account("globex", "Globex")


@pytest.fixture
def org_tree(account: Account) -> OrgTree:
    return _org_tree(account, "Engineering")


@pytest.fixture
def other_org_tree(account: Account) -> OrgTree:
    return _org_tree(account, "Research")


@pytest.fixture
def account_admin(account: Account) -> User:
    return User.objects.get(email="admin@acme.example")


@pytest.fixture
def sei_admin(account: Account) -> User:
    return _member(account, "SEI Admin")


@pytest.fixture
def collection_admin(account: Account, org_tree: OrgTree) -> User:
    """Bound to `org_tree` alone."""
    return _member(account, "SEI Collection Admin", org_tree)


@pytest.fixture
def account_viewer(account: Account) -> User:
    return _member(account, "Account Viewer")


@pytest.fixture
def sei_viewer(account: Account) -> User:
    return _member(account, "SEI Viewer")


@pytest.fixture
def stranger(other_account: Account) -> User:
    """An admin, but of the other account."""
    return User.objects.get(email="admin@globex.example")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Makes a client in which somebody is signed in; unlike force_login, without an entry in the log."""
    return _client_of


@pytest.fixture
def program(sei_admin: User) -> Program:
    """A program with the key of an SEI Admin."""
    return Program(key(sei_admin))


@pytest.fixture
def people(account: Account) -> list[Developer]:
    """Four developers, made as one batch."""
    names = ("Ann", "Bob", "Cyd", "Dee")
    people = [Developer(account=account, full_name=name, email=f"{name.lower()}@acme.example") for name in names]
    with recording(TESTS), batch(account, Developer) as current:
        save_batch(current, people)
    return people


@pytest.fixture
def unwritable_log(account: Account) -> None:
    """The app's database user may do everything but add entries, for the rest of the test."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE app; GRANT ALL ON ALL TABLES IN SCHEMA public TO app")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app")
        cursor.execute("REVOKE INSERT ON activity_entry FROM app; SET LOCAL ROLE app")


def _client_of(user: User) -> Client:
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SEEN] = int(time.time())
    session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def _account(slug: str, name: str) -> Account:
    with recording(TESTS):
        return create_account(slug, name, f"admin@{slug}.example", PASSWORD, f"{name} Admin")


def _member(account: Account, role: str, org_tree: OrgTree | None = None) -> User:
    email = f"{role.lower().replace(' ', '-')}@{account.slug}.example"
    with recording(TESTS):
        return add_member(account, email, role, PASSWORD, role, org_tree=org_tree)


def _org_tree(account: Account, name: str) -> OrgTree:
    with recording(TESTS):
        tree = OrgTree(account=account, name=name)
        tree.save()
    return tree
