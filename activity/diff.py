"""What changed between two values: a pure function, and its inverse.

Changes map a path to one change. A path is `field`, `field.key` or `field[item]`, where an item of a list of objects
is named by its identity and not by its position: `lead_time.phases[Review].end_event`. `field[]` is the order of such
items. A change has `before` and `after` (one of them missing when the value is new or gone), or `added` and `removed`
for lists of single values, with `at` (places of the added ones) when they aren't at the end.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from activity.canonical import canonical_json

Change = dict[str, Any]
Changes = dict[str, Change]

# The keys that name an item of a list, tried in this order.
IDENTITY_KEYS = ("id", "key", "name", "email", "cloud_id")
_PLAIN = re.compile(r"[^.\[\]\"]+")


def diff(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Changes:
    """The changes that lead from `before` to `after`; None on either side means that there is no object."""
    return dict(_mapping("", before or {}, after or {}))


def count(changes: Mapping[str, Change]) -> int:
    """How many changes a person would count: each added or removed item, and each value."""
    return sum(len(change.get("added", ())) + len(change.get("removed", ())) or 1 for change in changes.values())


def change_list(before: Sequence[Any], after: Sequence[Any]) -> Change:
    """The change between two lists of values: added and removed, or both lists whole when that can't tell it."""
    old, new = [canonical_json(item) for item in before], [canonical_json(item) for item in after]
    was, now = set(old), set(new)
    kept = [text for text in new if text in was]
    if len(was) < len(old) or len(now) < len(new) or kept != [text for text in old if text in now]:
        return {"before": list(before), "after": list(after)}
    at = [place for place, text in enumerate(new) if text not in was]
    change: Change = {
        "added": [after[place] for place in at],
        "removed": [item for item, text in zip(before, old, strict=True) if text not in now],
    }
    if at and at[0] < len(kept):
        change["at"] = at
    return change


def _value(path: str, before: Any, after: Any) -> Iterator[tuple[str, Change]]:
    if canonical_json(before) == canonical_json(after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mapping(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        identity = identity_key(before + after)
        if identity and _unique(before, identity) and _unique(after, identity):
            yield from _items(path, before, after, identity)
        else:
            yield path, change_list(before, after)
    else:
        yield path, {"before": before, "after": after}


def _mapping(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Change]]:
    for key in [*before, *(key for key in after if key not in before)]:
        yield from _pair(_join(path, key), key, before, after)


def _items(path: str, before: list[Any], after: list[Any], identity: str) -> Iterator[tuple[str, Change]]:
    old, new = ({item[identity]: item for item in items} for items in (before, after))
    for key in [*old, *(key for key in new if key not in old)]:
        yield from _pair(f"{path}[{_item(key)}]", key, old, new)
    if [*(key for key in old if key in new), *(key for key in new if key not in old)] != list(new):
        yield f"{path}[]", {"before": list(old), "after": list(new)}


def _pair(path: str, key: Any, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[tuple[str, Change]]:
    if key not in after:
        yield path, {"before": before[key]}
    elif key not in before:
        yield path, {"after": after[key]}
    else:
        yield from _value(path, before[key], after[key])


def identity_key(items: Iterable[Any]) -> str | None:
    """The key that names each of `items`, when all are objects that have it as text or a whole number."""
    objects = list(items)
    if not objects or not all(isinstance(item, Mapping) for item in objects):
        return None
    for key in IDENTITY_KEYS:
        if all(isinstance(item.get(key), (str, int)) and not isinstance(item[key], bool) for item in objects):
            return key
    return None


def _unique(items: list[Any], identity: str) -> bool:
    return len({_item(item[identity]) for item in items}) == len(items)


def _join(path: str, key: str) -> str:
    if not _PLAIN.fullmatch(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key


def _item(key: Any) -> str:
    """An identity inside brackets: bare text where it can't be mistaken for a number or for quoted text."""
    if isinstance(key, str) and _PLAIN.fullmatch(key) and not re.fullmatch(r"-?\d+", key):
        return key
    return json.dumps(key)
