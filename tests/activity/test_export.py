"""The export: exactly what the list finds, written so that programs and spreadsheets both get it right."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, User
from activity.canonical import utc_text
from activity.copying import copy_blocks
from activity.export_columns import COLUMNS
from activity.models import Entry
from tests.entries import last_entry
from tests.log import NOON, batch, downloaded, draft, entry, follow, link, shown, write

LIST = "/a/acme/activity/"
CSV, JSONL = f"{LIST}export.csv", f"{LIST}export.jsonl"


def test_the_header_row_and_one_row_an_entry(admin: Client, account: Account) -> None:
    made = entry(
        account,
        actor_name="Ada L.",
        object_id="7",
        object_name='Pay, "ments"',
        changes={"Name": {"before": "a", "after": "b\nc"}},
        reason="first\r\nsecond",
        ip_address="2001:db8::1",
        user_agent="curl/8",
        request_id="r-1",
        occurred_at=datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC),
    )
    body = admin.get(CSV, {"type": "TEAM"}).getvalue()
    header, _, rest = body.partition(b"\r\n")
    assert header.decode() == (
        "seq,occurred_at,actor_email,actor_name,actor_kind,action,type,object_id,object_name,summary,changes,"
        "reason,source,ip_address,user_agent,request_id,parent_seq,hash"
    )
    assert rest.endswith(b"\r\n")
    (row,) = csv.reader(io.StringIO(rest.decode(), newline=""), strict=True)
    assert row == [
        str(made.seq),
        "2026-03-01T12:00:00.000005Z",
        "ada@acme.example",
        "Ada L.",
        "user",
        "EDITED",
        "TEAM",
        "7",
        'Pay, "ments"',
        made.summary,
        '{"Name":{"after":"b\\nc","before":"a"}}',
        "first\r\nsecond",
        "UI",
        "2001:db8::1",
        "curl/8",
        "r-1",
        "",
        made.hash,
    ]


def test_what_is_empty_has_no_quotes(admin: Client, account: Account) -> None:
    made = entry(account, object_name="", email="")
    line = admin.get(CSV, {"type": "TEAM"}).getvalue().split(b"\r\n")[1].decode()
    assert (
        line == f"{made.seq},2026-03-01T12:00:00.000000Z,,,user,EDITED,TEAM,,,{made.summary},{{}},,UI,,,,,{made.hash}"
    )


FORMULAS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]
PLAIN = ["a=1", " =1", "'=1", '"=1"', "1-1", "", "ü", "\\N", "\\."]


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN])
def test_a_cell_that_is_no_formula_stays_and_one_that_is_gets_an_apostrophe(
    admin: Client, account: Account, text: str
) -> None:
    free = ("object_id", "object_name", "summary", "reason", "user_agent", "request_id")
    made = entry(account, email=text, actor_name=text, **dict.fromkeys(free, text))
    (row,) = downloaded(admin.get(CSV, {"type": "TEAM"}))
    for name in ("actor_email", "actor_name", *free):
        stored = getattr(made, name)
        assert row[name] == (f"'{stored}" if text in FORMULAS else stored), name


def test_json_lines_have_the_same_columns_and_changes_as_json(admin: Client, account: Account) -> None:
    text = '\t= \x01\x02 \\ " \u202e 日本語'
    made = entry(account, object_name=text, changes={text: {"after": [text]}}, ip_address="203.0.113.7")
    response = admin.get(JSONL, {"type": "TEAM"})
    body = response.getvalue()
    assert response["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert body.endswith(b"\n")
    (line,) = body.decode().splitlines()
    row = json.loads(line)
    assert tuple(row) == COLUMNS
    assert row["object_name"] == made.object_name
    assert row["changes"] == made.changes
    assert row["ip_address"] == "203.0.113.7"
    assert row["parent_seq"] is None


def test_everything_is_exported_and_nothing_of_other_accounts(
    admin: Client, account: Account, other_account: Account
) -> None:
    entry(other_account)
    batch(account, [{}, {}])
    before = Entry.objects.filter(account=account)
    expected = {str(entry.seq): (utc_text(entry.occurred_at), entry.hash) for entry in before}
    rows = downloaded(admin.get(CSV))
    assert {row["seq"]: (row["occurred_at"], row["hash"]) for row in rows} == expected


def test_each_export_is_an_entry_written_first(admin: Client, account: Account, account_admin: User) -> None:
    made = entry(account)
    response = admin.get(CSV, {"type": "TEAM", "q": "edited", "page_size": "25"}, headers={"User-Agent": "curl/8"})
    # The body has not been read yet.
    exported = last_entry(account, type="ACTIVITY_LOG", action="EXPORTED", actor_email=account_admin.email, source="UI")
    assert exported.details == {"format": "csv", "filters": {"type": ["TEAM"], "q": ["edited"]}}
    assert exported.user_agent == "curl/8"
    late = entry(account)
    seen = [int(row["seq"]) for row in downloaded(response)]
    assert seen == [made.seq]
    assert late.seq > exported.seq


def test_names_and_headers_of_the_file(admin: Client, account: Account) -> None:
    write(draft(account), draft(account, occurred_at=NOON + timedelta(days=40)))
    response = admin.get(CSV, {"type": "TEAM"})
    assert response["Content-Disposition"] == 'attachment; filename="activity-acme-2026-03-01-2026-04-10.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    dated = admin.get(JSONL, {"from": "2026-01-05T10:00+14:00", "to": "2026-02-01"})
    assert 'filename="activity-acme-2026-01-04-2026-02-01.jsonl"' in dated["Content-Disposition"]
    today = datetime.now(UTC).date()
    empty = admin.get(CSV, {"type": "WORKFLOW"})
    assert f"activity-acme-{today}-{today}.csv" in empty["Content-Disposition"]
    assert downloaded(empty) == []


@pytest.mark.parametrize("query", ["type=NOPE", "from=yesterdayish", "page_size=1000000", "foo=1", "q=%00"])
def test_a_bad_filter_exports_nothing_and_records_nothing(admin: Client, account: Account, query: str) -> None:
    before = last_entry(account).seq
    response = admin.get(f"{CSV}?{query}")
    assert response.status_code == 400
    assert query.partition("=")[0] in response.content.decode()
    assert last_entry(account).seq == before


def test_where_the_page_begins_does_not_matter(admin: Client, account: Account) -> None:
    write(*(draft(account) for _ in range(30)))
    older = link(admin.get(f"{LIST}?type=TEAM&page_size=25"), "Older")
    assert len(downloaded(admin.get(f"{CSV}{older}"))) == 30


@pytest.mark.parametrize("method", ["head", "post", "put", "delete"])
def test_only_get_exports(admin: Client, account: Account, method: str) -> None:
    assert getattr(admin, method)(CSV).status_code == 405


@pytest.mark.parametrize("url", [CSV, JSONL])
def test_a_refused_export_is_an_entry(
    account: Account, account_viewer: User, client_of: Callable[[User], Client], url: str
) -> None:
    assert client_of(account_viewer).get(url, {"type": "TEAM"}).status_code == 403
    refused = last_entry(account, type="ACTIVITY_LOG", action="FAIL", actor_email=account_viewer.email)
    assert refused.details == {"path": url, "query": "type=TEAM"}


def test_a_stranger_leaves_no_entry(account: Account, stranger: User, client_of: Callable[[User], Client]) -> None:
    before = last_entry(account).seq
    assert client_of(stranger).get(CSV).status_code == 404
    assert last_entry(account).seq == before


ROWS = "COPY (SELECT repeat('x', 100), n FROM generate_series(1, 5000000) n) TO STDOUT (FORMAT csv)"


@pytest.mark.django_db(transaction=True)
def test_rows_come_in_whole_lines_and_a_reader_who_leaves_cancels_the_rest() -> None:
    blocks = copy_blocks(ROWS, (), end=b"\r\n")
    first = next(blocks)
    assert 64 * 1024 <= len(first) < 128 * 1024
    assert first.endswith(b"\r\n")
    blocks.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT repeat%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_failure_on_the_way_is_an_error_and_not_an_end() -> None:
    failing = "COPY (SELECT 1 / (900000 - n) FROM generate_series(1, 1000000) n) TO STDOUT (FORMAT csv)"
    blocks = copy_blocks(failing, (), end=b"\r\n")
    assert next(blocks)
    with pytest.raises(psycopg.Error):
        list(blocks)


@pytest.mark.django_db(transaction=True)
def test_a_client_who_leaves_before_the_first_row_ends_the_query() -> None:
    assert list(copy_blocks("COPY (SELECT pg_sleep(60)) TO STDOUT", (), b"\n", gone=lambda: True)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


WORDS = ["edited", "created", "payments", "alpha", "team"]


def _entries(account: Account) -> list[Any]:
    people = [f"p{n}@acme.example" for n in range(3)]
    made = [
        draft(
            account,
            type=["TEAM", "DEVELOPER", "TAG"][n % 3],
            action=["CREATED", "EDITED", "DELETED"][n % 7 % 3],
            email=people[n % 5 % 3],
            object_id=str(n % 4),
            object_name=WORDS[n % 5],
            source=["UI", "API"][n % 2],
            request_id=f"r{n // 4}",
            ip_address=[None, "203.0.113.1"][n % 2],
            occurred_at=NOON + timedelta(hours=7 * (n // 2)),
        )
        for n in range(40)
    ]
    made[7].children = [draft(account, object_id=str(n), object_name=WORDS[n], type="DEVELOPER") for n in range(5)]
    for child in made[7].children:
        vars(child).update(
            type=made[7].type, actor=made[7].actor, occurred_at=made[7].occurred_at, source=made[7].source
        )
        vars(child).update(request_id=made[7].request_id, ip_address=made[7].ip_address)
    return made


def _some(values: list[str], most: int = 2) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "email": _some([f"p{n}@acme.example" for n in range(4)]),
        "type": _some(["TEAM", "DEVELOPER", "TAG"]),
        "action": _some(["CREATED", "EDITED", "DELETED", "SENT"]),
        "object": _some(["TEAM:1", "DEVELOPER:1", "TAG:3"]),
        "source": _some(["UI", "API"]),
        "request": _some(["r1", "r5"]),
        "ip": _some(["203.0.113.1"], 1),
        "from": st.sampled_from(["2026-03-02", "2026-03-01T19:00:00Z"]),
        "to": st.sampled_from(["2026-03-04", "2026-03-05T03:00:00+02:00"]),
        "q": st.sampled_from(WORDS),
    },
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=QUERIES)
def test_list_counts_and_export_agree_for_any_filter(admin: Client, account: Account, query: dict[str, Any]) -> None:
    if not Entry.objects.filter(account=account, type="TAG").exists():
        write(*_entries(account))
    query = {"type": ["TEAM", "DEVELOPER", "TAG"]} | {name: value for name, value in query.items() if value}
    response = admin.get(LIST, {**query, "page_size": "25"})
    rows = shown(response)
    while link(response, "Older"):
        response = follow(admin, response, "Older")
        rows += shown(response)
    parents = [seq for seq in rows if Entry.objects.get(account=account, seq=seq).child_count]
    unfolded = query.keys() & {"action", "object", "q"}
    inside = Entry.objects.filter(account=account, parent_seq__in=[] if unfolded else parents)
    exported = [int(row["seq"]) for row in downloaded(admin.get(CSV, query))]
    assert response.context["counts"].total == len(rows)
    assert set(exported) == {*rows, *inside.values_list("seq", flat=True)}
    assert len(exported) == len(set(exported))
    assert [seq for seq in exported if seq in rows] == rows
