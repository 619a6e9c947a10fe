"""Which API key a request brings, and what it may do at this moment (SPEC §9)."""

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from accounts.guard import Access, access_of
from accounts.models import ApiKey
from accounts.models.api_key import PREFIX_LENGTH, SECRET_LENGTH, KeyStatus, hash_of
from accounts.permissions import KEY_ROLES

_KEY = re.compile(rf"sei_([a-z0-9]{{{PREFIX_LENGTH}}})_([A-Za-z0-9]{{{SECRET_LENGTH}}})")
# A use is noted at most once in this time.
_NOTED = timedelta(minutes=1)


def authenticate(
    headers: Mapping[str, str], refused: Callable[[ApiKey], object] | None = None
) -> tuple[ApiKey, Access] | None:
    """The key in a request's headers and what it may do; None for any key that doesn't work, whatever is wrong.

    `refused` is told of one that is right, but doesn't work any more.
    """
    found = _KEY.fullmatch(key_in(headers))
    if found is None:
        return None
    prefix, secret = found.groups()
    key = ApiKey.objects.select_related("account", "owner").filter(prefix=prefix).first()
    # Compared in any case, so that the time tells nothing about which prefixes there are.
    known = hmac.compare_digest(hash_of(secret), key.secret_hash if key else hash_of(""))
    if key is None or not known:
        return None
    access = access_of_key(key) if key.status == KeyStatus.ACTIVE else None
    if access is None:
        if refused:
            refused(key)
        return None
    _note_use(key)
    return key, access


def key_in(headers: Mapping[str, str]) -> str:
    """The key of `Authorization: ApiKey …` or of `X-Api-Key: …`; nothing when they name two.

    Scripts for SEI also send it as a bearer's token, or alone. Without an `X-Api-Key` it is one if it looks like one.
    """
    scheme, _space, given = headers.get("Authorization", "").partition(" ")
    if "X-Api-Key" not in headers and _KEY.fullmatch(bare := given.strip() if scheme.lower() == "bearer" else scheme):
        return bare
    keys = {given.strip()} if scheme.lower() == "apikey" else set()
    if "X-Api-Key" in headers:
        keys.add(headers["X-Api-Key"].strip())
    return keys.pop() if len(keys) == 1 else ""


def access_of_key(key: ApiKey) -> Access | None:
    """What both the key's role and its owner may now; None when the owner is no longer a member of the account."""
    if not key.owner.is_active:
        return None
    try:
        owner = access_of(key.owner, key.account.slug)
    except Http404:
        return None
    role = KEY_ROLES.get(key.role, frozenset())
    held = {capability: trees for capability, trees in owner.capabilities.items() if capability in role}
    return Access(key.account, held, (key.account,))


def _note_use(key: ApiKey) -> None:
    """Keep when the key was used, past history and log. Of several requests at once, none waits for another."""
    now = timezone.now()
    if key.last_used_at and now - key.last_used_at < _NOTED:
        return
    due = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTED)
    free = ApiKey.objects.select_for_update(skip_locked=True, no_key=True).filter(due, pk=key.pk)
    with transaction.atomic():
        models.QuerySet(ApiKey).filter(pk__in=free.values("pk")).update(last_used_at=now)


def roles_for(access: Access) -> list[str]:
    """The roles of keys that a member may give: nobody makes a key that may more than they."""
    return [role for role, capabilities in KEY_ROLES.items() if all(map(access.whole, capabilities))]
