"""Somebody is invited, accepts, and reads the log, in a real browser."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.sei_audit.test_accessibility import check

pytestmark = pytest.mark.browser


@pytest.fixture
def link(browse_as: Callable[[User], Page], account_admin: User) -> str:
    """What the Account Admin has mailed to Cleo."""
    page = browse_as(account_admin)
    page.get_by_role("link", name="Members").click()
    page.get_by_role("link", name="Invite a member").click()
    page.get_by_label("E-mail").fill("cleo@new.example")
    page.get_by_label("Account Viewer").check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Sent an invitation to cleo@new.example.")).to_be_visible()
    found = re.search(r"http://\S+/invitations/\S+", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_from_the_mail_to_a_log_that_can_only_be_read(link: str, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Join Acme")).to_be_visible()
    assert link not in page.url
    check(page)
    page.get_by_label("Name").fill("Cleo")
    page.get_by_label("Password").fill("a fine long password")
    page.get_by_role("button", name="Accept and sign in").click()
    expect(page.get_by_role("heading", name="Activity Logs", level=1)).to_be_visible()
    expect(page.locator("#log")).to_contain_text("Account Viewer to Cleo (cleo@new.example)")
    expect(page.locator("summary", has_text="Filters")).to_be_visible()
    expect(page.locator("summary", has_text="Download")).to_have_count(0)
    assert page.request.get(f"{page.url}export.csv").status == 403
    page.goto(link)
    expect(page.get_by_role("heading", name="This link can't be used")).to_be_visible()
    check(page)
    page.context.close()
