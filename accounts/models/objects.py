"""What every tracked object has: an account, a page, and protection while in use."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.tracking import TrackedModel, TrackedQuerySet


class InUse(models.ProtectedError):
    """An object can't be deleted because `protected_objects` point to it."""


class UsedQuerySet(TrackedQuerySet):
    """Deletes one object after the other, so that each is protected while it is in use."""

    def delete(self) -> tuple[int, dict[str, int]]:
        deleted: Counter[str] = Counter()
        with transaction.atomic():
            for item in self:
                deleted.update(item.delete()[1])
        return deleted.total(), dict(deleted)


class UsedObject(TrackedModel):
    """A tracked object that others point to. Deleting it is refused while they do, unless it `frees_users`: takes
    itself out of them first."""

    frees_users: ClassVar[bool] = False

    objects: ClassVar = models.Manager.from_queryset(UsedQuerySet)()

    class Meta(TrackedModel.Meta):
        abstract = True

    def users(self) -> list[TrackedModel]:
        """The tracked objects that point to this one, by foreign key or many-to-many."""
        return [user for model, field in _pointers(type(self)) for user in model.objects.filter(**{field: self})]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the object; raise InUse, or DoesNotExist when somebody else was quicker.

        The lock makes others who are about to point to it wait.
        """
        with transaction.atomic():
            type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
            if users := self.users():
                raise InUse(str(_("It is in use.")), set(users))
            return super().delete(*args, **kwargs)


def _pointers(model: type[models.Model]) -> list[tuple[type[TrackedModel], str]]:
    """The tracked models, and their fields, that point to `model`."""
    return [
        (relation.related_model, relation.field.name)
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel) and issubclass(relation.related_model, TrackedModel)
    ]


class AccountObject(UsedObject):
    """A tracked object of one account.

    `slug` is its word in URLs, `resource` the one of its capabilities, `scope_path` the lookup of its org tree.
    """

    slug: str
    resource: str
    scope_path: ClassVar[str] = ""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))

    class Meta(UsedObject.Meta):
        abstract = True

    @property
    def entry_object_id(self) -> str:
        """What entries call it."""
        return self.entry_id % vars(self)

    def allows(self, verb: str) -> bool:
        """Whether anybody may do `verb` with this object at all; some are fixed."""
        return True

    @property
    def scope_id(self) -> int | None:
        """The org tree whose scoped members may see this object; None when it belongs to no tree."""
        return getattr(self, self.scope_path) if self.scope_path else None

    @classmethod
    def delete_together(cls, account: Account, items: Iterable[Self]) -> None:
        """Delete stored objects as one batch, all or none. Raises InUse or DoesNotExist as `delete` does."""
        from accounts.batch import batch

        with batch(account, cls):
            for item in items:
                item.delete()

    def get_absolute_url(self) -> str:
        return reverse(f"{self.slug}:detail", args=[self.account.slug, self.pk])

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """Check the constraints; a refused value is an error of its field."""
        errors: dict[str, list[ValidationError]] = {}
        for constraint in self._meta.constraints:
            try:
                constraint.validate(type(self), self, exclude=set(exclude or ()))
            except ValidationError as error:
                errors.setdefault(field_of(constraint), []).append(error)
        if errors:
            raise ValidationError(errors)


def unique_in(scope: str, field: str, name: str, message: Any) -> models.UniqueConstraint:
    """A constraint, called `name`: `field` is unique in `scope`, whatever the case."""
    return models.UniqueConstraint(
        scope, Lower(field), name=name, violation_error_code=field, violation_error_message=message
    )


def field_of(constraint: models.BaseConstraint) -> str:
    """The form field beside which a violation is shown: our constraints name it in their error code."""
    return constraint.violation_error_code or NON_FIELD_ERRORS
