"""The shapes of what the API of the log takes and gives."""

from accounts.api.schema import Schema, or_null, record, shape, text
from activity.catalog import ACTIONS, TYPES, Origin
from activity.ingest import OBJECTS, TEXTS
from activity.models import ActorKind, Source

_WHOLE: Schema = {"type": "integer"}
_MOMENT = text(format="date-time")
_HASH = text(pattern="^[0-9a-f]{64}$")
_SAID = {
    "type": "What it is about; the catalog has all types.",
    "action": "What was done; the catalog says what each type has.",
    "actor_email": "Who did it. Without an e-mail and a name, it was the key.",
    "actor_name": "The actor's name. Without an e-mail, the actor is a system of that name.",
    "object_id": "Your id of the object.",
    "object_name": "The object's name at the time.",
    "reason": "Why, in the actor's words.",
    "request_id": "Entries of one request share it.",
    "user_agent": "What the actor used.",
    "idempotency_key": "What no other entry of the account has. Sent again, it gets the first receipt, for ever.",
    "before": "The object before; left out if it was new. What is different from `after` becomes the changes.",
    "after": "The object after; left out if it is gone.",
    "changes": "Instead of before and after: path → before and after, or added and removed.",
    "details": "Other facts.",
}


def _new_entry(types: list[str]) -> Schema:
    texts = {name: or_null(text(_SAID[name], maxLength=limit)) for name, limit in TEXTS.items()}
    objects = {name: {"type": ["object", "null"], "description": _SAID[name]} for name in OBJECTS}
    return record(
        {
            **texts,
            "type": text(_SAID["type"], enum=types),
            "action": text(_SAID["action"], enum=list(ACTIONS)),
            "occurred_at": or_null(text("When; UTC unless it has an offset. Now, if left out.", format="date-time")),
            "ip_address": or_null(text("The actor's address, IPv4 or IPv6.")),
            **objects,
        },
        ["type", "action"],
    )


NEW = shape("NewEntry", _new_entry([code for code, row in TYPES.items() if row.origin == Origin.INGEST]))
OLD = shape("ImportedEntry", _new_entry(list(TYPES)))
ENTRY = shape(
    "Entry",
    record(
        {
            "seq": {
                "type": "integer",
                "description": "Its number: without gaps, in the order of commits.",
            },
            "occurred_at": _MOMENT,
            "recorded_at": _MOMENT,
            "type": text(enum=list(TYPES)),
            "action": text(enum=list(ACTIONS)),
            "actor_kind": text(enum=ActorKind.values),
            **{
                name: text()
                for name in ("actor_id", "actor_email", "actor_name", "object_id", "object_name", "summary")
            },
            "changes": {"type": "object", "description": "Path → before and after, or added and removed."},
            "details": {"type": "object"},
            **{name: text() for name in ("reason", "request_id", "user_agent", "history_model")},
            "source": text(enum=Source.values),
            "ip_address": or_null(text()),
            "parent_seq": or_null({**_WHOLE, "description": "The batch that it is part of."}),
            "child_count": {"type": "integer", "description": "How many entries a batch has."},
            **{name: or_null(_WHOLE) for name in ("org_tree_id", "history_id")},
            "account_id": _WHOLE,
            "prev_hash": _HASH,
            "hash": {**_HASH, "description": "SHA-256 of `prev_hash` and of the rest of this entry as canonical JSON."},
        }
    ),
)
RECEIPT = shape("Receipt", record({"seq": _WHOLE, "hash": _HASH, "recorded_at": _MOMENT}))
_RESULTS = {"type": "array", "items": ENTRY}
_LINK = text(format="uri")
PAGE = shape(
    "Page",
    record(
        {
            "count": {"type": "integer", "description": "How many entries there are, on all pages."},
            "count_is_exact": {"type": "boolean", "description": "If not, there are more than `count`."},
            "next": or_null({**_LINK, "description": "Where older ones are."}),
            "previous": or_null({**_LINK, "description": "Where newer ones are."}),
            "results": _RESULTS,
        }
    ),
)
FEED = shape(
    "Feed",
    record(
        {
            "after_seq": {"type": "integer", "description": "From where to go on."},
            "caught_up": {"type": "boolean", "description": "Whether that was the end of the log, for now."},
            "next": {**_LINK, "description": "What to ask for next; when caught up, after a while."},
            "results": _RESULTS,
        }
    ),
)
CATALOG = shape(
    "Catalog",
    record(
        {
            "types": {
                "type": "array",
                "items": record(
                    {
                        "type": text(),
                        "label": text(),
                        "origin": text("app: recorded by this app itself. ingest: by others.", enum=list(Origin)),
                        "actions": {"type": "array", "items": text()},
                    }
                ),
            },
            "actions": {"type": "array", "items": record({"action": text(), "label": text()})},
        }
    ),
)
