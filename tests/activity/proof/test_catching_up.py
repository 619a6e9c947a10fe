"""Catching up: what was changed past the app is recorded afterwards, by somebody and for a reason, once it was seen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import Account, User
from activity.models import Entry
from activity.proof.catching_up import catch_up as catch_up_log
from activity.proof.models import Reconciliation
from activity.proof.reconciling import compare
from activity.recording import recording
from tests.conftest import TESTS
from tests.serving import wait_for
from tests.tampering import tamper
from tracked_objects.models import Developer, Integration, Team

URL = "/a/acme/activity/reconcile/"
CATCH_UP = f"{URL}catch-up/"
WHY = "Ticket 12: imported by hand"


def newest(account: Account, **of: Any) -> Entry:
    return Entry.objects.filter(account=account, **of).latest("seq")


@pytest.fixture
def catch_up(admin: Client, django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Compares, then sends the page's form as it is, with a reason; gives the page that is shown then."""

    def _catch_up(reason: str = WHY, **sent: str) -> Any:
        form = admin.post(URL, follow=True).context["form"]
        with django_capture_on_commit_callbacks(execute=True):
            answer = admin.post(CATCH_UP, {"seen": form.initial["seen"], "reason": reason} | sent)
        return admin.get(URL) if answer.status_code == 302 else answer

    return _catch_up


def test_an_edit_past_the_app_is_an_entry_with_both_values(
    account: Account, team: Team, people: list[Developer], catch_up: Callable[..., Any], account_admin: User
) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs', manager_id = %s", people[3].pk)
    tamper(
        "UPDATE tracked_objects_team_members SET developer_id = %s WHERE developer_id = %s", people[3].pk, people[1].pk
    )
    assert catch_up().context["differing"] == 0
    made = newest(account, type="TEAM", action="EDITED", object_id=str(team.pk), reason=WHY, source="UI")
    assert made.actor_email == account_admin.email
    assert made.summary == "Recorded afterwards: “Theirs” was edited past this app"
    assert made.changes["Name"] == {"before": "Payments", "after": "Theirs"}
    assert made.changes["Manager"] == {"before": str(people[0]), "after": str(people[3])}
    assert made.changes["Members"] == {"added": [str(people[3])], "removed": [str(people[1])]}
    assert Team.objects.get().name == "Theirs"


def test_what_came_and_went_is_recorded_and_the_chain_holds(
    account: Account, team: Team, people: list[Developer], catch_up: Callable[..., Any]
) -> None:
    tamper("DELETE FROM tracked_objects_developer WHERE email = 'dee@acme.example'")
    tamper(
        "INSERT INTO tracked_objects_team (account_id, org_tree_id, name, settings, alignment_filters)"
        " SELECT account_id, org_tree_id, 'New', settings, alignment_filters FROM tracked_objects_team"
    )
    tamper(
        "INSERT INTO tracked_objects_team_members (team_id, developer_id) SELECT max(id), %s FROM tracked_objects_team",
        people[0].pk,
    )
    assert catch_up().context["differing"] == 0
    assert newest(account, type="DEVELOPER").action == "DELETED"
    made = newest(account, type="TEAM", action="CREATED", object_name="New")
    assert made.changes["Members"] == {"after": [str(people[0])]}
    call_command("verify", "--account", "acme")


def test_many_are_one_batch(account: Account, people: list[Developer], catch_up: Callable[..., Any]) -> None:
    tamper("UPDATE tracked_objects_developer SET site = 'Oslo'")
    assert catch_up().context["differing"] == 0
    parent = newest(account, type="DEVELOPER", child_count__gt=0)
    assert parent.summary == f"Recorded afterwards, changed past this app: Developer batch of {len(people)}"
    assert (parent.child_count, parent.reason) == (len(people), WHY)
    assert {child.changes["Site"]["after"] for child in Entry.objects.filter(parent_seq=parent.seq)} == {"Oslo"}


def test_a_second_edit_is_told_from_there(
    account: Account, team: Team, admin: Client, catch_up: Callable[..., Any]
) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    catch_up()
    with recording(TESTS):
        team.refresh_from_db()
        team.name = "Ours"
        team.save()
    assert newest(account, type="TEAM").changes == {"Name": {"before": "Theirs", "after": "Ours"}}
    assert compare(account).unlogged == []


def test_secrets_are_recorded_by_their_fingerprints(
    account: Account, sei_viewer: User, catch_up: Callable[..., Any]
) -> None:
    with recording(TESTS):
        git = Integration.objects.create(account=account, name="Git", category="source_code", credentials="old-secret")
        Integration.objects.create(account=account, name="Lost", category="ci", credentials="new-secret")
    tamper("UPDATE accounts_user SET password = 'md5$x$theirs' WHERE id = %s", sei_viewer.pk)
    tamper(
        "UPDATE tracked_objects_integration SET credentials = (SELECT credentials FROM tracked_objects_integration"
        " WHERE name = 'Lost') WHERE id = %s",
        git.pk,
    )
    assert catch_up().context["differing"] == 0
    made = newest(account, type="INTEGRATION", object_name="Git")
    sides = made.changes["Credentials"].values()
    assert all(side.startswith("fingerprint ") for side in sides) and len(set(sides)) == 2
    assert "Password" in newest(account, type="USER", object_id=str(sei_viewer.pk)).changes


