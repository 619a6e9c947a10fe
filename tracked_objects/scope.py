"""What a member may see and choose: the account first, then the org trees that they are bound to."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.guard import Access
from tracked_objects.models import Developer, Team
from tracked_objects.models.base import AccountObject


def visible(model: type[AccountObject], access: Access, verb: str = "view") -> QuerySet[Any]:
    """The objects of the account for which the member holds `verb`."""
    found = model.objects.filter(account=access.account)
    scope = access.scope(f"{model.resource}.{verb}")
    if scope is None:
        return found
    return found.filter(**{f"{model.scope_path}__in": scope}) if model.scope_path else found.none()


def sees(access: Access, item: AccountObject) -> bool:
    """Whether the member may open the page of an object of their account."""
    return access.can(f"{item.resource}.view", item.scope_id)


def may_upload(access: Access) -> bool:
    """Whether the member may upload developers, which creates, edits and deletes them."""
    return all(access.can(f"{Developer.resource}.{verb}") for verb in ("create", "edit", "delete"))


def people(access: Access) -> QuerySet[Developer]:
    """The developers that the member may choose from.

    Who may not see developers still edits their own teams: they choose among the people of teams in their scope and
    those who report to one of these teams' managers.
    """
    if access.can("developers.view"):
        return visible(Developer, access)
    teams = visible(Team, access)
    managers = teams.values("manager")
    return Developer.objects.filter(account=access.account).filter(
        Q(pk__in=teams.values("members"))
        | Q(pk__in=teams.values("shared_members"))
        | Q(pk__in=managers)
        | Q(manager__in=managers)
    )
