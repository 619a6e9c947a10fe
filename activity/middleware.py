"""Gives every request an id, and opens a recording for every request that may write."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from activity.actors import Actor
from activity.models import ActorKind
from activity.recording import recording
from activity.requests import context_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class RequestIdMiddleware:
    """Our own id for each request, never the client's, so that an entry can be found in the application log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class RecordingMiddleware:
    """Changes and entries of a request are committed together, or, after an error, not at all."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        with recording(**context_of(request)) as rec:
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "raised", False):
                transaction.set_rollback(True)
            rec.context.reason = getattr(request, "reason", "")
            if rec.context.actor.kind == ActorKind.SYSTEM:
                # Who came as a visitor and is signed in by this very request has done it.
                rec.context.actor = Actor.user(request.user)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """A recording for the few views that write on a GET. This middleware is the last, so nothing is passed by."""
        if request.method not in SAFE_METHODS or not getattr(view, "writes_on_get", False):
            return None
        with recording(**context_of(request)):
            response: HttpResponseBase = view(request, *args, **kwargs)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A view that raised, even Http404, is undone: its answer says that nothing happened."""
        request.raised = True  # type: ignore[attr-defined]