def test_a_secret_that_cannot_be_decrypted_stays(account: Account, catch_up: Callable[..., Any]) -> None:
    with recording(TESTS):
        Integration.objects.create(account=account, name="Lost", category="ci", credentials="new-secret")
    tamper("UPDATE tracked_objects_integration SET credentials = 'junk'")
    assert catch_up().context["differing"] == 1
    assert newest(account, type="INTEGRATION").summary == "Created integration “Lost”"


def test_nothing_is_recorded_without_a_reason(account: Account, team: Team, catch_up: Callable[..., Any]) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    page = catch_up(reason=" ")
    assert page.status_code == 200 and page.context["form"].errors == {"reason": ["This field is required."]}
    assert compare(account).differing == {"TEAM": 1}


def test_nothing_is_recorded_of_what_nobody_has_looked_at(
    account: Account, team: Team, admin: Client, people: list[Developer]
) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    seen = admin.post(URL, follow=True).context["form"].initial["seen"]
    tamper("UPDATE tracked_objects_developer SET site = 'Oslo' WHERE id = %s", people[0].pk)
    page = admin.post(CATCH_UP, {"seen": seen, "reason": WHY}, follow=True)
    assert "something else has changed meanwhile" in page.content.decode()
    assert page.context["differing"] == 2
    assert not Entry.objects.filter(reason=WHY).exists()


def test_twice_is_once(account: Account, team: Team, admin: Client, catch_up: Callable[..., Any]) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    seen = admin.post(URL, follow=True).context["form"].initial["seen"]
    catch_up()
    admin.post(CATCH_UP, {"seen": seen, "reason": WHY})
    assert Entry.objects.filter(reason=WHY).count() == 1


def test_only_who_sees_all_of_the_log_lets_it_catch_up(watcher: Client, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    assert "form" not in watcher.post(URL, follow=True).context
    seen = Reconciliation.objects.get().digest
    assert watcher.post(CATCH_UP, {"seen": seen, "reason": WHY}).status_code == 403
    assert not Entry.objects.filter(reason=WHY).exists()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("reconcile", "--account", "acme", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_and_then_records(account: Account, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    assert 'Name: recorded "Payments", is "Theirs"\nacme: recorded afterwards.' in said("--record", WHY)
    newest(account, type="TEAM", action="EDITED", source="COMMAND", reason=WHY, actor_name="reconcile")
    assert "recorded afterwards" not in said("--record", WHY)


def test_the_command_wants_a_reason_too(account: Account, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    with pytest.raises(CommandError, match="needs the reason"):
        said("--record", " ")
    assert compare(account).differing == {"TEAM": 1}


def catch_up_elsewhere(account: Account, seen: str) -> bool:
    """In a thread, with a connection of its own."""
    try:
        with recording(TESTS, reason=WHY) as rec:
            return catch_up_log(account, seen, rec)
    finally:
        connection.close()


def saved_meanwhile(item: Any, seen: str) -> bool:
    """An object is saved while the log catches up; whether it has."""
    with ThreadPoolExecutor(1) as pool:
        with recording(TESTS):
            item.save()
            running = pool.submit(catch_up_elsewhere, item.account, seen)
            wait_for(somebody_waits)
        return running.result()


@pytest.mark.django_db(transaction=True)
def test_an_edit_at_the_same_time_is_waited_for_and_records_itself(account: Account, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    seen = compare(account).digest
    team = Team.objects.get(pk=team.pk)
    team.name = "Ours"
    assert saved_meanwhile(team, seen) is True
    assert not Entry.objects.filter(reason=WHY).exists()
    assert compare(account).unlogged == []


@pytest.mark.django_db(transaction=True)
def test_a_secret_that_is_set_at_the_same_time_keeps_its_own_fingerprint(account: Account) -> None:
    with recording(TESTS):
        git = Integration.objects.create(account=account, name="Git", category="source_code", credentials="old-secret")
        other = Integration.objects.create(account=account, name="Other", category="ci", credentials="new-secret")
    columns = "SELECT credentials FROM tracked_objects_integration WHERE id = %s"
    tamper(f"UPDATE tracked_objects_integration SET credentials = ({columns}) WHERE id = %s", other.pk, git.pk)
    git.credentials = "third-secret"
    assert saved_meanwhile(git, compare(account).digest) is True
    assert compare(account).unlogged == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told_to_look_again(account: Account, people: list[Developer]) -> None:
    tamper("DELETE FROM tracked_objects_developer WHERE email = 'dee@acme.example'")
    seen = compare(account).digest
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(catch_up_elsewhere, account, seen) for _ in range(2)]
        assert sorted(done.result() for done in running) == [False, True]
    assert Entry.objects.filter(reason=WHY).count() == 1
