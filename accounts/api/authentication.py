"""Who asks: a program with an API key, or a member who is signed in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.api_keys import authenticate, key_in
from accounts.models import ApiKey, User
from accounts.signals import key_refused

_PREFIXES = ("/api/", "/v2/")
REALM = 'ApiKey realm="api"'


def is_api(request: HttpRequest) -> bool:
    """Whether a request is one of a program, to be answered as one."""
    return request.path_info.startswith(_PREFIXES)


class KeyMiddleware:
    """Finds the key of a request before anything is recorded, so that the log names it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        found = authenticate(request.headers, lambda key: key_refused.send(ApiKey, request=request, key=key))
        if found:
            request.api_key, request.access = found  # type: ignore[attr-defined]
        return self.get_response(request)


def key_of(request: HttpRequest) -> ApiKey | None:
    """The key that a request was let in with."""
    return getattr(request, "api_key", None)


class KeyAuthentication(BaseAuthentication):
    """The key in `Authorization: ApiKey …` or `X-Api-Key`. One that doesn't work is refused, whoever is signed in."""

    def authenticate(self, request: Any) -> tuple[User, ApiKey] | None:
        if key := key_of(request._request):
            return key.owner, key
        if key_in(request.headers) or "X-Api-Key" in request.headers:
            raise AuthenticationFailed("This key doesn't work: it is unknown, has expired or has been revoked.")
        return None

    def authenticate_header(self, request: Any) -> str:
        return REALM


class MemberSession(SessionAuthentication):
    """A signed-in member, from our own pages; what changes something needs the CSRF token."""
