"""From an entry to the object it is about, if it still exists and the viewer may see it."""

from accounts.guard import Access
from tracked_objects.kinds import BY_TYPE
from tracked_objects.models.base import AccountObject
from tracked_objects.scope import visible


def live_object(access: Access, entry_type: str, object_id: str) -> AccountObject | None:
    """The object with that id; None when it is gone, has no page, or is out of the viewer's reach."""
    kind = BY_TYPE.get(entry_type)
    if kind is None or not (object_id.isascii() and object_id.isdigit()):
        return None
    return visible(kind.model, access).filter(pk=int(object_id)).first()
