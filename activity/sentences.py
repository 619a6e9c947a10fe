"""What happened, in sentences for people who have never seen the code: End event of Review changed from … to …"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from activity.diff import change_list
from activity.patch import steps
from activity.phrases import Words, few, fill, in_the_middle, phrase, said, short, value
from activity.renames import Rename, without_renames
from activity.shown_changes import shown_changes
from activity.text_diff import Part
from activity.visible import visible
from tracked_objects.in_words import code_in_words, is_condition, is_filter_set
from tracked_objects.models.organisation import Match

_MOST_SENTENCES, _MOST_MOVED = 6, 300
_STEP = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]|[^.\[\]]+')
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def told(changes: Mapping[str, Any], edited: bool = True) -> dict[str, Any]:
    """The context of activity/changes.html; only an edit is also told in sentences."""
    shown, more = shown_changes(changes)
    said, unsaid = sentences(changes) if edited else ([], 0)
    return {
        "changes": shown,
        "more_changes": more,
        "sentences": said,
        "more_sentences": unsaid,
        "has_before": any(change.before for change in shown),
        "has_after": any(change.after for change in shown),
    }


def sentences(changes: Mapping[str, Any]) -> tuple[list[Words], int]:
    """Sentences for the first changes, and how many changes there are beyond."""
    renames, rest = without_renames(changes)
    told = list(islice(rest.items(), max(_MOST_SENTENCES - len(renames), 0)))
    made = [words for path, change in told for words in _sentences(path, change)]
    return [*map(_renamed, renames), *made], len(rest) - len(told)


def _sentences(path: str, change: Any) -> Iterator[Words]:
    change = _listed(change)
    added, removed = (_only(change, side, is_filter_set) for side in ("added", "removed"))
    if added or removed:
        yield from _filter_sets(path, added, removed)
    else:
        yield _sentence(path, change)


def _only(change: Any, side: str, known: Callable[[Any], bool]) -> list[Any]:
    """The items that a list gained or lost; none when there is one that isn't known."""
    items = change.get(side) if isinstance(change, Mapping) else None
    return items if isinstance(items, list) and all(map(known, items)) else []


def _listed(change: Any) -> Any:
    """The change; a list of conditions or filter sets that is new or gone as items that were added or removed."""
    sides = [change.get(side) or [] for side in ("after", "before")] if isinstance(change, Mapping) else []
    if not all(isinstance(side, list) for side in sides) or all(sides) or not any(sides):
        return change
    known = all(is_condition(item) or is_filter_set(item) for side in sides for item in side)
    return dict(zip(("added", "removed"), sides, strict=True)) if known else change


def _sentence(path: str, change: Any) -> Words:
    owner, inside, label, is_order = _place(path)
    what = _what(owner, label)
    if not isinstance(change, Mapping):
        return fill(_("%(what)s changed"), what=what)
    if change.keys() & {"added", "removed"}:
        return _items(change, what)
    if is_order:
        return _moved(change, what)
    if owner and not label and inside and len(change) == 1:
        template = _("Added %(item)s to %(list)s") if "after" in change else _("Removed %(item)s from %(list)s")
        return fill(template, item=value(owner), list=[Part(inside)])
    before, after = (code_in_words(path.rpartition(".")[2], change.get(side)) for side in ("before", "after"))
    return _values(before, after, _what(owner, "") if owner and label == "enabled" else what)


def _place(path: str) -> tuple[str, str, str, bool]:
    """Of a path: the item that it is about, the list which that is in, the field, and whether it means an order.

    lead_time.phases[Review].end_event → Review, phases, end event.
    """
    try:
        found = list(zip(_STEP.findall(path), steps(path), strict=False))
    except ValueError:
        return "", "", visible(path), False
    owner: list[str] = []
    inside, keys = "", []
    for raw, step in found:
        if not raw.startswith("["):
            keys.append(visible(str(step)).replace("_", " "))
        elif step is not None:
            owner.append(visible(str(step)))
            inside, keys = (keys[-1] if keys else ""), []
    return " › ".join(owner), inside, " › ".join(keys), bool(found) and found[-1][1] is None


def _what(owner: str, label: str) -> Words:
    if owner and label:
        return fill(_("%(field)s of %(item)s"), field=[Part(label)], item=value(owner))
    return value(owner) if owner else [Part(label)]


