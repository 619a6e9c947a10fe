"""Programs download the log: the page's own download, told of in the log as theirs."""

import json
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from activity.models import Entry
from tests.entries import last_entry
from tests.log import downloaded, draft, write
from tests.programs import LOG, Program, errors, problem

CSV, JSONL = f"{LOG}export.csv", f"{LOG}export.jsonl"


@pytest.mark.parametrize("query", [{"type": "TEAM"}, {"q": "payments"}, {"from": "2026-03-01", "to": "2026-03-01"}])
def test_it_is_what_the_page_gives(program: Program, admin: Client, account: Account, query: dict[str, str]) -> None:
    write(*(draft(account, object_id=str(number), object_name="=Payments") for number in range(3)))
    ours, theirs = program.get(CSV, query), admin.get("/a/acme/activity/export.csv", query)
    assert downloaded(ours) == downloaded(theirs)
    assert ours["Content-Disposition"] == theirs["Content-Disposition"]


def test_lines_of_json_are_the_entries(program: Program, account: Account) -> None:
    made = write(draft(account, changes={"Name": {"after": "Ü"}}), draft(account))
    response = program.get(JSONL, {"type": "TEAM"})
    found = [json.loads(line) for line in response.getvalue().splitlines()]
    assert [one["seq"] for one in found] == made[::-1]
    assert found[-1]["changes"] == {"Name": {"after": "Ü"}}


def test_a_download_is_an_entry_of_the_key(program: Program, account: Account, sei_admin: Any) -> None:
    program.get(JSONL, {"type": ["TEAM", "KB"]}).getvalue()
    last_entry(
        account,
        type="ACTIVITY_LOG",
        action="EXPORTED",
        actor_kind="api_key",
        actor_email=sei_admin.email,
        actor_name="Jenkins",
        source="API",
        details={"format": "jsonl", "filters": {"type": ["TEAM", "KB"]}},
    )


@pytest.mark.parametrize(
    "query", ["type=TEEM", "type=", "page_size=50", "cursor=x", "order=seq", "after_seq=1", "nope=1"]
)
def test_a_bad_value_gives_nothing_and_is_no_download(program: Program, account: Account, query: str) -> None:
    before = Entry.objects.count()
    ((_index, field, _message),) = errors(program.get(f"{CSV}?{query}"))
    assert field == query.partition("=")[0]
    assert Entry.objects.count() == before


def test_to_ask_without_taking_it_is_refused(program: Program) -> None:
    problem(program.post(CSV), 405)
    assert program.head(CSV).status_code == 405


def test_who_may_not_is_refused_and_that_is_an_entry(service: Program, account: Account) -> None:
    problem(service.get(CSV), 403)
    last_entry(account, action="FAIL", actor_kind="api_key", actor_name="Dashboards", source="API")


def test_a_download_has_its_manifest(program: Program, account: Account) -> None:
    write(draft(account))
    response = program.get(CSV, {"type": "TEAM"})
    content, url = response.getvalue(), response["Link"].split(">")[0].removeprefix("<")
    manifest = program.get(url).json()
    assert manifest["file"]["sha256"] == sha256(content).hexdigest()
    assert manifest["by"] == last_entry(account).actor_email


def test_only_a_download_has_one(program: Program, account: Account) -> None:
    (seq,) = write(draft(account))
    problem(program.get(f"{LOG}entries/{seq}/manifest"), 404)
