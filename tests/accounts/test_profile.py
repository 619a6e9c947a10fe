"""What members change about themselves: name, password and e-mail."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Account, User
from activity.actors import Actor
from activity.recording import recording
from tests.accounts.second_factors import OWN, confirm
from tests.browsing import fill
from tests.entries import entries_of, entry_of, last_entry

NEW = "a brand new horse"
DEAD = "This link no longer works"


@pytest.fixture
def member(client_of: Callable[[User], Client], sei_admin: User) -> Client:
    return client_of(sei_admin)


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    """What follows a commit, happens at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_name_is_changed_and_logged(member: Client, sei_admin: User) -> None:
    fill(member, OWN, name="Sana <b>Iyer</b>")
    made = entry_of(sei_admin, action="EDITED", actor_email=sei_admin.email)
    assert made.changes["Name"] == {"before": "SEI Admin", "after": "Sana <b>Iyer</b>"}
    assert "<b>Iyer" not in member.get(OWN).content.decode()


def test_saving_it_unchanged_is_no_entry(member: Client, sei_admin: User) -> None:
    fill(member, OWN)
    assert len(entries_of(sei_admin)) == 1


def test_a_name_that_is_too_long_is_refused(member: Client) -> None:
    assert fill(member, OWN, name="x" * 201).context["form"].errors["name"]


def change_password(member: Client, current: str, new: str = NEW, again: str = NEW) -> Any:
    return member.post(f"{OWN}password/", {"current": current, "password1": new, "password2": again})


def test_the_password_is_changed(
    member: Client, sei_admin: User, password: str, committed: Any, mailoutbox: list[EmailMessage]
) -> None:
    with committed():
        assert change_password(member, password)["Location"] == OWN
    assert list(entry_of(sei_admin, action="EDITED").changes) == ["Password"]
    assert member.get(OWN).status_code == 200
    assert [mail.subject for mail in mailoutbox] == ["[SEI Activity Logs] Your password was changed"]
    assert NEW not in f"{vars(entry_of(sei_admin))} {mailoutbox[0].body}"


def test_other_sessions_are_signed_out_by_that(member: Client, sei_admin: User, password: str) -> None:
    other = Client()
    other.post("/accounts/login/", {"login": sei_admin.email, "password": password})
    change_password(member, password)
    assert other.get("/").status_code == 302
    assert len(member.get(f"{OWN}sessions/").context["rows"]) == 1


def test_it_takes_the_current_one(member: Client, sei_admin: User, account: Account) -> None:
    page = change_password(member, "not it")
    assert page.context["form"].errors["current"] == ["This is not your current password."]
    assert last_entry(account, type="USER_LOGIN", action="FAIL").details == {"reason": "wrong password"}


@pytest.mark.parametrize(
    ("new", "field"), [("12345678", "password1"), ("sei-admin@acme", "password1"), ("x", "password1")]
)
def test_a_weak_one_is_refused(member: Client, password: str, new: str, field: str) -> None:
    assert change_password(member, password, new, new).context["form"].errors[field]


def test_a_slip_in_typing_is_told(member: Client, password: str) -> None:
    errors = change_password(member, password, again="another").context["form"].errors
    assert errors == {"password2": ["This is not the same as above."]}


def ask(member: Client, password: str, email: str, committed: Any) -> None:
    confirm(member, password)
    with committed():
        assert member.post(f"{OWN}email/", {"email": email}).status_code == 302


def link_in(mail: EmailMessage) -> str:
    return str(re.search(r"http://testserver(/\S+)", str(mail.body))[1])  # type: ignore[index]


def test_the_new_mailbox_confirms_and_the_old_one_is_told(
    member: Client, sei_admin: User, password: str, committed: Any, mailoutbox: list[EmailMessage]
) -> None:
    old = sei_admin.email
    ask(member, password, "Sana@new.example", committed)
    sei_admin.refresh_from_db()
    assert sei_admin.email == old
    assert mailoutbox[0].to == ["sana@new.example"]
    assert member.get(link_in(mailoutbox[0])).status_code == 200
    with committed():
        member.post(link_in(mailoutbox[0]))
    assert entry_of(sei_admin, action="EDITED").changes["E-mail"] == {"before": old, "after": "sana@new.example"}
    assert mailoutbox[1].to == [old] and "sana@new.example" in str(mailoutbox[1].body)


def test_its_link_works_once_and_for_nobody_else(
    member: Client,
    client_of: Callable[[User], Client],
    account_admin: User,
    password: str,
    committed: Any,
    mailoutbox: list[EmailMessage],
) -> None:
    ask(member, password, "sana@new.example", committed)
    link = link_in(mailoutbox[0])
    assert Client().get(link)["Location"].startswith("/accounts/login/?next=")
    assert DEAD in client_of(account_admin).post(link).content.decode()
    assert [DEAD in member.post(link).content.decode() for _ in range(2)] == [False, True]


def test_an_address_of_somebody_else_is_not_given_away(
    member: Client, account_admin: User, password: str, committed: Any, mailoutbox: list[EmailMessage]
) -> None:
    ask(member, password, account_admin.email, committed)
    assert not mailoutbox


def test_an_address_that_somebody_took_meanwhile_stays_theirs(
    member: Client, account_admin: User, password: str, committed: Any, mailoutbox: list[EmailMessage]
) -> None:
    ask(member, password, "wanted@new.example", committed)
    with recording(Actor.system("tests")):
        account_admin.email = "Wanted@new.example"
        account_admin.save()
    assert DEAD in member.post(link_in(mailoutbox[0])).content.decode()


def test_the_link_is_not_made_up(member: Client) -> None:
    assert DEAD in member.get(f"{OWN}email/forged:token/").content.decode()


def test_a_link_to_a_new_password_dies_with_the_old_address(
    member: Client, sei_admin: User, password: str, committed: Any, mailoutbox: list[EmailMessage]
) -> None:
    with committed():
        Client().post("/accounts/password/reset/", {"email": sei_admin.email})
    ask(member, password, "sana@new.example", committed)
    member.post(link_in(mailoutbox[1]))
    assert "This link no longer works" in Client().get(link_in(mailoutbox[0])).content.decode()
