"""Applies changes to a value: the inverse of activity.diff, which its tests hold it to."""

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from activity.canonical import canonical_json
from activity.diff import Change, identity_key

# A key at the start or after a dot, a quoted key or item, a bare item, or the brackets that mean the order.
_STEP = re.compile(r'\.?(?P<key>[^.\[\]"]+)|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]|\[(?P<item>[^\]]*)\]')


def apply(before: Mapping[str, Any] | None, changes: Mapping[str, Change]) -> dict[str, Any]:
    """The object after `changes`. Raises KeyError when a path leads to nothing in `before`."""
    result: dict[str, Any] = copy.deepcopy(dict(before or {}))
    for path, change in changes.items():
        _apply_one(result, steps(path), change)
    return result


def steps(path: str) -> list[Any]:
    """The keys of a path, items as the identity they name; None stands for the order of a list."""
    return [_step(match) for match in _STEP.finditer(path)]


def _step(match: re.Match[str]) -> Any:
    if match["key"] is not None:
        return match["key"]
    if match["quoted"] is not None:
        return json.loads(match["quoted"])
    item = match["item"]
    return None if item == "" else int(item) if re.fullmatch(r"-?\d+", item) else item


def _apply_one(root: Any, path: list[Any], change: Change) -> None:
    holder = root
    for step in path[:-1]:
        holder = holder[_place(holder, step)]
    last = path[-1]
    if last is None:
        key = identity_key(holder)
        holder.sort(key=lambda item: change["after"].index(item[key]))
    elif "added" in change:
        place = _place(holder, last)
        holder[place] = _change_items(holder[place], change)
    elif "after" not in change:
        del holder[_place(holder, last)]
    elif isinstance(holder, list) and "before" not in change:
        holder.append(change["after"])
    else:
        holder[_place(holder, last)] = change["after"]


def _place(holder: Any, step: Any) -> Any:
    if not isinstance(holder, list):
        return step
    key = identity_key(holder)
    for place, item in enumerate(holder):
        if key is not None and item[key] == step:
            return place
    raise KeyError(step)


def _change_items(items: list[Any], change: Change) -> list[Any]:
    gone = {canonical_json(item) for item in change["removed"]}
    result = [item for item in items if canonical_json(item) not in gone]
    for place, item in zip(change.get("at") or [], change["added"], strict=False):
        result.insert(place, item)
    return result if "at" in change else result + change["added"]
