"""Parts of sentences: templates filled with words and values, values in words, lists of names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from activity.shown_changes import cut, readable
from activity.text_diff import Part

_MOST_ITEMS, _MOST_CHARACTERS, _MOST_OF_A_LINE = 3, 60, 160
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
_PLACE = re.compile(r"%\((\w+)\)s")

Words = list[Part]


def phrase(template: str, **values: Sequence[Part]) -> Words:
    """The template with parts in its places."""
    return [
        part
        for number, piece in enumerate(_PLACE.split(template))
        for part in (values[piece] if number % 2 else [Part(piece)])
        if part.text
    ]


def fill(template: str, **values: Sequence[Part]) -> Words:
    """The template as a sentence, beginning with a capital unless it begins with a name."""
    words = phrase(template, **values)
    if words and not words[0].mark:
        words[0] = Part(words[0].text[:1].upper() + words[0].text[1:])
    return words


def value(text: str) -> Words:
    return [Part(text, "value")]


def said(item: Any) -> str:
    """An item in words, and codes as words: pull_request_merged → pull request merged."""
    text = cut(readable(item), _MOST_OF_A_LINE if isinstance(item, Mapping) else _MOST_CHARACTERS)
    return text.replace("_", " ") if _CODE.fullmatch(text) else text


def short(item: Any) -> Words:
    """A value that fits into a sentence; nothing for one that doesn't."""
    text = "" if isinstance(item, (list, dict)) else said(item)
    return value(text) if text and not text.endswith("…") and "\n" not in text else []


def few(items: Any) -> Words:
    """The first names of a list, and how many more there are."""
    items = items if isinstance(items, list) else []
    names = [value(said(item)) for item in items[:_MOST_ITEMS]]
    if more := len(items) - len(names):
        names.append([Part(_("%(n)d more") % {"n": more})])
    if len(names) < 2:
        return names[0] if names else []
    return fill(_("%(names)s and %(last)s"), names=_between(names[:-1]), last=names[-1])


def _between(names: Iterable[Words]) -> Words:
    return [part for name in names for part in (Part(", "), *name)][1:]


def in_the_middle(words: Words) -> Words:
    """A field's label inside of a sentence: Members → members, but CI stays."""
    text = words[0].text
    plain = not words[0].mark and text[1:2].islower()
    return [Part(text[:1].lower() + text[1:]), *words[1:]] if plain else words
