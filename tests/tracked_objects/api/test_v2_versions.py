"""Approving uploaded files by SEI's API: who may, what was reviewed, and only once."""

import pytest
from django.test import Client

from accounts.models import Account, Role, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.recording import recording
from tests.browsing import at_once, form_of
from tests.entries import entries_of
from tests.programs import Program, key, problem
from tests.tracked_objects.api.v2 import (
    DEVELOPERS,
    approve,
    body,
    save,
    send,
    upload,
    version_url,
)
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import URL, file_of, people, state
from tracked_objects.models import Developer, FieldMapping

PEOPLE = file_of(people("Ann", "Bob<Ann"))


def test_a_version_can_be_looked_at_before_it_is_approved(program: Program, account: Account) -> None:
    before = state(account)
    uploaded = upload(program, PEOPLE)
    looked = body(save(program, uploaded, active=False))
    assert (looked["active"], looked["review"]["created"], state(account)) == (False, 2, before)
    assert body(approve(program, uploaded))["created"] == 2


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


@pytest.mark.django_db(transaction=True)
def test_saved_twice_at_once_it_happens_once(program: Program, account: Account) -> None:
    uploaded = upload(program, PEOPLE)
    answers = at_once(*[lambda: save(program, uploaded)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(entries_of(FieldMapping.objects.get(account=account))) == 1
    assert first_break(account.pk) is None
