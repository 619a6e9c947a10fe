"""Signing in by SAML: answers that an identity provider has signed, and all that may be wrong with them."""

import base64
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, SsoConfig, User
from tests.accounts.identity_providers import SamlProvider
from tests.entries import last_entry

PAST = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def idp() -> SamlProvider:
    return SamlProvider()


@pytest.fixture
def sso(idp: SamlProvider, account: Account) -> SsoConfig:
    return idp.config(account)


def sign_in(idp: SamlProvider, client: Client, **facts: str) -> Any:
    return idp.deliver(client, idp.answer(**{"asked": idp.asked(client, "acme"), **facts}))


def test_a_member_gets_in(client: Client, idp: SamlProvider, sso: SsoConfig, sei_admin: User, account: Account) -> None:
    assert sign_in(idp, client, email=sei_admin.email)["Location"] == "/a/acme/"
    assert client.get("/a/acme/activity/").status_code == 200
    last_entry(account, type="USER_LOGIN", action="SUCCESS", actor_email=sei_admin.email, ip_address="127.0.0.1")


def test_the_session_is_confined(client: Client, idp: SamlProvider, sso: SsoConfig, sei_admin: User) -> None:
    sign_in(idp, client, email=sei_admin.email)
    assert client.get("/accounts/own/").status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"until": PAST},
        {"audience": "https://another.example/"},
        {"acs": "https://another.example/acs/"},
        {"issuer": "https://another.example"},
        {"asked": "another-question"},
        {"email": "sei-admin@globex.example"},
        {"email": "stranger@acme.example"},
        {"email": ""},
    ],
)
def test_what_is_not_for_here_and_now_is_refused(
    client: Client, idp: SamlProvider, sso: SsoConfig, sei_admin: User, changed: dict[str, str]
) -> None:
    assert sign_in(idp, client, **{"email": sei_admin.email, **changed}).status_code == 403
    assert client.get("/").status_code == 302


def test_a_signature_of_another_key_is_refused(
    client: Client, idp: SamlProvider, sso: SsoConfig, sei_admin: User
) -> None:
    asked = idp.asked(client, "acme")
    assert idp.deliver(client, SamlProvider().answer(asked=asked, email=sei_admin.email)).status_code == 403


def test_an_answer_that_was_changed_is_refused(
    client: Client, idp: SamlProvider, sso: SsoConfig, sei_admin: User
) -> None:
    signed = base64.b64decode(idp.answer(asked=idp.asked(client, "acme"), email="nobody@acme.example"))
    forged = base64.b64encode(signed.replace(b"nobody@acme.example", sei_admin.email.encode())).decode()
    assert idp.deliver(client, forged).status_code == 403


def test_an_answer_counts_once_and_in_its_own_browser(
    client: Client, idp: SamlProvider, sso: SsoConfig, sei_admin: User
) -> None:
    answer = idp.answer(asked=idp.asked(client, "acme"), email=sei_admin.email)
    assert idp.deliver(Client(), answer).status_code == 403
    assert idp.deliver(client, answer).status_code == 302
    assert idp.deliver(client, answer).status_code == 403


@pytest.mark.parametrize("answer", ["", "!", "PHg+", "PG5vPjwvbm8+", "x" * 300_000])
def test_what_is_no_answer_is_refused(client: Client, idp: SamlProvider, sso: SsoConfig, answer: str) -> None:
    idp.asked(client, "acme")
    assert idp.deliver(client, answer).status_code in {403, 404}


def test_nobody_asked(client: Client, idp: SamlProvider, sso: SsoConfig, sei_admin: User) -> None:
    assert idp.deliver(client, idp.answer(email=sei_admin.email)).status_code == 403
    assert client.get("/accounts/sso/acme/acs/finish/").status_code == 403


def test_an_answer_to_another_account_is_refused(
    client: Client, idp: SamlProvider, sso: SsoConfig, other_account: Account, sei_admin: User
) -> None:
    idp.config(other_account, domains=["acme2.example"])
    answer = idp.answer(asked=idp.asked(client, "acme"), email=sei_admin.email)
    assert idp.deliver(client, answer, "globex").status_code == 403


def test_it_says_what_the_identity_provider_has_to_know(client: Client, sso: SsoConfig) -> None:
    said = client.get("/accounts/sso/acme/metadata/").content.decode()
    assert 'entityID="http://testserver/accounts/sso/acme/metadata/"' in said
    assert 'Location="http://testserver/accounts/sso/acme/acs/"' in said
