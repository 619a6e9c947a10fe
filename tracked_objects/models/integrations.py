"""Connections to the tools that the numbers come from, and their tags."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.secrets import EncryptedTextField, note_fingerprint
from accounts.tracking import history
from tracked_objects.models.base import NamedObject, UsedObject, unique_in
from tracked_objects.models.lead_time import Source


class Tag(UsedObject):
    """A word that members put on integrations."""

    entry_type = "TAG"

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)

    history = history()

    class Meta(UsedObject.Meta):
        verbose_name = _("tag")
        constraints = [unique_in("account", "name", "one_tag_per_name", _("There is already such a tag."))]

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    FAILED = "failed", _("Failed")


def validate_plain_url(value: str) -> None:
    """Refuse the parts of a URL that often carry a secret, since the URL is shown and logged."""
    try:
        parts = urlsplit(value)
        secret = parts.username is not None or parts.password is not None or parts.query or parts.fragment
    except ValueError:
        return
    if secret:
        raise ValidationError(
            _("Leave user name, password, “?…” and “#…” out of the URL: secrets belong in Credentials.")
        )


class Integration(NamedObject):
    """A connection to one tool. Its credentials are encrypted at rest and never shown again."""

    entry_type = "INTEGRATION"
    slug = "integrations"
    resource = "integrations"
    secret_fields = frozenset({"credentials_fingerprint"})

    category = models.CharField(_("category"), max_length=20, choices=Source.choices)
    application_type = models.CharField(_("application type"), max_length=60)
    url = models.URLField(
        _("URL"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["http", "https"]), validate_plain_url],
    )
    credentials = EncryptedTextField(_("credentials"), blank=True)
    credentials_fingerprint = models.CharField(_("credentials"), max_length=12, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="+")

    history = history(excluded=["credentials"], many=["tags"])

    class Meta(NamedObject.Meta):
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        constraints = [
            unique_in(
                "account",
                "name",
                "one_integration_per_name",
                _("There is already an integration with this name."),
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        note_fingerprint(self, "credentials", kwargs)
        super().save(*args, **kwargs)
