"""Clients that work without a break, and remember what they were told is done."""

import csv
import io
import itertools
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, IncompleteRead
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import urlencode

from django.conf import settings

from accounts.models import User
from accounts.setup import create_account
from activity.recording import recording
from tests.browsing import form_of
from tests.conftest import TESTS, _client_of
from tests.programs import ENTRIES, NDJSON, key

SLUG = "kill"
_CSRF = "a" * 32
_BATCH, _SENT = 5, 20


class Cut(Exception):
    """There was no answer, or one that says that the database is away: what was sent may be done, or not."""


@dataclass
class Told:
    """What the clients were told: of developers (action, id, name); of entries the keys; downloads whole or cut."""

    changes: list[tuple[str, str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answers: int = 0
    unanswered: int = 0
    refused: int = 0
    whole: int = 0
    cut: int = 0
    # Downloads that looked whole and were not.
    lies: int = 0


class Load:
    """A context in which clients work; `port` is where the server is now."""

    def __init__(self, clients: int) -> None:
        with recording(TESTS):
            self.account = create_account(SLUG, "Kill", f"admin@{SLUG}.example", "correct horse battery")
        admin = User.objects.get(email=f"admin@{SLUG}.example")
        cookie = _client_of(admin).cookies[settings.SESSION_COOKIE_NAME].value
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={_CSRF}"
        self.key = key(admin, "SEI Ingestion", slug=SLUG).text
        self.port, self.told, self.over = 0, Told(), threading.Event()
        self.numbers = itertools.count()
        works = [self._change] * clients + [self._ingest, self._download, self._download]
        self._threads = [threading.Thread(target=self._repeat, args=[work], daemon=True) for work in works]
        self.errors: list[BaseException] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def acknowledged(self) -> int:
        """How many requests that change something were told that it is done."""
        if self.errors:
            raise self.errors[0]
        return self.told.answers

    def end(self) -> None:
        """Let the clients come to the end of what they do; the server has to be there for as long."""
        self.over.set()
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self.over.is_set():
            try:
                work()
            except Cut:
                self.told.unanswered += 1
                self.over.wait(0.05)
            except BaseException as error:
                self.errors.append(error)
                return

    def _change(self) -> None:
        """Create some developers, edit each, and delete some of them: one by one, or all together."""
        pks = []
        for _ in range(random.choice([1, 1, _BATCH])):
            number = next(self.numbers)
            name, email = f"N{number}", f"n{number}@{SLUG}.example"
            location = self._post("developers/new/", {"full_name": name, "email": email})
            pk = location.rstrip("/").rpartition("/")[2]
            self.told.changes.append(("CREATED", pk, name))
            form = self._form(f"developers/{pk}/edit/")
            self._post(f"developers/{pk}/edit/", {**form, "full_name": f"{name} edited"})
            self.told.changes.append(("EDITED", pk, f"{name} edited"))
            pks.append(pk)
        if len(pks) > 1:
            self._post("developers/delete/", {"id": pks})
        elif random.random() < 0.5:
            self._post(f"developers/{pks[0]}/delete/", {})
        else:
            return
        self.told.changes += [("DELETED", pk, "") for pk in pks]

    def _ingest(self) -> None:
        """Send entries until they are taken, with the same keys each time."""
        keys = [f"k{next(self.numbers)}" for _ in range(_SENT)]
        sent = [
            {"type": "TICKET", "action": "EDITED", "object_id": word, "after": {"state": word}, "idempotency_key": word}
            for word in keys
        ]
        body = "\n".join(json.dumps(entry) for entry in sent)
        while not self._taken(body):
            if self.over.wait(0.05):
                return
        self.told.keys += keys

    def _taken(self, body: str) -> bool:
        try:
            status, _headers, answer = self._ask("POST", ENTRIES, body, {"X-Api-Key": self.key, "Content-Type": NDJSON})
        except Cut:
            self.told.unanswered += 1
            return False
        if status not in {200, 201} or len(json.loads(answer)) != _SENT:
            raise RuntimeError(f"The API answers {status}: {answer[:500]!r}")
        self.told.answers += 1
        return True

    def _download(self) -> None:
        try:
            status, _headers, body = self._ask("GET", f"/a/{SLUG}/activity/export.csv", "", {"Cookie": self.cookie})
        except Cut:
            self.told.cut += 1
            self.over.wait(0.05)
            return
        if status != 200:
            raise RuntimeError(f"The download answers {status}")
        numbers = [int(row["seq"]) for row in csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True)]
        # Everything before its own entry; each account's numbers have no gap.
        if body.endswith(b"\r\n") and sorted(numbers) == list(range(1, len(numbers) + 1)):
            self.told.whole += 1
        else:
            self.told.lies += 1

    def _form(self, path: str) -> dict[str, Any]:
        status, _headers, body = self._ask("GET", f"/a/{SLUG}/{path}", "", {"Cookie": self.cookie})
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
        return dict(form_of(SimpleNamespace(content=body)))  # type: ignore[arg-type]

    def _post(self, path: str, fields: dict[str, Any]) -> str:
        """Where the answer leads: only a change that was made leads on."""
        body = urlencode({**fields, "csrfmiddlewaretoken": _CSRF}, doseq=True)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        status, answered, page = self._ask("POST", f"/a/{SLUG}/{path}", body, headers)
        if status != 302:
            raise RuntimeError(f"{path} answers {status}: {page.decode()[:2000]}")
        self.told.answers += 1
        return str(answered["Location"])

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        client = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            client.request(method, path, body, {"Host": "localhost", **headers})
            response = client.getresponse()
            content = response.read()
        except (OSError, HTTPException, IncompleteRead) as error:
            raise Cut from error
        finally:
            client.close()
        if response.status == 503:
            self.told.refused += 1
            raise Cut
        return response.status, response.headers, content
