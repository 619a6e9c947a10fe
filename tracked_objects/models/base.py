"""What every tracked object has: an account, a name that people read, and a page."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.tracking import TrackedManager, TrackedModel


class AccountObject(TrackedModel):
    """A tracked object of one account. `slug` is its word in URLs, `resource` the one of its capabilities."""

    slug: str
    resource: str

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))

    objects = TrackedManager()

    class Meta(TrackedModel.Meta):
        abstract = True

    @property
    def scope_id(self) -> int | None:
        """The org tree whose scoped members may see this object; None when it belongs to no tree."""
        return None

    def get_absolute_url(self) -> str:
        return reverse(f"{self.slug}:detail", args=[self.account.slug, self.pk])


class NamedObject(AccountObject):
    """A tracked object known by a name that is unique in its account, whatever the case."""

    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)

    class Meta(AccountObject.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name
