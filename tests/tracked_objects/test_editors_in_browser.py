"""The editors in a real browser: rows are added, removed and moved in place, by mouse and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.entries import entries_of, entry_of
from tests.sei_audit.test_accessibility import check
from tracked_objects.models import BusinessAlignmentProfile, EfficiencyProfile, Team
from tracked_objects.models.base import AccountObject

pytestmark = pytest.mark.browser
Open = Callable[[AccountObject], Page]


@pytest.fixture
def edit(browse_as: Callable[[User], Page], sei_admin: User) -> Open:
    """Opens the form of an object."""
    page = browse_as(sei_admin)

    def _edit(item: AccountObject) -> Page:
        page.goto(f"{page.url.partition('/a/')[0]}/a/acme/{item.slug}/{item.pk}/edit/")
        return page

    return _edit


def rows(page: Page, part: str) -> Locator:
    """The rows of a part that are shown."""
    return page.locator(f"#{part} [data-rows] > [data-row]:visible")


def names(page: Page) -> list[str]:
    return [row.locator("[name$='-name']").input_value() for row in rows(page, "categories").all()]


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved:")).to_be_visible()


def test_a_category_is_moved_by_keyboard_and_saved(edit: Open, alignment: BusinessAlignmentProfile) -> None:
    page = edit(alignment)
    up = rows(page, "categories").nth(2).get_by_role("button", name="Move up")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert names(page) == ["Upkeep", "Features", "Quality"]
    expect(rows(page, "categories").nth(0).get_by_role("button", name="Move up")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Upkeep")).to_have_text("Upkeep is now above Features")
    save(page)
    assert entry_of(alignment).changes["categories[]"]["after"] == ["Upkeep", "Features", "Quality"]


def test_a_category_is_dragged_and_saved(edit: Open, alignment: BusinessAlignmentProfile) -> None:
    page = edit(alignment)
    grip, last = rows(page, "categories").nth(0).locator("[data-grip]"), rows(page, "categories").nth(2)
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), last.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + end["height"] - 4, steps=12)
    page.mouse.up()
    page.mouse.move(start["x"], start["y"])
    assert names(page) == ["Quality", "Upkeep", "Features"]
    save(page)
    alignment.refresh_from_db()
    assert [row["name"] for row in alignment.categories] == ["Quality", "Upkeep", "Features"]


def test_categories_are_added_moved_and_removed_at_once(edit: Open, alignment: BusinessAlignmentProfile) -> None:
    page = edit(alignment)
    page.get_by_role("button", name="Add category").click()
    page.keyboard.type("Risk")
    rows(page, "categories").nth(3).get_by_role("button", name="Move up").click()
    rows(page, "categories").nth(0).get_by_role("button", name="Remove", exact=True).click()
    expect(rows(page, "categories").nth(0).get_by_label("Name")).to_be_focused()
    assert names(page) == ["Quality", "Risk", "Upkeep"]
    save(page)
    alignment.refresh_from_db()
    assert [row["name"] for row in alignment.categories] == ["Quality", "Risk", "Upkeep"]


def test_what_is_refused_comes_back_as_it_was(edit: Open, alignment: BusinessAlignmentProfile) -> None:
    page = edit(alignment)
    rows(page, "categories").nth(2).get_by_role("button", name="Move up").click()
    rows(page, "categories").nth(0).get_by_role("button", name="Remove", exact=True).click()
    rows(page, "categories").nth(1).get_by_label("Name").fill("upkeep")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The category “upkeep” is there twice.")).to_be_visible()
    assert names(page) == ["Upkeep", "upkeep"]
    rows(page, "categories").nth(1).get_by_label("Name").fill("Quality")
    save(page)
    alignment.refresh_from_db()
    assert [row["name"] for row in alignment.categories] == ["Upkeep", "Quality"]


def test_conditions_are_added_and_removed(edit: Open, team: Team) -> None:
    page = edit(team)
    section = page.get_by_role("group", name="Repositories")
    for text in ("one", "two"):
        section.get_by_role("button", name="Add condition").click()
        page.keyboard.type("name")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    section.get_by_role("button", name="Remove this condition").first.click()
    expect(section.get_by_label("Property").locator("visible=true")).to_be_focused()
    check(page)
    save(page)
    team.refresh_from_db()
    assert team.settings == {"repositories": [{"property": "name", "operator": "is", "values": ["two"]}]}
    edit(team)
    section.get_by_role("button", name="Remove this condition").click()
    expect(section.get_by_role("button", name="Add condition")).to_be_focused()
    save(page)
    team.refresh_from_db()
    assert team.settings == {}


def test_a_filter_set_is_added(edit: Open, team: Team) -> None:
    page = edit(team)
    for _number in range(2):
        page.get_by_role("button", name="Add filter set").click()
    filters = rows(page, "alignment_filters")
    filters.nth(0).get_by_label("Investment category").fill("Quality")
    filters.nth(0).get_by_label("Match").select_option("any")
    filters.nth(0).get_by_role("button", name="Add condition").click()
    page.keyboard.type("labels")
    filters.nth(0).get_by_label("Values").locator("visible=true").fill("bug, incident")
    filters.nth(1).get_by_role("button", name="Remove", exact=True).click()
    check(page)
    save(page)
    team.refresh_from_db()
    condition = {"property": "labels", "operator": "is", "values": ["bug", "incident"]}
    assert team.alignment_filters == {"Quality": [{"match": "any", "conditions": [condition]}]}


def test_looking_and_saving_changes_nothing(
    edit: Open, team: Team, alignment: BusinessAlignmentProfile, efficiency: EfficiencyProfile
) -> None:
    for item in (team, alignment, efficiency):
        save(edit(item))
        assert [entry.action for entry in entries_of(item)] == ["CREATED"]


def test_without_javascript_there_are_blank_rows_and_ranks(
    edit: Open, alignment: BusinessAlignmentProfile, request: pytest.FixtureRequest
) -> None:
    page = edit(alignment)
    state, url = page.context.storage_state(), page.url
    assert page.context.browser
    plain = page.context.browser.new_context(storage_state=state, java_script_enabled=False)
    request.addfinalizer(plain.close)
    page = plain.new_page()
    page.goto(url)
    for row, text in enumerate("231"):
        rows(page, "categories").nth(row).get_by_label("Rank").fill(text)
    rows(page, "categories").nth(0).get_by_label("Remove").check()
    rows(page, "categories").nth(1).get_by_label("Property").first.fill("labels")
    rows(page, "categories").nth(1).get_by_label("Values").first.fill("bug")
    expect(page.get_by_role("button", name="Move up")).to_have_count(0)
    save(page)
    alignment.refresh_from_db()
    assert [row["name"] for row in alignment.categories] == ["Upkeep", "Quality"]
    assert alignment.categories[1]["conditions"] == [{"property": "labels", "operator": "is", "values": ["bug"]}]
