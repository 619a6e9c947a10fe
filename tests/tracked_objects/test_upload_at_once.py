"""Two admins approve at the same moment: one goes through, the other sees what would happen now."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.browsing import at_once, form_of
from tests.entries import entries_of
from tests.tracked_objects.uploading import approve, file_of, people, review, stored, upload
from tracked_objects.models import OrgTree, Team
from tracked_objects.models.growing import Shape, grow

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


def test_a_team_is_edited_while_an_upload_moves_its_tree(
    account: Account, sei_admin: User, account_admin: User, client_of: ClientOf
) -> None:
    uploader, editor = client_of(sei_admin), client_of(account_admin)
    upload(uploader, file_of(people("Ann", "Bob<Ann", "Cyd<Ann", "Eve")))
    tree = grown(account)
    team = Team.objects.get(org_tree=tree)
    page = review(uploader, file_of(people("Ann", "Bob<Ann", "Dee<Ann", "Eve")))
    url = f"/a/acme/teams/{team.pk}/edit/"
    form = {**form_of(editor.get(url)), "shared_members": ["eve@acme.example"], "name": "Pay"}
    answers = at_once(lambda: approve(uploader, page), lambda: editor.post(url, form))
    assert [answer.status_code for answer in answers] in ([302, 302], [302, 200])
    assert {str(person) for person in team.members.all()} == {"Bob", "Dee"}
    assert first_break(account.pk) is None


def grown(account: Account) -> OrgTree:
    """A tree of everybody."""
    with recording(Actor.system("tests")):
        tree = OrgTree.objects.create(account=account, name="All", grown=True)
        grow(tree, Shape())
    return tree


def test_two_uploads_at_once_move_a_tree_once_each(
    account: Account, sei_admin: User, account_admin: User, client_of: ClientOf
) -> None:
    clients = [client_of(user) for user in (sei_admin, account_admin)]
    upload(clients[0], file_of(people("Ann", "Bob<Ann")))
    tree = grown(account)
    files = [file_of(people("Ann", f"{name}<Ann")) for name in ("Cyd", "Dee")]
    pages = [review(client, file) for client, file in zip(clients, files, strict=True)]
    answers = at_once(*(lambda pair=pair: approve(*pair) for pair in zip(clients, pages, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    winner = ("Cyd", "Dee")[[answer.status_code for answer in answers].index(302)]
    assert [str(person) for person in Team.objects.get(org_tree=tree).members.all()] == [winner]
    assert [entry.action for entry in entries_of(tree)] == ["CREATED", "EDITED"]


def test_the_same_upload_sent_twice_at_once_happens_once(
    account: Account, sei_admin: User, client_of: ClientOf
) -> None:
    page = review(client_of(sei_admin), file_of(people("Ann", "Bob<Ann")))
    answers = at_once(*[lambda: approve(client_of(sei_admin), page)] * 3)
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409]
    assert (stored(account), parents(account)) == (set(people("Ann", "Bob<Ann")), 1)
    assert first_break(account.pk) is None
