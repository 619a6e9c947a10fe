"""Deleting developers by SEI's API: one batch, or nothing."""

from typing import Any

import pytest

from accounts.models import Account, User
from activity.integrity import first_break
from activity.models import Entry
from tests.entries import entry_of
from tests.programs import Program, errors, key, problem
from tests.tracked_objects.api.v2 import DEVELOPERS, body, samples, send, wrong
from tests.tracked_objects.uploading import parent_of, state
from tracked_objects.models import Developer, Team


def delete(program: Program, *emails: Any) -> Any:
    return send(program, "DELETE", DEVELOPERS, {"emails": list(emails)})


def test_they_go_as_one_batch(
    program: Program, account: Account, ada: Developer, ben: Developer, cleo: Developer
) -> None:
    assert body(delete(program, "ADA.park@acme.example", ben.email)) == {
        "status": "SUCCESS",
        "deleted": 2,
        "warnings": [],
    }
    assert [str(person) for person in Developer.objects.all()] == ["Cleo Berg"]
    parent = parent_of(account)
    assert (parent.summary, parent.source, parent.actor_kind) == ("Developer batch of 2: 2 deleted", "API", "api_key")
    assert Entry.objects.filter(account=account, parent_seq=parent.seq, action="DELETED").count() == 2
    assert first_break(account.pk) is None


def test_teams_lose_them(program: Program, team: Team, ben: Developer) -> None:
    body(delete(program, ben.email))
    assert not team.members.exists()
    entry_of(team, action="EDITED", actor_kind="api_key")


def test_emails_that_nobody_has_are_told(program: Program, ben: Developer) -> None:
    answer = body(delete(program, "zoe@acme.example", ben.email))
    assert answer["deleted"] == 1
    (warning,) = answer["warnings"]
    assert (warning["errorType"], warning["errorDeveloperCount"]) == ("UNKNOWN_EMAIL", 1)
    assert warning["sampleErrorDevelopers"] == [{"email": "zoe@acme.example", "_row": 1}]


def test_nobody_at_all_is_a_mistake(program: Program, account: Account, ben: Developer) -> None:
    before = state(account)
    assert wrong(delete(program, "zoe@acme.example")) == [("UNKNOWN_EMAIL", "email", 1)]
    body(delete(program, ben.email))
    assert wrong(delete(program, ben.email)) == [("UNKNOWN_EMAIL", "email", 1)]
    assert state(account) != before


def test_a_manager_stays_while_somebody_reports_to_them(
    program: Program, account: Account, ada: Developer, ben: Developer, cleo: Developer
) -> None:
    before = state(account)
    answer = delete(program, ada.email, cleo.email)
    assert wrong(answer) == [("MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS", "manager_email", 1)]
    note = "Ben Ito (ben.ito@acme.example) reports to ada.park@acme.example."
    assert samples(answer) == [{"email": ben.email, "_note": note}]
    assert state(account) == before


def test_the_same_twice_and_blanks_are_refused(program: Program, account: Account, ben: Developer) -> None:
    before = state(account)
    found = [("REQUIRED_VALUE_MISSING", "email", 1), ("DUPLICATE_EMAIL", "email", 1)]
    assert wrong(delete(program, ben.email, ben.email.upper(), " ")) == found
    assert state(account) == before


@pytest.mark.parametrize("sent", [{}, [], {"emails": []}, {"emails": "x"}, {"emails": ["x"], "all": True}, None, b"{"])
def test_what_cant_be_understood_is_refused(program: Program, account: Account, ben: Developer, sent: Any) -> None:
    before = state(account)
    problem(send(program, "DELETE", DEVELOPERS, sent))
    assert state(account) == before


def test_only_text_is_an_email(program: Program) -> None:
    assert [index for index, _field, _message in errors(delete(program, 7, "x", None, "\0", "\ud800"))] == [0, 3, 4]


def test_those_of_another_account_are_nobody(
    program: Program, outsider: Developer, stranger: User, ben: Developer
) -> None:
    assert wrong(delete(program, outsider.email)) == [("UNKNOWN_EMAIL", "email", 1)]
    wrong(delete(Program(key(stranger, slug="globex")), ben.email))
    assert Developer.objects.count() == 3


def test_it_takes_the_capability(sei_admin: User, account_viewer: User, ben: Developer) -> None:
    for limited in (Program(key(sei_admin, "Read only", "Reader")), Program(key(account_viewer, name="Viewer"))):
        problem(delete(limited, ben.email), 403)
