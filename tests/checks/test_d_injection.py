"""D. What people type is text everywhere: on pages, in files, in lines of a log, in queries."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, User
from activity.models import Entry
from sei_audit.logs import JsonLine, OneLine
from tests.browsing import fill
from tests.entries import last_entry
from tests.log import draft, entry, write
from tests.sei_audit.test_logs import record
from tracked_objects.models import Developer

SCRIPT = '"><script>alert(1)</script>'
MARKUP = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% debug %}",
    "</textarea><svg/onload=1>",
]
FORMATS = ["%s %d", "%(name)s", "%(password)r", "{0} {name} {0.__class__}", "100 %", "$name ${name}", "\\1 \\g<0>"]


@pytest.fixture
def admin(client_of: Callable[[User], Client], account_admin: User) -> Client:
    return client_of(account_admin)


@pytest.mark.parametrize("text", MARKUP)
def test_d1_markup_that_comes_in_by_signing_in_stays_text(
    text: str, admin: Client, client: Client, account: Account, account_admin: User
) -> None:
    agent = {"user-agent": text, "x-forwarded-for": text, "referer": text}
    client.post("/accounts/login/", {"login": account_admin.email, "password": text}, headers=agent)
    client.post("/accounts/login/", {"login": text, "password": text}, headers=agent)
    made = last_entry(account, type="USER_LOGIN", action="FAIL", user_agent=text)
    for url in ("/a/acme/activity/", made.get_absolute_url()):
        page = admin.get(url).content.decode()
        assert text not in page or "<" not in text


@pytest.mark.parametrize("text", MARKUP)
def test_d1_so_does_markup_in_keys_values_and_names(text: str, admin: Client, account: Account) -> None:
    changes = {text: {"before": {text: [text]}, "after": [{text: text}]}}
    made = entry(account, object_name=text, object_id=text[:50], reason=text, changes=changes, details={text: text})
    for url in ("/a/acme/activity/", made.get_absolute_url(), f"/a/acme/activity/?q={text}"):
        response = admin.get(url)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode() and "<img src=x" not in response.content.decode()
        assert "unsafe-inline" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("text", MARKUP)
def test_d1_so_does_the_name_of_a_file(text: str, admin: Client) -> None:
    file = io.BytesIO(b"Name,Email\nAnn,ann@acme.example")
    file.name = text
    page = admin.post("/a/acme/developers/upload/", {"file": file}, follow=True)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode() and "<img src=x" not in page.content.decode()


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(CELLS, min_size=6, max_size=6))
def test_d2_every_cell_is_found_again_in_csv_and_none_is_a_formula(
    admin: Client, account: Account, texts: list[str]
) -> None:
    names = ("object_id", "object_name", "summary", "reason", "user_agent", "request_id")
    write(draft(account, **dict(zip(names, texts, strict=True))))
    made = Entry.objects.latest("seq")
    body = admin.get("/a/acme/activity/export.csv").getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(body, newline=""), strict=True))
    (row,) = (row for row in rows if row["seq"] == str(made.seq))
    for name in names:
        assert row[name].removeprefix("'") == getattr(made, name).removeprefix("'")
        assert not row[name].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert all(None not in row and None not in row.values() for row in rows)


def test_d2_json_lines_have_what_a_guarded_cell_only_nearly_has(admin: Client, account: Account) -> None:
    """In CSV `=1` and `'=1` look alike, as every spreadsheet has it; here they don't."""
    write(draft(account, object_name="=1"), draft(account, object_name="'=1"))
    lines = admin.get("/a/acme/activity/export.jsonl").getvalue().decode().splitlines()
    assert {"=1", "'=1"} <= {json.loads(line)["object_name"] for line in lines}


@given(text=st.text())
def test_d3_no_text_makes_more_than_one_line(text: str) -> None:
    assert len(OneLine().format(record(text)).splitlines()) == 1
    line = JsonLine().format(record(text))
    assert line.isprintable() and isinstance(json.loads(line), dict)


@pytest.mark.parametrize(
    "text", ["a\r\n2026-01-01 INFO x - forged", "\x1b[2K\x1b[1A", "\u202egnp.exe", "\x00\x07", "\ud800"]
)
def test_d3_one_event_is_one_line_of_each_download(text: str, admin: Client, account: Account) -> None:
    write(draft(account, object_name=text, user_agent=text, reason=text))
    count = Entry.objects.filter(account=account).count()
    lines = admin.get("/a/acme/activity/export.jsonl").getvalue().splitlines()
    assert len(lines) == count and all(json.loads(line) for line in lines)


@pytest.mark.parametrize("text", FORMATS)
def test_d4_what_looks_like_a_template_is_not_filled_in(text: str, admin: Client, account: Account) -> None:
    response = fill(admin, "/a/acme/developers/new/", full_name=text, email="ann@acme.example")
    assert response.status_code == 302
    made = last_entry(account, type="DEVELOPER", action="CREATED", object_name=text)
    assert text in made.summary
    assert admin.get(made.get_absolute_url()).status_code == 200
    fill(admin, f"{Developer.objects.get().get_absolute_url()}edit/", full_name=f"{text}!")
    assert last_entry(account, action="EDITED").changes["Full name"] == {"before": text, "after": f"{text}!"}


@pytest.mark.parametrize(
    "text", ["' OR '1'='1", "'; DROP TABLE activity_entry; --", "$.a[*]", "%", "_", "\\", "a & | ! ( :*", ".*"]
)
@pytest.mark.parametrize("name", ["email", "q", "object", "ip", "request"])
def test_d4_what_looks_like_a_query_finds_what_has_it_or_nothing(
    name: str, text: str, admin: Client, account: Account
) -> None:
    entry(account, object_name="harmless")
    response = admin.get("/a/acme/activity/", {name: text})
    assert response.status_code in {200, 400}
    assert "harmless" not in response.content.decode()
