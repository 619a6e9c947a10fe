"""A new password by mail."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Account, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.browsing import form_of
from tests.entries import entries_of, entry_of

ASK, NEW = "/accounts/password/reset/", "a brand new horse"


@pytest.fixture
def ask(client: Client, django_capture_on_commit_callbacks: Any) -> Callable[[str], Any]:
    """Asks for a link; what is mailed then goes out."""

    def _ask(email: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(ASK, {"email": email}, follow=True)

    return _ask


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.body))
    assert found, mail.body
    return found[1]


def set_password(client: Client, link: str, password: str = NEW) -> Any:
    page = client.get(link, follow=True)
    return client.post(page.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)


def test_a_link_sets_a_new_password(ask: Any, client: Client, sei_admin: User, mailoutbox: list[EmailMessage]) -> None:
    ask(sei_admin.email.upper())
    assert (mailoutbox[0].to, mailoutbox[0].subject) == ([sei_admin.email], "[SEI Activity Logs] Set a new password")
    assert "Your password is set" in set_password(client, link_in(mailoutbox[0])).content.decode()
    answer = client.post("/accounts/login/", {"login": sei_admin.email, "password": NEW})
    assert answer["Location"] == "/"


def test_the_log_of_each_account_says_both(
    ask: Any, client: Client, sei_admin: User, other_account: Account, mailoutbox: list[EmailMessage]
) -> None:
    with recording(Actor.system("tests")):
        add_member(other_account, sei_admin.email, "SEI Viewer")
    ask(sei_admin.email)
    set_password(client, link_in(mailoutbox[0]))
    said = [(made.action, made.actor_email) for made in entries_of(sei_admin) if made.action != "CREATED"]
    assert said == [*[("PASSWORD_RESET_STARTED", "")] * 2, *[("PASSWORD_RESET_FINISHED", sei_admin.email)] * 2]
    finished = entry_of(sei_admin, summary=f"Reset the password of member “{sei_admin}”")
    assert list(finished.changes) == ["Password"]


def test_nothing_secret_is_in_the_log(
    ask: Any, client: Client, sei_admin: User, mailoutbox: list[EmailMessage], caplog: pytest.LogCaptureFixture
) -> None:
    ask(sei_admin.email)
    link = link_in(mailoutbox[0])
    set_password(client, link)
    kept = f"{list(Entry.objects.values())} {caplog.text}"
    assert NEW not in kept and link.split("-", 1)[1].strip("/") not in kept


def test_an_unknown_address_is_told_the_same(
    ask: Any, sei_admin: User, mailoutbox: list[EmailMessage], caplog: pytest.LogCaptureFixture
) -> None:
    known, unknown = (form_free(ask(email)) for email in (sei_admin.email, "nobody@acme.example"))
    assert known == unknown
    assert len(mailoutbox) == 1
    assert "no member has the address 'nobody@acme.example'" in caplog.text
    assert not Entry.objects.filter(action="PASSWORD_RESET_STARTED").exclude(object_id=str(sei_admin.pk)).exists()


def form_free(page: Any) -> tuple[str, int]:
    """The page as everybody sees it; its token for sending forms is new each time."""
    return re.sub(r'value="\w{64}"', "", page.content.decode()), page.status_code


def test_a_deactivated_member_gets_none(ask: Any, sei_admin: User, mailoutbox: list[EmailMessage]) -> None:
    with recording(Actor.system("tests")):
        sei_admin.is_active = False
        sei_admin.save()
    ask(sei_admin.email)
    assert not mailoutbox


def test_a_link_works_once(ask: Any, client: Client, sei_admin: User, mailoutbox: list[EmailMessage]) -> None:
    ask(sei_admin.email)
    set_password(client, link_in(mailoutbox[0]))
    assert "This link no longer works" in Client().get(link_in(mailoutbox[0])).content.decode()


@pytest.mark.parametrize("end", ["1-abc/", "zzz-abc/", "0-/", "1-set-password/", "9999999999999999-a-b/"])
def test_a_link_that_was_made_up_says_so(client: Client, sei_admin: User, end: str) -> None:
    assert client.get(f"{ASK}{end}").status_code in {200, 404}
    assert client.post(f"{ASK}{end}", {"password1": NEW, "password2": NEW}).status_code in {200, 404}
    sei_admin.refresh_from_db()
    assert not sei_admin.check_password(NEW)


def test_everybody_who_was_signed_in_as_them_is_out(
    ask: Any, client: Client, sei_admin: User, password: str, mailoutbox: list[EmailMessage]
) -> None:
    thief = Client()
    thief.post("/accounts/login/", {"login": sei_admin.email, "password": password})
    ask(sei_admin.email)
    set_password(client, link_in(mailoutbox[0]))
    assert thief.get("/").status_code == 302


def test_a_weak_one_is_refused_beside_its_field(
    ask: Any, client: Client, sei_admin: User, mailoutbox: list[EmailMessage]
) -> None:
    ask(sei_admin.email)
    page = set_password(client, link_in(mailoutbox[0]), "12345678")
    assert page.context["form"].errors["password1"]
    assert "12345678" not in str(form_of(page))


def test_without_mail_the_page_says_so(client: Client, sei_admin: User, settings: Any, mailoutbox: list[Any]) -> None:
    settings.MAIL = False
    assert "No mail can be sent from here" in client.get(ASK).content.decode()
    client.post(ASK, {"email": sei_admin.email})
    assert not mailoutbox and len(entries_of(sei_admin)) == 1
