"""Figures for Prometheus: right, and for who has the token alone."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Account, User
from activity.models import Chain
from sei_audit import metrics
from tests.tampering import change

TOKEN = "only-for-tests-0123456789abcdef0123"
Figures = Callable[[], dict[tuple[str, ...], float]]


@pytest.fixture
def figures(client: Client, settings: Any) -> Iterator[Figures]:
    """What the page tells now: (name, values of labels …) → value."""
    settings.METRICS_TOKEN = TOKEN
    metrics.written.connect(metrics._written)
    metrics.downloaded.connect(metrics._downloaded)

    def read() -> dict[tuple[str, ...], float]:
        response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        families = text_string_to_metric_families(response.content.decode())
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in families
            for sample in family.samples
        }

    yield read
    metrics.written.disconnect(metrics._written)
    metrics.downloaded.disconnect(metrics._downloaded)


def test_there_is_no_such_page_unless_it_is_asked_for(client: Client, db: None) -> None:
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("told", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer é", f"Bearer {TOKEN}x"])
def test_without_the_token_nothing_is_told(client: Client, db: None, settings: Any, told: str | None) -> None:
    settings.METRICS_TOKEN = TOKEN
    response = client.get("/metrics", headers={"authorization": told} if told is not None else {})
    assert (response.status_code, response.content) == (401, b"")
    assert response["WWW-Authenticate"] == 'Bearer realm="metrics"'


def test_entries_are_counted_when_they_are_committed(
    figures: Figures, client_of: Any, account_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    key = ("sei_entries_total", "CREATED", "DEVELOPER")
    before, admin = figures(), client_of(account_admin)
    with django_capture_on_commit_callbacks() as committed:
        admin.post("/a/acme/developers/new/", {"full_name": "Ann", "email": "ann@acme.example"})
    assert figures().get(key) == before.get(key)
    for count in committed:
        count()
    after = figures()
    assert after[key] == before.get(key, 0) + 1
    assert after["sei_flush_seconds_count",] == before["sei_flush_seconds_count",] + 1


def test_downloads_are_counted_with_their_rows(figures: Figures, client_of: Any, account_admin: User) -> None:
    before = figures()
    rows = client_of(account_admin).get("/a/acme/activity/export.csv").getvalue().count(b"\r\n") - 1
    after = figures()
    assert after["sei_export_rows_total",] == before["sei_export_rows_total",] + rows
    assert after["sei_export_seconds_count",] == before["sei_export_seconds_count",] + 1


def test_each_accounts_chain_tells_its_head_and_since_when_it_is_silent(figures: Figures, account: Account) -> None:
    chain = Chain.objects.get(account=account)
    told = figures()
    assert told["sei_chain_head", "acme"] == chain.seq
    assert told["sei_last_entry_timestamp_seconds", "acme"] == pytest.approx(chain.recorded_at.timestamp())  # type: ignore[union-attr]


def test_the_last_verification_is_told(figures: Figures, account: Account) -> None:
    assert ("sei_verified_ok", "acme") not in figures()
    call_command("verify", "--account", "acme", stdout=StringIO())
    assert figures()["sei_verified_ok", "acme"] == 1
    change(account, 1, summary="Nothing has happened")
    with pytest.raises(CommandError):
        call_command("verify", "--account", "acme", stdout=StringIO(), stderr=StringIO())
    told = figures()
    assert told["sei_verified_ok", "acme"] == 0
    assert told["sei_verified_timestamp_seconds", "acme"] > 0


def test_a_request_that_the_database_could_not_serve_is_counted(
    figures: Figures, client_of: Any, account_admin: User, request: pytest.FixtureRequest
) -> None:
    key = ("sei_unavailable_total", "unwritable")
    before, admin = figures(), client_of(account_admin)
    request.getfixturevalue("unwritable_log")
    admin.raise_request_exception = False
    assert admin.post("/a/acme/developers/new/", {"full_name": "A", "email": "a@acme.example"}).status_code == 503
    assert figures()[key] == before.get(key, 0) + 1


def test_a_database_that_is_away_leaves_the_rest(figures: Figures, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(metrics, "_CHAINS", "SELECT nothing")
    told = figures()
    assert ("sei_export_rows_total",) in told
    assert not any(name == "sei_chain_head" for name, *_ in told)
