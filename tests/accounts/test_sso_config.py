"""The page of an account's single sign-on: who may change it, what it refuses, and what the log says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from django.test import Client

from accounts.models import Account, SsoConfig, User
from accounts.sso.trying import of_discovery
from activity.models import Entry
from tests.accounts.identity_providers import OpenIdProvider, SamlProvider, open_id_provider
from tests.browsing import fill
from tests.entries import entries_of, entry_of, last_entry

PAGE = "/a/acme/sso/"
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'
FIELDS = {
    "protocol": "oidc",
    "domains": "acme.example, @ACME.com",
    "server_url": "https://idp.acme.example",
    "client_id": "sei",
    "new_client_secret": "secret-canary",
    "enabled": "on",
}


@pytest.fixture
def admin(client_of: Callable[[User], Client], account_admin: User) -> Client:
    return client_of(account_admin)


@pytest.fixture(scope="module")
def idp() -> Iterator[OpenIdProvider]:
    with open_id_provider() as provider:
        yield provider


def test_it_is_set_up_and_logged_without_its_secret(admin: Client, account: Account) -> None:
    assert fill(admin, PAGE, **FIELDS).status_code == 302
    config = SsoConfig.objects.get()
    assert (config.domains, config.client_secret) == (["acme.example", "acme.com"], "secret-canary")
    made = entry_of(config, action="CREATED", object_name="OpenID Connect")
    assert made.changes["E-mail domains"]
    kept = f"{list(Entry.objects.values())} {list(SsoConfig.history.values())} {admin.get(PAGE).content.decode()}"
    assert "secret-canary" not in kept


def test_an_empty_secret_keeps_the_stored_one(admin: Client) -> None:
    fill(admin, PAGE, **FIELDS)
    fill(admin, PAGE, client_id="sei-2")
    config = SsoConfig.objects.get()
    assert (config.client_id, config.client_secret) == ("sei-2", "secret-canary")
    assert list(entry_of(config, action="EDITED").changes) == ["Client ID"]


def test_a_new_secret_is_said_to_be_new(admin: Client) -> None:
    fill(admin, PAGE, **FIELDS)
    fill(admin, PAGE, new_client_secret="another-canary")
    made = entry_of(SsoConfig.objects.get(), action="EDITED")
    assert list(made.changes) == ["Client secret"] and "canary" not in str(made.changes)


def test_saving_it_unchanged_is_no_entry(admin: Client) -> None:
    fill(admin, PAGE, **FIELDS)
    fill(admin, PAGE)
    assert len(entries_of(SsoConfig.objects.get())) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"domains": ""}, "domains"),
        ({"domains": "not a domain, acme.example"}, "domains"),
        ({"domains": "<script>"}, "domains"),
        ({"server_url": ""}, "server_url"),
        ({"server_url": "javascript:alert(1)"}, "server_url"),
        ({"client_id": ""}, "client_id"),
        ({"new_client_secret": ""}, "new_client_secret"),
        ({"protocol": "saml"}, "metadata"),
        ({"protocol": "saml", "metadata": "<x/>"}, "metadata"),
        (
            {"protocol": "saml", "metadata": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'},
            "metadata",
        ),
        ({"protocol": "nope"}, "protocol"),
        ({"enabled": None, "enforced": "on"}, "enforced"),
        ({"new_member_role": "0"}, "new_member_role"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(admin: Client, changed: dict[str, Any], field: str) -> None:
    assert field in fill(admin, PAGE, **{**FIELDS, **changed}).context["form"].errors
    assert not SsoConfig.objects.exists()


def test_a_role_of_another_account_is_not_given(admin: Client, other_account: Account) -> None:
    role = other_account.roles.get(name="Account Admin")
    assert fill(admin, PAGE, **FIELDS, new_member_role=str(role.pk)).context["form"].errors["new_member_role"]


def test_a_domain_belongs_to_one_account(
    admin: Client, client_of: Callable[[User], Client], stranger: User, other_account: Account
) -> None:
    fill(admin, PAGE, **FIELDS)
    errors = fill(client_of(stranger), "/a/globex/sso/", **FIELDS).context["form"].errors
    assert errors["domains"] == ["Another account has acme.com, acme.example."]


@pytest.mark.parametrize(("person", "sees"), [("sei_admin", True), ("account_viewer", True), ("sei_viewer", False)])
def test_others_see_it_at_most(
    admin: Client, client_of: Callable[[User], Client], request: pytest.FixtureRequest, person: str, sees: bool
) -> None:
    fill(admin, PAGE, **FIELDS)
    client = client_of(request.getfixturevalue(person))
    assert client.get(PAGE).status_code == (200 if sees else 403)
    for url in (PAGE, f"{PAGE}test/", f"{PAGE}delete/"):
        assert client.post(url, FIELDS).status_code == 403
    assert SsoConfig.objects.exists()


def test_a_provider_that_is_there_passes_the_test(admin: Client, account: Account, idp: OpenIdProvider) -> None:
    config = idp.config(account)
    assert "is there, and says all" in admin.post(f"{PAGE}test/", follow=True).content.decode()
    last_entry(account, type="SSO_CONFIG", action="SUCCESS", object_id=str(config.pk), summary="Tested single sign-on")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost:9", "gives no answer"),
        ("{idp}/nowhere", "gives no answer"),
    ],
)
def test_one_that_is_not_says_what_is_wrong(
    admin: Client, account: Account, idp: OpenIdProvider, url: str, words: str
) -> None:
    idp.config(account, server_url=url.format(idp=idp.url))
    admin.post(f"{PAGE}test/")
    failed = last_entry(account, type="SSO_CONFIG", action="FAIL", summary="Tested single sign-on, which failed")
    assert words in str(failed.details)


@pytest.mark.parametrize(
    "changed", [{"issuer": "https://evil.example"}, {"token_endpoint": "javascript:x"}, {"jwks_uri": 5}]
)
def test_a_discovery_that_is_not_what_it_should_be(idp: OpenIdProvider, account: Account, changed: Any) -> None:
    config = idp.config(account)
    good = requests.get(f"{idp.url}/.well-known/openid-configuration", timeout=5).json()
    assert list(of_discovery(config, good)) == []
    assert len(list(of_discovery(config, {**good, **changed}))) == 1
    assert len(list(of_discovery(config, {}))) == 5


def test_metadata_pass_the_test_too(admin: Client, account: Account) -> None:
    SamlProvider().config(account)
    admin.post(f"{PAGE}test/")
    last_entry(account, type="SSO_CONFIG", action="SUCCESS", object_name="SAML 2.0")


def test_it_is_deleted(admin: Client, account: Account) -> None:
    fill(admin, PAGE, **FIELDS)
    config = SsoConfig.objects.get()
    assert admin.get(f"{PAGE}delete/").status_code == 200
    admin.post(f"{PAGE}delete/")
    last_entry(account, type="SSO_CONFIG", action="DELETED", object_id=str(config.pk))
    assert admin.post(f"{PAGE}delete/").status_code == 404
