"""How many queries a page may ask: as many for sixty entries as for one."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.batch import batch as batch_of
from accounts.batch import save_batch
from accounts.models import Account
from activity.recording import recording
from tests.conftest import TESTS
from tests.log import batch, draft, write
from tracked_objects.models import Developer, OrgTree, Team

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


def versions(account: Account, size: int) -> str:
    return f"{_a_team_of(account, size)}?page=1"


def a_version(account: Account, size: int) -> str:
    return f"{_a_team_of(account, size)}1/"


def a_comparison(account: Account, size: int) -> str:
    return f"{_a_team_of(account, size)}compare/?before=1&after={size}"


def a_restored_version(account: Account, size: int) -> str:
    return f"{_a_team_of(account, size)}1/restore/"


def _a_team_of(account: Account, size: int) -> str:
    """A team with so many versions, and so many members in the newest of them."""
    people = [Developer(account=account, full_name=f"P {n}", email=f"{size}.{n}@acme.example") for n in range(size)]
    with recording(TESTS):
        tree = OrgTree.objects.create(account=account, name=f"Tree {size}")
        with batch_of(account, Developer) as current:
            save_batch(current, people)
        team = Team.objects.create(account=account, org_tree=tree, name="Payments", manager=people[0])
    for number in range(1, size):
        with recording(TESTS):
            team.name = f"Payments {number}"
            team.save()
            team.members.add(people[number])
    return f"/a/acme/teams/{team.pk}/versions/"


def an_export(account: Account, size: int) -> str:
    write(*(draft(account) for _ in range(size)))
    return f"{LOG}export.csv?type=TEAM"


def suggestions(account: Account, size: int) -> str:
    write(*(draft(account, email=f"ada{number}@acme.example") for number in range(size)))
    return f"{LOG}suggest/?email=ada"


@pytest.mark.parametrize(
    ("make", "budget"),
    [
        (an_entry, 5),
        (a_batch, 6),
        (a_history, 6),
        (versions, 8),
        (a_version, 13),
        (a_comparison, 13),
        (a_restored_version, 26),
        (an_export, 12),
        (suggestions, 4),
    ],
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