def _items(change: Mapping[str, Any], what: Words) -> Words:
    added, removed = change.get("added"), change.get("removed")
    if added and removed:
        template = _("Added %(added)s to %(list)s and removed %(removed)s")
        if len(_only(change, "added", is_condition)) == len(_only(change, "removed", is_condition)) == 1:
            template = _("Changed %(removed)s to %(added)s in %(list)s")
    else:
        template = _("Added %(added)s to %(list)s") if added else _("Removed %(removed)s from %(list)s")
    return fill(template, added=few(added), removed=few(removed), list=in_the_middle(what))


def _filter_sets(path: str, added: list[Any], removed: list[Any]) -> Iterator[Words]:
    """What happened to the filter sets of a category; of one that was changed, to what is in it."""
    owner, _inside, label, _is_order = _place(path)
    name = value(label.rpartition(" › ")[2] or owner)
    if len(added) == len(removed) == 1:
        one = phrase(_("a filter set of category %(name)s"), name=name)
        old, new = removed[0], added[0]
        if old["match"] != new["match"]:
            yield _values(str(Match(old["match"]).label), str(Match(new["match"]).label), one)
        conditions = change_list(old["conditions"], new["conditions"])
        if conditions.get("added") or conditions.get("removed"):
            yield _items(conditions, one)
        elif old["conditions"] != new["conditions"]:
            yield fill(_("%(what)s changed"), what=one)
    elif len(added) + len(removed) == 1:
        template = _("Added a filter set to category %(name)s: %(set)s")
        template = template if added else _("Removed a filter set from category %(name)s: %(set)s")
        yield fill(template, name=name, set=few(added or removed))
    else:
        sets = phrase(_("the filter sets of category %(name)s"), name=name)
        yield _items({"added": added, "removed": removed}, sets)


def _renamed(rename: Rename) -> Words:
    _owner, _inside, label, _is_order = _place(rename.path)
    names = {side: value(visible(name)) for side, name in (("before", rename.before), ("after", rename.after))}
    return fill(_("Renamed %(before)s to %(after)s in %(list)s"), list=[Part(label.rpartition(" › ")[2])], **names)


def _moved(change: Mapping[str, Any], what: Words) -> Words:
    """Who moved, if it was one, or where the new one stands; else the new order."""
    before, after = (list(change.get(side) or ())[:_MOST_MOVED] for side in ("before", "after"))
    old, new = [item for item in before if item in after], [item for item in after if item in before]
    inside = in_the_middle(what)
    if old == new and len(added := [item for item in after if item not in before]) == 1:
        place = [Part(str(after.index(added[0]) + 1))]
        return fill(
            _("%(item)s stands at place %(place)s of %(list)s"), item=value(said(added[0])), place=place, list=inside
        )
    first = next((pair for pair in zip(new, old, strict=False) if pair[0] != pair[1]), ())
    templates = (
        _("Moved %(item)s up in %(list)s, from place %(old)s to %(new)s"),
        _("Moved %(item)s down in %(list)s, from place %(old)s to %(new)s"),
    )
    for item, template in zip(first, templates, strict=False):
        if [other for other in old if other != item] == [other for other in new if other != item]:
            places = {"old": [Part(str(before.index(item) + 1))], "new": [Part(str(after.index(item) + 1))]}
            return fill(template, item=value(said(item)), list=inside, **places)
    return fill(_("%(what)s put in another order: %(items)s"), what=what, items=few(after))


def _values(before: Any, after: Any, what: Words) -> Words:
    if isinstance(after, bool) and isinstance(before, (bool, type(None))):
        return fill(_("%(what)s turned on") if after else _("%(what)s turned off"), what=what)
    old, new = short(before), short(after)
    if before in _NOTHING:
        return fill(_("%(what)s set to %(after)s") if new else _("%(what)s added"), what=what, after=new)
    if after in _NOTHING:
        template = _("%(what)s removed; it was %(before)s") if old else _("%(what)s removed")
        return fill(template, what=what, before=old)
    template = _("%(what)s changed from %(before)s to %(after)s") if old and new else _("%(what)s changed")
    return fill(template, what=what, before=old, after=new)
