"""H. Many processes make one chain. What was tampered with is found: see covered.py."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Account
from activity.counting import RECOUNT_SQL
from activity.integrity import first_break
from activity.models import Chain, Count, Entry
from tests.serving import database_url

ROOT = Path(__file__).parents[2]
PROCESSES, THREADS, EACH = 4, 25, 2
# What one process does: that many threads at once, each of them so many recordings. PostgreSQL lets in a hundred
# connections, so of each process fifteen are connected at a time.
WRITER = """
import sys, threading
import django
django.setup()
from django.db import connection
from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from tracked_objects.models import Tag

process, threads, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
account = Account.objects.get(slug="acme")
start, connected = threading.Barrier(threads), threading.Semaphore(15)

def write(thread):
    start.wait()
    for number in range(each):
        with connected:
            with recording(Actor.system(f"{process}/{thread}")):
                Tag.objects.create(account=account, name=f"{process}/{thread}/{number} ü \\u202e")
                if number % 2:
                    Tag.objects.create(account=account, name=f"{process}/{thread}/{number} too")
            connection.close()

running = [threading.Thread(target=write, args=[n]) for n in range(threads)]
[one.start() for one in running]
[one.join() for one in running]
"""


@pytest.mark.django_db(transaction=True)
def test_h2_a_hundred_writers_in_several_processes_make_one_chain(account: Account) -> None:
    before = Entry.objects.filter(account=account).count()
    environment = {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", WRITER]
    running = [
        subprocess.Popen([*command, str(number), str(THREADS), str(EACH)], cwd=ROOT, env=environment)
        for number in range(PROCESSES)
    ]
    assert [process.wait() for process in running] == [0] * PROCESSES
    entries = Entry.objects.filter(account=account).order_by("seq")
    written = PROCESSES * THREADS * (EACH + EACH // 2)
    assert list(entries.values_list("seq", flat=True)) == list(range(1, before + written + 1))
    assert first_break(account.pk) is None
    assert len(set(entries.values_list("prev_hash", flat=True))) == before + written
    assert Chain.objects.get(account=account).head == entries.latest("seq").hash
    kept = set(Count.objects.values_list())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM activity_count")
        cursor.execute(RECOUNT_SQL)
    assert set(Count.objects.values_list()) == kept
