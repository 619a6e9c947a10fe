"""What those who watch the app are told, and what they aren't."""

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from accounts.models import User
from sei_audit import health

ALL_GOOD = b"database: ok\nmigrations: ok\nlog: ok\n"


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is otherwise good for a second."""
    monkeypatch.setattr(health, "_SECOND", 0)
    health._last._until = 0


def test_the_process_answers_without_a_database(client: Client) -> None:
    """Here no test database is allowed at all."""
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_it_is_ready_when_all_of_it_is(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, ALL_GOOD)


def test_a_migration_that_is_missing_is_said(client: Client, db: None) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database: ok\nmigrations: not ok\nlog: not ok\n")


def test_a_log_that_cannot_be_written_is_said(client: Client, unwritable_log: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database: ok\nmigrations: ok\nlog: not ok\n")


def test_a_database_that_only_reads_is_said(client: Client, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert client.get("/readyz").content == b"database: ok\nmigrations: ok\nlog: not ok\n"


def test_why_is_for_the_applications_log_alone(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise DatabaseError("no route to db7.internal\nDETAIL: secret")

    monkeypatch.setattr(health, "_reach", away)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database: not ok\nmigrations: not ok\nlog: not ok\n")
    assert [record.getMessage() for record in caplog.records] == ["Not ready: no route to db7.internal"]


def test_however_often_anybody_asks_the_database_is_asked_once_a_second(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    monkeypatch.setattr(health, "_SECOND", 3600)
    client.get("/readyz")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert client.get("/readyz").content == ALL_GOOD


def test_who_asks_while_somebody_is_asking_is_told_what_was_found_last(client: Client, db: None) -> None:
    client.get("/readyz")
    health._last._until = 0
    with health._last._lock:
        assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_may_ask_by_any_address_and_without_https(client: Client, db: None, settings: object, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    response = client.get(path, headers={"host": "10.1.2.3:8000"})
    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


def test_they_only_look(client: Client, db: None) -> None:
    assert {client.post(path).status_code for path in ("/healthz", "/readyz")} == {405}


def test_who_is_signed_in_is_told_the_same(client_of: object, account_admin: User) -> None:
    assert client_of(account_admin).get("/readyz").content == ALL_GOOD  # type: ignore[operator]
