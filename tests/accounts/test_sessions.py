"""Where a member is signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from accounts.own.sessions import SEEN, device
from tests.entries import entries_of, entry_of

SESSIONS = "/accounts/own/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture
def signed_in(sei_admin: User, password: str) -> Callable[..., Client]:
    """Signs the SEI Admin in, from a browser of its own."""

    def _signed_in(agent: str = FIREFOX, **extra: Any) -> Client:
        client = Client(headers={"user-agent": agent}, **extra)
        client.post("/accounts/login/", {"login": sei_admin.email, "password": password})
        return client

    return _signed_in


def rows(client: Client) -> list[tuple[str, str, bool]]:
    return [(str(name), session.ip, current) for session, name, current in client.get(SESSIONS).context["rows"]]


def test_each_says_its_device_and_address(signed_in: Callable[..., Client]) -> None:
    signed_in(EDGE, REMOTE_ADDR="198.51.100.7")
    assert rows(signed_in()) == [("Firefox on Linux", "127.0.0.1", True), ("Edge on Windows", "198.51.100.7", False)]


def test_one_can_be_signed_out(signed_in: Callable[..., Client], sei_admin: User) -> None:
    other, client = signed_in(EDGE), signed_in()
    (stale,) = UserSession.objects.filter(user_agent=EDGE)
    assert "1 session is signed out." in client.post(SESSIONS, {"session": stale.pk}, follow=True).content.decode()
    assert other.get("/").status_code == 302
    entry_of(sei_admin, action="EDITED", summary="Signed out a session: Edge on Windows, 127.0.0.1")


def test_all_others_can_be_signed_out(signed_in: Callable[..., Client], sei_admin: User) -> None:
    others, client = [signed_in(EDGE), signed_in()], signed_in()
    client.post(SESSIONS, {"others": "1"})
    assert [other.get("/accounts/own/").status_code for other in (*others, client)] == [302, 302, 200]
    entry_of(sei_admin, action="EDITED", summary="Signed out 2 other sessions")


def test_nobody_signs_out_somebody_else(
    signed_in: Callable[..., Client], account_admin: User, password: str, sei_admin: User
) -> None:
    admin = Client()
    admin.post("/accounts/login/", {"login": account_admin.email, "password": password})
    (theirs,) = UserSession.objects.filter(user=account_admin)
    for sent in (theirs.pk, "x", "", 10**30, "-1"):
        signed_in().post(SESSIONS, {"session": sent})
    assert admin.get("/accounts/own/").status_code == 200
    assert not [made for made in entries_of(sei_admin) if made.action == "EDITED"]


def test_this_one_stays(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    client.post(SESSIONS, {"session": UserSession.objects.get().pk})
    assert client.get("/accounts/own/").status_code == 200


def test_a_session_is_seen_again_after_a_while(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    before = UserSession.objects.get().last_seen_at
    client.get("/accounts/own/")
    session = client.session
    session[SEEN] = 0
    session.save()
    client.get("/accounts/own/")
    assert UserSession.objects.get().last_seen_at > before


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Safari/604.1",
            "Safari on iOS",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "An unknown browser"),
        ("<script>alert(1)</script>", "An unknown browser"),
    ],
)
def test_devices_have_names(agent: str, name: str) -> None:
    assert str(device(agent)) == name
