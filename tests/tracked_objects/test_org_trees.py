"""Org trees: which profiles and integrations the teams use."""

from django.test import Client

from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from tests.browsing import fill
from tests.entries import entry_of
from tests.tracked_objects.test_trees import wizard
from tracked_objects.models import EfficiencyProfile, Integration, OrgTree, Team

NEW = "/a/acme/org-trees/new/"


def test_a_new_tree_has_profiles_and_integrations(
    admin: Client, efficiency: EfficiencyProfile, github: Integration
) -> None:
    wizard(admin, name="Platform", efficiency_profile=efficiency.pk, integrations=[str(github.pk)])
    tree = OrgTree.objects.get(name="Platform")
    assert (tree.efficiency_profile, list(tree.integrations.all())) == (efficiency, [github])
    entry_of(tree, action="CREATED", org_tree_id=tree.pk)


def test_assigning_a_profile_names_both_sides(admin: Client, org_tree: OrgTree, efficiency: EfficiencyProfile) -> None:
    fill(admin, f"/a/acme/org-trees/{org_tree.pk}/edit/", efficiency_profile=efficiency.pk)
    expected = {"Efficiency profile": {"before": None, "after": "Delivery"}}
    assert entry_of(org_tree, object_name="Engineering").changes == expected


def test_a_name_is_unique_in_the_account(admin: Client, org_tree: OrgTree) -> None:
    answer = fill(admin, NEW, name="engineering")
    assert answer.context["form"].errors == {"name": ["There is already an org tree with this name."]}


def test_another_accounts_profile_is_no_choice(admin: Client, org_tree: OrgTree, other_account: Account) -> None:
    with recording(Actor.system("tests")):
        theirs = EfficiencyProfile.objects.create(account=other_account, name="Theirs")
    url = f"/a/acme/org-trees/{org_tree.pk}/edit/"
    assert "Theirs" not in admin.get(url).content.decode()
    assert "efficiency_profile" in fill(admin, url, efficiency_profile=theirs.pk).context["form"].errors


def test_integrations_are_chosen_by_category(admin: Client, github: Integration) -> None:
    page = admin.post(NEW, {"name": "Platform", "step": "profiles"}).content.decode()
    assert page.index("Source code") < page.index("GitHub")


def test_the_page_links_its_teams_profiles_and_integrations(
    admin: Client, team: Team, efficiency: EfficiencyProfile, github: Integration
) -> None:
    tree = team.org_tree
    with recording(Actor.system("tests")):
        tree.efficiency_profile = efficiency
        tree.save()
        tree.integrations.add(github)
    page = admin.get(tree.get_absolute_url()).content.decode()
    assert all(f'href="{item.get_absolute_url()}"' in page for item in (team, efficiency, github))
