"""Reconciling: what was changed past the app is found, named, and told of once; what the app does is not."""

import json
import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.batch import batch, delete_batch, save_batch
from accounts.models import Account, ApiKey, User
from activity.models import Entry
from activity.proof.models import Reconciliation
from activity.proof.reconciling import Unlogged, compare
from activity.recording import recording
from tests.browsing import fill
from tests.conftest import TESTS
from tests.entries import last_entry
from tests.tampering import tamper
from tests.tracked_objects.uploading import file_of, upload
from tests.tracked_objects.uploading import people as people_of
from tracked_objects.models import Developer, Integration, OrgTree, Team
from tracked_objects.models.growing import Shape, grow

URL = "/a/acme/activity/reconcile/"


def found(account: Account) -> list[Unlogged]:
    return compare(account).unlogged


def only(account: Account) -> Unlogged:
    (one,) = found(account)
    return one


def test_a_changed_field_is_named_with_both_values(account: Account, team: Team, people: list[Developer]) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs', manager_id = %s WHERE id = %s", people[3].pk, team.pk)
    one = only(account)
    assert (one.type, one.object_id, one.name, one.action) == ("TEAM", str(team.pk), "Theirs", "EDITED")
    assert one.changes["Name"] == {"before": "Payments", "after": "Theirs"}
    assert one.changes["Manager"] == {"before": str(people[0]), "after": str(people[3])}


def test_nothing_is_found_of_what_the_app_did(account: Account, team: Team, people: list[Developer]) -> None:
    with recording(TESTS), batch(account, Developer) as current:
        people[1].site = "Berlin"
        save_batch(current, [*people, Developer(account=account, full_name="Eve", email="eve@acme.example")])
    with recording(TESTS):
        team.members.remove(people[1])
        team.members.add(people[1])
        team.name = "Pay"
        team.save()
        team.name = "Payments"
        team.save()
    with recording(TESTS):
        Developer.objects.get(pk=people[0].pk).delete()
    with recording(TESTS), batch(account, Team) as gone:
        delete_batch(gone, [team])
    assert found(account) == []


def test_nothing_is_found_after_uploads_cascades_and_restores(admin: Client, account: Account, team: Team) -> None:
    upload(admin, file_of(people_of("Ada", "Ben<Ada", "Cyd<Ada", "Dee<Ben")))
    with recording(TESTS):
        grow(OrgTree.objects.create(account=account, name="Grown", grown=True), Shape())
    with recording(TESTS):
        team.name = "Pay"
        team.save()
        team.manager = Developer.objects.get(email="dee@acme.example")
        team.save()
    # The upload removes a manager, and with her a team and a member of another.
    upload(admin, file_of(people_of("Ada", "Cyd<Ada", "Dee<Cyd")))
    fill(admin, f"/a/acme/teams/{team.pk}/versions/1/restore/", reason="It was better")
    assert Team.objects.get(pk=team.pk).name == "Payments"
    assert found(account) == []


@pytest.mark.parametrize(
    ("sql", "action", "field"),
    [
        ("UPDATE tracked_objects_developer SET site = 'Oslo' WHERE email = 'dee@acme.example'", "EDITED", "Site"),
        ("DELETE FROM tracked_objects_developer WHERE email = 'dee@acme.example'", "DELETED", "E-mail"),
        (
            "INSERT INTO tracked_objects_developer (account_id, full_name, email, role, sub_role, team, department,"
            " site, custom_attributes, identities) SELECT account_id, 'Eve', 'eve@acme.example', '', '', '', '', '',"
            " '{}', '[]' FROM tracked_objects_developer LIMIT 1",
            "CREATED",
            "E-mail",
        ),
    ],
)
def test_rows_that_came_changed_or_went_are_found(
    account: Account, people: list[Developer], sql: str, action: str, field: str
) -> None:
    tamper(sql)
    one = only(account)
    assert (one.type, one.action) == ("DEVELOPER", action)
    assert field in one.changes


def test_rows_of_many_to_many_fields_are_found(account: Account, team: Team, people: list[Developer]) -> None:
    tamper(
        "UPDATE tracked_objects_team_members SET developer_id = %s WHERE developer_id = %s", people[3].pk, people[1].pk
    )
    assert only(account).changes == {"Members": {"added": [str(people[3])], "removed": [str(people[1])]}}


def test_a_changed_setting_is_told_by_its_path(account: Account, team: Team) -> None:
    tamper('UPDATE tracked_objects_team SET settings = \'{"branches": ["main"]}\'')
    assert list(only(account).changes) == ["settings.branches"]


def test_history_without_an_entry_does_not_hide_a_change(account: Account, team: Team) -> None:
    columns = "id, account_id, org_tree_id, manager_id, settings, alignment_filters"
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    tamper(
        f"INSERT INTO tracked_objects_historicalteam (name, history_date, history_type, {columns})"
        f" SELECT 'Theirs', now(), '~', {columns} FROM tracked_objects_team"
    )
    assert only(account).changes["Name"] == {"before": "Payments", "after": "Theirs"}


def test_an_object_that_no_entry_tells_of_is_found(account: Account, team: Team) -> None:
    tamper("DELETE FROM activity_entry WHERE type = 'TEAM'")
    assert only(account).action == "CREATED"


