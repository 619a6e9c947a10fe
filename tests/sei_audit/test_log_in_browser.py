"""The list of the log in a real browser: filters that keep the place, an entry beside it, its keys, what arrives."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Account, User
from tests.log import draft, entry, write

pytestmark = pytest.mark.browser
NOW = timezone.now()


@pytest.fixture
def entries(account: Account) -> list[int]:
    """Thirty edits of teams, one a day, the newest first."""
    drafts = [
        draft(account, object_id=str(number), object_name=f"Team {number}", occurred_at=NOW - timedelta(days=number))
        for number in range(1, 31)
    ]
    return write(*drafts)


@pytest.fixture
def page(page: Page) -> Page:
    page.set_viewport_size({"width": 1400, "height": 800})
    return page


@pytest.fixture
def log(browse_as: Callable[[User], Page], account_admin: User, entries: list[int]) -> Page:
    """The list, in which something has been put that a new page would not have."""
    page = browse_as(account_admin)
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/activity/?type=TEAM")
    page.evaluate("window.stillHere = true")
    return page


@pytest.fixture
def drawer(log: Page) -> Any:
    return log.get_by_role("complementary", name="Entry")


def row(log: Page, number: int) -> Any:
    """The link to the entry in row `number`."""
    return log.locator("#log .entries a[href$='/']:not([href*='/object/'])").nth(number)


def total(log: Page) -> Any:
    return log.locator("#total")


def test_a_filter_changes_the_list_in_place_and_the_url(log: Page) -> None:
    log.keyboard.press("/")
    log.keyboard.type("Team 7")
    log.keyboard.press("Enter")
    expect(total(log)).to_have_text("1 entry")
    expect(log).to_have_url(re.compile(r"\?type=TEAM&q=Team\+7$"))
    assert log.evaluate("stillHere")
    log.go_back()
    expect(total(log)).to_have_text("30 entries")
    expect(log).to_have_url(re.compile(r"\?type=TEAM$"))


def test_a_filter_keeps_the_place_and_tells_the_total(log: Page) -> None:
    log.evaluate("scrollTo(0, 300)")
    log.get_by_role("link", name="Remove Type Team").click()
    expect(total(log)).to_be_focused()
    expect(total(log)).to_contain_text("inside batches")
    assert log.evaluate("scrollY") == 300


def test_chips_bars_and_page_sizes_change_the_list_in_place(log: Page) -> None:
    log.get_by_role("link", name="25", exact=True).click()
    expect(log).to_have_url(re.compile("page_size=25"))
    log.get_by_role("link", name="Older").click()
    expect(log).to_have_url(re.compile("cursor=o"))
    log.get_by_role("link", name="Newest").click()
    expect(log).not_to_have_url(re.compile("cursor="))
    log.locator(".chart svg a").last.click(force=True)
    expect(log).to_have_url(re.compile("from="))
    expect(total(log)).to_have_text("1 entry")
    log.get_by_role("link", name="Remove Type Team").click()
    expect(log).not_to_have_url(re.compile("type="))
    assert log.evaluate("stillHere")


def test_a_bad_value_shows_its_error_in_place(log: Page, complaints: list[str]) -> None:
    log.keyboard.press("f")
    log.get_by_label("From").fill("yesterday")
    log.get_by_role("button", name="Apply").click()
    expect(log.get_by_label("From")).to_have_attribute("aria-invalid", "true")
    expect(log.get_by_label("From")).to_be_focused()
    assert log.evaluate("stillHere")
    # The browser notes every answer that is a 400.
    complaints[:] = [text for text in complaints if "400" not in text]


def test_entries_that_arrive_are_announced_and_led_to(log: Page, account: Account) -> None:
    with log.expect_response(re.compile("/activity/new/")) as answer:
        log.evaluate("htmx.trigger('#arrivals', 'look')")
    assert answer.value.status == 204
    entry(account, object_name="Newcomer", occurred_at=timezone.now())
    log.evaluate("htmx.trigger('#arrivals', 'look')")
    log.get_by_role("link", name="1 new entry").click()
    expect(row(log, 0)).to_contain_text("Newcomer")
    expect(log.locator("#pill")).to_have_count(0)
    assert log.evaluate("stillHere")


def test_an_entry_opens_beside_the_list_and_the_focus_comes_back(log: Page, drawer: Any) -> None:
    log.keyboard.press("j")
    expect(row(log, 0)).to_be_focused()
    log.keyboard.press("Enter")
    expect(drawer).to_be_focused()
    expect(drawer).to_contain_text("Team 1")
    log.keyboard.press("j")
    expect(drawer).to_contain_text("Team 2")
    log.keyboard.press("k")
    expect(drawer).to_contain_text("Team 1")
    expect(log).to_have_url(re.compile(r"\?type=TEAM$"))
    log.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(row(log, 0)).to_be_focused()


def test_the_entry_beside_the_list_has_a_page_of_its_own(log: Page, drawer: Any, entries: list[int]) -> None:
    row(log, 1).click()
    drawer.get_by_role("link", name="Open as a page").click()
    expect(log).to_have_url(re.compile(f"/activity/{entries[1]}/$"))


def test_what_is_followed_beside_the_list_stays_there(log: Page, drawer: Any, account: Account) -> None:
    entry(account, object_id="1", object_name="Team One", occurred_at=NOW - timedelta(days=40))
    row(log, 0).click()
    drawer.get_by_role("link", name="Previous change").click()
    expect(drawer).to_contain_text("Team One")
    expect(log).to_have_url(re.compile(r"\?type=TEAM$"))


def test_on_a_narrow_screen_an_entry_is_a_page(log: Page, entries: list[int]) -> None:
    log.set_viewport_size({"width": 800, "height": 800})
    row(log, 0).click()
    expect(log).to_have_url(re.compile(f"/activity/{entries[0]}/$"))


def test_keys_do_nothing_in_a_field_nor_with_a_modifier(log: Page, drawer: Any) -> None:
    log.keyboard.press("/")
    words = log.get_by_label("Words")
    expect(words).to_be_focused()
    log.keyboard.type("jf?/e")
    expect(words).to_have_value("jf?/e")
    log.keyboard.press("Escape")
    expect(words).to_be_hidden()
    log.keyboard.press("Control+j")
    expect(row(log, 0)).not_to_be_focused()


def test_the_keys_are_listed_and_can_be_switched_off(log: Page) -> None:
    log.keyboard.press("?")
    keys = log.get_by_role("dialog", name="Keyboard shortcuts")
    keys.get_by_label("Use these keys").uncheck()
    log.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    log.reload()
    log.keyboard.press("j")
    expect(row(log, 0)).not_to_be_focused()


def test_when_the_session_is_over_the_sign_in_page_is_shown_whole(log: Page) -> None:
    log.context.clear_cookies()
    log.get_by_role("link", name="Remove Type Team").click()
    expect(log.get_by_role("button", name="Sign in")).to_be_visible()
    expect(log.locator("#log")).to_have_count(0)


def test_without_javascript_the_list_filters_pages_and_opens(log: Page, browser: Browser, entries: list[int]) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(log.context.cookies())  # type: ignore[arg-type]
    plain = context.new_page()
    plain.goto(log.url + "&page_size=25")
    plain.get_by_role("link", name="Older").click()
    expect(total(plain)).to_have_text("30 entries")
    plain.locator("summary", has_text="Filters").click()
    plain.get_by_label("Words").fill("Team 7")
    plain.get_by_role("button", name="Apply").click()
    expect(total(plain)).to_have_text("1 entry")
    row(plain, 0).click()
    expect(plain).to_have_url(re.compile(f"/activity/{entries[6]}/$"))
    context.close()
