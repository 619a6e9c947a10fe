"""From an entry to the object it is about, and what stands above every page about one object."""

import re
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.guard import Access
from activity.catalog import TYPES
from activity.models import Entry
from activity.visible import visible as safe
from tracked_objects.members.kinds import ALL_KINDS
from tracked_objects.models import Team
from tracked_objects.models.base import AccountObject
from tracked_objects.scope import visible


def live_object(access: Access, entry_type: str, object_id: str) -> AccountObject | None:
    """The object with that id; None when it is gone, has no page, or is out of the viewer's reach."""
    for kind in ALL_KINDS.values():
        pattern = kind.model.entry_id.replace("%(", "(?P<").replace(")s", ">[0-9]{1,18})")
        if kind.entry_type == entry_type and (key := re.fullmatch(pattern, object_id)):
            return visible(kind.model, access).filter(**key.groupdict()).first()
    return None


def head(access: Access, entries: QuerySet[Entry], type: str, object_id: str, tab: str) -> dict[str, Any]:
    """The context of activity/object_head.html: the object, or what its `entries` call it when it is gone.

    Http404 when there is neither.
    """
    live = live_object(access, type, object_id)
    if live is not None:
        return {"object": live, "kind": ALL_KINDS[live.slug], "tab": tab, "name": str(live)}
    newest = entries.only("object_name", "action").order_by("-occurred_at", "-seq").first()
    if newest is None:
        raise Http404
    return {
        "type": TYPES[type].label,
        "type_code": type,
        "versions_url": _versions_url(access, type, object_id),
        "object_id": safe(object_id),
        "name": safe(newest.object_name or object_id),
        "deleted": newest.action == "DELETED",
        "base": reverse("activity:list", args=[access.account.slug]),
        "tab": tab,
    }


def _versions_url(access: Access, type: str, object_id: str) -> str:
    """The page of an object's versions, if it can have any."""
    if type != Team.entry_type or not (object_id.isascii() and object_id.isdigit()):
        return ""
    return reverse("activity:versions:list", args=[access.account.slug, int(object_id)])
