"""Authenticator apps and recovery codes. Passkeys take a browser: tests/sei_audit/test_sign_in_in_browser.py."""

import json
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import Account, User
from activity.models import Entry
from tests.accounts.second_factors import SECOND, SECURITY, add_app, code, confirm, first_step
from tests.entries import entries_of, entry_of, last_entry

ClientOf = Callable[[User], Client]


@pytest.fixture
def member(client_of: ClientOf, sei_admin: User) -> Client:
    return client_of(sei_admin)


def test_a_page_that_changes_factors_asks_first_who_it_is(member: Client, password: str) -> None:
    answer = member.get(f"{SECURITY}app/")
    assert answer["Location"] == "/accounts/own/confirm/?next=%2Faccounts%2Fown%2Fsecurity%2Fapp%2F"
    assert member.post(answer["Location"], {"password": password})["Location"] == f"{SECURITY}app/"


def test_a_wrong_password_there_is_a_refused_sign_in(member: Client, account: Account) -> None:
    assert "This password is wrong." in member.post("/accounts/own/confirm/", {"password": "no"}).content.decode()
    assert last_entry(account, type="USER_LOGIN", action="FAIL").details == {"reason": "wrong password"}


def test_an_app_and_its_recovery_codes_are_one_entry_without_secrets(
    member: Client, sei_admin: User, password: str
) -> None:
    secret = add_app(member, password)
    made = entry_of(sei_admin, action="EDITED", summary="Added an authenticator app; made recovery codes")
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and secret not in str(vars(made))


def test_the_code_is_asked_for_after_the_password(
    member: Client, sei_admin: User, password: str, account: Account
) -> None:
    secret, client = add_app(member, password), Client()
    first_step(client, sei_admin.email, password)
    assert client.get("/").status_code == 302
    assert not Entry.objects.filter(type="USER_LOGIN", action="SUCCESS").exists()
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/"
    assert last_entry(account, type="USER_LOGIN", action="SUCCESS").details == {"by": ["password", "totp"]}


def test_a_wrong_code_is_a_refused_sign_in(member: Client, sei_admin: User, password: str, account: Account) -> None:
    add_app(member, password)
    client = Client()
    first_step(client, sei_admin.email, password)
    assert "This code is wrong" in client.post(SECOND, {"code": "000000"}).content.decode()
    refused = last_entry(account, type="USER_LOGIN", action="FAIL", actor_email=sei_admin.email)
    assert refused.details == {"reason": "wrong code"}
    assert "000000" not in str(vars(refused))


def test_a_code_works_once(member: Client, sei_admin: User, password: str) -> None:
    used = code(add_app(member, password))
    for expected in (302, 200):
        client = Client()
        first_step(client, sei_admin.email, password)
        assert client.post(SECOND, {"code": used}).status_code == expected


def test_codes_are_not_guessed(member: Client, sei_admin: User, password: str, account: Account) -> None:
    secret, client = add_app(member, password), Client()
    first_step(client, sei_admin.email, password)
    for _ in range(5):
        client.post(SECOND, {"code": "000000"})
    assert client.post(SECOND, {"code": code(secret)}).status_code == 200
    assert last_entry(account, type="USER_LOGIN", action="FAIL").details == {"reason": "too many tries"}


def test_a_recovery_code_stands_in_once(member: Client, sei_admin: User, password: str, account: Account) -> None:
    add_app(member, password)
    recovery = member.get(f"{SECURITY}codes/").context["unused_codes"][0]
    for expected in (302, 200):
        client = Client()
        first_step(client, sei_admin.email, password)
        assert client.post(SECOND, {"code": recovery}).status_code == expected
    assert recovery not in member.get(f"{SECURITY}codes/download/").content.decode()


def test_new_recovery_codes_replace_the_old_ones(member: Client, sei_admin: User, password: str) -> None:
    add_app(member, password)
    before = member.get(f"{SECURITY}codes/").context["unused_codes"]
    member.post(f"{SECURITY}codes/new/")
    assert not set(before) & set(member.get(f"{SECURITY}codes/").context["unused_codes"])
    entry_of(sei_admin, action="EDITED", summary="Made recovery codes")


def test_without_the_app_the_password_alone_lets_in(member: Client, sei_admin: User, password: str) -> None:
    add_app(member, password)
    member.post(f"{SECURITY}app/remove/")
    entry_of(sei_admin, action="EDITED", summary="Removed an authenticator app")
    assert not Authenticator.objects.exists()
    answer = Client().post("/accounts/login/", {"login": sei_admin.email, "password": password})
    assert answer["Location"] == "/"


def test_sending_it_twice_adds_one(member: Client, sei_admin: User, password: str) -> None:
    secret = add_app(member, password)
    assert member.post(f"{SECURITY}app/", {"code": code(secret)}).status_code == 302
    assert len([made for made in entries_of(sei_admin) if made.action == "EDITED"]) == 1


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", "7", '"x"', '{"id": 1}', '{"response": {"userHandle": 5}}'])
@pytest.mark.parametrize(
    "url", ["/accounts/login/passkey/", f"{SECURITY}passkeys/new/", "/accounts/own/confirm/passkey/"]
)
def test_no_browser_made_this_passkey(member: Client, password: str, url: str, sent: str) -> None:
    confirm(member, password)
    client = Client() if "login" in url else member
    assert client.post(url, {"credential": sent, "name": "x"}).status_code in {200, 302}
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", '{"id": "AA", "response": {}}'])
def test_no_browser_made_this_second_step(member: Client, sei_admin: User, password: str, sent: str) -> None:
    add_app(member, password)
    client = Client()
    first_step(client, sei_admin.email, password)
    assert client.post(SECOND, {"credential": sent}).status_code == 200
    assert client.get("/").status_code == 302


def test_the_second_step_is_nothing_without_the_first(client: Client, db: None) -> None:
    assert client.get(SECOND)["Location"] == "/accounts/login/"
    assert client.post(SECOND, {"code": "123456"})["Location"] == "/accounts/login/"


@pytest.mark.parametrize(
    "page", ["app/remove/", "codes/", "codes/new/", "codes/download/", "passkeys/1/", "passkeys/1/remove/"]
)
def test_factors_that_are_not_there_are_not_shown(member: Client, password: str, page: str) -> None:
    confirm(member, password)
    assert member.get(f"{SECURITY}{page}").status_code in {200, 404}
    assert member.post(f"{SECURITY}{page}").status_code in {200, 404, 405}


def test_what_was_typed_is_sent_after_the_second_step(
    member: Client, sei_admin: User, password: str, account: Account
) -> None:
    secret, client = add_app(member, password), Client()
    sealed = client.post("/a/acme/org-trees/new/", {"name": "Kept"}).context["unsent"]
    first_step(client, sei_admin.email, password, unsent=sealed)
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/accounts/unsent/"
    assert dict(client.get("/accounts/unsent/").context["unsent"].pairs) == {"name": "Kept"}


def test_what_was_typed_waits_for_nobody_else(
    member: Client, sei_admin: User, account_admin: User, password: str
) -> None:
    add_app(member, password)
    client = Client()
    sealed = client.post("/a/acme/org-trees/new/", {"name": "Kept"}).context["unsent"]
    first_step(client, sei_admin.email, password, unsent=sealed)
    client.post("/accounts/logout/")
    assert client.post("/accounts/login/", {"login": account_admin.email, "password": password})["Location"] == "/"
