"""A file of entries is imported whole or not at all, and each entry once."""

import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from accounts.models import Account
from activity.integrity import first_break
from activity.models import Count, Entry

GOOD: dict[str, Any] = {"type": "TEAM", "action": "CREATED", "object_id": "t1", "object_name": "Payments"}


class Import:
    """Imports lines (objects, or raw bytes) from a file and keeps what was printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed = ""

    def __call__(self, *lines: Any, name: str = "entries.jsonl", **options: Any) -> str:
        raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        path = self.folder / name
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        out = io.StringIO()
        try:
            call_command("import_entries", str(path), account="acme", stdout=out, stderr=out, **options)
        finally:
            self.printed = out.getvalue()
        return self.printed


@pytest.fixture
def import_lines(account: Account, tmp_path: Path) -> Import:
    return Import(tmp_path)


def imported() -> Any:
    return Entry.objects.filter(source="IMPORT").order_by("seq")


def test_an_entry_says_what_the_line_says(import_lines: Import) -> None:
    line = {
        **GOOD,
        "action": "EDITED",
        "occurred_at": "2020-02-29T12:00:00+02:00",
        "actor_email": "Dana@Acme.example",
        "actor_name": "Dana",
        "before": {"members": ["a", "b"], "name": "Pay"},
        "after": {"members": ["b", "c"], "name": "Payments"},
        "request_id": "abc",
        "ip_address": "2001:db8::1",
        "reason": "because",
    }
    import_lines(line)
    entry = imported().get()
    assert entry.changes == {
        "members": {"added": ["c"], "removed": ["a"]},
        "name": {"before": "Pay", "after": "Payments"},
    }
    assert entry.occurred_at.isoformat() == "2020-02-29T10:00:00+00:00"
    assert (entry.actor_email, entry.actor_kind, entry.request_id) == ("dana@acme.example", "user", "abc")
    assert entry.summary == "Edited team “Payments”: members, name"


@pytest.mark.parametrize("name", ["entries.jsonl", "entries.jsonl.gz", "entries"])
def test_plain_and_compressed_files(import_lines: Import, name: str) -> None:
    assert "1 entries added" in import_lines(GOOD, name=name)


def test_a_second_run_adds_nothing(import_lines: Import) -> None:
    lines = [GOOD, {**GOOD, "idempotency_key": "k"}, {**GOOD, "object_id": "t2"}]
    import_lines(*lines)
    assert "0 entries added, 3 already there" in import_lines(*lines)
    assert imported().count() == 3


def test_equal_lines_are_different_entries(import_lines: Import) -> None:
    assert "3 entries added" in import_lines(GOOD, GOOD, GOOD)
    assert "1 entries added, 3 already there" in import_lines(GOOD, GOOD, GOOD, GOOD)


def test_an_idempotency_key_counts_once(import_lines: Import) -> None:
    keyed = {**GOOD, "idempotency_key": "k"}
    assert "1 entries added, 1 already there" in import_lines(keyed, {**keyed, "object_name": "Other"})
    assert imported().get().object_name == "Payments"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{nope", "line: is not JSON"),
        (b"\xff\xfe", "line: is not UTF-8"),
        (b"[" * 100_000, "line: is nested too deeply"),
        (b'{"details": {"a": 1e999}}', "line: is not JSON: 1e999 is too large a number"),
        (b'{"details": {"a": NaN}}', "line: is not JSON: NaN is not a JSON number"),
        ([1], "entry: must be a JSON object"),
        ({**GOOD, "type": "NOPE"}, "type: 'NOPE' is not a type of the catalog"),
        ({**GOOD, "action": "SENT"}, "action: TEAM has no action SENT"),
        ({**GOOD, "seq": 1}, "seq: is not a field of an entry"),
        ({**GOOD, "occurred_at": "yesterday"}, "occurred_at: 'yesterday' is not an ISO 8601 time"),
        ({**GOOD, "occurred_at": "9999-01-01T00:00:00Z"}, "occurred_at: is in the future"),
        ({**GOOD, "occurred_at": 5}, "occurred_at: 5 is not"),
        ({**GOOD, "ip_address": "300.1.1.1"}, "ip_address: '300.1.1.1' is not an IP address"),
        ({**GOOD, "object_id": 7}, "object_id: must be text"),
        ({**GOOD, "object_id": "x" * 201}, "object_id: is longer than 200"),
        ({**GOOD, "object_name": "a\0b"}, "object_name: has a NUL"),
        ({**GOOD, "object_name": "\ud800"}, "object_name: has a NUL or half"),
        ({**GOOD, "before": []}, "before: must be an object"),
        ({**GOOD, "changes": {}, "after": {"a": 1}}, "changes: can't be given together"),
        ({**GOOD, "changes": {"a": {"was": 1}}}, "changes: each must have"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(import_lines: Import, line: Any, message: str) -> None:
    with pytest.raises(CommandError, match="1 bad lines, so nothing was imported"):
        import_lines(GOOD, b"", line)
    assert f"line 3: {message}" in import_lines.printed
    assert imported().count() == 0


def test_bad_lines_can_be_left_out(import_lines: Import) -> None:
    printed = import_lines(GOOD, {"type": "NOPE"}, {**GOOD, "object_id": "t3"}, b"x", skip_bad=True)
    assert "line 2: type: 'NOPE' is not a type" in printed
    assert "line 4: line: is not JSON" in printed
    assert "2 entries added, 0 already there, 2 bad lines left out" in printed


def test_an_unknown_account_or_file_is_said_plainly(account: Account) -> None:
    with pytest.raises(CommandError, match="There is no account 'nope'"):
        call_command("import_entries", "x", account="nope")
    with pytest.raises(CommandError, match=r"Can't read missing\.jsonl: No such file"):
        call_command("import_entries", "missing.jsonl", account="acme")


def test_more_lines_than_one_transaction_keep_their_order(import_lines: Import, account: Account) -> None:
    import_lines(*({**GOOD, "object_id": f"t{number}"} for number in range(4500)))
    assert list(imported().values_list("object_id", flat=True)) == [f"t{number}" for number in range(4500)]
    assert first_break(account.pk) is None


def test_counts_by_type_and_action_are_those_of_the_file(import_lines: Import, account: Account) -> None:
    kinds = [("TEAM", "CREATED"), ("TEAM", "EDITED"), ("DEVELOPER", "DELETED"), ("TICKET", "SENT"), ("KB", "EDITED")]
    events = [
        {"type": kind, "action": action, "object_id": str(number % 50), "request_id": str(number // 7)}
        for number, (kind, action) in enumerate(kinds[(n * n) % len(kinds)] for n in range(600))
    ]
    import_lines(*events)
    expected = Counter((event["type"], event["action"]) for event in events)
    assert Counter(imported().values_list("type", "action")) == expected
    counted = Count.objects.filter(account=account, grain="week").exclude(type__in=["ROLE", "USER"])
    found = counted.values_list("type", "action").annotate(all=Sum("entries"))
    assert {(kind, action): entries for kind, action, entries in found} == expected
