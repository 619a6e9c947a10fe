"""I. A download is whole, or the client sees that it isn't."""

import http.client
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Account, User
from tests.log import downloaded, draft, entry, write
from tests.serving import free_port, serving, wait_for

CSV = "/a/acme/activity/export.csv"


def copying() -> list[int]:
    """The server processes that are in the middle of a download."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle' AND query LIKE 'COPY (%'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def ask(port: int, client: Client) -> http.client.HTTPResponse:
    name = settings.SESSION_COOKIE_NAME
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asking.request("GET", CSV, headers={"Host": "localhost", "Cookie": f"{name}={client.cookies[name].value}"})
    return asking.getresponse()


@pytest.mark.django_db(transaction=True)
def test_i1_when_the_database_goes_midway_no_client_takes_it_for_the_end(
    account: Account, account_admin: User, client_of: Callable[[User], Client]
) -> None:
    """Two at once, over the server as it is; a third, asked afterwards, gets all of it."""
    large = {"details": {"words": "x" * 100_000}, "changes": {"words": {"after": "y" * 100_000}}}
    write(*(draft(account, **large) for _ in range(150)))
    client, port = client_of(account_admin), free_port()
    with serving(port):
        responses = [ask(port, client), ask(port, client)]
        assert [response.read(10_000)[:3] for response in responses] == [b"seq"] * 2
        wait_for(lambda: len(copying()) == 2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", [copying()])
        for response in responses:
            with pytest.raises(http.client.IncompleteRead):
                response.read()
        assert ask(port, client).read().count(b"\r\n") > 150


def test_i1_of_nothing_there_is_the_header(account: Account, account_admin: User, client_of: Any) -> None:
    assert downloaded(client_of(account_admin).get(CSV, {"type": "KB"})) == []


def test_i1_what_arrives_meanwhile_is_not_in_it(account: Account, account_admin: User, client_of: Any) -> None:
    first = entry(account)
    response = client_of(account_admin).get(CSV, {"type": "TEAM"})
    late = entry(account)
    assert [row["seq"] for row in downloaded(response)] == [str(first.seq)] and late.seq > first.seq


def test_i1_what_was_before_and_after_is_in_it(account: Account, account_admin: User, client_of: Any) -> None:
    made = entry(account, changes={"Name": {"before": "a", "after": "b"}}, request_id="r1")
    (row,) = downloaded(client_of(account_admin).get(CSV, {"type": "TEAM"}))
    assert (row["changes"], row["request_id"], row["hash"]) == (
        '{"Name":{"after":"b","before":"a"}}',
        "r1",
        made.hash,
    )
