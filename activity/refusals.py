"""Refused exports are part of the log too."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from activity.recording import recording
from activity.requests import context_of

_LONGEST = 1000
_LOG = _("Was refused an export of the activity log")
_REFUSED = {"export_csv": _LOG, "export_jsonl": _LOG, "export_developers": _("Was refused a download of developers")}


class RefusedExportMiddleware:
    """Records a member's attempt to export without the right to: the guard answers before the view could."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        # A form that is refused for where it comes from never got as far as to the guard.
        if response.status_code == 403 and match and match.url_name in _REFUSED and hasattr(request, "access"):
            self._record(request)
        return response

    def _record(self, request: HttpRequest) -> None:
        with recording(**context_of(request)) as rec:
            rec.add(
                request.access.account,  # type: ignore[attr-defined]
                "ACTIVITY_LOG",
                "FAIL",
                summary=_REFUSED[request.resolver_match.url_name or ""],  # type: ignore[union-attr]
                details={"path": request.path, "query": request.META.get("QUERY_STRING", "")[:_LONGEST]},
            )
