"""One request and one object make one entry, and no change goes without."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.batch import batch
from accounts.models import Account, User
from accounts.tracking import NotRecorded
from activity.actors import Actor
from activity.counting import RECOUNT_SQL, Grain
from activity.integrity import first_break
from activity.models import AppendOnly, Count, Entry
from activity.recording import recording
from tests.entries import entries_of
from tracked_objects.models import Developer, EfficiencyProfile, Integration, OrgTree, Tag, Team
from tracked_objects.tracked import TRACKED

TESTS = Actor.system("tests")


@pytest.fixture
def team(account: Account, org_tree: OrgTree, people: list[Developer]) -> Team:
    with recording(TESTS):
        team = Team.objects.create(account=account, org_tree=org_tree, name="Payments", manager=people[0])
        team.members.set(people[1:3])
    return team


def test_three_saves_and_two_many_to_many_changes_are_one_entry(team: Team, people: list[Developer]) -> None:
    before = Entry.objects.count()
    with recording(TESTS):
        team.name = "Pay"
        team.save()
        team.manager = people[3]
        team.save()
        team.members.add(people[3])
        team.members.remove(people[1])
        team.save()
    assert Entry.objects.count() == before + 1
    assert Entry.objects.latest("pk").changes == {
        "Name": {"before": "Payments", "after": "Pay"},
        "Manager": {"before": "Ann", "after": "Dee"},
        "Members": {"added": ["Dee"], "removed": ["Bob"]},
    }


def test_there_and_back_is_no_entry(team: Team, people: list[Developer]) -> None:
    before = Entry.objects.count()
    with recording(TESTS):
        team.save()
        team.name = "Other"
        team.save()
        team.name = "Payments"
        team.save()
        team.members.add(people[3])
        team.members.remove(people[3])
    assert Entry.objects.count() == before


def test_created_and_deleted_at_once_is_no_entry(account: Account) -> None:
    before = Entry.objects.count()
    with recording(TESTS):
        Tag.objects.create(account=account, name="brief").delete()
    assert Entry.objects.count() == before


def test_the_before_is_what_is_stored_and_not_what_was_loaded(team: Team) -> None:
    stale = Team.objects.get(pk=team.pk)
    with recording(TESTS):
        team.name = "Second"
        team.save()
    with recording(TESTS):
        stale.name = "Third"
        stale.save()
    assert Entry.objects.latest("pk").changes["Name"] == {"before": "Second", "after": "Third"}


def test_an_exception_leaves_neither_change_nor_entry(team: Team) -> None:
    before = Entry.objects.count()
    with pytest.raises(RuntimeError), recording(TESTS):
        team.name = "Never"
        team.save()
        raise RuntimeError
    assert Entry.objects.count() == before
    assert Team.objects.get(pk=team.pk).name == "Payments"


def test_a_rolled_back_savepoint_is_not_told(team: Team, account: Account) -> None:
    with recording(TESTS):
        Tag.objects.create(account=account, name="kept")
        with pytest.raises(RuntimeError), transaction.atomic():
            team.name = "Never"
            team.save()
            Tag.objects.create(account=account, name="gone")
            raise RuntimeError
    assert Entry.objects.latest("pk").object_name == "kept"
    assert not Entry.objects.filter(object_name__in=["Never", "gone"]).exists()


def test_a_savepoint_in_part_tells_what_is_left(team: Team) -> None:
    with recording(TESTS):
        team.name = "First"
        team.save()
        with pytest.raises(RuntimeError), transaction.atomic():
            team.name = "Second"
            team.save()
            raise RuntimeError
    assert Entry.objects.latest("pk").changes == {"Name": {"before": "Payments", "after": "First"}}


def test_an_inner_recording_has_its_own_actor(team: Team, account: Account) -> None:
    with recording(Actor.system("outer")):
        with recording(Actor.system("inner")):
            team.name = "Inner"
            team.save()
        Tag.objects.create(account=account, name="outer")
    actors = dict(Entry.objects.filter(object_name__in=["Inner", "outer"]).values_list("object_name", "actor_name"))
    assert actors == {"Inner": "inner", "outer": "outer"}


@pytest.mark.parametrize("model", TRACKED)
def test_a_write_outside_a_recording_is_refused(model: type, db: None) -> None:
    for write in (
        lambda: model().save(),
        lambda: model.objects.update(pk=1),
        lambda: model.objects.bulk_create([model()]),
        lambda: model.objects.bulk_update([model(pk=1)], ["pk"]),
        lambda: model._base_manager.update(pk=1),
    ):
        with pytest.raises(NotRecorded, match=r"recording\(|batch"), transaction.atomic():
            write()


@pytest.mark.parametrize(
    "write",
    [
        lambda team, person: team.members.add(person),
        lambda team, person: team.members.remove(*team.members.all()),
        lambda team, person: team.members.clear(),
        lambda team, person: team.members.set([]),
        lambda team, person: team.delete(),
        lambda team, person: Team.objects.filter(pk=team.pk).delete(),
        lambda team, person: person.reports.update(full_name="x"),
        lambda team, person: person.reports.clear(),
    ],
)
def test_side_doors_are_refused_outside_a_recording(
    write: Callable[[Team, Developer], object], team: Team, people: list[Developer]
) -> None:
    with pytest.raises(NotRecorded), transaction.atomic():
        write(team, people[3])


def test_fixtures_are_refused(account: Account) -> None:
    with pytest.raises(NotRecorded), recording(TESTS):
        Tag(account=account, name="raw").save_base(raw=True)


def test_a_secret_leaves_only_a_fingerprint(account: Account) -> None:
    with recording(TESTS):
        tool = Integration(account=account, name="J", category="ci", application_type="jenkins", credentials="hunter2!")
        tool.save()
    with recording(TESTS):
        tool.credentials = "hunter3!"
        tool.save()
    with recording(TESTS):
        tool.save()
    created, edited = entries_of(tool)
    assert set(edited.changes) == {"Credentials"}
    assert edited.changes["Credentials"]["before"] == created.changes["Credentials"]["after"]
    for table in ("activity_entry", "tracked_objects_historicalintegration", "tracked_objects_integration"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%%hunter%%'")
            assert cursor.fetchone() == (0,)


def test_names_are_frozen_when_what_they_name_is_deleted(team: Team, people: list[Developer], account: Account) -> None:
    with recording(TESTS):
        people[1].delete()
    with recording(TESTS):
        team.delete()
    *_, taken_out, deleted = Entry.objects.filter(type="TEAM").order_by("seq")
    assert deleted.object_name == "Payments"
    assert deleted.changes["Members"] == {"before": ["Cyd"]}
    assert taken_out.changes == {"Members": {"added": [], "removed": ["Bob"]}}


def test_nested_settings_change_by_path(account: Account) -> None:
    with recording(TESTS):
        profile = EfficiencyProfile.objects.create(account=account, name="E")
    with recording(TESTS):
        profile.lead_time["phases"][2]["end_event"] = "pull_request_approved"
        profile.save()
    assert entries_of(profile)[-1].changes == {
        "lead_time.phases[Review].end_event": {"before": "pull_request_merged", "after": "pull_request_approved"}
    }


def test_history_names_the_member_and_the_reason(team: Team, account_admin: User) -> None:
    with recording(Actor.user(account_admin), reason="Merged"):
        team.name = "Pay"
        team.save()
    record = team.history.first()
    assert (record.history_user_id, record.history_change_reason) == (account_admin.pk, "Merged")
    assert Entry.objects.latest("pk").history_id == record.history_id


def test_seq_has_no_gap_and_the_chain_holds(team: Team, account: Account) -> None:
    numbers = list(Entry.objects.filter(account=account).order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert first_break(account.pk) is None


def test_every_grain_of_counts_equals_the_log(team: Team, account: Account) -> None:
    with recording(TESTS, occurred_at=datetime(2024, 2, 29, 23, 59, tzinfo=UTC)), batch(account, Team):
        Team.objects.create(account=account, org_tree=team.org_tree, name="Leap")
    kept = set(Count.objects.values_list())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM activity_count")
        cursor.execute(RECOUNT_SQL)
    assert set(Count.objects.values_list()) == kept
    assert {row[1] for row in Count.objects.values_list("pk", "grain")} == set(Grain)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE activity_entry SET summary = 'x'",
        "DELETE FROM activity_entry",
        "TRUNCATE activity_entry",
        "UPDATE tracked_objects_historicalteam SET name = 'x'",
        "DELETE FROM tracked_objects_historicalteam_members",
        "TRUNCATE accounts_historicaluser",
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(sql: str, account: Account) -> None:
    with pytest.raises(IntegrityError, match=r"append-only(.|\n)*never changed"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)


def test_the_orm_refuses_to_change_entries(account: Account) -> None:
    entry = Entry.objects.latest("pk")
    for write in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(summary="x"),
        lambda: Entry.objects.bulk_create([entry]),
        lambda: Entry.objects.create(account=account),
    ):
        with pytest.raises(AppendOnly):
            write()


def test_the_database_refuses_what_the_catalog_lacks(account: Account) -> None:
    columns = [field.column for field in Entry._meta.concrete_fields if field.column not in {"id", "type"}]
    names = ", ".join(columns)
    with pytest.raises(IntegrityError, match="entry_in_catalog"), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO activity_entry (type, {names}) "
            f"SELECT 'TEAM', {names.replace('seq,', 'seq + 1000,', 1).replace('action,', repr('SENT') + ',', 1)} "
            "FROM activity_entry WHERE parent_seq IS NULL ORDER BY id DESC LIMIT 1"
        )


def test_every_history_table_is_append_only(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND (relname LIKE '%\\_historical%' OR relname ="
            " 'activity_entry') AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname ="
            " 'append_only')"
        )
        assert cursor.fetchall() == []


def test_no_tracked_row_changes_behind_djangos_back() -> None:
    """SET_NULL and its kin update rows without a signal, so without an entry: no key to a tracked row may use them."""
    quiet = [
        f"{model.__name__}.{field.name}"
        for model in TRACKED
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.on_delete.__name__ not in {"PROTECT", "RESTRICT"}
    ]
    assert quiet == []
