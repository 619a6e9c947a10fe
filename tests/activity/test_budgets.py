"""How many queries a page may ask: as many for sixty entries as for one."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.log import batch, draft, write

LOG = "/a/acme/activity/"
MANY = 60


def an_entry(account: Account, size: int) -> str:
    changes = {f"Field {number}": {"before": number, "after": number + 1} for number in range(size)}
    (seq,) = write(draft(account, changes=changes))
    return f"{LOG}{seq}/"


def a_batch(account: Account, size: int) -> str:
    return f"{LOG}{batch(account, [{'object_id': str(number)} for number in range(size)])}/"


def a_history(account: Account, size: int) -> str:
    write(*(draft(account, object_id="7", object_name="Payments") for _ in range(size)))
    return f"{LOG}object/TEAM/7/"


def an_export(account: Account, size: int) -> str:
    write(*(draft(account) for _ in range(size)))
    return f"{LOG}export.csv?type=TEAM"


def suggestions(account: Account, size: int) -> str:
    write(*(draft(account, email=f"ada{number}@acme.example") for number in range(size)))
    return f"{LOG}suggest/?email=ada"


@pytest.mark.parametrize(
    ("make", "budget"), [(an_entry, 5), (a_batch, 6), (a_history, 6), (an_export, 12), (suggestions, 4)]
)
def test_many_take_no_more_queries_than_one(
    make: Callable[[Account, int], str], budget: int, admin: Client, account: Account
) -> None:
    one, many = (_queries(admin, make(account, size)) for size in (1, MANY))
    assert many <= one <= budget


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
        content = response.getvalue() if response.streaming else response.content
    assert response.status_code == 200 and content
    return len(queries)
