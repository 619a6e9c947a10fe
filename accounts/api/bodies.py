"""What programs send: read as JSON, up to a size."""

from typing import Any

from rest_framework.exceptions import UnsupportedMediaType

from accounts.api.problems import Problem
from accounts.json_text import is_deeper, read_json

JSON = "application/json"
MOST_BYTES, DEEPEST = 1_000_000, 20
_BOM = b"\xef\xbb\xbf"


def media_type(request: Any) -> str:
    """The type of what was sent, without its parameters."""
    return str(request.content_type or "").partition(";")[0].strip().lower()


def expect(request: Any, *types: str) -> str:
    """The type of what was sent, which must be one of `types` and not compressed, or 415 is the answer."""
    kind = media_type(request)
    if kind not in types or request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType(request.content_type)
    return kind


def read_body(request: Any, most: int) -> bytes:
    """The body of Django's request; of more than `most` bytes, 413 is the answer."""
    too_large = Problem(f"The body is larger than {most // 1_000_000} MB. Send it in parts.", status=413)
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise too_large
    body: bytes = request.read(most + 1)
    if len(body) > most:
        raise too_large
    return body.removeprefix(_BOM)


def json_value(request: Any, most: int) -> Any:
    """The JSON that was sent with a request of the REST framework, in `most` bytes at most."""
    expect(request, JSON)
    try:
        return read_json(read_body(request._request, most))
    except ValueError as error:
        raise Problem(f"The body {error}.") from None


def json_object(request: Any) -> dict[str, Any]:
    """The JSON object that was sent."""
    value = json_value(request, MOST_BYTES)
    if not isinstance(value, dict):
        raise Problem("The body must be a JSON object.")
    if is_deeper(value, DEEPEST):
        raise Problem(f"The body has more than {DEEPEST} values inside each other.")
    return value
