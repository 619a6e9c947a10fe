"""Totals, choices and chart: they say exactly what the filter finds, without counting the log."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from activity import counts
from activity.chart import chart
from activity.counts import Counts, Scope, counts_of
from activity.filters import EntryFilter
from activity.models import Entry
from tests.log import NOON, batch, draft, entry, link, shown, write

URL = "/a/acme/activity/"


def _some(account: Account) -> None:
    write(
        *(draft(account, occurred_at=NOON + timedelta(days=n % 5)) for n in range(7)),
        *(draft(account, action="DELETED", occurred_at=NOON) for _ in range(3)),
        *(draft(account, type="DEVELOPER", action="CREATED", email="bob@acme.example") for _ in range(4)),
    )
    batch(account, [{"object_id": str(n)} for n in range(6)], type="DEVELOPER", email="bob@acme.example")


def _choices(response: Any, name: str) -> dict[str, str]:
    return {choice.code: choice.count for choice in response.context[name]}


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"type": "TEAM"}, 10),
        ({"type": "TEAM", "action": "DELETED"}, 3),
        ({"type": ["TEAM", "DEVELOPER"]}, 15),
        ({"type": "DEVELOPER"}, 5),
        ({"type": "DEVELOPER", "action": ["EDITED", "CREATED"]}, 11),
        ({"email": "bob@acme.example"}, 5),
        ({"email": ["bob@acme.example", "ada@acme.example"]}, 15),
        ({"type": "TEAM", "from": "2026-03-01", "to": "2026-03-01"}, 5),
        ({"type": "TEAM", "from": "2026-03-02T00:00Z"}, 5),
        ({"type": "TEAM", "from": "2026-03-01T06:00Z", "to": "2026-03-01T18:00Z"}, 5),
        ({"type": "TEAM", "q": "edited"}, 7),
        ({"type": "TEAM", "source": "API"}, 0),
        ({"email": "nobody@acme.example"}, 0),
    ],
)
def test_the_total_is_the_number_of_rows(admin: Client, account: Account, query: dict[str, Any], total: int) -> None:
    _some(account)
    response = admin.get(URL, query)
    assert len(shown(response)) == total
    assert response.context["counts"].total == total
    assert sum(response.context["counts"].days.values()) == total


def test_choices_tell_what_each_would_give(admin: Client, account: Account) -> None:
    _some(account)
    response = admin.get(URL, {"type": "TEAM", "from": "2026-03-01", "to": "2026-03-31"})
    assert _choices(response, "types") == {"TEAM": "10", "DEVELOPER": "5"}
    assert _choices(response, "actions") == {"EDITED": "7", "DELETED": "3"}
    for code, count in _choices(response, "types").items():
        assert len(shown(admin.get(URL, {"type": code, "from": "2026-03-01", "to": "2026-03-31"}))) == int(count)


def test_entries_inside_batches_are_told_apart(admin: Client, account: Account) -> None:
    _some(account)
    html = admin.get(URL, {"type": "DEVELOPER"}).content.decode()
    assert "5 entries" in html
    assert "and 6 entries inside batches" in html
    assert "11 entries, those inside batches included." in html


def test_what_is_not_counted_per_day_is_counted_up_to_a_limit(
    admin: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    _some(account)
    monkeypatch.setattr(counts, "LIMIT", 5)
    response = admin.get(URL, {"q": "edited", "type": "TEAM"})
    assert "5+ entries" in response.content.decode()
    assert response.context["chart"] is None
    assert len(shown(response)) == 7
    assert "7 entries" in admin.get(URL, {"type": "TEAM", "action": "EDITED"}).content.decode()


def test_a_bar_narrows_the_dates_and_never_widens_them(admin: Client, account: Account) -> None:
    _some(account)
    response = admin.get(URL, {"type": "TEAM", "from": "2026-03-01T06:00", "to": "2026-03-03"})
    assert [bar.url for bar in response.context["chart"].bars] == [
        "?type=TEAM&from=2026-03-01T06%3A00&to=2026-03-01",
        "?type=TEAM&from=2026-03-02&to=2026-03-02",
        "?type=TEAM&from=2026-03-03&to=2026-03-03",
    ]
    assert "Entries per day (UTC), at most 5" in response.content.decode()
    first = admin.get(URL + response.context["chart"].bars[0].url)
    assert len(shown(first)) == 5


def test_the_table_beside_the_chart_has_the_same_links(admin: Client, account: Account) -> None:
    _some(account)
    response = admin.get(URL, {"type": "TEAM"})
    assert link(response, "2 Mar 2026") == "?type=TEAM&from=2026-03-02&to=2026-03-02"


def _link(start: date, end: date) -> str:
    return f"{start}..{end}"


@pytest.mark.parametrize(
    ("days", "periods"),
    [
        (("2026-02-27", "2026-03-01"), ["2026-02-27..2026-02-27", "", "2026-03-01..2026-03-01"]),
        (("2025-12-30", "2026-05-01"), ["2025-12-29..2026-01-04", *[""] * 16, "2026-04-27..2026-05-03"]),
        (("2020-02-29", "2024-03-01"), ["2020-02-10..2020-03-08", *[""] * 51, "2024-02-05..2024-03-03"]),
        (("1999-12-31", "2026-01-01"), ["1999-03-08..2000-03-05", *[""] * 25, "2025-02-03..2026-02-01"]),
    ],
)
def test_a_longer_time_has_coarser_bars(days: tuple[str, str], periods: list[str]) -> None:
    drawn = chart({date.fromisoformat(day): 1 for day in days}, _link)
    assert drawn is not None
    assert [bar.url for bar in drawn.bars] == periods
    assert sum(int(bar.count) for bar in drawn.bars) == 2


def test_days_at_the_ends_of_the_calendar_break_no_chart(admin: Client, account: Account) -> None:
    for year in (1, 9999):
        entry(account, occurred_at=datetime(year, 1, 1, tzinfo=UTC))
        entry(account, occurred_at=datetime(year, 12, 31, 23, 59, tzinfo=UTC))
    _some(account)
    assert len(shown(admin.get(URL, {"type": "TEAM"}))) == 14


def test_the_counts_tell_on_which_days_to_look() -> None:
    first = date(2026, 3, 1)
    found = Counts(days={first: 100, first + timedelta(days=5): 3, first + timedelta(days=9): 20})
    assert found.floor(20) == datetime(2026, 3, 10, tzinfo=UTC)
    assert found.floor(21) == datetime(2026, 3, 6, tzinfo=UTC)
    assert found.floor(124) is None
    # Periods can be weeks; of the one that a page begins in, what is newer than the page doesn't count.
    assert found.floor(3, NOON + timedelta(days=9)) == datetime(2026, 3, 1, tzinfo=UTC)
    assert found.floor(3, NOON + timedelta(days=12)) == datetime(2026, 3, 6, tzinfo=UTC)


@pytest.fixture
def long_log(account: Account) -> None:
    """Entries of two actors, on uneven days over more than half a year: counted by weeks, and by days at the ends."""
    days = [datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=number * number % 200) for number in range(90)]
    emails = ("ada@acme.example", "bob@acme.example")
    write(*(draft(account, occurred_at=day, email=emails[day.day % 2]) for day in days))


moments = st.none() | st.dates(date(2024, 12, 25), date(2025, 7, 30))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments, moments, st.sampled_from([(), ("ada@acme.example",), ("ada@acme.example", "bob@acme.example")]))
def test_whole_weeks_and_days_at_both_ends_add_up(
    long_log: None, account: Account, first: date | None, last: date | None, emails: tuple[str, ...]
) -> None:
    first, last = (min(first, last), max(first, last)) if first and last else (first, last)
    dates = {"from": first, "to": last}
    parameters = [("email", email) for email in emails] + [(name, str(day)) for name, day in dates.items() if day]
    entries = Entry.objects.filter(account=account)
    chosen = EntryFilter(QueryDict(urlencode(parameters)), entries, account.pk)
    assert chosen.is_valid()
    found = counts_of(chosen, Scope(account.pk), chosen.qs, folds=False)
    assert found.total == sum(found.days.values()) == chosen.qs.count()
