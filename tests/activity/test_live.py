"""The list while it is open: parts that htmx asks for, entries that arrive, and what to drop when nothing matches."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from activity.models import Entry
from tests.log import NOON, batch, draft, entry, link, write
from tracked_objects.models import OrgTree

URL = "/a/acme/activity/"
HTMX = {"HX-Request": "true"}


def test_htmx_gets_the_log_alone_by_the_same_url(admin: Client, account: Account) -> None:
    made = entry(account)
    page, part = admin.get(URL), admin.get(URL, headers=HTMX)
    for words in ("</html>", "breadcrumbs"):
        assert words in page.content.decode()
        assert words not in part.content.decode()
    for response in (page, part):
        assert f'href="{URL}{made.seq}/"' in response.content.decode()
        assert "HX-Request" in response["Vary"]


def test_htmx_gets_the_errors_of_a_bad_filter(admin: Client) -> None:
    response = admin.get(URL, {"type": "NOPE"}, headers=HTMX)
    assert response.status_code == 400
    assert 'id="log"' in response.content.decode()


def test_new_entries_are_counted_above_the_first_row(admin: Client, account: Account) -> None:
    entry(account)
    page = admin.get(URL, {"type": "TEAM"})
    assert asked(admin, page).status_code == 204
    write(draft(account, occurred_at=NOON + timedelta(1)), draft(account, type="USER", occurred_at=NOON + timedelta(1)))
    assert says(admin, page) == "1 new entry"
    write(*(draft(account, occurred_at=NOON + timedelta(2)) for _ in range(2)))
    assert says(admin, page) == "3 new entries"


def test_an_older_entry_that_arrives_late_is_not_at_the_top_and_not_new(admin: Client, account: Account) -> None:
    entry(account)
    page = admin.get(URL, {"type": "TEAM"})
    entry(account, occurred_at=NOON - timedelta(days=1))
    assert asked(admin, page).status_code == 204


def test_a_list_without_a_match_hears_of_the_first_one(admin: Client, account: Account) -> None:
    page = admin.get(URL, {"type": "WORKFLOW"})
    entry(account, type="WORKFLOW", occurred_at=timezone.now() + timedelta(seconds=1))
    assert says(admin, page) == "1 new entry"


def test_a_hundred_new_entries_are_99_and_more(admin: Client, account: Account) -> None:
    entry(account)
    page = admin.get(URL, {"type": "TEAM"})
    write(*(draft(account, occurred_at=NOON + timedelta(1)) for _ in range(100)))
    assert says(admin, page) == "99+ new entries"


def test_a_new_batch_is_one_entry(admin: Client, account: Account) -> None:
    entry(account)
    page = admin.get(URL, {"type": "TEAM"})
    batch(account, [{"object_id": "1"}, {"object_id": "2"}], occurred_at=NOON + timedelta(1))
    assert says(admin, page) == "1 new entry"


def test_new_entries_of_other_trees_and_accounts_are_not_told(
    scoped: Client, account: Account, other_account: Account, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    entry(account, org_tree_id=org_tree.pk)
    page, later = scoped.get(URL, {"type": "TEAM"}), NOON + timedelta(1)
    write(draft(account, org_tree_id=other_org_tree.pk, occurred_at=later), draft(other_account, occurred_at=later))
    assert asked(scoped, page).status_code == 204
    entry(account, org_tree_id=org_tree.pk, occurred_at=later)
    assert says(scoped, page) == "1 new entry"


@pytest.mark.parametrize("query", ["", "?cursor=n.1.1~forged", "?nope=1"])
def test_without_a_place_that_the_list_gave_nothing_is_told(admin: Client, query: str) -> None:
    response = admin.get(f"{URL}new/{query}")
    assert response.status_code == 400
    assert not response.content


def test_asking_for_new_entries_is_cheap_and_makes_none(
    admin: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    entry(account)
    page, before = admin.get(URL, {"type": "TEAM"}), Entry.objects.count()
    with django_assert_max_num_queries(4) as queries:
        asked(admin, page)
    assert not any("COUNT(" in query["sql"] for query in queries.captured_queries)
    assert Entry.objects.count() == before


def test_older_pages_ask_for_no_news(admin: Client, account: Account) -> None:
    write(*(draft(account) for _ in range(30)))
    page = admin.get(URL, {"page_size": 25})
    assert "new_url" in page.context
    older = admin.get(f"{URL}{link(page, 'Older')}")
    assert 'id="arrivals"' not in older.content.decode()


def test_no_match_says_how_many_each_filter_hides(
    admin: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    write(*(draft(account, email="ada@acme.example") for _ in range(3)), draft(account, type="USER", email="bob@x.org"))
    with django_assert_max_num_queries(5):
        response = admin.get(URL, {"type": "TEAM", "email": "bob@x.org"})
    assert ways(response) == {"Without Type Team": "1 entry", "Without E-mail bob@x.org": "3 entries"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "WORKFLOW", "action": "CREATED"}, {"Without Type Workflow"}),
        ({"from": "2026-03-02", "to": "2026-03-05", "type": "TEAM"}, {"Without Period"}),
        ({"type": ["WORKFLOW", "SSO_CONFIG"], "email": "bob@x.org"}, set()),
        ({"type": "TEAM", "q": "nothinglikeit"}, {"Without Type Team", "Without Words nothinglikeit"}),
    ],
)
def test_no_match_offers_only_what_could_help(
    admin: Client, account: Account, query: dict[str, Any], expected: set[str]
) -> None:
    entry(account)
    assert set(ways(admin.get(URL, query))) == expected


def test_what_is_promised_is_what_the_list_then_has(admin: Client, account: Account) -> None:
    batch(account, [{"object_id": "1"}, {"object_id": "2"}], email="ada@acme.example")
    response = admin.get(URL, {"type": "TEAM", "email": "bob@x.org"})
    (way,) = [way for way in response.context["ways_out"] if "bob" in way.text]
    assert (way.count, admin.get(f"{URL}{way.url}").context["total"]) == ("1 entry", "1 entry")


def test_many_chips_are_folded(admin: Client) -> None:
    emails = [f"ada{number}@acme.example" for number in range(200)]
    html = admin.get(URL, {"email": emails}).content.decode()
    before, after = html.split('class="chips-more"')
    assert before.count('class="chip-remove"') == 5
    assert after.count('class="chip-remove"') == 5
    assert "195 more" in after


def asked(client: Client, page: HttpResponse) -> HttpResponse:
    """What the list that is `page` hears when it asks for news."""
    return client.get(f"{URL}{page.context['new_url']}", headers=HTMX)  # type: ignore[attr-defined]


def says(client: Client, page: HttpResponse) -> str:
    return asked(client, page).content.decode().partition(">")[2].partition("<")[0]


def ways(response: HttpResponse) -> dict[str, str]:
    """The filters that a list without entries offers to drop, and how many entries each promises."""
    assert "No entry matches" in response.content.decode()
    found = response.context["ways_out"]  # type: ignore[attr-defined]
    assert all(way.text in response.content.decode() for way in found)
    return {f"Without {way.text}": way.count for way in found}
