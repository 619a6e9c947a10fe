"""Checks a download of the activity log without its server: python verify_export.py FILE MANIFEST KEY

FILE is the CSV or JSON Lines file as it was downloaded, MANIFEST the manifest.json of that download, and KEY the public
keys of the server: a file, or one line of it. Take the keys down before you need them, or from somebody whom you trust.
Needs Python 3.11 and `cryptography`, nothing else. It ends with 0 when all is well, 1 when it is not, and 2 when
something can't be read.

Proven by a good answer: the server's key has signed the manifest; the file is, to the byte, what the server sent;
each row is in its place, passes the filter (but for words, which only the server can search) and was there before the
export; without a filter, no entry is missing. Not proven: that the server told the truth when it signed. A row's hash
covers facts that a download doesn't have (details, for one), so it can't be made again: `manage.py verify` does that.
"""

import csv
import gzip
import hashlib
import ipaddress
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "sei-activity-export/1"
_MOST_SAID, _PIECE = 20, 1024 * 1024
_NOTE = re.compile(r"((?:[^\n]+\n){3,})\n((?:— [^\n]+\n)+)")


class Unreadable(ValueError):
    """What should be a key, a note, a manifest or a download, and is none."""


@dataclass(frozen=True)
class Key:
    """A public key as C2SP signed notes have them: name+id+key."""

    name: str
    public: bytes

    @classmethod
    def read(cls, line: str) -> "Key":
        try:
            name, key_id, encoded = line.strip().split("+", 2)
            raw = b64decode(encoded, validate=True)
            key = cls(name, raw[1:])
            Ed25519PublicKey.from_public_bytes(key.public)
        except ValueError:
            raise Unreadable(f"{line.strip()[:80]!r} is no public key, such as name+0a1b2c3d+AW…") from None
        if raw[:1] != b"\x01" or key.id.hex() != key_id:
            raise Unreadable(f"The public key {line.strip()[:80]!r} was damaged: its id is not its own.")
        return key

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+" + b64encode(b"\x01" + self.public).decode()

    def signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Note:
    """A signed checkpoint: how long the log was and what its last hash was (C2SP tlog-checkpoint, of a chain)."""

    text: str
    signatures: tuple[tuple[str, bytes], ...]

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def origin(self) -> str:
        return self.lines[0]

    @property
    def size(self) -> int:
        return int(self.lines[1])

    @property
    def head(self) -> str:
        return b64decode(self.lines[2]).hex()

    def signed_by(self, keys: Iterable[Key]) -> Key | None:
        """The first of `keys` that has signed it. A bad signature in the name of one of them is none at all."""
        for key in keys:
            found = [raw[4:] for name, raw in self.signatures if (name, raw[:4]) == (key.name, key.id)]
            if found:
                return key if key.signed(self.text, found[0]) else None
        return None


def read_notes(text: str) -> list[Note]:
    """The signed notes of a text, one after the other."""
    text = text.replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    if _NOTE.sub("", text).strip() or not text.strip():
        raise Unreadable("This is no signed checkpoint, or it was cut.")
    try:
        notes = [Note(body, tuple(map(_signature, lines.splitlines()))) for body, lines in _NOTE.findall(text)]
        if all(note.size >= 0 and len(note.head) == 64 for note in notes):
            return notes
    except ValueError:
        pass
    raise Unreadable("This is no signed checkpoint, or it was changed.")


def _signature(line: str) -> tuple[str, bytes]:
    name, encoded = line.removeprefix("— ").rsplit(" ", 1)
    return name, b64decode(encoded, validate=True)


