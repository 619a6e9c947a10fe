"""How a reader wants the pages: remembered in cookies, and never more than our lists allow."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Account
from activity.preferences import CHOICES, COLUMNS
from tests.log import entry

URL, LOG = "/preferences/", "/a/acme/activity/"


def page(client: Client, **cookies: str) -> str:
    client.cookies.load(cookies)
    return client.get(LOG, {"type": "TEAM"}).content.decode()


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_is_remembered_and_the_way_leads_back(admin: Client, name: str) -> None:
    value = list(CHOICES[name])[-1]
    response = admin.post(URL, {name: value, "next": f"{LOG}?type=TEAM"})
    assert (response.status_code, response["Location"]) == (303, f"{LOG}?type=TEAM")
    assert [(key, cookie.value) for key, cookie in response.cookies.items()] == [(name, value)]


def test_the_cookie_is_for_the_server_alone_and_lasts_a_year(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HTTPS", True)
    cookie = admin.post(URL, {"theme": "dark"}).cookies["theme"]
    assert cookie["httponly"] and cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("Lax", "/", 365 * 24 * 3600)


@pytest.mark.parametrize("value", ["", "blue", "dark; Domain=evil.example", "<script>", "x" * 9999])
@pytest.mark.parametrize("name", CHOICES)
def test_what_is_not_of_our_lists_is_not_remembered(admin: Client, name: str, value: str) -> None:
    assert not admin.post(URL, {name: value}).cookies


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "", "/\n/evil"]
)
def test_the_way_back_is_only_to_our_own_pages(admin: Client, url: str) -> None:
    assert admin.post(URL, {"theme": "dark", "next": url})["Location"] == "/"


def test_columns_are_kept_in_our_order_and_unknown_ones_dropped(admin: Client) -> None:
    response = admin.post(URL, {"columns": ["", "type", "action", "password"]})
    assert response.cookies["columns"].value == "action.type"


def test_no_column_at_all_is_a_choice_too(admin: Client, account: Account) -> None:
    entry(account)
    assert admin.post(URL, {"columns": ""}).cookies["columns"].value == ""
    assert "badge-edited" not in page(admin)


@pytest.mark.parametrize(("theme", "shown"), [("dark", "dark"), ("light", "light"), ("", "system"), ("x y", "system")])
def test_the_server_sets_the_theme(admin: Client, account: Account, theme: str, shown: str) -> None:
    html = page(admin, theme=theme)
    assert f'data-theme="{shown}"' in html
    assert f'content="{"light dark" if shown == "system" else shown}"' in html


def test_the_density_is_on_the_page(admin: Client, account: Account) -> None:
    assert 'data-density="comfortable"' in page(admin)
    assert 'data-density="compact"' in page(admin, density="compact")


def test_times_can_be_in_utc(admin: Client, account: Account) -> None:
    entry(account)
    assert "2026-03-01 21:00:00 JST" in page(admin, tz="Asia/Tokyo", zone="mine")
    assert "2026-03-01 12:00:00 UTC" in page(admin, tz="Asia/Tokyo", zone="utc")


SHOWN = {
    "action": "badge-edited",
    "type": '<td class="type',
    "object": '<td class="object',
    "email": "<bdi>ada@acme.example</bdi></p>",
    "source": " <span>UI</span></p>",
    "ip": "<bdi>203.0.113.7</bdi>",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_is_there_when_it_is_chosen(admin: Client, account: Account, column: str) -> None:
    entry(account, actor_name="Ada", ip_address="203.0.113.7", object_id="7", object_name="Payments")
    html = page(admin, columns=column)
    assert {name for name, mark in SHOWN.items() if mark in html} == {column}


@pytest.mark.parametrize("cookie", ["nonsense", "action.nonsense", "action" * 500, "action.<script>"])
def test_a_cookie_that_was_made_up_shows_nothing_of_itself(admin: Client, account: Account, cookie: str) -> None:
    entry(account)
    html = page(admin, columns=cookie)
    assert ("badge-edited" in html) == cookie.startswith("action.")
    assert cookie not in html


def test_the_forms_show_what_is_chosen(admin: Client, account: Account) -> None:
    html = page(admin, theme="dark", columns="ip", density="compact", zone="utc")
    assert 'value="dark" title="Dark" aria-label="Dark" aria-pressed="true"' in html
    for value in ("ip", "compact", "utc"):
        assert f'value="{value}" checked' in html
    assert 'value="action" checked' not in html


def test_the_language_is_the_readers_choice_whatever_their_browser_asks_for(admin: Client, account: Account) -> None:
    admin.post(URL, {"language": "de"})
    html = admin.get(LOG, headers={"accept-language": "en"}).content.decode()
    assert '<html lang="de"' in html and "Was geschah" in html
