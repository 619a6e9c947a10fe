"""The printed table of permissions is what requests get: every URL × every person × every method.

`pytest tests/sei_audit/test_permissions.py -s` says how many cells that were.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, ApiKey, Role, RoleBinding, User
from accounts.permissions import CAPABILITIES
from activity.actors import Actor
from activity.recording import recording
from sei_audit import matrix
from sei_audit.matrix import COLUMNS, ELSEWHERE, FORBIDDEN, NOT_FOUND, SCOPED, SIGN_IN, VISITOR, Row
from tests.sei_audit.test_urls import PEOPLE, TABLE, objects, url_of
from tracked_objects.models import OrgTree

__all__ = ["objects"]
ALL = matrix.matrix()
ROWS = {row.name: row for row in ALL if not row.is_api}
API = [row for row in ALL if row.is_api]
METHODS = ("GET", "POST", "PUT", "DELETE")
# The people of the other table, and what they are called in this one.
NAMES = {
    "visitor": VISITOR,
    "stranger": ELSEWHERE,
    "sei_viewer": "SEI Viewer",
    "collection_admin": "SEI Collection Admin",
    "account_viewer": "Account Viewer",
    "sei_admin": "SEI Admin",
    "account_admin": "Account Admin",
}
KEY, NO_ROLE = "API key", "no role"
# Who gets what the column of somebody else says: keys open no page, and without a role nobody is a member.
LIKE = {KEY: VISITOR, NO_ROLE: ELSEWHERE}
# What a view refuses about one object although the role may do such things: of the others, TABLE knows.
STRICTER = {
    # The first entry is about no org tree.
    ("activity:detail", SCOPED, "GET"): 404,
    ("activity-api:entry", SCOPED, "GET"): 404,
    # Nor is it their download.
    ("activity:manifest", SCOPED, "GET"): 404,
    ("activity-api:manifest", SCOPED, "GET"): 404,
    ("activity:edit_view", SCOPED, "GET"): 403,
    ("activity:edit_view", SCOPED, "POST"): 403,
    ("activity:delete_view", SCOPED, "GET"): 403,
    ("activity:delete_view", SCOPED, "POST"): 403,
    ("developers:upload-cancel", "Account Admin", "POST"): 404,
    # There is no such binding.
    ("members:take", "SEI Admin", "POST"): 404,
    ("members:take", "Account Admin", "POST"): 404,
    # Who may look at the config may not all change it.
    ("sso:edit", "SEI Admin", "POST"): 403,
    ("sso:edit", "Account Viewer", "POST"): 403,
}
REFUSED = {"no": 403, "404": 404}
# An entry is written by a function of the database.
WRITES = re.compile(r"INSERT|UPDATE|DELETE|.*\bactivity_append\b")


@pytest.fixture
def scoped_viewer(account: Account, collection_admin: User, org_tree: OrgTree) -> User:
    with recording(Actor.system("tests")):
        role = Role.objects.create(
            account=account, name="Log reader", capabilities=["activity.view", "activity.export"]
        )
        RoleBinding.objects.create(account=account, user=collection_admin, role=role, org_tree=org_tree)
    return collection_admin


@pytest.fixture
def nobody(db: None) -> User:
    with recording(Actor.system("tests")):
        return User.objects.create_user("nobody@acme.example", "correct horse battery")


@pytest.fixture
def client_as(request: pytest.FixtureRequest, client_of: Callable[[User], Client]) -> Callable[[str], Client]:
    """Makes a client of whom a column is about."""
    fixtures = {name: fixture for fixture, name in NAMES.items()} | {SCOPED: "scoped_viewer", NO_ROLE: "nobody"}

    def _client_as(column: str) -> Client:
        if column == KEY:
            key = ApiKey.issue(request.getfixturevalue("account"), request.getfixturevalue("account_admin"))
            key.name, key.role = "All", "SEI Admin"
            with recording(Actor.system("tests")):
                key.save()
            return Client(headers={"Authorization": f"ApiKey {key.text}", "X-Api-Key": key.text})
        return Client() if column == VISITOR else client_of(request.getfixturevalue(fixtures[column]))

    return _client_as


def expected(row: Row, column: str, method: str) -> int | None:
    """The code of the refusal; None for whatever else the page has to say."""
    answer = row.answers[LIKE.get(column, column)]
    if answer == SIGN_IN:
        return 401 if method == "POST" else 302
    if answer in {FORBIDDEN, NOT_FOUND}:
        return int(answer)
    if method not in row.methods:
        return 405
    return STRICTER.get((row.name, column, method)) or _of_the_other_table(row, column)


def _of_the_other_table(row: Row, column: str) -> int | None:
    alike = LIKE.get(column, column)
    if column == SCOPED and row.needs not in CAPABILITIES:
        alike = "SEI Collection Admin"
    person = next((person for person, name in NAMES.items() if name == alike), None)
    return REFUSED.get(TABLE[row.name].split()[PEOPLE.index(person)]) if person else None


def refusal(response: Any) -> int | None:
    code: int = response.status_code
    to_sign_in = code == 302 and response["Location"].startswith("/accounts/login/?")
    return code if code in {401, 403, 404, 405} or code >= 500 or to_sign_in else None


@contextmanager
def undone() -> Iterator[None]:
    """What a request does inside is not there for the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("column", [*COLUMNS, KEY, NO_ROLE])
