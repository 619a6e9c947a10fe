"""Org trees that grow from managers: teams come, go and stay the same, and one entry for each tree says so."""

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.entries import entries_of, entry_of
from tests.tracked_objects.uploading import file_of, people, upload
from tracked_objects.models import Developer, OrgTree, Team
from tracked_objects.models.growing import Shape, grow, shape_of

TESTS = Actor.system("tests")
# Ada has Ben and Cleo, who have teams; Dot reports to Ada alone, and nobody knows Eve.
ORG = ("Ada", "Ben<Ada", "Cleo<Ada", "Dot<Ada", "Fay<Ben", "Gus<Ben", "Hal<Cleo", "Eve")

Grow = Callable[..., OrgTree]


@pytest.fixture
def tree(admin: Client, account: Account) -> OrgTree:
    """A tree of everybody in ORG."""
    upload(admin, file_of(people(*ORG)))
    with recording(TESTS):
        made = OrgTree.objects.create(account=account, name="All", grown=True)
        grow(made, Shape())
    return made


def teams_of(tree: OrgTree) -> dict[str, set[str]]:
    """The names of the managers of its teams, and those of the members."""
    teams = Team.objects.filter(org_tree=tree).select_related("manager")
    return {str(team.manager): {str(person) for person in team.members.all()} for team in teams}


def reupload(admin: Client, *org: str) -> None:
    upload(admin, file_of(people(*org)))


def without(*names: str) -> tuple[str, ...]:
    return tuple(text for text in ORG if text not in names)


def test_a_manager_whose_reports_have_no_reports_has_a_team(tree: OrgTree) -> None:
    assert teams_of(tree) == {"Ben": {"Fay", "Gus"}, "Cleo": {"Hal"}}


def test_the_tree_and_its_teams_are_one_batch(tree: OrgTree) -> None:
    entry = entry_of(tree, action="CREATED", child_count=2)
    assert entry.summary == "Created org tree “All”. Managers: 3 came. Teams: 2 came."
    assert entry.details == {
        "managers": {"came": 3, "went": 0, "moved": 0},
        "teams": {"came": 2, "went": 0, "moved": 0},
    }
    assert {(child.type, child.action, child.object_name) for child in entry.children.all()} == {
        ("TEAM", "CREATED", "Ben"),
        ("TEAM", "CREATED", "Cleo"),
    }


def test_an_upload_rebuilds_it_and_says_what_came_and_went(admin: Client, tree: OrgTree) -> None:
    reupload(admin, *without("Hal<Cleo"), "Ivy<Dot")
    assert teams_of(tree) == {"Ben": {"Fay", "Gus"}, "Dot": {"Ivy"}}
    summary = "Edited org tree “All”. Managers: 1 came, 1 went. Teams: 1 came, 1 went."
    assert entry_of(tree, summary=summary).child_count == 2


def test_an_upload_and_its_trees_are_one_request(admin: Client, tree: OrgTree) -> None:
    reupload(admin, *ORG, "Ivy<Dot")
    ids = set(Entry.objects.filter(action="EDITED").values_list("request_id", flat=True))
    assert ids == {entry_of(tree).request_id}


def test_a_team_is_the_same_for_as_long_as_its_manager_has_one(admin: Client, tree: OrgTree) -> None:
    team = Team.objects.get(manager__full_name="Ben")
    with recording(TESTS):
        team.name, team.settings = "Payments", {"projects": [{"property": "key", "operator": "is", "values": ["PAY"]}]}
        team.save()
    reupload(admin, *without("Fay<Ben", "Ben<Ada"), "Ben<Cleo", "Ivy<Ben")
    after = Team.objects.get(manager__full_name="Ben")
    assert (after.pk, after.name, after.settings) == (team.pk, "Payments", team.settings)
    assert entry_of(team).changes == {"Members": {"added": ["Ivy"], "removed": ["Fay"]}}
    assert entry_of(tree).summary.endswith("Managers: 1 moved. Teams: 1 went, 1 moved.")


def test_only_members_of_a_team_may_have_changed(admin: Client, tree: OrgTree) -> None:
    reupload(admin, *without("Fay<Ben"), "Fay<Cleo")
    assert entry_of(tree, child_count=2).summary == "Edited org tree “All”. Only members of teams changed."


def test_an_upload_that_moves_nobody_says_nothing_of_the_tree(admin: Client, tree: OrgTree) -> None:
    before = entries_of(tree)
    upload(admin, file_of(people(*ORG, site="Lisbon")))
    assert entries_of(tree) == before


def test_a_tree_below_a_manager_has_only_theirs(account: Account, admin: Client) -> None:
    reupload(admin, *ORG, "Ivy<Eve")
    with recording(TESTS):
        ben = Developer.objects.get(full_name="Ben")
        tree = OrgTree.objects.create(account=account, name="Ben's", grown=True, root=ben)
        grow(tree, Shape())
    assert teams_of(tree) == {"Ben": {"Fay", "Gus"}}


