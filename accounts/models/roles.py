"""Roles, and who has which of them where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.user import User
from accounts.permissions import CAPABILITIES
from accounts.tracking import TrackedModel, history


class Role(TrackedModel):
    """A named set of capabilities in one account."""

    entry_type = "ROLE"

    account = models.ForeignKey(Account, models.PROTECT, related_name="roles")
    name = models.CharField(_("name"), max_length=100)
    built_in = models.BooleanField(_("built in"), default=False, editable=False)
    capabilities = ArrayField(models.CharField(max_length=40), verbose_name=_("capabilities"), default=list)

    history = history()

    class Meta(TrackedModel.Meta):
        verbose_name = _("role")
        constraints = [
            models.UniqueConstraint("account", Lower("name"), name="one_role_per_name"),
            models.CheckConstraint(
                condition=models.Q(capabilities__contained_by=sorted(CAPABILITIES)), name="known_capabilities"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoleBinding(TrackedModel):
    """Gives a user a role in the role's account: for the whole account, or for one org tree and its teams."""

    entry_type = "ROLE"
    entry_sentences = {"CREATED": "Granted %(name)s", "DELETED": "Revoked %(name)s"}

    account = models.ForeignKey(Account, models.PROTECT, related_name="bindings")
    user = models.ForeignKey(User, models.PROTECT, related_name="bindings", verbose_name=_("member"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="bindings", verbose_name=_("role"))
    org_tree = models.ForeignKey(
        "tracked_objects.OrgTree", models.PROTECT, null=True, blank=True, verbose_name=_("org tree"), related_name="+"
    )

    history = history()

    class Meta(TrackedModel.Meta):
        verbose_name = _("role binding")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "org_tree"], nulls_distinct=False, name="one_binding_each")
        ]

    def __str__(self) -> str:
        where = f" on {self.org_tree}" if self.org_tree else ""
        return f"{self.role}{where} to {self.user}"
