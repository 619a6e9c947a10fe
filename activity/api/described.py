"""What each request of the API of the log is for, what it takes and what it answers, for the API's description."""

from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from accounts.api.schema import Described, Schema, text
from accounts.api.schema import documented as documented_in
from activity.api import shapes
from activity.api.filters import LARGEST_PAGE, PAGE_SIZE
from activity.catalog import ACTIONS, TYPES
from activity.models import Source

JSON, NDJSON = "application/json", "application/x-ndjson"
documented = partial(documented_in, group="Activity log")
_EXAMPLE_HASH = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


def _many(name: str, description: str, items: Schema | None = None) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "array", "items": items or text()}, description=description)


_FILTERS = [
    _many("email", "Actors, by e-mail."),
    _many("type", "Types of the catalog.", text(enum=list(TYPES))),
    _many("action", "Actions of the catalog.", text(enum=list(ACTIONS))),
    OpenApiParameter("from", description="The first moment: a date or an ISO time, in UTC unless it has an offset."),
    OpenApiParameter("to", description="The last moment; a date includes that day."),
    _many("object", "Objects, as TYPE:id."),
    _many("ip", "IP addresses."),
    _many("request", "Ids of requests."),
    _many("source", "Where entries came from.", text(enum=Source.values)),
    OpenApiParameter("q", description="Words in summary, object, actor and changes; all of them."),
]
_PAGING = [
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
        description="How many entries at once.",
    ),
    OpenApiParameter("cursor", description="Where a page begins; `next` and `previous` have it."),
    OpenApiParameter("order", enum=["seq"], description="seq: oldest first, by number, to follow the log."),
    OpenApiParameter(
        "after_seq", {"type": "integer", "minimum": 0}, description="With order=seq: the last number that you have."
    ),
]
_AN_ENTRY: dict[str, Any] = {
    "seq": 4128,
    "occurred_at": "2026-01-31T09:30:00.000000Z",
    "recorded_at": "2026-01-31T09:30:00.412345Z",
    "type": "DASHBOARD",
    "action": "EDITED",
    "actor_kind": "user",
    "actor_id": "",
    "actor_email": "dana@acme.example",
    "actor_name": "Dana Keller",
    "object_id": "d-17",
    "object_name": "Lead time",
    "summary": "Edited dashboard “Lead time”: refresh",
    "changes": {"refresh": {"before": 60, "after": 15}},
    "details": {"ingested_by": "Dashboards (sei_k3v9x1ab_…)"},
    "reason": "",
    "request_id": "",
    "user_agent": "",
    "history_model": "",
    "source": "INGEST",
    "ip_address": None,
    "parent_seq": None,
    "child_count": 0,
    "org_tree_id": None,
    "history_id": None,
    "account_id": 1,
    "prev_hash": "0" * 64,
    "hash": _EXAMPLE_HASH,
}
_A_NEW_ONE = {
    "type": "DASHBOARD",
    "action": "EDITED",
    "actor_email": "dana@acme.example",
    "object_id": "d-17",
    "object_name": "Lead time",
    "before": {"refresh": 60},
    "after": {"refresh": 15},
    "idempotency_key": "dashboards:8f14e45f",
}
_A_RECEIPT = {"seq": 4128, "hash": _EXAMPLE_HASH, "recorded_at": _AN_ENTRY["recorded_at"]}
_ADDRESS = "https://sei.example.com/api/v1/activity/entries"
_LOG = "Values of one parameter are alternatives; parameters are conditions. A value that can't be right is refused."

