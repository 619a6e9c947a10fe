"""Manifests of downloads: what a file is, signed. Made as its blocks pass by, and kept when it has run to its end."""

import hashlib
import json
from collections.abc import Callable, Generator, Iterable
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Account
from activity.canonical import utc_text
from activity.filters import EntryFilter
from activity.proof import notes
from activity.proof.models import Manifest
from activity.verify_export import FORMAT, manifest_hash
from activity.writer import Draft

# A file's hash is noted after each row; once there are too many, after every second, fourth … one.
_MOST_PARTS = 512
# How long the end of a row of each format is, and where the number begins in one; a comma comes after it.
_SHAPES = {"csv": (2, 0), "jsonl": (1, 7)}


class Tally:
    """Counts and hashes a file in constant memory: all of it, and from its start to places along the way.

    `everything_to`: the last number, when the file has all there are, so that none needs to be read from its rows.
    """

    def __init__(self, name: str, kind: str, everything_to: int = 0) -> None:
        self.name, self.kind = name, kind
        self.end, self.skip = _SHAPES[kind]
        self.digest = hashlib.sha256()
        self.rows = self.size = 0
        self.step, self.parts = 1, list[tuple[int, int, str]]()
        self.everything_to = everything_to
        self.lowest, self.highest = min(everything_to, 1), everything_to

    def begin(self, head: bytes) -> None:
        """Take in what comes before the first row."""
        self._take(head)

    def passed(self, rows: list[Any], block: bytes) -> None:
        """Take in a block of rows."""
        if self.everything_to and self.rows % self.step + len(rows) < self.step:
            self._take(block, len(rows))
            return
        *starts, end = accumulate(map(self.end.__add__, map(len, rows)), initial=0)
        if not self.everything_to:
            self._see(int(block[start + self.skip : block.index(b",", start)]) for start in starts)
        view, place = memoryview(block), 0
        while place < len(rows):
            until = min(place + self.step - self.rows % self.step, len(rows))
            self._take(view[starts[place] : starts[until] if until < len(rows) else end], until - place)
            if self.rows % self.step == 0:
                self._part()
            place = until

    def _see(self, numbers: Iterable[int]) -> None:
        numbers = list(numbers)
        self.lowest, self.highest = min(self.lowest or numbers[0], *numbers), max(self.highest, *numbers)

    def _take(self, content: bytes | memoryview, rows: int = 0) -> None:
        self.digest.update(content)
        self.size += len(content)
        self.rows += rows

    def _part(self) -> None:
        self.parts.append((self.rows, self.size, self.digest.hexdigest()))
        if len(self.parts) > _MOST_PARTS:
            self.parts = self.parts[1::2]
            self.step *= 2

    @property
    def file(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "format": self.kind,
            "rows": self.rows,
            "lowest_seq": self.lowest or None,
            "highest_seq": self.highest or None,
            "bytes": self.size,
            "sha256": self.digest.hexdigest(),
            "parts": self.parts,
        }


def stated_filters(entry_filter: EntryFilter) -> dict[str, list[str]]:
    """The filter as a manifest has it: values as they are compared, the time from `from` up to but without `to`."""
    stated = {}
    for name, value in entry_filter.form.cleaned_data.items():
        if name in entry_filter.filters and value:
            values = value if isinstance(value, list) else [value]
            stated[name] = [utc_text(each) if isinstance(each, datetime) else str(each) for each in values]
    return stated


def told(lines: Generator[bytes], gone: Callable[[], bool], keep: Callable[[], None]) -> Generator[bytes]:
    """The blocks of a download; its manifest is kept before the client can know that the last one was the last."""
    yield from lines
    if not gone():
        keep()


def keep(tally: Tally, account: Account, export: Draft, filters: dict[str, list[str]]) -> None:
    """Keep the manifest of a download that has run to its end."""
    said: dict[str, Any] = {
        "format": FORMAT,
        "account": account.slug,
        "by": export.actor.email or export.actor.name,
        "at": utc_text(export.recorded_at or timezone.now()),
        "filters": filters,
        "org_trees": export.details.get("org_trees"),
        "file": tally.file,
        # The log when the download began; the download's own entry is its last.
        "snapshot": {"seq": export.seq, "hash": export.hash},
    }
    said["checkpoint"] = _signature(account, export, f"manifest {manifest_hash(said)}")
    Manifest.objects.create(account=account, seq=export.seq, body=json.dumps(said, ensure_ascii=False) + "\n")


def _signature(account: Account, export: Draft, line: str) -> str:
    if not settings.CHECKPOINT_KEYS:
        return ""
    return notes.signed_note(notes.text(account.slug, export.seq, export.hash, timezone.now(), line))
