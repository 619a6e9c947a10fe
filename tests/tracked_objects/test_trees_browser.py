"""A tree in a real browser: made step by step, then opened node by node."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from activity.actors import Actor
from activity.recording import recording
from tracked_objects.models import Developer

pytestmark = pytest.mark.browser


@pytest.fixture
def org(account: Account) -> None:
    """Ada has Ben, who has Fay."""
    manager = None
    with recording(Actor.system("tests")):
        for name in ("Ada", "Ben", "Fay"):
            manager = Developer.objects.create(
                account=account, full_name=name, email=f"{name.lower()}@acme.example", manager=manager
            )


def test_a_tree_is_made_and_opened(browse_as: Callable[[User], Page], sei_admin: User, org: None) -> None:
    page = browse_as(sei_admin)
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/org-trees/")
    page.get_by_role("link", name="New org tree").first.click()
    page.get_by_label("Name").fill("All")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("With a manager")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    opens(page)
    for _step in range(2):
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Save org tree").click()
    expect(page.get_by_text("Org tree created: All (1 team).")).to_be_visible()
    opens(page)
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.get_by_role("row", name="Ben")).to_contain_text("Ada")


def test_a_node_opens_by_the_keyboard(browse_as: Callable[[User], Page], sei_admin: User, org: None) -> None:
    page = browse_as(sei_admin)
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/org-trees/new/")
    page.get_by_label("Name").fill("All")
    for _step in range(2):
        page.get_by_role("button", name="Next").click()
    summary = page.locator("summary", has_text="Ada")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="Ben")).to_be_visible()


def opens(page: Page) -> None:
    """Opens the nodes one after the other; each is asked for when it is opened."""
    expect(page.get_by_text("Fay")).to_have_count(0)
    for name in ("Ada", "Ben"):
        page.locator("summary", has_text=name).click(position={"x": 4, "y": 8})
    expect(page.get_by_role("link", name="Fay")).to_be_visible()
