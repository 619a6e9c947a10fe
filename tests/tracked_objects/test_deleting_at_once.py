"""One admin deletes what another is just choosing: one of them is told, and the log says what happened."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.browsing import at_once, form_of
from tracked_objects.models import BusinessAlignmentProfile, EfficiencyProfile, Integration, OrgTree, Team
from tracked_objects.models.base import AccountObject

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 4


@pytest.fixture
def admins(client_of: Callable[[User], Client], sei_admin: User, account_admin: User) -> tuple[Client, Client]:
    return client_of(sei_admin), client_of(account_admin)


def race(admins: tuple[Client, Client], url: str, field: str, item: AccountObject) -> bool:
    """One chooses `item` in the form at `url` while the other deletes it; whether it was chosen.

    Whoever comes second is told: the chooser by the form, the other by the page that asks.
    """
    chooser, deleter = admins
    sent = {**form_of(chooser.get(url)), "name": f"Chose {item.pk}", field: [str(item.pk)]}
    delete = f"/a/acme/{item.slug}/{item.pk}/delete/"
    answers = at_once(lambda: chooser.post(url, sent), lambda: deleter.post(delete, {}))
    statuses = tuple(answer.status_code for answer in answers)
    assert statuses in {(302, 409), (200, 302)}
    if statuses == (200, 302):
        assert answers[0].context["form"].errors and form_of(answers[0])["name"] == [f"Chose {item.pk}"]
    assert type(item).objects.filter(pk=item.pk).exists() == (statuses == (302, 409))
    return statuses == (302, 409)


def said(account: Account, after: int) -> list[tuple[str, str]]:
    """What the log says since the entry `after`."""
    entries = Entry.objects.filter(account=account, seq__gt=after).order_by("seq")
    return list(entries.values_list("type", "action"))


def last(account: Account) -> int:
    return Entry.objects.filter(account=account).latest("seq").seq


@pytest.fixture
def make(account: Account) -> Callable[..., Any]:
    """Makes an object of the account, with its entry."""

    def _make(model: type[AccountObject], **fields: Any) -> Any:
        with recording(Actor.system("tests")):
            return model.objects.create(account=account, **fields)

    return _make


@pytest.mark.parametrize("model", [EfficiencyProfile, BusinessAlignmentProfile])
def test_a_profile_that_a_tree_is_just_given(
    admins: tuple[Client, Client], account: Account, org_tree: OrgTree, make: Any, model: type[AccountObject]
) -> None:
    field = {EfficiencyProfile: "efficiency_profile"}.get(model, "business_alignment_profile")
    for number in range(TIMES):
        item = make(model, name=f"P{number}")
        before = last(account)
        chosen = race(admins, f"/a/acme/org-trees/{org_tree.pk}/edit/", field, item)
        org_tree.refresh_from_db()
        assert (getattr(org_tree, field) == item) == chosen
        assert said(account, before) == [("ORG_TREE", "EDITED") if chosen else (model.entry_type, "DELETED")]
    assert first_break(account.pk) is None


def test_an_integration_that_a_team_is_just_given(
    admins: tuple[Client, Client], account: Account, org_tree: OrgTree, make: Any
) -> None:
    team = make(Team, name="Payments", org_tree=org_tree)
    for number in range(TIMES):
        item = make(Integration, name=f"I{number}", category="ci")
        before = last(account)
        chosen = race(admins, f"/a/acme/teams/{team.pk}/edit/", "integrations", item)
        assert team.integrations.contains(item) == chosen
        assert said(account, before) == [("TEAM", "EDITED") if chosen else ("INTEGRATION", "DELETED")]
    assert first_break(account.pk) is None


def test_a_tree_that_a_new_team_is_just_put_into(admins: tuple[Client, Client], account: Account, make: Any) -> None:
    for number in range(TIMES):
        item = make(OrgTree, name=f"T{number}")
        before = last(account)
        chosen = race(admins, "/a/acme/teams/new/", "org_tree", item)
        assert Team.objects.filter(org_tree=item.pk).exists() == chosen
        assert said(account, before) == [("TEAM", "CREATED") if chosen else ("ORG_TREE", "DELETED")]
    assert first_break(account.pk) is None
