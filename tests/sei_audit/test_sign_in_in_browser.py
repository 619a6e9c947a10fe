"""Second factors in a real browser, with an authenticator that Chromium itself plays."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from tests.accounts.identity_providers import open_id_provider
from tests.accounts.second_factors import code
from tests.entries import entry_of, last_entry

pytestmark = pytest.mark.browser


@pytest.fixture
def own(browse_as: Callable[[User], Page], sei_admin: User, password: str, with_passkeys: None) -> Page:
    """The page of second factors, of somebody who has just shown who they are and whose device has passkeys."""
    page = browse_as(sei_admin)
    page.get_by_title("Your account").click()
    page.get_by_role("link", name="Second factors").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()
    return page


def add_passkey(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def sign_in(page: Page, user: User, password: str) -> None:
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_passkey_alone_signs_in(own: Page, sei_admin: User) -> None:
    add_passkey(own, "Laptop")
    entry_of(sei_admin, summary="Added the passkey “Laptop”; made recovery codes")
    sign_out(own)
    own.get_by_role("button", name="Use a passkey").click()
    expect(own.get_by_role("heading", name="Activity Logs", level=1)).to_be_visible()
    account = sei_admin.bindings.get().account
    assert last_entry(account, type="USER_LOGIN", action="SUCCESS").details == {"by": ["webauthn"]}


def test_a_passkey_is_the_second_step_of_a_password(own: Page, sei_admin: User, password: str) -> None:
    add_passkey(own, "Laptop")
    sign_out(own)
    sign_in(own, sei_admin, password)
    own.get_by_role("button", name="Use a passkey").click()
    expect(own.get_by_role("heading", name="Activity Logs", level=1)).to_be_visible()


def test_it_is_renamed_and_removed(own: Page, sei_admin: User) -> None:
    add_passkey(own, "Laptop")
    own.get_by_role("link", name="Second factors").first.click()
    own.get_by_role("link", name="Rename Laptop").click()
    own.get_by_label("Name").fill("Old laptop")
    own.get_by_role("button", name="Save").click()
    entry_of(sei_admin, summary="Renamed the passkey “Laptop” to “Old laptop”")
    own.get_by_role("link", name="Remove Old laptop").click()
    own.get_by_role("button", name="Remove").click()
    expect(own.get_by_role("link", name="Rename")).to_have_count(0)
    entry_of(sei_admin, summary="Removed the passkey “Old laptop”")


def test_a_code_of_the_app_is_the_second_step(own: Page, sei_admin: User, password: str) -> None:
    own.get_by_role("link", name="Second factors").first.click()
    own.get_by_role("link", name="Set up the app").click()
    expect(own.get_by_alt_text("The key as a QR code")).to_be_visible()
    secret = own.locator("main code").inner_text()
    own.get_by_label("Authenticator code").fill(code(secret, -1))
    own.get_by_role("button", name="Set up").click()
    expect(own.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(own)
    sign_in(own, sei_admin, password)
    own.get_by_label("Code").fill(code(secret))
    own.get_by_role("button", name="Continue").click()
    expect(own.get_by_role("heading", name="Activity Logs", level=1)).to_be_visible()


def test_another_password_is_used_at_the_next_sign_in(own: Page, sei_admin: User, password: str) -> None:
    own.get_by_role("link", name="Password").click()
    own.get_by_label("Current password").fill(password)
    own.get_by_label(re.compile("^New password")).nth(0).fill("a brand new horse")
    own.get_by_label("New password again").fill("a brand new horse")
    own.get_by_role("button", name="Change the password").click()
    expect(own.get_by_text("Your password is changed.")).to_be_visible()
    sign_out(own)
    sign_in(own, sei_admin, "a brand new horse")
    expect(own.get_by_role("heading", name="Activity Logs", level=1)).to_be_visible()


def test_single_sign_on_goes_there_and_back(
    database_beside_browser: None, page: Page, live_server: Any, sei_admin: User, account: Account
) -> None:
    with open_id_provider() as idp:
        idp.config(account)
        subject = idp.knows(email=sei_admin.email)
        page.goto(f"{live_server.url}/a/acme/teams/")
        page.get_by_role("button", name="Continue with SSO").click()
        page.get_by_label("E-mail").fill(sei_admin.email)
        page.get_by_role("button", name="Continue").click()
        page.locator("input[name=sub]").fill(subject)
        page.locator("input[name=sub]").press("Enter")
        expect(page.get_by_role("heading", name="Teams", level=1)).to_be_visible()
        page.get_by_title("Your account").click()
        expect(page.get_by_role("heading", name="Not with single sign-on alone")).to_be_visible()
