"""The filter of the list as people see it: chips that can be removed, choices with counts, quick ranges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from activity.catalog import ACTIONS, TYPES
from activity.filters import EntryFilter
from activity.models import Source
from activity.visible import visible

_MOST_OF_A_FIELD = 10
_LABELS: dict[str, Mapping[str, Any]] = {
    "type": {code: row.label for code, row in TYPES.items()},
    "action": ACTIONS,
    "source": dict(Source.choices),
}


@dataclass(frozen=True)
class Chip:
    """One value of the active filter, and the URL of the list without it."""

    name: str
    text: str
    url: str


@dataclass(frozen=True)
class Choice:
    """A value to tick, and how many entries it would give; '' when that isn't known."""

    code: str
    label: str
    count: str
    chosen: bool


def chips(entry_filter: EntryFilter) -> list[Chip]:
    by_name: dict[str, list[str]] = {}
    for name, text in entry_filter.pairs:
        by_name.setdefault(name, []).append(text)
    return [chip for name, texts in by_name.items() for chip in _chips_of(entry_filter, name, texts)]


def _chips_of(entry_filter: EntryFilter, name: str, texts: list[str]) -> Iterable[Chip]:
    label = str(entry_filter.filters[name].label)
    shown = texts if len(texts) <= _MOST_OF_A_FIELD else texts[: _MOST_OF_A_FIELD - 1]
    for text in shown:
        words = str(_LABELS.get(name, {}).get(text, text))
        yield Chip(label, visible(words), entry_filter.query((name, text)))
    if rest := texts[len(shown) :]:
        yield Chip(label, _("%(n)d more") % {"n": len(rest)}, entry_filter.query(*((name, text) for text in rest)))


def choices(entry_filter: EntryFilter, name: str, counts: Mapping[str, int] | None) -> list[Choice]:
    """What `name` can be narrowed to: what the viewer's entries have, most frequent first, and what is chosen."""
    chosen = entry_filter.form.cleaned_data.get(name, [])
    codes = _LABELS[name] if counts is None else sorted(counts, key=lambda code: (-counts[code], code))
    known = counts or {}
    return [
        Choice(
            code,
            str(_LABELS[name].get(code, code)),
            number_format(known[code], force_grouping=True) if code in known else "",
            code in chosen,
        )
        for code in [*codes, *(code for code in chosen if code not in codes)]
    ]


def quick_ranges(entry_filter: EntryFilter) -> list[tuple[str, str]]:
    """Label and URL of the ranges that people ask for most."""
    today = datetime.now(UTC).date()
    starts = {
        _("Today"): today,
        _("Last 7 days"): today - timedelta(days=6),
        _("Last 30 days"): today - timedelta(days=29),
        _("Last 90 days"): today - timedelta(days=89),
        _("This year"): today.replace(month=1, day=1),
    }
    links = [(label, entry_filter.query(**{"from": start.isoformat(), "to": ""})) for label, start in starts.items()]
    return [*links, (_("Any time"), entry_filter.query(**{"from": "", "to": ""}))]
