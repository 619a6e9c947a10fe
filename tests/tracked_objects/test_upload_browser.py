"""An upload in a real browser: a file is dropped, mapped, reviewed and approved, and going back changes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from tests.tracked_objects.uploading import file_of, people, stored

pytestmark = pytest.mark.browser


def test_upload_review_approve_and_back(
    browse_as: Callable[[User], Page], sei_admin: User, account: Account, complaints: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "hr.csv"
    file.write_text(file_of(people("Ann", "Bob<Ann"), separator=";"), "utf-16", newline="")
    page = browse_as(sei_admin)
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/developers/")
    page.get_by_role("link", name="Upload CSV").first.click()
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Manager email")).to_have_value("Manager email")
    page.get_by_label("Site").select_option("Ignored")
    page.get_by_role("button", name="Check and review").click()
    expect(page.get_by_role("link", name="Created 2")).to_be_visible()
    page.get_by_label("Reason").fill("First upload")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The upload is approved: hr.csv.")).to_be_visible()
    assert stored(account) == set(people("Ann", "Bob<Ann"))
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="This upload has been approved")).to_be_visible()
    complaints[:] = [text for text in complaints if "status of 409" not in text]
