"""The filters of members, invitations and roles."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, RoleBinding
from tracked_objects.filters import ObjectFilters, choice, one


class MemberFilters(ObjectFilters):
    searched = ("user__name", "user__email")

    role = one(_("Role"), Role, method="with_role")
    status = choice(_("Status"), [("active", _("Active")), ("deactivated", _("Deactivated"))], method="with_status")

    def with_role(self, queryset: QuerySet, name: str, value: Role) -> QuerySet:
        return queryset.filter(Exists(RoleBinding.objects.filter(role=value, user=OuterRef("user"))))

    def with_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_active=value == "active")


class InvitationFilters(ObjectFilters):
    searched = ("email", "name")

    status = choice(
        _("Status"),
        [("sent", _("Sent")), ("expired", _("Expired")), ("accepted", _("Accepted"))],
        method="with_status",
    )

    def with_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        now = timezone.now()
        return queryset.filter(
            {
                "sent": Q(accepted_at=None, expires_at__gt=now),
                "expired": Q(accepted_at=None, expires_at__lte=now),
                "accepted": Q(accepted_at__isnull=False),
            }[value]
        )


class RoleFilters(ObjectFilters):
    searched = ("name",)

    kind = choice(_("Kind"), [("built_in", _("Built in")), ("custom", _("Custom"))], method="of_kind")

    def of_kind(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(built_in=value == "built_in")
