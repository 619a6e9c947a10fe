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
    """A titled group of pages; a nested one belongs to the section above it."""

    title: Promise
    nested: bool
    pages: tuple[Page, ...]


def _profile(label: Promise, kind: str, entry_type: str) -> Page:
    return Page(label, "profile", f"{kind}-profiles:list", "profiles.view", entry_type)


SECTIONS = (
    Section(
        _("Account Management"),
        False,
        (
            Page(_("Developers"), "developer", "developers:list", "developers.view", "DEVELOPER"),
            Page(_("Org Trees"), "tree", "org-trees:list", "org_trees.view", "ORG_TREE"),
            Page(_("Teams"), "team", "teams:list", "teams.view", "TEAM"),
            Page(_("Integrations"), "integration", "integrations:list", "integrations.view", "INTEGRATION"),
        ),
    ),
    Section(
        _("Profiles"),
        True,
        (
            _profile(_("Efficiency"), "efficiency", "EFFICIENCY_PROFILE"),
            _profile(_("Productivity"), "productivity", "PRODUCTIVITY_PROFILE"),
            _profile(_("Business alignment"), "business-alignment", "BA_PROFILE"),
        ),
    ),
    Section(
        _("SEI Settings"),
        True,
        (
            Page(_("Activity Logs"), "log", "activity:list", "activity.view"),
            Page(_("API Keys"), "key", "api-keys:list", "api_keys.view", "API_ACCESS_KEY"),
            Page(_("SSO"), "login", "sso:edit", "sso.view", "SSO_CONFIG"),
        ),
    ),
    Section(
        _("Access"),
        True,
        (
            Page(_("Members"), "user", "members:list", "members.view", "USER"),
            Page(_("Invitations"), "send", "invitations:list", "members.view"),
            Page(_("Roles"), "shield", "roles:list", "roles.view", "ROLE"),
        ),
    ),
)

# Your account: its pages belong to no account.
OWN = Section(
    _("Your account"),
    False,
    (
        Page(_("Profile"), "user", "profile", ""),
        Page(_("E-mail"), "send", "email", ""),
        Page(_("Password"), "key", "password", ""),
        Page(_("Second factors"), "shield", "mfa_index", ""),
        Page(_("Sessions"), "display", "sessions", ""),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs to draw the side navigation; empty outside of an account."""
    access = getattr(request, "access", None)
    if access is None:
        return {"access": None, "navigation": _own(request)}
    sections = []
    for section in SECTIONS:
        links = [_link(page, request) for page in section.pages if access.can(page.needs)]
        if any(links):
            sections.append({"title": section.title, "nested": section.nested, "pages": links})
    return {"access": access, "navigation": sections}


def _own(request: HttpRequest) -> list[dict[str, Any]]:
    """On the pages of your account: links to all of them, and back to work."""
    home = reverse(OWN.pages[0].view)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not request.path.startswith(home):
        return []
    links = [{"label": _("Back"), "icon": "chevron-left", "url": reverse("home"), "current": False}]
    for page in OWN.pages:
        url = reverse(page.view)
        current = request.path == url if url == home else request.path.startswith(url)
        links.append({"label": page.label, "icon": page.icon, "url": url, "current": current})
    return [{"title": OWN.title, "nested": OWN.nested, "pages": links}]


def _link(page: Page, request: HttpRequest) -> dict[str, Any] | None:
    """One link of the navigation, or None when this installation has no such page."""
    try:
        url = reverse(page.view, args=[request.access.account.slug])  # type: ignore[attr-defined]
    except NoReverseMatch:
        return None
    return {"label": page.label, "icon": page.icon, "url": url, "current": _is_current(page, request)}


def _is_current(page: Page, request: HttpRequest) -> bool:
    """Whether the request is for one of the page's own views, or for the history of one of its objects."""
    match = request.resolver_match
    if match is None:
        return False
    if match.view_name == "activity:object":
        return bool(match.kwargs.get("type") == page.type)
    if match.namespace == "activity:versions":
        return page.type == "TEAM"
    return match.namespace == page.view.partition(":")[0]
