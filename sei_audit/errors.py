"""Errors that Django has no page for."""

import logging
import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from accounts.api.authentication import is_api
from accounts.api.problems import later, problem
from accounts.unavailable import LATER, unavailable
from activity.preferences import preferences
from sei_audit import metrics

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(400, "The request can't be understood.")
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(403, "This is not allowed.") if is_api(request) else defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(404, "There is nothing here.") if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is handled. What a request wrote is recorded, and committed, after its view."""
    if answer := database_cant(request, sys.exception()):
        return answer
    if is_api(request):
        return problem(500, "Something went wrong here. Nothing was changed.")
    return defaults.server_error(request)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The answer to somebody who tries to sign in too often."""
    return render(request, "429.html", status=429)


def database_cant(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """A page that asks nothing of the database, if that is what couldn't do what it was asked; else None."""
    reason = unavailable(error)
    if reason is None:
        return None
    metrics.REFUSED.labels(reason.name).inc()
    logger.error("%s: %s", reason.name.capitalize(), str(error).partition("\n")[0], extra={"request": request})
    if is_api(request):
        response = later(reason)
    else:
        page = render_to_string("503.html", {**preferences(request), "reason": reason})
        response = HttpResponse(page, status=503, headers={"Retry-After": str(LATER)})
    # A traceback says no more, and while the database is away there is one a request.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


class UnavailableMiddleware:
    """Says that the database couldn't, instead of that something is broken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return database_cant(request, exception)
