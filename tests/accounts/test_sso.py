"""Signing in through an account's own OpenID provider: a real one, which runs beside the tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, RoleBinding, SsoConfig, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.accounts.identity_providers import OpenIdProvider, open_id_provider
from tests.accounts.second_factors import SECOND, add_app, code
from tests.entries import entry_of, last_entry
from tests.programs import Program, key

START, LOGIN = "/accounts/sso/", "/accounts/login/"
ClientOf = Callable[[User], Client]


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIdProvider]:
    with open_id_provider() as provider:
        yield provider


@pytest.fixture
def idp(running: OpenIdProvider) -> OpenIdProvider:
    return running


@pytest.fixture
def sso(idp: OpenIdProvider, account: Account) -> SsoConfig:
    """Acme's single sign-on, which members may use."""
    return idp.config(account)


@pytest.fixture
def enforced(idp: OpenIdProvider, account: Account) -> SsoConfig:
    """Acme's single sign-on, which members have to use."""
    return idp.config(account, enforced=True)


@pytest.fixture
def both(sei_admin: User, other_account: Account) -> User:
    """A member of Acme and of Globex, an admin there."""
    with recording(Actor.system("tests")):
        return add_member(other_account, sei_admin.email, "Account Admin")


def through(idp: OpenIdProvider, user: User, client: Client | None = None, **start: str) -> Client:
    """Somebody who has signed in through Acme's provider."""
    client = client or Client()
    answer = idp.sign_in(client, "acme", idp.knows(email=user.email, email_verified=True), **start)
    assert answer.status_code == 302, answer.content.decode()
    return client


def password_sign_in(user: User, password: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(LOGIN, {"login": user.email, "password": password}, follow=True)


def test_the_domain_of_an_email_says_where_to_go(client: Client, sso: SsoConfig) -> None:
    assert "Continue with SSO" in client.get(LOGIN).content.decode()
    page = client.post(START, {"email": "Ada@ACME.example", "next": "/a/acme/teams/"})
    assert page.context["url"] == "/accounts/sso/acme/?next=%2Fa%2Facme%2Fteams%2F"


def test_other_addresses_are_told_to_use_their_password(client: Client, sso: SsoConfig) -> None:
    errors = client.post(START, {"email": "ada@globex.example"}).context["form"].errors
    assert errors == {"email": ["No account here has single sign-on for this address. Use your password."]}


def test_without_any_the_sign_in_page_offers_none(client: Client, account: Account) -> None:
    assert "SSO" not in client.get(LOGIN).content.decode()


def test_a_member_gets_in(idp: OpenIdProvider, sso: SsoConfig, sei_admin: User, account: Account) -> None:
    assert through(idp, sei_admin).get("/a/acme/activity/").status_code == 200
    made = last_entry(account, type="USER_LOGIN", action="SUCCESS", actor_email=sei_admin.email, ip_address="127.0.0.1")
    assert made.details == {"by": ["sso"]}


def test_they_come_to_the_page_they_wanted(idp: OpenIdProvider, sso: SsoConfig, sei_admin: User) -> None:
    client, subject = Client(), idp.knows(email=sei_admin.email)
    assert idp.sign_in(client, "acme", subject, next="/a/acme/teams/")["Location"] == "/a/acme/teams/"
    assert idp.sign_in(Client(), "acme", subject, next="https://evil.example/")["Location"] == "/a/acme/"


def test_the_second_factor_is_asked_for_all_the_same(
    idp: OpenIdProvider, sso: SsoConfig, sei_admin: User, client_of: ClientOf, password: str
) -> None:
    secret, client = add_app(client_of(sei_admin), password), Client()
    assert idp.sign_in(client, "acme", idp.knows(email=sei_admin.email))["Location"] == SECOND
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/a/acme/"
    assert client.get("/accounts/own/").status_code == 403


def refused(idp: OpenIdProvider, account: str, subject: str) -> str:
    client = Client()
    answer = idp.sign_in(client, account, subject)
    assert (answer.status_code, client.get("/").status_code) == (403, 302)
    return str(answer.content.decode())


def test_a_stranger_does_not(idp: OpenIdProvider, sso: SsoConfig) -> None:
    assert "You are not a member of this account" in refused(idp, "acme", idp.knows(email="new@acme.example"))
    assert not User.objects.filter(email="new@acme.example").exists()


def test_a_member_of_another_account_does_not(idp: OpenIdProvider, account: Account, stranger: User) -> None:
    """Whoever runs Acme's provider may say anything, even that they are an admin of Globex."""
    idp.config(account, domains=["globex.example"])
    assert "You are not a member" in refused(idp, "acme", idp.knows(email=stranger.email))


def test_an_email_of_another_domain_is_not_believed(idp: OpenIdProvider, account: Account, sei_admin: User) -> None:
    idp.config(account, domains=["acme.com"])
    assert "not this account" in refused(idp, "acme", idp.knows(email=sei_admin.email)).replace("&#x27;", "'")
    last_entry(account, type="USER_LOGIN", action="FAIL", actor_email=sei_admin.email)


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "false"}])
def test_an_email_that_is_not_confirmed_is_not_believed(
    idp: OpenIdProvider, sso: SsoConfig, sei_admin: User, claims: dict[str, Any], account: Account
) -> None:
    assert "is not confirmed" in refused(idp, "acme", idp.knows(email=sei_admin.email, **claims))
    refusal = last_entry(account, type="USER_LOGIN", action="FAIL").details
    assert refusal == {"reason": "single sign-on with an unconfirmed e-mail"}


