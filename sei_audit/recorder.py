"""Records entries from another program. One file to copy: it needs nothing but Python's own library.

    recorder = Recorder("https://sei.example.com", key, spool="entries.jsonl")
    recorder.record("DASHBOARD", "EDITED", object_id="d-17", before=before, after=after)

What is recorded is on disk at once. A thread sends it, in order and each entry once, also after a crash or while the
server is away. Recording never waits for the server, and raises for what can't be an entry only. A spool file belongs
to one process: make the recorder after a fork. What the server refuses for good is kept in <spool>.refused.
"""

import json
import logging
import random
import threading
import uuid
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

try:
    import fcntl
except ImportError:  # Windows: nobody sees to it that a spool file has one user.
    fcntl = None  # type: ignore[assignment]

FIELDS = frozenset(
    {"occurred_at", "actor_email", "actor_name", "object_id", "object_name", "before", "after", "changes", "details"}
    | {"reason", "request_id", "ip_address", "user_agent", "idempotency_key"}
)
_MOST_LINES, _MOST_BYTES, _LONGEST_LINE = 1000, 5_000_000, 4_000_000
_LONGEST_PAUSE, _MOST_HELD = 300, 100_000
_log = logging.getLogger("sei_recorder")


class _NoRedirect(HTTPRedirectHandler):
    """A redirected POST would become a GET, and what was sent would be lost."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


class Recorder:
    """Keeps entries in `spool` until the server has them. `every`: seconds in which entries are gathered."""

    def __init__(self, url: str, key: str, spool: str | Path, *, every: float = 1.0, timeout: float = 60.0) -> None:
        self._url = f"{url.rstrip('/')}/api/v1/activity/entries"
        self._headers = {"X-Api-Key": key, "Content-Type": "application/x-ndjson"}
        self._every, self._timeout = every, timeout
        self._opener = build_opener(_NoRedirect)
        self._spool = _Spool(Path(spool))
        self._changed = threading.Condition()
        self._hurry = self._over = False
        self._most = _MOST_LINES
        self._thread = threading.Thread(target=self._run, name="sei-recorder", daemon=True)
        self._thread.start()

    def record(self, type: str, action: str, **fields: Any) -> None:
        """Record an entry. Raises TypeError or ValueError for what can't be one, and nothing else."""
        if unknown := fields.keys() - FIELDS:
            raise TypeError(f"An entry has no field {', '.join(sorted(unknown))}.")
        if not all(isinstance(word, str) and word for word in (type, action)):
            raise ValueError("An entry has a type and an action.")
        made = {"occurred_at": datetime.now(UTC).isoformat(), "idempotency_key": uuid.uuid4().hex}
        entry = {"type": type, "action": action} | made | {k: value for k, value in fields.items() if value is not None}
        line = json.dumps(entry, allow_nan=False).encode() + b"\n"
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"An entry has at most {_LONGEST_LINE:,} bytes, not {len(line):,}.")
        with self._changed:
            if self._over:
                raise ValueError("This recorder has been closed.")
            self._spool.add(line)
            self._changed.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all is sent, or for so many seconds; whether all is."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._spool.left, timeout)
            self._hurry = False
        return done

    def close(self, timeout: float | None = 5.0) -> None:
        """Send what there is, if that can be done in time; what is left is sent by the next recorder."""
        self.flush(timeout)
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(timeout)
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _run(self) -> None:
        failures = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._spool.left or self._over)
                self._changed.wait_for(lambda: self._hurry or self._over, self._every)
                if self._over:
                    return
                lines = self._spool.next(self._most)
            try:
                pause = self._send(lines, failures)
            except Exception:
                # Whatever it is, what comes later is still to be sent.
                _log.exception("Entries could not be sent; they wait in %s.", self._spool.path)
                pause = _LONGEST_PAUSE
            failures = failures + 1 if pause else 0
            with self._changed:
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._over, pause)

    def _send(self, lines: list[bytes], failures: int) -> float:
        """Send lines, and strike off what is done with; the seconds to wait before the next try."""
        good = [line for line in lines if line not in self._spool.refused]
        status, headers, answer = self._post(b"".join(good)) if good else (200, Message(), [])
        if status in {200, 201} and isinstance(answer, list) and len(answer) == len(good):
            self._most = _MOST_LINES
            with self._changed:
                self._spool.strike(lines)
            return 0
        if status in {400, 413}:
            self._refused(good, answer)
            return 0
        _log.warning("The activity log can't be reached (%s); entries wait in %s.", status, self._spool.path)
        return pause_of(headers, failures)

    def _refused(self, good: list[bytes], answer: Any) -> None:
        """Put aside what can never be sent, so that the rest can; if it isn't said what that is, find it by halving."""
        errors = answer.get("errors", []) if isinstance(answer, dict) else []
        bad = {error["index"] for error in errors if error.get("index") in range(len(good))}
        if not bad and len(good) > 1:
            self._most = len(good) // 2
            return
        for index in bad or {0}:
            said = [error for error in errors if error.get("index") in {index, None}]
            _log.error("The activity log refuses an entry for good: %s", said)
            self._spool.refuse(good[index], said)

    def _post(self, body: bytes) -> tuple[int | str, Message, Any]:
        """Status, headers and content of the answer; in place of the status, what went wrong on the way."""
        request = Request(self._url, body, self._headers)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return response.status, response.headers, json.load(response)
        except HTTPError as error:
            with error:
                return error.code, error.headers, _json_or_none(error)
        except (URLError, OSError, ValueError) as error:
            return type(error).__name__, Message(), None


