"""Any two versions side by side."""

from itertools import permutations

import pytest
from django.test import Client

from activity.actors import Actor
from activity.diff import diff
from activity.patch import apply
from activity.recording import recording
from activity.versions.states import states_of, versions_of
from activity.versions.words import difference, names_at, words_of
from tests.activity.versions.conftest import CONDITION, day, pages, save
from tracked_objects.models import Developer, Team


def compared(client: Client, team: Team, before: int, after: int) -> dict[str, tuple[str, str]]:
    """Label → what the page shows on either side."""
    response = client.get(f"{pages(team)}compare/?before={before}&after={after}")
    assert response.status_code == 200
    sides = {}
    for change in response.context["changes"]:
        texts = [
            "".join(part.text for part in side.parts) + ", ".join(line.text for line in side.lines)
            for side in (change.before, change.after)
        ]
        sides[f"{change.inside} › {change.label}".removeprefix(" › ")] = (texts[0], texts[1])
    return sides


def test_fields_before_and_after_members_by_name(admin: Client, saved: Team) -> None:
    assert compared(admin, saved, 1, 3) == {"Name": ("Payments", "Checkout"), "Members": ("Bob", "Cyd, Dee")}
    assert compared(admin, saved, 3, 1) == {"Name": ("Checkout", "Payments"), "Members": ("Cyd, Dee", "Bob")}
    page = admin.get(f"{pages(saved)}compare/?before=1&after=3").content.decode()
    assert '<th scope="col">Version 1</th><th scope="col">Version 3</th>' in page


def test_settings_by_condition(admin: Client, team: Team) -> None:
    other = {**CONDITION, "operator": "is", "values": ["x"]}
    save(team, day(2), settings={"branches": [CONDITION]})
    filters = {"A": [{"match": "all", "conditions": [other]}]}
    save(team, day(3), settings={"branches": [CONDITION, other]}, alignment_filters=filters)
    assert compared(admin, team, 2, 3) == {
        "Settings › Branches": ("", "name is x"),
        "Business alignment filters › A": ("", "All conditions (AND): name is x"),
    }


def test_two_equal_versions_are_said_to_be_the_same(admin: Client, saved: Team) -> None:
    save(saved, day(4), name="Other")
    save(saved, day(5), name="Checkout")
    assert compared(admin, saved, 3, 5) == {}
    assert "Both versions are the same" in admin.get(f"{pages(saved)}compare/?before=3&after=5").content.decode()


@pytest.mark.parametrize("settings", [{"branches": []}, {"unheard of": [CONDITION]}, {"branches": {"x": 1}}])
def test_no_difference_is_left_out_however_it_was_stored(
    admin: Client, team: Team, settings: dict[str, object]
) -> None:
    save(team, day(2), settings=settings)
    assert {label.partition(" ›")[0] for label in compared(admin, team, 1, 2)} == {"Settings"}


def test_a_rename_of_a_member_is_no_difference(admin: Client, saved: Team, people: list[Developer]) -> None:
    with recording(Actor.system("tests"), occurred_at=day(4)):
        people[2].full_name = "Cyd Berg"
        people[2].save()
    save(saved, day(5), name="Later")
    assert compared(admin, saved, 3, 4) == {"Name": ("Checkout", "Later")}


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", (2, 3)), ("?before=1", (1, 3)), ("?before=&after=", (2, 3)), ("?before=3&after=3", (3, 3))],
)
def test_without_numbers_the_newest_with_the_one_before(
    admin: Client, saved: Team, query: str, shown: tuple[int, int]
) -> None:
    context = admin.get(f"{pages(saved)}compare/{query}").context
    assert (context["old"].number, context["new"].number) == shown


@pytest.mark.parametrize("number", ["0", "9", "-1", "x", "1" * 30, "1" * 5000, "a%00"])
def test_what_is_no_version_is_an_error_beside_its_field(admin: Client, saved: Team, number: str) -> None:
    response = admin.get(f"{pages(saved)}compare/?before={number}&after=2")
    assert response.status_code == 400
    assert response.context["compare_form"].errors.keys() == {"before"}


@pytest.mark.parametrize("states", range(5), indirect=True)
def test_the_difference_of_any_two_applied_to_one_gives_the_other(
    admin: Client, team: Team, states: list[object]
) -> None:
    viewer = admin.get(pages(team)).wsgi_request.access
    kept = list(states_of(versions_of(viewer, team.pk)).values())
    assert len(kept) == len(states)
    names = names_at(day(30), *kept)
    for before, after in permutations(kept, 2):
        old, new = words_of(before, names), words_of(after, names)
        assert apply(old, diff(old, new)) == new
        assert bool(difference(before, after, day(30))) is (before != after)
