"""What an entry says about the request that it came from."""

import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.api.authentication import is_api, key_of
from activity.actors import Actor
from activity.models import Source


def context_of(request: HttpRequest) -> dict[str, Any]:
    """The arguments of a recording for a request of a program, a signed-in member or a visitor."""
    key = key_of(request)
    return {
        "actor": Actor.api_key(key) if key else Actor.user(request.user),
        "source": Source.API if is_api(request) else Source.UI,
        "request_id": request.request_id,  # type: ignore[attr-defined]
        "ip_address": client_address(request),
        "user_agent": request.headers.get("User-Agent", ""),
    }


def client_address(request: HttpRequest) -> str | None:
    """The client's address; from X-Forwarded-For only behind SEI_TRUSTED_PROXIES proxies, which each append one.

    With n proxies, the n-th address from the right is the one that the outermost of them saw. Anything that isn't an
    address falls back to the peer's; a zone id is dropped.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUSTED_PROXIES:
        return peer
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "")[-2000:].split(",")
    if len(hops) < settings.TRUSTED_PROXIES:
        return peer
    return _address(hops[-settings.TRUSTED_PROXIES]) or peer


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip().partition("%")[0]))
    except ValueError:
        return None
