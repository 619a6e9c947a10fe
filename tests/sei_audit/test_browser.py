"""The way in, in a real browser: what it loads and runs, and that nothing is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User

pytestmark = pytest.mark.browser
BrowseAs = Callable[[User], Page]


@pytest.fixture
def sign_in_page(database_beside_browser: None, page: Page, live_server: Any, complaints: list[str]) -> Page:
    page.goto(f"{live_server.url}/")
    return page


def test_signing_in_and_out(sign_in_page: Page, account_admin: User, password: str) -> None:
    sign_in_page.get_by_label("Email").fill(account_admin.email)
    sign_in_page.get_by_label("Password").fill(password)
    sign_in_page.get_by_role("button", name="Sign in").click()
    expect(sign_in_page.get_by_role("heading", name="Activity Logs", level=1)).to_be_visible()
    sign_in_page.get_by_role("button", name="Sign out").click()
    expect(sign_in_page.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("person", ["account_admin", "sei_admin", "account_viewer", "collection_admin", "sei_viewer"])
def test_every_page_of_the_navigation_opens(browse_as: BrowseAs, request: pytest.FixtureRequest, person: str) -> None:
    page = browse_as(request.getfixturevalue(person))
    links = page.locator("#navigation .nav-sections a").all()
    for address in [link.get_attribute("href") for link in links]:
        response = page.goto(page.url.partition("/a/")[0] + str(address))
        assert response is not None
        assert response.status == 200
        expect(page.locator("h1")).to_be_visible()
