"""The three kinds of profiles."""

import pytest
from django.test import Client

from tests.browsing import conditions, fill, form_of
from tests.entries import entries_of, entry_of
from tracked_objects.models import BusinessAlignmentProfile, EfficiencyProfile, ProductivityProfile
from tracked_objects.models.lead_time import EVENTS, PHASES, default_lead_time, problems

NEW_EFFICIENCY = "/a/acme/efficiency-profiles/new/"


def test_a_new_efficiency_profile_starts_with_all_five_phases(admin: Client) -> None:
    fill(admin, NEW_EFFICIENCY, name="Fast")
    assert EfficiencyProfile.objects.get(name="Fast").lead_time == default_lead_time()


def test_a_phase_can_be_off_and_bounded_by_other_events(admin: Client, efficiency: EfficiencyProfile) -> None:
    url = f"/a/acme/efficiency-profiles/{efficiency.pk}/edit/"
    fill(admin, url, lead_time__0__enabled=None, lead_time__2__end="source_code:pull_request_approved")
    assert entry_of(efficiency).changes == {
        "lead_time.phases[Planning].enabled": {"before": True, "after": False},
        "lead_time.phases[Review].end_event": {"before": "pull_request_merged", "after": "pull_request_approved"},
    }


def test_a_phase_that_starts_too_early_is_refused_beside_its_start(admin: Client) -> None:
    answer = fill(admin, NEW_EFFICIENCY, name="Odd", lead_time__1__start="issue_management:issue_created")
    expected = "This is before Planning ends (First commit). A phase starts when the one before it ends, or later."
    assert answer.context["form"].parts[0].errors[1] == {"start": [expected]}


def test_a_phase_that_ends_before_it_starts_is_refused_beside_its_end(admin: Client) -> None:
    answer = fill(admin, NEW_EFFICIENCY, name="Odd", lead_time__4__end="ci:build_started")
    assert answer.context["form"].parts[0].errors[4] == {"end": ["A phase must end later than it starts."]}


def test_what_is_off_is_not_in_the_way(admin: Client) -> None:
    sent = {"lead_time__1__start": "cd:deployment_finished", "lead_time__1__enabled": None}
    assert fill(admin, NEW_EFFICIENCY, name="Fine", **sent).status_code == 302


def test_at_least_one_phase_is_on(admin: Client) -> None:
    answer = fill(admin, NEW_EFFICIENCY, name="None", **{f"lead_time__{row}__enabled": None for row in range(5)})
    assert "Enable at least one phase." in answer.content.decode()


@pytest.mark.parametrize("sent", [{"lead_time__TOTAL_FORMS": "3"}, {"lead_time__INITIAL_FORMS": "0"}])
def test_phases_are_never_lost(admin: Client, efficiency: EfficiencyProfile, sent: dict[str, str]) -> None:
    fill(admin, f"/a/acme/efficiency-profiles/{efficiency.pk}/edit/", **sent)
    efficiency.refresh_from_db()
    assert [row["name"] for row in efficiency.lead_time["phases"]] == list(PHASES)


@pytest.mark.parametrize("value", ["nope:nope", "issue_management:first_commit", ""])
def test_an_unknown_event_is_refused(admin: Client, value: str) -> None:
    answer = fill(admin, NEW_EFFICIENCY, name="Odd", lead_time__0__start=value)
    assert "start" in answer.context["form"].parts[0].errors[0]


def test_the_phases_to_begin_with_follow_the_rule() -> None:
    assert not list(problems(default_lead_time()["phases"]))
    assert all((row["start_source"], row["start_event"]) in EVENTS for row in default_lead_time()["phases"])


def test_productivity_metrics_and_words(admin: Client, productivity: ProductivityProfile) -> None:
    url = f"/a/acme/productivity-profiles/{productivity.pk}/edit/"
    fill(admin, url, coding_days=None, feature_issue_types='Story, "Epic, big"')
    assert entry_of(productivity).changes == {
        "Coding days": {"before": True, "after": False},
        "Feature issue types": {"added": ["Story", "Epic, big"], "removed": []},
    }
    assert form_of(admin.get(url))["feature_issue_types"] == ['Story, "Epic, big"']


