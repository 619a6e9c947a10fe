"""The list: what it shows, to whom, and in how many queries."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account, User
from activity.actors import Actor
from activity.catalog import ACTIONS, TYPES
from activity.marks import avatar, badge, type_icon
from activity.models import ActorKind
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


def said(client: Client, entry_type: str = "TEAM") -> str:
    """The one row of the list as a reader sees it: the sentence, and what else the summary says."""
    (row,) = client.get(URL, {"type": entry_type, "email": "ada@acme.example"}).context["rows"]
    return " · ".join(filter(None, (text_of(row.sentence), row.rest)))


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


@pytest.mark.parametrize(("kind", "action"), [(row.code, action) for row in TYPES.values() for action in row.actions])
def test_every_kind_of_entry_is_a_sentence(admin: Client, account: Account, kind: str, action: str) -> None:
    name = "100 % of “%s”"
    entry(account, type=kind, action=action, object_id="7", object_name=name, actor_name="Dana {0}", occurred_at=NOON)
    sentence = said(admin, kind)
    assert sentence.startswith("Dana {0} ")
    assert sentence.endswith(f" {name}")
    assert "%(" not in sentence


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"object_name": "Payments"}, "Dana edited team Payments"),
        (
            {"object_name": "Payments", "summary": "Edited team “Payments”: name, manager and 3 more"},
            "Dana edited team Payments · name, manager and 3 more",
        ),
        ({"object_id": "7"}, "Dana edited team · 7"),
        ({"object_name": "a: b", "summary": "Edited team “a: b”: x: y"}, "Dana edited team a: b · x: y"),
        ({"object_name": "Payments", "summary": "Merged two teams"}, "Dana merged two teams · Payments"),
        ({"object_name": "X", "summary": "PR rules of X changed"}, "Dana PR rules of X changed"),
        ({"summary": "Exported activity log as CSV"}, "Dana exported activity log as CSV"),
        ({"summary": ""}, "Dana "),
    ],
)
def test_what_the_summary_says_is_never_lost(
    admin: Client, account: Account, facts: dict[str, str], sentence: str
) -> None:
    entry(account, actor_name="Dana", **facts)
    assert said(admin) == sentence


def test_a_batch_says_what_became_of_its_objects(admin: Client, account: Account) -> None:
    name, words = "Team batch of 2", "Team batch of 2: 1 created, 1 edited"
    batch(account, [{}, {}], actor_name="Dana", object_name=name, summary=words)
    assert said(admin) == "Dana ran Team batch of 2 · 1 created, 1 edited"


def test_a_summary_in_another_language_is_a_sentence_in_the_readers(admin: Client, account: Account) -> None:
    with override("de"):
        entry(account, actor_name="Dana", object_name="Payments")
    assert said(admin) == "Dana edited team Payments"


@pytest.mark.parametrize(
    ("name", "email", "letters"),
    [
        ("Dana Keller", "", "DK"),
        ("Dana van der Berg", "", "DB"),
        ("", "dana.keller@acme.example", "dk"),
        ("", "dana@acme.example", "d"),
        ("محمد علي", "", "مع"),
        ("👩", "", "?"),
        ("<b>", "", "b"),
    ],
)
def test_an_avatar_has_the_first_letters(name: str, email: str, letters: str) -> None:
    assert f">{letters}</span>" in avatar(ActorKind.USER, email, name)


@pytest.mark.parametrize(("kind", "picture"), [(ActorKind.API_KEY, "#key"), (ActorKind.SYSTEM, "#system")])
def test_an_actor_that_is_no_person_has_another_shape(
    admin: Client, account: Account, kind: ActorKind, picture: str
) -> None:
    entry(account, actor=Actor(kind, name="Nightly"))
    html = admin.get(URL, {"type": "TEAM"}).content.decode()
    assert re.search(rf'class="avatar avatar-kind".*?{picture}"', html)


def test_every_icon_and_badge_is_drawn() -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (settings.BASE_DIR / "static/icons.svg").read_text()))
    pictures = [type_icon(code) for code in TYPES] + [badge(action.lower(), "") for action in ACTIONS]
    assert {found for html in pictures for found in re.findall(r"#([\w-]+)", html)} <= drawn


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