def test_secrets_are_told_by_fingerprints(account: Account, account_admin: User) -> None:
    with recording(TESTS):
        git = Integration.objects.create(account=account, name="Git", category="source_code", credentials="old-secret")
        other = Integration.objects.create(account=account, name="Other", category="ci", credentials="new-secret")
    tamper("UPDATE tracked_objects_integration SET credentials_fingerprint = 'abcdefabcdef' WHERE id = %s", other.pk)
    tamper(
        "UPDATE tracked_objects_integration SET credentials = (SELECT credentials FROM tracked_objects_integration"
        " WHERE id = %s) WHERE id = %s",
        other.pk,
        git.pk,
    )
    tamper("UPDATE accounts_user SET password = 'md5$x$theirs' WHERE id = %s", account_admin.pk)
    tamper("UPDATE tracked_objects_integration SET credentials = 'junk' WHERE id = %s", other.pk)
    said = json.dumps([one.changes for one in found(account)])
    assert {one.name for one in found(account)} == {"Git", "Other", str(account_admin)}
    assert said.count("fingerprint") >= 6
    assert not any(secret in said for secret in ("old-secret", "new-secret", "theirs", "junk"))


def test_each_account_has_its_own(account: Account, other_account: Account, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    assert found(other_account) == []


def test_what_changes_without_an_entry_by_design_is_not_found(account: Account, account_admin: User) -> None:
    with recording(TESTS):
        key = ApiKey.issue(account, account_admin)
        key.name, key.role = "Jenkins", "Read only"
        key.save()
    tamper("UPDATE accounts_apikey SET last_used_at = now()")
    tamper("DELETE FROM accounts_lastsignin")
    assert found(account) == []


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("reconcile", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_was_held_against_what(account: Account, other_account: Account, team: Team) -> None:
    lines = said().splitlines()
    assert [line.partition(" objects")[0].partition(":")[0] for line in lines] == ["acme", "globex"]
    assert "objects held against the log" in lines[0]
    assert Entry.objects.filter(type="ACTIVITY_LOG").count() == 0


def test_trouble_is_an_error_an_entry_and_a_line_of_the_log(
    account: Account, team: Team, caplog: pytest.LogCaptureFixture
) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    out = StringIO()
    with pytest.raises(CommandError) as error, caplog.at_level(logging.ERROR, "activity"):
        call_command("reconcile", "--account", "acme", stdout=out)
    sentence = "1 object was changed without an entry in the log."
    assert (str(error.value), error.value.returncode) == (f"acme: {sentence}", 1)
    assert 'Name: recorded "Payments", is "Theirs"' in out.getvalue()
    assert f"Of acme: {sentence} TEAM {team.pk} Theirs: EDITED (Name)" in caplog.text
    made = last_entry(account, type="ACTIVITY_LOG", action="FAIL", source="COMMAND", actor_name="reconcile")
    assert made.summary == sentence


def test_the_same_trouble_is_one_entry(account: Account, team: Team) -> None:
    def entries() -> int:
        with pytest.raises(CommandError):
            said("--account", "acme", "--json")
        return Entry.objects.filter(type="ACTIVITY_LOG", action="FAIL").count()

    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    assert (entries(), entries()) == (1, 1)
    tamper("UPDATE tracked_objects_team SET name = 'Nobodys'")
    assert (entries(), entries()) == (2, 2)


def test_an_unknown_account_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="no account 'nope'"):
        said("--account", "nope")


def test_the_page_compares_at_a_press(admin: Client, account: Account, team: Team) -> None:
    assert "not been held against the log yet" in admin.get(URL).content.decode()
    assert admin.post(URL, follow=True).context["tiles"]
    page = admin.get(URL).content.decode()
    assert "Every object is what the log says." in page and "4 as recorded" in page
    assert Entry.objects.filter(type="ACTIVITY_LOG").count() == 0


def test_the_page_names_what_is_not_as_recorded(admin: Client, account: Account, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = '<b>Theirs'")
    tamper("DELETE FROM tracked_objects_developer WHERE email = 'dee@acme.example'")
    response = admin.post(URL, follow=True)
    page = response.content.decode()
    assert [tile.type.code for tile in response.context["tiles"] if tile.differing] == ["DEVELOPER", "TEAM"]
    assert "2 objects were changed without an entry" in page
    assert "&lt;b&gt;Theirs" in page and "<b>Theirs" not in page
    assert f'href="/a/acme/teams/{team.pk}/"' in page
    last_entry(account, type="ACTIVITY_LOG", action="FAIL", source="UI")


def test_the_page_tells_of_what_cannot_be_read(admin: Client, account: Account) -> None:
    with recording(TESTS):
        Integration.objects.create(account=account, name="Git", category="source_code", credentials="old-secret")
    tamper("UPDATE tracked_objects_integration SET credentials = 'junk'")
    assert "of what can&#x27;t be decrypted" in admin.post(URL, follow=True).content.decode()


def test_who_may_not_see_the_log_sees_no_names(watcher: Client, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    page = watcher.post(URL, follow=True).content.decode()
    assert "1 object was changed without an entry" in page and "Theirs" not in page


def test_a_repaired_object_is_green_again(admin: Client, account: Account, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    assert admin.post(URL, follow=True).context["differing"] == 1
    tamper("UPDATE tracked_objects_team SET name = 'Payments'")
    assert admin.post(URL, follow=True).context["differing"] == 0
    assert [bool(one.digest) for one in Reconciliation.objects.order_by("id")] == [True, False]


def test_the_page_is_in_the_language_of_the_reader(admin: Client, account: Account, team: Team) -> None:
    tamper("UPDATE tracked_objects_team SET name = 'Theirs'")
    admin.post(URL)
    page = admin.get(URL, headers={"accept-language": "de"}).content.decode()
    assert "1 Objekt wurde ohne Eintrag im Protokoll geändert." in page
