"""Sign-ins, let in or refused, in the log of each account that the member belongs to."""

import logging
from collections.abc import Iterable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Account, ApiKey, LastSignIn, Membership, User
from accounts.models.api_key import KeyStatus
from accounts.setup import find_user
from accounts.signals import DEACTIVATED, SSO_REQUIRED, identified, key_refused, sign_in_refused
from accounts.sso.rules import opened_accounts
from activity.actors import Actor
from activity.recording import Recording, current, recording
from activity.requests import context_of

_EVERY = 60  # seconds
logger = logging.getLogger(__name__)


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_in.connect(_signed_in)
    user_login_failed.connect(_wrong_password)
    sign_in_refused.connect(_refused)
    identified.connect(_identified)
    key_refused.connect(_key_refused)


def accounts_of(user: User) -> list[Account]:
    """The accounts whose log is about this user: where they are a member."""
    return list(Account.objects.filter(memberships__user=user).order_by("pk"))


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """A success in the accounts that this opens; a refusal where it has to be by single sign-on, or nothing opens."""
    records = get_authentication_records(request, user) if request else []
    by = [record.get("type") or record["method"] for record in records if not record.get("reauthenticated")]
    active = {found.account: found for found in _memberships(user) if found.is_active}
    opened, closed = opened_accounts(request, user) if request else (list(active), [])
    if opened:
        rec = _record(request, user, opened, "SUCCESS", {"by": by} if by else {})
        at = rec.context.occurred_at or timezone.now()
        LastSignIn.objects.bulk_create(
            [LastSignIn(membership=active[account], at=at) for account in opened],
            update_conflicts=True,
            unique_fields=["membership"],
            update_fields=["at"],
        )
    elif not active:
        _record(request, user, accounts_of(user), "FAIL", {"reason": DEACTIVATED})
    _record(request, user, closed, "FAIL", {"reason": SSO_REQUIRED})


def _wrong_password(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email = str(credentials.get("email") or credentials.get("username") or "")
    user = find_user(email)
    _refused(request=request, email=email, reason=DEACTIVATED if user and not user.is_active else "wrong password")


def _refused(request: HttpRequest | None, email: str, reason: str, account: Account | None = None, **_: Any) -> None:
    user = find_user(email)
    accounts = [found for found in accounts_of(user) if account in {None, found}] if user else []
    if user is None or not accounts:
        # %r, so that nothing in an address can start a line of its own.
        logger.warning("Sign-in refused (%s): no member has the address %r", reason, email.strip()[:320])
    else:
        _record(request, user, accounts, "FAIL", {"reason": reason})


def _key_refused(request: HttpRequest, key: ApiKey, **_: Any) -> None:
    """At most once a minute: a program that nobody has told goes on asking."""
    if not cache.add(f"key refused {key.pk}", 1, _EVERY):
        return
    reason = "its owner is not active here" if key.status == KeyStatus.ACTIVE else f"it is {key.status}"
    details = {"reason": reason, "key": key.shown}
    with recording(**{**_context(request), "actor": Actor.api_key(key)}) as rec:
        about = {"object_id": str(key.owner_id), "object_name": key.owner.email}
        rec.add(key.account, "USER_LOGIN", "FAIL", **about, details=details)


def _memberships(user: User) -> Iterable[Membership]:
    return Membership.objects.filter(user=user).select_related("account").order_by("account")


def _identified(user: User, **_: Any) -> None:
    """The rest of the request is theirs, although they aren't signed in."""
    if rec := current():
        rec.context.actor = Actor.user(user)


def _record(
    request: HttpRequest | None, user: User, accounts: Iterable[Account], action: str, details: dict[str, Any]
) -> Recording:
    with recording(**{**_context(request), "actor": Actor.user(user)}) as rec:
        for account in accounts:
            rec.add(account, "USER_LOGIN", action, object_id=str(user.pk), object_name=user.email, details=details)
    return rec


def _context(request: HttpRequest | None) -> dict[str, Any]:
    """Where the sign-in comes from: the request, or whatever recording it happens in."""
    if request is not None and hasattr(request, "request_id"):
        return context_of(request)
    outer = current()
    return dict(vars(outer.context)) if outer else {}
