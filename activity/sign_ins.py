"""Sign-ins, let in or refused, in the log of each account that the member belongs to."""

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import LastSignIn, Membership, User
from activity.actors import Actor
from activity.recording import Recording, current, recording
from activity.requests import context_of

logger = logging.getLogger(__name__)


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_in.connect(_signed_in)
    user_login_failed.connect(_refused)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """A success in the accounts that let them in; a refusal elsewhere only if none does."""
    memberships = list(_memberships(user))
    if inside := [membership for membership in memberships if membership.is_active]:
        rec = _record(request, user, inside, "SUCCESS", {})
        at = rec.context.occurred_at or timezone.now()
        LastSignIn.objects.bulk_create(
            [LastSignIn(membership=membership, at=at) for membership in inside],
            update_conflicts=True,
            unique_fields=["membership"],
            update_fields=["at"],
        )
    else:
        _record(request, user, memberships, "FAIL", {"reason": "deactivated"})


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "").strip()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        # %r, so that nothing in an address can start a line of its own.
        logger.warning("Sign-in refused: no member has the address %r", email[:320])
    else:
        _record(
            request, user, _memberships(user), "FAIL", {"reason": "wrong password" if user.is_active else "deactivated"}
        )


def _memberships(user: User) -> Iterable[Membership]:
    return Membership.objects.filter(user=user).select_related("account").order_by("account")


def _record(
    request: HttpRequest | None, user: User, memberships: Iterable[Membership], action: str, details: dict[str, Any]
) -> Recording:
    with recording(**{**_context(request), "actor": Actor.user(user)}) as rec:
        facts = {"object_id": str(user.pk), "object_name": user.email, "details": details}
        for membership in memberships:
            rec.add(membership.account, "USER_LOGIN", action, **facts)
    return rec


def _context(request: HttpRequest | None) -> dict[str, Any]:
    """Where the sign-in comes from: the request, or whatever recording it happens in."""
    if request is not None and hasattr(request, "request_id"):
        return context_of(request)
    outer = current()
    return dict(vars(outer.context)) if outer else {}
