"""The guard: PostgreSQL commits no change of a tracked row without an entry, whoever writes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import Account, ApiKey, User
from activity.models import Entry
from activity.proof import guard
from activity.recording import recording
from tests.conftest import TESTS
from tracked_objects.models import Developer, Integration, Team

# Only what is committed tells one transaction from another.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maintenance(transactional_db: None) -> Iterator[str]:
    """The role that the guard lets pass, as an administrator of the server makes it."""
    run("DROP ROLE IF EXISTS sei_maintenance")
    run("CREATE ROLE sei_maintenance")
    run("GRANT SELECT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO sei_maintenance")
    yield "sei_maintenance"
    run("DROP OWNED BY sei_maintenance")
    run("DROP ROLE sei_maintenance")


def run(*statements: str) -> None:
    """Somebody's own SQL, in a transaction that is committed."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


@contextmanager
def refused(said: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=f"{said} refused: no entry of the activity log tells of"):
        yield


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE tracked_objects_team SET name = 'Theirs'", "UPDATE of tracked_objects_team"),
        ("UPDATE tracked_objects_team_members SET team_id = team_id, id = id + 1000", None),
        ("DELETE FROM tracked_objects_team_members", "DELETE of tracked_objects_team_members"),
        ("DELETE FROM tracked_objects_developer WHERE full_name = 'Dee'", "DELETE of tracked_objects_developer"),
        ("UPDATE accounts_user SET password = 'md5$x$y'", "UPDATE of accounts_user"),
        ("UPDATE accounts_user SET is_active = false", "UPDATE of accounts_user"),
        (
            "INSERT INTO accounts_role (account_id, name, built_in, capabilities)"
            " SELECT account_id, 'Mine', false, capabilities FROM accounts_role LIMIT 1",
            "INSERT of accounts_role",
        ),
        ("TRUNCATE tracked_objects_developer CASCADE", "TRUNCATE of tracked_objects_[a-z_]+"),
    ],
)
def test_sql_without_an_entry_is_not_committed(team: Team, sql: str, said: str | None) -> None:
    if said is None:
        # The same pairs as before: nothing has changed.
        run(sql)
        return
    with refused(said):
        run(sql)


def test_the_message_names_the_object(team: Team) -> None:
    with pytest.raises(
        IntegrityError, match=rf"tells of TEAM {team.pk} in this transaction(.|\n)*Change it in the app"
    ):
        run("UPDATE tracked_objects_team SET name = 'Theirs'")


def test_an_entry_of_an_earlier_transaction_does_not_count(team: Team) -> None:
    with recording(TESTS):
        team.name = "Pay"
        team.save()
    with refused("UPDATE of tracked_objects_team"):
        run(
            "UPDATE activity_chain SET xid = pg_current_xact_id()::text::bigint, since = 1",
            "UPDATE tracked_objects_team SET name = 'Theirs'",
        )


def test_an_entry_about_another_object_does_not_count(team: Team, people: list[Developer]) -> None:
    with refused("UPDATE of tracked_objects_developer"), recording(TESTS):
        team.name = "Pay"
        team.save()
        run("UPDATE tracked_objects_developer SET site = 'Oslo' WHERE full_name = 'Dee'")


def test_history_is_no_entry(team: Team) -> None:
    columns = "id, account_id, org_tree_id, manager_id, settings, alignment_filters"
    with refused("UPDATE of tracked_objects_team"):
        run(
            "UPDATE tracked_objects_team SET name = 'Theirs'",
            f"INSERT INTO tracked_objects_historicalteam (name, history_date, history_type, {columns})"
            f" SELECT 'Theirs', now(), '~', {columns} FROM tracked_objects_team",
        )


def test_tables_of_ones_own_do_not_stand_in_for_the_log(team: Team) -> None:
    with refused("UPDATE of tracked_objects_team"):
        run(
            "CREATE TEMP TABLE activity_entry ON COMMIT DROP AS SELECT * FROM public.activity_entry",
            "CREATE TEMP TABLE activity_chain ON COMMIT DROP AS SELECT account_id, seq, head, recorded_at,"
            " pg_current_xact_id()::text::bigint AS xid, 1::bigint AS since FROM public.activity_chain",
            "UPDATE tracked_objects_team SET name = 'Theirs'",
        )


