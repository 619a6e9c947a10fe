"""Saved views and the download dialog in a real browser; downloads come from the server that the app is run with."""

import re
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from os import urandom
from pathlib import Path
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Locator, Page, expect

import activity.export
from accounts.models import Account, User
from activity.models import Entry
from activity.proof.notes import configured_keys
from activity.verify_export import check as check_download
from activity.verify_export import read_manifest
from sei_audit.serve import make_server
from tests.log import draft, write
from tests.sei_audit.test_accessibility import check

pytestmark = pytest.mark.browser
LOG = "/a/acme/activity/"
# A file of the browser's own, in place of one that somebody chooses.
FILE = "navigator.storage.getDirectory().then(folder => folder.getFileHandle('x', {create: true}))"
ON_DISK = f"window.showSaveFilePicker = () => {FILE}"
STORED = f"{FILE}.then(file => file.getFile()).then(file => file.text())"


@pytest.fixture
def served() -> Iterator[str]:
    """The app behind its own server, beside Django's for tests, which can't tell a client that a stream has failed."""
    listener = socket.create_server(("localhost", 0))
    server = make_server(get_wsgi_application(), listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://localhost:{listener.getsockname()[1]}"
    server.close()


@pytest.fixture
def entries(account: Account) -> list[int]:
    """Four entries about teams; one has a line end and quotes in its summary, two are in a batch."""
    parent = draft(account, summary='Two "at\nonce"')
    parent.children = [draft(account), draft(account)]
    return write(draft(account), parent)


@pytest.fixture
def log(browse_as: Callable[[User], Page], account_admin: User, entries: list[int], served: str) -> Page:
    """The list, filtered to teams; a page that may not write to disk."""
    page = browse_as(account_admin)
    page.add_init_script("delete window.showSaveFilePicker")
    page.goto(f"{served}{LOG}?type=TEAM")
    return page


@pytest.fixture
def dialog(log: Page) -> Locator:
    log.locator("summary", has_text="Download").click()
    return log.get_by_role("dialog", name="Download")


@pytest.fixture
def saved(log: Page) -> list[Any]:
    """What the browser saves."""
    found = []

    def note(download: Any) -> None:
        found.append(download)

    log.on("download", note)
    return found


def press(dialog: Locator, name: str = "Download") -> None:
    dialog.get_by_role("button", name=name).click()


def exports() -> int:
    return Entry.objects.filter(action="EXPORTED").count()


def slow(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> None:
    """Every export has many rows that can't be packed, and something that happens before the next."""
    rows = b"".join(b"1,%s\r\n" % urandom(32).hex().encode() for _ in range(50_000))

    def blocks(*_args: Any) -> Generator[bytes]:
        yield rows
        then()
        yield b"2,the rest\r\n"

    monkeypatch.setattr(activity.export, "copy_blocks", blocks)


def test_a_view_is_saved_and_opened(log: Page) -> None:
    log.locator("summary", has_text="Views").click()
    expect(log.get_by_text("No saved views yet.")).to_be_visible()
    log.get_by_role("link", name="Save this view…").click()
    log.get_by_label("Name").fill("All about teams")
    log.get_by_role("button", name="Save").click()
    expect(log).to_have_url(re.compile(r"/activity/\?type=TEAM$"))
    log.goto(log.url.partition("?")[0])
    log.locator("summary", has_text="Views").click()
    log.get_by_role("link", name="All about teams").click()
    expect(log).to_have_url(re.compile(r"/activity/\?type=TEAM$"))
    log.locator("summary", has_text="Views").click()
    expect(log.locator("[aria-current=true]", has_text="All about teams")).to_be_visible()


@pytest.mark.parametrize("kind", ["CSV", "JSON Lines"])
def test_the_file_is_the_one_of_the_plain_link(log: Page, dialog: Locator, kind: str) -> None:
    expect(dialog).to_contain_text("4 entries, those inside batches included.")
    expect(dialog).to_contain_text("TypeTeam")
    dialog.get_by_label(kind).check()
    with log.expect_download() as saved:
        press(dialog)
    expect(dialog.get_by_role("status")).to_have_text(re.compile(r"^Downloaded 4 entries, [\d.]+ kB\.$"))
    assert exports() == 1
    suffix = "csv" if kind == "CSV" else "jsonl"
    assert saved.value.suggested_filename == f"activity-acme-2026-03-01-2026-03-01.{suffix}"
    plain = log.request.get(log.url.replace("/?", f"/export.{suffix}?"))
    assert Path(saved.value.path()).read_bytes() == plain.body()
    with log.expect_download() as manifest:
        dialog.get_by_role("link", name="Manifest of this download").click()
    report = check_download(Path(saved.value.path()), read_manifest(Path(manifest.value.path())), configured_keys())
    assert report.problems == []


def test_dialog_and_menu_shut_nobody_out(log: Page, dialog: Locator) -> None:
    with log.expect_download():
        press(dialog)
    check(log)
    log.keyboard.press("Escape")
    log.locator("summary", has_text="Views").click()
    expect(log.get_by_text("No saved views yet.")).to_be_visible()
    check(log)


def test_the_dialog_is_for_the_keyboard_too(log: Page, dialog: Locator) -> None:
    expect(dialog.get_by_label("CSV")).to_be_focused()
    log.keyboard.press("Escape")
    expect(log.locator("details[open]")).to_have_count(0)
    expect(log.locator("summary", has_text="Download")).to_be_focused()
    log.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    with log.expect_download():
        log.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    log.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def test_cancelling_saves_nothing(dialog: Locator, monkeypatch: pytest.MonkeyPatch, saved: list[Any]) -> None:
    cancelled = threading.Event()
    slow(monkeypatch, lambda: bool(cancelled.wait(10)))
    press(dialog)
    expect(dialog).to_contain_text(re.compile(r"Entries: \d\d,\d{3}"))
    press(dialog, "Cancel")
    cancelled.set()
    expect(dialog.get_by_role("status")).to_have_text("Cancelled. Nothing was saved.")
    expect(dialog.get_by_role("button", name="Download")).to_be_enabled()
    assert not saved


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_download_that_fails_saves_nothing(
    log: Page, monkeypatch: pytest.MonkeyPatch, complaints: list[str], saved: list[Any], on_disk: bool
) -> None:
    def fail() -> None:
        raise RuntimeError("the database went away")

    if on_disk:
        big(log)
    log.locator("summary", has_text="Download").click()
    dialog = log.get_by_role("dialog", name="Download")
    slow(monkeypatch, fail)
    press(dialog)
    expect(dialog.get_by_role("status")).to_have_text("The download failed, and nothing was saved. Please try again.")
    assert not saved
    assert not on_disk or log.evaluate(STORED) == ""
    assert any("ERR_INCOMPLETE_CHUNKED_ENCODING" in text for text in complaints)
    complaints.clear()


def big(log: Page) -> None:
    """The page as of a filter that finds more than memory should hold, in a browser whose pages can write to disk."""
    log.evaluate(ON_DISK)
    log.evaluate("document.querySelector('dialog.download').dataset.entries = 60000")


def test_a_big_file_is_written_to_disk(log: Page) -> None:
    big(log)
    log.locator("summary", has_text="Download").click()
    dialog = log.get_by_role("dialog", name="Download")
    press(dialog)
    expect(dialog.get_by_role("status")).to_contain_text("Downloaded 4 entries")
    plain = log.request.get(log.url.replace("/?", "/export.csv?"))
    assert log.evaluate(STORED).encode() == plain.body()


def test_a_big_file_is_left_to_a_browser_whose_pages_write_nothing(log: Page, dialog: Locator) -> None:
    log.evaluate("delete document.querySelector('dialog.download').dataset.entries")
    with log.expect_download() as saved:
        press(dialog)
    expect(dialog.get_by_role("status")).to_contain_text("Your browser is downloading the file")
    assert Path(saved.value.path()).read_bytes().count(b"\r\n") == 5
    assert exports() == 1


def test_without_scripts_the_menus_are_links(browser: Browser, log: Page) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=log.context.storage_state())
    plain = context.new_page()
    plain.goto(log.url)
    plain.locator("summary", has_text="Views").click()
    plain.get_by_role("link", name="Manage views").click()
    expect(plain.get_by_role("heading", name="Saved views", exact=True)).to_be_visible()
    plain.go_back()
    plain.locator("summary", has_text="Download").click()
    with plain.expect_download() as saved:
        plain.get_by_role("link", name="CSV").click()
    assert Path(saved.value.path()).read_bytes().count(b"\r\n") == 5
    context.close()
