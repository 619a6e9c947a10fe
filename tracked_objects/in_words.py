"""What tracked objects keep as JSON, in the words of their forms. The log's other JSON is left as it is."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tracked_objects.conditions import Condition, Operator, words
from tracked_objects.models.lead_time import EVENTS, Source
from tracked_objects.models.organisation import Match
from tracked_objects.models.profiles import TicketScope

FilterSet = dict[str, Any]

_SOURCES = dict(Source.choices)
_EVENTS = {event: label for (_source, event), label in EVENTS.items()}
_CODES: dict[str, Mapping[str, Promise | str]] = {
    "ticket_scope": dict(TicketScope.choices),
    "start_source": _SOURCES,
    "start_event": _EVENTS,
    "end_source": _SOURCES,
    "end_event": _EVENTS,
}


def code_in_words(key: str, value: Any) -> Any:
    """The label of a code that is kept under `key`; any other value as it is."""
    labels = _CODES.get(key, {})
    return str(labels[value]) if isinstance(value, str) and value in labels else value


def is_condition(value: Any) -> TypeGuard[Condition]:
    return (
        isinstance(value, Mapping)
        and value.keys() == {"property", "operator", "values"}
        and isinstance(value["property"], str)
        and value["operator"] in Operator.values
        and isinstance(value["values"], list)
        and all(isinstance(word, str) for word in value["values"])
    )


def is_filter_set(value: Any) -> TypeGuard[FilterSet]:
    return (
        isinstance(value, Mapping)
        and value.keys() == {"match", "conditions"}
        and value["match"] in Match.values
        and isinstance(value["conditions"], list)
        and all(map(is_condition, value["conditions"]))
    )


def in_words(value: Any) -> str | None:
    """A condition or a filter set as a line of text; None for anything else."""
    if is_condition(value):
        return words(value)
    if is_filter_set(value):
        between = _(" AND ") if value["match"] == Match.ALL else _(" OR ")
        return between.join(map(words, value["conditions"]))
    return None
