"""Makes accounts and members. Tracked writes: call these inside a recording."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.batch import batch, save_batch
from accounts.models import Account, Role, RoleBinding, User
from accounts.permissions import ACCOUNT_ADMIN, BUILT_IN, GRANTABLE
from accounts.tracking import TrackedModel


def create_account(slug: str, name: str, admin_email: str, password: str, admin_name: str = "") -> Account:
    """A new account with its built-in roles and one Account Admin.

    Somebody who already signs in elsewhere becomes its admin and keeps their password; `password` is then unused.
    Raises ValidationError, with a message per field, for a slug that is taken or anything that is not well-formed.
    """
    account = Account(slug=slug.lower(), name=name)
    account.full_clean()
    account.save()
    roles = [Role(account=account, name=role, built_in=True, capabilities=sorted(BUILT_IN[role])) for role in BUILT_IN]
    with batch(account, Role) as current:
        save_batch(current, roles)
    add_member(account, admin_email, ACCOUNT_ADMIN, password, admin_name)
    return account


def complete_built_in_roles() -> None:
    """Give built-in roles what this version of the app has added to them; what admins switch stays as they have it."""
    for name, capabilities in BUILT_IN.items():
        roles = Role.objects.filter(built_in=True, name=name)
        for role in roles.exclude(capabilities__contains=sorted(capabilities - GRANTABLE)).order_by("pk"):
            role.capabilities = sorted({*role.capabilities, *(capabilities - GRANTABLE)})
            role.save()


def add_member(
    account: Account,
    email: str,
    role: str,
    password: str | None = None,
    name: str = "",
    *,
    org_tree: TrackedModel | None = None,
) -> User:
    """Give the user with `email` a role in the account, for all of it or one org tree; a new user when there is none.

    Without a password a new user can't sign in yet. Raises ValidationError for a bad e-mail or a weak password.
    """
    user = find_user(email) or create_user(email, password, name)
    RoleBinding(
        account=account, user=user, role=account.roles.get(name=role), org_tree_id=org_tree.pk if org_tree else None
    ).save()
    return user


def find_user(email: str) -> User | None:
    """The user who signs in with `email`, in whatever case it is written."""
    user: User | None = User.objects.filter(email__iexact=email.strip()).first()
    return user


def create_user(email: str, password: str | None, name: str) -> User:
    """A new user; a ValidationError, with a message per field, for a bad e-mail or a weak password."""
    user = User(email=email.strip().lower(), name=name)
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from None
    user.set_password(password)
    user.full_clean()
    user.save()
    return user