def manifest_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of what a manifest says, but for its checkpoint, which signs this."""
    said = {name: value for name, value in manifest.items() if name != "checkpoint"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass
class Report:
    """What is wrong with a download; nothing, when it is proven."""

    problems: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, problem: str) -> None:
        if len(self.problems) < _MOST_SAID:
            self.problems.append(problem)
        else:
            self.more += 1


def check(path: Path, manifest: Mapping[str, Any], keys: list[Key]) -> Report:
    """Everything that can be known of a download without its server. Raises Unreadable."""
    report = Report()
    try:
        if manifest["format"] != FORMAT:
            raise Unreadable(f"The manifest is not in the format {FORMAT}.")
        _check_signature(manifest, keys, report)
        _check_bytes(path, manifest["file"], report)
        _check_rows(path, manifest, report)
    except (KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"The manifest is not whole: {error}.") from error
    return report


def _check_signature(manifest: Mapping[str, Any], keys: list[Key], report: Report) -> None:
    if not manifest["checkpoint"]:
        report.add("The manifest is not signed: the server had no key.")
        return
    (note,) = read_notes(manifest["checkpoint"])
    if note.signed_by(keys) is None:
        report.add("The manifest is not signed by this key.")
    said = (f"{note.signatures[0][0]}/{manifest['account']}", manifest["snapshot"]["seq"], manifest["snapshot"]["hash"])
    if (note.origin, note.size, note.head) != said or f"manifest {manifest_hash(manifest)}" not in note.lines[3:]:
        report.add("The manifest was changed after it was signed.")


def _check_bytes(path: Path, file: Mapping[str, Any], report: Report) -> None:
    """Compare the file up to each place that the manifest has a hash for: the first that differs tells where."""
    digest, rows = hashlib.sha256(), 0
    position = 0
    with _opened(path) as content:
        for until_row, until, expected in (*file["parts"], (file["rows"], file["bytes"], file["sha256"])):
            while position < until and (piece := content.read(min(_PIECE, until - position))):
                digest.update(piece)
                position += len(piece)
            if position < until:
                report.add(f"The file was cut behind row {rows}: {file['bytes'] - position:,} bytes are missing.")
                return
            if digest.hexdigest() != expected:
                where = f"row {until_row}" if until_row <= rows + 1 else f"rows {rows + 1} to {until_row}"
                report.add(f"The file was changed, for the first time in {where}, or a row was added or removed there.")
                return
            rows = until_row
        if extra := content.read(_PIECE):
            report.add(f"The file was added to: {len(extra):,} or more bytes come after row {rows}.")


def _check_rows(path: Path, manifest: Mapping[str, Any], report: Report) -> None:
    end = manifest["snapshot"]["seq"]
    seen, before, count = bytearray(end // 8 + 1), ("~", 0), 0
    for count, row in enumerate(_rows(path, manifest["file"]["format"], report), 1):
        name, seq = f"Row {count}", str(row.get("seq"))
        if not (seq.isascii() and seq.isdigit() and 0 < int(seq) < end):
            report.add(f"{name} has the number {seq[:20]!r}, which no entry had before the export.")
            continue
        number, place = int(seq), (str(row.get("occurred_at")), int(seq))
        if seen[number // 8] >> number % 8 & 1:
            report.add(f"{name} is entry #{number} once more.")
        elif place >= before:
            report.add(f"{name}, entry #{number}, is not in its place: rows go from the newest to the oldest.")
        seen[number // 8] |= 1 << number % 8
        before = place
        for misfit in _misfits(row, manifest["filters"]):
            report.add(f"{name}, entry #{number}, does not pass the filter {misfit}.")
    if count != manifest["file"]["rows"]:
        report.add(f"The file has {count:,} rows; it was sent with {manifest['file']['rows']:,}.")
    if not manifest["filters"] and manifest["org_trees"] is None:
        for number in range(1, end):
            if not seen[number // 8] >> number % 8 & 1:
                report.add(f"Entry #{number} is missing.")


def _rows(path: Path, kind: str, report: Report) -> Iterator[Mapping[str, Any]]:
    with _opened(path) as content:
        lines = (line.decode("utf-8", "replace") for line in content)
        # The limit is one for the whole process, which may have others that read files.
        before = csv.field_size_limit(2**31 - 1)
        try:
            if kind == "csv":
                yield from csv.DictReader(lines, strict=True)
            else:
                for line in lines:
                    row = json.loads(line)
                    yield row if isinstance(row, dict) else {}
        except (csv.Error, ValueError) as error:
            report.add(f"The rest of the file can't be read: {error}.")
        finally:
            csv.field_size_limit(before)


def _misfits(row: Mapping[str, Any], filters: Mapping[str, list[str]]) -> Iterator[str]:
    for name, wanted in filters.items():
        if name in _TESTS and not _TESTS[name](row, wanted):
            yield name


def _one_of(column: str) -> Callable[[Mapping[str, Any], list[str]], bool]:
    return lambda row, wanted: bool(_meant(row.get(column)) & set(wanted))


def _meant(cell: Any) -> set[str]:
    """What a cell may stand for: a spreadsheet's formulas were guarded by an apostrophe."""
    return {str(cell), str(cell).removeprefix("'")}


def _object(row: Mapping[str, Any], wanted: list[str]) -> bool:
    return any(f"{row.get('type')}:{object_id}" in wanted for object_id in _meant(row.get("object_id")))


def _address(row: Mapping[str, Any], wanted: list[str]) -> bool:
    try:
        return ipaddress.ip_address(str(row.get("ip_address"))) in map(ipaddress.ip_address, wanted)
    except ValueError:
        return False


_TESTS: dict[str, Callable[[Mapping[str, Any], list[str]], bool]] = {
    "email": _one_of("actor_email"),
    "type": _one_of("type"),
    "action": _one_of("action"),
    "request": _one_of("request_id"),
    "source": _one_of("source"),
    "object": _object,
    "ip": _address,
    "from": lambda row, wanted: str(row.get("occurred_at")) >= wanted[0],
    "to": lambda row, wanted: str(row.get("occurred_at")) < wanted[0],
}


def _opened(path: Path) -> IO[bytes]:
    """The file as it was downloaded, also where a client has kept the encoding that it was sent in."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


def read_manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise Unreadable(f"{path} is no manifest: it is not JSON.") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{path} is no manifest.")
    return found


def read_keys(given: str) -> list[Key]:
    """The keys of a file, or of a line of one. Lines that begin with # are remarks."""
    path = Path(given)
    text = path.read_text(encoding="utf-8") if "+" not in given or path.is_file() else given
    return [Key.read(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def said(manifest: Mapping[str, Any], report: Report) -> list[str]:
    """The answer, line by line."""
    if report.problems:
        more = [f"… and {report.more:,} more."] if report.more else []
        return [*report.problems, *more]
    rows, snapshot = manifest["file"]["rows"], manifest["snapshot"]["seq"]
    scope = "all that there were" if not manifest["filters"] and manifest["org_trees"] is None else "of this filter"
    words = (
        " Whether they have the words of the filter, only the server can tell." if "q" in manifest["filters"] else ""
    )
    return [f"Proven: {rows:,} rows ({scope}) as the server sent them for entry #{snapshot}.{words}"]


def main(arguments: list[str]) -> int:
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        manifest = read_manifest(Path(arguments[1]))
        report = check(Path(arguments[0]), manifest, read_keys(arguments[2]))
    except (Unreadable, OSError, EOFError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(said(manifest, report)))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
