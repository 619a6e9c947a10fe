"""Other services add to the log: all of a request or nothing, each entry once, and nothing that isn't theirs to say."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account, User
from activity.catalog import ACTIONS, TYPES, Origin
from activity.integrity import first_break
from activity.models import Entry, Receipt
from tests.entries import last_entry
from tests.log import downloaded, shown
from tests.programs import ENTRIES, LOG, NDJSON, Program, errors, key, lines, problem

GOOD: dict[str, Any] = {"type": "DASHBOARD", "action": "EDITED", "object_id": "d1", "object_name": "Lead time"}
IMPORT = f"{LOG}import"
SOON = (timezone.now() + timedelta(hours=1)).isoformat()


def sent() -> list[Entry]:
    return list(Entry.objects.filter(source="INGEST").order_by("seq"))


def test_an_entry_says_what_was_sent(service: Program, account: Account) -> None:
    before, after = {"refresh": 60, "tags": ["a", "b"]}, {"refresh": 15, "tags": ["b", "c"]}
    facts = {
        "actor_email": "Dana@Acme.example",
        "actor_name": "Dana",
        "request_id": "r1",
        "ip_address": "2001:db8::1",
        "user_agent": "curl",
        "reason": "too slow",
    }
    moment = timezone.now() - timedelta(days=400)
    service.send({**GOOD, **facts, "before": before, "after": after, "occurred_at": moment.isoformat()})
    last_entry(
        account,
        **{**GOOD, **facts, "actor_email": "dana@acme.example"},
        actor_kind="user",
        occurred_at=moment,
        source="INGEST",
        summary="Edited dashboard “Lead time”: refresh, tags",
        changes={"refresh": {"before": 60, "after": 15}, "tags": {"added": ["c"], "removed": ["a"]}},
    )


def test_one_gets_a_receipt_and_many_get_one_each(service: Program) -> None:
    one, many = service.send(GOOD), service.send([GOOD, {**GOOD, "object_id": "d2"}])
    assert (one.status_code, many.status_code) == (201, 201)
    receipts = [one.json(), *many.json()]
    assert [(one.seq, one.hash) for one in sent()] == [(one["seq"], one["hash"]) for one in receipts]
    assert [one.object_id for one in sent()] == ["d1", "d1", "d2"]


def test_lines_of_json_are_as_good(service: Program) -> None:
    response = service.send(lines(GOOD, b"", {**GOOD, "object_id": "d2"}, b"  "), content_type=NDJSON)
    assert (response.status_code, len(response.json())) == (201, 2)
    assert [one.object_id for one in sent()] == ["d1", "d2"]


def test_who_has_sent_it_stands_on_it(service: Program, sei_admin: User, account: Account) -> None:
    service.send({**GOOD, "details": {"region": "eu"}})
    entry = last_entry(account, actor_kind="api_key", actor_email=sei_admin.email, actor_name="Dashboards")
    assert entry.details["region"] == "eu"
    assert str(entry.details["ingested_by"]).startswith("Dashboards (sei_")
    refused = service.send({**GOOD, "details": {"ingested_by": "me"}})
    assert errors(refused) == [(0, "details", "ingested_by is not yours to say")]


def test_a_system_may_be_named_too(service: Program, account: Account) -> None:
    service.send({**GOOD, "actor_name": "Nightly job"})
    last_entry(account, actor_kind="system", actor_name="Nightly job", actor_email="")


@pytest.mark.parametrize("field", ["seq", "source", "recorded_at", "account", "hash", "actor_kind", "org_tree_id"])
def test_what_is_ours_to_say_is_refused(service: Program, field: str) -> None:
    assert errors(service.send({**GOOD, field: "x"})) == [(0, field, "is not a field of an entry")]


@pytest.mark.parametrize(
    ("entry", "field", "message"),
    [
        (5, "entry", "must be a JSON object"),
        ({"action": "EDITED"}, "type", "is missing"),
        ({"type": "DASHBOARD"}, "action", "is missing"),
        ({**GOOD, "type": "NOPE"}, "type", "'NOPE' is not a type of the catalog"),
        ({**GOOD, "action": "NOPE"}, "action", "'NOPE' is not an action of the catalog"),
        ({**GOOD, "type": "TEAM"}, "type", "TEAM is recorded by this app itself"),
        ({**GOOD, "type": "USER_LOGIN", "action": "FAIL"}, "type", "USER_LOGIN is recorded by this app itself"),
        ({**GOOD, "type": 5}, "type", "must be text"),
        ({**GOOD, "object_name": "x" * 501}, "object_name", "is longer than 500 characters"),
        ({**GOOD, "object_id": "a\0"}, "object_id", "has a NUL"),
        ({**GOOD, "occurred_at": "soon"}, "occurred_at", "'soon' is not an ISO 8601 time"),
        (
            {**GOOD, "occurred_at": SOON},
            "occurred_at",
            "is in the future",
        ),
        ({**GOOD, "occurred_at": "2001-01-01"}, "occurred_at", "is more than ten years ago"),
        ({**GOOD, "ip_address": "nowhere"}, "ip_address", "'nowhere' is not an IP address"),
        ({**GOOD, "before": "x"}, "before", "must be an object"),
        ({**GOOD, "changes": {"a": {"was": 1}}}, "changes", "each must have before and after"),
        ({**GOOD, "changes": {"a": {"added": 5, "removed": []}}}, "changes", "each must have before and after"),
        ({**GOOD, "changes": {"": {"after": 5}}}, "changes", "has a name that is no path"),
        ({**GOOD, "changes": {'a["\\q"]': {"after": 5}}}, "changes", "has a name that is no path"),
        ({**GOOD, "changes": {}, "after": {"a": 1}}, "changes", "can't be given together"),
        ({**GOOD, "details": json.loads('{"a":' * 31 + "1" + "}" * 31)}, "details", "has more than 30 values inside"),
    ],
)
def test_a_bad_entry_is_named_and_nothing_is_written(service: Program, entry: Any, field: str, message: str) -> None:
    ((index, named, words),) = errors(service.send([GOOD, entry, GOOD]))
    assert (index, named, words.startswith(message)) == (1, field, True), words
    assert sent() == []


def test_everything_that_is_wrong_is_told_at_once(service: Program) -> None:
    bad = [{**GOOD, "type": "NOPE", "ip_address": "x"}, GOOD, {"nope": 1}]
    found = errors(service.send(bad))
    assert [(index, field) for index, field, _words in found] == [
        (0, "ip_address"),
        (0, "type"),
        (2, "nope"),
        (2, "type"),
        (2, "action"),
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "field", "message"),
    [
        (b" ", "application/json", None, "The body is not JSON"),
        (b"{nope", "application/json", None, "The body is not JSON"),
        (b'[{"details": {"a": NaN}}]', "application/json", None, "The body is not JSON: NaN"),
        (b"\xff", "application/json", None, "The body is not UTF-8"),
        (b"[" * 100_000, "application/json", None, "The body is nested too deeply"),
        (b"[]", "application/json", None, "There is no entry in this request."),
        (b"\n\n", NDJSON, None, "There is no entry in this request."),
        (json.dumps([GOOD] * 1001).encode(), "application/json", None, "At most 1,000 entries at once, not 1,001."),
        (lines(GOOD, b"{nope"), NDJSON, "line", "is not JSON"),
        (lines(GOOD, [GOOD]), NDJSON, "entry", "must be a JSON object"),
    ],
)
def test_a_body_that_is_none(service: Program, body: bytes, content_type: str, field: str, message: str) -> None:
    ((index, named, words),) = errors(service.send(body, content_type=content_type))
    assert (named, words.startswith(message), index) == (field, True, 1 if field else None), words
    assert sent() == []


def test_a_body_that_is_too_large(service: Program) -> None:
    body = json.dumps([{**GOOD, "details": {"a": "x" * 11_000_000}}]).encode()
    assert "larger than 10 MB" in problem(service.send(body), 413)["detail"]
    assert sent() == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_content_type_is_refused(service: Program, content_type: str) -> None:
    problem(service.send(GOOD, content_type=content_type), 415)


def test_a_packed_body_is_refused(service: Program) -> None:
    problem(service.send(GOOD, headers={"Content-Encoding": "gzip"}), 415)


def test_a_parameter_is_refused(service: Program) -> None:
    assert errors(service.send(GOOD, f"{ENTRIES}?type=TEAM")) == [(None, "type", "There is no such parameter here.")]


def test_a_key_seen_before_gets_the_first_receipt(service: Program, sei_admin: User) -> None:
    first = service.send({**GOOD, "idempotency_key": "k1"})
    another = Program(key(sei_admin, "SEI Ingestion", "New key"))
    again = another.send([{**GOOD, "idempotency_key": "k1", "object_name": "Other"}])
    assert (again.status_code, again.json()) == (200, [first.json()])
    mixed = service.send([{**GOOD, "idempotency_key": name} for name in ("k2", "k1", "k2", "k3")])
    two, one, two_again, three = mixed.json()
    assert (mixed.status_code, one, two_again) == (201, first.json(), two)
    assert [entry.seq for entry in sent()] == [one["seq"], two["seq"], three["seq"]]
    assert Receipt.objects.count() == 3


def test_without_a_key_equal_entries_are_two(service: Program) -> None:
    service.send([GOOD, GOOD])
    service.send({**GOOD, "idempotency_key": ""})
    assert (len(sent()), Receipt.objects.count()) == (3, 0)


def test_a_request_that_fails_leaves_no_receipt(service: Program) -> None:
    service.send([{**GOOD, "idempotency_key": "k1"}, {"type": "NOPE"}])
    assert Receipt.objects.count() == 0
    assert service.send({**GOOD, "idempotency_key": "k1"}).status_code == 201


def test_keys_of_accounts_have_nothing_to_do_with_each_other(service: Program, stranger: User) -> None:
    service.send({**GOOD, "idempotency_key": "k1"})
    other = Program(key(stranger, "SEI Ingestion", slug="globex"))
    assert other.send({**GOOD, "idempotency_key": "k1"}).status_code == 201


def test_a_thousand_at_once_are_chained_and_counted(service: Program, account: Account, program: Program) -> None:
    response = service.send([{**GOOD, "object_id": str(number)} for number in range(1000)])
    seqs = [receipt["seq"] for receipt in response.json()]
    assert seqs == list(range(seqs[0], seqs[0] + 1000))
    assert first_break(account.pk) is None
    assert program.get(ENTRIES, {"type": "DASHBOARD"}).json()["count"] == 1000


@pytest.mark.parametrize("role", ["Read only", "SEI Import"])
def test_who_may_not_send_is_refused(account_admin: User, role: str) -> None:
    assert problem(Program(key(account_admin, role)).send(GOOD), 403)["detail"].endswith("activity.ingest.")


def test_every_type_and_action_of_others_is_found_again(
    service: Program, program: Program, admin: Any, account: Account
) -> None:
    pairs = [(code, action) for code, row in TYPES.items() if row.origin == Origin.INGEST for action in row.actions]
    service.send([{"type": code, "action": action, "object_id": f"{code} {action}"} for code, action in pairs])
    for code, action in pairs:
        query, wanted = {"type": code, "action": action}, f"{code} {action}"
        (found,) = program.get(ENTRIES, query).json()["results"]
        assert (found["object_id"], found["source"]) == (wanted, "INGEST")
        assert shown(admin.get("/a/acme/activity/", query)) == [found["seq"]]
        assert [row["object_id"] for row in downloaded(program.get(f"{LOG}export.csv", query))] == [wanted]


def test_every_other_pair_is_refused_by_its_place(service: Program) -> None:
    bad = [
        (code, action)
        for code, row in TYPES.items()
        for action in ACTIONS
        if row.origin == Origin.APP or action not in row.actions
    ]
    found = errors(service.send([{"type": code, "action": action} for code, action in bad]))
    assert [index for index, _field, _words in found] == list(range(len(bad)))
    for (code, action), (_index, field, words) in zip(bad, found, strict=True):
        assert field == ("action" if action not in TYPES[code].actions else "type")
        assert code in words
    assert sent() == []


def test_an_import_tells_of_everything_and_of_long_ago(importer: Program, account: Account) -> None:
    old = {"type": "TEAM", "action": "CREATED", "occurred_at": "2001-01-01", "actor_email": "ann@acme.example"}
    assert importer.send([old, GOOD], IMPORT).status_code == 201
    first, _second = Entry.objects.filter(source="IMPORT").order_by("seq")
    assert (first.type, first.occurred_at.year, first.actor_email) == ("TEAM", 2001, "ann@acme.example")
    assert str(first.details["ingested_by"]).startswith("Migration (sei_")


def test_an_import_takes_a_key_of_an_account_admin(service: Program, sei_admin: User, account_admin: User) -> None:
    for owner, role in ((sei_admin, "SEI Admin"), (sei_admin, "SEI Import"), (account_admin, "SEI Admin")):
        problem(Program(key(owner, role, f"{owner} {role}")).send(GOOD, IMPORT), 403)
    problem(service.get(IMPORT), 403)
