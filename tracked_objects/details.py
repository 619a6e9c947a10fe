"""What an object's page shows besides its facts: one function for each kind, which fills the kind's template."""

from collections.abc import Callable
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from accounts.api_keys import access_of_key
from accounts.guard import Access
from accounts.labels import describe
from accounts.models import ApiKey
from tracked_objects.conditions import filters_words, settings_words, words
from tracked_objects.links import known
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    EfficiencyProfile,
    Integration,
    OrgTree,
    ProductivityProfile,
    Team,
)
from tracked_objects.models.base import AccountObject
from tracked_objects.models.lead_time import EVENTS, PHASES, Source, bounds_of
from tracked_objects.models.profiles import TicketScope
from tracked_objects.scope import people, visible

# A page shows this many related objects and links to the list for the rest.
FEW = 50

Words = Promise | str


def details(access: Access, item: AccountObject) -> dict[str, Any]:
    """The context of the kind's own template."""
    return _DETAILS[type(item)](access, item)


def _few(items: Any, url: str = "") -> dict[str, Any]:
    """The first of a query, how many there are, and the list that has them all."""
    found = list(items[: FEW + 1])
    return {"items": found[:FEW], "count": len(found) if len(found) <= FEW else items.count(), "url": url}


def _list(access: Access, model: type[AccountObject], **filters: Any) -> str:
    """The URL of a list with filters."""
    return f"{reverse(f'{model.slug}:list', args=[access.account.slug])}?{urlencode(filters)}"


def _developer(access: Access, item: Developer) -> dict[str, Any]:
    theirs = Q(manager=item) | Q(members=item) | Q(shared_members=item)
    teams = visible(Team, access)
    return {
        "reports": _few(
            people(access).filter(manager=item).order_by("full_name", "pk"), _list(access, Developer, manager=item.pk)
        ),
        "teams": _few(teams.filter(pk__in=teams.filter(theirs).values("pk")).order_by("name", "pk")),
        "attributes": sorted(item.custom_attributes.items()),
    }


def _by_category(integrations: Any) -> dict[str, list[Integration]]:
    ordered = integrations.order_by("category", "name")
    return {category: list(group) for category, group in groupby(ordered, key=lambda item: item.category)}


def _org_tree(access: Access, item: OrgTree) -> dict[str, Any]:
    return {
        "teams": _few(
            visible(Team, access).filter(org_tree=item).order_by("name", "pk"), _list(access, Team, org_tree=item.pk)
        ),
        "integrations": [
            (Source(category).label, found) for category, found in _by_category(item.integrations).items()
        ],
    }


def _team(access: Access, item: Team) -> dict[str, Any]:
    own, inherited = _by_category(item.integrations), _by_category(item.org_tree.integrations)
    return {
        "members": _few(item.members.order_by("full_name", "pk")),
        "shared_members": _few(item.shared_members.order_by("full_name", "pk")),
        "integrations": [
            (label, own.get(category, []), inherited.get(category, []))
            for category, label in Source.choices
            if category in own or category in inherited
        ],
        "settings": settings_words(item.settings),
        "filters": filters_words(item.alignment_filters),
    }


def _efficiency(access: Access, item: EfficiencyProfile) -> dict[str, Any]:
    phases: list[tuple[Words, bool, Words, Words]] = []
    for stored in item.lead_time["phases"]:
        start, end = bounds_of(stored)
        phases.append((PHASES[stored["name"]], stored["enabled"], EVENTS[start], EVENTS[end]))
    return {"phases": phases, **used_by(access, item)}


def _productivity(access: Access, item: ProductivityProfile) -> dict[str, Any]:
    fields = [item._meta.get_field(name) for name in item.METRICS]
    return {
        "metrics": [(field.verbose_name, getattr(item, field.name)) for field in fields],  # type: ignore[union-attr]
        **used_by(access, item),
    }


def _business_alignment(access: Access, item: BusinessAlignmentProfile) -> dict[str, Any]:
    categories = [
        (row["name"], TicketScope(row["ticket_scope"]).label, list(map(words, row["conditions"])))
        for row in item.categories
    ]
    return {"categories": categories, **used_by(access, item)}


def _integration(access: Access, item: Integration) -> dict[str, Any]:
    return {"tags": item.tags.order_by("name"), **used_by(access, item)}


def _api_key(access: Access, item: ApiKey) -> dict[str, Any]:
    held = access_of_key(item) if item.allows("edit") else None
    return {"works": item.allows("edit"), "held": describe(held.capabilities) if held else None}


def used_by(access: Access, item: AccountObject, few: int = FEW) -> dict[str, Any]:
    """What points to an object, as far as the member may see it."""
    shown, hidden = known(access, item.users())
    return {"users": shown[:few], "more_users": len(shown[few:]) + hidden}


_DETAILS: dict[type[AccountObject], Callable[[Access, Any], dict[str, Any]]] = {
    Developer: _developer,
    OrgTree: _org_tree,
    Team: _team,
    EfficiencyProfile: _efficiency,
    ProductivityProfile: _productivity,
    BusinessAlignmentProfile: _business_alignment,
    Integration: _integration,
    ApiKey: _api_key,
}
