"""A shell script of curl calls, as SEI's developer guide has them, against the app as it is served."""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from accounts.models import Account, User
from activity.integrity import first_break
from activity.models import Entry
from tests.programs import key
from tests.serving import free_port, serving

# Not every machine that has Python has curl, so it runs where Chromium does.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCRIPT = Path(__file__).with_name("developer_guide.sh")

BATCHES = [
    ("Developer batch of 3: 3 created", 3),
    ("Developer batch of 3: 1 created, 1 edited, 1 deleted, 1 unchanged", 3),
    ("Developer batch of 2: 1 created, 1 edited", 2),
    ("Developer batch of 1: 1 deleted", 1),
    ("Synced cloud IDs of 1 developer", 1),
    ("Synced cloud IDs of 1 developer", 1),
]


def run(api_key: str, output: Path) -> None:
    port = free_port()
    environment = os.environ | {"BASE_URL": f"http://127.0.0.1:{port}", "API_KEY": api_key, "OUTPUT": str(output)}
    with serving(port):
        done = subprocess.run(["sh", str(SCRIPT)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_the_script_does_what_it_says_and_the_log_tells_it(account: Account, sei_admin: User, tmp_path: Path) -> None:
    assert shutil.which("curl"), "This test runs a script of curl calls, and there is no curl: install it."
    run(key(sei_admin).text, tmp_path)
    assert [one["name"] for one in json.loads((tmp_path / "list.json").read_text())["content"]] == [
        "Ben Ito",
        "Dee Fox",
    ]
    rows = list(csv.DictReader((tmp_path / "developers.csv").open(newline="")))
    assert [(row["Display name"], row["Department"], row["Badge"]) for row in rows] == [
        ("Ada Park", "Engineering", "A-1"),
        ("Ben Ito", "Engineering", "B-2"),
        ("Dee Fox", "Platform", "D-4"),
    ]
    log = Entry.objects.filter(account=account, actor_kind="api_key").order_by("seq")
    parents = log.filter(child_count__gt=0)
    assert [(entry.summary, entry.child_count) for entry in parents] == BATCHES
    others = [entry.summary for entry in log.filter(child_count=0, parent_seq=None)]
    assert others == ["Saved the field mapping of developer uploads", "Downloaded developers as CSV"]
    assert {(entry.source, entry.actor_name, entry.actor_email) for entry in log} == {
        ("API", "Jenkins", sei_admin.email)
    }
    assert all(entry.user_agent.startswith("curl/") for entry in log)
    assert first_break(account.pk) is None
