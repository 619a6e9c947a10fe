"""What the editors do, as somebody reads it who has only the log: the row of the list, the sentences, the table."""

import re
from typing import Any

import pytest
from django.test import Client

from activity.actors import Actor
from activity.recording import recording
from tests.browsing import conditions, fill
from tests.entries import entry_of
from tracked_objects.models import BusinessAlignmentProfile, Developer, EfficiencyProfile, Integration, Team
from tracked_objects.models.base import AccountObject


def read(admin: Client, item: AccountObject, **changes: Any) -> tuple[list[str], str, str]:
    """Send the form of `item` and read its entry: the sentences, what the row says after the name, and the table."""
    assert fill(admin, f"/a/acme/{item.slug}/{item.pk}/edit/", **changes).status_code == 302
    entry = entry_of(item, action="EDITED")
    page = admin.get(f"/a/acme/activity/{entry.seq}/")
    table = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    (row, *_older) = admin.get("/a/acme/activity/").context["rows"]
    sentences = ["".join(part.text for part in words) for words in page.context["sentences"]]
    return sentences, row.rest, " ".join(re.sub("<[^>]+>", " ", table).split())


def test_an_event_of_a_phase(admin: Client, efficiency: EfficiencyProfile) -> None:
    said, row, table = read(admin, efficiency, lead_time__2__end="source_code:pull_request_approved")
    assert said == ["End event of Review changed from Pull request merged to Pull request approved"]
    assert row == "lead time › phases › Review › end event"
    assert "Pull request merged" in table and "pull_request" not in table


def test_a_phase_that_is_off(admin: Client, efficiency: EfficiencyProfile) -> None:
    assert read(admin, efficiency, lead_time__0__enabled=None)[0] == ["Planning turned off"]


def test_a_category_that_is_moved_up(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    ranks = {"categories__2__rank": "1", "categories__0__rank": "2", "categories__1__rank": "3"}
    said, row, table = read(admin, alignment, **ranks)
    assert (said, row) == (["Moved Upkeep up in categories, from place 3 to 1"], "categories › order")
    assert "1. Features 2. Quality 3. Upkeep" in table and "1. Upkeep 2. Features 3. Quality" in table


def test_a_category_that_is_added(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    new = {"categories__3__rank": "9", "categories__3__name": "Risk", "categories__3__ticket_scope": "epic"}
    rows = conditions("categories-3-conditions", ("labels", "lacks", "fun, games"))
    said, row, table = read(admin, alignment, **new, **rows)
    assert (said, row) == (["Added Risk to categories"], "categories › Risk")
    assert "Epic and all descendants" in table and "labels does not contain fun, games" in table


def test_a_category_that_is_renamed(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    assert read(admin, alignment, categories__1__name="Repairs")[0] == ["Renamed Quality to Repairs in categories"]


def test_the_scope_of_a_category(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    (said,), _row, table = read(admin, alignment, categories__0__ticket_scope="leaves")
    assert said == "Ticket scope of Features changed from Matching only to Leaf descendants only"
    assert "Leaf descendants only" in table


def test_the_size_of_a_pull_request(admin: Client, productivity: AccountObject) -> None:
    assert read(admin, productivity, pr_size_small="21")[0] == ["Most lines of a small PR changed from 10 to 21"]


@pytest.fixture
def filtered(team: Team) -> Team:
    """The team, with a filter set of two conditions."""
    rows = [("labels", ["bug"]), ("team", ["a", "b"])]
    found = [{"property": name, "operator": "is", "values": values} for name, values in rows]
    with recording(Actor.system("tests")):
        team.alignment_filters = {"Quality": [{"match": "any", "conditions": found}]}
        team.save()
    return team


def test_a_filter_set_that_is_added(admin: Client, filtered: Team) -> None:
    rows = conditions("alignment_filters-1-conditions", ("labels", "starts_with", "new"))
    said, row, table = read(admin, filtered, alignment_filters__1__category="Features", **rows)
    assert said == ["Added a filter set to category Features: labels starts with new"]
    assert row == "alignment filters › Features"
    assert "labels starts with new" in table and "property" not in table


def test_one_condition_of_a_filter_set(admin: Client, filtered: Team) -> None:
    rows = (("labels", "is", "bug, incident"), ("team", "is", "a, b"))
    said, row, table = read(admin, filtered, **conditions("alignment_filters-0-conditions", *rows))
    assert said == ["Changed labels is bug to labels is bug, incident in a filter set of category Quality"]
    assert row == "alignment filters › Quality"
    assert "labels is bug OR team is a, b" in table and "labels is bug, incident OR team is a, b" in table


def test_a_filter_set_that_now_needs_all_of_its_conditions(admin: Client, filtered: Team) -> None:
    (said,), _row, table = read(admin, filtered, alignment_filters__0__match="all")
    assert said == "A filter set of category Quality changed from Any condition (OR) to All conditions (AND)"
    assert "labels is bug OR team" in table and "labels is bug AND team" in table


def test_a_setting(admin: Client, team: Team) -> None:
    said, row, _table = read(admin, team, **conditions("settings-4-conditions", ("name", "starts_with", "pay")))
    assert (said, row) == (["Added name starts with pay to settings › repositories"], "settings › repositories")


def test_an_integration_of_a_teams_own(admin: Client, team: Team, github: Integration) -> None:
    said, row, _table = read(admin, team, integrations=[str(github.pk)])
    own = "own integrations instead of the org tree's"
    assert (said, row) == ([f"Added GitHub to {own}"], own)


def test_another_manager(admin: Client, ben: Developer, cleo: Developer) -> None:
    said, row, table = read(admin, ben, manager=cleo.email)
    assert (said, row) == (["Manager changed from Ada Park to Cleo Berg"], "manager")
    assert "Ada Park" in table and "Cleo Berg" in table
