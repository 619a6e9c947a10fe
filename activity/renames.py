"""Items of a list that were renamed: to the diff one is gone and another has come, to people it is the same."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

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
    for path, gone, come in list(_pairs(changes)):
        old, new = changes[gone]["before"], changes[come]["after"]
        key = identity_key([old, new])
        if key is None or {**old, key: ""} != {**new, key: ""}:
            continue
        rename = Rename(path, str(old[key]), str(new[key]))
        renames.append(rename)
        del rest[gone], rest[come]
        _reorder(rest, rename)
    return renames, rest


def _pairs(changes: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Lists from which one item is gone and to which one has come, and the paths of the two."""
    gone, come = defaultdict(list), defaultdict(list)
    for path, change in changes.items():
        if isinstance(change, Mapping) and (match := _LAST_ITEM.fullmatch(path)):
            if change.keys() == {"before"}:
                gone[match["list"]].append(path)
            elif change.keys() == {"after"}:
                come[match["list"]].append(path)
    for path, paths in gone.items():
        if len(paths) == len(come[path]) == 1:
            yield path, paths[0], come[path][0]


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
