"""Two texts side by side: what went out and came in is marked by word, what stayed is folded where it is long."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import ngettext

# Comparing takes the square of the length in the worst case: so many words, or of one text of very many.
MOST_UNITS, FEW_UNITS = 400, 40
# So many characters of a stretch that stayed are shown beside a change, and of a text that is new or gone.
_NEAR, _WHOLE = 90, 500
# Long texts are compared by word where few words changed, else by sentence.
_UNITS = (re.compile(r"\s+|\w+|[^\w\s]"), re.compile(r"[^.!?\n]+[.!?\n]*|[.!?\n]+"))
_LETTER = re.compile(r"\w")


@dataclass(frozen=True)
class Part:
    """A stretch of text: `mark` is "ins", "del", "fold" for words in the place of hidden text, or nothing."""

    text: str
    mark: str = ""


# Whether it stayed; the text before; the text after.
Stretch = tuple[bool, str, str]


def text_diff(before: str, after: str, most: int = MOST_UNITS) -> tuple[list[Part], list[Part]]:
    """Both texts in parts, what went out marked in the first and what came in marked in the second."""
    stretches = _joined(_stretches(before, after, most))
    sides: tuple[list[Part], list[Part]] = ([], [])
    for place, (same, old, new) in enumerate(stretches):
        if same:
            edges = (0 if place == 0 else _NEAR, 0 if place == len(stretches) - 1 else _NEAR)
            folded = list(_folded(old, "", *edges))
            sides[0].extend(folded)
            sides[1].extend(folded)
        else:
            sides[0].extend(whole(old, "del"))
            sides[1].extend(whole(new, "ins"))
    return sides


def whole(text: str, mark: str) -> list[Part]:
    """A text that is new or gone as a whole, without its middle when it is long."""
    return list(_folded(text, mark, _WHOLE, _NEAR))


def _stretches(before: str, after: str, most: int) -> list[Stretch]:
    """Where both texts are alike and where not: what differs at all, and inside of that at most so many units."""
    old, new = (_UNITS[0].findall(text) for text in (before, after))
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    head, tail = "".join(old[:start]), "".join(old[len(old) - end :])
    gone, come = ("".join(words[start : len(words) - end]) for words in (old, new))
    return [(True, head, head), *_inside(gone, come, most), (True, tail, tail)]


def _inside(before: str, after: str, most: int) -> Iterator[Stretch]:
    for unit in _UNITS:
        old, new = unit.findall(before), unit.findall(after)
        if len(old) + len(new) <= most:
            return _compared(old, new)
    return iter([(False, before, after)])


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many units both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (old, new) in pairs if old != new), min(len(one), len(other)))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    # Two texts that share next to nothing are read better whole.
    if matcher.ratio() < 0.3:
        yield False, "".join(old), "".join(new)
        return
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag == "equal", "".join(old[i1:i2]), "".join(new[j1:j2])


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    """Changed words with nothing but space or signs between them are one change."""
    joined: list[Stretch] = []
    for same, old, new in stretches:
        if not (old or new):
            continue
        if len(joined) > 1 and not same and joined[-1][0] and not _LETTER.search(joined[-1][1]):
            (_, old1, new1), (_, old2, new2) = joined[-2:]
            joined[-2:] = [(False, old1 + old2 + old, new1 + new2 + new)]
        else:
            joined.append((same, old, new))
    return joined


def _folded(text: str, mark: str, first: int, last: int) -> Iterator[Part]:
    """The text; of a long one only its first and last characters, and how many there are between."""
    if len(text) <= (first + last) * 1.5 + _NEAR:
        if text:
            yield Part(text, mark)
        return
    head = text[:first].rpartition(" ")[0] or text[:first]
    tail = text[len(text) - last :].partition(" ")[2] or text[len(text) - last :]
    hidden = len(text) - len(head) - len(tail)
    words = ngettext("%(n)s character", "%(n)s characters", hidden) % {"n": number_format(hidden, force_grouping=True)}
    yield from (part for part in (Part(head, mark), Part(words, "fold"), Part(tail, mark)) if part.text)
