"""How members of one account sign in through the account's own identity provider."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.roles import Role
from accounts.secrets import EncryptedTextField, note_fingerprint
from accounts.tracking import TrackedModel, history


class Protocol(models.TextChoices):
    OIDC = "oidc", "OpenID Connect"
    SAML = "saml", "SAML 2.0"


class SsoConfig(TrackedModel):
    """The identity provider of an account: where it is, and whom it may let in.

    What it says counts for this account alone. The domains belong to one account each.
    """

    entry_type = "SSO_CONFIG"
    secret_fields = frozenset({"client_secret_fingerprint"})

    account = models.OneToOneField(Account, models.PROTECT, related_name="sso")
    protocol = models.CharField(_("protocol"), max_length=4, choices=Protocol.choices, default=Protocol.OIDC)
    domains = ArrayField(models.CharField(max_length=253), verbose_name=_("e-mail domains"), default=list)
    enabled = models.BooleanField(_("members can use it"), default=False)
    enforced = models.BooleanField(_("members must use it"), default=False)
    new_member_role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role of new members")
    )
    server_url = models.URLField(_("issuer"), max_length=500, blank=True, validators=[URLValidator(["https", "http"])])
    client_id = models.CharField(_("client ID"), max_length=200, blank=True)
    client_secret = EncryptedTextField(_("client secret"), blank=True)
    client_secret_fingerprint = models.CharField(_("client secret"), max_length=12, blank=True, editable=False)
    metadata = models.TextField(_("metadata of the identity provider"), blank=True)

    history = history(excluded=["client_secret"])

    class Meta(TrackedModel.Meta):
        verbose_name = _("SSO config")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(enforced=False) | models.Q(enabled=True), name="enforced_only_if_enabled"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_protocol_display())

    def get_absolute_url(self) -> str:
        return reverse("sso:edit", args=[self.account.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        note_fingerprint(self, "client_secret", kwargs)
        super().save(*args, **kwargs)

    def is_for(self, email: str) -> bool:
        """Whether an e-mail is of one of its domains."""
        return email.rpartition("@")[2].lower() in self.domains
