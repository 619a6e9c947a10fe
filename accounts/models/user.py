"""A person who signs in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.secrets import fingerprint
from accounts.tracking import TrackedModel, TrackedQuerySet, history


class UserManager(BaseUserManager["User"].from_queryset(TrackedQuerySet)):  # type: ignore[misc]
    """Creates users by e-mail; tracked, so only inside a recording."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A saved user who signs in with `email` (kept in lower case) and `password`, or not at all without one."""
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)  # type: ignore[no-any-return]


class User(TrackedModel, AbstractBaseUser):
    """A person. What they may do is said by their role bindings, account by account."""

    entry_type = "USER"
    secret_fields = frozenset({"password_fingerprint"})

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    password_fingerprint = models.CharField(_("password"), max_length=12, editable=False, blank=True)
    # The log says when somebody signed in; a column written at every sign-in would be a second truth.
    last_login = None

    objects: ClassVar[UserManager] = UserManager()
    history = history(excluded=["password"])

    USERNAME_FIELD = "email"

    class Meta(TrackedModel.Meta):
        verbose_name = _("member")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})" if self.name else self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.password_fingerprint = fingerprint(self.password)
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "password_fingerprint"}
        super().save(*args, **kwargs)
