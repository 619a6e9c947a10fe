"""In a real browser: cloud IDs are synced from a file, and developers are chosen in the list and deleted."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from tests.tracked_objects.test_cloud_ids import HEAD, github, identities
from tests.tracked_objects.uploading import file_of, parent_of
from tracked_objects.models import Developer, Team

pytestmark = pytest.mark.browser
BrowseAs = Callable[[User], Page]


def developers(browse_as: BrowseAs, user: User) -> Page:
    page = browse_as(user)
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/developers/")
    return page


def test_sync_cloud_ids_and_go_back(
    browse_as: BrowseAs, sei_admin: User, ada: Developer, ben: Developer, complaints: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "ids.csv"
    rows = [(ada.email, "GitHub", "ada-p"), ("nobody@acme.example", "github", "x")]
    file.write_text(file_of(rows, HEAD, ";"), "utf-16", newline="")
    page = developers(browse_as, sei_admin)
    page.get_by_role("link", name="Sync cloud IDs").click()
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("1 e-mail belongs to no developer")).to_be_visible()
    expect(page.get_by_role("row", name="Ada Park")).to_contain_text("github: ada-p")
    page.get_by_label("Reason").fill("New tool")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The cloud IDs are synced: ids.csv.")).to_be_visible()
    assert identities(ada) == [github("ada-p")]
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="This upload has been approved")).to_be_visible()
    complaints[:] = [text for text in complaints if "status of 409" not in text]


def test_select_and_delete_on_a_phone(
    browse_as: BrowseAs, sei_admin: User, account: Account, team: Team, cleo: Developer
) -> None:
    page = developers(browse_as, sei_admin)
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_label("Select Ada Park").check()
    page.get_by_label("Select Cleo Berg").check()
    page.get_by_role("button", name="Delete selected").click()
    expect(page.get_by_role("row", name="Ada Park")).to_contain_text("Payments")
    page.get_by_label("Reason").fill("Left")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted: 2 developers.")).to_be_visible()
    assert [person.full_name for person in Developer.objects.all()] == ["Ben Ito"]
    assert parent_of(account).reason == "Left"
    # No page is kept by the browser: going back asks again.
    page.go_back()
    expect(page.get_by_text("They have been deleted already.")).to_be_visible()


def test_without_scripts_all_of_a_page_is_selected_by_a_link(
    browse_as: BrowseAs, sei_admin: User, ada: Developer, cleo: Developer
) -> None:
    page = developers(browse_as, sei_admin)
    page.get_by_role("link", name="Select all on this page").click()
    expect(page.get_by_label("Select Ada Park")).to_be_checked()
    page.get_by_role("button", name="Delete selected").click()
    expect(page.get_by_role("heading", name="Delete 2 developers?")).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    assert Developer.objects.count() == 2
