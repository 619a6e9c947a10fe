"""The one text form of JSON here: what is hashed is what is stored and exported."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
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
# The escape of a NUL, and not an escaped backslash before "u0000".
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
# A text as JSON, as `_encode` has it.
_text: Callable[[str], str] = json.encoder.encode_basestring
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical_json(value: Any) -> str:
    """Compact JSON with sorted keys, text in UTF-8 rather than escapes, no NaN or infinity (ValueError).

    What PostgreSQL can't hold in text is replaced: a lone surrogate, a NUL.
    """
    if value == {}:
        return "{}"
    text = _encode(value).encode("utf-8", "replace").decode()
    return _NUL.sub("\\1\N{REPLACEMENT CHARACTER}", text) if "u0000" in text else text


@lru_cache(maxsize=64)
def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC to the microsecond: 2026-01-31T09:30:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def entry_halves(row: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON of an entry from its columns, cut behind `details`: what comes after is flat.

    `changes` and `details` are their stored text, which is canonical JSON already. Spelled out, as every entry that is
    written or verified comes through here: a general encoder takes three times as long.
    """
    text = _text
    history_id, org_tree_id, parent_seq = row["history_id"], row["org_tree_id"], row["parent_seq"]
    seq, ip_address = row["seq"], row["ip_address"]
    return (
        f'{{"account_id":{row["account_id"]},"action":{text(row["action"])},"actor_email":{text(row["actor_email"])},'
        f'"actor_id":{text(row["actor_id"])},"actor_kind":{text(row["actor_kind"])},'
        f'"actor_name":{text(row["actor_name"])},"changes":{row["changes"]},"child_count":{row["child_count"]},'
        f'"details":{row["details"]}',
        f',"history_id":{"null" if history_id is None else history_id},"history_model":{text(row["history_model"])},'
        f'"ip_address":{"null" if ip_address is None else text(ip_address)},"object_id":{text(row["object_id"])},'
        f'"object_name":{text(row["object_name"])},"occurred_at":{_moment(row["occurred_at"])},'
        f'"org_tree_id":{"null" if org_tree_id is None else org_tree_id},'
        f'"parent_seq":{"null" if parent_seq is None else parent_seq},'
        f'"reason":{text(row["reason"])},"recorded_at":{_moment(row["recorded_at"])},'
        f'"request_id":{text(row["request_id"])},"seq":{"null" if seq is None else seq},"source":{text(row["source"])},'
        f'"summary":{text(row["summary"])},"type":{text(row["type"])},"user_agent":{text(row["user_agent"])}}}',
    )


def _moment(moment: datetime | str | None) -> str:
    """Of a time, or of its text where the database has written it."""
    if isinstance(moment, str):
        return f'"{moment}"'
    return "null" if moment is None else f'"{utc_text(moment)}"'


def entry_json(row: Mapping[str, Any]) -> str:
    """The canonical JSON of an entry from its columns, with `changes` and `details` as their stored text."""
    return "".join(entry_halves(row))


def plain(entry: Any) -> dict[str, Any]:
    """All that an entry says, hashes included, as JSON can hold it."""
    values = {name: getattr(entry, name) for name in (*CONTENT, "prev_hash", "hash")}
    return {name: utc_text(value) if isinstance(value, datetime) else value for name, value in values.items()}


def chain_hash(prev_hash: str, row: Mapping[str, Any]) -> str:
    """SHA-256 of the previous hash (64 hex digits) and the entry's canonical JSON, as 64 hex digits (SPEC §6)."""
    known, flat = entry_halves(row)
    return hashlib.sha256(f"{prev_hash}{known}{flat}".encode()).hexdigest()