def test_without_an_email_nobody_is_named(idp: OpenIdProvider, sso: SsoConfig) -> None:
    refused(idp, "acme", idp.knows(name="Nobody"))


def test_a_deactivated_member_stays_out(idp: OpenIdProvider, sso: SsoConfig, sei_admin: User) -> None:
    with recording(Actor.system("tests")):
        sei_admin.is_active = False
        sei_admin.save()
    client = Client()
    assert idp.sign_in(client, "acme", idp.knows(email=sei_admin.email))["Location"] == LOGIN
    assert client.get("/").status_code == 302


def test_new_members_get_the_role_that_the_config_gives(
    idp: OpenIdProvider, account: Account, other_account: Account
) -> None:
    idp.config(account, new_member_role=account.roles.get(name="SEI Viewer"))
    client = Client()
    idp.sign_in(client, "acme", idp.knows(email="New@acme.example", name="New Person"))
    user = User.objects.get(email="new@acme.example")
    assert (user.name, user.has_usable_password(), [str(b.role) for b in user.bindings.all()]) == (
        "New Person",
        False,
        ["SEI Viewer"],
    )
    assert client.get("/a/acme/", follow=True).status_code == 200
    entry_of(user, action="CREATED", actor_email="new@acme.example", source="UI")
    assert Entry.objects.filter(type="ROLE", action="CREATED", actor_email="new@acme.example").count() == 1


def test_an_answer_counts_once_and_in_its_own_browser(idp: OpenIdProvider, sso: SsoConfig, sei_admin: User) -> None:
    client = Client()
    back = idp.way_back(client, "acme", idp.knows(email=sei_admin.email))
    assert Client().get(back).status_code == 403
    assert [client.get(back).status_code for _ in range(2)] == [302, 403]


def test_an_answer_for_one_account_is_none_for_another(
    idp: OpenIdProvider, sso: SsoConfig, both: User, other_account: Account
) -> None:
    idp.config(other_account, domains=["acme2.example"])
    client = Client()
    back = idp.way_back(client, "acme", idp.knows(email=both.email))
    assert client.get(back.replace("/sso/acme/", "/sso/globex/")).status_code == 403


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=y", "?error=access_denied", "?error=server_error"])
def test_an_answer_that_was_made_up_is_refused(client: Client, sso: SsoConfig, query: str) -> None:
    assert client.get(f"{START}acme/callback/{query}").status_code == 403


def test_a_provider_that_is_not_there_says_so(client: Client, account: Account, idp: OpenIdProvider) -> None:
    idp.config(account, server_url="http://localhost:9/")
    page = client.get(f"{START}acme/")
    assert (page.status_code, "can&#x27;t be used" in page.content.decode()) == (403, True)


def test_what_is_switched_off_is_not_found(client: Client, idp: OpenIdProvider, account: Account) -> None:
    idp.config(account, enabled=False)
    assert client.get(f"{START}acme/").status_code == 404
    assert client.get(f"{START}globex/").status_code == 404


# Whoever runs an account's provider opens that account, and nothing else.


def test_the_session_is_confined_to_the_account(
    idp: OpenIdProvider, sso: SsoConfig, both: User, account: Account, other_account: Account
) -> None:
    client = through(idp, both)
    assert client.get("/a/globex/").status_code == 404
    assert client.get("/")["Location"] == "/a/acme/"
    assert b"Globex" not in client.get("/a/acme/teams/").content
    assert not Entry.objects.filter(account=other_account, type="USER_LOGIN").exists()


@pytest.mark.parametrize(
    "page",
    ["", "password/", "email/", "sessions/", "security/", "security/app/", "confirm/code/"],
)
def test_it_opens_nothing_that_is_their_own(idp: OpenIdProvider, sso: SsoConfig, both: User, page: str) -> None:
    client = through(idp, both)
    for answer in (client.get(f"/accounts/own/{page}"), client.post(f"/accounts/own/{page}", {"name": "Mine"})):
        assert (answer.status_code, "Use your password" in answer.content.decode()) == (403, True)


def test_with_the_password_it_is_their_own(idp: OpenIdProvider, sso: SsoConfig, both: User, password: str) -> None:
    client = through(idp, both)
    client.post("/accounts/own/confirm/", {"password": "wrong"})
    assert client.get("/a/globex/").status_code == 404
    client.post("/accounts/own/confirm/", {"password": password})
    assert client.get("/accounts/own/").status_code == 200
    assert client.get("/a/globex/", follow=True).status_code == 200


