"""Sending and accepting invitations. Tracked writes: call these inside a recording."""

import logging
import secrets
from collections.abc import Callable
from smtplib import SMTPException

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.granting import check, give, in_charge
from accounts.guard import Access, access_of
from accounts.keys import check_keys
from accounts.models import Invitation, Role, RoleBinding, User
from accounts.secrets import token_hash

logger = logging.getLogger(__name__)


def send(invitation: Invitation, sender: User, link: Callable[[str], str]) -> None:
    """Save an invitation, new or not, with a new token, and mail `link(token)`.

    Raises a ValidationError, and nothing is changed, when the mail can't be sent.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation.renew(sender, token_hash(token))
        invitation.save()
        context = {"invitation": invitation, "account": invitation.account, "sender": sender, "link": link(token)}
        subject = _("You are invited to %(account)s") % {"account": invitation.account}
        body = render_to_string("accounts/invitation.txt", context)
        try:
            EmailMessage(" ".join(subject.split()), body, to=[invitation.email]).send()
        except (OSError, SMTPException) as error:
            logger.warning("An invitation could not be mailed: %s", error)
            raise ValidationError(
                _(
                    "The mail could not be sent, so nothing was changed. Try again later; if it stays so, whoever runs "
                    "this installation has to check its EMAIL settings."
                )
            ) from error


def check_promises(access: Access, invitation: Invitation) -> None:
    """Refuse to send again what the member may not give, or what is gone."""
    promises = promised(invitation)
    if not promises:
        raise ValidationError(_("The roles or org trees that it promised are gone. Revoke it, and invite them anew."))
    for role, org_tree_id in promises:
        check(access, role, org_tree_id)


def usable(hashed: str, *, lock: bool = False) -> Invitation | None:
    """The invitation with a token of that hash, while its link can be used."""
    found = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects
    invitation = found.select_related("account", "invited_by").filter(token_hash=hashed).first()
    return invitation if invitation and invitation.pending and promised(invitation) else None


def promised(invitation: Invitation) -> list[tuple[Role, int | None]]:
    """The roles that still exist, with the org trees that still do."""
    pairs = [(role, tree) for role, tree in invitation.grants]
    roles = Role.objects.filter(account=invitation.account).in_bulk([role for role, _tree in pairs])
    org_tree: type[models.Model] = RoleBinding._meta.get_field("org_tree").related_model
    trees = org_tree._base_manager.filter(account=invitation.account).in_bulk([tree for _role, tree in pairs if tree])
    return [(roles[role], tree) for role, tree in pairs if role in roles and (tree is None or tree in trees)]


def accept(hashed: str, join: Callable[[Invitation], User]) -> User | None:
    """Make a member of the user whom `join` returns; None, and nothing done, when the invitation can't be used.

    It is worth what its sender may give now: whoever lost a role can't have it handed out by an old link.
    """
    known = Invitation.objects.filter(token_hash=hashed).select_related("account").first()
    try:
        with in_charge(known.account) if known else transaction.atomic():
            invitation = usable(hashed, lock=True)
            user = join(invitation) if invitation else None
            if invitation and user:
                _make_member(invitation, user)
            return user
    except _Worthless:
        return None


class _Worthless(Exception):
    """The sender of an invitation may no longer give what it promises."""


def _make_member(invitation: Invitation, user: User) -> None:
    try:
        access = access_of(invitation.invited_by, invitation.account.slug)
        give(access, user, promised(invitation))
        # A role or tree that somebody is deleting just now fails here, not at the commit.
        check_keys()
    except (Http404, ValidationError, IntegrityError):
        raise _Worthless from None
    invitation.accepted_at = timezone.now()
    invitation.save()
