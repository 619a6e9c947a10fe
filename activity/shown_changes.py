"""Changes as people read them: one row per field, with its value before and after as text or as lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.diff import Change, identity_key
from activity.summary import path_words
from activity.text_diff import FEW_UNITS, MOST_UNITS, Part, text_diff, whole
from activity.visible import visible
from tracked_objects.in_words import code_in_words, in_words

# The raw JSON of the entry has the rest.
_MOST_CHANGES, _MOST_LINES = 300, 100
# The texts of the first changes are compared thoroughly.
_MOST_COMPARED = 25
# More lines than this are folded.
_SHORT = 8
_DEEPEST_LINE, _DEEPEST_VALUE = 3, 20
# What is no longer than that needs no lines of its own.
_ONE_LINE, _LONGEST_LINE = 80, 500


@dataclass(frozen=True)
class Line:
    """A line of a list or of nested settings: "ins" or "del" says that it came or went."""

    text: str
    mark: str
    label: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Side:
    """A field's value before or after: text in parts, or lines; `title` stands for the lines when they are folded."""

    parts: list[Part] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    title: str = ""
    # How many lines there are beyond those listed.
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.parts or self.lines)


@dataclass(frozen=True)
class ShownChange:
    """One field: its name below the names of what it is in, what happened to it, and both sides."""

    inside: str
    label: str
    path: str
    kind: str
    before: Side
    after: Side

    @property
    def long(self) -> bool:
        """Whether the sides need all of the width."""
        return any(sum(len(part.text) for part in side.parts) > 160 for side in (self.before, self.after))

    @property
    def shows_before(self) -> bool:
        return bool(self.before) or not self.long

    @property
    def shows_after(self) -> bool:
        return bool(self.after) or not self.long


def shown_changes(changes: Mapping[str, Change]) -> tuple[list[ShownChange], int]:
    """The changes, as far as they fit on a page, and how many don't."""
    shown = [
        _shown(path, change, MOST_UNITS if place < _MOST_COMPARED else FEW_UNITS)
        for place, (path, change) in enumerate(islice(changes.items(), _MOST_CHANGES))
    ]
    return shown, len(changes) - len(shown)


def _shown(path: str, change: Any, most: int) -> ShownChange:
    if not isinstance(change, Mapping):
        change = {"after": change}
    inside, _sign, label = visible(_words(path)).rpartition(" › ")
    key = path.rpartition(".")[2]
    before, after = _sides({side: code_in_words(key, value) for side, value in change.items()}, most)
    if path.endswith("[]"):
        before, after = _numbered(before), _numbered(after)
    return ShownChange(capfirst(inside), capfirst(label), visible(path), _kind(change), before, after)


def _words(path: str) -> str:
    try:
        return path_words(path)
    except ValueError:
        return path


def _kind(change: Change) -> str:
    """What happened to the field: "added", "removed" or "changed"."""
    if change.keys() & {"added", "removed"} or {"before", "after"} <= change.keys():
        return "changed"
    return "added" if "after" in change else "removed"


def _sides(change: Change, most: int) -> tuple[Side, Side]:
    if change.keys() & {"added", "removed"}:
        return _items(change.get("removed"), "del"), _items(change.get("added"), "ins")
    before, after = change.get("before"), change.get("after")
    if isinstance(before, (list, dict)) or isinstance(after, (list, dict)):
        return _apart(_nested(before, "del"), _nested(after, "ins"))
    old, new = readable(before), readable(after)
    parts = text_diff(old, new, most) if old and new else (whole(old, "del"), whole(new, "ins"))
    return Side(parts[0]), Side(parts[1])


def _items(items: Any, mark: str) -> Side:
    """Items that a list lost or gained."""
    items = items if isinstance(items, list) else []
    lines = [Line(cut(readable(item), _LONGEST_LINE) or "–", mark) for item in items]
    added, removed = (
        ngettext("%(n)d added", "%(n)d added", len(items)),
        ngettext("%(n)d removed", "%(n)d removed", len(items)),
    )
    return _side(lines, added if mark == "ins" else removed)


def _nested(value: Any, mark: str) -> Side:
    if not isinstance(value, (list, dict)):
        return Side(whole(readable(value), mark))
    lines = list(_lines(value, mark, 0))
    return _side(lines, ngettext("%(n)d value", "%(n)d values", len(lines)))


def _apart(before: Side, after: Side) -> tuple[Side, Side]:
    """Both sides, only those lines marked that the other one doesn't have."""
    both = {replace(line, mark="") for line in before.lines} & {replace(line, mark="") for line in after.lines}
    old, new = (
        replace(side, lines=[plain if (plain := replace(line, mark="")) in both else line for line in side.lines])
        for side in (before, after)
    )
    return old, new


def _numbered(order: Side) -> Side:
    return replace(order, lines=[replace(line, label=f"{place}.") for place, line in enumerate(order.lines, 1)])


def _side(lines: list[Line], title: str) -> Side:
    count = len(lines)
    return Side([], lines[:_MOST_LINES], title % {"n": count} if count > _SHORT else "", max(count - _MOST_LINES, 0))


def _lines(value: Any, mark: str, depth: int) -> Iterator[Line]:
    """A line for each single value inside, below the name of what holds it."""
    key = identity_key(value) if isinstance(value, list) else None
    pairs = value.items() if isinstance(value, Mapping) else [(item[key] if key else "", item) for item in value]
    for name, item in pairs:
        label = cut(visible(str(name)) if key else visible(str(name)).replace("_", " "), _LONGEST_LINE)
        inner = {name: other for name, other in item.items() if name != key} if isinstance(item, dict) else item
        text = readable(code_in_words(str(name), inner))
        nested = isinstance(inner, (list, dict)) and in_words(inner) is None
        if nested and len(text) > _ONE_LINE and depth < _DEEPEST_LINE:
            yield Line("", mark, label or "•", depth)
            yield from _lines(inner, mark, depth + 1)
        else:
            yield Line(cut(text, _LONGEST_LINE) or "–", mark, label, depth)


def cut(text: str, most: int) -> str:
    """The text, or its beginning and … when it is longer than that."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def readable(value: Any, depth: int = 0) -> str:
    """A JSON value in words; nothing at all for None."""
    if value is None or isinstance(value, bool):
        return "" if value is None else _("Yes") if value else _("No")
    if depth > _DEEPEST_VALUE:
        return "…"
    if (line := in_words(value)) is not None:
        return visible(line)
    if isinstance(value, list):
        # What has commas in itself is set apart more clearly.
        between = "; " if any(isinstance(item, Mapping) for item in value) else ", "
        return between.join(readable(item, depth + 1) for item in value)
    if isinstance(value, Mapping):
        pairs = ((key, readable(code_in_words(str(key), item), depth + 1)) for key, item in value.items())
        return "; ".join(f"{visible(str(key)).replace('_', ' ')}: {text}" for key, text in pairs)
    return visible(str(value))
