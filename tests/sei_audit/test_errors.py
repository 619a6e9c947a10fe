"""What people, and the application's log, get to see when something is refused or goes wrong."""

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from accounts import views
from accounts.models import User
from activity.export import copy_blocks
from sei_audit.checks import postgresql_is_recent
from sei_audit.logs import OneLine

ClientOf = Callable[[User], Client]


@pytest.fixture
def sleepy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose query takes longer than the database allows."""

    def sleep(capabilities: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 20")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(views, "FIRST_PAGES", ())
    monkeypatch.setattr(views, "describe", sleep)


def test_a_page_that_takes_too_long_says_so(client_of: ClientOf, sei_viewer: User, sleepy: None) -> None:
    response = client_of(sei_viewer).get("/a/acme/")
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "That took too long" in response.content.decode()


def test_a_download_may_take_longer_than_a_page(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
    assert list(copy_blocks("COPY (SELECT pg_sleep(0.1)) TO STDOUT", (), b"\n")) == [b"\n"]


def test_an_error_shows_nothing_of_the_inside(
    client_of: ClientOf, sei_viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FIRST_PAGES", ())
    monkeypatch.setattr(views, "describe", lambda capabilities: 1 / 0)
    client = client_of(sei_viewer)
    client.raise_request_exception = False
    response = client.get("/a/acme/")
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
    assert "ZeroDivisionError" not in response.content.decode()


@pytest.mark.parametrize("path", ["/accounts/login/", "/no-such-page/", "/a/acme/"])
def test_every_answer_has_the_strict_policy(client: Client, db: None, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_one_record_of_the_application_log_is_one_line() -> None:
    record = logging.LogRecord("app", logging.INFO, "", 0, "a\r\nb\x1b[31m\u202ec\u2028 é", (), None)
    record.request = SimpleNamespace(request_id="r1")
    assert OneLine().format(record).endswith(r"INFO app r1 a\r\nb\x1b[31m\u202ec\u2028 é")


def test_an_old_postgresql_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert postgresql_is_recent(databases=["default"]) == []
    monkeypatch.setitem(vars(connections["default"]), "pg_version", 140_012)
    assert [error.id for error in postgresql_is_recent(databases=["default"])] == ["sei_audit.E001"]
