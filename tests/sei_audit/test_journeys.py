"""What people come for, by somebody who has never seen the pages: found in at most four clicks from the list."""

import csv
import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Account, User
from activity.actors import Actor
from activity.models import ActorKind
from activity.recording import recording
from tests.log import draft, write
from tracked_objects.models import EfficiencyProfile, OrgTree, Team

pytestmark = pytest.mark.browser
TODAY = timezone.now().date()
LAST_MONTH = TODAY.replace(day=1) - timedelta(days=10)


class Clicks:
    """Counts the clicks; keys and typing are free."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, place: Locator) -> None:
        place.click()
        self.count += 1


@pytest.fixture
def click() -> Clicks:
    return Clicks()


@pytest.fixture
def log(browse_as: Callable[[User], Page], account_admin: User, story: None) -> Page:
    """The list, as an admin comes upon it."""
    page = browse_as(account_admin)
    expect(page.get_by_role("heading", name="Activity Logs")).to_be_visible()
    return page


def at(day: Any, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


@pytest.fixture
def story(account: Account, org_tree: OrgTree, account_admin: User) -> None:
    """A profile that somebody else edited last month, what Ada and Bob did on some days, and sign-ins."""
    with recording(Actor.user(account_admin), occurred_at=at(LAST_MONTH, 8)):
        profile = EfficiencyProfile.objects.create(account=account, name="Fast lane")
    dana = Actor(ActorKind.USER, "77", "dana@acme.example", "Dana Reyes")
    with recording(dana, occurred_at=at(LAST_MONTH, 9), reason="Reviews end at approval"):
        profile.lead_time["phases"][2]["end_event"] = "pull_request_approved"
        profile.save()
    people = ("ada@acme.example", "bob@acme.example")
    write(
        *(
            draft(account, email=email, object_name=f"Team {hour}", occurred_at=at(LAST_MONTH + timedelta(day), hour))
            for email in people
            for day in (0, 1)
            for hour in (7, 15, 23)
        ),
        *(
            draft(account, type="USER_LOGIN", action=action, object_name=email, email=email)
            for email in people
            for action in ("SUCCESS", "FAIL", "FAIL")
        ),
        draft(account, type="SSO_CONFIG", action="FAIL"),
    )


def test_who_changed_the_review_phase_last_month(log: Page, click: Clicks) -> None:
    click(log.locator("summary", has_text="Filters"))
    click(log.get_by_label("Efficiency profile"))
    log.get_by_label("From").fill(LAST_MONTH.replace(day=1).isoformat())
    log.get_by_label("To", exact=True).fill((TODAY.replace(day=1) - timedelta(days=1)).isoformat())
    log.get_by_label("Words").fill("review")
    log.get_by_label("Words").press("Enter")
    expect(log.locator("#total")).to_contain_text("2 entries")
    click(log.locator("#log .entries").get_by_role("link", name="Fast lane").first)
    entry = log.locator("#entry")
    expect(entry).to_contain_text("Dana Reyes")
    expect(entry).to_contain_text(re.compile(r"Review.*pull request merged.*pull request approved", re.IGNORECASE))
    assert click.count <= 4


def test_everything_that_one_email_did_on_a_day(log: Page, click: Clicks) -> None:
    click(log.locator("summary", has_text="Filters"))
    log.get_by_role("group", name="E-mail").get_by_role("combobox").fill("ada@acme.example")
    log.get_by_label("From").fill(LAST_MONTH.isoformat())
    log.get_by_label("To", exact=True).fill(LAST_MONTH.isoformat())
    log.get_by_label("To", exact=True).press("Enter")
    expect(log.locator("#total")).to_contain_text("3 entries")
    expect(log.locator("#log .entries tbody tr")).to_have_count(3)
    assert click.count <= 4


def test_a_csv_of_failed_sign_ins(log: Page, click: Clicks, tmp_path: Path) -> None:
    click(log.locator("summary", has_text="Filters"))
    click(log.get_by_role("group", name="Type").get_by_label("Sign-in"))
    click(log.get_by_role("group", name="Action").get_by_label("Fail"))
    log.keyboard.press("Enter")
    expect(log.locator("#total")).to_contain_text("4 entries")
    click(log.locator("summary", has_text="Download"))
    with log.expect_download() as download:
        log.get_by_role("dialog", name="Download").get_by_label("CSV").press("Enter")
    download.value.save_as(tmp_path / "failed.csv")
    with (tmp_path / "failed.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["type"], row["action"]) for row in rows} == {("USER_LOGIN", "FAIL")}
    assert len(rows) == 4 and click.count <= 4


def test_a_change_is_made_and_read_in_its_history(log: Page, account: Account, org_tree: OrgTree) -> None:
    with recording(Actor.system("tests")):
        team = Team.objects.create(account=account, org_tree=org_tree, name="Payments")
    log.goto(log.url.partition("/a/")[0] + team.get_absolute_url())
    log.get_by_role("link", name="Edit").click()
    log.get_by_label("Name", exact=True).fill("Billing")
    log.get_by_role("button", name="Save").click()
    log.get_by_role("link", name="History").click()
    log.locator(".entries").get_by_role("link", name="Billing").first.click()
    expect(log.locator("#entry")).to_contain_text("Payments")
    expect(log.locator("#entry")).to_contain_text("Billing")


def test_a_session_that_ends_while_somebody_types_loses_nothing(
    log: Page, account_admin: User, password: str, org_tree: OrgTree, complaints: list[str]
) -> None:
    log.goto(f"{log.url.partition('/a/')[0]}{org_tree.get_absolute_url()}edit/")
    log.get_by_label("Name", exact=True).fill("Platform")
    log.context.clear_cookies(name="sessionid")
    log.get_by_role("button", name="Save").click()
    expect(log.get_by_text("Your session is over")).to_be_visible()
    assert Axe().run(log).violations_count == 0
    log.get_by_label("Email").fill(account_admin.email)
    log.get_by_label("Password").fill(password)
    log.get_by_role("button", name="Sign in").click()
    expect(log.get_by_role("heading", name="Your changes are still here")).to_be_visible()
    assert Axe().run(log).violations_count == 0
    log.get_by_role("button", name="Send them now").click()
    expect(log.get_by_role("heading", name="Platform")).to_be_visible()
    complaints[:] = [text for text in complaints if "401" not in text]


def test_by_keys_alone(log: Page) -> None:
    log.keyboard.press("/")
    expect(log.get_by_label("Words")).to_be_focused()
    log.keyboard.type("review")
    log.keyboard.press("Enter")
    expect(log.locator("#total")).to_contain_text("2 entries")
    log.keyboard.press("j")
    log.keyboard.press("Enter")
    expect(log.locator("#entry")).to_contain_text("Dana Reyes")


@pytest.mark.parametrize("path", ["", "?panel=open"])
def test_twice_as_large_nothing_is_cut_off(log: Page, path: str) -> None:
    """A zoom of 200 % leaves a window of 1280 with 640 pixels."""
    log.set_viewport_size({"width": 640, "height": 400})
    log.goto(f"{log.url.partition('?')[0]}{path}")
    assert log.evaluate("document.documentElement.scrollWidth") <= 640