def test_the_table_is_what_requests_get(
    client_as: Callable[[str], Client], objects: dict[str, Any], column: str
) -> None:
    client = client_as(column)
    cookies = dict(client.cookies)
    cells = {(row.name, method): expected(row, column, method) for row in ROWS.values() for method in METHODS}
    found = {}
    for name, method in cells:
        with undone():
            client.cookies.update(cookies)
            found[name, method] = refusal(client.generic(method, url_of(name, objects)))
    surprises = {cell: (code, cells[cell]) for cell, code in found.items() if code != cells[cell]}
    print(f"\n{column}: {len(cells)} cells, {len(surprises)} surprises", end="")
    assert surprises == {}


@pytest.mark.parametrize("column", [*COLUMNS, KEY, NO_ROLE])
def test_the_api_gives_what_the_table_says(
    client_as: Callable[[str], Client], objects: dict[str, Any], column: str
) -> None:
    """A key of an Account Admin with the role of an SEI Admin may what an SEI Admin may."""
    client, codes = client_as(column), {SIGN_IN: 401, NOT_FOUND: 404, FORBIDDEN: 403}
    like = {KEY: "SEI Admin", NO_ROLE: ELSEWHERE}.get(column, column)
    found, wanted = {}, {}
    for row, method in [(each, method) for each in API for method in each.methods]:
        with undone():
            found[row.name, method] = refusal(client.generic(method, url_of(row.name, objects)))
        wanted[row.name, method] = codes.get(row.answers[like]) or STRICTER.get((row.name, column, method))
    assert found == wanted


def test_both_tables_say_the_same() -> None:
    """Where the role is refused; where it may do such things, the other one knows the objects."""
    words = {SIGN_IN: "login", FORBIDDEN: "no", NOT_FOUND: "404"}
    for row in [*ROWS.values(), *(row for row in API if "GET" in row.methods)]:
        for person, said in zip(PEOPLE, TABLE[row.name].split(), strict=True):
            answer = words.get(row.answers[NAMES[person]])
            assert said == answer or (answer is None and said != "login"), (row.name, person)


def test_every_view_says_which_methods_it_takes() -> None:
    assert [row.name for row in ROWS.values() if not row.methods or {"PUT", "DELETE"} & {*row.methods}] == []


def test_looking_changes_nothing(client_as: Callable[[str], Client], objects: dict[str, Any]) -> None:
    """But a download is recorded, and a session remembers, also when it was last seen. What asks whether the log could
    be written writes no row."""
    client, written = client_as("SEI Admin"), set()
    for name in ROWS:
        with CaptureQueriesContext(connection) as queries:
            client.get(url_of(name, objects))
        if any(WRITES.match(query["sql"]) and "django_session" not in query["sql"] for query in queries):
            written.add(name)
    downloads = {"activity:export_csv", "activity:export_jsonl", "activity:export_developers"}
    assert written == {*downloads, "sessions", "readyz"}


def test_no_form_is_taken_from_elsewhere(
    account_admin: User, client_of: Callable[[User], Client], objects: dict[str, Any]
) -> None:
    client = client_of(account_admin)
    client.handler.enforce_csrf_checks = True
    # An identity provider's answer is a form from elsewhere; its signature is checked in place of a token. Those who
    # watch the app are answered before forms are looked at, and may send none.
    for row in (row for row in ROWS.values() if row.name not in {"saml_acs", "healthz", "readyz", "metrics"}):
        response = client.post(url_of(row.name, objects))
        assert response.status_code == 403 and "Please send it again" in response.content.decode(), row.name


def printed(*options: str) -> str:
    out = StringIO()
    call_command("permissions", *options, stdout=out)
    return out.getvalue()


def test_the_table_is_printed_for_people_and_for_programs() -> None:
    lines = printed().splitlines()
    assert lines[0].split("  ")[0] == "URL" and len(lines) == len(ALL) + 1
    (line,) = (line for line in lines if line.startswith("/a/<slug:account>/activity/export.csv "))
    assert " ".join(line.split()[1:]) == "GET activity.export sign in 404 yes yes 403 403 403 own tree"
    cells = json.loads(printed("--json"))
    assert [(cell["name"], cell["answers"]) for cell in cells] == [(row.name, row.answers) for row in ALL]
    assert printed("--markdown").splitlines()[1].count("---") == len(COLUMNS) + 3


def test_what_needs_nothing_is_told_to_be_denied() -> None:
    assert matrix._answer("Account Admin", "nothing said: denied") == FORBIDDEN
