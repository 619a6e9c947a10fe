"""Who may give and take which roles; and that somebody always stays in charge of an account.

Each change of who may do what in an account is made inside `in_charge`. What isn't allowed raises a ValidationError
whose message is for the member who tried; what somebody else has just removed, DoesNotExist.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.guard import Access
from accounts.labels import describe
from accounts.models import Account, Membership, Role, RoleBinding, User
from accounts.permissions import ACCOUNT_ADMIN

_SHOWN = 3


@contextmanager
def in_charge(account: Account) -> Iterator[None]:
    """Change memberships or bindings one request after the other; undone when no Account Admin would be left."""
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        yield
        admins = account.bindings.filter(role__name=ACCOUNT_ADMIN, role__built_in=True, org_tree=None)
        active = account.memberships.filter(is_active=True)
        if not admins.filter(user__in=active.values("user")).exists():
            needs = _("%(account)s needs an active Account Admin of all of it. Give somebody else that role first.")
            raise ValidationError(needs % {"account": account})


def lacking(access: Access, capabilities: Iterable[str], org_tree_id: int | None = None) -> list[str]:
    """What the member doesn't hold of `capabilities`, for the whole account or for one org tree."""
    return [
        capability
        for capability in capabilities
        if not (access.whole(capability) if org_tree_id is None else access.can(capability, org_tree_id))
    ]


def words(capabilities: Collection[str]) -> str:
    """The first of some capabilities, such as: Roles: create, edit; API keys: view"""
    rows = [f"{row.resource}: {', '.join(map(str, row.verbs))}" for row in describe(capabilities)]
    return "; ".join(rows[:_SHOWN]) + ("; …" if len(rows) > _SHOWN else "")


def check(access: Access, role: Role, org_tree_id: int | None) -> None:
    """Refuse to give or take a role that may do more, there, than the member may."""
    if missing := lacking(access, role.capabilities, org_tree_id):
        raise ValidationError(
            _("You can't give or take %(role)s there: it includes what you may not do yourself (%(what)s).")
            % {"role": role, "what": words(missing)}
        )


def give(access: Access, user: User, grants: Iterable[tuple[Role, int | None]]) -> list[RoleBinding]:
    """Give roles, each for the whole account or an org tree, and return the bindings that weren't there before."""
    if not access.whole("members.assign"):
        raise ValidationError(_("Your role doesn't let you give roles."))
    given = []
    for role, org_tree_id in grants:
        check(access, role, org_tree_id)
        found, new = RoleBinding.objects.get_or_create(
            account=access.account, user=user, role=role, org_tree_id=org_tree_id
        )
        given += [found] if new else []
    return given


def take(access: Access, binding: RoleBinding) -> None:
    """Take one of several roles away."""
    with in_charge(access.account):
        theirs = access.account.bindings.filter(user=binding.user)
        binding = theirs.get(pk=binding.pk)
        check(access, binding.role, binding.org_tree_id)
        if theirs.count() == 1:
            raise ValidationError(_("It is their only role. To take it away, remove the member."))
        binding.delete()


def set_active(access: Access, membership: Membership, active: bool) -> None:
    """Deactivate a member in this account, or let them in again."""
    with in_charge(access.account):
        membership.refresh_from_db()
        check_member(access, membership)
        membership.is_active = active
        membership.save()


def remove(access: Access, membership: Membership) -> None:
    """Take all roles away, and the membership with them. Other accounts of the user stay as they are."""
    with in_charge(access.account):
        check_member(access, membership)
        membership.delete()


def check_member(access: Access, membership: Membership) -> None:
    """Refuse to touch a member who may do more than the one who wants to."""
    for binding in membership.bindings:
        check(access, binding.role, binding.org_tree_id)
