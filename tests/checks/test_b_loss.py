"""B. A change and its entry are there together or not at all, whatever breaks in between."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.batch import batch, save_batch
from accounts.models import Account, User
from activity import writer
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.conftest import TESTS
from tests.entries import last_entry
from tests.log import shown
from tests.programs import Program, key
from tracked_objects.models import Developer, Tag

ROOT = Path(__file__).parents[2]
NEW = "/a/acme/developers/new/"
ANN = {"full_name": "Ann", "email": "ann@acme.example"}

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(client_of: Callable[[User], Client], account_admin: User) -> Client:
    client = client_of(account_admin)
    client.raise_request_exception = False
    return client


@contextmanager
def at_statement(number: int, do: Callable[[], None]) -> Iterator[list[str]]:
    """Do something before the n-th statement that is sent; yields the statements."""
    sent: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        if len(sent) == number:
            do()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield sent


def cut() -> None:
    """End our connection at the server, as a restart of PostgreSQL or of a firewall does."""
    pid = connection.connection.info.backend_pid
    with connections["default"].copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.connection.close()


def state() -> tuple[int, int, int]:
    return Developer.objects.count(), Developer.history.count(), Entry.objects.count()


def test_b1_killed_at_random_points_nothing_is_lost_or_made_up(tmp_path: Path) -> None:
    """A few of what `python -m tests.checks.kill` does by the hundred, and one crash of PostgreSQL."""
    command = [sys.executable, "-m", "tests.checks.kill", "--kills", "4", "--restarts", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "must be 0: acknowledged changes without an entry" in done.stdout


def nothing() -> None:
    pass


def fail() -> None:
    raise OperationalError("This statement fails")


@committed
@pytest.mark.parametrize("do", [fail, cut])
def test_b1_whichever_statement_fails_there_is_neither_change_nor_entry(
    admin: Client, account: Account, do: Callable[[], None]
) -> None:
    with at_statement(0, nothing) as sent:
        assert admin.post(NEW, ANN).status_code == 302
    before = state()
    for number in range(1, len(sent) + 1):
        with at_statement(number, do):
            response = admin.post(NEW, {"full_name": "Bob", "email": "bob@acme.example"})
        connection.close()
        assert response.status_code == 503, sent[number - 1]
        assert "it was saved whole, together with its entry" in response.content.decode()
        assert state() == before, sent[number - 1]
    assert len(sent) > 10
    assert admin.post(NEW, {"full_name": "Bob", "email": "bob@acme.example"}).status_code == 302
    assert [after - earlier for after, earlier in zip(state(), before, strict=True)] == [1, 1, 1]
    assert first_break(account.pk) is None


@committed
def test_b1_a_batch_that_is_cut_while_its_entries_are_written_is_not_there(account: Account) -> None:
    before = state()
    people = [Developer(account=account, full_name=f"N{n}", email=f"n{n}@acme.example") for n in range(500)]
    with pytest.raises(OperationalError), recording(TESTS):
        with batch(account, Developer) as current:
            save_batch(current, people)
        cut()
    connection.close()
    assert state() == before


def test_b1_what_an_inner_or_outer_transaction_takes_back_takes_its_entry_along(account: Account) -> None:
    count = Entry.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        with recording(TESTS):
            Tag.objects.create(account=account, name="outer")
        raise RuntimeError
    assert (Tag.objects.count(), Entry.objects.count()) == (0, count)


def test_b2_when_the_log_cannot_be_written_nothing_is_changed_and_the_page_says_so(
    admin: Client, unwritable_log: None
) -> None:
    response = admin.post(NEW, ANN)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "Nothing can be recorded right now" in response.content.decode()
    assert not Developer.objects.exists()
    assert shown(admin.get("/a/acme/activity/"))


def test_b2_nor_can_anybody_sign_in_who_is_told_why(
    client: Client, account_admin: User, password: str, unwritable_log: None
) -> None:
    client.raise_request_exception = False
    response = client.post("/accounts/login/", {"login": account_admin.email, "password": password})
    assert response.status_code == 503
    assert "nobody can sign in until it can be" in response.content.decode()
    assert client.get("/a/acme/").status_code == 302


def test_b2_programs_are_told_too(account: Account, account_admin: User, request: pytest.FixtureRequest) -> None:
    program = Program(key(account_admin), raise_request_exception=False)
    request.getfixturevalue("unwritable_log")
    response = program.send({"type": "DASHBOARD", "action": "EDITED"})
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert response.json()["detail"] == "Nothing can be recorded right now, so nothing was changed."


def test_b2_a_download_that_cannot_be_recorded_is_none(admin: Client, unwritable_log: None) -> None:
    response = admin.get("/a/acme/activity/export.csv")
    assert response.status_code == 503
    assert b"seq,occurred_at" not in response.content


@committed
def test_b2_who_waits_too_long_for_the_chain_is_told_and_changes_nothing(admin: Client, account: Account) -> None:
    before = state()
    other = connections["default"].copy()
    with other.cursor() as cursor, connection.cursor() as own:
        cursor.execute("BEGIN; SELECT 1 FROM activity_chain FOR UPDATE")
        own.execute("SET lock_timeout = '50ms'")
        response = admin.post(NEW, ANN)
        cursor.execute("ROLLBACK")
        own.execute("RESET lock_timeout")
    other.close()
    assert response.status_code == 503
    assert "That took too long" in response.content.decode()
    assert state() == before
    assert admin.post(NEW, ANN).status_code == 302


@committed
def test_b2_a_full_disk_refuses_the_change(admin: Client, account: Account, request: pytest.FixtureRequest) -> None:
    """What PostgreSQL says of a full disk, where an entry would be added. With a real one: see the README."""
    before = state()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END$$;"
            "CREATE TRIGGER full_disk BEFORE INSERT ON activity_entry EXECUTE FUNCTION full_disk()"
        )
        try:
            response = admin.post(NEW, ANN)
        finally:
            cursor.execute("DROP FUNCTION full_disk CASCADE")
    assert response.status_code == 503
    assert "Nothing can be recorded right now" in response.content.decode()
    assert state() == before


def test_b2_an_error_of_ours_is_not_taken_for_one_of_the_database(
    admin: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "entry_halves", lambda row: 1 / 0)
    assert admin.post(NEW, ANN).status_code == 500
    assert not Developer.objects.exists()


@pytest.mark.parametrize("hours", [1, 24 * 365])
def test_b2_a_clock_that_goes_back_puts_no_entry_before_an_earlier_one(
    account: Account, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    def at(moment: datetime, name: str) -> Entry:
        monkeypatch.setattr(writer.timezone, "now", lambda: moment)
        with recording(TESTS):
            Tag.objects.create(account=account, name=name)
        return last_entry(account, object_name=name)

    now = timezone.now()
    first, second = at(now, "first"), at(now - timedelta(hours=hours), "second")
    assert second.recorded_at >= first.recorded_at
    assert second.seq == first.seq + 1
    assert first_break(account.pk) is None
