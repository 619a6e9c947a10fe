"""Signing in and out."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Account, User
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.entries import last_entry

LOGIN = "/accounts/login/"


def test_a_member_signs_in_and_reaches_the_account(client: Client, sei_viewer: User, password: str) -> None:
    response = client.post(LOGIN, {"login": sei_viewer.email.upper(), "password": password}, follow=True)
    assert [url for url, _ in response.redirect_chain] == ["/", "/a/acme/", "/a/acme/members/"]


@pytest.mark.parametrize("email", ["admin@acme.example", "nobody@acme.example"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Client, account: Account, email: str) -> None:
    response = client.post(LOGIN, {"login": email, "password": "wrong password"})
    assert response.status_code == 200
    assert "The email address and/or password you specified are not correct." in response.content.decode()


def test_the_password_does_not_come_back_in_the_page(client: Client, account: Account) -> None:
    response = client.post(LOGIN, {"login": "admin@acme.example", "password": "my other one"})
    assert "my other one" not in response.content.decode()


def test_a_deactivated_member_is_told_so_and_stays_out(client: Client, sei_viewer: User, password: str) -> None:
    with recording(Actor.system("tests")):
        sei_viewer.is_active = False
        sei_viewer.save()
    response = client.post(LOGIN, {"login": sei_viewer.email, "password": password}, follow=True)
    assert "This account is currently inactive." in response.content.decode()
    assert not response.context["user"].is_authenticated


@pytest.mark.parametrize("target", ["/a/acme/", "/?x=1"])
def test_next_leads_on_within_this_site(client: Client, account_admin: User, password: str, target: str) -> None:
    response = client.post(LOGIN, {"login": account_admin.email, "password": password, "next": target})
    assert response["Location"] == target


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_next_leads_nowhere_else(client: Client, account_admin: User, password: str, target: str) -> None:
    response = client.post(LOGIN, {"login": account_admin.email, "password": password, "next": target})
    assert response["Location"] == "/"


def test_who_is_signed_in_already_is_sent_on(client_of: Callable[[User], Client], sei_viewer: User) -> None:
    assert client_of(sei_viewer).get(LOGIN)["Location"] == "/"


def test_a_page_asks_to_sign_in_first_and_comes_back(client: Client, account: Account) -> None:
    assert client.get("/a/acme/?x=1")["Location"] == f"{LOGIN}?next=/a/acme/%3Fx%3D1"


def test_signing_out_takes_a_post(client_of: Callable[[User], Client], sei_viewer: User) -> None:
    client = client_of(sei_viewer)
    page = client.get("/accounts/logout/")
    assert page.status_code == 200
    assert client.get("/").status_code == 302
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert client.get("/")["Location"] == f"{LOGIN}?next=/"


def test_sign_ins_are_in_the_log_of_the_account(
    client: Client, sei_viewer: User, account: Account, password: str
) -> None:
    client.post(LOGIN, {"login": sei_viewer.email, "password": "wrong password"})
    last_entry(account, type="USER_LOGIN", action="FAIL", actor_email=sei_viewer.email, ip_address="127.0.0.1")
    client.post(LOGIN, {"login": sei_viewer.email, "password": password})
    last_entry(account, type="USER_LOGIN", action="SUCCESS", actor_email=sei_viewer.email, ip_address="127.0.0.1")


def test_many_wrong_passwords_are_stopped(client: Client, account_admin: User, password: str) -> None:
    for _ in range(6):
        response = client.post(LOGIN, {"login": account_admin.email, "password": "wrong password"})
    assert "Too many failed login attempts" in response.content.decode()
    client.post(LOGIN, {"login": account_admin.email, "password": password})
    assert not Entry.objects.filter(type="USER_LOGIN", action="SUCCESS").exists()


def test_very_many_tries_of_one_machine_are_stopped(client: Client, db: None) -> None:
    codes = [client.post(LOGIN, {"login": f"{n}@acme.example", "password": ""}).status_code for n in range(61)]
    assert codes[-2:] == [200, 429]


def test_a_form_from_elsewhere_is_refused(account: Account) -> None:
    response = Client(enforce_csrf_checks=True).post(LOGIN, {"login": "admin@acme.example", "password": "x"})
    assert response.status_code == 403
    assert "Please send it again" in response.content.decode()


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_change_password", "mfa_list_webauthn", "usersessions_list"]
)
def test_nothing_else_of_allauth_is_exposed(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