list_ = documented(
    "listEntries",
    "List or follow the log",
    f"""The newest entries first, filtered as the list of the log is. {_LOG}

With `order=seq`, everything after a number that you have, oldest first. Numbers have no gaps and are in the order of
commits, so who goes on from `after_seq` never misses an entry.""",
    {
        200: (
            "A page; or, with `order=seq`, what came after.",
            {"anyOf": [shapes.PAGE, shapes.FEED]},
            {
                "count": 1,
                "count_is_exact": True,
                "next": f"{_ADDRESS}?type=DASHBOARD&cursor=o.1769851800000000.4128~aT4…",
                "previous": None,
                "results": [_AN_ENTRY],
            },
        )
    },
    parameters=[*_FILTERS, *_PAGING],
)
entry = documented(
    "readEntry",
    "Read one entry",
    "An entry never changes: its hash is its ETag, and with `If-None-Match` a copy costs nothing.",
    {200: ("The entry.", shapes.ENTRY, _AN_ENTRY), 304: ("It is what you have.", None, None)},
)
catalog = documented(
    "readCatalog",
    "Types and actions",
    "Every type, the actions that it has, and who records it.",
    {
        200: (
            "The catalog.",
            shapes.CATALOG,
            {
                "types": [
                    {
                        "type": "DASHBOARD",
                        "label": "Dashboard",
                        "origin": "ingest",
                        "actions": ["CREATED", "EDITED", "DELETED", "SENT"],
                    }
                ],
                "actions": [{"action": "CREATED", "label": "Created"}],
            },
        )
    },
)


def _sending(name: str, summary: str, description: str, one: Schema) -> Described:
    receipts = {"anyOf": [shapes.RECEIPT, {"type": "array", "items": shapes.RECEIPT}]}
    return documented(
        name,
        summary,
        description,
        {
            200: ("All of it had been sent before: the first receipts.", receipts, [_A_RECEIPT]),
            201: ("Written: a receipt for each entry, in order; for an object, one.", receipts, [_A_RECEIPT]),
        },
        request={
            JSON: (
                {"anyOf": [one, {"type": "array", "minItems": 1, "maxItems": 1000, "items": one}]},
                {"One entry": _A_NEW_ONE, "Several": [_A_NEW_ONE]},
            ),
            NDJSON: (one, {"An entry a line": _A_NEW_ONE}),
        },
        problems=(413, 415),
    )


ingest = _sending(
    "addEntries",
    "Add entries",
    """Up to 1,000 entries, and 10 MB, at once: an object, a list, or JSON Lines. All are written, or none: `errors`
names every entry and field that is wrong. Account, number, time of recording and source are ours to say.

What this app records itself can't be added, nor what is more than five minutes ahead or ten years ago. An entry with an
`idempotency_key` can be sent again without harm.""",
    shapes.NEW,
)
bring_in = _sending(
    "importEntries",
    "Bring in older entries",
    """As adding entries, but of any type, however old, with the source IMPORT. It is for moving to this app, and takes
a key of an Account Admin with the role SEI Import.""",
    shapes.OLD,
)


def _export(name: str, kind: str, media_type: str, example: str) -> Described:
    return documented(
        name,
        f"Download as {kind}",
        f"""All entries that the filter finds, however many, as a stream. {_LOG} The download is an entry itself.

One that fails midway ends the connection without its last part. When it is complete, its manifest is where the header
`Link` says.""",
        {200: (f"{kind}.", text(), example)},
        parameters=_FILTERS,
        media_type=media_type,
    )


export_csv = _export(
    "exportCsv",
    "CSV",
    "text/csv",
    "seq,occurred_at,actor_email,…\r\n4128,2026-01-31T09:30:00.000000Z,dana@acme.example,…\r\n",
)
export_jsonl = _export(
    "exportJsonLines", "JSON Lines", NDJSON, '{"seq": 4128, "occurred_at": "2026-01-31T09:30:00.000000Z", …}\n'
)
manifest = documented(
    "getManifest",
    "The manifest of a download",
    """What the download with this entry was, signed: its hash, its rows, its filters, and where the log stood. For who
downloaded it, and for those who may download everything. `verify_export.py` checks a file by it.""",
    {
        200: (
            "The manifest.",
            {"type": "object"},
            {"format": "sei-activity-export/1", "account": "acme", "filters": {}, "file": {"rows": 4127}},
        )
    },
)
