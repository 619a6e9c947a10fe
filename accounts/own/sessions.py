"""Where somebody is signed in, and how they sign out there."""

import re
import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.guard import IN_PERSON, access
from accounts.signals import own_security_changed

SEEN = "seen"
SEEN_EVERY = 300  # seconds; more often would be a write for every page

# The first that a user agent names: browsers say that they are like all those after them.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


class SeenMiddleware:
    """Remembers when and from where a session was last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.session.get(SEEN, 0) < time.time() - SEEN_EVERY:
            _see(request)
        return self.get_response(request)


def _see(request: HttpRequest) -> None:
    request.session[SEEN] = int(time.time())
    UserSession.objects.create_from_request(request)


def device(user_agent: str) -> Any:
    """Such as: Firefox on Linux."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), None)
    if browser and system:
        return format_lazy(gettext_lazy("{browser} on {system}"), browser=browser, system=system)
    return browser or system or re.sub(r"[\W_]+.*", "", user_agent)[:40] or gettext_lazy("An unknown browser")


@access(IN_PERSON)
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions of whoever asks; a POST ends one of them, or all but this."""
    if request.method == "POST":
        ended = end_others(request) if "others" in request.POST else _end_one(request, request.POST.get("session", ""))
        words = ngettext("%(count)d session is signed out.", "%(count)d sessions are signed out.", ended)
        messages.success(request, words % {"count": ended})
        return redirect("sessions")
    _see(request)
    found = UserSession.objects.purge_and_list(request.user)
    rows = [(session, device(session.user_agent), session.is_current()) for session in found]
    rows.sort(key=lambda row: (row[2], row[0].last_seen_at), reverse=True)
    return render(request, "accounts/own/sessions.html", {"rows": rows})


def end_others(request: HttpRequest, tell: bool = True) -> int:
    """Sign out everywhere but here; returns in how many places. What is part of another change isn't told."""
    found = [session for session in UserSession.objects.purge_and_list(request.user) if not session.is_current()]
    for session in found:
        session.end()
    if found and tell:
        said = ngettext_lazy("Signed out %(count)d other session", "Signed out %(count)d other sessions", len(found))
        _tell(request, format_lazy("{}", said % {"count": len(found)}))
    return len(found)


def _end_one(request: HttpRequest, wanted: str) -> int:
    """End one other session; nothing for what is not the asker's, is this one, or has ended already."""
    found = UserSession.objects.filter(user=request.user, pk=int(wanted)) if wanted.isdecimal() else ()
    for session in found:
        if not session.is_current():
            session.end()
            values = {"device": device(session.user_agent), "ip": session.ip}
            _tell(request, format_lazy(gettext_lazy("Signed out a session: {device}, {ip}"), **values))
            return 1
    return 0


def _tell(request: HttpRequest, said: Any) -> None:
    own_security_changed.send(UserSession, request=request, user=request.user, said=said)
