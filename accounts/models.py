"""Accounts, users, and what a user may do in an account."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CAPABILITIES
from accounts.secrets import fingerprint
from accounts.tracking import TrackedModel, TrackedQuerySet, history


class Account(models.Model):
    """The tenant. Every row belongs to exactly one; nothing is visible across accounts."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = models.Manager["Account"]()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("account_home", args=[self.slug])


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
