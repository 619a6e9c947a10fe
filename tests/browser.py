"""Fixtures for tests marked `browser`: headless Chromium against a live server."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from accounts.models import User

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A device with a fingerprint reader on which the right finger always lies.
PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, if there is one; root can't have its sandbox."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": found, "args": [*QUIET, *as_root]}


@pytest.fixture(scope="session")
def database_beside_browser() -> Iterator[None]:
    """Playwright's loop runs in this thread until the end, and Django would then refuse to use the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


# What htmx says of a request that was dropped, as the page was left or another took its place. What fails for another
# reason has a line of its own besides.
_DROPPED = ("htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """What the browser complains about: errors of scripts, refusals by the policy, missing files. None at the end."""
    found: list[str] = []
    context.on(
        "console",
        lambda message: (
            found.append(message.text)
            if message.type in {"error", "warning"} and not message.text.startswith(_DROPPED)
            else None
        ),
    )
    context.on("weberror", lambda error: found.append(str(error.error)))
    # Leaving a page drops what it was still loading.
    context.on(
        "requestfailed",
        lambda request: found.append(f"{request.url}: {request.failure}") if "ABORTED" not in request.failure else None,
    )
    yield found
    assert not found


@pytest.fixture
def browse_as(
    page: Page,
    live_server: Any,
    client_of: Callable[[User], Client],
    complaints: list[str],
    database_beside_browser: None,
) -> Callable[[User], Page]:
    """Opens the start page as somebody who is signed in."""

    def _browse_as(user: User) -> Page:
        session = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}/")
        return page

    return _browse_as


@pytest.fixture
def with_passkeys(page: Page) -> None:
    """The browser's device can make and use passkeys: Chromium plays it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM})
