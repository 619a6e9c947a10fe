"""Teams: who works together, and on what."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.batch import batch, save_batch
from accounts.models import Account
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.browsing import conditions, fill, form_of
from tests.entries import entry_of
from tracked_objects.models import BusinessAlignmentProfile, Developer, Integration, OrgTree, Team

NEW = "/a/acme/teams/new/"


def edit(item: Team) -> str:
    return f"/a/acme/teams/{item.pk}/edit/"


def test_one_post_that_changes_four_things_is_one_entry(
    admin: Client, team: Team, ben: Developer, cleo: Developer
) -> None:
    before = Entry.objects.count()
    fill(admin, edit(team), name="Pay", manager=cleo.email, members=[cleo.email, "ada.park@acme.example"])
    assert Entry.objects.count() == before + 1
    assert entry_of(team, action="EDITED").changes == {
        "Name": {"before": "Payments", "after": "Pay"},
        "Manager": {"before": "Ada Park", "after": "Cleo Berg"},
        "Members": {"added": ["Ada Park", "Cleo Berg"], "removed": ["Ben Ito"]},
    }


def test_a_form_sent_as_it_was_makes_no_entry(admin: Client, team: Team) -> None:
    before = Entry.objects.count()
    assert fill(admin, edit(team)).status_code == 302
    assert Entry.objects.count() == before


def test_a_new_team_needs_a_name_and_a_tree(admin: Client, org_tree: OrgTree) -> None:
    errors = fill(admin, NEW).context["form"].errors
    assert set(errors) == {"name", "org_tree"}
    assert fill(admin, NEW, name="Edge", org_tree=org_tree.pk).status_code == 302


def test_a_name_is_unique_in_its_tree_only(
    admin: Client, team: Team, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    answer = fill(admin, NEW, name="PAYMENTS", org_tree=org_tree.pk)
    assert answer.context["form"].errors == {"name": ["The org tree already has a team with this name."]}
    assert fill(admin, NEW, name="PAYMENTS", org_tree=other_org_tree.pk).status_code == 302


def test_the_members_are_ticked_boxes_and_an_input_for_more(admin: Client, team: Team, ben: Developer) -> None:
    assert form_of(admin.get(edit(team)))["members"] == [str(ben.pk), ""]


def test_several_e_mails_can_be_pasted_at_once(admin: Client, team: Team, ada: Developer, cleo: Developer) -> None:
    fill(admin, edit(team), members=[f"{ada.email}, {cleo.email.upper()}", f"Ada, Park <{ada.email}>"])
    assert set(team.members.all()) == {ada, cleo}


def test_unknown_members_are_named_and_nothing_typed_is_lost(admin: Client, team: Team, cleo: Developer) -> None:
    answer = fill(admin, edit(team), members=[cleo.email, "who@acme.example"], name="Later")
    assert answer.context["form"].errors == {"members": ["No developer has the e-mail “who@acme.example”."]}
    sent = form_of(answer)
    assert (sent["members"], sent["name"]) == ([str(cleo.pk), "who@acme.example", ""], ["Later"])
    assert not team.members.contains(cleo)


@pytest.mark.parametrize("members", [["otto.out@globex.example"], ["a\0b"], ["-1"], ["1" * 40]])
def test_others_and_nonsense_are_no_members(admin: Client, team: Team, outsider: Developer, members: list[str]) -> None:
    assert "members" in fill(admin, edit(team), members=members).context["form"].errors


def test_nobody_is_both_member_and_shared_member(admin: Client, team: Team, ben: Developer) -> None:
    answer = fill(admin, edit(team), shared_members=[ben.email])
    expected = "Either a member or a shared member, not both: Ben Ito."
    assert answer.context["form"].errors == {"shared_members": [expected]}


def test_settings_are_conditions_by_category(admin: Client, team: Team) -> None:
    rows = (("name", "starts_with", 'pay, "a, b", pay'), ("", "is", " "), ("owner", "is", "ada"))
    fill(admin, edit(team), **conditions("settings-4-conditions", *rows))
    team.refresh_from_db()
    expected = {"property": "name", "operator": "starts_with", "values": ["pay", "a, b"]}
    assert team.settings == {"repositories": [expected, {"property": "owner", "operator": "is", "values": ["ada"]}]}
    assert "name starts with pay, &quot;a, b&quot;" in admin.get(f"/a/acme/teams/{team.pk}/").content.decode()
    assert form_of(admin.get(edit(team)))["settings-4-conditions-values"][:2] == ['pay, "a, b"', "ada"]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("name", "is", ""), "Condition 2, Values: This field is required."),
        (("name", "is", " , "), "Condition 2, Values: This field is required."),
        (("", "is", "x"), "Condition 2, Property: This field is required."),
        (
            ("name", "near", "x"),
            "Condition 2, Operator: Select a valid choice. near is not one of the available choices.",
        ),
        (("name", "is", "x" * 101), f"Condition 2, Values: “{'x' * 20}…” is longer than 100 characters."),
        (("name", "is", "a\0b"), "Condition 2, Values: Null characters are not allowed."),
    ],
)
def test_a_condition_says_which_cell_is_wrong(admin: Client, team: Team, row: tuple[str, str, str], error: str) -> None:
    answer = fill(admin, edit(team), **conditions("settings-0-conditions", ("key", "is", "PAY"), row))
    assert answer.context["form"].parts[0].errors[0] == {"conditions": [error]}
    assert answer.content.decode().count('aria-invalid="true"') == 1
    assert form_of(answer)["settings-0-conditions-property"][:2] == ["key", row[0]]


def test_conditions_are_not_without_end(admin: Client, team: Team) -> None:
    answer = fill(admin, edit(team), **conditions("settings-0-conditions", *[("key", "is", "PAY")] * 201))
    assert answer.context["form"].parts[0].errors[0] == {"conditions": ["At most 200, please."]}


def test_settings_that_the_form_never_showed_stay_as_they_are(admin: Client, team: Team) -> None:
    odd = {"projects": [{"property": " key", "operator": "is", "values": ["a", "a", ""]}], "later": []}
    with recording(Actor.system("tests")):
        team.settings = odd
        team.save()
    before = Entry.objects.count()
    assert fill(admin, edit(team)).status_code == 302
    team.refresh_from_db()
    assert (team.settings, Entry.objects.count()) == (odd, before)


def filter_sets(*categories: str) -> dict[str, Any]:
    """Rows of filter sets: the first matches any of its conditions."""
    sent: dict[str, Any] = {
        "alignment_filters__TOTAL_FORMS": str(len(categories)),
        "alignment_filters__0__match": "any",
    }
    for row, category in enumerate(categories):
        sent[f"alignment_filters__{row}__category"] = category
        rows = (("labels", "is_not", f"bug {row}"), ("team", "is", "a, b"))
        sent |= conditions(f"alignment_filters-{row}-conditions", *rows)
    return sent


def test_a_category_has_up_to_three_filter_sets(admin: Client, team: Team) -> None:
    assert fill(admin, edit(team), **filter_sets(*["Quality"] * 3)).status_code == 302
    team.refresh_from_db()
    assert [row["match"] for row in team.alignment_filters["Quality"]] == ["any", "all", "all"]
    assert team.alignment_filters["Quality"][2]["conditions"] == [
        {"property": "labels", "operator": "is_not", "values": ["bug 2"]},
        {"property": "team", "operator": "is", "values": ["a", "b"]},
    ]
    errors = fill(admin, edit(team), **filter_sets(*["Quality"] * 4)).context["form"].parts[1].errors
    assert errors == [{}, {}, {}, {"category": ["“Quality” has more than 3 filter sets."]}]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"alignment_filters__0__category": "Quality"}, "conditions"),
        (conditions("alignment_filters-0-conditions", ("labels", "is", "bug")), "category"),
    ],
)
def test_a_filter_set_has_a_category_and_conditions(
    admin: Client, team: Team, sent: dict[str, Any], error: str
) -> None:
    part = fill(admin, edit(team), **sent).context["form"].parts[1]
    assert part.errors[0] == {error: ["This field is required."]}


@pytest.fixture
def aligned(team: Team, alignment: BusinessAlignmentProfile) -> Team:
    """The team; its tree has a business alignment profile, and one filter set is of a category that it lacks."""
    with recording(Actor.system("tests")):
        team.org_tree.business_alignment_profile = alignment
        team.org_tree.save()
        condition = {"property": "labels", "operator": "is", "values": ["old"]}
        team.alignment_filters = {"Long gone": [{"match": "all", "conditions": [condition]}]}
        team.save()
    return team


def test_the_categories_offered_are_those_of_the_trees_profile(admin: Client, aligned: Team) -> None:
    page = admin.get(edit(aligned)).content.decode()
    for name in ("Features", "Quality", "Upkeep", "Long gone"):
        assert f'<option value="{name}"' in page
    before = Entry.objects.count()
    assert fill(admin, edit(aligned)).status_code == 302
    assert Entry.objects.count() == before


def test_another_category_is_refused_beside_it(admin: Client, aligned: Team) -> None:
    answer = fill(admin, edit(aligned), **filter_sets("Long gone", "Invented"))
    error = "The org tree's business alignment profile has no category “Invented”."
    assert answer.context["form"].parts[1].errors == [{}, {"category": [error]}]
    assert form_of(answer)["alignment_filters-1-category"] == ["Invented"]


def test_the_categories_are_those_of_the_tree_that_is_chosen(
    admin: Client, aligned: Team, other_org_tree: OrgTree
) -> None:
    assert fill(admin, edit(aligned), org_tree=other_org_tree.pk, **filter_sets("Invented")).status_code == 302


def test_who_may_not_see_profiles_is_not_told_their_categories(scoped: Client, aligned: Team) -> None:
    page = scoped.get(edit(aligned)).content.decode()
    assert "Long gone" in page and "Upkeep" not in page
    assert fill(scoped, edit(aligned), **filter_sets("Long gone", "Upkeep")).status_code == 302


def said_of_integrations(client: Client, team: Team) -> str:
    """The words of the panel of integrations."""
    page = client.get(f"/a/acme/teams/{team.pk}/").content.decode()
    panel = page.partition('<h2 class="panel-title">Integrations</h2>')[2].partition("</section>")[0]
    return " ".join(re.sub("<[^>]+>", " ", panel).split())


def test_own_integrations_say_what_they_override_and_others_where_they_are_from(
    admin: Client, account: Account, team: Team, github: Integration
) -> None:
    with recording(Actor.system("tests")):
        gitlab = Integration.objects.create(account=account, name="GitLab", category="source_code")
        jira = Integration.objects.create(account=account, name="Jira", category="issue_management")
        jenkins = Integration.objects.create(account=account, name="Jenkins", category="ci")
        team.org_tree.integrations.set([github, jira])
    assert said_of_integrations(admin, team) == (
        "Issue management Jira Inherited from Engineering Source code GitHub Inherited from Engineering"
    )
    fill(admin, edit(team), integrations=[str(gitlab.pk), str(jenkins.pk)])
    assert said_of_integrations(admin, team) == (
        "Issue management Jira Inherited from Engineering "
        "Source code GitLab Own; overrides from Engineering : GitHub "
        "Continuous integration Jenkins Own; the org tree has none"
    )
    label = "Own integrations instead of the org tree's"
    assert entry_of(team).changes == {label: {"added": ["GitLab", "Jenkins"], "removed": []}}


def test_a_row_more_than_the_page_has_is_taken_too(admin: Client, team: Team) -> None:
    sent = {"alignment_filters__TOTAL_FORMS": "9", "alignment_filters__8__category": "Quality"}
    fill(admin, edit(team), **sent, **conditions("alignment_filters-8-conditions", ("labels", "is", "bug")))
    team.refresh_from_db()
    assert list(team.alignment_filters) == ["Quality"]


@pytest.mark.parametrize("total", ["-1", "x", "100000000", "", "3", "9"])
def test_a_made_up_number_of_rows_is_a_form_error(admin: Client, team: Team, total: str) -> None:
    with recording(Actor.system("tests")):
        team.settings = {"branches": [{"property": "name", "operator": "is", "values": ["main"]}]}
        team.save()
    answer = fill(admin, edit(team), settings__TOTAL_FORMS=total)
    assert answer.status_code == 200 and answer.context["form"].errors
    team.refresh_from_db()
    assert list(team.settings) == ["branches"]


def test_a_large_team_can_be_edited(admin: Client, account: Account, team: Team) -> None:
    people = [Developer(account=account, full_name=f"P {n}", email=f"p{n}@acme.example") for n in range(1100)]
    with recording(Actor.system("tests")):
        with batch(account, Developer) as current:
            save_batch(current, people)
        team.members.set(people)
    fill(admin, edit(team), name="Crowd")
    assert entry_of(team).changes == {"Name": {"before": "Payments", "after": "Crowd"}}