def test_the_chain_only_grows(account: Account) -> None:
    for sql in ("DELETE FROM activity_chain", "UPDATE activity_chain SET seq = seq - 1"):
        with pytest.raises(IntegrityError):
            run(sql)


def test_what_ends_as_it_was_needs_no_entry(team: Team, people: list[Developer]) -> None:
    before = Entry.objects.count()
    with recording(TESTS):
        for name in ("Pay", "Payments"):
            team.name = name
            team.save()
        team.members.remove(people[1])
        team.members.add(people[1])
        Developer.objects.create(account=team.account, full_name="Eve", email="eve@acme.example").delete()
    run("UPDATE tracked_objects_team SET name = name")
    assert Entry.objects.count() == before


def test_what_was_undone_in_a_savepoint_needs_no_entry(team: Team) -> None:
    with recording(TESTS):
        with pytest.raises(LookupError), transaction.atomic():
            team.name = "Pay"
            team.save()
            raise LookupError
        with transaction.atomic():
            team.name = "Payments 2"
            team.save()
    assert Team.objects.get().name == "Payments 2"


def test_secrets_are_guarded_and_may_be_encrypted_anew(account: Account) -> None:
    with recording(TESTS):
        git = Integration.objects.create(account=account, name="Git", category="source_code", credentials="secret")
    before = Entry.objects.count()
    with recording(TESTS):
        git.save()
    assert Entry.objects.count() == before
    with refused("UPDATE of tracked_objects_integration"):
        run("UPDATE tracked_objects_integration SET credentials = 'x'")


def test_a_use_of_a_key_needs_no_entry(account: Account, account_admin: User) -> None:
    with recording(TESTS):
        key = ApiKey.issue(account, account_admin)
        key.name, key.role = "Jenkins", "Read only"
        key.save()
    run("UPDATE accounts_apikey SET last_used_at = now()")
    with refused("UPDATE of accounts_apikey"):
        run("UPDATE accounts_apikey SET secret_hash = repeat('a', 64)")


def test_a_user_of_no_account_has_no_log_to_be_in(transactional_db: None) -> None:
    with recording(TESTS):
        user = User.objects.create_user("nobody@acme.example", "correct horse battery")
    with recording(TESTS):
        user.name = "Nobody"
        user.save()
    with refused("UPDATE of accounts_user"):
        run("UPDATE accounts_user SET name = 'Theirs'")


def test_the_maintenance_role_passes_and_is_found(
    team: Team, people: list[Developer], account: Account, maintenance: str
) -> None:
    run(f"SET LOCAL ROLE {maintenance}", "UPDATE tracked_objects_team SET name = 'Repaired'")
    with pytest.raises(CommandError, match="1 object was changed without an entry"):
        call_command("reconcile", "--account", "acme", "--json")
    # The app goes on with what it finds.
    with recording(TESTS):
        found = Team.objects.get()
        found.save()
        found.manager = people[3]
        found.save()
    call_command("reconcile", "--account", "acme")


def test_who_is_a_superuser_is_not_the_maintenance_role(team: Team, maintenance: str) -> None:
    with refused("UPDATE of tracked_objects_team"):
        run("UPDATE tracked_objects_team SET name = 'Theirs'")


def test_a_guard_that_is_taken_off_is_seen_and_put_back(admin: Client, team: Team) -> None:
    assert guard.unguarded() == []
    run("ALTER TABLE tracked_objects_team DISABLE TRIGGER guard", "DROP TRIGGER guard ON accounts_user")
    assert guard.unguarded() == ["accounts_user", "tracked_objects_team"]
    assert "accounts_user, tracked_objects_team" in admin.get("/a/acme/activity/reconcile/").content.decode()
    guard.install()
    assert guard.unguarded() == []


def test_the_app_checks_keys_alone_before_its_entries_are_written() -> None:
    """To check all constraints would ask the guard too early: accounts.keys has what to call instead."""
    rooms = ("accounts", "tracked_objects", "activity", "sei_audit")
    files = (file for room in rooms for file in (Path(settings.BASE_DIR) / room).rglob("*.py"))
    assert [str(file) for file in files if "check_constraints(" in file.read_text(encoding="utf-8")] == []
