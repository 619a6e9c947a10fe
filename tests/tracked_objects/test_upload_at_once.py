"""Two admins approve at the same moment: one goes through, the other sees what would happen now."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, User
from activity.integrity import first_break
from activity.models import Entry
from tests.browsing import at_once
from tests.tracked_objects.uploading import approve, file_of, people, review, stored

pytestmark = pytest.mark.django_db(transaction=True)
ClientOf = Callable[[User], Client]


def parents(account: Account) -> int:
    return Entry.objects.filter(account=account, type="DEVELOPER", child_count__gt=0).count()


def test_two_uploads_at_the_same_moment(
    account: Account, sei_admin: User, account_admin: User, client_of: ClientOf
) -> None:
    files = [people("Ann", "Bob<Ann"), people("Ann", "Cyd<Ann")]
    pairs = [
        (client, review(client, file_of(rows)))
        for client, rows in zip(map(client_of, (sei_admin, account_admin)), files, strict=True)
    ]
    answers = at_once(*(lambda pair=pair: approve(*pair) for pair in pairs))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    winner = [answer.status_code for answer in answers].index(302)
    assert stored(account) == set(files[winner])
    assert parents(account) == 1
    # Whoever has read the new review may approve it.
    assert approve(pairs[1 - winner][0], answers[1 - winner]).status_code == 302
    assert stored(account) == set(files[1 - winner])
    assert first_break(account.pk) is None


def test_the_same_upload_sent_twice_at_once_happens_once(
    account: Account, sei_admin: User, client_of: ClientOf
) -> None:
    page = review(client_of(sei_admin), file_of(people("Ann", "Bob<Ann")))
    answers = at_once(*[lambda: approve(client_of(sei_admin), page)] * 3)
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409]
    assert (stored(account), parents(account)) == (set(people("Ann", "Bob<Ann")), 1)
    assert first_break(account.pk) is None
