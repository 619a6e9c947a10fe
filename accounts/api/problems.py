"""Errors as problem JSON (RFC 9457): one shape, whatever went wrong."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions

from accounts.unavailable import LATER, Unavailable

PROBLEM_JSON = "application/problem+json"

Error = dict[str, Any]


class Problem(exceptions.APIException):
    """An error, with each thing that is wrong: its field, its message and, of many entries, the index."""

    def __init__(self, detail: str, errors: Iterable[Error] = (), status: int = 400) -> None:
        super().__init__(detail)
        self.status_code = status
        self.errors = list(errors)


def problem(
    status: int, detail: str, errors: Iterable[Error] = (), headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer to a request that failed."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(body | {"errors": list(errors)}, status=status, content_type=PROBLEM_JSON, headers=headers)


def wrong_parameters(errors: Iterable[Error]) -> Problem:
    """Parameters that say something else than the caller may have meant: nothing is answered rather than too much."""
    return Problem("The parameters can't be understood.", errors)


def not_written(errors: Iterable[Error]) -> Problem:
    """Something is wrong with what was sent, so that nothing of it was written."""
    return Problem("Nothing was written: something is wrong with what was sent.", errors)


def form_errors(form: BaseForm) -> list[Error]:
    """What a form says is wrong, field by field; a parameter that nobody knows is a field too."""
    return [
        {
            "field": ((error.params or {}).get("name") if error.code == "unknown" else None)
            or (None if name == "__all__" else name),
            "message": message,
        }
        for name, found in form.errors.as_data().items()
        for error in found
        for message in error.messages
    ]


def answer(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The answer to an exception of a view; None for what the database can't, and for what nobody expected."""
    # Whatever the view had begun is undone: the answer says that nothing happened.
    context["request"]._request.raised = True
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {"WWW-Authenticate": error.auth_header} if getattr(error, "auth_header", None) else {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error.detail, str):
        return problem(error.status_code, str(error.detail), getattr(error, "errors", ()), headers)
    return problem(error.status_code, "The request is not valid.", _flat(error.detail), headers)


def later(reason: Unavailable) -> HttpResponse:
    """The answer to what the database can't do just now."""
    return problem(503, reason.detail, headers={"Retry-After": str(LATER)})


def _flat(detail: Any, path: str = "") -> list[Error]:
    """The messages of a serializer, each with the path of its field."""
    if isinstance(detail, dict):
        return [
            error
            for name, inner in detail.items()
            for error in _flat(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
        ]
    if isinstance(detail, list):
        return [error for inner in detail for error in _flat(inner, path)]
    return [{"field": path or None, "message": str(detail)}]