def test_a_tree_that_loses_its_top_stays_as_it_is(account: Account, admin: Client, tree: OrgTree) -> None:
    with recording(TESTS):
        tree.root = Developer.objects.get(full_name="Ada")
        tree.save()
    reupload(admin, "Ben", "Cleo", "Fay<Ben", "Hal<Cleo")
    tree.refresh_from_db()
    assert (tree.grown, tree.root) == (False, None)
    assert teams_of(tree) == {"Ben": {"Fay"}, "Cleo": {"Hal"}}
    assert entry_of(tree).changes == {
        "Grown from managers": {"before": True, "after": False},
        "Top manager": {"before": "Ada", "after": None},
    }


def test_who_becomes_a_member_is_no_shared_member_any_more(admin: Client, tree: OrgTree) -> None:
    cleo = Team.objects.get(manager__full_name="Cleo")
    with recording(TESTS):
        cleo.shared_members.add(Developer.objects.get(full_name="Fay"), Developer.objects.get(full_name="Eve"))
    reupload(admin, *without("Fay<Ben"), "Fay<Cleo")
    assert {str(person) for person in cleo.shared_members.all()} == {"Eve"}
    assert teams_of(tree)["Cleo"] == {"Fay", "Hal"}


def test_a_deleted_developer_leaves_the_tree(admin: Client, tree: OrgTree) -> None:
    cleo = Developer.objects.get(full_name="Cleo")
    admin.post(f"/a/acme/developers/{cleo.pk}/delete/")
    assert teams_of(tree) == {"Ben": {"Fay", "Gus"}}
    assert entry_of(tree).summary.endswith("Managers: 1 went. Teams: 1 went.")


def test_a_tree_goes_with_its_teams(admin: Client, tree: OrgTree) -> None:
    assert admin.post(f"/a/acme/org-trees/{tree.pk}/delete/").status_code == 302
    assert not OrgTree.objects.filter(pk=tree.pk).exists() and not Team.objects.exists()
    assert {entry.action for entry in Entry.objects.filter(type="TEAM", parent_seq__isnull=False)} == {
        "CREATED",
        "DELETED",
    }


def test_a_team_that_has_grown_is_not_deleted_by_hand(admin: Client, tree: OrgTree) -> None:
    team = Team.objects.filter(org_tree=tree).first()
    assert team and admin.post(f"/a/acme/teams/{team.pk}/delete/").status_code == 409


def test_teams_are_called_what_their_members_records_say(account: Account, admin: Client) -> None:
    rows = [("Ada", "ada@a.example", "", "", ""), ("Ben", "ben@a.example", "ada@a.example", "Payments", "")]
    rows += [("Cy", "cy@a.example", "", "", ""), ("Di", "di@a.example", "cy@a.example", "payments", "")]
    upload(admin, file_of(rows, head=("Name", "Email", "Manager email", "Team", "Site")))
    with recording(TESTS):
        grow(OrgTree.objects.create(account=account, name="All", grown=True), Shape())
    assert set(Team.objects.values_list("name", flat=True)) == {"Payments", "Cy"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 11), min_size=12, max_size=12))
def test_a_shape_is_what_the_managers_say(choices: list[int]) -> None:
    parents = {person: choice if choice < person else None for person, choice in enumerate(choices)}
    levels = {0: 0}
    for person, parent in parents.items():
        levels[person] = 0 if parent is None else levels[parent] + 1
    shape = Shape(parents, levels)
    bosses = {parent for parent in parents.values() if parent is not None}
    assert shape.managers.keys() == bosses
    for manager, members in shape.teams.items():
        assert members == {person for person, parent in parents.items() if parent == manager} and not members & bosses
    below = {person: sum(_is_below(other, person, parents) for other in parents) for person in parents}
    assert {person: shape.sizes()[person] for person in parents} == below


def _is_below(person: int, manager: int, parents: dict[int, int | None]) -> bool:
    above = parents[person]
    return above is not None and (above == manager or _is_below(above, manager, parents))


def test_the_database_reads_the_shape(account: Account, tree: OrgTree) -> None:
    names = dict(Developer.objects.values_list("pk", "full_name"))
    shape = shape_of(account.pk, None)
    found = {names[pk]: names.get(parent or 0, "") for pk, parent in shape.parents.items()}
    assert found == {"Ada": "", **dict(text.split("<") for text in ORG if "<" in text)}
    assert {names[pk]: level for pk, level in shape.levels.items() if level == 2} == dict.fromkeys(
        ("Fay", "Gus", "Hal"), 2
    )
