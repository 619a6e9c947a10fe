"""Objects of an account (accounts/models/objects.py) that people know by a name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.objects import AccountObject, InUse, UsedObject, UsedQuerySet, field_of, unique_in

__all__ = ["AccountObject", "InUse", "NamedObject", "UsedObject", "UsedQuerySet", "field_of", "unique_in"]


class NamedObject(AccountObject):
    """A tracked object known by a name that is unique in its account, whatever the case."""

    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), max_length=2000, blank=True)

    class Meta(AccountObject.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name