@pytest.mark.parametrize(("small", "medium"), [("100", "100"), ("10", "5")])
def test_small_is_below_medium(admin: Client, small: str, medium: str) -> None:
    answer = fill(admin, "/a/acme/productivity-profiles/new/", name="P", pr_size_small=small, pr_size_medium=medium)
    assert answer.context["form"].errors == {"pr_size_medium": ["A medium PR must be larger than a small one."]}


@pytest.mark.parametrize("small", ["-1", "0", "x", "1" * 30, ""])
def test_a_size_is_a_sensible_number(admin: Client, small: str) -> None:
    answer = fill(admin, "/a/acme/productivity-profiles/new/", name="P", pr_size_small=small)
    assert "pr_size_small" in answer.context["form"].errors


def edit_alignment(item: BusinessAlignmentProfile) -> str:
    return f"/a/acme/business-alignment-profiles/{item.pk}/edit/"


def test_moving_a_category_up_is_one_change_of_order(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    ranks = {"categories__2__rank": "1", "categories__0__rank": "2", "categories__1__rank": "3"}
    fill(admin, edit_alignment(alignment), **ranks)
    assert entry_of(alignment).changes == {
        "categories[]": {
            "before": ["Features", "Quality", "Upkeep"],
            "after": ["Upkeep", "Features", "Quality"],
        }
    }


def test_a_category_has_scope_and_conditions(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    sent = {"categories__3__rank": "9", "categories__3__name": "Risk", "categories__3__ticket_scope": "epic"}
    fill(
        admin,
        edit_alignment(alignment),
        **sent,
        **conditions("categories-3-conditions", ("labels", "contains", "risk")),
    )
    alignment.refresh_from_db()
    assert alignment.categories[3] == {
        "name": "Risk",
        "ticket_scope": "epic",
        "conditions": [{"property": "labels", "operator": "contains", "values": ["risk"]}],
    }
    page = admin.get(alignment.get_absolute_url()).content.decode()
    assert "Epic and all descendants" in page and "labels contains risk" in page


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"categories__1__name": "features"}, "The category “features” is there twice."),
        ({"categories__1__rank": "1"}, "Two categories have the rank 1."),
        ({"categories__1__rank": ""}, "This field is required."),
        ({"categories__1__name": ""}, "This field is required."),
        ({"categories__1__rank": "0"}, "greater than or equal to 1"),
    ],
)
def test_categories_have_names_and_ranks_of_their_own(
    admin: Client, alignment: BusinessAlignmentProfile, sent: dict[str, str], message: str
) -> None:
    answer = fill(admin, edit_alignment(alignment), **sent)
    assert message in answer.content.decode()
    assert [entry.action for entry in entries_of(alignment)] == ["CREATED"]


def test_what_is_wrong_with_a_category_stands_beside_it(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    answer = fill(admin, edit_alignment(alignment), categories__2__name="FEATURES")
    expected = [{}, {}, {"name": ["The category “FEATURES” is there twice."]}, {}, {}]
    assert answer.context["form"].parts[0].errors == expected


def test_refused_categories_come_back_in_the_order_they_were_given(
    admin: Client, alignment: BusinessAlignmentProfile
) -> None:
    ranks = {"categories__2__rank": "1", "categories__0__rank": "3", "categories__1__rank": "2"}
    answer = fill(admin, edit_alignment(alignment), **ranks, categories__1__name="")
    shown = [form["rank"].value() for form in answer.context["form"].parts[0].in_order()]
    assert shown == ["1", "2", "3", "", ""]


def test_a_category_that_is_ticked_is_removed(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    fill(admin, edit_alignment(alignment), categories__1__DELETE="on", categories__1__name="")
    assert list(entry_of(alignment).changes) == ["categories[Quality]"]


def test_conditions_without_a_name_are_not_lost(admin: Client, alignment: BusinessAlignmentProfile) -> None:
    answer = fill(admin, edit_alignment(alignment), **conditions("categories-3-conditions", ("labels", "is", "risk")))
    assert set(answer.context["form"].parts[0].errors[3]) == {"rank", "name"}
    assert form_of(answer)["categories-3-conditions-values"][0] == "risk"


def test_profiles_of_different_kinds_may_share_a_name(admin: Client, efficiency: EfficiencyProfile) -> None:
    assert fill(admin, "/a/acme/productivity-profiles/new/", name=efficiency.name).status_code == 302
    answer = fill(admin, NEW_EFFICIENCY, name=efficiency.name.upper())
    assert answer.context["form"].errors == {"name": ["There is already an efficiency profile with this name."]}
