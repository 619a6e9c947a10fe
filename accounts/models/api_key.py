"""A key with which a program does what its owner may, as far as the key's role goes."""

import secrets
import string
from typing import Self

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.objects import AccountObject
from accounts.models.user import User
from accounts.permissions import KEY_ROLES
from accounts.secrets import keyed_hash
from accounts.tracking import history

_SMALL, _ALL = string.ascii_lowercase + string.digits, string.ascii_letters + string.digits
PREFIX_LENGTH, SECRET_LENGTH = 8, 40


class KeyStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")

    @property
    def badge(self) -> str:
        """The kind of badge that it looks like."""
        return {"expired": "paused", "revoked": "failed"}.get(self.value, self.value)


class ApiKey(AccountObject):
    """Written sei_<prefix>_<secret>: the prefix shows and finds it, of the secret there is only a keyed hash.

    It is never changed, only revoked.
    """

    entry_type = "API_ACCESS_KEY"
    entry_sentences = {"EDITED": "Revoked API key “%(name)s”"}
    untold_fields = frozenset({"last_used_at"})
    slug = "api-keys"
    resource = "api_keys"

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=PREFIX_LENGTH, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="api_keys", verbose_name=_("owner"), editable=False)
    role = models.CharField(_("role"), max_length=40, choices=[(role, role) for role in KEY_ROLES])
    # The last day, in UTC, on which it works.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # A use is no change of the key: no history, no entry (accounts.api_keys).
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    history = history(excluded=["secret_hash", "created_at", "last_used_at"])

    # The whole key, only in memory and only of a new one.
    text = ""

    class Meta(AccountObject.Meta):
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.UniqueConstraint(
                "account",
                Lower("name"),
                condition=models.Q(revoked_at=None),
                name="one_api_key_per_name",
                violation_error_code="name",
                violation_error_message=_("There is already a key with this name. Revoke it first, or choose another."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, account: Account, owner: User) -> Self:
        """A new key, not yet saved, that knows its own text."""
        prefix, secret = _random(_SMALL, PREFIX_LENGTH), _random(_ALL, SECRET_LENGTH)
        key = cls(account=account, owner=owner, prefix=prefix, secret_hash=hash_of(secret))
        key.text = f"sei_{prefix}_{secret}"
        return key

    @property
    def shown(self) -> str:
        """As much of the key as everybody may see."""
        return f"sei_{self.prefix}_…"

    @property
    def status(self) -> KeyStatus:
        if self.revoked_at:
            return KeyStatus.REVOKED
        expired = self.valid_until and self.valid_until < timezone.now().date()
        return KeyStatus.EXPIRED if expired else KeyStatus.ACTIVE

    @staticmethod
    def of_status(status: KeyStatus) -> models.Q:
        """The condition that a key has this status."""
        revoked = models.Q(revoked_at__isnull=False)
        expired = ~revoked & models.Q(valid_until__lt=timezone.now().date())
        return {KeyStatus.REVOKED: revoked, KeyStatus.EXPIRED: expired}.get(status, ~revoked & ~expired)

    def allows(self, verb: str) -> bool:
        """What works is revoked before it is deleted: else nobody could tell why a program has stopped."""
        works = self.status == KeyStatus.ACTIVE
        return {"edit": works, "delete": not works}.get(verb, True)


def hash_of(secret: str) -> str:
    """What is kept of a key's secret."""
    return keyed_hash("api-key", secret)


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _place in range(length))
