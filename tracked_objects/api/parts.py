"""The shapes of the fields that have rows: the same as they are stored, and as the log has them."""

from accounts.api.schema import Schema, record, shape, text
from tracked_objects.conditions import Operator
from tracked_objects.models.lead_time import EVENTS, PHASES, Source
from tracked_objects.models.organisation import Match, Setting
from tracked_objects.models.profiles import TicketScope

_SOME: Schema = {"minLength": 1}
_CONDITIONS: Schema = {
    "type": "array",
    "items": shape(
        "Condition",
        record(
            {
                "property": text(**_SOME),
                "operator": text(enum=Operator.values),
                "values": {"type": "array", "items": text(**_SOME), "minItems": 1},
            }
        ),
    ),
}
_EVENT = text(enum=sorted({event for _source, event in EVENTS}))
_SOURCE = text(enum=Source.values)


_BOUNDS = {"start_source": _SOURCE, "start_event": _EVENT, "end_source": _SOURCE, "end_event": _EVENT}
_PHASE = record({"name": text(enum=list(PHASES)), "enabled": {"type": "boolean"}, **_BOUNDS})

PARTS: dict[str, Schema] = {
    "identities": {
        "type": "array",
        "description": "Who the developer is in the tools.",
        "items": record({"application_type": text(**_SOME), "cloud_id": text(**_SOME)}),
    },
    "custom_attributes": {
        "type": "object",
        "description": "Name → value.",
        "propertyNames": _SOME,
        "additionalProperties": text(),
    },
    "lead_time": record(
        {
            "phases": {
                "type": "array",
                "description": "All five. Each enabled one starts when the one before ends, or later.",
                "items": _PHASE,
                "minItems": len(PHASES),
                "maxItems": len(PHASES),
            }
        }
    ),
    "categories": {
        "type": "array",
        "description": "Investment categories: a ticket belongs to the first that it matches.",
        "items": record(
            {"name": text(**_SOME), "ticket_scope": text(enum=TicketScope.values), "conditions": _CONDITIONS}
        ),
    },
    "settings": {
        **record(dict.fromkeys(Setting.values, _CONDITIONS), []),
        "description": "What counts as the team's work, by category.",
    },
    "alignment_filters": {
        "type": "object",
        "description": "Investment category → up to three filter sets.",
        "propertyNames": _SOME,
        "additionalProperties": {
            "type": "array",
            "items": record({"match": text(enum=Match.values), "conditions": _CONDITIONS}),
        },
    },
}
