"""Items of a list that were renamed: to the diff one is gone and another has come, to people it is the same."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from activity.canonical import canonical_json
from activity.diff import identity_key

_LAST_ITEM = re.compile(r'(?P<list>.*)\[(?:"(?:[^"\\]|\\.)*"|[^\]"]+)\]', re.DOTALL)


class Rename(NamedTuple):
    """One item of the list at `path`, and its names."""

    path: str
    before: str
    after: str


def without_renames(changes: Mapping[str, Any]) -> tuple[list[Rename], dict[str, Any]]:
    """The renames among the changes, and the other changes, told as if the names had always been the new ones."""
    rest, renames = dict(changes), []
    for path, (gone, come) in _pairs(changes):
        key = str(identity_key([changes[gone]["before"]]))
        rename = Rename(path, str(changes[gone]["before"][key]), str(changes[come]["after"][key]))
        renames.append(rename)
        del rest[gone], rest[come]
        _reorder(rest, rename)
    return renames, rest


def _pairs(changes: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Lists, and the paths of an item that is gone and one that has come which have all in common but their names."""
    alike: dict[tuple[str, str, str], dict[str, list[str]]] = defaultdict(lambda: {"before": [], "after": []})
    for path, change in changes.items():
        match = _LAST_ITEM.fullmatch(path)
        if not match or not isinstance(change, Mapping) or len(change) != 1:
            continue
        side, item = next(iter(change.items()))
        if side in {"before", "after"} and (key := identity_key([item])):
            alike[match["list"], key, canonical_json({**item, key: ""})][side].append(path)
    for (path, _key, _content), sides in alike.items():
        if len(sides["before"]) == len(sides["after"]) == 1:
            yield path, sides["before"] + sides["after"]


def _reorder(rest: dict[str, Any], rename: Rename) -> None:
    """Leave of the list's change of order what isn't the rename."""
    order = f"{rename.path}[]"
    change = rest.get(order)
    if not isinstance(change, Mapping) or not isinstance(change.get("before"), list):
        return
    before = [rename.after if str(name) == rename.before else name for name in change["before"]]
    if before == change.get("after"):
        del rest[order]
    else:
        rest[order] = {**change, "before": before}
