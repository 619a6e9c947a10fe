"""Versions in a real browser: a team is edited twice, two versions are compared, the first one is restored."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.entries import entries_of
from tracked_objects.models import Team

pytestmark = pytest.mark.browser


def test_edit_twice_compare_and_restore(
    browse_as: Callable[[User], Page], account_admin: User, team: Team, complaints: list[str]
) -> None:
    page = browse_as(account_admin)
    overview = f"{page.url.partition('/a/')[0]}/a/acme/teams/{team.pk}/"
    for name in ("Checkout", "Orders"):
        page.goto(f"{overview}edit/")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Versions").click()
    page.get_by_label("Version", exact=True).fill("1")
    page.get_by_label("and version").fill("2")
    page.get_by_role("button", name="Compare").click()
    row = page.get_by_role("row").filter(has_text="Name")
    expect(row.get_by_role("cell").first).to_have_text("Payments")
    expect(row.get_by_role("cell").last).to_have_text("Checkout")
    page.get_by_role("link", name="Versions").click()
    page.get_by_role("link", name="Restore version 1").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("Reason").fill("The old name was known")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored: Payments is as it was in version 1.")).to_be_visible()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Restored team “Payments” to version 1")
    assert len(entries_of(team)) == 4


def test_a_date_and_a_date_that_is_none(
    browse_as: Callable[[User], Page], account_admin: User, saved: Team, complaints: list[str]
) -> None:
    page = browse_as(account_admin)
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/teams/{saved.pk}/versions/")
    page.get_by_label("Date or time").fill("2026-01-02")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    expect(page.get_by_text("Bob", exact=True)).to_be_visible()
    page.get_by_label("Date or time").fill("some day")
    page.get_by_label("Date or time").press("Enter")
    expect(page.get_by_text("“some day” is no date or time")).to_be_visible()
    complaints[:] = [text for text in complaints if "status of 400" not in text]
