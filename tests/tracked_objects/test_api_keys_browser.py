"""An API key in a real browser: made, copied, gone for good, revoked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect

from accounts.api_keys import authenticate
from accounts.models import User
from tests.sei_audit.test_accessibility import check

pytestmark = pytest.mark.browser


def test_a_key_is_made_copied_and_revoked(browse_as: Callable[[User], Page], account_admin: User) -> None:
    page = browse_as(account_admin)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="API Keys").click()
    page.get_by_role("link", name="New API key").first.click()
    page.get_by_label("Name").fill("Jenkins")
    page.get_by_label("SEI Ingestion").check()
    page.get_by_role("button", name="Save").click()
    check(page)
    page.get_by_role("button", name="Copy key").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    text = str(page.evaluate("navigator.clipboard.readText()"))
    assert text == page.get_by_label("Key", exact=True).input_value()
    assert authenticate({"X-Api-Key": text}) is not None
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_text("send entries")).to_be_visible()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_label("Reason").fill("Only a try")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked: Jenkins.")).to_be_visible()
    assert authenticate({"X-Api-Key": text}) is None
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("revoked API key “Jenkins”")).to_be_visible()


def test_the_way_back_shows_the_key_no_more(
    browse_as: Callable[[User], Page], account_admin: User, complaints: list[str]
) -> None:
    page = browse_as(account_admin)
    page.get_by_role("link", name="API Keys").click()
    page.get_by_role("link", name="New API key").first.click()
    page.get_by_label("Name").fill("Jenkins")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="I have kept it").click()
    # The browser has not stored it, and would have to send the form again.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    complaints.clear()
