"""Verifying, as a command and as a page: what it says, what it keeps, where it goes on."""

import json
import logging
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Account, User
from activity.models import Chain, Entry
from activity.proof import pages
from activity.proof.checkpoints import make
from activity.proof.models import Verification
from tests.entries import last_entry
from tests.log import draft, entry, write
from tests.tampering import change, go_back_to, move_head, undone

URL = "/a/acme/activity/verify/"
GERMAN = {"accept-language": "de"}


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("verify", *arguments, stdout=out)
    return out.getvalue()


def head(account: Account) -> int:
    return Chain.objects.get(account=account).seq


def last(account: Account) -> Verification:
    found = Verification.objects.filter(account=account).last()
    assert found is not None
    return found


def test_the_command_says_how_much_holds_in_each_account(account: Account, other_account: Account) -> None:
    lines = said().splitlines()
    assert lines[0].startswith(f"acme: {head(account)} entries hold, #1 to #{head(account)}; 0 checkpoints agree.")
    assert lines[1].startswith("globex: ")
    assert Entry.objects.filter(type="ACTIVITY_LOG").count() == 0


def test_trouble_is_an_error_an_entry_and_a_line_of_the_log(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    change(account, 3, reason="Invented")
    with pytest.raises(CommandError) as error, caplog.at_level(logging.ERROR, "activity"):
        said("--account", "acme")
    sentence = "Entry #3 was edited: its hash is not that of its content."
    assert (str(error.value), error.value.returncode) == (f"acme: {sentence}", 1)
    assert f"The log of acme does not verify: {sentence}" in caplog.text
    made = last_entry(account, type="ACTIVITY_LOG", action="FAIL", source="COMMAND", actor_name="verify")
    assert made.summary == f"The log does not verify: {sentence}"
    assert made.details == {"kind": "edited", "first": 3, "last": 3, "place": ""}


def test_json_is_for_programs(account: Account) -> None:
    (good,) = json.loads(said("--account", "acme", "--json"))
    assert (good["account"], good["from"], good["to"], good["problem"]) == ("acme", 1, head(account), None)
    change(account, 3, reason="Invented")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", "--json", stdout=out)
    (bad,) = json.loads(out.getvalue())
    assert bad["problem"]["kind"] == "edited"
    assert (bad["to"], bad["problem"]["first"]) == (2, 3)


def test_what_is_new_is_verified_from_the_last_good_end(account: Account) -> None:
    said()
    end = head(account)
    write(draft(account), draft(account))
    said("--new")
    run = last(account)
    assert (run.from_seq, run.to_seq, run.whole, run.problem) == (end + 1, end + 2, True, None)
    change(account, 3, reason="Invented")
    # What was good is not walked again; the whole is.
    said("--new")
    with pytest.raises(CommandError):
        said()
    with pytest.raises(CommandError):
        said("--new", "--from", "2")


def test_a_good_part_does_not_make_the_whole_good(admin: Client, account: Account) -> None:
    change(account, 3, reason="Invented")
    said("--from", "5")
    assert (last(account).whole, last(account).problem) == (False, None)
    assert "has not been verified yet" in admin.get(URL).content.decode()
    with pytest.raises(CommandError):
        said("--new")
    assert "Entry #3 was edited" in admin.get(URL).content.decode()


@pytest.mark.parametrize("arguments", [("--account", "nope"), ("--checkpoint", "/no/such/file")])
def test_what_is_not_there_is_named(account: Account, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=arguments[1]):
        said(*arguments)


def test_a_checkpoint_kept_elsewhere_tells_of_a_cut(account: Account, tmp_path: Path) -> None:
    write(*(draft(account) for _ in range(3)))
    made = make(account)
    assert made is not None
    kept = tmp_path / "kept.txt"
    kept.write_text(made.note)
    said("--checkpoint", str(kept))
    with undone():
        go_back_to(account, 5)
        with pytest.raises(CommandError, match=f"cut off: #6 to #{made.seq} is gone"):
            said("--checkpoint", str(kept))
    kept.write_text(made.note.replace("/acme\n", "/initech\n"))
    with pytest.raises(CommandError, match="no such account"):
        said("--checkpoint", str(kept))


def test_the_page_verifies_what_is_new_and_says_so(admin: Client, account: Account, account_admin: User) -> None:
    page = admin.get(URL).content.decode()
    assert "has not been verified yet" in page
    answer = admin.post(URL)
    assert (answer.status_code, answer["Location"]) == (302, URL)
    run = last(account)
    assert (run.by, run.to_seq, run.whole) == (account_admin.email, head(account), True)
    assert f"All entries up to #{head(account)} hold." in admin.get(URL).content.decode()
    # A good result is no entry.
    assert not Entry.objects.filter(type="ACTIVITY_LOG").exists()


def test_a_long_log_is_verified_in_steps(admin: Client, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 4)
    for end in (4, 8):
        admin.post(URL)
        assert (last(account).to_seq, last(account).whole) == (end, True)
    assert f'<dd class="num">{head(account) - 8}</dd>' in admin.get(URL).content.decode()


def test_the_page_shows_trouble_with_its_place(admin: Client, account: Account, account_admin: User) -> None:
    change(account, 3, reason="Invented")
    admin.post(URL)
    last_entry(account, type="ACTIVITY_LOG", action="FAIL", source="UI", actor_email=account_admin.email)
    page = admin.get(URL).content.decode()
    assert "Entry #3 was edited: its hash is not that of its content." in page
    assert 'href="/a/acme/activity/3/"' in page
    german = admin.get(URL, headers=GERMAN).content.decode()
    assert "Eintrag #3 wurde bearbeitet" in german


def test_trouble_stays_until_the_whole_log_was_found_good(admin: Client, account: Account) -> None:
    admin.post(URL)
    reason = Entry.objects.get(account=account, seq=3).reason
    change(account, 3, reason="Invented")
    with pytest.raises(CommandError):
        said()
    # What is new is good, what was good before is not: verifying begins anew.
    entry(account)
    admin.post(URL)
    assert "Entry #3 was edited" in admin.get(URL).content.decode()
    change(account, 3, reason=reason)
    said("--from", "2")
    assert "Entry #3 was edited" in admin.get(URL).content.decode()
    admin.post(URL)
    assert f"All entries up to #{head(account)} hold." in admin.get(URL).content.decode()


def test_a_log_that_can_take_no_entry_is_still_reported(admin: Client, account: Account) -> None:
    move_head(account, 4, Entry.objects.get(account=account, seq=4).hash)
    assert admin.post(URL).status_code == 302
    problem: Any = last(account).problem
    assert (problem["kind"], problem["first"]) == ("inserted", 5)
    assert Entry.objects.filter(account=account, action="FAIL").count() == 0


def test_the_log_and_its_entries_lead_there(
    admin: Client, account: Account, account_viewer: User, client_of: Callable[[User], Client]
) -> None:
    for path in ("", f"{entry(account).seq}/"):
        url = f"/a/acme/activity/{path}"
        assert f'href="{URL}"' in admin.get(url).content.decode()
        assert f'href="{URL}"' not in client_of(account_viewer).get(url).content.decode()
