"""What single sign-on lets in, and what it demands.

An account's identity provider is in the hands of that account's admins. So what it says counts for that account alone:
a session that it opened is confined to the account, until whoever sits there shows who they are by something of
their own, a password or a passkey.
"""

from collections.abc import Container
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

from accounts.models import Account, SsoConfig, User

METHOD = "sso"
_OWN_MEANS = {"password", "password_reset"}
# Who may change the config gets in without it: a broken identity provider must not lock them out.
EXEMPT = "sso.edit"


def _records(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    """How this user has signed in; nothing for a request without a session, such as that of an API key."""
    return get_authentication_records(request, user) if hasattr(request, "session") else []


def vouched_for(request: HttpRequest, user: Any) -> frozenset[int]:
    """The ids of accounts whose single sign-on has let this user into this session."""
    records = _records(request, user)
    return frozenset(record["account"] for record in records if record["method"] == METHOD)


def confined_to(request: HttpRequest, user: Any) -> frozenset[int] | None:
    """The ids of the accounts that this user's session is confined to; None when it is really their own."""
    records = _records(request, user)
    if any(record["method"] in _OWN_MEANS or record.get("passwordless") for record in records):
        return None
    return vouched_for(request, user) or None


def demands(config: SsoConfig | None, user: User, capabilities: Container[str]) -> bool:
    """Whether this member has to sign in through the account's single sign-on."""
    return bool(config and config.enabled and config.enforced and config.is_for(user.email)) and (
        EXEMPT not in capabilities
    )


def is_closed(request: HttpRequest, account: Account, capabilities: Container[str]) -> bool:
    """Whether the account asks for single sign-on of this member, and this session isn't by it."""
    user: Any = request.user
    return demands(config_of(account), user, capabilities) and account.pk not in vouched_for(request, user)


def config_of(account: Account) -> SsoConfig | None:
    """The account's config, fetched with it or not."""
    try:
        return account.sso
    except SsoConfig.DoesNotExist:
        return None


def demanded_accounts(user: User) -> tuple[list[Account], list[Account]]:
    """The accounts of a user: those that demand single sign-on of them, and those that don't."""
    held: dict[Account, set[str]] = {}
    active = {"account__memberships__user": user, "account__memberships__is_active": True}
    for binding in user.bindings.filter(**active).select_related("account__sso", "role").order_by("account__pk"):
        mine = held.setdefault(binding.account, set())
        if binding.org_tree_id is None:
            mine.update(binding.role.capabilities)
    closed = [account for account, mine in held.items() if demands(config_of(account), user, mine)]
    return closed, [account for account in held if account not in closed]


def opened_accounts(request: HttpRequest, user: User) -> tuple[list[Account], list[Account]]:
    """The accounts that this sign-in opens, and those for which it has to be by single sign-on."""
    within, vouched = confined_to(request, user), vouched_for(request, user)
    closed, others = demanded_accounts(user)
    mine = [account for account in (*closed, *others) if within is None or account.pk in within]
    shut = [account for account in closed if account in mine and account.pk not in vouched]
    return [account for account in mine if account not in shut], shut


def is_offered() -> bool:
    """Whether there is any account with single sign-on."""
    return SsoConfig.objects.filter(enabled=True).exists()


def config_for(email: str) -> SsoConfig | None:
    """The config that an e-mail is sent to, by its domain."""
    domain = email.rpartition("@")[2].lower()
    found: SsoConfig | None = (
        SsoConfig.objects.filter(enabled=True, domains__contains=[domain]).select_related("account").first()
    )
    return found
