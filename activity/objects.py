"""From an entry to the object it is about, if it still exists and the viewer may see it."""

import re

from accounts.guard import Access
from tracked_objects.members.kinds import ALL_KINDS
from tracked_objects.models.base import AccountObject
from tracked_objects.scope import visible


def live_object(access: Access, entry_type: str, object_id: str) -> AccountObject | None:
    """The object with that id; None when it is gone, has no page, or is out of the viewer's reach."""
    for kind in ALL_KINDS.values():
        pattern = kind.model.entry_id.replace("%(", "(?P<").replace(")s", ">[0-9]{1,18})")
        if kind.entry_type == entry_type and (key := re.fullmatch(pattern, object_id)):
            return visible(kind.model, access).filter(**key.groupdict()).first()
    return None
