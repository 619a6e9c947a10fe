"""Sign-ins, let in or refused, in the log of each account that the member belongs to."""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest

from accounts.models import Account, User
from activity.actors import Actor
from activity.recording import current, recording
from activity.requests import context_of

logger = logging.getLogger(__name__)


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_in.connect(_signed_in)
    user_login_failed.connect(_refused)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    _record(request, user, "SUCCESS", {})


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "").strip()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        # %r, so that nothing in an address can start a line of its own.
        logger.warning("Sign-in refused: no member has the address %r", email[:320])
    else:
        _record(request, user, "FAIL", {"reason": "wrong password" if user.is_active else "deactivated"})


def _record(request: HttpRequest | None, user: User, action: str, details: dict[str, Any]) -> None:
    with recording(**{**_context(request), "actor": Actor.user(user)}) as rec:
        for account in Account.objects.filter(bindings__user=user).distinct().order_by("pk"):
            rec.add(account, "USER_LOGIN", action, object_id=str(user.pk), object_name=user.email, details=details)


def _context(request: HttpRequest | None) -> dict[str, Any]:
    """Where the sign-in comes from: the request, or whatever recording it happens in."""
    if request is not None and hasattr(request, "request_id"):
        return context_of(request)
    outer = current()
    return dict(vars(outer.context)) if outer else {}
