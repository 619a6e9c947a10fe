"""JSON that comes from outside: read strictly, and only what can be stored."""

import json
import math
from typing import Any


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text. A ValueError says what it is instead: "is not JSON: …", and the like."""
    try:
        # Decoded here: json would guess at UTF-16 too.
        text = text.decode() if isinstance(text, bytes) else text
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from None


def is_storable(text: str) -> bool:
    """Whether the database can hold it: it has neither a NUL nor half of a surrogate pair."""
    return text.isprintable() or ("\0" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text))


def is_deeper(value: Any, depth: int) -> bool:
    """Whether there are more than `depth` objects and lists inside each other."""
    if not isinstance(value, (dict, list)):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return not depth or any(is_deeper(inner, depth - 1) for inner in inside)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number
