"""Versions as templates show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from activity.models import Entry
from activity.phrases import Words
from activity.present import ROW_FIELDS, Presenter, Row
from activity.sentences import sentences
from activity.shown_changes import readable
from activity.versions.words import Words as StateWords
from activity.visible import visible

# What an entry needs to be shown as a version.
VERSION_FIELDS = (*ROW_FIELDS, "changes", "reason", "history_id")
_MOST_SENTENCES = 3


@dataclass(frozen=True)
class ShownVersion:
    """A version: what it changed is in `own_words`, such as of a restored one, in sentences, or in the action alone."""

    number: int
    row: Row
    own_words: str
    sentences: list[Words]
    more_sentences: int
    reason: str


def shown_version(version: Entry, presenter: Presenter) -> ShownVersion:
    stored: Any = version
    row = presenter.row(version)
    said, unsaid = sentences(stored.changes) if version.action == "EDITED" else ([], 0)
    unsaid += len(said[_MOST_SENTENCES:])
    own_words = row.summary if version.action == "EDITED" and not row.rest else ""
    return ShownVersion(stored.number, row, own_words, said[:_MOST_SENTENCES], unsaid, visible(version.reason))


@dataclass(frozen=True)
class ShownState:
    """A state: single facts, lists of names, and lines by their heading."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    lists: list[tuple[str, list[str]]] = field(default_factory=list)
    groups: list[tuple[str, list[tuple[str, list[str]]]]] = field(default_factory=list)


def shown_state(words: StateWords) -> ShownState:
    shown = ShownState()
    for label, value in words.items():
        if isinstance(value, Mapping):
            shown.groups.append((label, [(visible(str(name)), _lines(lines)) for name, lines in value.items()]))
        elif isinstance(value, list):
            shown.lists.append((label, _lines(value)))
        else:
            shown.facts.append((label, readable(value)))
    return shown


def _lines(value: Any) -> list[str]:
    return [readable(line) for line in (value if isinstance(value, list) else [value])]
