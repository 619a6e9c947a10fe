"""Who did it, as an explicit value. Never read from anything that a client can set."""

from dataclasses import dataclass
from typing import Any, Self

from accounts.models import ApiKey
from activity.models import ActorKind


@dataclass(frozen=True)
class Actor:
    """The actor of an entry. Its e-mail and name are copies, frozen on the entry."""

    kind: str
    id: str = ""
    email: str = ""
    name: str = ""

    @classmethod
    def user(cls, user: Any) -> Self:
        """A signed-in member; for an anonymous visitor, the system on a visitor's behalf."""
        if not user.is_authenticated:
            return cls.system("Anonymous visitor")
        return cls(ActorKind.USER, str(user.pk), user.email, user.name)

    @classmethod
    def system(cls, name: str = "System") -> Self:
        """A command or job, by its name."""
        return cls(ActorKind.SYSTEM, name=name)

    @classmethod
    def api_key(cls, key: ApiKey) -> Self:
        """A program with a key: its owner's e-mail, the key's name."""
        return cls(ActorKind.API_KEY, str(key.pk), key.owner.email, key.name)

    @property
    def user_id(self) -> int | None:
        """The primary key of the user, for history records; None for the system."""
        return int(self.id) if self.kind == ActorKind.USER and self.id.isdigit() else None
