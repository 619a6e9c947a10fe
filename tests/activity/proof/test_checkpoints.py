"""Signed checkpoints: when they are made, what they look like to others, where they are sent."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import Account, User
from activity.models import Chain
from activity.proof import checkpoints, notes
from activity.proof.checkpoints import make
from activity.proof.models import Checkpoint
from activity.verify_export import Unreadable, read_notes
from tests.log import draft, entry, write
from tests.tampering import change, rehash

VERIFY = "/a/acme/activity/verify/"
AGAIN = urlsafe_b64encode(b"another key, also only for tests").decode()


@pytest.fixture(autouse=True)
def _known_by_nobody() -> None:
    """What a process remembers of checkpoints ends with the test that it is about."""
    checkpoints._known.clear()


def seqs(account: Account) -> list[int]:
    return list(Checkpoint.objects.filter(account=account).order_by("seq").values_list("seq", flat=True))


def head(account: Account) -> int:
    return Chain.objects.get(account=account).seq


def test_a_checkpoint_is_a_signed_note(account: Account) -> None:
    made = make(account)
    assert made is not None
    text, signature = made.note.split("\n\n")
    origin, size, hashed, time = text.split("\n")
    assert (origin, size) == ("sei-activity-log/acme", str(head(account)))
    assert b64decode(hashed).hex() == Chain.objects.get(account=account).head
    assert time.startswith("time 2") and time.endswith("Z")
    dash, name, encoded = signature.removesuffix("\n").split(" ")
    (key,) = notes.configured_keys()
    raw = b64decode(encoded)
    key_id = sha256(b"sei-activity-log\n\x01" + key.public).digest()[:4]
    assert (dash, name, raw[:4]) == ("—", "sei-activity-log", key_id)
    Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], f"{text}\n".encode())


def test_one_is_made_by_command_once_enough_has_happened(account: Account, settings: Any) -> None:
    settings.CHECKPOINT_ENTRIES = 3
    call_command("checkpoint", stdout=None)
    first = head(account)
    write(draft(account), draft(account))
    call_command("checkpoint")
    assert seqs(account) == [first]
    entry(account)
    call_command("checkpoint")
    assert seqs(account) == [first, first + 3]
    entry(account)
    call_command("checkpoint", "--now", "--account", "acme")
    call_command("checkpoint", "--now")
    assert seqs(account) == [first, first + 3, first + 4]


@pytest.mark.django_db(transaction=True)
def test_a_save_that_crosses_the_limit_makes_one_after_its_commit(
    transactional_db: None, account: Account, settings: Any
) -> None:
    settings.CHECKPOINT_ENTRIES = 3
    (first,) = seqs(account)
    write(draft(account), draft(account))
    assert seqs(account) == [first]
    entry(account)
    assert seqs(account) == [first, first + 3]


def test_nothing_is_signed_that_contradicts_what_was_signed(account: Account) -> None:
    make(account)
    signed = seqs(account)
    change(account, 2, reason="Invented")
    rehash(account)
    entry(account)
    with pytest.raises(CommandError, match="is not what was signed"):
        call_command("checkpoint", "--now")
    assert seqs(account) == signed


def test_without_a_key_nothing_is_signed_and_the_command_says_so(account: Account, settings: Any) -> None:
    settings.CHECKPOINT_KEYS = []
    entry(account)
    with pytest.raises(CommandError, match="SEI_CHECKPOINT_KEYS"):
        call_command("checkpoint")


def test_the_hook_keeps_them_in_a_file(account: Account, settings: Any, tmp_path: Path) -> None:
    settings.CHECKPOINT_HOOK = f"file:{tmp_path}/notes.txt"
    for _ in range(2):
        entry(account)
        call_command("checkpoint", "--now")
    kept = read_notes((tmp_path / "notes.txt").read_text())
    assert [note.size for note in kept] == seqs(account)
    call_command("verify", "--account", "acme", "--checkpoint", str(tmp_path / "notes.txt"))


def test_the_hook_sends_them_by_mail(account: Account, settings: Any, mailoutbox: list[Any]) -> None:
    settings.CHECKPOINT_HOOK = "mail:auditor@example.com"
    call_command("checkpoint")
    (mail,) = mailoutbox
    assert mail.to == ["auditor@example.com"]
    assert mail.subject == f"Checkpoint of the activity log acme at #{head(account)}"
    (note,) = read_notes(mail.body)
    assert note.signed_by(notes.configured_keys())


def test_a_hook_that_fails_is_told_and_the_checkpoint_is_there(account: Account, settings: Any, tmp_path: Path) -> None:
    settings.CHECKPOINT_HOOK = f"file:{tmp_path}/no/such/folder"
    with pytest.raises(CommandError, match="was not sent"):
        call_command("checkpoint")
    assert seqs(account) == [head(account)]


def test_a_new_key_signs_and_the_old_one_still_counts(admin: Client, account: Account, settings: Any) -> None:
    make(account)
    old = str(notes.configured_keys()[0])
    entry(account)
    settings.CHECKPOINT_KEYS = [AGAIN, *settings.CHECKPOINT_KEYS]
    make(account, due_or_not=True)
    call_command("verify", "--account", "acme")
    listed = admin.get("/a/acme/activity/keys/keys.txt").content.decode().split()
    assert listed == [str(notes.configured_keys()[0]), old]
    # The old private key is thrown away; the public one stands for it.
    settings.CHECKPOINT_KEYS = [AGAIN, old]
    call_command("verify", "--account", "acme")
    settings.CHECKPOINT_KEYS = [AGAIN]
    assert old in admin.get("/a/acme/activity/keys/").content.decode()
    with pytest.raises(CommandError, match="not signed by a key of this server"):
        call_command("verify", "--account", "acme")


def test_the_page_signs_and_hands_out(admin: Client, account: Account) -> None:
    said = admin.post(VERIFY, {"checkpoint": "1"}, follow=True).content.decode()
    seq = head(account)
    assert f"Signed: the log up to entry #{seq}." in said
    assert "Nothing has happened since" in admin.post(VERIFY, {"checkpoint": "1"}, follow=True).content.decode()
    note = admin.get(f"{VERIFY}checkpoints/{seq}.txt")
    assert note["Content-Disposition"] == f'attachment; filename="checkpoint-acme-{seq}.txt"'
    assert read_notes(note.content.decode())[0].signed_by(notes.configured_keys())
    assert admin.get(f"{VERIFY}checkpoints/{seq + 1}.txt").status_code == 404


def test_one_of_another_account_is_not_found(
    account: Account, stranger: User, client_of: Callable[[User], Client]
) -> None:
    made = make(account)
    assert made is not None
    assert client_of(stranger).get(f"/a/globex/activity/verify/checkpoints/{made.seq}.txt").status_code == 404


@pytest.mark.parametrize("sql", ["UPDATE activity_checkpoint SET seq = 1", "DELETE FROM activity_checkpoint"])
def test_the_database_refuses_to_change_them(account: Account, sql: str) -> None:
    make(account)
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: "",
        lambda note: note[:-60],
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: "hello\n" + note.split("\n\n")[1],
    ],
)
def test_what_is_no_note_is_refused(account: Account, damage: Callable[[str], str]) -> None:
    made = make(account)
    assert made is not None
    with pytest.raises(Unreadable):
        for note in read_notes(damage(made.note)):
            assert note.signed_by(notes.configured_keys())


@pytest.mark.parametrize("line", range(4))
def test_a_changed_line_is_no_longer_signed(account: Account, line: int) -> None:
    made = make(account)
    assert made is not None
    lines = made.note.split("\n")
    lines[line] = {2: "A" * 43 + "="}.get(line, lines[line] + "0")
    (note,) = read_notes("\n".join(lines))
    assert note.signed_by(notes.configured_keys()) is None
