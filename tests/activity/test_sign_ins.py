"""Sign-ins, let in or refused, are in the log of every account of that member."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording


def sign_in(email: str, password: str, **headers: Any) -> Any:
    return Client(headers=headers).post("/accounts/login/", {"login": email, "password": password})


def test_a_sign_in_is_recorded(account: Account, sei_admin: User, password: str) -> None:
    sign_in(sei_admin.email, password, user_agent="Browser/1")
    entry = Entry.objects.get(type="USER_LOGIN")
    assert (entry.action, entry.actor_email, entry.object_id) == ("SUCCESS", sei_admin.email, str(sei_admin.pk))
    assert (entry.ip_address, entry.user_agent, entry.source) == ("127.0.0.1", "Browser/1", "UI")
    assert len(entry.request_id) == 32


def test_a_wrong_password_is_recorded_without_it(account: Account, sei_admin: User) -> None:
    sign_in(sei_admin.email.upper(), "guess-canary")
    entry = Entry.objects.get(type="USER_LOGIN")
    assert (entry.action, entry.actor_email) == ("FAIL", sei_admin.email)
    assert entry.details == {"reason": "wrong password"}
    assert "guess-canary" not in str(vars(entry))


def test_each_account_of_the_member_has_it(
    account: Account, other_account: Account, sei_admin: User, password: str
) -> None:
    with recording(Actor.system("tests")):
        add_member(other_account, sei_admin.email, "SEI Viewer")
    sign_in(sei_admin.email, password)
    assert Entry.objects.filter(type="USER_LOGIN").values_list("account__slug", flat=True).count() == 2


def test_an_unknown_address_is_only_in_the_application_log(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    sign_in("nobody@acme.example", "x")
    assert not Entry.objects.filter(type="USER_LOGIN").exists()
    assert "no member has the address 'nobody@acme.example'" in caplog.text


def test_nothing_in_an_address_starts_a_line_of_the_log(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    sign_in("a@b.example\nINFO forged", "x")
    assert "\nINFO forged" not in caplog.text


def test_signing_in_changes_no_member(account: Account, sei_admin: User, password: str) -> None:
    before = sei_admin.history.count()
    sign_in(sei_admin.email, password)
    assert sei_admin.history.count() == before
    assert not Entry.objects.filter(type="USER", action="EDITED").exists()
