"""Refusals take the same time, whether or not there is such a member: what the work takes differs by milliseconds."""

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

STEP = 0.25  # seconds; well above what the log's entry takes


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
        if getattr(request, "even_out", False):
            time.sleep(-(time.monotonic() - began) % STEP)
        return response
