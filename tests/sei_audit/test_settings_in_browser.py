"""A reader's preferences in a real browser: they apply at once, stay, and need no JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Account, User
from tests.log import entry

pytestmark = pytest.mark.browser
BrowseAs = Callable[[User], Page]


@pytest.fixture
def log(browse_as: BrowseAs, account: Account, account_admin: User) -> Page:
    entry(account, object_id="7", object_name="Payments", actor_name="Ada")
    return browse_as(account_admin)


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_theme_changes_at_once_and_stays(log: Page) -> None:
    light = ground(log)
    with log.expect_response("**/preferences/"):
        log.get_by_role("button", name="Dark").click()
    assert ground(log) != light
    log.reload()
    assert ground(log) != light
    expect(log.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_columns_come_and_go_while_the_menu_stays_open(log: Page) -> None:
    log.locator("summary[title=Display]").click()
    menu = log.locator(".display")
    menu.get_by_label("Object").check()
    expect(log.get_by_role("columnheader", name="Object")).to_be_visible()
    menu.get_by_label("Type").uncheck()
    expect(log.get_by_role("columnheader", name="Type")).to_have_count(0)
    log.reload()
    expect(log.get_by_role("columnheader", name="Object")).to_be_visible()


def test_compact_rows_are_lower(log: Page) -> None:
    row = log.locator(".entries tbody tr").first
    before = row.bounding_box()
    log.locator("summary[title=Display]").click()
    log.get_by_label("Compact").check()
    after = row.bounding_box()
    assert before and after
    assert after["height"] < before["height"]


def test_without_javascript_the_form_is_sent(log: Page, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=log.context.storage_state())
    page = context.new_page()
    page.goto(f"{log.url}?type=TEAM")
    page.locator("summary[title=Display]").click()
    page.locator(".display").get_by_label("Object").check()
    page.locator(".display").get_by_role("button", name="Apply").click()
    expect(page.get_by_role("columnheader", name="Object")).to_be_visible()
    assert page.url.endswith("?type=TEAM")
    context.close()
