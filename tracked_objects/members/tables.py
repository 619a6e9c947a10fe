"""The tables of members, invitations and roles."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import F, OrderBy, Prefetch, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guard import Access
from accounts.models import RoleBinding
from tracked_objects.links import NOTHING, link
from tracked_objects.scope import sees
from tracked_objects.tables import Cell, Name, Number, ObjectTable, count


def moment(value: datetime | None) -> SafeString:
    """How long ago, exact on hover."""
    if value is None:
        return NOTHING
    exact = f"{value:%Y-%m-%d %H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, naturaltime(value))


def where(access: Access, binding: RoleBinding) -> SafeString:
    """What a binding covers; an org tree that the reader may not see has no name."""
    if binding.org_tree is None:
        return format_html("{}", _("whole account"))
    return link(access, binding.org_tree) if sees(access, binding.org_tree) else format_html("{}", _("an org tree"))


def badge(kind: str, text: Any) -> SafeString:
    return render_to_string("components/badge.html", {"kind": kind, "text": text})


def active_badge(active: bool) -> SafeString:
    return badge("active", _("Active")) if active else badge("paused", _("Deactivated"))


class Person(Name):
    """A member by name, else by e-mail, as a link to their page."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return link(table.access, record, record.user.name or record.user.email)


class Roles(Cell):
    """The roles of a member in the account, and where they hold."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        bindings: Iterable[RoleBinding] = record.user.bindings.all()
        return format_html_join(
            "",
            '<div><span dir="auto">{}</span>{} <span class="muted">{}</span></div>',
            (
                (binding.role.name, *((" ·", where(table.access, binding)) if binding.org_tree_id else ("", "")))
                for binding in bindings
                if binding.account_id == record.account_id
            ),
        )


class Moment(Cell):
    """A time; what has none comes last."""

    def order(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        return queryset.order_by(OrderBy(F(self.accessor), descending=is_descending, nulls_last=True), "pk"), True

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return moment(value)


class Active(Cell):
    def render(self, value: Any, record: Any, table: Any) -> Any:
        return active_badge(value)


class MemberTable(ObjectTable):
    name = Person("user__email", gettext_lazy("Name"), sort="user__name")
    email = Cell("user__email", gettext_lazy("E-mail"), sort="user__email", css="col-mid")
    roles = Roles("user", gettext_lazy("Roles"), orderable=False)
    status = Active("is_active", gettext_lazy("Status"))
    signed_in = Moment("signed_in", gettext_lazy("Last sign-in"), css="nowrap", empty_values=())

    def __init__(self, access: Access, data: QuerySet, sort: str) -> None:
        super().__init__(access, data, sort)
        # It is what the log says, so only for those who may read all of that.
        if not access.whole("activity.view"):
            self.columns.hide("signed_in")

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        bindings = RoleBinding.objects.select_related("role", "org_tree").order_by("pk")
        return (
            queryset.select_related("user")
            .annotate(signed_in=F("last_sign_in__at"))
            .prefetch_related(Prefetch("user__bindings", bindings))
        )


class Words(Cell):
    """A list of texts, one a line."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return format_html_join("", '<div dir="auto">{}</div>', ((text,) for text in value))


class InvitationStatus(Cell):
    def render(self, value: Any, record: Any, table: Any) -> Any:
        return badge(*value)


class InvitationTable(ObjectTable):
    first = "-expires"

    email = Name("email", gettext_lazy("E-mail"))
    roles = Words("roles", gettext_lazy("Roles"), orderable=False)
    invited_by = Cell("invited_by", gettext_lazy("Invited by"), sort="invited_by__name", css="col-mid")
    expires = Moment("expires_at", gettext_lazy("Expires"), css="nowrap")
    status = InvitationStatus("status", gettext_lazy("Status"), orderable=False)

    def __init__(self, access: Access, data: QuerySet, sort: str) -> None:
        super().__init__(access, data, sort)
        # Its words name org trees.
        if not access.whole("org_trees.view"):
            self.columns.hide("roles")

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        return queryset.select_related("invited_by")


class BuiltIn(Cell):
    def render(self, value: Any, record: Any, table: Any) -> Any:
        return _("Built in") if value else _("Custom")


class RoleTable(ObjectTable):
    name = Name("name", gettext_lazy("Name"))
    built_in = BuiltIn("built_in", gettext_lazy("Kind"))
    bindings = Number("binding_count", gettext_lazy("Given"))

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        return queryset.annotate(binding_count=count(RoleBinding, "role"))
