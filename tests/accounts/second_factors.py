"""Second factors of members in tests: set up through the pages, as members do."""

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

LOGIN, SECOND = "/accounts/login/", "/accounts/login/second-step/"
OWN, SECURITY = "/accounts/own/", "/accounts/own/security/"


def confirm(client: Client, password: str) -> None:
    """Show once more who is signed in."""
    answer = client.post(f"{OWN}confirm/", {"password": password})
    assert answer.status_code == 302, answer.content.decode()


def code(secret: str, step: int = 0) -> str:
    """What the app shows now, or some steps of half a minute from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def add_app(client: Client, password: str) -> str:
    """Set up an authenticator app; returns its key. The code from before the present one is used up."""
    confirm(client, password)
    secret = str(client.get(f"{SECURITY}app/").context["form"].secret)
    answer = client.post(f"{SECURITY}app/", {"code": code(secret, -1)})
    assert answer["Location"] == f"{SECURITY}codes/"
    return secret


def first_step(client: Client, email: str, password: str, **more: Any) -> Any:
    """The right password, which leads to the second step."""
    answer = client.post(LOGIN, {"login": email, "password": password, **more})
    assert answer["Location"] == SECOND
    return answer
