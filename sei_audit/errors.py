"""Errors that Django has no page for."""

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

# PostgreSQL gave up: the statement took too long, or waited too long for a lock.
GAVE_UP = {"57014", "55P03"}


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The answer to somebody who tries to sign in too often."""
    return render(request, "429.html", status=429)


class BusyMiddleware:
    """Says that a page took too long, instead of that something is broken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError) and getattr(exception.__cause__, "sqlstate", "") in GAVE_UP:
            response = render(request, "503.html", status=503)
            response.headers["Retry-After"] = "30"
            return response
        return None