def test_the_next_sign_in_is_not_confined(idp: OpenIdProvider, sso: SsoConfig, both: User, password: str) -> None:
    client = through(idp, both)
    client.post("/accounts/logout/")
    client.post(LOGIN, {"login": both.email, "password": password})
    assert client.get("/a/globex/", follow=True).status_code == 200


# Enforced.


def test_then_a_password_opens_nothing(
    enforced: SsoConfig, account_viewer: User, password: str, account: Account
) -> None:
    client, page = password_sign_in(account_viewer, password)
    assert "Your account asks for single sign-on" in page.content.decode()
    assert client.get("/").status_code == 302
    refusal = last_entry(account, type="USER_LOGIN", action="FAIL", actor_email=account_viewer.email)
    assert refusal.details == {"reason": "single sign-on required"}


def test_single_sign_on_opens_it(idp: OpenIdProvider, enforced: SsoConfig, account_viewer: User) -> None:
    assert through(idp, account_viewer).get("/a/acme/activity/").status_code == 200


def test_sessions_from_before_are_closed_at_once(
    idp: OpenIdProvider, account_viewer: User, password: str, account: Account
) -> None:
    client, _page = password_sign_in(account_viewer, password)
    idp.config(account, enforced=True)
    for answer in (client.get("/a/acme/activity/"), client.post("/a/acme/teams/new/", {"name": "x"})):
        assert (answer.status_code, "Single sign-on, please" in answer.content.decode()) == (403, True)
    through(idp, account_viewer, client)
    assert client.get("/a/acme/activity/").status_code == 200


def test_other_accounts_stay_open(
    enforced: SsoConfig, both: User, password: str, account: Account, other_account: Account
) -> None:
    client, _page = password_sign_in(both, password)
    assert client.get("/a/globex/", follow=True).status_code == 200
    assert client.get("/a/acme/").status_code == 403
    last_entry(other_account, type="USER_LOGIN", action="SUCCESS")
    last_entry(account, type="USER_LOGIN", action="FAIL")


def test_who_may_change_the_config_is_never_locked_out(enforced: SsoConfig, account_admin: User, password: str) -> None:
    client, _page = password_sign_in(account_admin, password)
    assert client.get("/a/acme/sso/").status_code == 200


def test_addresses_of_other_domains_use_their_password(
    idp: OpenIdProvider, account: Account, account_viewer: User, password: str
) -> None:
    idp.config(account, enforced=True, domains=["acme.com"])
    client, _page = password_sign_in(account_viewer, password)
    assert client.get("/a/acme/activity/").status_code == 200


def test_nobody_moves_out_of_its_reach_by_another_email(
    idp: OpenIdProvider, enforced: SsoConfig, both: User, password: str
) -> None:
    client, _page = password_sign_in(both, password)
    client.post("/accounts/own/confirm/", {"password": password})
    errors = client.post("/accounts/own/email/", {"email": "me@elsewhere.example"}).context["form"].errors
    assert errors == {"email": ["Acme signs you in by your e-mail, which must stay one of: acme.example."]}


def test_what_was_typed_goes_along(idp: OpenIdProvider, enforced: SsoConfig, sei_admin: User) -> None:
    client = Client()
    sealed = client.post("/a/acme/org-trees/new/", {"name": "Kept"}).context["unsent"]
    client.post(START, {"email": sei_admin.email, "unsent": sealed})
    assert idp.sign_in(client, "acme", idp.knows(email=sei_admin.email))["Location"] == "/accounts/unsent/"


def test_no_binding_is_made_for_members(idp: OpenIdProvider, sso: SsoConfig, sei_admin: User) -> None:
    before = RoleBinding.objects.count()
    through(idp, sei_admin)
    assert RoleBinding.objects.count() == before


# At the API.

ENTRIES = "/api/v1/activity/entries"


def test_the_api_is_closed_to_sessions_that_pages_are_closed_to(
    idp: OpenIdProvider, enforced: SsoConfig, sei_admin: User, account_viewer: User, client_of: ClientOf
) -> None:
    answer = client_of(account_viewer).get(ENTRIES)
    assert (answer.status_code, "single sign-on" in answer.json()["detail"]) == (403, True)
    assert through(idp, account_viewer).get(ENTRIES).status_code == 200
    assert Program(key(sei_admin)).get(ENTRIES).status_code == 200


def test_the_api_is_confined_to_the_account_that_signs_in(
    idp: OpenIdProvider, sso: SsoConfig, both: User, client_of: ClientOf
) -> None:
    client = through(idp, both)
    assert client.get(ENTRIES).status_code == 200
    assert client.get(ENTRIES, {"account": "globex"}).status_code == 404
    assert client_of(both).get(ENTRIES, {"account": "globex"}).status_code == 200
