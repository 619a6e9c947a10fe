"""The kinds of members, invitations and roles; on pages they are tracked objects like the others."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, Membership, Role
from tracked_objects.kinds import API_KEYS, KINDS, Deleting, Kind
from tracked_objects.members import filters, forms, tables

MEMBERS = Kind(
    Membership,
    forms.GiveForm,
    filters.MemberFilters,
    tables.MemberTable,
    (),
    _("Members"),
    _("Who may sign in to this account, and what their roles let them do."),
    _("Invite a member"),
    pages=("list", "detail", "delete"),
    deleting=Deleting(
        _("Remove"),
        _("Remove %(name)s?"),
        _("They lose all roles here, at once. What the activity log says about them stays."),
        _("Removed: %(object)s."),
    ),
)
INVITATIONS = Kind(
    Invitation,
    forms.InvitationForm,
    filters.InvitationFilters,
    tables.InvitationTable,
    ("email", "name", "roles", "invited_by"),
    _("Invitations"),
    _("Who was asked to become a member, and hasn't or has accepted."),
    _("Invite a member"),
    pages=("list", "create", "detail", "delete"),
    deleting=Deleting(
        _("Revoke"),
        _("Revoke the invitation to %(name)s?"),
        _("The link in their mail stops working."),
        _("Revoked the invitation to %(object)s."),
    ),
)
ROLES = Kind(
    Role,
    forms.RoleForm,
    filters.RoleFilters,
    tables.RoleTable,
    (),
    _("Roles"),
    _("What members may do, by the roles that they have been given."),
    _("New role"),
    pages=("list", "create", "detail", "edit", "delete"),
)
MEMBER_KINDS: dict[str, Kind] = {kind.slug: kind for kind in (MEMBERS, INVITATIONS, ROLES)}
ALL_KINDS = KINDS | MEMBER_KINDS | {API_KEYS.slug: API_KEYS}
