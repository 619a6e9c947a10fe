"""The one text form of JSON here: what is hashed is what is stored and exported."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64

# Every column that the hash covers, in the order that canonical JSON gives them.
CONTENT = (
    "account_id",
    "action",
    "actor_email",
    "actor_id",
    "actor_kind",
    "actor_name",
    "changes",
    "child_count",
    "details",
    "history_id",
    "history_model",
    "ip_address",
    "object_id",
    "object_name",
    "occurred_at",
    "org_tree_id",
    "parent_seq",
    "reason",
    "recorded_at",
    "request_id",
    "seq",
    "source",
    "summary",
    "type",
    "user_agent",
)
# `changes` and `details` hold canonical JSON already, which goes into the entry's as it stands; these are the columns
# before, between and after them.
_CHANGES, _DETAILS = CONTENT.index("changes"), CONTENT.index("details")
_RUNS = (CONTENT[:_CHANGES], CONTENT[_CHANGES + 1 : _DETAILS], CONTENT[_DETAILS + 1 :])

# The escape of a NUL, and not an escaped backslash before "u0000".
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical_json(value: Any) -> str:
    """Compact JSON with sorted keys, text in UTF-8 rather than escapes, no NaN or infinity (ValueError).

    What PostgreSQL can't hold in text is replaced: a lone surrogate, a NUL.
    """
    text = _encode(value).encode("utf-8", "replace").decode()
    return _NUL.sub("\\1\N{REPLACEMENT CHARACTER}", text) if "u0000" in text else text


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC to the microsecond: 2026-01-31T09:30:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def entry_halves(row: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON of an entry from its columns, cut behind `details`: what comes after is flat."""
    start, middle, rest = (_encode({name: _plain(row[name]) for name in names}) for names in _RUNS)
    return f'{start[:-1]},"changes":{row["changes"]},{middle[1:-1]},"details":{row["details"]}', f",{rest[1:]}"


def entry_json(row: Mapping[str, Any]) -> str:
    """The canonical JSON of an entry from its columns, with `changes` and `details` as their stored text."""
    return "".join(entry_halves(row))


def _plain(value: Any) -> Any:
    return utc_text(value) if isinstance(value, datetime) else value


def chain_hash(prev_hash: str, row: Mapping[str, Any]) -> str:
    """SHA-256 of the previous hash (64 hex digits) and the entry's canonical JSON, as 64 hex digits (SPEC §6)."""
    return hashlib.sha256((prev_hash + entry_json(row)).encode()).hexdigest()
