"""An upload of developers, from the file to approved, against `bulk_create_with_history` of the same rows."""

import argparse
import csv
import io
import statistics
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.test import Client
from simple_history.utils import bulk_create_with_history

from accounts.models import Account, User
from accounts.setup import create_account
from accounts.tracking import TrackedQuerySet
from activity.actors import Actor
from activity.recording import recording
from tests.benchmarks.child import in_child
from tests.benchmarks.measure import growth, memory, ratio, seconds, table
from tests.benchmarks.unguarded import unguarded
from tests.browsing import form_of
from tracked_objects.models import Developer

HEAD = ("Display name", "Email", "Manager email", "Role", "Team", "Department", "Site")
STEPS = ("file", "mapping", "review", "approve")
# Five levels from 3,617 to 54,240 rows.
REPORTS = 15

# The seconds of each step, and MB in memory: before, and at most.
Part = tuple[dict[str, float], float | None, float | None]


def run(options: argparse.Namespace) -> None:
    plain: list[float] = []
    uploads: list[Part] = []
    for number in range(options.rounds):
        for word in (f"plain{number}", f"ours{number}"):
            with recording(Actor.system("benchmark")):
                create_account(word, word, f"admin@{word}.example", "correct horse battery")
        with unguarded(Developer):
            plain.append(in_child(_plain, f"plain{number}", options.rows))
        uploads.append(in_child(_upload, f"ours{number}", options.rows))
    whole = [sum(steps.values()) for steps, _before, _most in uploads]
    _steps, before, most = max(uploads, key=lambda part: part[2] or 0)
    table(
        f"An upload of {options.rows:,} developers (medians of {options.rounds} rounds)",
        ("", "seconds", "ratio", "MB at most", "MB of growth"),
        [
            ("plain", f"{statistics.median(plain):.2f}", "1.00", "", ""),
            *((step, f"{statistics.median(part[0][step] for part in uploads):.2f}", "", "", "") for step in STEPS),
            (
                "file to approved",
                f"{statistics.median(whole):.2f}",
                f"{ratio(whole, plain):.2f}",
                growth(0, most),
                growth(before, most),
            ),
        ],
    )


def _rows(count: int) -> list[tuple[str, ...]]:
    """An organisation in which everybody has as many reports, as far as they go."""
    emails = [f"developer.{number}@bench.example" for number in range(count)]
    return [
        (
            f"Developer {number}",
            email,
            emails[(number - 1) // REPORTS] if number else "",
            "Engineer",
            f"Team {number // 8}",
            f"Department {number % 12}",
            "Berlin",
        )
        for number, email in enumerate(emails)
    ]


def _plain(slug: str, rows: int) -> float:
    """The same rows without managers: a key can't be written before its manager has one."""
    account = Account.objects.get(slug=slug)
    people = [
        Developer(account=account, full_name=name, email=email, role=role, team=team, department=department, site=site)
        for name, email, _manager, role, team, department, site in _rows(rows)
    ]

    def save() -> None:
        with patch.object(TrackedQuerySet, "bulk_create", models.QuerySet.bulk_create), transaction.atomic():
            bulk_create_with_history(people, Developer, batch_size=2000)

    return seconds(save)


def _upload(slug: str, rows: int) -> Part:
    """Through the pages, as a browser does it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEAD, *_rows(rows)])
    file = SimpleUploadedFile("hr.csv", text.getvalue().encode())
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email=f"admin@{slug}.example"))
    pages: list = []
    works = {
        "file": lambda: pages.append(client.post(f"/a/{slug}/developers/upload/", {"file": file})),
        "mapping": lambda: pages.append(client.post(pages[0].url, form_of(client.get(pages[0].url)))),
        "review": lambda: pages.append(client.get(pages[1].url)),
        "approve": lambda: pages.append(client.post(pages[1].url, form_of(pages[2]))),
    }
    before = memory("VmRSS")
    steps = {step: seconds(works[step]) for step in STEPS}
    assert pages[-1].status_code == 302 and Developer.objects.filter(account__slug=slug).count() == rows
    return steps, before, memory("VmHWM")
