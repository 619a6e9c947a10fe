"""What happened, in sentences for people who have never seen the code: End event of Review changed from … to …"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from activity.patch import steps
from activity.shown_changes import cut, readable, shown_changes
from activity.text_diff import Part
from activity.visible import visible

_MOST_SENTENCES, _MOST_ITEMS, _MOST_CHARACTERS, _MOST_MOVED = 6, 3, 60, 300
_STEP = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]|[^.\[\]]+')
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
_PLACE = re.compile(r"%\((\w+)\)s")
_NOTHING: tuple[Any, ...] = (None, "", [], {})

Words = list[Part]


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
    """A sentence for each of the first changes, and how many changes there are beyond."""
    made = [_sentence(path, change) for path, change in islice(changes.items(), _MOST_SENTENCES)]
    return made, len(changes) - len(made)


def _sentence(path: str, change: Any) -> Words:
    owner, inside, label, is_order = _place(path)
    what = _what(owner, label)
    if not isinstance(change, Mapping):
        return _fill(_("%(what)s changed"), what=what)
    if change.keys() & {"added", "removed"}:
        return _items(change, what)
    if is_order:
        return _moved(change, what)
    if owner and not label and inside and len(change) == 1:
        template = _("Added %(item)s to %(list)s") if "after" in change else _("Removed %(item)s from %(list)s")
        return _fill(template, item=_value(owner), list=[Part(inside)])
    return _values(
        change.get("before"), change.get("after"), _what(owner, "") if owner and label == "enabled" else what
    )


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
        return _fill(_("%(field)s of %(item)s"), field=[Part(label)], item=_value(owner))
    return _value(owner) if owner else [Part(label)]


def _items(change: Mapping[str, Any], what: Words) -> Words:
    added, removed = (_few(change.get(name)) for name in ("added", "removed"))
    if added and removed:
        template = _("Added %(added)s to %(list)s and removed %(removed)s")
    else:
        template = _("Added %(added)s to %(list)s") if added else _("Removed %(removed)s from %(list)s")
    return _fill(template, added=added, removed=removed, list=_in_the_middle(what))


def _few(items: Any) -> Words:
    """The first names of a list, and how many more there are."""
    items = items if isinstance(items, list) else []
    names = [_value(_said(item)) for item in items[:_MOST_ITEMS]]
    if more := len(items) - len(names):
        names.append([Part(_("%(n)d more") % {"n": more})])
    if len(names) < 2:
        return names[0] if names else []
    return _fill(_("%(names)s and %(last)s"), names=_between(names[:-1]), last=names[-1])


def _between(names: Iterable[Words]) -> Words:
    return [part for name in names for part in (Part(", "), *name)][1:]


def _moved(change: Mapping[str, Any], what: Words) -> Words:
    before, after = (list(change.get(side) or ())[:_MOST_MOVED] for side in ("before", "after"))
    old, new = [item for item in before if item in after], [item for item in after if item in before]
    first = next((pair for pair in zip(new, old, strict=False) if pair[0] != pair[1]), ())
    templates = (_("Moved %(item)s up in %(list)s"), _("Moved %(item)s down in %(list)s"))
    for item, template in zip(first, templates, strict=False):
        if [other for other in old if other != item] == [other for other in new if other != item]:
            return _fill(template, item=_value(_said(item)), list=_in_the_middle(what))
    return _fill(_("%(what)s put in another order: %(items)s"), what=what, items=_few(after))


def _values(before: Any, after: Any, what: Words) -> Words:
    if isinstance(after, bool) and isinstance(before, (bool, type(None))):
        return _fill(_("%(what)s turned on") if after else _("%(what)s turned off"), what=what)
    old, new = (_short(value) for value in (before, after))
    if before in _NOTHING:
        return _fill(_("%(what)s set to %(after)s") if new else _("%(what)s added"), what=what, after=new)
    if after in _NOTHING:
        template = _("%(what)s removed; it was %(before)s") if old else _("%(what)s removed")
        return _fill(template, what=what, before=old)
    template = _("%(what)s changed from %(before)s to %(after)s") if old and new else _("%(what)s changed")
    return _fill(template, what=what, before=old, after=new)


def _short(value: Any) -> Words:
    """A value that fits into a sentence; nothing for one that doesn't."""
    text = "" if isinstance(value, (list, dict)) else _said(value)
    return _value(text) if text and not text.endswith("…") and "\n" not in text else []


def _said(value: Any) -> str:
    """Codes as words: pull_request_merged → pull request merged."""
    text = cut(readable(value), _MOST_CHARACTERS)
    return text.replace("_", " ") if _CODE.fullmatch(text) else text


def _value(text: str) -> Words:
    return [Part(text, "value")]


def _in_the_middle(words: Words) -> Words:
    """A field's label inside of a sentence: Members → members, but CI stays."""
    text = words[0].text
    plain = not words[0].mark and text[1:2].islower()
    return [Part(text[:1].lower() + text[1:]), *words[1:]] if plain else words


def _fill(template: str, **values: Sequence[Part]) -> Words:
    """The sentence with parts in its places, beginning with a capital unless it begins with a name."""
    words = [
        part
        for number, piece in enumerate(_PLACE.split(template))
        for part in (values[piece] if number % 2 else [Part(piece)])
        if part.text
    ]
    if words and not words[0].mark:
        words[0] = Part(words[0].text[:1].upper() + words[0].text[1:])
    return words
