"""Syncing cloud IDs by SEI's API, as JSON and as CSV."""

import hashlib
from typing import Any

import pytest

from accounts.models import Account, User
from activity.integrity import first_break
from activity.models import Entry
from tests.entries import entry_of
from tests.programs import Program, key, problem
from tests.tracked_objects.api.v2 import IDS, Wrong, body, samples, send, upload, wrong
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import file_of, parent_of, state
from tracked_objects.models import Developer

UPLOAD = f"{IDS}/upload"
HEAD = ("Email", "Application type", "Cloud ID")


def user(email: str, cloud_id: str, application: str = "GITHUB") -> dict[str, str]:
    return {"email": email, "applicationType": application, "cloudId": cloud_id}


def sync(program: Program, *users: Any) -> Any:
    return send(program, "POST", IDS, {"integrationUsers": list(users)})


def identities(person: Developer) -> list[dict[str, str]]:
    person.refresh_from_db()
    return person.identities


def test_they_become_one_batch(program: Program, account: Account, ada: Developer, ben: Developer) -> None:
    answer = body(sync(program, user("ADA.PARK@acme.example", "ada"), user(ben.email, "ben", "CUSTOM")))
    assert answer == {"status": "success", "message": "Developer identities updated successfully.", "warnings": []}
    assert identities(ada) == [{"application_type": "github", "cloud_id": "ada"}]
    parent = parent_of(account)
    assert (parent.summary, parent.source) == ("Synced cloud IDs of 2 developers", "API")
    assert (parent.actor_kind, parent.details["rows"], parent.details["unknown"]) == ("api_key", 2, 0)
    entry_of(ben, action="EDITED", parent_seq=parent.seq)
    assert first_break(account.pk) is None


def test_a_file_becomes_one_batch_too(program: Program, account: Account, ada: Developer) -> None:
    content = file_of([(ada.email, "BITBUCKET_CLOUD", "ada")], HEAD)
    answer = body(upload(program, content, path=UPLOAD, name="ids.csv"))
    assert answer["message"] == "CSV processed and developer identities updated successfully."
    assert identities(ada) == [{"application_type": "bitbucket_cloud", "cloud_id": "ada"}]
    facts = {"file_name": "ids.csv", "sha256": hashlib.sha256(content.encode()).hexdigest(), "rows": 1}
    assert facts.items() <= parent_of(account).details.items()
    assert body(send(program, "POST", UPLOAD, content.encode(), "text/csv"))["status"] == "success"


def test_sent_again_it_changes_nothing(program: Program, account: Account, ada: Developer) -> None:
    sync(program, user(ada.email, "ada"))
    before = state(account)
    assert body(sync(program, user(ada.email, "ada")))["status"] == "success"
    assert state(account) == before


def test_emails_that_nobody_has_are_told(program: Program, account: Account, ada: Developer) -> None:
    answer = body(sync(program, user("zoe@acme.example", "z"), user(ada.email, "ada")))
    (warning,) = answer["warnings"]
    assert (warning["errorType"], warning["errorDeveloperCount"]) == ("UNKNOWN_EMAIL", 1)
    assert warning["sampleErrorDevelopers"][0]["email"] == "zoe@acme.example"
    assert parent_of(account).details["unknown"] == 1


BAD: dict[str, tuple[list[dict[str, str]], Wrong]] = {
    "somebody else's": ([user("ben.ito@acme.example", "ada")], [("DUPLICATE_CLOUD_ID", "cloudId", 1)]),
    "two at once": (
        [user("ben.ito@acme.example", "b1"), user("ben.ito@acme.example", "b2")],
        [("CONFLICTING_CLOUD_IDS", "cloudId", 1)],
    ),
    "blank": (
        [user("", "x"), user("ben.ito@acme.example", " ")],
        [("REQUIRED_VALUE_MISSING", "email", 1), ("REQUIRED_VALUE_MISSING", "cloudId", 1)],
    ),
    "too long": ([user("ben.ito@acme.example", "x" * 201)], [("INVALID_CSV", "cloudId", 1)]),
    "nobody's": ([user("zoe@acme.example", "z")], [("UNKNOWN_EMAIL", "email", 1)]),
}


@pytest.mark.parametrize(("users", "found"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_told_and_nothing_saved(
    program: Program, account: Account, ben: Developer, users: list[dict[str, str]], found: Wrong
) -> None:
    developer(account, "Ann", identities=[{"application_type": "github", "cloud_id": "ada"}])
    before = state(account)
    as_json = sync(program, *users)
    as_csv = upload(program, file_of([tuple(one.values()) for one in users], HEAD), path=UPLOAD)
    assert wrong(as_json) == wrong(as_csv) == found
    assert [answer.json()["message"] for answer in (as_json, as_csv)] == ["Invalid payload.", "Invalid file format."]
    assert state(account) == before


def test_a_sample_is_what_was_sent(program: Program, ben: Developer) -> None:
    answer = sync(program, user(ben.email, "b"), user(ben.email, "", "JIRA"))
    assert samples(answer) == [{"email": ben.email, "applicationType": "JIRA", "_row": 2}]


ODD: list[Any] = [
    {},
    [],
    {"integrationUsers": []},
    {"integrationUsers": {}},
    {"integrationUsers": ["x"]},
    {"integrationUsers": [{"email": 7, "applicationType": "x", "cloudId": "y"}]},
    {"integrationUsers": [{**user("ada.park@acme.example", "x"), "more": "z"}]},
    {"integrationUsers": [user("ada.park@acme.example", "\ud800")]},
    {"integrationUsers": [user("ada.park@acme.example", "\0")]},
    {"integrationUsers": [user("ada.park@acme.example", "x")], "x": 1},
    b"{",
    b"[" * 100_000,
    b"\xff\xff",
]


@pytest.mark.parametrize("sent", ODD)
def test_what_cant_be_understood_is_told_as_sei_does(
    program: Program, account: Account, ada: Developer, sent: Any
) -> None:
    before = state(account)
    answer = send(program, "POST", IDS, sent)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert (answer.json()["status"], answer.json()["message"]) == ("error", "Invalid payload.")
    assert answer.json()["errors"]
    assert state(account) == before


def test_a_file_without_the_columns_is_told(program: Program, account: Account, ada: Developer) -> None:
    found = wrong(upload(program, file_of([("ada.park@acme.example", "x")], ("Email", "Product")), path=UPLOAD))
    assert found == [("REQUIRED_FIELD_MISSING", "applicationType", 1), ("REQUIRED_FIELD_MISSING", "cloudId", 1)]
    assert wrong(upload(program, "", path=UPLOAD))[0] == ("EMPTY_CSV", None, 1)
    assert ("INVALID_CSV", None, 1) in wrong(upload(program, b"\x00\x01\x02\x00\x00", path=UPLOAD))


def test_other_types_and_methods_are_refused(program: Program) -> None:
    problem(send(program, "POST", IDS, b"a,b", "text/csv"), 415)
    problem(send(program, "POST", UPLOAD, {"integrationUsers": []}), 415)
    problem(program.get(IDS), 405)


def test_it_takes_what_an_upload_takes(sei_admin: User, account_viewer: User, ada: Developer) -> None:
    for limited in (Program(key(sei_admin, "Read only", "Reader")), Program(key(account_viewer, name="Viewer"))):
        problem(sync(limited, user(ada.email, "x")), 403)
        problem(upload(limited, "x", path=UPLOAD), 403)
    problem(sync(Program(), user(ada.email, "x")), 401)
    assert not Entry.objects.filter(source="API").exists()
