"""Refusals take the same time, whether or not there is such a member: what the work takes differs by milliseconds."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def even_out(request: HttpRequest) -> None:
    """The answer to this request is to come at a full step."""
    request.even_out = True  # type: ignore[attr-defined]


class PaceMiddleware:
    """Holds back answers that are to be evened out; outside of the transaction, so that nothing waits with them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = self.get_response(request)
        if settings.PACE and getattr(request, "even_out", False):
            time.sleep(-(time.monotonic() - began) % settings.PACE)
        return response
