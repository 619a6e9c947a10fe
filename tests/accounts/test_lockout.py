"""Guessing passwords: who is slowed down, who is locked out, and who is not."""

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Account, User
from activity.models import Entry
from tests.entries import last_entry

LOGIN = "/accounts/login/"
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


def attempt(email: str, password: str, **more: Any) -> Any:
    return Client().post(LOGIN, {"login": email, "password": password}, **more)


@pytest.fixture
def locked(sei_admin: User) -> User:
    """Somebody whose password was guessed at too often, from one address."""
    for _ in range(5):
        attempt(sei_admin.email, "guess-canary")
    return sei_admin


def test_then_even_the_right_password_is_refused(locked: User, password: str) -> None:
    answer = attempt(locked.email, password)
    assert (answer.status_code, "Too many failed login attempts" in answer.content.decode()) == (200, True)


def test_the_log_says_why_and_from_where(locked: User, password: str, account: Account) -> None:
    attempt(locked.email, password, headers={"user-agent": "Guesser/1"})
    refused = last_entry(account, type="USER_LOGIN", action="FAIL", ip_address="127.0.0.1", user_agent="Guesser/1")
    assert (refused.actor_email, refused.details) == (locked.email, {"reason": "too many tries"})
    assert "guess-canary" not in str(list(Entry.objects.values()))


def test_from_elsewhere_the_right_password_works(locked: User, password: str) -> None:
    assert attempt(locked.email, password, **ELSEWHERE)["Location"] == "/"


def test_others_at_the_same_address_sign_in(locked: User, account_admin: User, password: str) -> None:
    assert attempt(account_admin.email, password)["Location"] == "/"


def test_many_addresses_from_one_machine_are_too_many(account: Account, account_admin: User, password: str) -> None:
    for number in range(20):
        attempt(f"{number}@acme.example", "guess")
    assert "Too many failed" in attempt(account_admin.email, password).content.decode()
    assert attempt(account_admin.email, password, **ELSEWHERE)["Location"] == "/"


def test_the_count_is_in_the_database(locked: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_tries WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] >= 2


def test_an_unknown_address_is_refused_in_the_same_words_and_not_in_the_log(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        pages = [attempt("nobody@acme.example", "guess-canary") for _ in range(6)]
    assert "Too many failed login attempts" in pages[-1].content.decode()
    assert not Entry.objects.filter(type="USER_LOGIN").exists()
    assert "too many tries" in caplog.text and "guess-canary" not in caplog.text


def test_failures_of_both_kinds_are_paced(sei_admin: User) -> None:
    answers = [attempt(email, "guess").wsgi_request for email in (sei_admin.email, "nobody@acme.example")]
    assert [request.even_out for request in answers] == [True, True]
