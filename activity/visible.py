"""Text from outside, shown so that it can't hide, turn or forge anything."""

import json
import re
from typing import Any

# Control characters and everything that turns or hides text. Joiners stay where scripts and emoji need them: not
# beside ASCII, where they only hide.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])|[\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with characters that would hide, turn or forge it shown as their code: [U+202E]."""
    return _HIDDEN.sub(_code, text)


def _code(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else f"[U+{code:04X}]"


def pretty_json(value: Any) -> str:
    """Indented JSON, in which everything that would hide, turn or forge text is an escape."""
    return _HIDDEN.sub(lambda match: json.dumps(match[0])[1:-1], json.dumps(value, indent=2, ensure_ascii=False))
