"""Uploading developers by SEI's API: the same checks, the same writing and the same batch as the pages."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import Account, User
from activity.integrity import first_break
from tests.entries import entry_of
from tests.programs import Program, errors, problem
from tests.tracked_objects.api.v2 import (
    DEVELOPERS,
    SCHEMA,
    Wrong,
    approve,
    body,
    samples,
    save,
    send,
    upload,
    version_url,
    wrong,
)
from tests.tracked_objects.uploading import HEAD, file_of, parent_of, people, state, stored
from tests.tracked_objects.uploading import upload as upload_on_pages
from tracked_objects.models import Developer, DeveloperUpload, FieldMapping

PEOPLE = file_of(people("Ann", "Bob<Ann"))


def test_a_first_file_is_uploaded_mapped_and_saved(program: Program, account: Account, sei_admin: User) -> None:
    before = state(account)
    uploaded = upload(program, PEOPLE, name="may.csv")
    assert state(account) == before
    assert body(uploaded)["fieldMappings"][2] == {"csvColumn": "Manager email", "fieldType": "MANAGER_EMAIL"}
    assert body(uploaded)["preview"]["developers"][1]["Email"] == "bob@acme.example"
    saved = body(save(program, uploaded))
    assert (saved["active"], saved["created"], saved["removed"]) == (True, 2, 0)
    assert stored(account) == set(people("Ann", "Bob<Ann"))
    parent = parent_of(account)
    assert (parent.source, parent.actor_kind, parent.actor_name) == ("API", "api_key", "Jenkins")
    assert (parent.actor_email, parent.child_count) == (sei_admin.email, 2)
    facts = {"file_name": "may.csv", "sha256": hashlib.sha256(PEOPLE.encode()).hexdigest(), "rows": 2}
    assert facts.items() <= parent.details.items()
    assert first_break(account.pk) is None


def test_a_later_file_is_mapped_by_itself_and_approved(program: Program, account: Account) -> None:
    save(program, upload(program, PEOPLE))
    before = state(account)
    again = upload(program, file_of(people("Ann", "Cyd<Ann", role="QA")), "PUT")
    review = body(again)["review"]
    assert state(account) == before
    assert (review["created"], review["edited"], review["removed"], review["unchanged"]) == (1, 1, 1, 0)
    assert review["developers"]["edited"][0]["changes"] == [{"label": "Role", "before": "", "after": "QA"}]
    assert body(approve(program, again))["active"] is True
    assert stored(account) == set(people("Ann", "Cyd<Ann", role="QA"))
    assert parent_of(account).summary == "Developer batch of 3: 1 created, 1 edited, 1 deleted"


def test_the_entry_is_that_of_the_page(program: Program, admin: Client, account: Account) -> None:
    upload_on_pages(admin, PEOPLE)
    theirs = parent_of(account)
    approve(program, upload(program, file_of(people("Bob")), "PUT"))
    send(program, "DELETE", DEVELOPERS, {"emails": ["bob@acme.example"]})
    save(program, upload(program, PEOPLE))
    ours = parent_of(account)
    for name in ("type", "action", "summary", "details", "child_count", "object_name"):
        assert getattr(ours, name) == getattr(theirs, name)


def test_the_mapping_is_remembered_as_the_pages_do(program: Program, account: Account) -> None:
    file = file_of([("Ann", "ann@acme.example", "", "39", "7")], (*HEAD[:3], "Shoe", "Desk"))
    save(program, upload(program, file), Shoe="CUSTOM")
    mapping = FieldMapping.objects.get(account=account)
    assert (mapping.columns["Shoe"], mapping.columns["Desk"]) == ("Custom attribute", "Ignored")
    entry_of(mapping, action="CREATED", actor_kind="api_key")
    assert body(program.get(SCHEMA))["fieldMappings"].count({"csvColumn": "Shoe", "fieldType": "CUSTOM"}) == 1
    assert Developer.objects.get().custom_attributes == {"Shoe": "39"}


def test_the_fields_are_known_before_the_first_file(program: Program) -> None:
    found = body(program.get(SCHEMA))
    assert found["fieldMappings"] == []
    assert [field["fieldName"] for field in found["fields"] if field["required"]] == ["name", "email", "manager_email"]


def test_before_the_first_file_is_saved_there_is_nothing_to_go_by(program: Program, account: Account) -> None:
    before = state(account)
    waiting = upload(program, PEOPLE)
    answers = [
        upload(program, PEOPLE, "PUT"),
        send(program, "PATCH", DEVELOPERS, [{"email": "ann@acme.example", "name": "Ann"}]),
        approve(program, waiting),
        send(program, "PATCH", version_url(4711), {"active": True}),
    ]
    assert [problem(answer, 412)["title"] for answer in answers] == ["Precondition Failed"] * 4
    assert state(account) == before


MAPPING_MISSING = "MISSING_NAME_OR_EMAIL_OR_MANAGER_EMAIL_FIELD_MAPPING"
MANAGER_MISSING = "MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS"
NAMELESS = file_of([("Ann", "a@x.example", "", "1")], ("Name", "Email", "", "Manager"))
# What one of the nine is made by, and what is said of it.
BAD: dict[str, tuple[str | bytes, dict[str, str], Wrong]] = {
    "nothing": (b"", {}, [("EMPTY_CSV", None, 1)]),
    "only a head": (file_of([]), {}, [("EMPTY_CSV", None, 1)]),
    "no text": (b"\x00\x01\x02\x00\x00", {}, [("INVALID_CSV", None, 1)]),
    "a quote that never ends": ('Name,Email,Manager\n"Ann,ann@acme.example,', {}, [("INVALID_CSV", None, 1)]),
    "a column without a name": (
        NAMELESS,
        {},
        [("BLANK_CSV_COLUMN_NAME", None, 1)],
    ),
    "no column for the e-mail": (
        file_of([("Ann", "")], ("Name", "Manager")),
        {},
        [
            (MAPPING_MISSING, "email", 1),
            ("REQUIRED_FIELD_MISSING", "email", 1),
        ],
    ),
    "the name isn't mapped": (
        PEOPLE,
        {"Name": "IGNORED"},
        [(MAPPING_MISSING, "name", 2)],
    ),
    "a blank name": (
        file_of([("", "ann@acme.example", "")]),
        {},
        [("REQUIRED_VALUE_MISSING", "name", 1)],
    ),
    "the same e-mail twice": (file_of(people("Ann", "ANN", "Bob")), {}, [("DUPLICATE_EMAIL", "email", 1)]),
    "a manager from elsewhere": (
        file_of(people("Ann<Zoe", "Bob<Zoe")),
        {},
        [(MANAGER_MISSING, "manager_email", 2)],
    ),
    "a circle": (file_of(people("Ann<Bob", "Bob<Ann")), {}, [("CIRCULAR_REFERENCE", "manager_email", 2)]),
}


@pytest.mark.parametrize(("content", "types", "found"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_in_seis_words(
    program: Program, account: Account, content: str | bytes, types: dict[str, str], found: Wrong
) -> None:
    before = state(account)
    uploaded = upload(program, content)
    answer = save(program, uploaded, **types) if uploaded.status_code == 200 else uploaded
    assert (wrong(answer), state(account)) == (found, before)


@pytest.mark.parametrize(("content", "types", "found"), BAD.values(), ids=BAD)
def test_a_later_file_is_checked_likewise(
    program: Program, account: Account, mapping: FieldMapping, content: str | bytes, types: dict[str, str], found: Wrong
) -> None:
    before = state(account)
    answer = upload(program, content, "PUT")
    if types:
        assert answer.status_code == 200
    else:
        assert (wrong(answer), DeveloperUpload.objects.count()) == (found, 0)
    assert state(account) == before


def test_an_upload_says_what_is_wrong_and_waits_for_other_mappings(program: Program) -> None:
    uploaded = body(upload(program, file_of(people("Ann", "Ann"))))
    assert (uploaded["status"], uploaded["errors"][0]["errorType"]) == ("FAILURE", "DUPLICATE_EMAIL")
    (sample,) = uploaded["errors"][0]["sampleErrorDevelopers"]
    assert sample == {"Name": "Ann", "Email": "ann@acme.example", "_row": 3, "_note": "also in row 2"}


def test_ten_samples_are_enough(program: Program) -> None:
    answer = save(program, upload(program, file_of(people(*["Ann"] * 30))))
    assert wrong(answer) == [("DUPLICATE_EMAIL", "email", 29)]
    assert [sample["_row"] for sample in samples(answer)] == list(range(3, 13))


@pytest.mark.parametrize("content", [PEOPLE.encode(), PEOPLE.encode("utf-16"), b"\xef\xbb\xbf" + PEOPLE.encode()])
def test_the_body_can_be_the_file_itself(program: Program, account: Account, content: bytes) -> None:
    uploaded = send(program, "POST", DEVELOPERS, content, "text/csv; charset=utf-8")
    save(program, uploaded)
    assert stored(account) == set(people("Ann", "Bob<Ann"))
    assert parent_of(account).details["file_name"] == "developers.csv"


MAPPINGS: list[tuple[Any, list[tuple[int | None, str | None]]]] = [
    ([{"csvColumn": "Nome", "fieldType": "NAME"}], [(0, "csvColumn")]),
    ([{"csvColumn": "Name", "fieldType": "Display name"}], [(0, "fieldType")]),
    ([{"csvColumn": "Name", "fieldType": "NAME"}, {"csvColumn": "Role", "fieldType": "NAME"}], [(1, "fieldType")]),
    ([{"csvColumn": "Name", "fieldType": "NAME"}] * 2, [(1, "csvColumn")]),
    ([{"csvColumn": "Name", "fieldType": 7, "more": 1}, "x"], [(0, "more"), (0, "fieldType"), (1, None)]),
    ([{"csvColumn": "\0", "fieldType": "\ud800"}], [(0, "csvColumn"), (0, "fieldType")]),
    ([], []),
    ({"fieldMappings": [], "active": True}, []),
    ({"fieldMappings": [{"csvColumn": "Name", "fieldType": "NAME"}], "active": "yes"}, [(None, "active")]),
    ({"mappings": []}, []),
    ("x", []),
    (None, []),
    (b"[" * 100_000, []),
    (b'{"fieldMappings":', []),
    (b"\xff\xfe", []),
]


@pytest.mark.parametrize(("sent", "found"), MAPPINGS)
def test_field_mappings_that_cant_be_are_refused(
    program: Program, account: Account, sent: Any, found: list[tuple[int | None, str | None]]
) -> None:
    before = state(account)
    url = version_url(body(upload(program, PEOPLE))["versionId"], "/fieldMappings")
    answer = send(program, "PUT", url, sent)
    assert [(index, field) for index, field, _message in errors(answer)] == found
    assert state(account) == before


def test_two_files_are_refused(program: Program) -> None:
    form = encode_multipart(BOUNDARY, {"file": [SimpleUploadedFile(name, PEOPLE.encode()) for name in ("a", "b")]})
    assert problem(send(program, "POST", DEVELOPERS, form, MULTIPART_CONTENT))["detail"] == "Send one file at once."


def test_what_isnt_a_file_is_refused(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("application/json", "text/plain", "application/octet-stream", ""):
        problem(send(program, "POST", DEVELOPERS, b"a,b", kind), 415)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        problem(send(program, "POST", DEVELOPERS, b"a,b", kind))
    assert errors(send(program, "PUT", DEVELOPERS, b"", MULTIPART_CONTENT), 412) == []
    monkeypatch.setattr("tracked_objects.upload.forms.MAX_MEGABYTES", 0)
    problem(upload(program, PEOPLE), 413)
    problem(send(program, "POST", DEVELOPERS, PEOPLE.encode(), "text/csv"), 413)
