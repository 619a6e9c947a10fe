"""The page of an entry in a real browser: its buttons and key, its tabs, and how it fits wherever it is shown."""

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from tests.log import draft, write

pytestmark = pytest.mark.browser
LONG = "One sentence of a long text that goes on. " * 60
CHANGES = {
    "lead_time.phases[Review].end_event": {"before": "pull_request_merged", "after": "pull_request_approved"},
    "Description": {"before": f"{LONG}Old.", "after": f"{LONG}New."},
    "Members": {"added": [f"Person {number}" for number in range(30)], "removed": ["x" * 300]},
    "Settings": {"before": None, "after": {f"key_{number}": ["a value", "another"] for number in range(12)}},
    "Name": {"before": "فريق المدفوعات", "after": "Payments"},
}


@pytest.fixture
def entries(account: Account) -> list[int]:
    """Three edits of one team."""
    return write(*(draft(account, object_id="7", object_name="Payments", changes=CHANGES) for _ in range(3)))


@pytest.fixture
def page_of(browse_as: Callable[[User], Page], account_admin: User, entries: list[int]) -> Page:
    """The page of the edit in the middle."""
    page = browse_as(account_admin)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/activity/{entries[1]}/")
    return page


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_the_link_is_copied_by_its_button_and_by_its_key(page_of: Page) -> None:
    page_of.get_by_role("button", name="Copy link").click()
    expect(page_of.get_by_text("Copied", exact=True)).to_be_visible()
    assert clipboard(page_of) == page_of.url
    page_of.evaluate("navigator.clipboard.writeText('')")
    page_of.goto(f"{page_of.url}?tab=json")
    page_of.keyboard.press("c")
    expect(page_of.get_by_text("Copied", exact=True)).to_be_visible()
    assert clipboard(page_of) == page_of.url.partition("?")[0]


def test_the_json_is_copied_from_either_tab(page_of: Page, entries: list[int]) -> None:
    for tab in ("What happened", "Raw JSON"):
        page_of.get_by_role("link", name=tab).click()
        page_of.get_by_role("button", name="Copy as JSON").click()
        expect(page_of.get_by_text("Copied", exact=True)).to_be_visible()
        assert json.loads(clipboard(page_of))["seq"] == entries[1]
        page_of.evaluate("navigator.clipboard.writeText('')")


def test_without_https_the_link_is_copied_the_old_way(page_of: Page) -> None:
    page_of.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page_of.get_by_role("button", name="Copy link").click()
    expect(page_of.get_by_text("Copied", exact=True)).to_be_visible()
    page_of.reload()
    assert clipboard(page_of) == page_of.url


def test_no_key_is_taken_where_keys_are_off(page_of: Page) -> None:
    page_of.evaluate("localStorage.setItem('keys', 'off'); navigator.clipboard.writeText('mine')")
    page_of.keyboard.press("c")
    page_of.wait_for_timeout(200)
    assert clipboard(page_of) == "mine"


def test_long_lists_open_on_demand(page_of: Page) -> None:
    expect(page_of.get_by_text("Person 29")).to_be_hidden()
    page_of.get_by_text("30 added").click()
    expect(page_of.get_by_text("Person 29")).to_be_visible()


@pytest.mark.parametrize("tab", ["", "?tab=json"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light"), (1280, "dark")])
def test_it_shuts_nobody_out_and_never_scrolls_sideways(page_of: Page, tab: str, width: int, scheme: str) -> None:
    page_of.set_viewport_size({"width": width, "height": 800})
    page_of.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page_of.goto(f"{page_of.url}{tab}")
    for folded in page_of.locator("details summary").all():
        folded.evaluate("summary => summary.parentElement.open = true")
    found = Axe().run(page_of, "main")
    assert found.violations_count == 0, found.generate_report()
    assert page_of.evaluate("document.documentElement.scrollWidth") <= width


def test_sides_stand_side_by_side_where_there_is_room(page_of: Page) -> None:
    row = page_of.get_by_role("row").filter(has_text="End event")
    for width, beside in ((1280, True), (390, False)):
        page_of.set_viewport_size({"width": width, "height": 800})
        before, after = (row.get_by_role("cell").nth(number).bounding_box() for number in (0, 1))
        assert before
        assert after
        assert (before["y"] == after["y"]) is beside


def test_in_the_drawer_its_tabs_and_its_history_stay_there(page_of: Page, entries: list[int]) -> None:
    page_of.set_viewport_size({"width": 1440, "height": 900})
    page_of.goto(page_of.url.partition("/activity/")[0] + "/activity/")
    page_of.locator(f'.entries a[href$="/{entries[1]}/"]').first.click()
    entry = page_of.locator("#drawer #entry")
    entry.get_by_role("link", name="Raw JSON").click()
    expect(entry.locator("pre")).to_contain_text(f'"seq": {entries[1]}')
    entry.get_by_role("link", name="Next change").click()
    expect(entry.get_by_role("link", name="Next change")).to_have_count(0)
    entry.get_by_role("button", name="Copy link").click()
    expect(entry.get_by_text("Copied", exact=True)).to_be_visible()
    assert clipboard(page_of).endswith(f"/activity/{entries[2]}/")
    assert page_of.url.endswith("/activity/")
    assert page_of.evaluate("document.documentElement.scrollWidth") <= 1440
