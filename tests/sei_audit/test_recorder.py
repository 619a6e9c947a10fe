"""The recorder that other programs copy: it loses nothing, repeats nothing, and gets in nobody's way."""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from activity.models import Entry
from sei_audit.recorder import Recorder, pause_of
from tests.programs import key
from tests.serving import free_port, serving, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[..., Recorder]


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "entries.jsonl"


@pytest.fixture
def make(sei_admin: User, spool: Path, live_server: Any) -> Iterator[Make]:
    """Makes recorders of a service with a key, which end with the test."""
    text, made = key(sei_admin, "SEI Ingestion", "Dashboards").text, []

    def _make(url: str = live_server.url, key: str = text, **options: Any) -> Recorder:
        made.append(Recorder(url, key, spool, every=0.01, **options))
        return made[-1]

    yield _make
    for recorder in made:
        recorder.close(0)


def sent() -> list[str]:
    """The ids of the objects that the log tells of, in order."""
    return list(Entry.objects.filter(source="INGEST").order_by("seq").values_list("object_id", flat=True))


def record(recorder: Recorder, numbers: range) -> None:
    for number in numbers:
        recorder.record("DASHBOARD", "EDITED", object_id=str(number))


def words(numbers: range) -> list[str]:
    return list(map(str, numbers))


def test_what_is_recorded_is_sent_in_order(make: Make, spool: Path) -> None:
    recorder = make()
    recorder.record(
        "DASHBOARD", "EDITED", object_id="0", actor_email="dana@acme.example", before={"a": 1}, after={"a": 2}
    )
    record(recorder, range(1, 1500))
    assert recorder.flush(60)
    assert sent() == words(range(1500))
    first = Entry.objects.filter(source="INGEST").earliest("seq")
    assert (first.actor_email, first.changes) == ("dana@acme.example", {"a": {"before": 1, "after": 2}})
    assert first.occurred_at < first.recorded_at
    assert spool.stat().st_size == 0


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"seq": 1}, TypeError),
        ({"details": {"a": object()}}, TypeError),
        ({"details": {"a": float("nan")}}, ValueError),
        ({"details": {"a": "x" * 4_000_000}}, ValueError),
        ({"action": ""}, ValueError),
        ({"type": 5}, ValueError),
    ],
)
def test_what_can_be_no_entry_raises_at_once(make: Make, spool: Path, given: dict[str, Any], error: type) -> None:
    with pytest.raises(error):
        make().record(**{"type": "DASHBOARD", "action": "EDITED", **given})
    assert spool.stat().st_size == 0


def test_while_the_server_is_away_entries_wait_on_disk(make: Make, spool: Path) -> None:
    away = make(f"http://127.0.0.1:{free_port()}")
    record(away, range(5))
    assert not away.flush(0.1)
    away.close(0.1)
    assert [json.loads(line)["object_id"] for line in spool.read_bytes().splitlines()] == words(range(5))
    back = make()
    record(back, range(5, 8))
    assert back.flush(60)
    assert sent() == words(range(8))


def test_a_server_that_is_killed_gets_each_entry_once(make: Make) -> None:
    port = free_port()
    recorder = make(f"http://127.0.0.1:{port}")
    with serving(port) as process:
        record(recorder, range(500))
        wait_for(lambda: len(sent()) > 0)
        record(recorder, range(500, 3000))
        process.kill()
        process.wait()
    record(recorder, range(3000, 3200))
    with serving(port):
        assert recorder.flush(120)
    assert sent() == words(range(3200))


def test_a_recorder_that_ended_midway_is_gone_on_with(make: Make, spool: Path) -> None:
    recorder = make()
    record(recorder, range(3))
    assert recorder.flush(60)
    kept = [{"type": "KB", "action": "SENT", "object_id": word, "idempotency_key": word} for word in "abc"]
    recorder.close()
    whole = b"".join(json.dumps(line).encode() + b"\n" for line in kept)
    spool.write_bytes(whole + b'{"type": "KB", "acti')
    assert make().flush(60)
    assert sent() == ["0", "1", "2", "a", "b", "c"]
    spool.write_bytes(b"")


def test_what_was_sent_but_not_struck_off_is_there_once(make: Make, spool: Path) -> None:
    line = {"type": "KB", "action": "SENT", "object_id": "a", "idempotency_key": "a"}
    for _ in range(2):
        spool.write_text(json.dumps(line) + "\n")
        recorder = make()
        assert recorder.flush(60)
        recorder.close()
    assert sent() == ["a"]


def test_what_is_refused_for_good_holds_up_nothing(make: Make, spool: Path) -> None:
    recorder = make()
    record(recorder, range(2))
    recorder.record("TEAM", "EDITED", object_id="not ours")
    recorder.record("DASHBOARD", "EDITED", object_id="x" * 300)
    record(recorder, range(2, 4))
    assert recorder.flush(60)
    assert sent() == words(range(4))
    refused = [json.loads(line) for line in spool.with_name("entries.jsonl.refused").read_text().splitlines()]
    assert [line["errors"][0]["field"] for line in refused] == ["type", "object_id"]
    assert refused[0]["entry"]["object_id"] == "not ours"


def test_with_a_key_that_does_not_work_entries_wait(make: Make, spool: Path) -> None:
    recorder = make(key="sei_nope")
    record(recorder, range(2))
    assert not recorder.flush(0.5)
    assert len(spool.read_bytes().splitlines()) == 2
    assert sent() == []


def test_a_spool_has_one_recorder(make: Make, spool: Path) -> None:
    recorder = make()
    with pytest.raises(ValueError, match="is the spool of another recorder"):
        make()
    recorder.close()
    make()
    with pytest.raises(ValueError, match="closed"):
        recorder.record("KB", "SENT")


@pytest.mark.parametrize(
    ("asked", "failures", "least", "most"),
    [
        ("12", 0, 12, 12),
        ("0", 0, 1, 1),
        ("99999", 0, 300, 300),
        (None, 0, 0.5, 1),
        (None, 3, 4, 8),
        (None, 99, 150, 300),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0, 0.5, 1),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to(asked: str | None, failures: int, least: float, most: float) -> None:
    headers = Message()
    if asked is not None:
        headers["Retry-After"] = asked
    assert least <= pause_of(headers, failures) <= most


def test_it_needs_nothing_but_python(tmp_path: Path) -> None:
    copy = tmp_path / "recorder.py"
    copy.write_text((settings.BASE_DIR / "sei_audit" / "recorder.py").read_text())
    code = "import sys, recorder; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, check=True)


def test_the_example_of_the_readme_works(
    sei_admin: User, tmp_path: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (Path(settings.BASE_DIR) / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(example.strip().splitlines()) <= 10
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(Path(settings.BASE_DIR) / "sei_audit"))
    service = key(sei_admin, "SEI Ingestion", "Dashboards").text
    (tmp_path / "example.py").write_text(example.replace("https://sei.example.com", live_server.url))
    runpy.run_path("example.py", {"key": service})
    assert Entry.objects.get(source="INGEST").changes == {"refresh": {"before": 60, "after": 15}}
