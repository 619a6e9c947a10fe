"""The one text form of JSON here: what is hashed is what is stored and exported."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64


def canonical_json(value: Any) -> str:
    """Compact JSON with sorted keys, text in UTF-8 rather than escapes, and no NaN or infinity (ValueError).

    A lone surrogate, which UTF-8 can't hold, becomes U+FFFD, as does NUL, which PostgreSQL's text can't.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace").decode()


def chain_hash(prev_hash: str, content: Mapping[str, Any]) -> str:
    """SHA-256 of the previous hash (64 hex digits) and the entry's canonical JSON, as 64 hex digits (SPEC §6)."""
    return hashlib.sha256((prev_hash + canonical_json(content)).encode()).hexdigest()
