"""The API's door: who gets in, for which account, how often; and how it says no."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from accounts.api.base import ApiView
from accounts.models import Account, ApiKey, RoleBinding, User
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.entries import last_entry
from tests.programs import ENTRIES, LOG, Program, errors, key, problem, seqs

TESTS = Actor.system("tests")


@pytest.fixture
def jenkins(sei_admin: User) -> ApiKey:
    return key(sei_admin)


@pytest.mark.parametrize("header", ["X-Api-Key: {}", "Authorization: ApiKey {}", "Authorization: apikey {}"])
def test_a_key_in_either_header_lets_in(jenkins: ApiKey, header: str) -> None:
    name, _colon, value = header.format(jenkins.text).partition(": ")
    assert seqs(Client().get(ENTRIES, headers={name: value}))


@pytest.mark.parametrize("path", [ENTRIES, f"{ENTRIES}/1", f"{LOG}export.csv", f"{LOG}catalog"])
def test_nobody_gets_in_without_a_key(account: Account, path: str) -> None:
    response = Program().get(path)
    assert problem(response, 401)["detail"] == "Authentication credentials were not provided."
    assert response["WWW-Authenticate"].startswith("ApiKey")


def test_a_key_that_does_not_work_is_refused_even_with_a_session(client_of: Any, jenkins: ApiKey) -> None:
    client = client_of(jenkins.owner)
    assert seqs(client.get(ENTRIES))
    for headers in ({"X-Api-Key": "sei_nope"}, {"X-Api-Key": ""}, {"Authorization": f"ApiKey {jenkins.text}x"}):
        assert "doesn't work" in problem(client.get(ENTRIES, headers=headers), 401)["detail"]


def test_a_key_on_a_page_is_nobody(jenkins: ApiKey) -> None:
    response = Client(headers={"X-Api-Key": jenkins.text}).get("/a/acme/activity/")
    assert response.status_code == 302


def test_what_the_role_lacks_is_refused_by_name(sei_admin: User) -> None:
    program = Program(key(sei_admin, "SEI Ingestion"))
    assert problem(program.get(ENTRIES), 403)["detail"] == "This takes the capability activity.view."
    assert program.get(f"{LOG}catalog").status_code == 200


def test_a_key_knows_its_account(jenkins: ApiKey, other_account: Account) -> None:
    program = Program(jenkins)
    assert seqs(program.get(ENTRIES)) == seqs(program.get(ENTRIES, {"account": "acme"}))
    problem(program.get(ENTRIES, {"account": "globex"}), 404)
    problem(program.get(f"{ENTRIES}?account=acme&account=acme"), 400)


def test_a_member_of_several_accounts_says_which(client_of: Any, sei_admin: User, other_account: Account) -> None:
    client = client_of(sei_admin)
    assert client.get(ENTRIES).status_code == 200
    with recording(TESTS):
        role = other_account.roles.get(name="SEI Admin")
        RoleBinding.objects.create(account=other_account, user=sei_admin, role=role)
    assert errors(client.get(ENTRIES)) == [(None, "account", "You have several accounts: say which.")]
    assert {entry["account_id"] for entry in client.get(ENTRIES, {"account": "globex"}).json()["results"]} == {
        other_account.pk
    }
    problem(client.get(ENTRIES, {"account": "nope"}), 404)


def test_a_member_of_no_account_finds_nothing(client_of: Any, db: None) -> None:
    with recording(TESTS):
        nobody = User.objects.create_user("nobody@example.org")
    problem(client_of(nobody).get(ENTRIES), 404)


def test_a_session_needs_the_csrf_token_to_write(client_of: Any, sei_admin: User) -> None:
    client = client_of(sei_admin)
    assert client.post(ENTRIES, '{"type": "KB", "action": "SENT"}', "application/json").status_code == 201
    client.handler.enforce_csrf_checks = True
    refused = client.post(ENTRIES, '{"type": "KB", "action": "SENT"}', "application/json")
    assert "CSRF" in problem(refused, 403)["detail"]
    assert Entry.objects.filter(type="KB").count() == 1


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(jenkins: ApiKey, method: str) -> None:
    response = getattr(Program(jenkins), method)(f"{ENTRIES}/1")
    problem(response, 405)
    assert "GET" in response["Allow"]


def test_head_is_a_get_without_content(jenkins: ApiKey) -> None:
    response = Program(jenkins).head(ENTRIES)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", ["/api/v1/nope", f"{ENTRIES}/", "/v2/nope", f"{ENTRIES}/x"])
def test_what_is_not_there_is_a_problem_too(jenkins: ApiKey, path: str) -> None:
    problem(Program(jenkins).get(path), 404)


def test_whatever_is_accepted_the_answer_is_json(jenkins: ApiKey) -> None:
    for accept in ("text/html", "application/xml", "nonsense", "*/*"):
        response = Program(jenkins).get(ENTRIES, headers={"Accept": accept})
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_the_language_is_the_same_for_every_program(jenkins: ApiKey) -> None:
    response = Program(jenkins).get(ENTRIES, {"type": "TEEM"}, headers={"Accept-Language": "de"})
    assert errors(response) == [(None, "type", "“TEEM” is not one of the values there are.")]
    assert response["Content-Language"] == "en"


def test_answers_are_kept_nowhere(jenkins: ApiKey) -> None:
    program = Program(jenkins)
    for response in (program.get(ENTRIES), program.get(f"{LOG}nope"), Program().get(ENTRIES)):
        assert response["Cache-Control"] == "private, no-store"


def test_too_many_requests_are_told_when_to_go_on(jenkins: ApiKey, sei_admin: User, settings: Any) -> None:
    settings.API_RATE = 1
    program = Program(jenkins)
    # A minute may end between two of them, but not twice.
    answers = [program.get(f"{LOG}catalog") for _ in range(3)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused["Retry-After"]) <= 60
    problem(refused, 429)
    assert Program(key(sei_admin, name="Another")).get(f"{LOG}catalog").status_code == 200


def test_a_request_that_is_refused_counts_as_well(sei_admin: User, settings: Any) -> None:
    settings.API_RATE = 1
    program = Program(key(sei_admin, "SEI Ingestion"))
    assert 429 in [program.get(f"{LOG}export.csv").status_code for _ in range(3)]
    assert Entry.objects.filter(type="ACTIVITY_LOG", action="FAIL").count() <= 2


def test_without_a_rate_there_is_no_limit(jenkins: ApiKey, settings: Any) -> None:
    settings.API_RATE = 0
    assert {Program(jenkins).get(f"{LOG}catalog").status_code for _ in range(5)} == {200}


def test_an_error_of_ours_shows_nothing_of_the_inside(
    jenkins: ApiKey, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("activity.api.entries.catalog", lambda: 1 / 0)
    program = Program(jenkins, raise_request_exception=False)
    assert problem(program.get(f"{LOG}catalog"), 500)["detail"] == "Something went wrong here. Nothing was changed."


def test_a_view_without_a_need_is_not_let_out() -> None:
    class Open(ApiView):
        def get(self, request: Any) -> None: ...

    with pytest.raises(ImproperlyConfigured, match="must name a capability"):
        Open.as_view()


def test_the_key_is_named_in_the_log(jenkins: ApiKey, account: Account) -> None:
    Program(jenkins).get(f"{LOG}export.csv").getvalue()
    last_entry(account, action="EXPORTED", actor_kind="api_key", actor_id=str(jenkins.pk), source="API")
    Program(key(jenkins.owner, "SEI Ingestion", "Other")).get(f"{LOG}export.csv")
    last_entry(account, action="FAIL", actor_kind="api_key", actor_name="Other", source="API")


def test_a_key_that_was_revoked_is_refused_and_told_of_once_a_minute(jenkins: ApiKey, account: Account) -> None:
    with recording(Actor.system("tests")):
        jenkins.revoked_at = timezone.now()
        jenkins.save()
    before = Entry.objects.count()
    assert [Program(jenkins).get(ENTRIES).status_code for _ in range(3)] == [401] * 3
    entry = Entry.objects.latest("seq")
    assert Entry.objects.count() == before + 1
    assert (entry.type, entry.action, entry.actor_kind, entry.actor_name) == (
        "USER_LOGIN",
        "FAIL",
        "api_key",
        "Jenkins",
    )
    assert entry.details == {"reason": "it is revoked", "key": jenkins.shown}
    assert (entry.source, entry.summary, entry.object_name) == ("API", "Failed to sign in", jenkins.owner.email)


def test_who_guesses_at_keys_fills_no_log(jenkins: ApiKey) -> None:
    before = Entry.objects.count()
    for text in (jenkins.text[:-1] + "_", jenkins.text[:-1] + ("a" if jenkins.text[-1] != "a" else "b"), "sei_x"):
        assert Client().get(ENTRIES, headers={"X-Api-Key": text}).status_code == 401
    assert Entry.objects.count() == before
