"""The way back: to a form as it was typed, but to nothing at all once signed out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tracked_objects.models import OrgTree

pytestmark = pytest.mark.browser


def test_what_was_typed_is_still_there(browse_as: Callable[[User], Page], account_admin: User) -> None:
    page = browse_as(account_admin)
    page.goto(f"{page.url.partition('/activity/')[0]}/org-trees/new/")
    page.get_by_label("Name").fill("Platform")
    page.get_by_role("link", name="Teams").click()
    page.go_back()
    expect(page.get_by_label("Name")).to_have_value("Platform")


def test_who_signs_out_leaves_no_page_behind(
    browse_as: Callable[[User], Page], account_admin: User, org_tree: OrgTree
) -> None:
    page = browse_as(account_admin)
    page.get_by_role("link", name="Org Trees").click()
    expect(page.get_by_text(org_tree.name)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    page.go_back()
    page.wait_for_url("**/accounts/login/**")
    assert org_tree.name not in page.content()
