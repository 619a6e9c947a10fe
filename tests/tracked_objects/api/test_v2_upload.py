"""Uploading developers by SEI's API: the same checks, the same writing and the same batch as the pages."""

import hashlib
from typing import Any

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from accounts.models import Account, Role, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.recording import recording
from tests.browsing import at_once, form_of
from tests.entries import entries_of, entry_of
from tests.programs import Program, errors, key, problem
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
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import HEAD, URL, file_of, parent_of, people, state, stored
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


def test_a_version_can_be_looked_at_before_it_is_approved(program: Program, account: Account) -> None:
    before = state(account)
    uploaded = upload(program, PEOPLE)
    looked = body(save(program, uploaded, active=False))
    assert (looked["active"], looked["review"]["created"], state(account)) == (False, 2, before)
    assert body(approve(program, uploaded))["created"] == 2


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


def test_approved_twice_it_happens_once(program: Program, account: Account, mapping: FieldMapping) -> None:
    version = upload(program, PEOPLE, "PUT")
    approve(program, version)
    before = state(account)
    assert body(approve(program, version)) == {
        "status": "SUCCESS",
        "versionId": body(version)["versionId"],
        "active": True,
    }
    problem(save(program, version), 409)
    assert state(account) == before


def test_a_version_whose_place_is_taken_isnt_active_again(
    program: Program, account: Account, mapping: FieldMapping
) -> None:
    first = upload(program, PEOPLE, "PUT")
    approve(program, first)
    approve(program, upload(program, file_of(people("Ann")), "PUT"))
    before = state(account)
    assert "later version" in problem(approve(program, first), 409)["detail"]
    assert state(account) == before


def test_what_has_changed_since_the_review_isnt_approved(
    program: Program, account: Account, mapping: FieldMapping
) -> None:
    first, second = upload(program, PEOPLE, "PUT"), upload(program, file_of(people("Ann")), "PUT")
    approve(program, second)
    before = state(account)
    assert "changed since" in problem(approve(program, first), 409)["detail"]
    assert state(account) == before
    again = upload(program, PEOPLE, "PUT")
    developer(account, "Zoe")
    problem(approve(program, again), 409)


def test_a_file_without_a_difference_can_be_approved(program: Program, account: Account, mapping: FieldMapping) -> None:
    approve(program, upload(program, PEOPLE, "PUT"))
    before = state(account)
    again = body(approve(program, upload(program, PEOPLE, "PUT")))
    assert (again["unchanged"], state(account)) == (2, before)


def test_only_true_approves(program: Program, account: Account, mapping: FieldMapping) -> None:
    before = state(account)
    url = version_url(body(upload(program, PEOPLE, "PUT"))["versionId"])
    for sent in ({"active": False}, {"active": 1}, {"active": True, "x": 1}, {}, [], None, b"{"):
        problem(send(program, "PATCH", url, sent))
    assert state(account) == before


def test_a_version_is_its_owners(
    program: Program, admin: Client, account: Account, mapping: FieldMapping, account_admin: User, stranger: User
) -> None:
    version = upload(program, PEOPLE, "PUT")
    for other in (Program(key(account_admin, name="Theirs")), Program(key(stranger, slug="globex"))):
        assert approve(other, version).status_code in {404, 412}
        problem(save(other, version), 404)
    problem(send(program, "PATCH", version_url(10**30), {"active": True}), 404)
    assert admin.get(f"{URL}{body(version)['versionId']}/review/").status_code == 200
    assert admin.get(f"{URL}{body(version)['versionId']}/").status_code == 200


def test_mapped_differently_on_a_page_it_is_reviewed_again(
    program: Program, admin: Client, mapping: FieldMapping
) -> None:
    version = upload(program, file_of(people("Ann", role="QA")), "PUT")
    page = f"{URL}{body(version)['versionId']}/"
    admin.post(page, form_of(admin.get(page)) | {"column-3": "Ignored"})
    problem(approve(program, version), 409)


@pytest.mark.parametrize("limit", ["Read only", "SEI Ingestion"])
def test_a_key_that_may_less_is_refused(
    program: Program, account: Account, mapping: FieldMapping, sei_admin: User, limit: str
) -> None:
    version, limited = upload(program, PEOPLE, "PUT"), Program(key(sei_admin, limit, limit))
    before = state(account)
    answers = [
        upload(limited, PEOPLE),
        upload(limited, PEOPLE, "PUT"),
        save(limited, version),
        approve(limited, version),
    ]
    answers += [send(limited, method, DEVELOPERS, []) for method in ("PATCH", "DELETE")]
    assert [problem(answer, 403)["status"] for answer in answers] == [403] * 6
    assert state(account) == before


def test_a_key_of_one_org_tree_is_refused(collection_admin: User) -> None:
    scoped = Program(key(collection_admin))
    problem(scoped.get(DEVELOPERS), 403)
    problem(upload(scoped, PEOPLE), 403)


@pytest.mark.parametrize("missing", ["create", "edit", "delete"])
def test_an_upload_takes_all_three_capabilities(program: Program, account: Account, missing: str) -> None:
    version = upload(program, PEOPLE)
    with recording(Actor.system("tests")):
        role = Role.objects.get(account=account, name="SEI Admin")
        role.capabilities = [item for item in role.capabilities if item != f"developers.{missing}"]
        role.save()
    for answer in (upload(program, PEOPLE), upload(program, PEOPLE, "PUT"), save(program, version)):
        problem(answer, 403)


def test_what_isnt_a_file_is_refused(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("application/json", "text/plain", "application/octet-stream", ""):
        problem(send(program, "POST", DEVELOPERS, b"a,b", kind), 415)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        problem(send(program, "POST", DEVELOPERS, b"a,b", kind))
    assert errors(send(program, "PUT", DEVELOPERS, b"", MULTIPART_CONTENT), 412) == []
    monkeypatch.setattr("tracked_objects.upload.forms.MAX_MEGABYTES", 0)
    problem(upload(program, PEOPLE), 413)
    problem(send(program, "POST", DEVELOPERS, PEOPLE.encode(), "text/csv"), 413)


@pytest.mark.django_db(transaction=True)
def test_approved_twice_at_once_it_happens_once(program: Program, account: Account, mapping: FieldMapping) -> None:
    version = upload(program, PEOPLE, "PUT")
    answers = at_once(*[lambda: approve(program, version)] * 3)
    assert [body(answer)["active"] for answer in answers] == [True] * 3
    assert len(entries_of(Developer.objects.get(full_name="Ann"))) == 1
    assert first_break(account.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_files_at_once_one_is_approved(program: Program, account: Account, mapping: FieldMapping) -> None:
    versions = [upload(program, file_of(people(name)), "PUT") for name in ("Ann", "Bob")]
    answers = at_once(*(lambda version=version: approve(program, version) for version in versions))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert Developer.objects.count() == 1
    assert first_break(account.pk) is None
