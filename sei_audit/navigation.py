"""The side navigation: the pages of the account that the member may open, the current one marked. No queries."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Page:
    """A link of the navigation: where it goes, who may see it, and the entry type whose history is part of it."""

    label: Promise
    icon: str
    view: str
    needs: str
    type: str = ""


@dataclass(frozen=True)
class Section:
    """A titled group of pages."""

    title: Promise
    pages: tuple[Page, ...]
    nested: bool = False


SECTIONS = (
    Section(
        _("Account Management"),
        (
            Page(_("Developers"), "developer", "developers:list", "developers.view", "DEVELOPER"),
            Page(_("Org Trees"), "tree", "org-trees:list", "org_trees.view", "ORG_TREE"),
            Page(_("Teams"), "team", "teams:list", "teams.view", "TEAM"),
            Page(_("Integrations"), "integration", "integrations:list", "integrations.view", "INTEGRATION"),
        ),
    ),
    Section(
        _("Profiles"),
        (
            Page(_("Efficiency"), "profile", "efficiency-profiles:list", "profiles.view", "EFFICIENCY_PROFILE"),
            Page(
                _("Productivity"),
                "profile",
                "productivity-profiles:list",
                "profiles.view",
                "PRODUCTIVITY_PROFILE",
            ),
            Page(
                _("Business alignment"),
                "profile",
                "business-alignment-profiles:list",
                "profiles.view",
                "BA_PROFILE",
            ),
        ),
        nested=True,
    ),
    Section(
        _("SEI Settings"),
        (Page(_("Activity Logs"), "log", "activity:list", "activity.view"),),
        nested=True,
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs to draw the side navigation; empty outside of an account."""
    access = getattr(request, "access", None)
    if access is None:
        return {"access": None, "navigation": []}
    sections = [
        {"title": section.title, "nested": section.nested, "pages": pages}
        for section in SECTIONS
        if (pages := [_link(page, request) for page in section.pages if access.can(page.needs)])
    ]
    return {"access": access, "navigation": [section for section in sections if any(section["pages"])]}


def _link(page: Page, request: HttpRequest) -> dict[str, Any]:
    """One link of the navigation, or nothing when this installation has no such page."""
    try:
        url = reverse(page.view, args=[request.access.account.slug])  # type: ignore[attr-defined]
    except NoReverseMatch:
        return {}
    return {"label": page.label, "icon": page.icon, "url": url, "current": _is_current(page, request)}


def _is_current(page: Page, request: HttpRequest) -> bool:
    """Whether the request is for one of the page's own views, or for the history of one of its objects."""
    match = request.resolver_match
    if match is None:
        return False
    if match.view_name == "activity:object":
        return match.kwargs.get("type") == page.type
    return match.namespace == page.view.partition(":")[0]
