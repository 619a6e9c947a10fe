"""The first thing that is wrong with a log, as facts that are kept and as a sentence."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_WITNESSES = {
    "head": gettext_lazy("the head of the chain"),
    "counts": gettext_lazy("the counts"),
    "checkpoint": gettext_lazy("a signed checkpoint"),
    "note": gettext_lazy("a checkpoint that was kept elsewhere"),
    "verification": gettext_lazy("an earlier verification"),
}
_SENTENCES = {
    "edited": gettext_lazy("Entry #%(first)s was edited: its hash is not that of its content."),
    "replaced": gettext_lazy(
        "Entry #%(first)s was replaced and hashed anew: the entry after it was made to follow another."
    ),
    "rewritten": gettext_lazy("Something in %(range)s was rewritten, hashes and all: %(place)s says otherwise."),
    "missing": gettext_lazy("Missing: %(range)s."),
    "inserted": gettext_lazy("Inserted: %(range)s. The chain goes on without it."),
    "reordered": gettext_lazy("Entries are in another order: what belongs at #%(first)s stands at #%(place)s."),
    "renumbered": gettext_lazy("Entry #%(first)s was renumbered: it stands at #%(place)s."),
    "cut": gettext_lazy("The end of the log was cut off: %(range)s is gone, says %(place)s."),
    "head": gettext_lazy("The head of the chain is not the hash of entry #%(first)s: one of the two was changed."),
    "counts": gettext_lazy("The counts of %(place)s are not those of the entries of that day."),
    "counted": gettext_lazy("The counts are too low: they know of %(place)s entries only."),
    "checkpoint": gettext_lazy("The checkpoint at #%(first)s is not signed by a key of this server."),
    "note": gettext_lazy("The checkpoint at #%(first)s that was kept elsewhere is not signed by a key of this server."),
}


@dataclass(frozen=True)
class Problem:
    """What kind of trouble it is and which entries it is about; `place`: where to, or who says so."""

    kind: str
    first: int
    last: int
    place: str = ""

    @classmethod
    def of(cls, kept: dict[str, Any] | None) -> Self | None:
        return cls(**kept) if kept else None

    @property
    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def entry(self) -> int:
        """The number of an entry that can be looked at; 0 when there is none to see."""
        return max(self.first, 0) if self.kind in {"edited", "replaced", "inserted", "reordered", "head"} else 0

    @property
    def sentence(self) -> str:
        """In the language that is active."""
        span = f"#{self.first}" if self.first == self.last else _("#%(first)s to #%(last)s") % asdict(self)
        place = str(_WITNESSES.get(self.place, self.place))
        return str(_SENTENCES[self.kind]) % {"first": self.first, "range": span, "place": place}
