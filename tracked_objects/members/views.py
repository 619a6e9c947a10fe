"""What the pages of members, invitations and roles have beyond those of every kind."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import granting
from accounts.invitations import check_promises, send
from accounts.labels import RESOURCE_LABELS, VERB_LABELS, describe
from accounts.models import Membership, Role
from accounts.permissions import RESOURCES
from tracked_objects.links import facts, link
from tracked_objects.members.tables import active_badge, badge, moment, where
from tracked_objects.models.base import AccountObject
from tracked_objects.views import ObjectCreate, ObjectDelete, ObjectDetail, ObjectForms, ObjectList, ObjectView

# A role's page names this many of those who have it.
HOLDERS = 50


class MemberList(ObjectList):
    template = "members/list"


class MemberDetail(ObjectDetail):
    """A member: facts, roles, and the invitations that were sent to them."""

    def more(self, item: Any) -> dict[str, Any]:
        email = item.user.email
        return {
            "facts": self._facts(item),
            "bindings": [(binding, where(self.access, binding)) for binding in item.bindings],
            "invitations": self.access.account.invitations.filter(email__iexact=email).order_by("-pk"),
            "may_assign": self.access.can("members.assign"),
            "may_edit": self.access.can("members.edit"),
            "did": urlencode({"email": email}),
            "granted": urlencode({"type": "ROLE", "q": email}),
        }

    def _facts(self, item: Membership) -> list[tuple[str, Any]]:
        found = [(_("E-mail"), item.user.email), (_("Status"), active_badge(item.is_active))]
        if self.access.whole("activity.view"):
            sign_in = getattr(item, "last_sign_in", None)
            found.append((_("Last sign-in"), moment(sign_in.at if sign_in else None)))
        return found


class MemberAction(ObjectView):
    """A button on a member's page."""

    def done(self, action: Callable[[], None], item: Membership, words: str) -> HttpResponse:
        """Do it, and say on the member's page that it is done, or why not."""
        try:
            action()
            messages.success(self.request, words % {"name": item})
        except ValidationError as error:
            messages.error(self.request, error.messages[0])
        except ObjectDoesNotExist:
            raise Http404 from None
        # Who has just left has no way back.
        return redirect("home") if item.user == self.request.user else redirect(self.url("detail", item.pk))


class SetActive(MemberAction):
    verb = "edit"

    def post(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        item: Any = self.found(pk)
        active = request.POST.get("active") == "yes"
        words = _("%(name)s may sign in again.") if active else _("%(name)s is deactivated, at once.")
        return self.done(partial(granting.set_active, self.access, item, active), item, words)


class TakeRole(MemberAction):
    verb = "assign"

    def post(self, request: HttpRequest, account: str, pk: int, binding: int) -> HttpResponse:
        item: Any = self.found(pk)
        taken = get_object_or_404(item.bindings, pk=binding)
        words = _("Taken away: %(role)s.") % {"role": str(taken).replace("%", "%%")}
        return self.done(partial(granting.take, self.access, taken), item, words)


class GiveRoles(ObjectForms):
    verb = "assign"

    def item(self, pk: int | None) -> AccountObject:
        return self.found(pk or 0)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        heading = _("Give roles to %(name)s") % {"name": context["object"]}
        return super().show(template, {**context, "heading": heading, "step": _("Give roles")}, status)


class MemberDelete(ObjectDelete):
    def remove(self, item: Any) -> None:
        granting.remove(self.access, item)

    def post(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        answer = super().post(request, account, pk)
        # Who has removed themselves has no way back.
        is_in = self.access.account.memberships.filter(user=request.user.pk).exists()
        return answer if is_in else redirect("home")


class Invite(ObjectCreate):
    done = gettext_lazy("Sent an invitation to %(object)s.")

    def item(self, pk: int | None) -> AccountObject:
        if not self.access.can("members.assign"):
            raise PermissionDenied("members.assign")
        return super().item(pk)

    def save(self, form: Any) -> bool:
        form.mail = partial(send, sender=self.request.user, link=partial(_url, self.request))  # type: ignore[arg-type]
        return super().save(form)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return super().show(template, {**context, "button": _("Send invitation")}, status)


def _url(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", args=[token]))


class InvitationDetail(ObjectDetail):
    def more(self, item: Any) -> dict[str, Any]:
        # The words for the roles name org trees.
        names = [name for name in self.kind.facts if name != "roles" or self.access.whole("org_trees.view")]
        times = {"expires": moment(item.expires_at), "accepted": moment(item.accepted_at)}
        return {"facts": facts(self.access, item, names), "status": badge(*item.status), **times}


class Resend(ObjectView):
    """The same invitation with a new link; the one before is dead."""

    verb = "create"

    def post(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        pending: Any = self.queryset()
        item: Any = self.found(pk, pending.select_for_update(of=("self",)).filter(accepted_at=None))
        try:
            check_promises(self.access, item)
            send(item, request.user, partial(_url, request))  # type: ignore[arg-type]
            messages.success(request, _("Sent again: %(email)s.") % {"email": item.email})
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return redirect(self.url("detail", pk))


class RoleList(ObjectList):
    """All roles; and what the built-in ones may do, as a table."""

    template = "members/roles"

    def more(self) -> dict[str, Any]:
        roles = list(Role.objects.filter(account=self.access.account, built_in=True).order_by("pk"))
        rows = [
            (RESOURCE_LABELS[resource], [(role.name, _verbs(role, resource)) for role in roles])
            for resource in RESOURCES
        ]
        return {"roles": roles, "matrix": rows}


def _verbs(role: Role, resource: str) -> list[Promise]:
    return [VERB_LABELS[verb] for verb in RESOURCES[resource] if f"{resource}.{verb}" in role.capabilities]


class RoleDetail(ObjectDetail):
    """What a role lets its holders do, and who they are."""

    def more(self, item: Any) -> dict[str, Any]:
        bindings = list(item.bindings.select_related("user", "org_tree").order_by("pk")[:HOLDERS])
        holders = self.access.account.memberships.filter(user__in=[binding.user_id for binding in bindings])
        members = {member.user_id: member for member in holders.select_related("user")}
        return {
            "held": describe(item.capabilities),
            "holders": [(link(self.access, members[it.user_id]), where(self.access, it)) for it in bindings],
            "more_holders": item.bindings.count() - len(bindings),
        }
