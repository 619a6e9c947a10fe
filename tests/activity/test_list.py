"""The list: what it shows, to whom, and in how many queries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account, User
from activity.actors import Actor
from tests.log import NOON, batch, draft, entry, shown, write

URL = "/a/acme/activity/"


def test_newest_first_and_ties_by_number(admin: Client, account: Account) -> None:
    first, tie, older = write(draft(account), draft(account), draft(account, occurred_at=NOON - timedelta(days=1)))
    assert shown(admin.get(URL, {"type": "TEAM"})) == [tie, first, older]


def test_a_row_says_when_who_what_and_to_which_object(admin: Client, account: Account) -> None:
    made = entry(account, object_id="7", object_name="Payments", actor_name="Ada L.", email="ada@acme.example")
    admin.cookies["tz"] = "Asia/Tokyo"
    html = admin.get(URL, {"type": "TEAM"}).content.decode()
    assert '<time datetime="2026-03-01T12:00:00+00:00" title="2026-03-01 21:00:00 JST">' in html
    for words in ("Ada L.", "ada@acme.example", "Edited", "Team", "Payments", made.summary):
        assert words in html
    assert f'href="{URL}{made.seq}/"' in html
    assert f'href="{URL}object/TEAM/7/"' in html


@pytest.mark.parametrize("zone", ["", "Nowhere/Nothing", "../../etc/passwd", "America", "\0", "x" * 9999])
def test_a_zone_that_does_not_exist_is_utc(admin: Client, account: Account, zone: str) -> None:
    entry(account)
    admin.cookies["tz"] = zone
    assert "2026-03-01 12:00:00 UTC" in admin.get(URL, {"type": "TEAM"}).content.decode()


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1, seconds=5), "1 min ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2, hours=1), "2 days ago"),
    ],
)
def test_recent_times_are_relative(admin: Client, account: Account, age: timedelta, words: str) -> None:
    entry(account, occurred_at=timezone.now() - age)
    assert f">{words}<" in admin.get(URL, {"type": "TEAM"}).content.decode()


def test_a_batch_is_one_row_with_its_size(admin: Client, account: Account) -> None:
    parent = batch(account, [{"object_id": "1"}, {"object_id": "2"}], object_name="Team batch of 2")
    response = admin.get(URL, {"type": "TEAM"})
    assert shown(response) == [parent]
    assert "2 entries" in response.content.decode()


@pytest.mark.parametrize("query", [{"action": "EDITED"}, {"object": "TEAM:2"}, {"q": "second"}])
def test_entries_of_a_batch_are_rows_when_the_filter_tells_them_apart(
    admin: Client, account: Account, query: dict[str, str]
) -> None:
    children = [
        {"action": "CREATED", "object_id": "1"},
        {"action": "EDITED", "object_id": "2", "object_name": "Second"},
    ]
    parent = batch(account, children, action="CREATED")
    assert shown(admin.get(URL, query)) == [parent + 2]


def test_an_actor_without_a_name_is_called_by_what_it_is(admin: Client, account: Account) -> None:
    entry(account, actor=Actor.system(""))
    assert "System" in admin.get(URL, {"type": "TEAM"}).content.decode()


def test_nothing_found_says_so(admin: Client, account: Account) -> None:
    response = admin.get(URL, {"type": "WORKFLOW"})
    assert response.status_code == 200
    assert "No entry matches" in response.content.decode()


@pytest.mark.parametrize("query", ["", "?type=TEAM&email=ada@acme.example", "?q=edited", "?from=2026-01-01T10:00"])
@pytest.mark.parametrize("page_size", [25, 100])
def test_five_queries_whatever_is_on_the_page(
    admin: Client,
    account: Account,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    query: str,
    page_size: int,
) -> None:
    write(*(draft(account, occurred_at=NOON + timedelta(days=day % 40)) for day in range(120)))
    with django_assert_max_num_queries(5):
        response = admin.get(f"{URL}{query or '?'}&page_size={page_size}")
    assert len(shown(response)) == page_size


def test_neither_offset_nor_a_count_of_the_log(
    admin: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    write(*(draft(account) for _ in range(60)))
    for query in ("", "?type=TEAM", "?q=edited", "?ip=203.0.113.7"):
        with django_assert_max_num_queries(5) as queries:
            admin.get(URL + query)
        for sql in (query["sql"] for query in queries.captured_queries):
            assert "OFFSET" not in sql
            assert "COUNT(" not in sql


@pytest.mark.parametrize(
    "poison", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}", "javascript:alert(1)"]
)
def test_markup_in_any_field_is_text(admin: Client, account: Account, poison: str) -> None:
    made = entry(
        account,
        object_id=poison,
        object_name=poison,
        summary=poison,
        email=poison,
        actor_name=poison,
        user_agent=poison,
        reason=poison,
        request_id=poison,
        changes={poison: {"before": poison, "after": [poison]}, "list": {"added": [poison], "removed": [poison]}},
        details={poison: {poison: poison}},
    )
    for url in (URL, f"{URL}?q=alert", f"{URL}{made.seq}/", f"{URL}suggest/?email=a"):
        html = admin.get(url).content.decode()
        for tag in ("<script>alert", "<img src=x", 'href="javascript:'):
            assert tag not in html, url


def test_characters_that_hide_or_turn_text_are_shown_as_codes(admin: Client, account: Account) -> None:
    entry(account, object_id="1", object_name="safe\u202etxt.exe", summary="a\x1b[31mred\u200b ad\u200dmin 👩\u200d💻")
    html = admin.get(URL, {"type": "TEAM"}).content.decode()
    assert "safe[U+202E]txt.exe" in html
    assert "a␛[31mred[U+200B] ad[U+200D]min 👩\u200d💻" in html


def test_the_download_button_is_for_those_who_may_export(
    account: Account, account_viewer: User, account_admin: User, client_of: Callable[[User], Client]
) -> None:
    assert "export.csv" in client_of(account_admin).get(URL).content.decode()
    assert "export.csv" not in client_of(account_viewer).get(URL).content.decode()