def pause_of(headers: Message, failures: int) -> float:
    """As long as the server asks for; else twice as long each time, up to five minutes, a little by chance."""
    asked = headers.get("Retry-After", "")
    if asked.isdigit():
        return min(int(asked), _LONGEST_PAUSE) or 1
    return min(2.0 ** min(failures, 10), _LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311


def _json_or_none(error: HTTPError) -> Any:
    try:
        return json.load(error)
    except (OSError, ValueError):
        return None


class _Spool:
    """Lines in a file, of which the first are struck off; what a full disk doesn't take is held in memory meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.refused: set[bytes] = set()
        self._file = path.open("a+b", buffering=0)
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._file.close()
                raise ValueError(f"{path} is the spool of another recorder.") from None
        self._file.seek(0)
        # A line that a crash cut off was never recorded.
        self._end = self._file.read().rfind(b"\n") + 1
        self._cut()
        self._start, self._held = 0, list[bytes]()

    @property
    def left(self) -> bool:
        return self._start < self._end or bool(self._held)

    def add(self, line: bytes) -> None:
        try:
            if self._held or self._file.write(line) != len(line):
                raise OSError
            self._end += len(line)
        except OSError:
            self._hold(line)

    def _hold(self, line: bytes) -> None:
        if not self._held:
            _log.error("%s can't be written to: entries are held in memory.", self.path)
            self._cut()
        if len(self._held) < _MOST_HELD:
            self._held.append(line)
        else:
            _log.error("An entry is lost: neither the disk nor the activity log takes it.")

    def _cut(self) -> bool:
        """Take away what lies behind the last line; whether that could be done."""
        try:
            self._file.truncate(self._end)
        except OSError:
            return False
        return True

    def next(self, most: int) -> list[bytes]:
        """The lines that come next, each whole."""
        if self._start == self._end:
            return self._held[:most]
        self._file.seek(self._start)
        part = self._file.read(min(_MOST_BYTES, self._end - self._start))
        return part[: part.rfind(b"\n") + 1].splitlines(keepends=True)[:most]

    def strike(self, lines: list[bytes]) -> None:
        self.refused.clear()
        if self._start == self._end:
            del self._held[: len(lines)]
            return
        self._start += sum(map(len, lines))
        if self._start == self._end:
            end, self._end = self._end, 0
            if self._cut():
                self._start = 0
            else:
                self._end = end

    def refuse(self, line: bytes, errors: list[Any]) -> None:
        self.refused.add(line)
        try:
            with self.path.with_name(f"{self.path.name}.refused").open("a") as file:
                file.write(json.dumps({"errors": errors, "entry": json.loads(line)}) + "\n")
        except OSError as error:
            _log.error("A refused entry can't be kept: %s", error)

    def close(self) -> None:
        self._file.close()
