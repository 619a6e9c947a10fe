"""Listing and downloading developers by SEI's API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, User
from tests.entries import last_entry
from tests.programs import Program, errors, key, problem
from tests.tracked_objects.api.v2 import DEVELOPERS, approve, body, upload
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import stored
from tracked_objects.models import Developer, FieldMapping

CSV = {"accept": "text/csv"}


@pytest.fixture
def staff(account: Account, ada: Developer, ben: Developer, cleo: Developer) -> None:
    """Three, and more of what can be asked for."""
    for person, department, shoe in (
        (ada, "Engineering", "38"),
        (ben, "engineering", "43"),
        (cleo, "Engineering Ops", "38"),
    ):
        developer(
            account, f"{person}'s twin", department=department, custom_attributes={"Shoe Size": shoe}, manager=person
        )


def names(program: Program, **query: Any) -> list[str]:
    return [one["name"] for one in body(program.get(DEVELOPERS, query))["content"]]


def test_a_record_is_complete(program: Program, ada: Developer, ben: Developer) -> None:
    (found,) = body(program.get(DEVELOPERS, {"emails": ben.email}))["content"]
    assert found == {
        "developerRefId": ben.pk,
        "name": "Ben Ito",
        "email": "ben.ito@acme.example",
        "manager_email": "ada.park@acme.example",
        **dict.fromkeys(("role", "sub_role", "team", "department", "site"), ""),
        "customAttributes": {},
        "identities": [],
    }


QUERIES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["Ada Park", "Ada Park's twin", "Ben Ito", "Ben Ito's twin", "Cleo Berg", "Cleo Berg's twin"]),
    ({"searchKey": "department", "searchValue": "Engineering"}, ["Ada Park's twin", "Ben Ito's twin"]),
    ({"searchKey": "shoe size", "searchValue": "38"}, ["Ada Park's twin", "Cleo Berg's twin"]),
    ({"searchKey": "name", "searchValue": "PARK"}, ["Ada Park", "Ada Park's twin"]),
    ({"searchKey": "email", "searchValue": "ben.ito@"}, ["Ben Ito"]),
    ({"searchKey": "manager_email", "searchValue": "Ada.Park@acme.example"}, ["Ada Park's twin", "Ben Ito"]),
    ({"searchKey": "site", "searchValue": "Mars"}, []),
    ({"emails": "cleo.berg@acme.example,BEN.ITO@acme.example"}, ["Ben Ito", "Cleo Berg"]),
    ({"emails": ["cleo.berg@acme.example", "nobody@acme.example"]}, ["Cleo Berg"]),
    ({"sortOrder": "desc", "pageSize": 2}, ["Cleo Berg's twin", "Cleo Berg"]),
    ({"sortKey": "Shoe Size", "sortOrder": "desc", "pageSize": 1}, ["Ben Ito's twin"]),
    ({"sortKey": "manager_email", "pageSize": 2}, ["Ada Park", "Cleo Berg"]),
    ({"pageSize": 4, "pageIndex": 1}, ["Cleo Berg", "Cleo Berg's twin"]),
    ({"pageIndex": 1_000_000}, []),
]


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(("query", "found"), QUERIES)
def test_they_can_be_asked_for(program: Program, query: dict[str, Any], found: list[str]) -> None:
    assert names(program, **query) == found


@pytest.mark.usefixtures("staff")
def test_a_page_says_where_it_is(program: Program, cleo: Developer) -> None:
    page = body(program.get(DEVELOPERS, {"pageSize": 4, "pageIndex": 1}))
    del page["content"]
    assert page == {"pageIndex": 1, "pageSize": 4, "pageItemCount": 2, "totalItems": 6, "totalPages": 2, "empty": False}
    assert names(program, developerRefIds=[str(cleo.pk), "4711"]) == ["Cleo Berg"]


BAD: list[tuple[dict[str, Any], list[str | None]]] = [
    ({"search": "x"}, ["search"]),
    ({"searchKey": "shoe", "searchValue": "x"}, ["searchKey"]),
    ({"searchKey": "name"}, [None]),
    ({"searchValue": "x"}, [None]),
    ({"sortKey": "full_name"}, ["sortKey"]),
    ({"sortOrder": "up"}, ["sortOrder"]),
    ({"pageSize": "0"}, ["pageSize"]),
    ({"pageSize": "1001", "pageIndex": "-1"}, ["pageIndex", "pageSize"]),
    ({"pageIndex": "9" * 30}, ["pageIndex"]),
    ({"pageIndex": ["1", "2"]}, ["pageIndex"]),
    ({"emails": ""}, ["emails"]),
    ({"emails": " , "}, ["emails"]),
    ({"emails": "a\0b"}, ["emails"]),
    ({"developerRefIds": "x"}, ["developerRefIds"]),
    ({"developerRefIds": "9" * 30}, ["developerRefIds"]),
    ({"searchKey": "na\0me", "searchValue": "\0"}, ["searchKey", "searchValue"]),
]


@pytest.mark.parametrize(("query", "found"), BAD)
def test_what_cant_be_understood_finds_nobody(program: Program, query: dict[str, Any], found: list[str | None]) -> None:
    assert [field for _index, field, _message in errors(program.get(DEVELOPERS, query))] == found


def test_those_of_other_accounts_are_not_found(program: Program, ben: Developer, outsider: Developer) -> None:
    assert names(program, emails=outsider.email) == []
    assert names(program, developerRefIds=outsider.pk) == []
    problem(program.get(DEVELOPERS, {"account": "globex"}), 404)


def test_a_reader_lists_and_downloads(account_viewer: User, ben: Developer) -> None:
    reader = Program(key(account_viewer, "Read only"))
    assert names(reader) == ["Ada Park", "Ben Ito"]
    assert reader.get(DEVELOPERS, headers=CSV).status_code == 200


@pytest.mark.usefixtures("staff")
def test_the_download_is_that_of_the_page(program: Program, admin: Client, account: Account) -> None:
    ours, theirs = program.get(DEVELOPERS, headers=CSV), admin.get("/a/acme/developers/download.csv")
    assert ours.getvalue() == theirs.getvalue()
    assert ours["Content-Disposition"] == theirs["Content-Disposition"]


def test_a_download_is_an_entry_of_the_key(program: Program, account: Account, ben: Developer) -> None:
    program.get(DEVELOPERS, headers=CSV).getvalue()
    facts = {
        "type": "DEVELOPER",
        "action": "EXPORTED",
        "actor_kind": "api_key",
        "actor_name": "Jenkins",
        "source": "API",
    }
    assert last_entry(account, **facts).details == {"format": "csv", "developers": 2}


@pytest.mark.usefixtures("staff", "mapping")
def test_what_is_downloaded_can_be_uploaded_again(program: Program, account: Account) -> None:
    before = stored(account)
    again = upload(program, program.get(DEVELOPERS, headers=CSV).getvalue(), "PUT")
    assert (body(again)["review"]["unchanged"], body(approve(program, again))["unchanged"]) == (6, 6)
    assert stored(account) == before


def test_a_download_has_everybody_or_nothing(program: Program, ben: Developer) -> None:
    answer = program.get(DEVELOPERS, {"searchKey": "name", "searchValue": "Ben"}, headers=CSV)
    assert [field for _index, field, _message in errors(answer)] == ["searchKey", "searchValue"]
    assert program.head(DEVELOPERS, headers=CSV).status_code == 405


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "application/json, text/csv", "", "x"])
def test_json_is_the_answer_unless_csv_is_preferred(program: Program, accept: str) -> None:
    assert program.get(DEVELOPERS, headers={"accept": accept})["Content-Type"] == "application/json"


@pytest.mark.usefixtures("mapping")
def test_a_column_of_the_file_is_no_field(program: Program, mapping: FieldMapping) -> None:
    assert errors(program.get(DEVELOPERS, {"searchKey": "Boss", "searchValue": "x"}))
