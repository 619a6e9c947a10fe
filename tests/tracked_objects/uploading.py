"""Uploading in tests: files made of rows, and the way through the pages."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account
from activity.models import Chain, Entry
from tests.browsing import form_of
from tracked_objects.models import Developer, FieldMapping

Found = dict[tuple[str, str], tuple[int, list[int | None]]]
URL = "/a/acme/developers/upload/"
HEAD = ("Name", "Email", "Manager email", "Role", "Site")


def file_of(rows: Iterable[Sequence[str]], head: Sequence[str] = HEAD, separator: str = ",") -> str:
    """The text of a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([head, *rows])
    return text.getvalue()


def people(*names: str, **fields: str) -> list[tuple[str, ...]]:
    """A row for each name, under HEAD: who reports to whom is written "Ben<Ada"."""
    rows = []
    for text in names:
        name, _, manager = text.partition("<")
        emails = [f"{one.lower()}@acme.example" if one else "" for one in (name, manager)]
        rows.append((name, *emails, fields.get("role", ""), fields.get("site", "")))
    return rows


def send(client: Client, content: str | bytes, name: str = "people.csv") -> Any:
    """Send the file; the answer is a redirect to the mapping, or the page that says what is wrong."""
    data = content.encode() if isinstance(content, str) else content
    return client.post(URL, {"file": SimpleUploadedFile(name, data)})


def review(client: Client, content: str | bytes, name: str = "people.csv", **mapping: str) -> Any:
    """Send the file and the mapping, as guessed but for `mapping` (place → target); the review, or the problems."""
    page = send(client, content, name)
    assert page.status_code == 302, page.content.decode()
    sent = form_of(client.get(page.url)) | mapping
    return client.post(page.url, sent, follow=True)


def approve(client: Client, page: Any, **fields: str) -> Any:
    """Approve what a review shows."""
    return client.post(page.request["PATH_INFO"], form_of(page) | fields)


def upload(client: Client, content: str | bytes, **mapping: str) -> Any:
    """All of it."""
    return approve(client, review(client, content, **mapping))


def stored(account: Account) -> set[tuple[str, ...]]:
    """The developers as rows under HEAD."""
    fields = ("full_name", "email", "manager__email", "role", "site")
    rows = Developer.objects.filter(account=account).values_list(*fields)
    return {tuple(value or "" for value in row) for row in rows}


def state(account: Account) -> tuple[Any, ...]:
    """What must not change when nothing is saved: rows, history and the head of the chain."""
    chain = Chain.objects.filter(account=account).values_list("seq", "head").first()
    counts = [model.objects.count() for model in (Developer, Developer.history.model, FieldMapping)]
    return (chain, *counts)


def problems(answer: object) -> Found:
    """(type, field) → how many, and the rows of the samples."""
    return {
        (problem.type.value, str(problem.field)): (problem.count, [sample.row for sample in problem.samples])
        for problem in answer.context["problems"]  # type: ignore[attr-defined]
    }


def parent_of(account: Account) -> Entry:
    """The entry of the last batch of developers."""
    return Entry.objects.filter(account=account, type="DEVELOPER", child_count__gt=0).latest("seq")
