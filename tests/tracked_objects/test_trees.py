"""The pages of trees that grow: the wizard, the tree view and the table view."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.browsing import fill, form_of
from tests.entries import entry_of
from tests.tracked_objects.uploading import file_of, people, upload
from tracked_objects.models import Developer, EfficiencyProfile, Integration, OrgTree, Team

NEW = "/a/acme/org-trees/new/"
ORG = ("Ada", "Ben<Ada", "Cleo<Ada", "Fay<Ben", "Gus<Ben", "Hal<Cleo", "Eve")


@pytest.fixture
def org(admin: Client) -> dict[str, Developer]:
    """The developers of ORG by name."""
    upload(admin, file_of(people(*ORG)))
    return {developer.full_name: developer for developer in Developer.objects.all()}


@pytest.fixture
def tree(admin: Client, org: dict[str, Developer]) -> OrgTree:
    wizard(admin, name="All")
    return OrgTree.objects.get(name="All")


def wizard(client: Client, **fields: Any) -> Any:
    """Go through the wizard, filling in the fields where they are asked for; the answer to the last step."""
    page: Any = client.get(NEW)
    while page.status_code == 200 and not page.context["form"].errors:
        asked = {name: value for name, value in fields.items() if name in page.context["step"].fields}
        sent = form_of(page) | asked
        page = client.post(NEW, {name: value for name, value in sent.items() if value is not None})
    return page


def step(client: Client, at: str, **sent: Any) -> Any:
    """The page that follows a step."""
    return client.post(NEW, {"name": "All", "grown": "on", "step": at, **sent})


def test_the_wizard_goes_step_by_step_and_writes_at_the_end(admin: Client, org: dict[str, Developer]) -> None:
    before = Entry.objects.count()
    page = admin.get(NEW)
    for name in ("records", "hierarchy", "profiles", "integrations"):
        page = admin.post(NEW, {**form_of(page), "name": "All"})
        assert page.context["step"].name == name
        assert Entry.objects.count() == before and not OrgTree.objects.exists()
    answer = admin.post(NEW, form_of(page), follow=True)
    assert "Org tree created: All (2 teams)." in answer.content.decode()
    assert entry_of(OrgTree.objects.get(), action="CREATED").child_count == 2


def test_what_was_chosen_goes_along(
    admin: Client, org: dict[str, Developer], efficiency: EfficiencyProfile, github: Integration
) -> None:
    ben = org["Ben"].email
    wizard(admin, name="B", description="Ours", root=ben, efficiency_profile=efficiency.pk, integrations=[github.pk])
    tree = OrgTree.objects.get(name="B")
    assert (tree.description, tree.root, tree.efficiency_profile) == ("Ours", org["Ben"], efficiency)
    assert list(tree.integrations.all()) == [github]
    assert [str(team.manager) for team in Team.objects.all()] == ["Ben"]


def test_back_keeps_what_was_typed(admin: Client, org: dict[str, Developer]) -> None:
    page = step(admin, "hierarchy", back="", root="ben@acme.example")
    assert page.context["step"].name == "records"
    assert form_of(page)["root"] == ["ben@acme.example"]


@pytest.mark.parametrize(
    ("sent", "shown", "field"),
    [
        ({"name": ""}, "name", "name"),
        ({"root": "nobody@acme.example", "step": "hierarchy"}, "hierarchy", "root"),
        ({"efficiency_profile": "0", "step": "integrations"}, "profiles", "efficiency_profile"),
        ({"root": "nobody@acme.example", "step": "integrations"}, "hierarchy", "root"),
        ({"name": "", "step": "nonsense"}, "name", "name"),
    ],
)
def test_a_mistake_is_shown_where_it_was_made(
    admin: Client, org: dict[str, Developer], sent: dict[str, str], shown: str, field: str
) -> None:
    page = step(admin, sent.pop("step", "name"), **sent)
    assert page.context["step"].name == shown and field in page.context["form"].errors
    assert not OrgTree.objects.exists()


def test_a_tree_made_by_hand_has_fewer_steps(admin: Client) -> None:
    page = admin.post(NEW, {"name": "Hand", "step": "name"})
    assert [step.name for step, _current in page.context["steps"]] == ["name", "profiles", "integrations"]
    wizard(admin, name="Hand", grown=None)


def test_the_hierarchy_can_be_looked_at_before_it_is_chosen(admin: Client, org: dict[str, Developer]) -> None:
    page = step(admin, "hierarchy", stay="", root="ben@acme.example")
    assert page.context["step"].name == "hierarchy"
    assert [count for _label, count in page.context["totals"]] == [1, 1, 3, 4]
    assert [node.full_name for node in page.context["nodes"]] == ["Ben"]
    assert "Fay" in admin.get(f"{NEW}nodes/{org['Ben'].pk}/").content.decode()


def test_without_developers_the_wizard_says_so(admin: Client) -> None:
    assert "There are no developers yet." in step(admin, "name").content.decode()
    assert wizard(admin, name="Empty").status_code == 302
    page = admin.get(f"/a/acme/org-trees/{OrgTree.objects.get().pk}/tree/").content.decode()
    assert "Nobody has reports yet" in page


def test_the_tree_opens_node_by_node(admin: Client, tree: OrgTree, org: dict[str, Developer]) -> None:
    page = admin.get(f"/a/acme/org-trees/{tree.pk}/tree/")
    assert [node.full_name for node in page.context["nodes"]] == ["Ada"]
    below = admin.get(f"/a/acme/org-trees/{tree.pk}/nodes/{org['Ada'].pk}/")
    assert [(node.full_name, node.report_count, node.team_name) for node in below.context["nodes"]] == [
        ("Ben", 2, "Ben"),
        ("Cleo", 1, "Cleo"),
    ]


def test_without_scripts_a_node_is_a_page(admin: Client, tree: OrgTree, org: dict[str, Developer]) -> None:
    page = admin.get(f"/a/acme/org-trees/{tree.pk}/tree/?node={org['Ben'].pk}").content.decode()
    assert "Fay" in page and "Up to Ada" in page


def test_its_pages_ask_few_queries(admin: Client, tree: OrgTree, org: dict[str, Developer]) -> None:
    upload(admin, file_of(people(*ORG, *(f"P{number}<Ada" for number in range(60)))))
    base = f"/a/acme/org-trees/{tree.pk}"
    # Three are the session, the user, and what they may do.
    assert queries(admin, f"{base}/tree/") <= 6
    assert queries(admin, f"{base}/nodes/{org['Ada'].pk}/") <= 3 + 2
    assert queries(admin, f"{base}/table/") <= 3 + 5


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_many_reports_come_in_parts(admin: Client, tree: OrgTree, org: dict[str, Developer]) -> None:
    upload(admin, file_of(people(*ORG, *(f"P{number:03}<Ada" for number in range(150)))))
    url = f"/a/acme/org-trees/{tree.pk}/nodes/{org['Ada'].pk}/"
    first, rest = admin.get(url), admin.get(f"{url}?start=100")
    assert (len(first.context["nodes"]), first.context["more"]) == (100, 100)
    assert (len(rest.context["nodes"]), rest.context["more"]) == (52, None)
    assert admin.get(f"{url}?start=nonsense").context["more"] == 100


def test_the_table_has_totals_managers_and_who_is_unmatched(admin: Client, tree: OrgTree) -> None:
    page = admin.get(f"/a/acme/org-trees/{tree.pk}/table/")
    assert [count for _label, count in page.context["totals"]] == [2, 1, 6, 1]
    rows = [(str(row.person), str(row.manager), row.level, row.reports, row.below) for row in page.context["rows"]]
    assert rows == [("Ada", "None", 1, 2, 5), ("Ben", "Ada", 2, 2, 2), ("Cleo", "Ada", 2, 1, 1)]
    unmatched = admin.get(f"/a/acme/org-trees/{tree.pk}/table/?show=unmatched")
    assert [str(person) for person in unmatched.context["rows"]] == ["Eve"]


def test_who_is_not_in_the_tree_has_no_node_there(admin: Client, tree: OrgTree, org: dict[str, Developer]) -> None:
    fill(admin, f"/a/acme/org-trees/{tree.pk}/edit/", root="ben@acme.example")
    page = form_of(admin.get(f"/a/acme/org-trees/{tree.pk}/edit/"))
    assert page["root"] == [""]
    with recording(Actor.system("tests")):
        tree.refresh_from_db()
        tree.root = org["Ben"]
        tree.save()
    base = f"/a/acme/org-trees/{tree.pk}"
    for person in ("Ada", "Hal", "Eve"):
        assert admin.get(f"{base}/nodes/{org[person].pk}/").status_code == 404
        assert admin.get(f"{base}/tree/?node={org[person].pk}").status_code == 404
    assert admin.get(f"{base}/nodes/{org['Ben'].pk}/").status_code == 200
    assert admin.get(f"{base}/tree/?node=x").status_code == 404


def test_taking_teams_away_asks_once_more(admin: Client, tree: OrgTree) -> None:
    url = f"/a/acme/org-trees/{tree.pk}/edit/"
    answer = fill(admin, url, root="ben@acme.example")
    assert "This takes 1 team away, with its settings: Cleo." in answer.content.decode()
    assert Team.objects.count() == 2
    assert admin.post(url, form_of(answer)).status_code == 302
    assert [str(team.manager) for team in Team.objects.all()] == ["Ben"]
    entry = entry_of(tree, child_count=1)
    assert entry.changes == {"Top manager": {"before": None, "after": "Ben"}}
    assert entry.summary == "Edited org tree “All”: top manager. Managers: 2 went, 1 moved. Teams: 1 went, 1 moved."


def test_a_tree_made_by_hand_can_start_to_grow(admin: Client, org: dict[str, Developer], org_tree: OrgTree) -> None:
    with recording(Actor.system("tests")):
        team = Team.objects.create(account=org_tree.account, org_tree=org_tree, name="Pay", manager=org["Ben"])
    fill(admin, f"/a/acme/org-trees/{org_tree.pk}/edit/", grown="on")
    assert {str(person) for person in team.members.all()} == {"Fay", "Gus"}
    assert entry_of(team, action="EDITED").changes == {"Members": {"added": ["Fay", "Gus"], "removed": []}}


def test_a_tree_by_hand_has_no_nodes(admin: Client, org_tree: OrgTree) -> None:
    for page in ("tree", "table"):
        assert admin.get(f"/a/acme/org-trees/{org_tree.pk}/{page}/").status_code == 404


def test_moving_one_developer_moves_them_in_the_tree(admin: Client, tree: OrgTree, org: dict[str, Developer]) -> None:
    fill(admin, f"/a/acme/developers/{org['Fay'].pk}/edit/", manager="cleo@acme.example")
    assert entry_of(org["Fay"], action="EDITED").changes == {"Manager": {"before": "Ben", "after": "Cleo"}}
    assert entry_of(tree).summary == "Edited org tree “All”. Only members of teams changed."
    assert {str(person) for person in Team.objects.get(name="Cleo").members.all()} == {"Fay", "Hal"}


def test_the_team_of_a_manager_asks_not_for_members(admin: Client, tree: OrgTree) -> None:
    team = Team.objects.get(name="Ben")
    assert not {"members", "manager", "org_tree"} & form_of(admin.get(f"/a/acme/teams/{team.pk}/edit/")).keys()
    fill(admin, f"/a/acme/teams/{team.pk}/edit/", name="Payments", members=["eve@acme.example"])
    team.refresh_from_db()
    assert team.name == "Payments" and {str(person) for person in team.members.all()} == {"Fay", "Gus"}


def test_a_new_team_is_made_in_trees_by_hand_alone(admin: Client, tree: OrgTree, org_tree: OrgTree) -> None:
    page = admin.get("/a/acme/teams/new/").content.decode()
    assert re.findall(r"<option value=\"\d+\">(\w+)</option>", page) == ["Engineering"]


def test_a_viewer_looks_and_makes_none(viewer: Client, tree: OrgTree, account: Account) -> None:
    assert viewer.get(f"/a/acme/org-trees/{tree.pk}/tree/").status_code == 200
    assert viewer.get(NEW).status_code == viewer.post(NEW, {"name": "Mine"}).status_code == 403
