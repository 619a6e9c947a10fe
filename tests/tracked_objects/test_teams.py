"""Teams: who works together, and on what."""

import re

import pytest
from django.test import Client

from accounts.batch import batch, save_batch
from accounts.models import Account
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.browsing import fill, form_of
from tests.entries import entry_of
from tracked_objects.models import Developer, Integration, OrgTree, Team

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
    row = {"category": "repositories", "property": "name", "operator": "starts_with", "values": 'pay, "a, b", pay'}
    fill(admin, edit(team), **{f"settings__0__{name}": value for name, value in row.items()})
    team.refresh_from_db()
    expected = {"property": "name", "operator": "starts_with", "values": ["pay", "a, b"]}
    assert team.settings == {"repositories": [expected]}
    assert "name starts with pay, &quot;a, b&quot;" in admin.get(f"/a/acme/teams/{team.pk}/").content.decode()
    assert form_of(admin.get(edit(team)))["settings-0-values"] == ['pay, "a, b"']


def test_a_setting_without_values_is_refused_beside_its_field(admin: Client, team: Team) -> None:
    part = fill(admin, edit(team), settings__0__property="name").context["form"].parts[0]
    assert part.errors[0] == {"values": ["This field is required."]}


def alignment(count: int) -> dict[str, str]:
    rows = range(count)
    sent = {f"alignment_filters__{row}__category": "Quality" for row in rows}
    sent |= {f"alignment_filters__{row}__conditions": f"labels is not bug {row}\nteam is a, b" for row in rows}
    return {**sent, "alignment_filters__TOTAL_FORMS": str(count), "alignment_filters__0__match": "any"}


def test_a_category_has_up_to_three_filter_sets(admin: Client, team: Team) -> None:
    assert fill(admin, edit(team), **alignment(3)).status_code == 302
    team.refresh_from_db()
    assert [row["match"] for row in team.alignment_filters["Quality"]] == ["any", "all", "all"]
    assert team.alignment_filters["Quality"][2]["conditions"] == [
        {"property": "labels", "operator": "is_not", "values": ["bug 2"]},
        {"property": "team", "operator": "is", "values": ["a", "b"]},
    ]
    answer = fill(admin, edit(team), **alignment(4))
    assert "“Quality” has 4 filter sets; at most 3 are allowed." in answer.content.decode()


def test_a_line_that_is_no_condition_is_named(admin: Client, team: Team) -> None:
    row = {"alignment_filters__0__category": "Quality", "alignment_filters__0__conditions": "labels bug"}
    part = fill(admin, edit(team), **row).context["form"].parts[1]
    assert "“labels bug” is not a condition" in part.errors[0]["conditions"][0]


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
    sent = {"settings__TOTAL_FORMS": "9", "settings__8__property": "name", "settings__8__values": "x"}
    fill(admin, edit(team), settings__8__category="branches", settings__8__operator="is", **sent)
    team.refresh_from_db()
    assert list(team.settings) == ["branches"]


@pytest.mark.parametrize("total", ["-1", "x", "100000000", ""])
def test_a_made_up_number_of_rows_is_a_form_error(admin: Client, team: Team, total: str) -> None:
    answer = fill(admin, edit(team), settings__TOTAL_FORMS=total)
    assert answer.status_code in {200, 302}
    team.refresh_from_db()
    assert team.settings == {}


def test_a_large_team_can_be_edited(admin: Client, account: Account, team: Team) -> None:
    people = [Developer(account=account, full_name=f"P {n}", email=f"p{n}@acme.example") for n in range(1100)]
    with recording(Actor.system("tests")):
        with batch(account, Developer) as current:
            save_batch(current, people)
        team.members.set(people)
    fill(admin, edit(team), name="Crowd")
    assert entry_of(team).changes == {"Name": {"before": "Payments", "after": "Crowd"}}
