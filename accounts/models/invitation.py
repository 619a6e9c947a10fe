"""Invitations: who may become a member, with which roles, by a link that was mailed to them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.objects import AccountObject
from accounts.models.roles import granted
from accounts.models.user import User
from accounts.tracking import history

LIFETIME = timedelta(days=7)


def _end() -> datetime:
    return timezone.now() + LIFETIME


class Invitation(AccountObject):
    """One person, invited into one account. Of the link's token, only a keyed hash is kept.

    That it was accepted is no change of its own: the log says that the member was created.
    """

    entry_type = "USER"
    entry_id = "invitation-%(id)s"
    entry_actions = {"CREATED": "SENT", "EDITED": "SENT"}
    entry_sentences = {
        "CREATED": "Sent an invitation to %(name)s",
        "EDITED": "Sent the invitation to %(name)s again",
        "DELETED": "Revoked the invitation to %(name)s",
    }
    untold_fields = frozenset({"accepted_at"})
    slug = "invitations"
    resource = "members"

    account = models.ForeignKey(Account, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    # [[id of the role, id of the org tree or null], …], and the same in words, frozen when it was sent.
    grants = models.JSONField(default=list, editable=False)
    roles = ArrayField(models.CharField(max_length=400), verbose_name=_("roles"), default=list, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("invited by"), editable=False)
    expires_at = models.DateTimeField(_("expires"), default=_end, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)

    history = history(excluded=["grants", "token_hash", "accepted_at"])

    class Meta(AccountObject.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                "account",
                Lower("email"),
                name="one_invitation_each",
                condition=models.Q(accepted_at__isnull=True),
                violation_error_code="email",
                violation_error_message=_("They are invited already. Send that invitation again, or revoke it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})" if self.name else self.email

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def pending(self) -> bool:
        """Whether its link can still be used."""
        return self.accepted_at is None and not self.expired

    @property
    def status(self) -> tuple[str, Promise]:
        """The kind of badge, and its words."""
        if self.accepted_at:
            return "active", _("Accepted")
        return ("failed", _("Expired")) if self.expired else ("sent", _("Sent"))

    def allows(self, verb: str) -> bool:
        return verb != "delete" or self.accepted_at is None

    def promise(self, grants: Iterable[tuple[models.Model, models.Model | None]]) -> None:
        """Roles, each with an org tree or for the whole account."""
        pairs = list(grants)
        self.grants = [[role.pk, tree.pk if tree else None] for role, tree in pairs]
        self.roles = [granted(role, tree) for role, tree in pairs]

    def renew(self, sender: User, token_hash: str) -> None:
        """Make it `sender`'s invitation with a new token; the one before is dead."""
        self.invited_by, self.token_hash, self.expires_at = sender, token_hash, _end()
