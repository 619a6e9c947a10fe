"""The application's own log: one record, one line, whatever is in it, and nothing that is nobody's business."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts import views
from accounts.models import User
from sei_audit.logs import JsonLine, OneLine
from tests.programs import ENTRIES, Program, key

HOSTILE = "a\r\nb\x00c\x1b[31md\u202ee\u2066f\u200bg\u2028h\x85i\ud800j\ufeff é"
HARMLESS = r"a\r\nb\x00c\x1b[31md\u202ee\u2066f\u200bg\u2028h\x85i\ud800j\ufeff é"


def record(message: str, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("app", logging.INFO, "", 0, message, (), None)
    vars(made).update(more)
    return made


def raised(message: str) -> Any:
    try:
        raise ValueError(message)
    except ValueError:
        return sys.exc_info()


class Lines(logging.Handler):
    """Keeps what is logged, as lines of JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLine())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[Lines]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def requests(logged: Lines) -> Callable[[], list[dict[str, Any]]]:
    """What was written of requests."""
    return lambda: [said for said in map(json.loads, logged.lines) if said["logger"] == "sei_audit.requests"]


def test_a_line_of_text_cannot_be_forged() -> None:
    assert OneLine().format(record(HOSTILE)).endswith(f"INFO app - {HARMLESS}")


def test_a_traceback_looks_like_no_record() -> None:
    lines = OneLine().format(record("broken", exc_info=raised(f"x\n2026-01-01 INFO {HOSTILE}"))).splitlines()
    assert all(line.startswith("  ") for line in lines[1:])
    assert lines[-1].endswith(HARMLESS.partition(r"\r\n")[2])


def test_a_line_of_json_is_one_object_with_the_traceback_inside() -> None:
    line = JsonLine().format(record(HOSTILE, exc_info=raised(HOSTILE)))
    assert line.isascii() and line.isprintable()
    said = json.loads(line)
    assert said["message"] == HARMLESS
    assert set(said) == {"time", "level", "logger", "request_id", "message", "traceback"}
    assert said["time"].endswith("Z")


def test_a_request_is_a_record(requests: Any, client_of: Any, account_admin: User) -> None:
    response = client_of(account_admin).get("/a/acme/activity/?q=secret-words")
    (said,) = requests()
    assert said["ms"] > 0
    assert {name: said[name] for name in ("method", "path", "status", "account", "actor", "request_id")} == {
        "method": "GET",
        "path": "/a/acme/activity/",
        "status": 200,
        "account": "acme",
        "actor": "user",
        "request_id": response["X-Request-ID"],
    }
    assert "secret-words" not in json.dumps(said)


def test_it_says_what_kind_has_asked(requests: Any, account_admin: User, client: Client) -> None:
    Program(key(account_admin)).get(ENTRIES)
    client.get("/accounts/login/")
    client.get("/a/acme/activity/")
    assert [(said["actor"], said["account"], said["status"]) for said in requests()] == [
        ("api_key", "acme", 200),
        ("visitor", None, 200),
        ("visitor", None, 302),
    ]


def test_a_body_is_not_in_it(requests: Any, account_admin: User, client: Client) -> None:
    client.post("/accounts/login/", {"login": account_admin.email, "password": "not-the-right-one"})
    assert "not-the-right-one" not in json.dumps(requests())


@pytest.mark.parametrize(
    "path",
    [
        "/invitations/S3cretS3cretS3cretS3cret_-x/",
        "/accounts/password/reset/1a-S3cret-0123/",
        "/accounts/own/email/eyJS3cret:1abc:xyz-_/",
    ],
)
def test_a_token_in_an_address_is_left_out(requests: Any, client: Client, db: None, path: str) -> None:
    client.get(path)
    (said,) = requests()
    assert "S3cret" not in json.dumps(said)
    assert "…" in said["path"]


def test_a_hostile_address_is_one_line(requests: Any, client: Client, db: None, caplog: Any) -> None:
    client.get("/a%0d%0aFORGED%00%1b%5b31m%e2%80%ae/")
    assert len(requests()) == 1
    for one in caplog.records:
        assert len(OneLine().format(one).splitlines()) == len(JsonLine().format(one).splitlines()) == 1


def test_those_who_watch_the_app_leave_no_trace(requests: Any, client: Client, db: None) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/static/css/base.css"):
        client.get(path)
    assert requests() == []


def test_what_is_logged_meanwhile_names_the_request(
    client_of: Any, sei_viewer: User, monkeypatch: pytest.MonkeyPatch, logged: Lines
) -> None:
    monkeypatch.setattr(views, "FIRST_PAGES", ())
    monkeypatch.setattr(views, "describe", lambda capabilities: logging.getLogger("app").error("Odd"))
    response = client_of(sei_viewer).get("/a/acme/")
    (said,) = (said for said in map(json.loads, logged.lines) if said["logger"] == "app")
    assert (said["message"], said["request_id"]) == ("Odd", response["X-Request-ID"])
