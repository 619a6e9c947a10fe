"""Changes as people read them: one row per field, what went out and what came in marked in the text."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activity.diff import Change
from activity.present import visible
from activity.summary import path_words

# Comparing word by word takes the square of the length in the worst case.
_MOST_WORDS = 1000
# The raw JSON of the entry has the rest.
_MOST_CHANGES, _MOST_ITEMS = 300, 100
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Part:
    """A stretch of text: `mark` is "ins", "del" or nothing."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class ShownChange:
    """One field: its value before and after in parts, or the items that a list lost and gained."""

    label: str
    path: str
    kind: str
    before: list[Part]
    after: list[Part]
    removed: list[str]
    added: list[str]
    # How many items there are beyond those listed.
    more: int


def shown_changes(changes: Mapping[str, Change]) -> tuple[list[ShownChange], int]:
    """The changes, as far as they fit on a page, and how many don't."""
    shown = [_shown(path, change) for path, change in islice(changes.items(), _MOST_CHANGES)]
    return shown, len(changes) - len(shown)


def _shown(path: str, change: Any) -> ShownChange:
    if not isinstance(change, Mapping):
        change = {"after": change}
    removed, added = (
        _items(change, *names) for names in (("removed", "before", "after"), ("added", "after", "before"))
    )
    before, after = ([], []) if removed or added else _values(change)
    return ShownChange(
        label=capfirst(visible(_words(path))),
        path=visible(path),
        kind=_kind(change),
        before=before,
        after=after,
        removed=removed[:_MOST_ITEMS],
        added=added[:_MOST_ITEMS],
        more=sum(max(len(items) - _MOST_ITEMS, 0) for items in (removed, added)),
    )


def _words(path: str) -> str:
    try:
        return path_words(path)
    except ValueError:
        return path


def _items(change: Change, name: str, one_side: str, other_side: str) -> list[str]:
    """The items of a list that changed, or the whole list of an object that is new or gone."""
    items = change.get(name) if other_side in change or name in change else change.get(one_side)
    return [readable(item) for item in items] if isinstance(items, list) else []


def _values(change: Change) -> tuple[list[Part], list[Part]]:
    before, after = (readable(change.get(side)) for side in ("before", "after"))
    if "before" in change and "after" in change:
        return word_diff(before, after)
    return _whole(before, "del"), _whole(after, "ins")


def _kind(change: Change) -> str:
    """What happened to the field: "added", "removed" or "changed"."""
    if change.keys() & {"added", "removed"} or {"before", "after"} <= change.keys():
        return "changed"
    return "added" if "after" in change else "removed"


def readable(value: Any) -> str:
    """A JSON value in words; nothing at all for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(readable(item) for item in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{visible(str(key)).replace('_', ' ')}: {readable(item)}" for key, item in value.items())
    return visible(str(value))


def word_diff(before: str, after: str) -> tuple[list[Part], list[Part]]:
    """Both texts in parts, what went out marked in the first and what came in marked in the second."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if not old or not new or len(old) + len(new) > _MOST_WORDS:
        return _whole(before, "del"), _whole(after, "ins")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    # Two texts that share next to nothing are read better whole.
    if matcher.ratio() < 0.3:
        return _whole(before, "del"), _whole(after, "ins")
    blocks = matcher.get_opcodes()
    return (
        _parts((old[i1:i2], "del" if tag != "equal" else "") for tag, i1, i2, _j1, _j2 in blocks),
        _parts((new[j1:j2], "ins" if tag != "equal" else "") for tag, _i1, _i2, j1, j2 in blocks),
    )


def _whole(text: str, mark: str) -> list[Part]:
    return [Part(text, mark)] if text else []


def _parts(stretches: Iterable[tuple[list[str], str]]) -> list[Part]:
    return [Part("".join(words), mark) for words, mark in stretches if words]
