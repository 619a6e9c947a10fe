"""Every answer has the headers that keep browsers from doing what no page here needs; cookies are for us alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings

from accounts import views
from accounts.models import User
from sei_audit.headers import HEADERS
from tests.sei_audit.test_urls import PATTERNS, objects, url_of

__all__ = ["objects"]
ClientOf = Callable[[User], Client]


def policy_of(response: Any) -> dict[str, list[str]]:
    """The parts of the content policy."""
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def check(response: Any) -> None:
    found = {name: response.get(name) for name in HEADERS if name != "Cache-Control"}
    assert found == {name: value for name, value in HEADERS.items() if name != "Cache-Control"}
    policy = policy_of(response)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & {value for values in policy.values() for value in values}
    assert response.get("Cache-Control")


@pytest.mark.parametrize("person", [None, "account_admin", "sei_viewer"])
def test_every_url_has_them(
    objects: dict[str, Any], client_of: ClientOf, request: pytest.FixtureRequest, person: str | None
) -> None:
    client = client_of(request.getfixturevalue(person)) if person else Client()
    for name in PATTERNS:
        for response in (client.get(url_of(name, objects)), client.put(url_of(name, objects))):
            check(response)


@pytest.mark.parametrize(
    ("path", "host", "code"),
    [
        ("/static/css/components.css", "localhost", 200),
        ("/static/no-such-file.css", "localhost", 404),
        ("/no-such-page/", "localhost", 404),
        ("/a/acme", "localhost", 301),
        ("/", "localhost", 302),
        ("/", "evil.example", 400),
    ],
)
def test_so_have_files_redirects_and_errors(client: Client, db: None, path: str, host: str, code: int) -> None:
    response = client.get(path, headers={"host": host})
    assert response.status_code == code
    check(response)


def test_so_has_what_breaks(client_of: ClientOf, sei_viewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FIRST_PAGES", ())
    monkeypatch.setattr(views, "describe", lambda capabilities: 1 / 0)
    client = client_of(sei_viewer)
    client.raise_request_exception = False
    response = client.get("/a/acme/")
    assert response.status_code == 500
    check(response)


def test_so_has_a_form_from_elsewhere(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert response.status_code == 403
    check(response)


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
@pytest.mark.parametrize(
    ("secure", "host", "code"), [(True, "localhost", 200), (False, "localhost", 301), (False, "evil.example", 400)]
)
def test_in_production_https_is_asked_for_and_remembered(
    client: Client, db: None, secure: bool, host: str, code: int
) -> None:
    response = client.get("/accounts/login/", secure=secure, headers={"host": host})
    assert response.status_code == code
    assert (response.get("Strict-Transport-Security") == "max-age=31536000; includeSubDomains") is secure
    check(response)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/a/acme/activity/", "private, no-store"),
        ("/a/acme/activity/export.csv", "no-store"),
        ("/a/acme/activity/export.jsonl", "no-store"),
        ("/a/acme/developers/download.csv", "no-store"),
        ("/a/acme/org-trees/new/", "private, no-cache"),
        ("/a/acme/no-such-page/", "private, no-store"),
        ("/static/css/components.css", "max-age=60, public"),
    ],
)
def test_nobody_but_the_reader_keeps_a_page(client_of: ClientOf, account_admin: User, path: str, kept: str) -> None:
    response = client_of(account_admin).get(path)
    assert response["Cache-Control"] == kept


@override_settings(HTTPS=True, SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_cookies_are_for_https_for_us_and_not_for_scripts(account_admin: User, password: str) -> None:
    client = Client()
    client.get("/accounts/login/", secure=True)
    client.post("/accounts/login/", {"login": account_admin.email, "password": password}, secure=True)
    chosen = {"theme": "dark", "density": "compact", "zone": "utc", "language": "de", "columns": "type"}
    client.post("/preferences/", chosen, secure=True)
    assert set(client.cookies) == {"sessionid", "csrftoken", *chosen}
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax"), cookie.key
