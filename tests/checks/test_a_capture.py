"""A. Whatever changes a tracked object makes its entry, or is refused."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, models
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client

from accounts.models import Account, Role, User
from accounts.setup import add_member
from accounts.tracking import NotRecorded, TrackedModel
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.browsing import fill
from tests.checks.things import change, saved, unsaved
from tests.conftest import TESTS
from tests.entries import entries_of, last_entry
from tests.log import entry
from tests.programs import Program, key
from tests.tracked_objects.uploading import upload
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, OrgTree, ProductivityProfile, Tag, Team
from tracked_objects.tracked import TRACKED

OWN_APPS = {"accounts", "tracked_objects", "activity"}
OBJECTS = [model for model in TRACKED if model is not User]
every_object = pytest.mark.parametrize("model", OBJECTS, ids=lambda model: model.__name__)
every_model = pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)

# Doors that send no signal of each object, so that nobody would know what became of it.
BULK: dict[str, Callable[[Any], Any]] = {
    "bulk_create": lambda thing: type(thing).objects.bulk_create([thing]),
    "bulk_create ignoring conflicts": lambda thing: type(thing).objects.bulk_create([thing], ignore_conflicts=True),
    "bulk_create updating conflicts": lambda thing: type(thing).objects.bulk_create(
        [thing], update_conflicts=True, unique_fields=["pk"], update_fields=[change(thing)[0]]
    ),
    "bulk_update": lambda thing: type(thing).objects.bulk_update([thing], [change(thing)[0]]),
    "update": lambda thing: type(thing).objects.filter(pk=thing.pk).update(**dict([change(thing)])),
    "update by the base manager": lambda thing: type(thing)._base_manager.update(**dict([change(thing)])),
    "_raw_delete": lambda thing: type(thing).objects.filter(pk=thing.pk)._raw_delete("default"),
    "a save without history": lambda thing: thing.save_without_historical_record(),
    "a fixture": lambda thing: thing.save_base(raw=True),
}


def stored(thing: Any) -> dict[str, Any] | None:
    return models.QuerySet(type(thing)).filter(pk=thing.pk).values().first()


@every_object
def test_a1_creating_editing_and_deleting_are_an_entry_each(model: type[TrackedModel], account: Account) -> None:
    thing = unsaved(model, account)
    with recording(TESTS):
        thing.save()
    name, value = change(thing)
    with recording(TESTS):
        setattr(thing, name, value)
        thing.save()
    with recording(TESTS):
        models.QuerySet(model).get(pk=thing.pk).delete()
    actions = [model.entry_actions.get(action, action) for action in ("CREATED", "EDITED", "DELETED")]
    assert [one.action for one in entries_of(thing)] == actions


def test_a1_a_user_is_told_of_in_the_log_of_each_account_they_are_a_member_of(
    account: Account, other_account: Account, account_admin: User
) -> None:
    """Who is a member of none is in no log: nobody could read it."""
    with recording(TESTS):
        add_member(other_account, account_admin.email, "SEI Viewer")
    with recording(TESTS):
        account_admin.name = "Changed"
        account_admin.save()
    for log in (account, other_account):
        last_entry(log, type="USER", action="EDITED", object_id=str(account_admin.pk))


@every_model
@pytest.mark.parametrize("door", BULK)
def test_a1_a_door_without_signals_is_shut_even_inside_a_recording(
    model: type[TrackedModel], door: str, account: Account
) -> None:
    thing = saved(model, account)
    kept, count = stored(thing), Entry.objects.count()
    with pytest.raises(NotRecorded), recording(TESTS):
        setattr(thing, *change(thing))
        BULK[door](thing)
    assert stored(thing) == kept
    assert Entry.objects.count() == count


@every_object
def test_a1_deleting_a_queryset_is_an_entry_for_each(model: type[TrackedModel], account: Account) -> None:
    thing = saved(model, account)
    with recording(TESTS):
        model.objects.filter(pk=thing.pk).delete()
    assert stored(thing) is None
    last_entry(account, type=model.entry_type, action="DELETED")


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (ProductivityProfile, "pr_size_small", F("pr_size_small") + 1),
        (Developer, "team", Concat("team", Value("!"))),
        (Role, "name", Concat("name", Value("!"))),
    ],
)
def test_a1_a_value_that_only_the_database_knows_is_refused(
    model: type[TrackedModel], name: str, value: Any, account: Account
) -> None:
    thing = saved(model, account)
    kept, count = stored(thing), Entry.objects.count()
    with pytest.raises((TypeError, ValueError, FieldError)), recording(TESTS):
        setattr(thing, name, value)
        thing.save()
    assert stored(thing) == kept
    assert Entry.objects.count() == count


def test_a1_nothing_tracked_goes_with_what_is_deleted(account: Account) -> None:
    """No cascade reaches a tracked row, from whatever table."""
    reached = [
        f"{model.__name__}.{field.name}"
        for model in TRACKED
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.on_delete is models.CASCADE
    ]
    assert reached == []


MANY: dict[str, Callable[[Any, list[Any]], Any]] = {
    "add": lambda many, things: many.add(things[2]),
    "remove": lambda many, things: many.remove(things[0]),
    "set": lambda many, things: many.set(things[1:]),
    "clear": lambda many, things: many.clear(),
}


FIELDS = [(model, field.name) for model in TRACKED for field in model._meta.many_to_many]


@pytest.mark.parametrize("how", MANY)
@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_a1_what_an_object_holds_is_an_entry(model: type[TrackedModel], name: str, how: str, account: Account) -> None:
    holder, field = saved(model, account), model._meta.get_field(name)
    things: list[Any] = [unsaved(field.related_model, account) for _ in range(3)]  # type: ignore[arg-type]
    for number, thing in enumerate(things):
        for unique in {"name", "email"} & {one.name for one in thing._meta.fields}:
            setattr(thing, unique, f"n{number}@acme.example")
        with recording(TESTS):
            thing.save()
    many = getattr(holder, name)
    with recording(TESTS):
        many.set(things[:2])
    before = len(entries_of(holder))
    with recording(TESTS):
        MANY[how](many, things)
    (made,) = entries_of(holder)[before:]
    assert (made.action, len(made.changes)) == ("EDITED", 1)


def test_a1_what_is_told_to_write_no_history_is_refused_for_all(account: Account, settings: Any) -> None:
    settings.SIMPLE_HISTORY_ENABLED = False
    tag = unsaved(Tag, account)
    with pytest.raises(NotRecorded), recording(TESTS):
        tag.save()
    assert not Tag.objects.exists()


def test_a1_what_points_to_an_object_is_not_changed_by_it(account: Account) -> None:
    team = saved(Team, account)
    with pytest.raises(NotRecorded), recording(TESTS):
        OrgTree.objects.get(pk=team.org_tree_id).teams.update(name="Changed")  # type: ignore[attr-defined]


class Careless(BaseCommand):
    """A command that somebody wrote without thinking of the log."""

    def handle(self, *args: Any, **options: Any) -> None:
        for tag in Tag.objects.all():
            tag.name = "changed"
            tag.save()


def test_a1_a_command_without_a_recording_is_refused(account: Account) -> None:
    tag = saved(Tag, account)
    with pytest.raises(NotRecorded, match=r"Actor\.system"):
        call_command(Careless())
    tag.refresh_from_db()
    assert tag.name == "new"


def test_a1_no_migration_writes_tracked_rows(db: None) -> None:
    """The models that migrations get have neither our managers nor our receivers, and SQL has no recording."""
    tables = "|".join(model._meta.db_table for model in TRACKED)
    writes = re.compile(rf'(UPDATE|INSERT INTO|DELETE FROM)\s+"?({tables})"?\b', re.IGNORECASE)
    migrations = MigrationLoader(connection).disk_migrations.items()
    ours = [(key, step) for key, one in migrations if key[0] in OWN_APPS for step in one.operations]
    assert [key for key, step in ours if isinstance(step, RunPython)] == []
    found = {key for key, step in ours if isinstance(step, RunSQL) and writes.search(str(step.sql))}
    # It made the rows of a table that came with it; the entries that gave roles say since when somebody is a member.
    assert found == {("accounts", "0004_members")}


def test_a2_the_same_change_by_page_program_upload_and_command_is_the_same_entry(
    account: Account, client_of: Any, account_admin: User
) -> None:
    client = client_of(account_admin)

    def by_page() -> None:
        fill(client, "/a/acme/developers/new/", full_name="Ann", email="ann@acme.example", role="Dev")

    def by_program() -> None:
        program = Program(key(account_admin))
        program.send({"full_name": "Ann", "email": "ann@acme.example", "role": "Dev"}, "/api/v1/developers")

    def by_upload() -> None:
        upload(client, "Name,Email,Manager email,Role\nAnn,ann@acme.example,,Dev\n")

    def by_command() -> None:
        with recording(Actor.system("command"), source="COMMAND"):
            Developer.objects.create(account=account, full_name="Ann", email="ann@acme.example", role="Dev")

    told = []
    for create in (by_page, by_program, by_upload, by_command):
        create()
        made = Entry.objects.filter(type="DEVELOPER", object_name="Ann", action="CREATED").latest("seq")
        told.append((made.object_id == str(Developer.objects.get().pk), made.summary, made.changes))
        with recording(TESTS):
            Developer.objects.get().delete()
    assert told[0][0] and told == [told[0]] * 4


@pytest.mark.parametrize(
    "header",
    [
        {"X-Request-ID": "mine"},
        {"X-Actor": "somebody@else.example"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-No-Log": "1", "X-Audit": "off", "Prefer": "return=minimal"},
        {"X-HTTP-Method-Override": "GET"},
    ],
)
def test_a3_no_header_changes_whether_or_how_a_program_is_logged(
    header: dict[str, str], account: Account, account_admin: User
) -> None:
    program = Program(key(account_admin))
    sent = {"type": "DASHBOARD", "action": "EDITED", "object_id": "d"}
    assert program.send(sent, headers=header).status_code == 201
    last_entry(account, action="EDITED", source="INGEST", actor_kind="api_key", actor_name="Jenkins")


def test_a4_a_refused_sign_in_and_a_refused_download_are_entries(
    account: Account, sei_viewer: User, client_of: Any, client: Client
) -> None:
    client.post("/accounts/login/", {"login": sei_viewer.email, "password": "wrong"})
    last_entry(account, type="USER_LOGIN", action="FAIL", object_name=sei_viewer.email)
    client_of(sei_viewer).get("/a/acme/activity/export.csv")
    last_entry(account, type="ACTIVITY_LOG", action="FAIL", actor_email=sei_viewer.email)


def test_a4_any_other_refusal_is_a_record_of_the_applications_log(
    sei_viewer: User, client_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "sei_audit.requests")
    client = client_of(sei_viewer)
    answers = [client.get("/a/acme/developers/"), client.get("/a/globex/"), client.post("/a/acme/teams/new/", {})]
    told = [record.facts for record in caplog.records if record.name == "sei_audit.requests"]  # type: ignore[attr-defined]
    assert [one["status"] for one in told] == [answer.status_code for answer in answers] == [403, 404, 403]
    assert [one["path"] for one in told] == ["/a/acme/developers/", "/a/globex/", "/a/acme/teams/new/"]


def test_a5_nobody_and_the_system_are_actors_too(account: Account) -> None:
    with recording(Actor.system()) as rec:
        rec.add(account, "USER_LOGIN", "FAIL", object_name="visitor")
    last_entry(account, actor_kind="system", actor_name="System", actor_email="")


@pytest.mark.parametrize(
    "facts",
    [
        {"email": "", "actor_name": ""},
        {"object_id": "", "object_name": ""},
        {"object_id": "999999", "object_name": "Gone"},
        {"type": "TICKET", "object_id": "x/y?z", "object_name": "\u202e"},
        {"changes": {"": {"before": None}}},
    ],
)
def test_a5_whatever_is_missing_an_entry_can_be_shown(
    facts: dict[str, Any], account: Account, account_admin: User, client_of: Any
) -> None:
    made, client = entry(account, **facts), client_of(account_admin)
    assert client.get("/a/acme/activity/").status_code == client.get(made.get_absolute_url()).status_code == 200


# What the form of each kind takes to be sent.
FORMS: dict[str, dict[str, Any]] = {
    "org-trees": {"name": "New"},
    "teams": {"name": "New"},
    "developers": {"full_name": "New", "email": "new@acme.example"},
    "integrations": {"name": "New", "category": "ci", "application_type": "jenkins"},
    "efficiency-profiles": {"name": "New"},
    "productivity-profiles": {"name": "New"},
    "business-alignment-profiles": {"name": "New"},
}


@pytest.mark.parametrize("slug", FORMS)
def test_a2_each_kind_is_created_edited_and_deleted_by_its_pages(
    slug: str, account: Account, account_admin: User, client_of: Any
) -> None:
    client, model = client_of(account_admin), KINDS[slug].model
    tree = {"org_tree": str(saved(OrgTree, account).pk)} if slug == "teams" else {}

    def create(**fields: Any) -> Any:
        if slug == "org-trees":
            # A tree is made by a wizard, step by step: see tests/tracked_objects/test_trees.py.
            return saved(OrgTree, account)
        assert fill(client, f"/a/acme/{slug}/new/", **FORMS[slug], **tree, **fields).status_code == 302
        return model.objects.latest("pk")

    thing = create()
    name = "full_name" if slug == "developers" else "name"
    assert fill(client, f"/a/acme/{slug}/{thing.pk}/edit/", **{name: "Changed"}).status_code == 302
    assert fill(client, f"/a/acme/{slug}/{thing.pk}/delete/").status_code == 302
    other = create()
    assert fill(client, f"/a/acme/{slug}/delete/?id={other.pk}").status_code == 302
    about = Entry.objects.filter(type=model.entry_type, object_id__in=[thing.pk, other.pk], child_count=0)
    told = list(about.order_by("seq").values_list("object_id", "action"))
    assert told == [
        *((str(thing.pk), action) for action in ("CREATED", "EDITED", "DELETED")),
        *((str(other.pk), action) for action in ("CREATED", "DELETED")),
    ]
    assert set(about.exclude(actor_name="tests").values_list("actor_email", "source")) == {(account_admin.email, "UI")}
