"""The application's own log (not the activity log): one record, one line, as text or as JSON; one for each request."""

import json
import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

logger = logging.getLogger("sei_audit.requests")

# What ends or hides a line: control characters, those that turn text around, and those that take no room.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
# Who has the link of an invitation, of a new password or of a new e-mail may use it. Longer than any word of ours.
_TOKEN = re.compile(r"(?<=/invitations/)[\w-]{20,}|(?<=/password/reset/)\w+-[\w-]+|(?<=/own/email/)[^/\s]+")
# Where PostgreSQL shows the whole row that it refused, with all that is in it.
_DETAIL = re.compile(r"\nDETAIL: .*?(?=\n\n(?:The above exception|During handling)|\Z)", re.DOTALL)
# Asked for all day, of no interest to anybody.
_QUIET = ("/healthz", "/readyz", "/metrics", "/static/")

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def harmless(text: str) -> str:
    """Text without tokens, in which nothing can fake or hide a line."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], _TOKEN.sub("…", text))


def traceback_of(formatted: str) -> list[str]:
    """The lines of a traceback, harmless each, without what rows had in them."""
    return [harmless(line) for line in _DETAIL.sub("", formatted).split("\n")]


def request_id_of(record: logging.LogRecord) -> str:
    """The id of the request that a record is about, or else was written in; its entries have it too."""
    return getattr(getattr(record, "request", None), "request_id", None) or _request_id.get()


class OneLine(logging.Formatter):
    """For people. A traceback takes lines of its own, each of them indented, so that none looks like a record."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {request_id} {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = harmless(record.message)
        record.request_id = request_id_of(record)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return "\n".join(f"  {line}" for line in traceback_of(super().formatException(ei)))


class JsonLine(logging.Formatter):
    """For programs: an object a line, with a traceback inside."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said: dict[str, Any] = {"time": at.replace("+00:00", "Z"), "level": record.levelname, "logger": record.name}
        said |= {"request_id": request_id_of(record), "message": harmless(record.getMessage())}
        said |= getattr(record, "facts", {})
        if record.exc_info:
            said["traceback"] = "\n".join(traceback_of(self.formatException(record.exc_info)))
        return json.dumps(said)


class RequestLogMiddleware:
    """Writes a record for each request: never its query, its body or a token, and nothing that a client says it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token, began = _request_id.set(request.request_id), time.perf_counter()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            if not request.path.startswith(_QUIET):
                _write(request, response, (time.perf_counter() - began) * 1000)
            return response
        finally:
            _request_id.reset(token)


def _write(request: HttpRequest, response: HttpResponseBase, ms: float) -> None:
    access = getattr(request, "access", None)
    facts = {
        "method": harmless(request.method or "")[:20],
        "path": harmless(request.path)[:500],
        "status": response.status_code,
        "ms": round(ms, 1),
        "account": access.account.slug if access else None,
        "actor": _actor_of(request),
    }
    words = " ".join("-" if value is None else str(value) for value in facts.values())
    logger.info("%s", words, extra={"facts": facts})


def _actor_of(request: HttpRequest) -> str:
    """The kind of who asked; of members only those for whom somebody has looked already, without a query."""
    if hasattr(request, "api_key"):
        return "api_key"
    user = getattr(request, "_cached_user", None)
    return "user" if user and user.is_authenticated else "visitor"
