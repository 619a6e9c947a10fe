"""Who is a member of which account, and when they last signed in to it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.objects import AccountObject
from accounts.models.user import User
from accounts.tracking import history


class Membership(AccountObject):
    """A user in one account: there as long as they have a role in it, and without effect while deactivated.

    Its entries are about the user, of whom other accounts learn nothing by them.
    """

    entry_type = "USER"
    entry_id = "%(user_id)s"
    slug = resource = "members"

    account = models.ForeignKey(Account, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("member"))
    is_active = models.BooleanField(_("active"), default=True)

    history = history()

    class Meta(AccountObject.Meta):
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="one_membership_each")]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def entry_sentences(self) -> Mapping[str, str]:  # type: ignore[override]
        return {"EDITED": "Reactivated %(name)s" if self.is_active else "Deactivated %(name)s"}

    @property
    def bindings(self) -> Any:
        """The roles that the user has in the account."""
        found = self.user.bindings.filter(account=self.account_id)
        return found.select_related("account", "role", "org_tree", "user").order_by("pk")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Take all roles away; with the last one goes the membership."""
        deleted = None
        for binding in self.bindings:
            deleted = binding.delete()
        return deleted or super().delete(*args, **kwargs)


class LastSignIn(models.Model):
    """When a member last signed in: a copy of what the log says, kept by the log, so that lists can sort by it."""

    membership = models.OneToOneField(Membership, models.CASCADE, primary_key=True, related_name="last_sign_in")
    at = models.DateTimeField()

    objects: ClassVar = models.Manager["LastSignIn"]()
