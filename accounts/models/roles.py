"""Roles, and who has which of them where."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.members import Membership
from accounts.models.objects import AccountObject, unique_in
from accounts.models.user import User
from accounts.permissions import ACCOUNT_ADMIN, CAPABILITIES
from accounts.tracking import TrackedModel, history


class Role(AccountObject):
    """A named set of capabilities in one account. Built-in ones stay, and Account Admin stays as it is."""

    entry_type = "ROLE"
    slug = resource = "roles"

    account = models.ForeignKey(Account, models.PROTECT, related_name="roles")
    name = models.CharField(_("name"), max_length=100)
    built_in = models.BooleanField(_("built in"), default=False, editable=False)
    capabilities = ArrayField(models.CharField(max_length=40), verbose_name=_("capabilities"), default=list)

    history = history()

    class Meta(AccountObject.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            unique_in("account", "name", "one_role_per_name", _("There is already a role of that name.")),
            models.CheckConstraint(
                condition=models.Q(capabilities__contained_by=sorted(CAPABILITIES)), name="known_capabilities"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def allows(self, verb: str) -> bool:
        return not self.built_in or (verb != "delete" and not (verb == "edit" and self.name == ACCOUNT_ADMIN))

    def users(self) -> list[TrackedModel]:
        return list(self.bindings.select_related("role", "org_tree", "user").order_by("pk"))


def granted(role: object, org_tree: object) -> str:
    """A role and where it holds, such as: SEI Collection Admin on Platform tree."""
    return f"{role} on {org_tree} tree" if org_tree else str(role)


class RoleBinding(TrackedModel):
    """Gives a user a role in the role's account: for the whole account, or for one org tree and its teams.

    The first one makes the user a member, and the last one that goes takes the membership along.
    """

    entry_type = "ROLE"
    entry_id = "binding-%(id)s"
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
        return f"{self.granted} to {self.user}"

    @property
    def granted(self) -> str:
        return granted(self.role, self.org_tree)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            Membership.objects.get_or_create(account_id=self.account_id, user_id=self.user_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        if not RoleBinding.objects.filter(account=self.account_id, user=self.user_id).exists():
            Membership.objects.filter(account=self.account_id, user=self.user_id).delete()
        return deleted
