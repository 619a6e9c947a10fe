"""`manage.py create_account`."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, User
from sei_audit.management.commands import create_account as command
from tests.entries import last_entry


@pytest.fixture
def create(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command and gives back what it printed."""
    monkeypatch.setenv("SEI_ADMIN_PASSWORD", "correct horse battery")

    def _create(slug: str = "acme", email: str = "ada@acme.example", name: str = "Acme") -> str:
        out = io.StringIO()
        call_command("create_account", slug, name=name, admin=email, stdout=out)
        return out.getvalue()

    return _create


def test_it_makes_an_account_and_an_admin_who_can_sign_in(create: Any) -> None:
    assert create(email="Ada@Acme.example") == "Account “acme” is ready; Ada@Acme.example is its admin.\n"
    admin = User.objects.get(email="ada@acme.example")
    assert admin.check_password("correct horse battery")
    last_entry(
        Account.objects.get(slug="acme"), type="ROLE", action="CREATED", actor_name="create_account", source="COMMAND"
    )


def test_a_second_run_says_that_the_account_is_there(create: Any) -> None:
    create()
    with pytest.raises(CommandError, match="already"):
        create("Acme")


def test_somebody_known_keeps_the_password_and_needs_none(
    create: Any, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEI_ADMIN_PASSWORD")
    assert "keeps their password" in create(email=stranger.email)


@pytest.mark.parametrize(
    ("arguments", "password", "says"),
    [
        ({"slug": "two words"}, "correct horse battery", "slug: "),
        ({"name": ""}, "correct horse battery", "name: "),
        ({"email": "ada"}, "correct horse battery", "email: "),
        ({}, "password", "password: This password is too common"),
        ({}, "ada@acme.example", "password: The password is too similar"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_made(
    create: Any, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, str], password: str, says: str
) -> None:
    monkeypatch.setenv("SEI_ADMIN_PASSWORD", password)
    with pytest.raises(CommandError, match=says):
        create(**arguments)
    assert not Account.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(("typed", "outcome"), [(["one", "other"], "two different"), (["correct horse"] * 2, "")])
def test_without_the_variable_the_password_is_asked_for_twice(
    create: Any, monkeypatch: pytest.MonkeyPatch, typed: list[str], outcome: str
) -> None:
    monkeypatch.delenv("SEI_ADMIN_PASSWORD")
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(command, "getpass", lambda prompt: typed.pop())
    if outcome:
        with pytest.raises(CommandError, match=outcome):
            create()
    else:
        assert "is ready" in create()


def test_without_a_terminal_the_variable_is_asked_for(create: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEI_ADMIN_PASSWORD")
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: False)
    with pytest.raises(CommandError, match="SEI_ADMIN_PASSWORD"):
        create()
