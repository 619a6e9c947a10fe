"""A download and its manifest: what was sent, signed; and a program that finds whatever happened to the file since."""

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import Account, User
from activity import verify_export
from activity.proof import notes
from activity.proof.manifests import Tally, told
from activity.proof.models import Manifest
from activity.verify_export import check, read_keys
from tests.entries import last_entry
from tests.log import draft, entry, write

LOG = "/a/acme/activity/"


class Download:
    """A download, its manifest and what the program says of them."""

    def __init__(self, client: Client, folder: Path, kind: str = "csv", **filters: Any) -> None:
        response = client.get(f"{LOG}export.{kind}", filters)
        self.path, self.kind = folder / f"activity.{kind}", kind
        self.path.write_bytes(response.getvalue())  # type: ignore[attr-defined]
        self.url = response["Link"].split(">")[0].removeprefix("<")
        self.manifest: dict[str, Any] = client.get(self.url).json()

    def problems(self) -> list[str]:
        return check(self.path, self.manifest, notes.configured_keys()).problems

    def edit(self, change: Callable[[list[bytes]], object]) -> None:
        """Change the lines of the file."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        change(lines)
        self.path.write_bytes(b"".join(lines))


@pytest.fixture
def log(account: Account) -> list[int]:
    texts = ("=1+1", 'a "b"', "two\r\nlines", "ü, 日本語", "plain")
    return write(*(draft(account, object_id=str(n), object_name=text, reason=text) for n, text in enumerate(texts)))


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_manifest_says_what_was_sent(
    admin: Client, account: Account, account_admin: User, log: list[int], tmp_path: Path, kind: str
) -> None:
    made = Download(admin, tmp_path, kind, type="TEAM", to="2026-03-01")
    exported = last_entry(account, action="EXPORTED")
    content = made.path.read_bytes()
    file = made.manifest["file"]
    assert made.url == f"{LOG}{exported.seq}/manifest.json"
    assert (made.manifest["account"], made.manifest["by"]) == ("acme", account_admin.email)
    assert made.manifest["filters"] == {"type": ["TEAM"], "to": ["2026-03-02T00:00:00.000000Z"]}
    assert made.manifest["snapshot"] == {"seq": exported.seq, "hash": exported.hash}
    assert (file["rows"], file["bytes"], file["sha256"]) == (5, len(content), sha256(content).hexdigest())
    assert (file["lowest_seq"], file["highest_seq"]) == (log[0], log[-1])
    assert made.problems() == []


def test_what_is_sent_packed_is_told_of_as_it_is_unpacked(admin: Client, log: list[int], tmp_path: Path) -> None:
    response = admin.get(f"{LOG}export.csv", headers={"Accept-Encoding": "gzip"})
    packed = response.getvalue()  # type: ignore[attr-defined]
    manifest = json.loads(Manifest.objects.get().body)
    assert manifest["file"]["sha256"] == sha256(gzip.decompress(packed)).hexdigest()
    # A client that keeps what was sent has the same download.
    (tmp_path / "kept.csv").write_bytes(packed)
    assert check(tmp_path / "kept.csv", manifest, notes.configured_keys()).problems == []


def test_a_manifest_is_made_at_the_end_unless_the_client_went_away_before() -> None:
    made: list[str] = []
    for gone, name in ((False, "whole"), (True, "gone")):
        blocks = told((block for block in (b"a", b"b")), lambda gone=gone: gone, lambda name=name: made.append(name))
        assert list(blocks) == [b"a", b"b"]
    broken_off = told((block for block in (b"a", b"b")), lambda: False, lambda: made.append("broken off"))
    assert next(broken_off) == b"a"
    broken_off.close()
    assert made == ["whole"]


def test_a_download_without_one_says_so(admin: Client, account: Account) -> None:
    exported = entry(account, type="ACTIVITY_LOG", action="EXPORTED")
    assert admin.get(f"{LOG}{exported.seq}/manifest.json").status_code == 404
    assert "did not run to its end" in admin.get(f"{LOG}{exported.seq}/").content.decode()


def test_the_page_of_the_download_links_to_it(admin: Client, log: list[int], tmp_path: Path) -> None:
    made = Download(admin, tmp_path)
    page = admin.get(made.url.removesuffix("manifest.json")).content.decode()
    assert f'href="{made.url}"' in page
    assert "Manifest of this download" not in admin.get(f"{LOG}{log[0]}/").content.decode()


def test_it_is_for_whoever_downloaded_and_for_those_who_may_download_all(
    admin: Client, scoped: Client, account: Account, account_viewer: User, client_of: Callable[[User], Client]
) -> None:
    own = scoped.get(f"{LOG}export.csv")
    own.getvalue()  # type: ignore[attr-defined]
    theirs = admin.get(f"{LOG}export.csv")
    theirs.getvalue()  # type: ignore[attr-defined]
    own_url, their_url = (each["Link"].split(">")[0].removeprefix("<") for each in (own, theirs))
    assert len(scoped.get(own_url).json()["org_trees"]) == 1
    assert scoped.get(their_url).status_code == 404
    assert admin.get(own_url).status_code == 200
    assert client_of(account_viewer).get(own_url).status_code == 403
    assert admin.get(f"{LOG}1/manifest.json").status_code == 404


def test_manifests_of_another_account_are_not_found(
    admin: Client, log: list[int], tmp_path: Path, stranger: User, client_of: Callable[[User], Client]
) -> None:
    made = Download(admin, tmp_path)
    assert client_of(stranger).get(made.url).status_code == 404
    assert client_of(stranger).get(made.url.replace("acme", "globex")).status_code == 404


def second_cell(lines: list[bytes]) -> None:
    lines[2] = lines[2].replace(b"ada@", b"eve@", 1)


CHANGES: dict[str, tuple[Callable[[list[bytes]], object], str]] = {
    "a cell": (second_cell, "changed, for the first time in row 2"),
    "a row is removed": (lambda lines: lines.pop(3), "changed, for the first time in row 3"),
    "a row is added": (lambda lines: lines.insert(3, lines[3]), "changed, for the first time in row 4"),
    "two rows are swapped": (
        lambda lines: lines.insert(1, lines.pop(2)),
        "changed, for the first time in row 1",
    ),
    "the last row is removed": (lambda lines: lines.pop(), "was cut behind row"),
    "the end is cut": (lambda lines: lines.append(lines.pop()[:-9]), "was cut behind row"),
    "something is appended": (lambda lines: lines.append(b"x"), "was added to"),
    "the header": (lambda lines: lines.insert(0, lines.pop(0).upper()), "changed, for the first time in row 1"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_happens_to_the_file_is_found_with_its_place(
    admin: Client, account: Account, tmp_path: Path, name: str
) -> None:
    write(*(draft(account, object_id=str(n)) for n in range(6)))
    made = Download(admin, tmp_path, type="TEAM")
    change, said = CHANGES[name]
    made.edit(change)
    assert said in made.problems()[0]


def test_a_row_that_was_swapped_is_also_out_of_place(admin: Client, log: list[int], tmp_path: Path) -> None:
    made = Download(admin, tmp_path, "jsonl", type="TEAM")
    made.edit(lambda lines: lines.insert(0, lines.pop(1)))
    assert f"Row 2, entry #{log[-1]}, is not in its place" in "\n".join(made.problems())


def test_without_a_filter_a_missing_entry_is_named(admin: Client, account: Account, tmp_path: Path) -> None:
    write(*(draft(account) for _ in range(3)))
    made = Download(admin, tmp_path)
    (gone, *_rest) = made.path.read_text().splitlines()[3].split(",")
    made.edit(lambda lines: lines.pop(3))
    assert f"Entry #{gone} is missing." in made.problems()


FILTERS: list[tuple[dict[str, str], str, str]] = [
    ({"email": "ada@acme.example"}, "ada@acme.example", "eve@acme.example"),
    ({"type": "TEAM"}, "TEAM", "TAG"),
    ({"action": "EDITED"}, "EDITED", "DELETED"),
    ({"source": "UI"}, ",UI,", ",API,"),
    ({"object": "TEAM:=7"}, "'=7", "'=8"),
    ({"ip": "2001:DB8:0::1"}, "2001:db8::1", "2001:db8::2"),
    ({"request": "r-1"}, "r-1", "r-2"),
    ({"from": "2026-03-01"}, "2026-03-01T12", "2026-02-01T12"),
    ({"to": "2026-03-01"}, "2026-03-01T12", "2026-03-02T00"),
]


@pytest.mark.parametrize(("chosen", "cell", "other"), FILTERS, ids=str)
def test_a_row_that_does_not_pass_the_filter_is_found(
    admin: Client, account: Account, tmp_path: Path, chosen: dict[str, str], cell: str, other: str
) -> None:
    entry(account, object_id="=7", ip_address="2001:db8::1", request_id="r-1")
    made = Download(admin, tmp_path, **chosen)
    assert made.problems() == []
    made.path.write_text(made.path.read_text().replace(cell, other))
    (name,) = chosen
    assert any(problem.endswith(f"does not pass the filter {name}.") for problem in made.problems())


@pytest.mark.parametrize("name", ["account", "by", "at", "filters", "file", "snapshot", "org_trees"])
def test_a_changed_manifest_is_found(admin: Client, log: list[int], tmp_path: Path, name: str) -> None:
    made = Download(admin, tmp_path, type="TEAM")
    others: dict[str, Any] = {
        "file": made.manifest["file"] | {"name": "other.csv"},
        "snapshot": {"seq": 99, "hash": "0" * 64},
        "filters": {},
        "org_trees": [1],
    }
    made.manifest[name] = others.get(name, "other")
    assert "The manifest was changed after it was signed." in made.problems()


def test_only_the_key_of_the_server_counts(admin: Client, log: list[int], tmp_path: Path, settings: Any) -> None:
    made = Download(admin, tmp_path)
    settings.CHECKPOINT_KEYS = ["YW5vdGhlciBrZXksIGFsc28gb25seSBmb3IgdGVzdHM="]
    assert made.problems() == ["The manifest is not signed by this key."]
    settings.CHECKPOINT_KEYS = []
    unsigned = Download(admin, tmp_path)
    assert unsigned.problems() == ["The manifest is not signed: the server had no key."]


def test_the_program_runs_without_anything_of_the_app(admin: Client, log: list[int], tmp_path: Path) -> None:
    made = Download(admin, tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps(made.manifest))
    (tmp_path / "keys.txt").write_bytes(admin.get(f"{LOG}keys/keys.txt").content)
    (tmp_path / "program.py").write_bytes(admin.get(f"{LOG}keys/verify_export.py").content)
    command = [sys.executable, "-I", "program.py", made.path.name, "manifest.json", "keys.txt"]
    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith(f"Proven: {made.manifest['file']['rows']} rows (all that there were)")
    made.edit(lambda lines: lines.pop())
    bad = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (bad.returncode, "was cut behind row" in bad.stdout) == (1, True)
    (tmp_path / "manifest.json").write_text("{}")
    unread = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (unread.returncode, "Traceback" in unread.stderr) == (2, False)


def test_the_command_does_the_same(admin: Client, log: list[int], tmp_path: Path, capsys: Any) -> None:
    made = Download(admin, tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(made.manifest))
    for keys in ([], [str(notes.configured_keys()[0])]):
        call_command("verify_export", str(made.path), str(manifest), *keys)
        assert "Proven: " in capsys.readouterr().out
    made.edit(lambda lines: lines.pop())
    with pytest.raises(CommandError, match="was cut behind row") as error:
        call_command("verify_export", str(made.path), str(manifest))
    assert error.value.returncode == 1
    with pytest.raises(CommandError, match="is no manifest"):
        call_command("verify_export", str(made.path), str(made.path))


def test_it_reads_nothing_of_ours() -> None:
    source = Path(verify_export.__file__).read_text()
    assert not any(f"{word} {room}" in source for word in ("import", "from") for room in ("activity", "accounts"))


@pytest.mark.parametrize("line", ["", "x", "name+00000000+AQ==", "sei-activity-log+00000000+" + "A" * 44])
def test_a_key_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(verify_export.Unreadable):
        verify_export.Key.read(line)


def test_keys_are_read_back(tmp_path: Path) -> None:
    (key,) = notes.configured_keys()
    file = tmp_path / "keys.txt"
    file.write_text(f"# a remark\n\n{key}\n")
    assert read_keys(str(key)) == read_keys(str(file)) == [key]


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(min_value=1, max_value=400), max_size=12), most=st.sampled_from([2, 3, 8, 512]))
def test_parts_are_hashes_of_the_beginning_however_the_rows_come(
    sizes: list[int], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activity.proof.manifests._MOST_PARTS", most)
    tally, sent, ends = Tally("activity.csv", "csv"), b"", [0]
    for size in sizes:
        rows = [memoryview(f"{len(ends) + place},{'x' * (place % 7)}".encode()) for place in range(size)]
        for row in rows:
            sent += bytes(row) + b"\r\n"
            ends.append(len(sent))
        tally.passed(rows, b"\r\n".join([*rows, b""]))
    assert (tally.rows, tally.size, tally.digest.digest()) == (len(ends) - 1, len(sent), sha256(sent).digest())
    assert (tally.lowest, tally.highest) == ((1, len(ends) - 1) if sizes else (0, 0))
    assert len(tally.parts) <= most
    assert all((size, found) == (ends[row], sha256(sent[:size]).hexdigest()) for row, size, found in tally.parts)


def test_other_files_that_the_process_reads_keep_their_limit(admin: Client, log: list[int], tmp_path: Path) -> None:
    before = csv.field_size_limit()
    made = Download(admin, tmp_path)
    made.edit(lambda lines: lines.append(b'"never closed'))
    assert made.problems()
    assert csv.field_size_limit() == before
