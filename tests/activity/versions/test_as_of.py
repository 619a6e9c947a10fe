"""A team as of a date, and in one of its versions: as it was, with names as they were."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.batch import batch, save_batch
from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from activity.versions.states import State, states_of, team_fields, versions_of
from tests.activity.versions.conftest import CONDITION, day, pages, save
from tests.entries import entries_of
from tests.log import follow
from tracked_objects.models import Developer, Integration, Team


def names(client: Client, url: str, label: str = "Members") -> list[str]:
    return dict(client.get(url).context["state"].lists)[label]


def at(team: Team, moment: str) -> str:
    return f"{pages(team)}at/?at={moment}"


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("2026-01-01", 1),
        ("2026-01-01T12:00", 1),
        ("2026-01-02T11:59:59.999999", 1),
        ("2026-01-02", 2),
        ("2026-01-02T12:00:00Z", 2),
        ("2026-01-03T12:30%2B01:00", 2),
        ("2026-01-03", 3),
        ("2999-01-01", 3),
        ("", 3),
    ],
)
def test_a_date_means_its_end_and_a_time_is_utc(admin: Client, saved: Team, moment: str, number: int) -> None:
    assert admin.get(at(saved, moment)).context["version"].number == number


def test_all_of_the_team_is_there(admin: Client, team: Team, people: list[Developer], github: Integration) -> None:
    filters = {"Quality": [{"match": "any", "conditions": [CONDITION]}]}
    settings = {"repositories": [CONDITION]}
    save(team, day(2), settings=settings, alignment_filters=filters, integrations=[github], shared_members=[people[2]])
    save(team, day(3), name="Later", settings={}, alignment_filters={}, integrations=[], shared_members=[])
    state = admin.get(at(team, "2026-01-02")).context["state"]
    assert state.facts == [("Name", "Payments"), ("Org tree", "Engineering"), ("Manager", "Ann")]
    assert [found for _label, found in state.lists] == [["Bob"], ["Cyd"], ["GitHub"]]
    line = 'name starts with pay, "a, b"'
    assert state.groups == [
        ("Settings", [("Repositories", [line])]),
        ("Business alignment filters", [("Quality", [f"Any condition (OR): {line}"])]),
    ]


def test_before_the_first_version_it_says_so(admin: Client, saved: Team) -> None:
    assert "The team wasn't there yet" in admin.get(at(saved, "2025-12-31")).content.decode()


def test_after_its_end_it_says_who_deleted_it(admin: Client, saved: Team) -> None:
    after, before = at(saved, "2026-01-04"), at(saved, "2026-01-03")
    with recording(Actor.system("tests"), occurred_at=day(4)):
        saved.delete()
    assert "tests deleted it on 2026-01-04 12:00:00 UTC." in admin.get(after).content.decode()
    assert names(admin, before) == ["Cyd", "Dee"]


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-02-30", "9999-12-31", "0000-01-01", "2026-01-01T25:00", "x" * 501]
)
def test_a_bad_date_is_an_error_beside_the_field(admin: Client, team: Team, moment: str) -> None:
    response = admin.get(at(team, moment))
    assert response.status_code == 400
    assert response.context["at_form"].errors.keys() == {"at"}
    assert 'id="id_at_error"' in response.content.decode()


def test_nul_and_far_away_dates_break_nothing(admin: Client, team: Team) -> None:
    assert admin.get(at(team, "2026%00")).status_code == 400
    assert admin.get(at(team, "0001-01-01T00:00")).status_code == 200


def test_names_are_those_of_the_time_also_of_who_is_gone(admin: Client, saved: Team, people: list[Developer]) -> None:
    with recording(Actor.system("tests"), occurred_at=day(5)):
        people[2].full_name = "Cyd Berg"
        people[2].save()
    with recording(Actor.system("tests"), occurred_at=day(6)):
        people[3].delete()
    assert names(admin, at(saved, "2026-01-04")) == ["Cyd", "Dee"]
    assert names(admin, at(saved, "2026-01-05")) == ["Cyd Berg", "Dee"]
    assert names(admin, at(saved, "2026-01-06")) == ["Cyd Berg"]
    assert names(admin, f"{pages(saved)}3/") == ["Cyd", "Dee"]


def test_two_of_one_name_are_told_apart(admin: Client, account: Account, team: Team) -> None:
    twins = [Developer(account=account, full_name="Kim", email=f"kim{n}@acme.example") for n in range(2)]
    with recording(Actor.system("tests"), occurred_at=day(1)), batch(account, Developer) as current:
        save_batch(current, twins)
    save(team, day(2), members=twins)
    assert names(admin, f"{pages(team)}2/") == [f"Kim (#{twin.pk})" for twin in twins]


def test_settings_of_another_time_are_shown_as_they_are(admin: Client, team: Team) -> None:
    save(team, settings={"old": [{"property": "a", "operator": "sounds_like", "values": ["b"]}]})
    assert "sounds_like" in admin.get(f"{pages(team)}2/").content.decode()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a\u202eb", "{{ 7|add:7 }}", "مرحبا"])
def test_strange_names_are_harmless(admin: Client, saved: Team, name: str) -> None:
    save(saved, name=name)
    for path in ("", "4/", "at/", "compare/", "1/restore/"):
        page = admin.get(pages(saved) + path).content.decode()
        assert "<script>alert" not in page
    assert "a\u202eb" not in admin.get(f"{pages(saved)}4/").content.decode().partition('class="panel"')[2]


def test_a_version_links_to_its_entry(admin: Client, saved: Team) -> None:
    entry = follow(admin, admin.get(f"{pages(saved)}2/"), "entry")
    assert entry.context["entry"].seq == entries_of(saved)[1].seq  # type: ignore[attr-defined]


@pytest.mark.parametrize("states", range(4), indirect=True)
def test_after_any_edits_as_of_each_entry_is_what_was_saved(admin: Client, team: Team, states: list[State]) -> None:
    entries = entries_of(team)
    assert len(entries) == len(states)
    viewer = admin.get(pages(team)).wsgi_request.access
    versions = list(versions_of(viewer, team.pk).order_by("number"))
    kept = states_of(versions)
    assert [kept[version.history_id] for version in versions] == states
    for number, entry in enumerate(entries, 1):
        moment = entry.occurred_at.isoformat().replace("+00:00", "Z")
        assert admin.get(at(team, moment)).context["version"].number == number
        just_before = (entry.occurred_at - timedelta(microseconds=1)).isoformat().replace("+00:00", "Z")
        found = admin.get(at(team, just_before)).context.get("version")
        assert (found.number if found else 0) == number - 1


def test_a_state_has_every_field_that_is_told_of(team: Team) -> None:
    stored = {item.name for item in (*Team._meta.fields, *Team._meta.many_to_many)}
    assert {item.name for item in team_fields()} == stored - {"id", "account"}
