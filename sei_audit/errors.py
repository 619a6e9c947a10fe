"""Errors that Django has no page for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views import defaults

from accounts.api.authentication import is_api
from accounts.api.problems import LATER, gave_up, problem, took_too_long


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(400, "The request can't be understood.")
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(403, "This is not allowed.") if is_api(request) else defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(404, "There is nothing here.") if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        return problem(500, "Something went wrong here. Nothing was changed.")
    return defaults.server_error(request)


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
        if not gave_up(exception):
            return None
        if is_api(request):
            return took_too_long()
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = str(LATER)
        return response
